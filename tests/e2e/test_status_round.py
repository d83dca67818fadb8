"""A status round from opening to closing; a municipality answers on a phone, without JavaScript."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse
from tests.e2e.inspection import PHONE, inspect

ON_A_PHONE = {"viewport": {"width": PHONE, "height": 800}, "java_script_enabled": False}
ROUNDS = "/roll-out/abfragen/"


def open_round(page: Page) -> list[str]:
    """Open a round as the coordinator; return the links of its mails, once the worker has written them."""
    page.goto(ROUNDS)
    page.get_by_role("link", name="Abfrage eröffnen").click()
    page.get_by_role("button", name="Abfrage eröffnen und Mails senden").click()
    expect(page.get_by_role("row").filter(has_text="Ahaus")).to_contain_text(re.compile(r"Einladung:\s+\d"))
    round_page = page.url
    expect(page.get_by_text(re.compile("wartet noch|warten noch"))).to_have_count(0)
    page.get_by_role("link", name="Mails ansehen (Demobetrieb)").click()
    links = page.get_by_role("link", name="Link öffnen")
    expect(links.first).to_be_visible()
    found = links.evaluate_all("all => all.map(a => a.pathname)")
    page.goto(round_page)
    return found


def test_a_round_is_opened_answered_on_a_phone_and_watched_live(browse: Browse) -> None:
    coordinator = browse("Koordination")
    link = open_round(coordinator)[0]
    expect(coordinator.get_by_text("0 von 17 Kommunen haben alles beantwortet.")).to_be_visible()

    phone = browse(**ON_A_PHONE)
    phone.goto(link)
    open_cells = phone.get_by_role("region", name="Noch offen")
    total = open_cells.get_by_role("listitem").count()
    titles = open_cells.locator(".row__title").all_inner_texts()

    edit = re.compile(f"^Bearbeiten ?: {re.escape(titles[1])}$")

    phone.get_by_role("button", name=re.compile(f"^Bestätigen ?: {re.escape(titles[0])}$")).click()
    expect(phone.get_by_role("status")).to_contain_text(f"„{titles[0]}“ ist bestätigt.")

    phone.get_by_role("link", name=edit).click()
    phone.get_by_label("Stufe", exact=True).select_option(label="zurückgezogen")
    phone.get_by_label("seit").fill("")
    phone.get_by_label("Begründung").fill("")
    phone.get_by_role("button", name="Speichern und bestätigen").click()
    expect(phone.get_by_role("alert")).to_contain_text("Bitte nennen Sie den Grund.")
    phone.get_by_label("Begründung").fill("Der Rat hat anders entschieden.")
    phone.get_by_role("button", name="Speichern und bestätigen").click()
    expect(phone.get_by_role("status")).to_contain_text("Der Stand ist gespeichert und bestätigt.")

    phone.get_by_role("button", name=f"Alle {total - 2} unverändert bestätigen").click()
    expect(phone.get_by_text("Danke! Alles ist beantwortet.")).to_be_visible()
    expect(phone.get_by_role("link", name=edit)).to_be_visible()

    expect(coordinator.get_by_text("1 von 17 Kommunen haben alles beantwortet.")).to_be_visible()
    expect(coordinator.get_by_role("row").filter(has_text="Ahaus")).to_contain_text(f"{total} von {total}")

    coordinator.goto("/kommunen/ahaus/")
    coordinator.get_by_role("link", name=edit).last.click()
    history = coordinator.get_by_role("region", name="Verlauf").get_by_role("listitem").first
    expect(history).to_contain_text("Kommune Ahaus (Statusabfrage)")


def test_a_link_of_a_closed_round_says_what_to_do(browse: Browse) -> None:
    coordinator = browse("Koordination")
    link = open_round(coordinator)[0]
    coordinator.get_by_role("link", name="Abfrage schließen").click()
    coordinator.get_by_role("button", name="Abfrage schließen").click()

    phone = browse(allowed={link: 404}, **ON_A_PHONE)
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Dieser Link öffnet nichts mehr")
    expect(phone.get_by_role("main")).to_contain_text("bitten um einen neuen Link")


def test_every_page_of_a_round_is_accessible_and_fits_a_phone(browse: Browse) -> None:
    coordinator, visitor = browse("Koordination"), browse(allowed={"/abfrage/falsch/": 404})
    link = open_round(coordinator)[0]
    own = coordinator.url.removeprefix(coordinator.url.split("/roll-out/")[0])
    found = {}

    for page, address in [
        *[(coordinator, f"{ROUNDS}{rest}") for rest in ("", "neu/", "adressen/ahaus/")],
        *[(coordinator, f"{own}{rest}") for rest in ("", "mails/", "schliessen/")],
        (visitor, link),
        (visitor, "/abfrage/falsch/"),
    ]:
        page.goto(address)
        found[address] = inspect(page)
    visitor.goto(link)
    visitor.get_by_role("link", name="Bearbeiten").first.click()
    found["editing"] = inspect(visitor)
    visitor.goto(link)
    visitor.get_by_role("button", name="Alle").first.click()
    expect(visitor.get_by_text("Danke! Alles ist beantwortet.")).to_be_visible()
    found["thanks"] = inspect(visitor)

    assert {address: problems for address, problems in found.items() if problems} == {}
