"""A report's whole way without a mouse: draft, text, preview, release, approval, download, comparison."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse
from tests.e2e.inspection import inspect
from tests.e2e.keys import choose, enter, follow, press, reach
from tests.e2e.steps import OUTLOOK

CHAIR = "Vorsitz Lenkungskreis"
WORDS = "Auf Seite 3 muss es zwölf heißen."


def test_two_people_bring_a_report_to_its_seal_by_keyboard_and_a_member_compares_it(browse: Browse) -> None:
    page, chair, member = browse("Koordination"), browse(CHAIR), browse("Lenkungskreis")
    title = begin(page)
    assert inspect(page) == []
    write(page)
    preview(page, title)
    release(page, title)

    chair.goto("/arbeitsplatz/")
    waiting = chair.locator("li").filter(has_text="Umsetzungsbericht Jahr 2025")
    link = waiting.get_by_role("link", name="Lesen und genehmigen")
    follow(chair, link, "Umsetzungsbericht Jahr 2025")
    chair.goto("/berichte/")
    follow(chair, chair.get_by_role("link", name=title, exact=True), title)
    assert inspect(chair) == []
    seal = "Bericht genehmigen und versiegeln"
    follow(chair, chair.get_by_role("link", name="Genehmigen und versiegeln"), seal)
    expect(chair.get_by_text("lässt sich nicht mehr ändern")).to_be_visible()
    assert inspect(chair) == []
    follow(chair, chair.get_by_role("link", name="Abbrechen"), title)
    follow(chair, chair.get_by_role("link", name="Genehmigen und versiegeln"), seal)
    press(chair, chair.get_by_role("button", name="Genehmigen und versiegeln"))
    expect(chair.get_by_text("Der Bericht ist versiegelt und für seine Empfänger zu lesen.")).to_be_visible()
    assert inspect(chair) == []

    member.goto("/berichte/")
    follow(member, member.get_by_role("link", name=title, exact=True), title)
    with member.expect_download() as begun:
        press(member, member.get_by_role("link", name="PDF", exact=False).first)
    assert begun.value.suggested_filename.endswith(".pdf")
    compare(member)
    assert inspect(member) == []


def begin(page: Page) -> str:
    page.goto("/berichte/")
    follow(page, page.get_by_role("link", name="Neuer Bericht"), "Neuer Bericht")
    kind = page.get_by_label("Sachstandsbericht")
    reach(page, kind)
    expect(page.get_by_label("Kommune", exact=True)).to_be_hidden()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Kommunenprofil")).to_be_checked()
    choose(page, "Kommune", "Ahaus")
    press(page, page.get_by_role("button", name="Entwurf anlegen"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Kommunenprofil Ahaus")
    return page.get_by_role("heading", level=1).inner_text()


def write(page: Page) -> None:
    """The text opens in its place, takes the focus, and is saved by the shortcut."""
    press(page, page.get_by_role("link", name="Text bearbeiten: Ausblick"))
    expect(page.get_by_label("Ausblick")).to_be_focused()
    page.keyboard.type(OUTLOOK)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#text-outlook")).to_contain_text(OUTLOOK)
    expect(page.get_by_role("button", name="Rückgängig machen")).to_be_visible()


def preview(page: Page, title: str) -> None:
    follow(page, page.get_by_role("link", name="Vorschau", exact=True), title)
    expect(page.get_by_text(OUTLOOK)).to_be_visible()
    assert inspect(page) == []
    follow(page, page.get_by_role("link", name="Zurück zum Entwurf"), title)


def release(page: Page, title: str) -> None:
    press(page, page.get_by_role("button", name="Zusammenstellen"))
    expect(page.get_by_role("heading", name="Wartet auf die Freigabe")).to_be_visible()
    follow(page, page.get_by_role("link", name="Freigeben"), "Bericht freigeben")
    press(page, page.get_by_role("button", name="Freigeben"))
    expect(page.get_by_role("heading", name="Wartet auf die Genehmigung des Vorsitzes")).to_be_visible()


def compare(page: Page) -> None:
    press(page, page.get_by_role("link", name="Mit einem anderen Bericht vergleichen"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Berichte vergleichen")
    earlier = page.get_by_label("Früherer Bericht").locator("option").nth(2).inner_text()
    choose(page, "Früherer Bericht", earlier)
    press(page, page.get_by_role("button", name="Vergleichen"))
    expect(page.get_by_role("heading", name="Zahlen")).to_be_visible()
    expect(page.get_by_text("Die Berichte sind von verschiedener Art")).to_be_visible()


def test_an_erratum_is_declared_and_approved_and_stands_on_top(browse: Browse) -> None:
    page, chair, visitor = browse("Koordination"), browse(CHAIR), browse()
    visitor.goto("/berichte/")
    report = visitor.locator(".row__title a").first
    title, path = report.inner_text(), report.get_attribute("href") or ""

    page.goto(path)
    follow(page, page.get_by_role("link", name="Berichtigung erklären"), "Berichtigung erklären")
    enter(page, "Berichtigung", WORDS)
    press(page, page.get_by_role("button", name="Dem Vorsitz vorlegen"))
    expect(page.get_by_text(WORDS)).to_be_visible()
    assert inspect(page) == []
    visitor.goto(path)
    expect(visitor.get_by_role("heading", level=1)).to_have_text(title)
    expect(visitor.get_by_text(WORDS)).to_have_count(0)

    chair.goto(path)
    name = "Berichtigung genehmigen"
    follow(chair, chair.get_by_role("link", name=name), name)
    press(chair, chair.get_by_role("button", name="Genehmigen"))
    expect(chair.get_by_text("Die Berichtigung ist genehmigt")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_text(WORDS)).to_be_visible()
    assert inspect(visitor) == []
