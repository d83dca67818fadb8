"""A subscriber from the page of a subject to the last mail: with a real mail server and worker."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse
from tests.e2e.inspection import inspect
from tests.e2e.portal import Portal, running_portal
from tests.mail_server import MailServer, mail_server
from tests.monitoring.worker import until

LIKE_PEOPLE: dict[str, Any] = {"delay": 250}
"""Milliseconds for each letter; what is sent within three seconds was not typed by people."""
NEXT_WEEK = """
import django; django.setup()
from datetime import timedelta
from django.utils.timezone import localdate
from participation.weekly import request_weekly_digests
print(request_weekly_digests(localdate() + timedelta(days=7)))
"""


@pytest.fixture(scope="module")
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def portal(mails: MailServer) -> Iterator[Portal]:
    settings = {"SMARTREGION_SMTP_HOST": "127.0.0.1", "SMARTREGION_SMTP_PORT": str(mails.port)}
    with running_portal(queue=1, settings=settings) as portal:
        yield portal


def next_mail(mails: MailServer) -> EmailMessage:
    until(lambda: mails.mails, "a mail arrives")
    return mails.mails.pop(0)


def link_in(mail: EmailMessage, path: str) -> str:
    address = re.search(rf"http\S+/abonnement/{path}/\S+", mail.get_content())
    assert address
    return urlsplit(address[0]).path


def request_digests_of_next_week(portal: Portal) -> int:
    """What the schedule does on Monday."""
    done = subprocess.run(
        [sys.executable, "-c", NEXT_WEEK],
        env={**os.environ, **portal.environment},
        capture_output=True,
        check=True,
        text=True,
    )
    return int(done.stdout.split()[-1])


def subscribe(page: Page, title: str) -> None:
    page.get_by_role("main").get_by_role("link", name="Neues per E-Mail").click()
    expect(page.get_by_role("checkbox", name=title)).to_be_checked()
    page.get_by_label("E-Mail-Adresse").press_sequentially("gast@example.org", **LIKE_PEOPLE)
    page.get_by_role("button", name="Abonnieren").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bitte sehen Sie in Ihr Postfach")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_subscriber_confirms_gets_a_digest_and_unsubscribes(
    browse: Browse, portal: Portal, mails: MailServer, script: bool
) -> None:
    mails.mails.clear()
    page = browse(java_script_enabled=script)
    page.goto("/massnahmen/")
    page.locator("#results").get_by_role("heading", level=3).get_by_role("link").first.click()
    title = page.get_by_role("heading", level=1).inner_text()
    slug = urlsplit(page.url).path.split("/")[2]
    subscribe(page, title)
    page.goto(link_in(next_mail(mails), "bestaetigen"))
    expect(page.get_by_role("main")).to_contain_text(title)
    page.get_by_role("button", name="Ja, abonnieren").click()
    expect(page.get_by_role("status")).to_contain_text("das Abonnement ist bestätigt")

    with psycopg.connect(portal.database) as database:
        change = "UPDATE measures_measure SET is_starter = NOT is_starter WHERE slug = %s"
        database.execute(change, [slug])
    assert request_digests_of_next_week(portal) == 1
    digest = next_mail(mails)
    assert "Startermaßnahme jetzt" in digest.get_content()

    page.goto(link_in(digest, "themen"))
    page.get_by_role("checkbox", name="Energie").check()
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("status")).to_contain_text("Ihre Wahl ist gespeichert.")
    page.goto(link_in(digest, "beenden"))
    page.get_by_role("button", name="Abonnement beenden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Das Abonnement ist beendet")

    assert (request_digests_of_next_week(portal), page.context.cookies()) == (0, [])


def test_the_pages_of_a_subscription_are_for_everybody(
    browse: Browse, portal: Portal, mails: MailServer
) -> None:
    mails.mails.clear()
    page = browse()
    found = {}
    page.goto("/abonnement/")
    found["abonnement"] = inspect(page)
    page.goto("/gremien/")
    page.get_by_role("main").get_by_role("link", name="Lenkungskreis").first.click()
    subscribe(page, "Lenkungskreis")
    found["angefragt"] = inspect(page)
    page.goto(link_in(next_mail(mails), "bestaetigen"))
    found["bestaetigen"] = inspect(page)
    page.get_by_role("button", name="Ja, abonnieren").click()
    found["themen"] = inspect(page)
    page.get_by_role("link", name="Abonnement beenden").click()
    found["beenden"] = inspect(page)

    assert [problem for problems in found.values() for problem in problems] == []
