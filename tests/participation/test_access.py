"""People without an account see, take along and erase what is stored about their address."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from network.models import Contact, Role, User
from participation.models import AccessRequest, Idea, IdeaAuthor, VisitorMail
from smartregion.base.erasure_replay import replay
from smartregion.base.models import Erasure
from smartregion.base.retention import delete_outdated
from tests.factories import make_contact, make_region, make_user
from tests.participation.open import stamp
from tests.participation.rows import make_idea

pytestmark = pytest.mark.django_db
ASK, EMAIL = "/datenschutz/auskunft/", "erika@example.org"


@pytest.fixture(autouse=True)
def log_file(settings, tmp_path):
    settings.ERASURE_LOG = tmp_path / "erasures.jsonl"
    make_region()


def ask(client: Client, email: str = EMAIL) -> str:
    """The link that the asking has put into the mail."""
    client.post(ASK, {"email": email, **stamp()})
    return re.findall(r"http\S+(/datenschutz/auskunft/\S+/)", VisitorMail.objects.latest("pk").body)[0]


def test_known_and_unknown_addresses_get_the_same_answer_and_a_mail(client: Client) -> None:
    make_contact(email=EMAIL)

    answers = [client.post(ASK, {"email": email, **stamp()}) for email in (EMAIL, "niemand@example.org")]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, "/datenschutz/auskunft/gesendet/")
    ] * 2
    assert VisitorMail.objects.count() == 2
    assert client.cookies == {}


def test_asking_again_at_once_sends_no_second_mail(client: Client) -> None:
    ask(client)

    client.post(ASK, {"email": EMAIL.upper(), **stamp()})

    assert VisitorMail.objects.count() == 1


def test_the_link_shows_what_is_stored_and_gives_it_as_files(client: Client) -> None:
    make_contact(email=EMAIL, function="Leitung", name="Erika Beispielfrau")
    make_contact(email="andere@example.org", name="Max Beispielmann")
    link = ask(client)

    page, told = client.get(link), client.get(f"{link}daten.json").json()
    pdf = client.get(f"{link}daten.pdf")

    assert ("Erika Beispielfrau" in page.content.decode(), "Beispielmann" in page.content.decode()) == (
        True,
        False,
    )
    assert [each["art"] for each in told["daten"]] == [
        "Anfragen nach eigenen Daten",
        "Kontakte im Netzwerk",
        "Mails, die noch unterwegs sind",
        "Zählung von Mails an eine Adresse",
    ]
    assert pdf.content.startswith(b"%PDF-")
    assert page["Cache-Control"] == "no-store"


def test_an_account_of_the_address_is_neither_shown_nor_erased(client: Client) -> None:
    make_user(Role.TEAM, name="Erika Beispielfrau")
    User.objects.update(email=EMAIL)
    link = ask(client)

    told = client.get(f"{link}daten.json").content.decode()
    client.post(f"{link}loeschen/")

    assert "Beispielfrau" not in told
    assert User.objects.get().email == EMAIL


def test_erasing_takes_all_of_it_and_ends_the_link(client: Client) -> None:
    make_contact(email=EMAIL)
    make_contact(email="andere@example.org")
    link = ask(client)

    asked = client.get(f"{link}loeschen/")
    erased = client.post(f"{link}loeschen/")

    assert (asked.status_code, erased.status_code, client.get(link).status_code) == (200, 200, 404)
    assert [contact.email for contact in Contact.objects.all()] == ["andere@example.org"]
    assert (AccessRequest.objects.count(), VisitorMail.objects.count()) == (0, 0)
    assert Erasure.objects.get().scope == Erasure.Scope.VISITOR


@pytest.mark.parametrize("answer", [{}, {"with_published": "on"}])
def test_a_published_idea_stays_without_its_author_or_goes_as_asked(
    client: Client, answer: dict[str, str]
) -> None:
    own = make_idea("Mehr Bänke", email=EMAIL)
    other = make_idea("Mehr Licht", email="andere@example.org")
    unconfirmed = make_idea("Mehr Bäume", email=EMAIL)
    IdeaAuthor.objects.filter(idea=unconfirmed).update(confirmed_at=None)
    link = ask(client)

    page = client.get(f"{link}loeschen/").content.decode()
    client.post(f"{link}loeschen/", answer)

    assert [idea.title in page for idea in (own, other, unconfirmed)] == [True, False, False]
    stay = {idea.pk for idea in ([other, unconfirmed] if answer else [own, other, unconfirmed])}
    assert set(Idea.objects.values_list("pk", flat=True)) == stay
    assert list(IdeaAuthor.objects.values_list("email", flat=True)) == ["andere@example.org"]


@pytest.mark.parametrize("answer", [{}, {"with_published": "on"}])
def test_a_backup_from_before_loses_the_published_ideas_again(
    client: Client, answer: dict[str, str], settings: Any
) -> None:
    make_idea("Mehr Bänke", email=EMAIL)
    client.post(f"{ask(client)}loeschen/", answer)
    entry = json.loads(settings.ERASURE_LOG.read_text().splitlines()[-1])
    Idea.objects.all().delete()
    restored = make_idea("Mehr Bänke", email=EMAIL)

    replay([json.dumps({**entry, "id": str(uuid4())})])

    assert Idea.objects.filter(pk=restored.pk).exists() == (not answer)
    assert not IdeaAuthor.objects.exists()


def test_a_link_older_than_a_week_opens_nothing(client: Client) -> None:
    link = ask(client)
    AccessRequest.objects.update(asked_at=now() - AccessRequest.VALID_FOR)

    assert [client.get(f"{link}{end}").status_code for end in ("", "daten.json", "loeschen/")] == [404] * 3


def test_what_was_kept_long_enough_goes_by_itself(client: Client) -> None:
    ask(client)
    AccessRequest.objects.update(asked_at=now() - AccessRequest.VALID_FOR)
    make_contact(kept_until=localdate())

    delete_outdated()

    assert (AccessRequest.objects.count(), Contact.objects.count()) == (0, 1)
