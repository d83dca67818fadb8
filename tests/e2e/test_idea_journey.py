"""A citizen sends an idea and follows it to the decision, with real mails and a real worker."""

import re
import time
from collections.abc import Iterator
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse
from tests.e2e.inspection import glued, inspect
from tests.e2e.portal import Portal, running_portal
from tests.mail_server import MailServer, mail_server

PATIENCE = 30
TITLE = "Trinkbrunnen auf dem Marktplatz"
RESOLUTION = "Regeln für Anwendungen im Sensornetz"


@pytest.fixture(scope="module")
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def portal(mails: MailServer) -> Iterator[Portal]:
    settings = {"SMARTREGION_SMTP_HOST": "127.0.0.1", "SMARTREGION_SMTP_PORT": str(mails.port)}
    with running_portal(queue=2, settings=settings) as portal:
        yield portal


def mail_to(mails: MailServer, address: str, number: int) -> EmailMessage:
    """The mail of that number to the address, once the worker has handed it over."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = [mail for mail in mails.mails if mail["To"] == address]
        if len(found) >= number:
            return found[number - 1]
        time.sleep(0.1)
    raise AssertionError(f"no mail number {number} to {address}")


def link_in(mail: EmailMessage, word: str) -> str:
    address = re.search(rf"http\S+/ideen/{word}/\S+", mail.get_content())
    assert address
    return urlsplit(address[0]).path


def write_idea(page: Page, address: str) -> None:
    page.goto("/ideen/")
    page.get_by_role("link", name="Idee einreichen").first.click()
    page.get_by_label("Titel").fill(TITLE)
    page.get_by_label("Ihre Idee").fill("Im Sommer fehlt Wasser für alle, die zu Fuß unterwegs sind.")
    page.get_by_label("Handlungsfeld").select_option(label="Umwelt & Klima")
    page.get_by_label("E-Mail").fill(address)
    page.get_by_label("Schreiben Sie mir auch später").check()


def send_idea(page: Page) -> None:
    """A person takes some seconds to write; a form that comes sooner is refused."""
    page.wait_for_timeout(3_000)
    page.get_by_role("button", name="Weiter zur Vorschau").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    page.get_by_role("button", name="Idee absenden").click()
    expect(page.get_by_text("Ihre Idee ist angekommen")).to_be_visible()


def keep_address(page: Page, own: str, *, scripts: bool) -> None:
    """The private address is a link to keep, and with JavaScript a button copies it."""
    link = page.get_by_role("link", name=own)
    expect(link).to_be_visible()
    copy = page.get_by_role("button", name="Adresse kopieren")
    expect(copy).to_be_visible(visible=scripts)
    if scripts:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        copy.click()
        expect(page.get_by_text("Die Adresse ist kopiert.")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == link.inner_text()


def publish(page: Page) -> None:
    page.goto("/ideen/pruefen/")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_label("veröffentlichen", exact=True).check()
    page.get_by_role("button", name="Entscheidung speichern").click()
    expect(page.get_by_role("status").filter(has_text="gespeichert")).to_be_visible()


def link_to_measure(page: Page) -> None:
    page.goto("/ideen/")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("link", name="Mit einer vorhandenen Maßnahme verbinden").click()
    page.get_by_label("Maßnahme").select_option(label="B-08 Kreisweites LoRaWAN-Sensornetz")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_citizen_follows_an_idea_from_the_form_to_the_decision(
    browse: Browse, mails: MailServer, scripts: bool
) -> None:
    address = f"frau-{'mit' if scripts else 'ohne'}@example.org"
    citizen = browse(java_script_enabled=scripts)
    coordinator = browse("Koordination", java_script_enabled=scripts)

    write_idea(citizen, address)
    send_idea(citizen)
    own = urlsplit(citizen.url).path
    assert glued(citizen) == []
    keep_address(citizen, own, scripts=scripts)
    citizen.goto(link_in(mail_to(mails, address, 1), "adresse"))
    citizen.get_by_role("button", name="Ja, meine Idee ansehen").click()
    citizen.wait_for_url(f"**{own}")
    citizen.goto("/ideen/")
    expect(citizen.get_by_role("link", name=TITLE)).to_have_count(0)

    publish(coordinator)
    assert "jetzt öffentlich" in mail_to(mails, address, 2).get_content()
    link_to_measure(coordinator)
    mail_to(mails, address, 3)

    citizen.goto(own)
    way = citizen.get_by_role("region", name="Der Weg dieser Idee")
    expect(way.get_by_role("link", name="B-08 Kreisweites LoRaWAN-Sensornetz")).to_be_visible()
    way.get_by_role("link", name=RESOLUTION).click()
    expect(citizen.get_by_role("heading", level=1)).to_contain_text(RESOLUTION)
    assert citizen.context.cookies() == []


def test_a_point_is_chosen_on_the_map_and_what_is_typed_finds_the_same_idea(browse: Browse) -> None:
    page = browse()
    page.goto("/ideen/neu/")
    page.get_by_label("Titel").press_sequentially("Abstellplätze für Räder am Bahnhof")
    expect(page.get_by_role("link", name="Sichere Abstellplätze für Fahrräder am Bahnhof")).to_be_visible()
    page.get_by_label("Karte der Region, Ort der Idee").focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("button", name="Punkt entfernen")).to_be_visible()
    here = page.get_by_label("Kommune").input_value()
    assert here
    names = page.locator("[data-place-choice] .map__name").all_text_contents()
    assert len(names) == len(set(names)) == page.locator(".place-names li").count()
    assert inspect(page) == []
    page.get_by_role("button", name="Punkt entfernen").click()
    assert page.locator("#id_latitude").input_value() == ""


def test_another_municipality_takes_the_point_away_and_says_so(browse: Browse) -> None:
    page = browse()
    page.goto("/ideen/neu/")
    page.get_by_label("Karte der Region, Ort der Idee").focus()
    page.keyboard.press("ArrowUp")
    place = page.get_by_label("Kommune")
    here, said = place.input_value(), page.locator("[data-place-said]")
    place.dispatch_event("change")
    assert page.locator("#id_latitude").input_value()
    others = place.locator("option").evaluate_all("options => options.map(({value}) => value)")
    place.select_option(next(value for value in others if value not in ("", here)))

    expect(said).to_contain_text("Der Punkt lag in einer anderen Kommune und wurde entfernt: ")
    assert page.locator("#id_latitude").input_value() == ""


def test_support_counts_after_the_link_in_the_mail_was_confirmed(browse: Browse, mails: MailServer) -> None:
    page = browse(java_script_enabled=False)
    page.goto("/ideen/")
    page.get_by_role("link", name="Reparaturtreff mit digitaler Anmeldung").click()
    page.get_by_role("link", name="Idee unterstützen").click()
    page.get_by_label("E-Mail").fill("nachbar@example.org")
    page.wait_for_timeout(3_000)
    page.get_by_role("button", name="Link zusenden").click()
    page.goto(link_in(mail_to(mails, "nachbar@example.org", 1), "unterstuetzung"))
    page.get_by_role("button", name="Unterstützung bestätigen").click()
    expect(page.get_by_text("Ihre Unterstützung zählt")).to_be_visible()
    page.get_by_role("link", name="Zur Idee").click()
    expect(page.locator(".voices")).to_contain_text("7 Unterstützungen")
