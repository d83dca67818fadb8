"""Looks at a page as people with different eyes and screens get it: axe in light and dark, wide and small."""

from collections.abc import Sequence

from playwright.sync_api import Page

from smartregion.bootstrap import NODE_MODULES
from tests.scale import IS_FULL, TURN

AXE = (NODE_MODULES / "axe-core" / "axe.min.js").read_text()
WIDE, PHONE, SMALL_PHONE = 1280, 390, 320
LOOKS = ((WIDE, "light"), (PHONE, "dark"))
"""Each width and each theme once."""
RUN = """async () => {
    const result = await axe.run({resultTypes: ['violations']});
    const first = nodes => nodes.slice(0, 3).map(node => node.target).join(', ');
    return result.violations.map(({id, nodes}) => `${id}: ${first(nodes)}`);
}"""
GLUED = """() => [...document.querySelectorAll("main :is(.note, .facts, .errors)")].filter(box => {
    const next = box.nextElementSibling?.getBoundingClientRect(), own = box.getBoundingClientRect();
    return next?.height && own.height && next.top >= own.bottom - 1 && next.top < own.bottom + 12;
}).map(box => box.outerHTML.slice(0, 80))"""
TOO_WIDE = "document.scrollingElement.scrollWidth - innerWidth"


def look_of_today(page: Page) -> Sequence[tuple[int, str]]:
    """Both in full size, else one of them by turns."""
    return LOOKS if IS_FULL else [LOOKS[(len(page.url) + TURN) % len(LOOKS)]]


def inspect(page: Page, looks: Sequence[tuple[int, str]] | None = None) -> list[str]:
    """Return what is wrong with the page as it stands: violations, and content wider than the screen."""
    found, looks = list[str](), look_of_today(page) if looks is None else looks
    if looks:
        page.evaluate(AXE)  # the browser's own way in, past the page's content security policy
    for width, theme in looks:
        _resize(page, width)
        page.emulate_media(color_scheme=theme)
        found += [f"{width} {theme}: {violation}" for violation in page.evaluate(RUN)]
    for width in (PHONE, SMALL_PHONE):
        _resize(page, width)
        if (pixels := page.evaluate(TOO_WIDE)) > 0:
            found.append(f"{width}: {pixels} px too wide")
    return found


def glued(page: Page) -> list[str]:
    """Boxes that touch what follows, on a phone."""
    _resize(page, PHONE)
    found: list[str] = page.evaluate(GLUED)
    return found


def _resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
