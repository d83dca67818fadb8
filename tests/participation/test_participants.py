"""The coordinator's list of who takes part: check-in, tables, badges, mails."""

import csv
import io
from typing import Any

import pikepdf
import pytest
from django.test import Client
from openpyxl import load_workbook

from network.models import Role
from participation.models import Event, Registration, VisitorMail
from tests.factories import make_region, make_user
from tests.participation.event_rows import mails, make_event, places, put, registered
from tests.pdf_check import failures

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(db: None) -> Event:
    make_region()
    event = make_event(capacity=2)
    registered(event, "Özlem", organisation="=1+1", needs="Gebärdensprache")
    registered(event, "Ada")
    registered(event, "Cem")
    registered(event, "Dora", confirmed=False)
    VisitorMail.objects.all().delete()
    return event


@pytest.fixture
def keeper(client: Client, event: Event) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def test_the_list_is_in_german_order_and_parts_places_from_waiting(keeper: Client, event: Event) -> None:
    context = keeper.get(f"{event.get_absolute_url()}teilnahme/").context

    names = [[row.name for row in context[key]] for key in ("participants", "waiting", "unconfirmed")]
    assert names == [["Ada", "Özlem"], ["Cem"], ["Dora"]]


def test_a_tick_marks_somebody_present_and_can_be_taken_back(keeper: Client, event: Event) -> None:
    row = Registration.objects.get(name="Ada")
    address = f"{event.get_absolute_url()}teilnahme/{row.pk}/"

    answer = keeper.post(address, {"present": "1"})
    assert answer["Location"] == f"{event.get_absolute_url()}teilnahme/#anmeldung-{row.pk}"
    assert keeper.get(f"{event.get_absolute_url()}teilnahme/").context["present"] == 1
    keeper.post(address, {"present": "0"})

    row.refresh_from_db()
    assert row.checked_in_at is None


def test_who_waits_or_belongs_to_another_event_cannot_be_ticked(keeper: Client, event: Event) -> None:
    waiting, foreign = Registration.objects.get(name="Cem"), put(make_event("Anderes"), "Eva")

    for row in (waiting, foreign):
        assert (
            keeper.post(f"{event.get_absolute_url()}teilnahme/{row.pk}/", {"present": "1"}).status_code == 404
        )


def test_the_tables_hold_confirmed_people_and_no_formula(keeper: Client, event: Event) -> None:
    own = f"{event.get_absolute_url()}teilnahme/export"
    lines = b"".join(keeper.get(f"{own}.csv")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(lines), delimiter=";"))
    book = load_workbook(io.BytesIO(b"".join(keeper.get(f"{own}.xlsx"))))

    assert [(row[0], row[3]) for row in rows[1:]] == [
        ("Ada", "Platz"),
        ("Özlem", "Platz"),
        ("Cem", "Warteliste"),
    ]
    assert rows[2][1] == "'=1+1"
    sheet = book["Teilnahme"]
    assert [cell.value for cell in sheet["A"]] == ["Name", "Ada", "Özlem", "Cem"]
    assert (sheet["B3"].value, sheet["B3"].data_type) == ("=1+1", "s")


def test_the_badges_are_an_accessible_file_with_ten_on_a_sheet(keeper: Client, event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(capacity=50)
    for number in range(9):
        put(event, f"Person{number}", organisation="Ein sehr langer Name einer Organisation " * 3)

    answer = keeper.get(f"{event.get_absolute_url()}teilnahme/namensschilder.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert failures(answer.content) == {"ua1": [], "2a": []}
    with pikepdf.open(io.BytesIO(answer.content)) as document:
        assert len(document.pages) == 2


@pytest.mark.parametrize(
    ("to", "names"),
    [("participants", ["ada", "özlem"]), ("waiting", ["cem"]), ("everybody", ["özlem", "ada", "cem"])],
)
def test_a_mail_goes_to_those_who_are_chosen(keeper: Client, event: Event, to: str, names: list[str]) -> None:
    keeper.post(
        f"{event.get_absolute_url()}teilnahme/mail/",
        {"to": to, "subject": "Parken", "text": "Bitte <hinten>."},
    )

    assert mails() == [(f"{name}@example.org", "Parken: Digitaltag") for name in names]
    assert all("Bitte <hinten>." in mail.body for mail in VisitorMail.objects.all())


def door(client: Client, event: Event, **typed: str) -> Any:
    return client.post(f"{event.get_absolute_url()}teilnahme/einlass/", typed)


def test_somebody_at_the_door_is_entered_with_or_without_a_name_and_is_there(
    keeper: Client, event: Event
) -> None:
    Event.objects.filter(pk=event.pk).update(capacity=None)
    named = door(keeper, event, name="Eva", organisation="Verein")
    door(keeper, event)
    door(keeper, event)
    page = keeper.get(f"{event.get_absolute_url()}teilnahme/")

    eva = Registration.objects.get(name="Eva")
    assert named["Location"] == f"{event.get_absolute_url()}teilnahme/#anmeldung-{eva.pk}"
    assert (eva.organisation, eva.has_place, eva.checked_in_at is not None) == ("Verein", True, True)
    assert [str(row) for row in page.context["participants"]].count("ohne Namen") == 2
    assert page.context["present"] == 3
    assert mails() == []


def test_a_full_event_takes_nobody_more_and_says_what_helps(keeper: Client, event: Event) -> None:
    answer = door(keeper, event, name="Eva")

    assert answer.context["form"].non_field_errors() == [
        "Alle Plätze sind vergeben. Geben Sie der Veranstaltung unter „Bearbeiten“ mehr Plätze, "
        "oder löschen Sie die Anmeldung von jemandem, der nicht gekommen ist."
    ]
    assert places(event) == {"Özlem": True, "Ada": True, "Cem": False, "Dora": False}


def test_who_has_registered_is_known_at_the_door_by_the_address(keeper: Client, event: Event) -> None:
    full = door(keeper, event, name="C.", email="CEM@example.org")
    here = door(keeper, event, name="A.", email="ADA@example.org")
    Event.objects.filter(pk=event.pk).update(capacity=3)
    door(keeper, event, name="D.", email="dora@example.org")

    assert (full.status_code, here.status_code) == (200, 302)
    assert places(event) == {"Özlem": True, "Ada": True, "Cem": False, "Dora": True}
    there = Registration.objects.exclude(checked_in_at=None).order_by("name")
    assert [row.name for row in there] == ["Ada", "Dora"]


@pytest.mark.parametrize("values", [{"is_cancelled": True}, {"days": -50}, {"takes_registrations": False}])
def test_nobody_is_entered_where_nobody_comes(keeper: Client, values: dict[str, Any]) -> None:
    other = make_event("Anderes", **values)

    answer = door(keeper, other, name="Eva")

    assert answer.context["form"].non_field_errors() == [
        "Für diese Veranstaltung kann man sich nicht mehr anmelden."
    ]
    assert places(other) == {}


def test_who_has_left_no_address_gets_no_mail_and_no_badge_without_a_name(
    keeper: Client, event: Event
) -> None:
    Event.objects.filter(pk=event.pk).update(capacity=None)
    door(keeper, event, name="Eva")
    door(keeper, event, email="fritz@example.org")
    keeper.post(
        f"{event.get_absolute_url()}teilnahme/mail/", {"to": "participants", "subject": "Danke", "text": "x"}
    )

    sent = {to for to, _subject in mails()}
    assert sent == {"ada@example.org", "özlem@example.org", "fritz@example.org"}
    assert VisitorMail.objects.get(to="fritz@example.org").body.startswith("Guten Tag,\n")
    assert keeper.get(f"{event.get_absolute_url()}teilnahme/namensschilder.pdf").status_code == 200


def test_one_registration_is_deleted_after_a_question_and_who_waits_moves_up(
    keeper: Client, event: Event
) -> None:
    row = Registration.objects.get(name="Ada")
    address = f"{event.get_absolute_url()}teilnahme/{row.pk}/loeschen/"

    asked = keeper.get(address)
    before = places(event)
    answer = keeper.post(address)

    assert "Name, Adresse und Angaben sind danach nicht mehr da." in asked.content.decode()
    assert before["Ada"]
    assert answer["Location"] == f"{event.get_absolute_url()}teilnahme/"
    assert places(event) == {"Özlem": True, "Cem": True, "Dora": False}
    assert mails() == [("cem@example.org", "Ein Platz für Sie: Digitaltag")]
    assert keeper.post(address).status_code == 404


def test_a_registration_of_another_event_and_strangers_are_kept_out(keeper: Client, event: Event) -> None:
    foreign = put(make_event("Anderes"), "Eva")
    own = Registration.objects.get(name="Ada")
    member = Client()
    member.force_login(make_user(Role.TEAM))
    page = f"{event.get_absolute_url()}teilnahme/"

    assert keeper.post(f"{page}{foreign.pk}/loeschen/").status_code == 404
    for address in (f"{page}{own.pk}/loeschen/", f"{page}einlass/"):
        assert (member.post(address).status_code, Client().post(address).status_code) == (403, 302)
    assert Registration.objects.count() == 5
