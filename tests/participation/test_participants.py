"""The coordinator's list of who takes part: check-in, tables, badges, mails."""

import csv
import io

import pikepdf
import pytest
from django.test import Client
from openpyxl import load_workbook

from network.models import Role
from participation.models import Event, Registration, VisitorMail
from tests.factories import make_region, make_user
from tests.participation.event_rows import mails, make_event, put, registered
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
