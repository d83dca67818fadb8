"""Who gets a place: by form and link, over the waiting list, until it is all forgotten."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.timezone import now

from network.models import Role
from participation.event_mails import already_registered
from participation.mails import send_asked
from participation.models import AskedMail, Event, Registration, VisitorMail
from participation.services.events import cancel_event, save_event, undo_event
from participation.services.registrations import (
    add_at_the_door,
    check_in,
    confirm,
    count_participants,
    erase_registrations,
    forget_registrations,
    free_unconfirmed,
    join,
    register,
    remove_registration,
    request_feedback,
    withdraw,
)
from tests.factories import make_municipality, make_region, make_user
from tests.participation.event_rows import (
    link_of,
    mails,
    make_event,
    places,
    put,
    registered,
    send_form,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def region(db: None) -> None:
    make_region()


def act(client: Client, row: Registration, action: str) -> Any:
    return client.post(link_of(row), {"action": action})


def age(row: Registration, **since: int) -> None:
    Registration.objects.filter(pk=row.pk).update(created_at=now() - timedelta(**since))


def test_a_visitor_holds_a_place_with_the_form_and_keeps_it_with_the_link(client: Client) -> None:
    event = make_event(capacity=1)

    answer = send_form(client, event, organisation="Heimatverein", needs="Induktionsschleife")
    row = Registration.objects.get()

    assert (answer.status_code, answer["Location"]) == (302, f"/veranstaltungen/{event.pk}/gesendet/")
    assert (row.has_place, row.confirmed_at, row.organisation, row.needs) == (
        True,
        None,
        "Heimatverein",
        "Induktionsschleife",
    )
    assert link_of(row) in VisitorMail.objects.get().body

    assert client.get(link_of(row)).status_code == 200
    assert Registration.objects.get().confirmed_at is None  # a mail program that opens links confirms nothing
    assert act(client, row, "confirm").status_code == 302
    first = Registration.objects.get().confirmed_at
    act(client, row, "confirm")

    assert Registration.objects.get().confirmed_at == first is not None
    assert mails() == [
        ("ada@example.org", "Bitte bestätigen: Digitaltag"),
        ("ada@example.org", "Ihr Platz: Digitaltag"),
    ]


def test_pages_and_forms_of_visitors_set_no_cookie(client: Client) -> None:
    event = make_event()
    addresses = [
        "/veranstaltungen/",
        event.get_absolute_url(),
        f"/veranstaltungen/{event.pk}/anmelden/",
        f"/veranstaltungen/{event.pk}/gesendet/",
        f"/veranstaltungen/{event.pk}/rueckmeldung/",
    ]
    send_form(client, event)
    row = Registration.objects.get()
    act(client, row, "confirm")

    answers = [client.get(address) for address in [*addresses, link_of(row)]]

    assert {answer.status_code for answer in answers} == {200}
    assert [name for answer in answers for name in answer.cookies] == []
    assert [answer for answer in answers if "csrfmiddlewaretoken" in answer.content.decode()] == []
    act(client, row, "withdraw")
    assert dict(client.cookies) == {}


def test_who_comes_late_waits_moves_up_in_order_and_is_told(client: Client) -> None:
    event = make_event(capacity=1)
    first, second, third = (registered(event, name) for name in ("Ada", "Bea", "Cem"))
    assert places(event) == {"Ada": True, "Bea": False, "Cem": False}
    assert "an Stelle 2" in client.get(link_of(third)).content.decode()
    VisitorMail.objects.all().delete()

    answer = act(client, first, "withdraw")

    assert answer["Location"] == f"/veranstaltungen/{event.pk}/abgemeldet/"
    assert places(event) == {"Bea": True, "Cem": False}
    assert mails() == [("bea@example.org", "Ein Platz für Sie: Digitaltag")]
    assert client.get(link_of(first)).status_code == 404
    assert "Sie haben einen Platz." in client.get(link_of(second)).content.decode()


def test_nobody_moves_up_who_has_not_confirmed(client: Client) -> None:
    event = make_event(capacity=1)
    first = registered(event, "Ada")
    silent = registered(event, "Bea", confirmed=False)
    registered(event, "Cem")

    act(client, first, "withdraw")
    assert places(event) == {"Bea": False, "Cem": True}

    act(client, Registration.objects.get(name="Cem"), "withdraw")
    act(client, silent, "confirm")
    assert places(event) == {"Bea": True}


def test_a_place_that_nobody_confirms_is_free_after_a_day(client: Client) -> None:
    event = make_event(capacity=2)
    silent = registered(event, "Ada", confirmed=False)
    fresh = registered(event, "Bea", confirmed=False)
    registered(event, "Cem")
    age(silent, hours=25)
    age(fresh, hours=23)

    assert (free_unconfirmed(), free_unconfirmed()) == (1, 0)
    assert places(event) == {"Bea": True, "Cem": True}


def test_an_address_is_registered_once_and_nobody_learns_whether_it_is(client: Client) -> None:
    event = make_event()
    row = registered(event, "Ada")
    VisitorMail.objects.all().delete()

    answer = send_form(client, event, "Mallory", email="ADA@example.org")

    assert answer["Location"] == f"/veranstaltungen/{event.pk}/gesendet/"
    assert list(event.registrations.values_list("name", flat=True)) == ["Ada"]
    assert mails() == [("ada@example.org", "Sie sind schon angemeldet: Digitaltag")]
    assert link_of(row) in VisitorMail.objects.get().body


@pytest.mark.parametrize(
    "values",
    [
        {"takes_registrations": False},
        {"is_cancelled": True},
        {"audience": "administrations"},
        {"registration_ends_at": now() - timedelta(minutes=1)},
        {"days": -1},
    ],
)
def test_no_form_registers_where_registration_is_not_open(client: Client, values: dict[str, Any]) -> None:
    event = make_event(**values)

    answer = send_form(client, event)

    assert (answer.status_code, Registration.objects.count()) == (200, 0)
    assert "Hier kann man sich gerade nicht anmelden" in answer.content.decode()


def test_a_draft_and_an_internal_event_have_no_form_for_visitors(client: Client) -> None:
    hidden = [make_event(visibility=visibility) for visibility in ("draft", "internal")]

    assert [send_form(client, event).status_code for event in hidden] == [404, 404]


def test_an_administration_registers_with_its_account_and_visitors_cannot(client: Client) -> None:
    event = make_event(audience="administrations", capacity=1)
    account = make_user(Role.MUNICIPALITY, make_municipality("Aadorf"))
    join_at, leave_at = (f"/veranstaltungen/{event.pk}/{word}/" for word in ("teilnehmen", "abmelden"))

    assert client.post(join_at).status_code == 302
    client.force_login(make_user(Role.TEAM))
    assert client.post(join_at).status_code == 403
    assert Registration.objects.count() == 0

    client.force_login(account)
    client.post(join_at)
    row = Registration.objects.get()
    assert (row.account, row.email, row.organisation, row.has_place) == (
        account,
        account.email,
        "Aadorf",
        True,
    )
    assert mails() == [(account.email, "Ihr Platz: Digitaltag")]
    assert "Sie sind angemeldet." in client.get(event.get_absolute_url()).content.decode()

    waiting = join(event=event, account=make_user(Role.COORDINATION))
    client.post(leave_at)
    waiting.refresh_from_db()
    assert (waiting.has_place, Registration.objects.count()) == (True, 1)


def test_a_withdrawal_after_the_beginning_is_refused_in_words(client: Client) -> None:
    event = make_event(days=-1)
    row = put(event, "Ada")

    with pytest.raises(ValidationError):
        withdraw(registration=row)
    assert "hat schon begonnen" in act(client, row, "withdraw").content.decode()
    assert places(event) == {"Ada": True}


def test_more_places_let_people_move_up_and_fewer_than_taken_are_refused() -> None:
    event = make_event(capacity=1)
    for name in ("Ada", "Bea", "Cem"):
        registered(event, name)

    event.capacity = 2
    saved, _told = save_event(event=event, version=1, by=None)
    assert places(event) == {"Ada": True, "Bea": True, "Cem": False}

    with pytest.raises(ValidationError), transaction.atomic():
        undo_event(event=saved, version=2, by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.update(capacity=1)
    assert Event.objects.get().capacity == 2


def test_people_are_told_when_an_event_changes_and_when_it_is_called_off_and_back_on() -> None:
    event = make_event(capacity=1, accessibility="Aufzug")
    registered(event, "Ada")
    registered(event, "Bea")
    registered(event, "Cem", confirmed=False)
    VisitorMail.objects.all().delete()

    event.text = "Mehr dazu"
    assert save_event(event=event, version=1, by=None)[1] == 0
    event.place = "Rathaus"
    assert save_event(event=event, version=2, by=None)[1] == 2
    changed = VisitorMail.objects.order_by("pk")[0].body
    assert ("Rathaus" in changed, "Kreishaus" in changed) == (True, True)
    assert cancel_event(event=event, version=3, by=None, reason="Sturm") == 2
    assert "Sturm" in VisitorMail.objects.order_by("-pk")[0].body
    undo_event(event=event, version=4, by=None)

    assert [subject for _to, subject in mails()] == [
        *["Geändert: Digitaltag"] * 2,
        *["Abgesagt: Digitaltag"] * 2,
        *["Findet doch statt: Digitaltag"] * 2,
    ]


def test_nobody_moves_up_to_an_event_that_is_called_off() -> None:
    event = make_event(capacity=1)
    first = registered(event, "Ada")
    registered(event, "Bea")
    cancel_event(event=event, version=1, by=None, reason="Sturm")

    withdraw(registration=first)

    assert places(event) == {"Bea": False}


def test_the_stream_is_told_to_those_with_a_place_only(client: Client) -> None:
    stream = "https://stream.example.org/x"
    event = make_event(capacity=1, online_url=stream)
    row, waiting = registered(event, "Ada"), registered(event, "Bea")

    told = {mail.subject: stream in mail.body for mail in VisitorMail.objects.filter(to=row.email)}

    assert told == {"Bitte bestätigen: Digitaltag": False, "Ihr Platz: Digitaltag": True}
    assert [stream in client.get(link_of(each)).content.decode() for each in (row, waiting)] == [True, False]
    assert stream not in client.get(event.get_absolute_url()).content.decode()
    assert stream not in client.get(f"{event.get_absolute_url()}kalender.ics").content.decode()
    open_event = make_event("Offen", takes_registrations=False, online_url=stream)
    assert stream in client.get(open_event.get_absolute_url()).content.decode()


def test_after_the_event_those_with_a_place_are_asked_once_how_it_was() -> None:
    event = make_event(days=-1)
    put(event, "Ada")
    put(event, "Bea", has_place=False)
    make_event("Längst vorbei", days=-20)

    assert (request_feedback(), request_feedback()) == (1, 0)
    assert mails() == [("ada@example.org", "Wie war es? Digitaltag")]
    assert f"/veranstaltungen/{event.pk}/rueckmeldung/" in VisitorMail.objects.get().body


def test_registrations_are_forgotten_after_six_weeks_and_their_number_stays() -> None:
    old, fresh = make_event("Alt", days=-43), make_event("Neu", days=-41)
    for event in (old, fresh):
        put(event, "Ada", checked_in_at=now())
        put(event, "Bea")
        put(event, "Cem", has_place=False)
    held = Event.objects.begin_within(now().date() - timedelta(days=60), now().date())
    before = held.participants()

    assert (forget_registrations(), forget_registrations()) == (3, 0)
    old.refresh_from_db()
    assert (old.participant_count, old.present_count, old.version) == (2, 1, 2)
    assert (places(old), len(places(fresh))) == ({}, 3)
    assert (before, held.participants()) == (4, 4)


def test_the_numbers_are_kept_once_at_the_end_and_do_not_shrink_by_an_erasure() -> None:
    over, coming = make_event("Vorbei", days=-2), make_event("Kommt")
    put(over, "Ada", checked_in_at=now())
    bea = put(over, "Bea")
    put(over, "Cem", has_place=False)
    put(coming, "Ada")

    assert (count_participants(), count_participants()) == (1, 0)
    erase_registrations(email="ada@example.org")
    check_in(registration=bea, present=True, by=None)
    check_in(registration=bea, present=True, by=None)
    add_at_the_door(event=over, by=None)
    remove_registration(registration=bea, by=None)
    over.refresh_from_db()
    coming.refresh_from_db()

    assert (over.participant_count, over.present_count, coming.participant_count) == (2, 2, None)


def test_erasing_an_address_deletes_its_registrations_and_lets_others_move_up() -> None:
    event, old = make_event(capacity=1), make_event("Alt", days=-3)
    registered(event, "Ada")
    registered(event, "Bea")
    put(old, "Ada")

    assert erase_registrations(email="ADA@example.org") == 2
    assert (places(event), places(old)) == ({"Bea": True}, {})


def test_who_is_called_off_or_waits_is_no_participant() -> None:
    put(make_event(days=-2), "Ada", has_place=False)
    put(make_event(days=-2, is_cancelled=True), "Bea")

    assert Event.objects.begin_within(now().date() - timedelta(days=9), now().date()).participants() == 0


def test_a_registration_belongs_to_who_has_its_link(client: Client) -> None:
    row = registered(make_event(), "Ada")
    forged = link_of(row)[:-3] + "AA/"

    assert client.get(forged).status_code == 404
    assert act(client, row, "unfug").status_code == 200
    assert Registration.objects.count() == 1


def test_registering_past_the_form_is_refused_for_administrations_only_events() -> None:
    with pytest.raises(ValidationError):
        register(event=make_event(audience="administrations"), name="Ada", email="ada@example.org")


def test_what_nobody_confirmed_is_replaced_by_the_later_form_with_a_link_of_its_own(client: Client) -> None:
    """Who registers a foreign address first decides neither name nor needs; the mail greets nobody."""
    event = make_event(capacity=1)
    send_form(client, event, "Mallory", email="ada@example.org", needs="Unfug")
    first = Registration.objects.get()
    send_form(client, event, "Ada", needs="Rollstuhl")
    second = Registration.objects.get()

    answers = [client.get(link_of(row)).status_code for row in (first, second)]
    act(client, second, "confirm")

    assert (answers, second.has_place) == ([404, 200], True)
    assert Registration.objects.values_list("name", "needs").get() == ("Ada", "Rollstuhl")
    bodies = [mail.body for mail in VisitorMail.objects.order_by("pk")]
    assert [("Mallory" in body, "Ada" in body) for body in bodies] == [(False, False)] * 2 + [(False, True)]


def test_a_form_sent_each_day_holds_no_place_for_longer_than_one(client: Client) -> None:
    event = make_event(capacity=1)
    first = register(event=event, name="Ada", email="ada@example.org")
    waits = register(event=event, name="Bea", email="bea@example.org")
    assert first and waits
    confirm(registration=waits)
    age(first, hours=23)

    send_form(client, event, "Ada")
    second = Registration.objects.get(email="ada@example.org")
    assert (second.pk == first.pk, second.has_place) == (False, True)
    assert second.created_at < now() - timedelta(hours=22)

    age(second, hours=25)
    send_form(client, event, "Ada")

    assert dict(Registration.objects.values_list("name", "has_place")) == {"Ada": False, "Bea": True}


def test_who_can_get_no_further_mail_today_keeps_the_link_that_they_have(client: Client) -> None:
    event = make_event()
    send_form(client, event, "Ada")
    row = Registration.objects.get()
    for _ in range(AskedMail.MOST):
        send_asked(already_registered(row))

    answer = send_form(Client(REMOTE_ADDR="2001:db8:9::1"), event, "Mallory", email="ada@example.org")

    assert answer.status_code == 302
    assert Registration.objects.get() == row
    assert client.get(link_of(row)).status_code == 200


def test_an_account_takes_its_own_name_whoever_registered_its_address() -> None:
    event, account = make_event(), make_user(Role.COORDINATION, name="Petra Plan")
    register(event=event, name="Unfug", email=account.email, organisation="Partei", needs="Unfug")

    join(event=event, account=account)

    told = Registration.objects.values_list("name", "organisation", "needs")
    assert list(told) == [("Petra Plan", "", "")]


def test_one_line_holds_only_so_many_unconfirmed_places_of_an_event(client: Client) -> None:
    event, other = make_event(capacity=50), make_event("Andere")
    home = [Client(REMOTE_ADDR=f"2001:db8:7:7::{number}") for number in range(1, 8)]
    codes = [send_form(each, event, f"P{number}").status_code for number, each in enumerate(home)]

    assert codes == [302] * 5 + [200] * 2
    assert send_form(home[0], other, "Q").status_code == 302
    assert send_form(Client(REMOTE_ADDR="2001:db8:7:8::1"), event, "Fern").status_code == 302
    confirm(registration=event.registrations.get(name="P0"))
    assert send_form(home[0], event, "Neu").status_code == 302
    assert "" not in event.registrations.unconfirmed().values_list("line", flat=True)
    assert event.registrations.get(name="P0").line == ""


def test_who_waits_reads_no_word_of_a_place_that_they_do_not_have(client: Client) -> None:
    event = make_event(capacity=1)
    registered(event, "Ada")
    form = client.get(f"/veranstaltungen/{event.pk}/anmelden/").content.decode()
    row = registered(event, "Bea", confirmed=False)
    unconfirmed = client.get(link_of(row)).content.decode()
    VisitorMail.objects.all().delete()
    act(client, row, "confirm")
    waiting = client.get(link_of(row)).content.decode()

    for page in (form, unconfirmed, waiting):
        assert [
            word
            for word in ("der Platz wieder frei", "der Platz geht an", "Anmeldung bestätigen")
            if word in page
        ] == []
    assert ("Auf die Warteliste" in form, "Warteliste bestätigen" in unconfirmed) == (True, True)
    assert "Von der Warteliste gehen" in waiting
    assert mails() == [("bea@example.org", "Sie stehen auf der Warteliste: Digitaltag")]
    assert "an Stelle 1." in VisitorMail.objects.get().body


def test_who_waits_and_registers_again_is_told_that_they_wait(client: Client) -> None:
    event = make_event(capacity=1)
    registered(event, "Ada")
    registered(event, "Bea")
    VisitorMail.objects.all().delete()
    send_form(client, event, "Bea")

    assert mails() == [("bea@example.org", "Sie stehen schon auf der Warteliste: Digitaltag")]
    assert "Sie stehen schon auf der Warteliste." in VisitorMail.objects.get().body
