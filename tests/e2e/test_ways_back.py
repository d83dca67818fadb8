"""The way back in a browser: a list, its form and its address say the same however it came there."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse

HTMX_LISTS = {
    "/massnahmen/": (("field", "mobilitaet"), ("phase", "pilot")),
    "/ideen/": (("field", "mobilitaet"), ("municipality", "ahaus")),
}
KEPT_PAGE = "() => dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
CHOSEN = """() => Object.fromEntries([...document.querySelectorAll("form.filter select")]
    .filter(({value}) => value).map(({name, value}) => [name, value]))"""


def says(page: Page) -> tuple[dict[str, str], dict[str, str]]:
    """What the address chooses, and what the form shows."""
    query = parse_qs(urlsplit(page.url).query)
    return {name: value for name, (value,) in query.items()}, page.evaluate(CHOSEN)


def go(page: Page, way: str = "back") -> None:
    """As by the browser's own button; `Page.go_back` takes a page that loads itself anew for an error."""
    with page.expect_event("load"):
        page.evaluate(f"history.{way}()")


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"form.filter select[name={name}]").select_option(value)
    page.wait_for_url(f"**{name}={value}*")


@pytest.mark.parametrize("address", HTMX_LISTS)
def test_a_way_back_shows_the_filters_of_its_list_and_the_next_one_keeps_them(
    browse: Browse, address: str
) -> None:
    first, second = HTMX_LISTS[address]
    page = browse()
    page.goto(address)
    choose(page, *first)
    number = page.locator("#results li").count()
    choose(page, *second)

    go(page)
    expect(page.locator(f"form.filter select[name={first[0]}]")).to_have_value(first[1])
    assert says(page) == (dict([first]), dict([first]))
    expect(page.locator("#results li")).to_have_count(number)
    choose(page, *second)
    assert says(page) == (dict([first, second]), dict([first, second]))
    go(page)
    page.wait_for_url(f"**{address}?{first[0]}={first[1]}")
    go(page)
    page.wait_for_url(f"**{address}")
    assert says(page) == ({}, {})


def test_a_filter_that_is_chosen_and_sent_is_one_step_to_go_back(browse: Browse) -> None:
    page = browse()
    page.goto("/massnahmen/")
    choose(page, "field", "mobilitaet")
    with page.expect_response("**/massnahmen/?*field=mobilitaet*"):
        page.get_by_role("button", name="Filtern").click()
    go(page)
    page.wait_for_url("**/massnahmen/")

    assert says(page) == ({}, {})


def test_a_form_that_loads_a_page_shows_the_filters_of_the_page_it_comes_back_to(browse: Browse) -> None:
    page = browse()
    page.goto("/veranstaltungen/")
    number = page.locator(".occasions > li").count()
    page.get_by_label("Handlungsfeld").select_option("mobilitaet")
    page.get_by_role("button", name="Filtern").click()
    page.wait_for_url("**field=mobilitaet*")

    go(page)
    page.wait_for_url("**/veranstaltungen/")
    assert says(page) == ({}, {})
    assert page.locator(".occasions > li").count() == number
    go(page, "forward")
    page.wait_for_url("**field=mobilitaet*")
    assert says(page)[1] == {"field": "mobilitaet"}


def test_a_page_that_the_browser_kept_shows_its_filters_too(browse: Browse) -> None:
    """Kept with all that was done there: filters that its address names since, and one that nobody sent."""
    page = browse()
    page.goto("/massnahmen/")
    choose(page, "field", "mobilitaet")
    page.evaluate("document.querySelector('form.filter [name=phase]').value = 'pilot'")
    page.evaluate(KEPT_PAGE)
    listed = says(page)
    page.goto("/veranstaltungen/?kind=workshop")
    page.get_by_label("Handlungsfeld").select_option("mobilitaet")
    page.evaluate(KEPT_PAGE)

    assert (listed[1], says(page)[1]) == ({"field": "mobilitaet"}, {"kind": "workshop"})
