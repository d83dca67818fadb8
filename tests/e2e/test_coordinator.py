"""The coordinator keeps the measures true: find, edit, undo, and never lose a text to someone else's save."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse

MEASURE = "/massnahmen/energiemonitoring-kommunaler-gebaeude/"
TITLE = "Energiemonitoring kommunaler Gebäude"
REASON = "Zwei Zählerhersteller liefern erst im nächsten Quartal; das Team zieht die Auswertung vor."
OCCASION = "Rückmeldung der Stadtwerke"


def save(page: Page, button: str = "Speichern") -> None:
    page.get_by_role("button", name=button, exact=True).click()


def test_the_filters_of_the_list_stand_in_its_address_and_outlive_a_reload(browse: Browse) -> None:
    page = browse("Koordination")
    page.get_by_role("link", name="Themen", exact=True).click()
    page.get_by_role("link", name="Maßnahmen", exact=True).click()
    results = page.locator("#results")
    expect(results).to_contain_text("14 Maßnahmen")

    page.get_by_label("Handlungsfeld").select_option(label="Energie")
    expect(results).to_contain_text("3 Maßnahmen")
    expect(page.get_by_role("status")).to_have_text("3 Maßnahmen")
    page.get_by_label("Ampel").select_option(label="grün")
    expect(results).to_contain_text("2 Maßnahmen")
    page.get_by_label("Suchwort").press_sequentially("Gebäude")
    expect(results).to_contain_text("1 Maßnahme")
    expect(page).to_have_url(re.compile(r"/massnahmen/\?q=Geb%C3%A4ude&field=energie&light=green$"))

    page.reload()
    expect(results.get_by_role("heading", level=3)).to_have_text([TITLE])
    expect(page.get_by_label("Suchwort")).to_have_value("Gebäude")
    expect(page.get_by_label("Ampel")).to_have_value("green")

    page.get_by_role("link", name="Filter entfernen: Suchwort: Gebäude").click()
    expect(results).to_contain_text("2 Maßnahmen")


def test_a_measure_is_edited_its_change_is_recorded_with_who_and_why_and_taken_back(browse: Browse) -> None:
    page = browse("Koordination")
    page.goto("/massnahmen/?field=energie&light=green")
    page.get_by_role("link", name=TITLE).click()
    summary = page.locator(".page-head .lead").inner_text()
    page.get_by_role("link", name="Bearbeiten", exact=True).click()

    page.get_by_label("Kurzbeschreibung").fill("Alle Zähler auf einen Blick.")
    page.get_by_label("Ampel", exact=True).select_option(label="gelb")
    page.get_by_label("Grund der Änderung").fill(OCCASION)
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("Bitte begründen Sie die gelbe oder rote Ampel.")
    expect(page.get_by_label("Kurzbeschreibung")).to_have_value("Alle Zähler auf einen Blick.")
    expect(page.get_by_label("Ampel", exact=True)).to_have_value("yellow")
    expect(page.get_by_label("Grund der Änderung")).to_have_value(OCCASION)

    page.get_by_label("Begründung zur Ampel").fill(REASON)
    save(page)
    expect(page.get_by_role("status").first).to_contain_text("Gespeichert.")
    expect(page.locator(".page-head")).to_contain_text("Alle Zähler auf einen Blick.")
    expect(page.get_by_role("region", name="Ampel")).to_contain_text(REASON)
    page.get_by_text(re.compile(r"Die letzten \d+ Änderungen")).click()
    last = page.get_by_role("region", name="Verlauf").get_by_role("listitem").first
    expect(last).to_contain_text(f"Koordination · „{OCCASION}“")
    expect(last).to_contain_text("Alle Zähler auf einen Blick.")

    save(page, "Rückgängig machen")
    expect(page.get_by_role("status").first).to_contain_text("Die letzte Änderung wurde zurückgenommen.")
    expect(page.locator(".page-head .lead")).to_have_text(summary)
    expect(page.get_by_role("region", name="Ampel")).not_to_contain_text(REASON)


def test_of_two_editors_who_save_the_same_measure_one_wins_and_the_other_loses_no_word(
    browse: Browse,
) -> None:
    edit = f"{MEASURE}bearbeiten/"
    first, second = browse("Koordination"), browse("Koordination", allowed={edit: 409})
    for page in (first, second):
        page.goto(edit)
    first.get_by_label("Kurzbeschreibung").fill("Der Text der Ersten.")
    second.get_by_label("Kurzbeschreibung").fill("Der Text der Zweiten.")
    second.get_by_label("Zielgruppe").fill("Hausmeisterdienste")

    save(first)
    expect(first.locator(".page-head")).to_contain_text("Der Text der Ersten.")
    with second.expect_response(
        lambda answer: answer.url.endswith(edit) and answer.request.method == "POST"
    ) as told:
        save(second)
    assert told.value.status == 409

    expect(second.get_by_role("heading", level=1)).to_have_text("Jemand anderes hat inzwischen gespeichert")
    expect(second.get_by_role("row", name="Kurzbeschreibung")).to_have_text(
        re.compile(r"Der Text der Ersten\.\s*Der Text der Zweiten\.")
    )
    expect(second.get_by_label("Kurzbeschreibung")).to_have_value("Der Text der Zweiten.")
    expect(second.get_by_label("Zielgruppe")).to_have_value("Hausmeisterdienste")
    first.reload()
    expect(first.locator(".page-head")).to_contain_text("Der Text der Ersten.")

    save(second, "Meine Fassung speichern")
    expect(second.locator(".page-head")).to_contain_text("Der Text der Zweiten.")
    first.reload()
    expect(first.locator(".page-head")).to_contain_text("Der Text der Zweiten.")
