"""A status round as all municipalities live it: mails of a real mail server, each link opened on a phone."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse
from tests.e2e.inspection import PHONE
from tests.e2e.portal import Portal, running_portal
from tests.mail_server import MailServer, mail_server

ON_A_PHONE = {"viewport": {"width": PHONE, "height": 800}, "is_mobile": True, "has_touch": True}
NOTHING = "Dieser Link öffnet nichts mehr"
THANKS = "Danke! Alles ist beantwortet."


@pytest.fixture(scope="module")
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def portal(mails: MailServer) -> Iterator[Portal]:
    settings = {"SMARTREGION_SMTP_HOST": "127.0.0.1", "SMARTREGION_SMTP_PORT": str(mails.port)}
    with running_portal(queue=8, settings=settings) as portal:
        yield portal


def link_in(mail: EmailMessage) -> str:
    """The path of the link; the mail names the whole address."""
    address = re.search(r"http\S+/abfrage/\S+", mail.get_content())
    assert address
    return urlsplit(address[0]).path


def open_round(page: Page) -> None:
    """Every municipality gets an address first; ends when no mail is waiting any more."""
    page.goto("/roll-out/abfragen/neu/")
    while (missing := page.get_by_role("link", name=re.compile("^eintragen"))).count():
        missing.first.click()
        page.get_by_label("E-Mail-Adresse").fill(f"{page.url.rstrip('/').rsplit('/', 1)[1]}@example.org")
        page.get_by_role("button", name="Speichern").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Abfrage eröffnen")
    page.get_by_role("button", name="Abfrage eröffnen und Mails senden").click()
    rows = page.get_by_role("row").filter(has=page.get_by_role("rowheader"))
    expect(rows.filter(has_text=re.compile(r"Einladung:\s+\d"))).to_have_count(17)


def says_that_nothing_opens(browse: Browse, link: str) -> None:
    stranger = browse(allowed={link: 404}, **ON_A_PHONE)
    stranger.goto(link)
    expect(stranger.get_by_role("heading", level=1)).to_have_text(NOTHING)
    expect(stranger.get_by_role("button", name="bestätigen")).to_have_count(0)


def answer_all(phone: Page, link: str, name: str) -> None:
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_contain_text(name)
    phone.get_by_role("button", name=re.compile("unverändert bestätigen$")).click()
    expect(phone.get_by_text(THANKS)).to_be_visible()


def test_every_municipality_answers_by_its_own_link_and_bad_links_open_nothing(
    browse: Browse, portal: Portal, mails: MailServer
) -> None:
    coordinator = browse("Koordination")
    open_round(coordinator)
    progress = coordinator.get_by_role("status").filter(has_text="haben alles beantwortet")
    with psycopg.connect(portal.database) as database:
        contacts = dict(
            database.execute(
                "SELECT email, name FROM measures_roundcontact "
                "JOIN network_municipality ON network_municipality.id = municipality_id"
            ).fetchall()
        )
    links = {contacts[str(mail["To"])]: link_in(mail) for mail in mails.mails}
    assert sorted(links) == sorted(contacts.values())
    assert len(set(links.values())) == len(links) == 17
    revoked, forwarded, expired, *others = sorted(links)

    coordinator.get_by_role("button", name=f"Zurückziehen : {revoked}").click()
    says_that_nothing_opens(browse, links[revoked])

    genuine = links[others[0]]
    forged = genuine[:-2] + ("A" if genuine[-2] != "A" else "B") + "/"
    says_that_nothing_opens(browse, forged)

    for name in others:
        phone = browse(**ON_A_PHONE)
        answer_all(phone, links[name], name)
        phone.context.close()
    expect(progress).to_contain_text(f"{len(others)} von 17 Kommunen")

    colleague = browse(**ON_A_PHONE)
    colleague.goto(links[forwarded])
    first = colleague.get_by_role("region", name="Noch offen").get_by_role("listitem").first
    first.get_by_role("button", name="Bestätigen").click()
    expect(colleague.get_by_role("status")).to_contain_text("ist bestätigt.")
    answer_all(browse(**ON_A_PHONE), links[forwarded], forwarded)
    expect(progress).to_contain_text(f"{len(others) + 1} von 17 Kommunen")

    with psycopg.connect(portal.database) as database:
        database.execute("UPDATE measures_statusround SET closes_on = CURRENT_DATE - 1")
    says_that_nothing_opens(browse, links[expired])
    says_that_nothing_opens(browse, links[forwarded])


def test_a_forwarded_link_signs_nobody_in(browse: Browse, mails: MailServer) -> None:
    mails.mails.clear()
    open_round(browse("Koordination"))
    colleague = browse(**ON_A_PHONE)
    colleague.goto(link_in(mails.mails[0]))
    expect(colleague.get_by_role("region", name="Noch offen")).to_be_visible()

    assert colleague.context.cookies() == []
    colleague.goto("/arbeitsplatz/")
    expect(colleague.get_by_role("heading", level=1)).to_have_text("Anmelden")
