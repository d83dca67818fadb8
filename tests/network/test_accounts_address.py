"""A new address for an account; the administrators' list; what a person can see and have erased."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.timezone import now

from network.account_services import ask_for_address, change_address, invite, withdraw_address
from network.models import AddressChange, Invitation, Role, User
from smartregion.base.changes import changes_of
from smartregion.base.erasure import erase
from smartregion.base.models import AuditEntry
from smartregion.base.personal import Person, stored_about
from smartregion.base.retention import delete_outdated
from tests.factories import make_user
from tests.network.people import by_password, is_in, link_in, make_person, signed_in, worker_at_once

pytestmark = pytest.mark.django_db
NEW = "neu@example.org"


@pytest.fixture(autouse=True)
def unused_codes() -> None:
    cache.clear()


@pytest.fixture
def asked(django_capture_on_commit_callbacks: Any, mailoutbox: list[Any]) -> Any:
    def ask(user: User, email: str = NEW) -> Any:
        with worker_at_once(), django_capture_on_commit_callbacks(execute=True):
            signed_in(user).post("/konto/adresse/", {"email": email})
        return mailoutbox[-1]

    return ask


def test_a_new_address_counts_once_its_link_is_confirmed_and_the_old_one_is_told(
    asked: Any, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    user = make_person(factor=True)
    old = user.email
    mail = asked(user, "Neu@Example.org")
    link, browser = link_in(mail, "konto/adresse/"), Client()

    looked_at = browser.get(link)
    user.refresh_from_db()
    assert (mail.to, looked_at.status_code, user.email) == ([NEW], 200, old)

    with worker_at_once(), django_capture_on_commit_callbacks(execute=True):
        browser.post(link)

    user.refresh_from_db()
    assert (user.email, mailoutbox[-1].to, NEW in mailoutbox[-1].body) == (NEW, [old], False)
    assert changes_of(user)[0].reason == "Neue Adresse bestätigt"
    assert by_password(user).get("/anmelden/zweiter-faktor/").status_code == 200


def test_a_link_that_did_its_work_says_so_when_it_is_opened_again(asked: Any) -> None:
    user = make_person(factor=True)
    link, here = link_in(asked(user), "konto/adresse/"), signed_in(user)
    Client().post(link)
    changes, noted = len(changes_of(user)), AuditEntry.objects.count()

    pages = [Client().get(link), Client().post(link)]

    told = ["Diese Adresse ist schon bestätigt" in page.content.decode() for page in pages]
    assert ([page.status_code for page in pages], told) == ([200, 200], [True, True])
    assert [NEW in page.content.decode() for page in pages] == [False, False]
    assert (len(changes_of(user)), AuditEntry.objects.count()) == (changes, noted)
    assert "wartet auf Bestätigung" not in here.get("/konto/").content.decode()


def test_a_further_change_needs_its_own_link(asked: Any) -> None:
    user = make_person(factor=True)
    Client().post(link_in(asked(user), "konto/adresse/"))
    user.refresh_from_db()

    Client().post(link_in(asked(user, "zweite@example.org"), "konto/adresse/"))

    user.refresh_from_db()
    assert user.email == "zweite@example.org"


def test_an_old_link_opens_nothing(asked: Any) -> None:
    user = make_person(factor=True)
    first, second = (link_in(asked(user, email), "konto/adresse/") for email in (NEW, "zweite@example.org"))
    assert Client().post(first).status_code == 410

    AddressChange.objects.update(expires_at=now() - timedelta(seconds=1))

    assert Client().post(second).status_code == 410
    user.refresh_from_db()
    assert user.email not in {NEW, "zweite@example.org"}


def test_the_present_address_is_refused_at_the_field() -> None:
    user = make_person(factor=True)

    page = signed_in(user).post("/konto/adresse/", {"email": user.email.upper()})

    assert page.context["form"].errors == {"email": ["Das ist schon Ihre Adresse."]}
    assert not AddressChange.objects.exists()


def test_an_address_of_somebody_else_is_told_by_mail_alone(asked: Any) -> None:
    other, user = make_user(), make_person(factor=True)

    mail = asked(user, other.email)

    assert (mail.to, "/konto/adresse/" in mail.body) == ([other.email], False)
    assert mail.subject == "Zu Ihrer Adresse gibt es schon ein Konto"


def test_an_address_that_was_taken_meanwhile_is_not_given_twice(asked: Any) -> None:
    user = make_person(factor=True)
    link = link_in(asked(user), "konto/adresse/")
    User.objects.create_user(NEW, name="Schneller", role=Role.TEAM)

    assert Client().post(link).status_code == 409
    user.refresh_from_db()
    assert user.email != NEW


def test_a_waiting_address_can_be_withdrawn_and_its_link_opens_nothing(asked: Any) -> None:
    user, other = make_person(factor=True), make_user()
    ask_for_address(user=other, email="andere@example.org")
    link, here = link_in(asked(user), "konto/adresse/"), signed_in(user)
    button = 'action="/konto/adresse/zurueckziehen/"'
    offered = button in here.get("/konto/").content.decode()

    pages = [here.post("/konto/adresse/zurueckziehen/", follow=True) for _ in range(2)]

    told = [str(message) for page in pages for message in page.context["messages"]]
    assert [sentence.split(".")[0] for sentence in told] == [
        "Die neue Adresse ist zurückgezogen",
        "Es wartet keine neue Adresse mehr auf Bestätigung",
    ]
    assert [offered, *(button in page.content.decode() for page in pages)] == [True, False, False]
    assert (Client().get(link).status_code, Client().post(link).status_code) == (410, 410)
    assert list(AddressChange.objects.values_list("user", flat=True)) == [other.pk]
    noted = AuditEntry.objects.filter(kind="address_withdrawn")
    assert list(noted.values_list("account", flat=True)) == [user.pk]


def test_an_address_that_counts_already_is_not_withdrawn(asked: Any) -> None:
    user = make_person(factor=True)
    link, here = link_in(asked(user), "konto/adresse/"), signed_in(user)
    Client().post(link)

    here.post("/konto/adresse/zurueckziehen/")

    assert Client().get(link).status_code == 200
    assert not AuditEntry.objects.filter(kind="address_withdrawn").exists()


def test_changing_it_ends_no_session(asked: Any) -> None:
    user = make_person(factor=True)
    link = link_in(asked(user), "konto/adresse/")
    here = signed_in(user)

    here.post(link)

    assert is_in(here)


def administrator() -> Client:
    client = Client()
    client.force_login(make_user(Role.ADMINISTRATION, name="Leitung"))
    return client


def names(client: Client, query: str = "") -> set[str]:
    return {account.name for account in client.get(f"/konten/{query}").context["page_obj"]}


def test_the_list_tells_who_can_get_in_and_how() -> None:
    with_one, without = make_person(factor=True, name="Mit"), make_person(name="Ohne")
    off = make_person(name="Aus", is_active=False)
    signed_in(with_one)
    client = administrator()

    assert names(client) == {"Mit", "Ohne", "Aus", "Leitung"}
    assert names(client, "?show=without") == {"Ohne", "Leitung"}
    assert names(client, "?show=never") == {"Ohne"}
    assert names(client, "?show=inactive") == {"Aus"}
    assert names(client, "?role=administration") == {"Leitung"}
    assert names(client, f"?q={without.email}") == {"Ohne"}
    assert names(client, "?role=kaiser") == {"Mit", "Ohne", "Aus", "Leitung"}
    pages = [client.get(f"/konten/{user.pk}/").content.decode() for user in (with_one, off)]
    assert ["Authenticator-App" in page for page in pages] == [True, False]


@pytest.mark.parametrize("role", [Role.COORDINATION, Role.TEAM, Role.STEERING])
def test_only_the_administration_sees_the_list(role: Role) -> None:
    user, client = make_user(), Client()
    client.force_login(make_user(role))

    assert [client.get(page).status_code for page in ("/konten/", f"/konten/{user.pk}/")] == [403, 403]


def everything_about(user: User) -> None:
    signed_in(user)
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Handy", "credential": {}})
    SocialAccount.objects.create(user=user, provider="kreis", uid="person-1")
    ask_for_address(user=user, email=NEW)
    invite(
        invitation=Invitation(email=user.email, name="Frau Neu", role=Role.TEAM),
        by=make_user(Role.ADMINISTRATION),
    )


KEYS = {"devices", "second-factors", "sign-in-services", "address-changes", "invitations"}


def test_a_person_is_told_all_of_it_and_no_secret() -> None:
    user = make_person(factor=True)
    everything_about(user)

    found = {stored.type.key: stored.rows for stored in stored_about(Person.of(user.email))}

    assert found.keys() >= KEYS
    assert [row["Art"] for row in found["second-factors"]] == ["Authenticator-App", "Ersatzcodes", "Passkey"]
    secret = user.authenticator_set.get(type="totp").data["secret"]
    assert secret not in str(found)


def test_an_erased_person_leaves_none_of_it() -> None:
    user = make_person(factor=True)
    everything_about(user)
    device = signed_in(user)

    erase(
        person=Person.of(user.email),
        names=[],
        reason="Antrag",
        by=make_user(Role.ADMINISTRATION),
        office="Administration",
    )

    rows = [UserSession, Authenticator, SocialAccount, AddressChange, Invitation]
    assert [model.objects.count() for model in rows] == [0] * 5
    assert not is_in(device)


def test_what_was_kept_long_enough_goes() -> None:
    user = make_person()
    everything_about_links(user)
    AddressChange.objects.update(expires_at=now() - timedelta(minutes=1))
    Invitation.objects.update(expires_at=now() - timedelta(days=91))

    delete_outdated()

    assert (AddressChange.objects.count(), Invitation.objects.count()) == (0, 0)


def everything_about_links(user: User) -> None:
    ask_for_address(user=user, email=NEW)
    invite(invitation=Invitation(email=NEW, name="Neu", role=Role.TEAM), by=make_user(Role.ADMINISTRATION))


def test_an_address_that_was_withdrawn_while_its_link_was_opened_does_not_come() -> None:
    user = make_user()
    ask_for_address(user=user, email="neu@example.org")
    opened = AddressChange.objects.select_related("user").get(user=user)

    withdraw_address(user=user)
    with pytest.raises(ValidationError, match="zurückgezogen"):
        change_address(change=opened)

    assert User.objects.get(pk=user.pk).email == user.email
