"""The directory of contacts: with consent only, for the coordinator alone, and without leftovers."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.timezone import localdate

from network.models import Contact, Role
from network.services import remove_contact, withdraw_consent
from network.worklist import ending_contacts
from smartregion.base.history import event_model
from tests.factories import make_contact, make_field, make_organisation, make_region, make_user

pytestmark = pytest.mark.django_db
NOTHING = {"name": "", "email": "", "phone": "", "consented_on": None, "consent_way": "", "kept_until": None}


@pytest.fixture
def coordinator(client: Client) -> Client:
    make_region()
    client.force_login(make_user(Role.COORDINATION))
    return client


def values_of(contact: Contact, **changed: Any) -> dict[str, Any]:
    """What the form of the contact sends."""
    names = ["organisation_id", "function", "name", "email", "phone", "note", "version"]
    sent = {name.removesuffix("_id"): getattr(contact, name) for name in names}
    consent = {
        "consented_on": contact.consented_on or "",
        "consent_way": contact.consent_way,
        "kept_until": contact.kept_until or "",
    }
    return {**sent, **consent, **changed}


def test_only_the_coordinator_opens_the_directory(client: Client) -> None:
    contact = make_contact()
    make_region()
    answers = {}
    for role in Role:
        if role != Role.MUNICIPALITY:
            client.force_login(make_user(role))
            answers[role] = client.get(contact.get_absolute_url()).status_code

    assert answers == {
        Role.COORDINATION: 200,
        Role.STEERING: 403,
        Role.TEAM: 403,
        Role.ADMINISTRATION: 403,
    }
    assert Client().get("/netzwerk/").status_code == 302


def test_a_contact_begins_with_organisation_and_function_alone(coordinator: Client) -> None:
    field, organisation = make_field("Energie"), make_organisation("Werk")

    coordinator.post(
        "/netzwerk/kontakte/neu/",
        {"organisation": organisation.pk, "function": "Leitung", "interests": [field.pk]},
    )

    contact = Contact.objects.get()
    assert (str(contact), [*contact.interests.all()], contact.state) == (
        "Leitung, Werk",
        [field],
        "nur Funktion",
    )


def test_a_person_needs_a_consent(coordinator: Client) -> None:
    contact = make_contact(**NOTHING)

    answer = coordinator.post(
        f"/netzwerk/kontakte/{contact.pk}/bearbeiten/", values_of(contact, name="Erika Beispielfrau")
    )

    assert "brauchen eine Einwilligung" in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.update(name="Erika Beispielfrau")


def test_who_the_person_was_is_in_no_history(coordinator: Client) -> None:
    contact = make_contact(name="Erika Beispielfrau")
    edit = f"/netzwerk/kontakte/{contact.pk}/bearbeiten/"

    coordinator.post(edit, values_of(contact, name="Max Beispielmann", function="Neue Leitung"))

    kept = {field.name for field in event_model(Contact)._meta.get_fields()}
    page = coordinator.get(contact.get_absolute_url()).content.decode()
    assert kept & {"name", "email", "phone"} == set()
    assert ("Neue Leitung" in page, "Erika Beispielfrau" in page) == (True, False)


def test_undoing_leaves_the_person_as_it_is_now(coordinator: Client) -> None:
    contact = make_contact(function="Leitung")
    edit = f"/netzwerk/kontakte/{contact.pk}/bearbeiten/"
    coordinator.post(edit, values_of(contact, name="Max Beispielmann", function="Stelle"))

    coordinator.post(f"/netzwerk/kontakte/{contact.pk}/rueckgaengig/?version=2")

    contact.refresh_from_db()
    assert (contact.function, contact.name) == ("Leitung", "Max Beispielmann")


def test_two_who_edit_at_once_see_both_versions(coordinator: Client) -> None:
    contact = make_contact()
    edit = f"/netzwerk/kontakte/{contact.pk}/bearbeiten/"
    coordinator.post(edit, values_of(contact, function="Die erste"))

    answer = coordinator.post(edit, values_of(contact, function="Die zweite"))

    page = answer.content.decode()
    assert (answer.status_code, "Die erste" in page, "Die zweite" in page) == (409, True, True)


def test_a_withdrawn_consent_takes_the_person_and_leaves_the_office() -> None:
    contact = make_contact(function="Leitung", fields=[make_field("Energie")])

    withdraw_consent(contact=contact, by=None)

    contact.refresh_from_db()
    assert (contact.name, contact.email, contact.phone, contact.withdrawn_on) == ("", "", "", localdate())
    assert (contact.function, contact.interests.count()) == ("Leitung", 1)
    assert list(Contact.objects.reachable()) == []


def test_after_a_withdrawal_only_a_newer_consent_brings_a_person_back(coordinator: Client) -> None:
    contact = make_contact()
    withdraw_consent(contact=contact, by=None)
    contact.refresh_from_db()
    edit = f"/netzwerk/kontakte/{contact.pk}/bearbeiten/"

    refused = coordinator.post(edit, values_of(contact, name="Erika"))
    coordinator.post(edit, values_of(contact, name="Erika", consented_on=localdate()))

    contact.refresh_from_db()
    assert "brauchen eine neue" in refused.content.decode()
    assert (contact.name, contact.withdrawn_on) == ("Erika", None)


def test_a_removed_contact_leaves_nothing_in_the_history() -> None:
    contact = make_contact()

    remove_contact(contact=contact, by=None)

    assert (Contact.objects.count(), event_model(Contact)._base_manager.count()) == (0, 0)


def test_the_coordinator_is_reminded_before_a_contact_ends() -> None:
    coordinator, today = make_user(Role.COORDINATION), localdate()
    for days in (-1, 0, 30, 31):
        make_contact(function=f"{days} Tage", kept_until=today + timedelta(days=days))

    entries = list(ending_contacts(coordinator, today))

    assert {entry.title.partition(",")[0] for entry in entries} == {"0 Tage", "30 Tage"}
    assert list(ending_contacts(make_user(Role.TEAM), today)) == []


def test_the_filters_choose_and_the_csv_holds_the_same(coordinator: Client) -> None:
    energy = make_field("Energie")
    make_contact("Werk", function="Netz", fields=[energy], name="=1+1")
    make_contact("Werk", function="Büro")
    make_contact("Verein", function="Vorstand", fields=[energy], **NOTHING)

    page = coordinator.get("/netzwerk/?feld=energie&einwilligung=yes")
    lines = b"".join(
        coordinator.get("/netzwerk/kontakte.csv?feld=energie&einwilligung=yes").streaming_content  # type: ignore[attr-defined]
    ).decode("utf-8-sig")

    assert [contact.function for contact in page.context["page_obj"]] == ["Netz"]
    assert [line.split(";")[2:4] for line in lines.splitlines()] == [["Funktion", "Name"], ["Netz", "'=1+1"]]


def test_one_contact_is_told_to_its_person_as_json(coordinator: Client) -> None:
    contact = make_contact(function="Leitung", email="a@example.org")

    told = coordinator.get(f"/netzwerk/kontakte/{contact.pk}/kontakt.json").json()

    (row,) = told["daten"][0]["eintraege"]
    assert (row["Funktion"], row["Name"], row["E-Mail"]) == ("Leitung", "Erika Beispielfrau", "a@example.org")
