"""From the invitation to the last sign-out, in a real browser, with a real worker that sends the mails."""

import email
import email.policy
import re
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from smartregion.settings import EMAIL_FILE_PATH
from tests.e2e.conftest import Browse
from tests.e2e.inspection import inspect
from tests.e2e.portal import Portal
from tests.network.people import PASSWORD, code_for

pytestmark = pytest.mark.usefixtures("own_codes")
ADDRESS = "neu.im.amt@example.org"


@pytest.fixture
def own_codes(portal: Portal) -> Iterator[None]:
    """Codes count once, and tries are limited: what an earlier test used is forgotten."""
    with psycopg.connect(portal.database) as database:
        database.execute("DELETE FROM base_cache")
    yield


def mails_to(address: str) -> list[Any]:
    """The newest last. In demo mode mails are files."""
    files = sorted(EMAIL_FILE_PATH.glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
    read = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
    return [mail for mail in read if mail["To"] == address]


def invited(page: Page, role: str = "Entwicklungsteam") -> str:
    """Invite somebody, and return the path of the link in their mail."""
    before = len(mails_to(ADDRESS))
    page.goto("/konten/einladungen/neu/")
    page.get_by_label("E-Mail").fill(ADDRESS)
    page.get_by_label("Name oder Funktion").fill("Neu im Amt")
    page.get_by_label("Rolle").select_option(label=role)
    page.get_by_role("button", name="Einladung senden").click()
    expect(page.get_by_role("status")).to_contain_text("ist unterwegs.")
    until = time.monotonic() + 20
    while len(mails_to(ADDRESS)) == before and time.monotonic() < until:
        page.wait_for_timeout(100)
    text = mails_to(ADDRESS)[-1].get_content()
    return re.search(r"/konto/einladung/\S+/", text)[0]  # type: ignore[index]


def sign_in(page: Page) -> None:
    page.goto("/anmelden/")
    page.get_by_role("textbox", name="E-Mail-Adresse").fill(ADDRESS)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()


def type_code(page: Page, label: str, secret: str, *, is_next: bool = False) -> None:
    """What the app shows, or shows next, as each code counts once; early enough in its half minute that it
    still counts when it is sent."""
    rest = 30 - time.time() % 30
    if rest < 8 or is_next:
        page.wait_for_timeout(rest * 1000)
    page.get_by_role("textbox", name=label).fill(code_for(secret))


def test_from_the_invitation_to_the_last_sign_out(browse: Browse) -> None:
    link = invited(browse("Administration"))
    page = browse()
    page.goto(link)
    assert inspect(page) == []
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_label("Passwort noch einmal").fill(PASSWORD)
    page.get_by_role("button", name="Konto eröffnen").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Richten Sie noch einen zweiten Faktor ein")
    assert inspect(page) == []
    page.goto("/arbeitsplatz/")
    expect(page).to_have_url(re.compile("/konto/zweiter-faktor/$"))

    page.get_by_role("link", name="Authenticator-App").click()
    assert inspect(page) == []
    type_code(page, "Code aus der App", secret := page.locator(".secret").inner_text().replace(" ", ""))
    page.get_by_role("button", name="Einrichten").click()

    expect(page.locator(".codes li")).to_have_count(10)
    assert inspect(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Als Datei laden").click()
    saved = download.value.path().read_text()
    shown = page.locator(".codes li").all_inner_texts()
    assert [line for line in saved.splitlines() if line.isdigit()] == shown
    page.get_by_role("link", name="Aufbewahrt, weiter").click()
    expect(page).to_have_url(re.compile("/arbeitsplatz/$"))

    page.locator("#account summary").click()
    page.get_by_role("button", name="Abmelden").click()
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Zweiter Schritt der Anmeldung")
    assert inspect(page) == []
    type_code(page, "Code", secret, is_next=True)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page).to_have_url(re.compile("/arbeitsplatz/$"))

    other = browse()
    sign_in(other)
    other.get_by_role("textbox", name="Code").fill(shown[0])
    other.get_by_role("button", name="Anmelden", exact=True).click()
    expect(other).to_have_url(re.compile("/arbeitsplatz/$"))

    page.goto("/konto/")
    sessions = page.get_by_role("region", name="Wo Sie angemeldet sind").get_by_role("listitem")
    expect(sessions).to_have_count(2)
    expect(sessions.first).to_contain_text("Chrome auf Linux")
    expect(page.get_by_text("9 Codes sind noch übrig")).to_be_visible()
    assert inspect(page) == []
    page.get_by_role("link", name="Überall abmelden").click()
    page.get_by_role("button", name="Überall abmelden").click()
    expect(page).to_have_url(re.compile("/anmelden/$"))
    other.goto("/konto/")
    expect(other).to_have_url(re.compile(r"/anmelden/\?next=/konto/$"))
    expect(other.get_by_text("Ihre Anmeldung wurde beendet.")).to_be_visible()
    assert inspect(other) == []


@pytest.fixture
def local(portal: Portal) -> dict[str, str]:
    """Passkeys belong to a name; browsers give none to a bare address of the network."""
    return {"base_url": portal.address.replace("127.0.0.1", "localhost")}


def with_device(page: Page) -> None:
    """A device that keeps passkeys and knows its person, as Chromium plays it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def test_a_passkey_is_all_that_somebody_needs(browse: Browse, local: dict[str, str]) -> None:
    link = invited(browse("Koordination"))
    page = browse(**local)
    with_device(page)
    page.goto(link)
    page.get_by_label("Mit einem Passkey").check()
    page.get_by_role("button", name="Konto eröffnen").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Passkey einrichten")
    assert inspect(page) == []
    page.get_by_label("Wie soll er heißen?").fill("Diensthandy")
    page.get_by_role("button", name="Passkey einrichten").click()
    expect(page.locator(".codes li")).to_have_count(10)

    page.goto("/konto/")
    expect(page.get_by_text("Passkey „Diensthandy“")).to_be_visible()
    page.locator("#account summary").click()
    page.get_by_role("button", name="Abmelden").first.click()
    page.goto("/anmelden/?next=/massnahmen/")
    page.get_by_role("button", name="Mit Passkey anmelden").click()

    expect(page).to_have_url(re.compile("/massnahmen/$"))
    expect(page.get_by_role("banner")).to_contain_text("Neu im Amt")


def test_a_passkey_is_the_second_step_after_a_password(browse: Browse, local: dict[str, str]) -> None:
    link = invited(browse("Koordination"))
    page = browse(**local)
    with_device(page)
    page.goto(link)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_label("Passwort noch einmal").fill(PASSWORD)
    page.get_by_role("button", name="Konto eröffnen").click()
    page.get_by_role("link", name="Passkey", exact=True).click()
    page.get_by_role("button", name="Passkey einrichten").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.locator("#account summary").click()
    page.get_by_role("button", name="Abmelden").first.click()

    sign_in(page)
    page.get_by_role("button", name="Passkey verwenden").click()

    expect(page).to_have_url(re.compile("/arbeitsplatz/$"))


def test_a_device_that_breaks_off_is_told_in_words(browse: Browse) -> None:
    """At a bare address of the network there are no passkeys at all."""
    page = browse()
    page.goto("/anmelden/")
    page.get_by_role("button", name="Mit Passkey anmelden").click()

    expect(page.get_by_role("alert")).to_contain_text("Dieser Browser kann hier keine Passkeys.")


def test_the_administration_helps_somebody_who_lost_their_factor(browse: Browse) -> None:
    page = browse("Administration")
    page.goto("/konten/")
    assert inspect(page) == []
    page.get_by_role("link", name="Koordination", exact=True).click()
    assert inspect(page) == []
    page.get_by_role("link", name="Konto abschalten").click()
    assert inspect(page) == []
    page.get_by_label("Grund").fill("Ausgeschieden")
    page.get_by_role("button", name="Konto abschalten").click()

    expect(page.get_by_role("status")).to_contain_text("Das Konto ist abgeschaltet.")
    expect(page.get_by_text("Ausgeschieden")).to_be_visible()
    page.get_by_role("link", name="Konto wieder anschalten").click()
    page.get_by_label("Grund").fill("Wieder da")
    page.get_by_role("button", name="Konto wieder anschalten").click()
    expect(page.get_by_role("status")).to_contain_text("Das Konto ist wieder angeschaltet.")


def test_another_role_is_given_on_a_page_that_says_what_follows(browse: Browse) -> None:
    page = browse("Administration")
    page.goto("/konten/")
    page.get_by_role("link", name="Koordination", exact=True).click()
    page.get_by_role("link", name="Name, Rolle und Kommune ändern").click()
    assert inspect(page) == []
    page.get_by_label("Rolle").select_option(label="Kommune")
    page.get_by_label("Grund").fill("Andere Stelle")
    page.get_by_role("button", name="Name, Rolle und Kommune ändern").click()

    expect(page.get_by_text("Bitte wählen Sie die Kommune").first).to_be_visible()
    assert inspect(page) == []
    page.get_by_label("Rolle").select_option(label="Lenkungskreis")
    page.get_by_role("button", name="Name, Rolle und Kommune ändern").click()
    expect(page.get_by_role("status")).to_contain_text("Das Konto ist geändert.")
    expect(page.get_by_text("Andere Stelle")).to_be_visible()


def test_a_password_is_shown_on_demand_and_sent_hidden(browse: Browse) -> None:
    page = browse()
    page.goto("/anmelden/")
    field, switch = page.locator("#id_password"), page.get_by_role("button", name="Passwort zeigen")
    field.fill("geheim")
    seen = []
    for _ in range(2):
        switch.click()
        seen.append((field.get_attribute("type"), switch.get_attribute("aria-pressed")))
    assert seen == [("text", "true"), ("password", "false")]

    switch.click()
    assert inspect(page) == []
    page.evaluate(
        "document.forms[document.forms.length - 2].addEventListener('submit', e => e.preventDefault())"
    )
    page.get_by_role("button", name="Anmelden", exact=True).click()
    assert field.get_attribute("type") == "password"


def test_without_javascript_no_password_is_offered_to_be_shown(browse: Browse) -> None:
    page = browse(java_script_enabled=False)
    page.goto("/anmelden/")

    expect(page.locator("#id_password")).to_be_visible()
    expect(page.get_by_role("button", name="Passwort zeigen")).to_have_count(0)


def test_who_takes_a_passkey_is_asked_for_no_password(browse: Browse) -> None:
    link = invited(browse("Administration"))
    page = browse()
    page.goto(link)
    passwords = page.locator("input[type=password]")
    expect(passwords.first).to_be_visible()

    page.get_by_label("Mit einem Passkey").check()

    expect(passwords.first).to_be_hidden()
    expect(passwords.last).to_be_hidden()
    assert inspect(page) == []


def test_the_menu_of_an_account_scrolls_on_a_small_phone(browse: Browse) -> None:
    page = browse("Koordination", viewport={"width": 390, "height": 500})
    page.goto("/konto/")
    page.locator("#account > summary").click()
    menu = page.locator(".account__menu")

    ends_at, is_scrolled = menu.evaluate(
        "it => [it.getBoundingClientRect().height, it.scrollHeight > it.clientHeight]"
    )

    assert (ends_at <= 0.75 * 500, is_scrolled) == (True, True)
    expect(menu.get_by_role("button", name="Abmelden")).to_be_in_viewport(ratio=1)
    assert inspect(page, looks=[]) == []
