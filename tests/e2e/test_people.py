"""Pages that hold who people are: asked for and erased by the administration, kept by the coordinator."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse
from tests.e2e.inspection import inspect
from tests.e2e.keys import choose, enter, field, follow, press
from tests.e2e.portal import Portal, running_portal
from tests.mail_server import MailServer, mail_server
from tests.monitoring.worker import until

PERSON = "transfer@hochschule.example.org"
FUNCTION, ADDRESS = "Leitung Ladeinfrastruktur", "erika@example.org"


@pytest.fixture(scope="module")
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def portal(mails: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    settings = {
        "SMARTREGION_SMTP_HOST": "127.0.0.1",
        "SMARTREGION_SMTP_PORT": str(mails.port),
        "SMARTREGION_ERASURE_LOG": str(tmp_path_factory.mktemp("log") / "erasures.jsonl"),
    }
    with running_portal(queue=1, settings=settings) as portal:
        yield portal


def find_person(page: Page) -> None:
    page.goto("/datenschutz/daten/")
    enter(page, "E-Mail-Adresse der Person", PERSON)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(PERSON)


def exported(page: Page, name: str) -> bytes:
    with page.expect_download() as download:
        press(page, page.get_by_role("button", name=name, exact=True))
    return Path(download.value.path()).read_bytes()


def test_a_person_is_found_gets_the_data_and_is_erased(browse: Browse) -> None:
    page = browse("Administration")
    page.goto("/datenschutz/daten/")
    found = inspect(page)
    find_person(page)
    found += inspect(page)
    (contact,) = json.loads(exported(page, "als JSON"))["daten"]
    assert contact["eintraege"][0]["E-Mail"] == PERSON
    assert exported(page, "Auskunft als PDF").startswith(b"%PDF-")

    enter(page, "Grund der Löschung", "Antrag vom 12.03.")
    follow(page, page.get_by_role("button", name="Weiter zur Bestätigung"), "Löschung bestätigen")
    expect(page.get_by_role("main")).to_contain_text(f"Alles zur Adresse {PERSON} wird gelöscht.")
    found += inspect(page)
    press(page, page.get_by_role("button", name="Endgültig löschen"))
    expect(page.get_by_role("status")).to_contain_text("Die Person ist gelöscht, auch aus dem Verlauf.")
    expect(page.get_by_role("table").last).to_contain_text("Antrag vom 12.03.")

    find_person(page)
    expect(page.get_by_role("main")).to_contain_text("Zu dieser Adresse ist nichts gespeichert")
    assert found == []


def add_contact(page: Page) -> None:
    page.goto("/netzwerk/")
    follow(page, page.get_by_role("link", name="Neuer Kontakt"), "Neuer Kontakt")
    choose(page, "Organisation", "Stadtwerke (Beispiel)")
    enter(page, "Funktion", FUNCTION)
    enter(page, "Name der Person", "Erika Beispielfrau")
    enter(page, "E-Mail", ADDRESS)
    press(page, page.get_by_role("checkbox", name="Energie"), "Space")
    field(page, "Einwilligung vom").fill(localdate().isoformat())
    choose(page, "Erteilt durch", "Formular")
    enter(page, r"Eingeholt von \(Funktion\)", "Koordinierungsstelle")
    follow(page, page.get_by_role("button", name="Speichern"), FUNCTION)
    expect(page.get_by_role("status")).to_contain_text("Der Kontakt ist angelegt.")


def write_to(page: Page, number: str) -> None:
    """To those who are found by the function; `number` says on the button how many that are."""
    page.goto("/netzwerk/")
    enter(page, "Suchwort", FUNCTION)
    page.keyboard.press("Enter")
    press(page, page.get_by_role("link", name="Diese Auswahl anschreiben"))
    enter(page, "Betreff", "Einladung")
    enter(page, "Text", "bitte kommen Sie zum Austausch.")
    follow(page, page.get_by_role("button", name="Vorschau"), "Vorschau des Rundschreibens")
    assert inspect(page) == []
    press(page, page.get_by_role("button", name=number))
    expect(page.get_by_role("status")).to_contain_text("1 Mail ist unterwegs.")


def test_a_contact_consents_is_written_to_and_signs_off_without_an_account(
    browse: Browse, mails: MailServer
) -> None:
    page = browse("Koordination")
    add_contact(page)
    own = urlsplit(page.url).path
    page.goto("/netzwerk/")
    follow(page, page.get_by_role("link", name="Wer sollte sich treffen?"), "Wer sollte sich treffen?")
    press(page, page.get_by_role("main").get_by_role("link", name="Energie", exact=True))
    expect(page.get_by_role("listitem").filter(has_text=FUNCTION).first).to_contain_text(
        "Gemeinsames Interesse"
    )
    write_to(page, "An 1 Kontakt senden")

    until(lambda: mails.mails, "the mail arrives")
    letter = mails.mails.pop()
    assert (letter["To"], letter["Subject"]) == (ADDRESS, "Einladung")
    link = re.search(r"http\S+/netzwerk/einwilligung/\S+", letter.get_content())
    assert link
    person = browse()
    person.goto(urlsplit(link[0]).path)
    assert inspect(person) == []
    follow(
        person,
        person.get_by_role("button", name="Widerrufen und löschen"),
        "Ihre Einwilligung ist widerrufen",
    )
    assert person.context.cookies() == []

    page.goto(own)
    expect(page.get_by_role("main")).to_contain_text("widerrufen. Name, E-Mail und Telefon sind gelöscht")
    expect(page.get_by_role("main")).not_to_contain_text("Erika")


def test_the_pages_of_the_network_are_for_everybody(browse: Browse) -> None:
    page = browse("Koordination")
    found = {}
    for address in ("", "kontakte/neu/", "begegnungen/", "rundschreiben/", "rundschreiben/neu/"):
        page.goto(f"/netzwerk/{address}")
        found[address] = inspect(page)
    page.goto("/netzwerk/")
    page.get_by_role("link", name="Leitung Netzplanung").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Leitung Netzplanung")
    found["contact"] = inspect(page)

    assert {address: problems for address, problems in found.items() if problems} == {}
