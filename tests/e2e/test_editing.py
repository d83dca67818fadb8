"""Editing with comfort: fields in place, drafts, many measures at once; all by keyboard too."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Browse
from tests.e2e.inspection import inspect

MEASURE = "/massnahmen/energiemonitoring-kommunaler-gebaeude/"


def test_a_field_is_edited_in_its_place_by_keyboard_alone(browse: Browse) -> None:
    page = browse("Koordination")
    page.goto(MEASURE)
    pencil = page.get_by_role("link", name="Bearbeiten: Ziel", exact=True)
    pencil.focus()
    page.keyboard.press("Enter")
    goal = page.get_by_role("textbox", name="Ziel – optional", exact=True)
    expect(goal).to_be_focused()
    assert inspect(page) == []

    page.keyboard.press("Escape")
    expect(pencil).to_be_focused()
    page.keyboard.press("Enter")
    goal.fill("**Alle** Zähler auf einen Blick.")
    page.keyboard.press("Control+s")

    expect(page).to_have_url(re.compile("#feld-goal$"))
    expect(page.locator("#feld-goal strong")).to_have_text("Alle")
    expect(pencil).to_be_focused()
    page.get_by_role("button", name="Rückgängig machen").click()
    expect(page.locator("#feld-goal")).not_to_contain_text("auf einen Blick")


def test_a_draft_outlives_the_page_and_can_be_gone_on_with(browse: Browse) -> None:
    page = browse("Koordination")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{MEASURE}bearbeiten/")
    page.get_by_label("Nutzen").fill("Angefangener Satz")
    expect(page.locator("[data-draft-status]")).to_contain_text("Entwurf gespeichert")

    page.goto(f"{MEASURE}bearbeiten/")
    assert inspect(page) == []
    expect(page.get_by_text("Bis Sie wählen, wird nichts Neues zwischengespeichert.")).to_be_visible()
    page.get_by_role("link", name="Weiterschreiben").click()
    for text in ("Angefangener Satz, zweimal", "Angefangener Satz, dreimal"):
        with page.expect_response("**/bearbeiten/?entwurf=speichern") as kept:
            page.get_by_label("Nutzen").fill(f"{text}.")
        assert kept.value.status == 200

    page.goto(f"{MEASURE}bearbeiten/?entwurf=weiterschreiben")
    expect(page.get_by_label("Nutzen")).to_have_value("Angefangener Satz, dreimal.")
    page.get_by_role("button", name="Verwerfen").click()
    expect(page.get_by_text("Nicht gespeicherter Entwurf")).to_have_count(0)


def test_many_measures_are_changed_and_taken_back_without_javascript(browse: Browse) -> None:
    page = browse("Koordination", java_script_enabled=False)
    page.goto("/massnahmen/?field=energie")
    for box in page.get_by_role("checkbox", name="auswählen:").all():
        box.check()
    page.get_by_label("Mit den ausgewählten:").select_option(label="Wiedervorlage setzen")
    page.get_by_role("button", name="Ausgewählte ändern").click()
    page.get_by_label("Wiedervorlage").fill("2030-01-31")
    page.get_by_role("button", name="Vorschau zeigen").click()
    expect(page.get_by_role("cell", name="31.01.2030")).to_have_count(3)
    page.get_by_role("button", name="Alle ändern").click()
    expect(page.get_by_role("main")).to_contain_text("3 Maßnahmen sind geändert.")
    page.get_by_role("button", name="Rückgängig machen").click()
    expect(page.get_by_role("main")).to_contain_text("Alles ist wieder wie vor der Änderung.")


def test_the_box_of_the_page_marks_every_row(browse: Browse) -> None:
    page = browse("Koordination")
    page.goto("/massnahmen/?field=energie")
    page.get_by_label("alle dieser Seite").check()

    marked = [box.is_checked() for box in page.get_by_role("checkbox", name="auswählen:").all()]
    assert marked == [True, True, True]
    assert inspect(page) == []
