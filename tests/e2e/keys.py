"""A reader without a mouse: goes by Tab to what is wanted, which has to show its focus, and presses a key."""

import re
from datetime import datetime

from playwright.sync_api import Locator, Page, expect

MOST_STOPS = 250
HAS_FOCUS = "control => control === document.activeElement"
SHOWS_IT = """control => {
    const look = getComputedStyle(control), seen = control.getBoundingClientRect();
    const outlined = look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2;
    const [x, y] = [seen.left + seen.width / 2, seen.top + Math.min(seen.height / 2, 10)];
    return outlined && control.contains(document.elementFromPoint(x, y));
}"""
CHOSEN = "select => select.selectedOptions[0].text"


def field(page: Page, label: str) -> Locator:
    """A label may say that its field has to be filled, or may stay empty."""
    return page.get_by_label(re.compile(rf"^{label}( – (optional|Pflichtfeld))?$"))


def reach(page: Page, control: Locator) -> None:
    """Press Tab until the control has the focus; the page may still be rolling towards it."""
    for _ in range(MOST_STOPS):
        if control.evaluate(HAS_FOCUS):
            page.wait_for_function(SHOWS_IT, arg=control.element_handle())
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"out of reach by Tab: {control}")


def press(page: Page, control: Locator, key: str = "Enter") -> None:
    reach(page, control)
    page.keyboard.press(key)


def follow(page: Page, control: Locator, heading: str) -> None:
    """Press a link or button that leads to the page of that heading."""
    press(page, control)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def enter(page: Page, label: str, text: str) -> None:
    """Write the text into an empty field, or over the one that stands there."""
    reach(page, field(page, label))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def enter_moment(page: Page, label: str, moment: datetime) -> None:
    """Chromium's field has a stop for each part, in the order of the language it runs in."""
    control = field(page, label)
    reach(page, control)
    for part in (f"{moment:%m}", f"{moment:%d}", f"{moment:%Y}", f"{moment:%I}", f"{moment:%M}"):
        page.keyboard.type(part)
        if part == f"{moment:%Y}":
            page.keyboard.press("ArrowRight")
    page.keyboard.type(f"{moment:%p}")
    expect(control).to_have_value(f"{moment:%Y-%m-%dT%H:%M}")


def choose(page: Page, label: str, option: str) -> None:
    select = field(page, label)
    reach(page, select)
    page.keyboard.press("Home")
    for _ in range(MOST_STOPS):
        if select.evaluate(CHOSEN) == option:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no such option: {option}")
