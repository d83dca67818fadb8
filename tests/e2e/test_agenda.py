"""The order of an agenda by keyboard, mouse and finger, and its presentation by keys."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Browse
from tests.e2e.inspection import inspect
from tests.e2e.portal import Portal

NEXT = """
SELECT meeting.id FROM governance_meeting meeting JOIN governance_committee committee
ON committee.id = committee_id WHERE slug = 'lenkungskreis' AND starts_at > now() ORDER BY starts_at LIMIT 1
"""
ORDER = "/tagesordnung/reihenfolge/"


@pytest.fixture
def meeting(portal: Portal) -> Iterator[str]:
    """The address of the committee's next meeting; its public part has five items, the other one three."""
    with psycopg.connect(portal.database) as database:
        row = database.execute(NEXT).fetchone()
    assert row
    yield f"/gremien/lenkungskreis/sitzungen/{row[0]}/"


def public(page: Page) -> Locator:
    return page.get_by_role("list", name="Öffentlicher Teil", exact=True).locator(":scope > li")


def titles(page: Page) -> list[str]:
    return public(page).locator(":scope > .stack > h4").all_inner_texts()


def numbers(page: Page) -> list[str]:
    return page.locator("[data-item] > .stack > .preline").all_inner_texts()


def drag(page: Page, row: Locator, onto: Locator, *, up: bool = True) -> None:
    row.locator("[data-handle]").scroll_into_view_if_needed()
    handle, target = row.locator("[data-handle]").bounding_box(), onto.bounding_box()
    assert handle and target
    page.mouse.move(handle["x"] + 20, handle["y"] + 20)
    page.mouse.down()
    end = target["y"] + (4 if up else target["height"] - 4)
    page.mouse.move(handle["x"] + 20, end, steps=8)


def test_an_item_is_moved_by_keyboard_keeps_the_focus_and_is_announced(browse: Browse, meeting: str) -> None:
    page = browse("Koordination")
    page.goto(meeting)
    before = titles(page)
    page.get_by_role("button", name="TOP 3 nach oben").focus()
    with page.expect_response(lambda answer: ORDER in answer.url):
        page.keyboard.press("Enter")
    up = page.get_by_role("button", name="TOP 2 nach oben")
    expect(up).to_be_focused()
    with page.expect_response(lambda answer: ORDER in answer.url):
        page.keyboard.press("Enter")

    # At the top there is no way further up: the focus is on the item's other button.
    expect(page.get_by_role("button", name="TOP 1 nach unten")).to_be_focused()
    expect(page.locator("[data-agenda-status]")).to_have_text(
        f"{before[2]}: TOP 1. Die Reihenfolge ist gespeichert."
    )
    wanted = [before[2], before[0], before[1], *before[3:]]
    assert titles(page) == wanted
    page.reload()
    assert titles(page) == wanted
    assert numbers(page) == [f"TOP {number}" for number in range(1, 9)]
    assert inspect(page) == []


def test_an_item_is_dragged_to_its_place_and_escape_puts_it_back(browse: Browse, meeting: str) -> None:
    page = browse("Koordination", viewport={"width": 1280, "height": 3000})
    page.goto(meeting)
    before = titles(page)
    drag(page, public(page).nth(3), public(page).nth(1))
    page.keyboard.press("Escape")
    page.mouse.up()
    assert titles(page) == before

    drag(page, public(page).nth(3), public(page).nth(1))
    with page.expect_response(lambda answer: ORDER in answer.url):
        page.mouse.up()
    expect(page.get_by_role("button", name="TOP 2 nach unten")).to_be_focused()
    wanted = [before[0], before[3], before[1], before[2], before[4]]
    page.reload()
    assert titles(page) == wanted


def test_dragging_does_not_lead_out_of_the_part(browse: Browse, meeting: str) -> None:
    page = browse("Koordination", viewport={"width": 1280, "height": 3000})
    page.goto(meeting)
    before = titles(page)
    inner = page.get_by_role("list", name="Nichtöffentlicher Teil").locator(":scope > li")
    drag(page, public(page).nth(0), inner.last, up=False)
    with page.expect_response(lambda answer: ORDER in answer.url):
        page.mouse.up()
    expect(public(page)).to_have_count(5)
    assert titles(page) == [*before[1:], before[0]]


def test_who_moves_an_item_in_an_agenda_that_has_changed_is_told_and_sees_the_new_one(
    browse: Browse, meeting: str
) -> None:
    first, second = browse("Koordination"), browse("Koordination", allowed={f"{meeting[:-1]}{ORDER}": 409})
    for page in (first, second):
        page.goto(meeting)
    before = titles(first)
    with first.expect_response(lambda answer: ORDER in answer.url):
        first.get_by_role("button", name="TOP 2 nach oben").click()
    with second.expect_response(lambda answer: ORDER in answer.url):
        second.get_by_role("button", name="TOP 4 nach unten").click()

    expect(second.get_by_text("Ihre Reihenfolge wurde nicht übernommen").first).to_be_visible()
    assert titles(second) == [before[1], before[0], *before[2:]]
    with second.expect_response(lambda answer: ORDER in answer.url):
        second.get_by_role("button", name="TOP 4 nach unten").click()
    second.reload()
    assert titles(second) == [before[1], before[0], before[2], before[4], before[3]]


def test_without_javascript_the_buttons_move_an_item_and_links_lead_through_the_presentation(
    browse: Browse, meeting: str
) -> None:
    page = browse("Koordination", java_script_enabled=False)
    page.goto(meeting)
    before = titles(page)
    page.get_by_role("button", name="TOP 2 nach oben").click()
    expect(public(page).locator(":scope > .stack > h4")).to_have_text([before[1], before[0], *before[2:]])
    page.get_by_role("link", name="Präsentation").click()
    page.get_by_role("link", name="Weiter").click()
    expect(page.get_by_role("heading", level=2)).to_have_text(before[0])
    page.get_by_role("link", name="Beenden").click()
    expect(page).to_have_url(re.compile(f"{meeting}$"))


def test_the_presentation_is_led_by_keys_and_the_way_back_goes_item_by_item(
    browse: Browse, meeting: str
) -> None:
    page = browse("Koordination")
    page.goto(f"{meeting}praesentation/")
    for key, top in (("ArrowRight", 2), ("PageDown", 3), ("ArrowLeft", 2), ("End", 8), ("Home", 1)):
        page.keyboard.press(key)
        page.wait_for_url(re.compile(rf"\?top={top}$"))  # and until it is loaded: only then it listens
    expect(page.locator(".present--shown .present__no")).to_contain_text("TOP 1 von 8")
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?top=8$"))
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(f"{meeting}$"))


def test_the_public_part_alone_ends_with_its_last_item(browse: Browse, meeting: str) -> None:
    page = browse("Koordination")
    page.goto(f"{meeting}praesentation/?top=2")
    page.get_by_role("link", name="Nur öffentlicher Teil").click()
    expect(page).to_have_url(re.compile(r"\?top=2&teil=oeffentlich$"))
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile(r"\?top=5&teil=oeffentlich$"))
    page.keyboard.press("ArrowRight")
    expect(page.locator(".present")).to_have_count(5)
    expect(page.locator(".present--shown .present__no")).to_contain_text("TOP 5 von 5")


def test_on_paper_each_item_has_its_page(browse: Browse, meeting: str) -> None:
    page = browse("Koordination")
    page.goto(f"{meeting}praesentation/")
    expect(page.locator(".present:visible")).to_have_count(1)
    page.emulate_media(media="print")
    expect(page.locator(".present:visible")).to_have_count(8)
    breaks = page.locator(".present").evaluate_all("all => all.map(one => getComputedStyle(one).breakAfter)")
    assert breaks[:-1] == ["page"] * 7
