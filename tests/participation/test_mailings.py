"""Mailings to contacts, and who should meet."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from fields.models import ActionField
from governance.models import Seat
from measures.models import TeamMember
from network.models import Contact, Role
from participation.meeting_up import who_should_meet
from participation.models import Mailing, VisitorMail
from smartregion.base.jobs import run
from smartregion.base.models import Job
from tests.factories import (
    make_committee,
    make_contact,
    make_field,
    make_measure,
    make_organisation,
    make_region,
    make_user,
)

pytestmark = pytest.mark.django_db
WITHOUT = {"name": "", "email": "", "phone": "", "consented_on": None, "consent_way": "", "kept_until": None}
NEW = "/netzwerk/rundschreiben/neu/"
TEXT = {"subject": "Einladung", "text": "bitte kommen Sie."}


@pytest.fixture
def coordinator(client: Client) -> Client:
    make_region()
    client.force_login(make_user(Role.COORDINATION))
    return client


def previewed(client: Client, address: str) -> dict[str, Any]:
    """What the preview's form sends."""
    page = client.post(address, {**TEXT, "key": client.get(address).context["form"]["key"].value()})
    form = page.context["form"]
    return {**TEXT, "key": str(form.cleaned_data["key"]), "count": page.context["number"], "step": "send"}


def test_only_who_has_consented_gets_the_mail_and_no_address_stays(coordinator: Client) -> None:
    energy = make_field("Energie")
    make_contact("Werk", email="werk@example.org", fields=[energy])
    make_contact("Verein", fields=[energy], **WITHOUT)
    make_contact("Andere", email="andere@example.org")

    sent = previewed(coordinator, f"{NEW}?feld=energie")
    coordinator.post(f"{NEW}?feld=energie", sent)
    run(Job.objects.get().pk)

    assert [message.to for message in mail.outbox] == [["werk@example.org"]]
    mailing = Mailing.objects.get()
    assert (mailing.recipients, mailing.selection) == (1, "Handlungsfeld: Energie")
    assert VisitorMail.objects.count() == 0


def test_nothing_is_sent_before_the_number_was_shown(coordinator: Client) -> None:
    make_contact()

    page = coordinator.post(NEW, {**TEXT, "key": "00000000-0000-4000-8000-000000000000"})

    assert "An 1 Kontakt senden" in page.content.decode()
    assert (Mailing.objects.count(), VisitorMail.objects.count()) == (0, 0)


def test_a_selection_that_changed_meanwhile_is_shown_again(coordinator: Client) -> None:
    make_contact()
    sent = previewed(coordinator, NEW)
    make_contact()

    page = coordinator.post(NEW, sent)

    assert "An 2 Kontakte senden" in page.content.decode()
    assert Mailing.objects.count() == 0


def test_sending_twice_sends_once(coordinator: Client) -> None:
    make_contact()
    sent = previewed(coordinator, NEW)

    for _time in range(2):
        coordinator.post(NEW, sent)

    assert (Mailing.objects.count(), VisitorMail.objects.count()) == (1, 1)


def test_the_link_in_the_mail_withdraws_the_consent_in_one_click(coordinator: Client) -> None:
    contact = make_contact()
    coordinator.post(NEW, previewed(coordinator, NEW))
    link = re.findall(r"http\S+(/netzwerk/einwilligung/\S+/)", VisitorMail.objects.get().body)[0]
    header = VisitorMail.objects.get().headers["List-Unsubscribe"]
    visitor = Client(enforce_csrf_checks=True)

    asked = visitor.get(link)
    before = Contact.objects.reachable().count()
    answer = visitor.post(link, {"List-Unsubscribe": "One-Click"})

    contact.refresh_from_db()
    assert (asked.status_code, before, answer.status_code) == (200, 1, 200)
    assert (contact.email, contact.name, Contact.objects.reachable().count()) == ("", "", 0)
    assert header.endswith(f"{link}>")
    assert visitor.cookies == {}


def test_a_forged_link_withdraws_nothing() -> None:
    make_contact()

    assert Client().post("/netzwerk/einwilligung/eyJ4IjoxfQ:falsch/").status_code == 404
    assert Contact.objects.reachable().count() == 1


def suggested(field: str = "") -> list[tuple[list[str], list[str]]]:
    return [
        ([each.name for each in suggestion.organisations], [each.name for each in suggestion.fields])
        for suggestion in who_should_meet(field)
    ]


@pytest.fixture
def energy() -> ActionField:
    return make_field("Energie")


def test_like_interests_suggest_a_meeting_with_the_reason(energy: ActionField) -> None:
    mobility = make_field("Mobilität")
    make_contact("Werk", fields=[energy, mobility])
    make_contact("Verein", fields=[energy], **WITHOUT)
    make_contact("Hochschule", fields=[energy, mobility])
    make_contact("Hochschule", fields=[energy])

    assert suggested() == [
        (["Hochschule", "Werk"], ["Energie", "Mobilität"]),
        (["Hochschule", "Verein"], ["Energie"]),
        (["Verein", "Werk"], ["Energie"]),
    ]
    assert suggested("mobilitaet") == [(["Hochschule", "Werk"], ["Energie", "Mobilität"])]
    assert who_should_meet()[0].reason == (
        "Gemeinsames Interesse: Energie, Mobilität. "
        "Bisher sitzen sie in keinem Team und keinem Gremium zusammen."
    )


def test_who_meets_already_in_a_team_or_committee_is_not_suggested(energy: ActionField) -> None:
    for name in ("Werk", "Verein", "Hochschule"):
        make_contact(name, fields=[energy])
    measure, committee = make_measure("Netz", field=energy), make_committee()
    for name in ("Werk", "Verein"):
        TeamMember.objects.create(
            measure=measure, organisation=make_organisation(name), sector="civil", function=name
        )
    for name in ("Verein", "Hochschule"):
        Seat.objects.create(
            committee=committee, group="others", function=name, organisation=make_organisation(name)
        )

    assert suggested() == [(["Hochschule", "Werk"], ["Energie"])]
    assert who_should_meet()[0].reason.endswith("Werk arbeitet schon an „Netz“ mit.")
