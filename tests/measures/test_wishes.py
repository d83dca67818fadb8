""" "Wir wollen das auch": making, telling, taking back and settling a wish."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.timezone import localdate

from measures.models import Measure, RolloutCell, RoundContact, Wish
from measures.models.ladder import undoing
from measures.worklist.wishes import wishes
from network.models import Municipality, Role, User
from smartregion.celery import app
from tests.factories import make_measure, make_municipality, make_region, make_user, set_cell
from tests.mail_server import MailServer, mail_server

pytestmark = pytest.mark.django_db
WISH = "/kommunen/aadorf/netz/wunsch/"


@pytest.fixture
def place() -> Municipality:
    make_region()
    return make_municipality("Aadorf")


@pytest.fixture
def measure(place: Municipality) -> Measure:
    """Aadorf has not begun, Bedorf has it."""
    other = make_municipality("Bedorf")
    measure = make_measure("Netz")
    set_cell(measure, place, stage="not_started", contact="Hauptamt")
    set_cell(measure, other, stage="live", since=date(2024, 5, 1), evidence="Netz")
    return measure


@pytest.fixture
def editor(place: Municipality) -> Client:
    return signed_in(Role.MUNICIPALITY, place)


def signed_in(role: Role, place: Municipality | None = None) -> Client:
    client = Client()
    client.force_login(make_user(role, place))
    return client


def sent(**values: Any) -> dict[str, Any]:
    return {"message": "Bitte melden", "asked": "", "cell_version": "1", **values}


def put(place: Municipality, stage: str) -> None:
    """At this stage, whatever the ladder says."""
    with transaction.atomic(), undoing():
        RolloutCell.objects.filter(municipality=place).update(stage=stage, reason="Kein Geld")


def stage() -> str:
    return RolloutCell.objects.get(municipality__name="Aadorf").stage


def test_a_wish_is_stored_and_sets_no_stage(measure: Measure, editor: Client) -> None:
    assert editor.get(WISH).status_code == 200
    answer = editor.post(WISH, sent())

    wish = Wish.objects.get()
    assert (answer.url, wish.message, wish.state, wish.made_on) == (
        "/kommunen/aadorf/#wuensche",
        "Bitte melden",
        "open",
        localdate(),
    )
    assert stage() == "not_started"
    assert "Bitte melden" in editor.get("/kommunen/aadorf/").content.decode()


@pytest.mark.parametrize("before", ["unknown", "not_started", "rejected", "withdrawn", "not_affected"])
def test_on_demand_the_stage_follows_where_the_ladder_lets_it(
    measure: Measure, place: Municipality, editor: Client, before: str
) -> None:
    put(place, before)
    editor.post(WISH, sent(with_stage="on"))

    cell = RolloutCell.objects.get(municipality=place)
    assert (cell.stage, cell.since, cell.version) == ("interested", localdate(), 2)
    assert (cell.confirmed_by.municipality, Wish.objects.count()) == (place, 1)


def test_who_is_interested_already_is_not_offered_the_stage(
    measure: Measure, place: Municipality, editor: Client
) -> None:
    set_cell(measure, place, stage="interested")
    assert "with_stage" not in editor.get(WISH).context["form"].fields

    editor.post(WISH, sent(with_stage="on"))
    assert (Wish.objects.count(), RolloutCell.objects.get(municipality=place).version) == (1, 1)


@pytest.mark.parametrize("far", ["committed", "preparing", "introducing"])
def test_who_has_committed_has_nothing_to_wish(
    measure: Measure, place: Municipality, editor: Client, far: str
) -> None:
    put(place, far)

    assert editor.get("/massnahmen/netz/wer-hat-das/").context["may_wish"] is False
    assert editor.post(WISH, sent(with_stage="on")).status_code == 200
    assert (Wish.objects.count(), stage()) == (0, far)


def test_a_stage_that_changed_meanwhile_stops_the_wish_and_keeps_its_words(
    measure: Measure, place: Municipality, editor: Client
) -> None:
    set_cell(measure, place, version=5)
    answer = editor.post(WISH, sent(with_stage="on"))

    assert (Wish.objects.count(), stage()) == (0, "not_started")
    form = answer.context["form"]
    assert (form["message"].value(), form["cell_version"].value()) == ("Bitte melden", "5")
    editor.post(WISH, sent(with_stage="on", cell_version="5"))
    assert (Wish.objects.count(), stage()) == (1, "interested")


def test_there_is_one_open_wish_per_cell(measure: Measure, editor: Client) -> None:
    editor.post(WISH, sent())
    again = editor.post(WISH, sent())

    assert again.status_code == 200
    assert again.context["form"].non_field_errors() == ["Ihre Kommune hat diesen Wunsch schon geäußert."]
    with pytest.raises(IntegrityError), transaction.atomic():
        Wish.objects.create(cell=Wish.objects.get().cell)


@pytest.mark.parametrize("role", [None, Role.MUNICIPALITY, Role.COORDINATION, Role.STEERING, Role.TEAM])
def test_nobody_else_wishes_for_a_municipality(measure: Measure, role: Role | None) -> None:
    other = Municipality.objects.get(name="Bedorf")
    client = signed_in(role, other if role == Role.MUNICIPALITY else None) if role else Client()

    codes = {client.get(WISH).status_code, client.post(WISH, sent()).status_code}
    assert (codes, Wish.objects.count()) == ({404 if role else 302}, 0)


@pytest.mark.parametrize("hide", [{"visibility": "draft"}, {"archived_at": "2024-06-01T00:00Z"}])
def test_a_hidden_measure_cannot_be_wished_for_and_its_wish_is_told_to_nobody(
    measure: Measure, place: Municipality, editor: Client, hide: dict[str, Any]
) -> None:
    other = Municipality.objects.get(name="Bedorf")
    wish = Wish.objects.create(cell=measure.cells.get(municipality=place), message="Geheim", asked=other)
    Measure.objects.update(**hide)

    assert {editor.get(WISH).status_code, editor.post(WISH, sent()).status_code} == {404}
    assert editor.post(f"/roll-out/wuensche/{wish.pk}/zuruecknehmen/", {"version": 1}).status_code == 404
    assert "Geheim" not in editor.get("/kommunen/aadorf/").content.decode()
    assert list(wishes(make_user(Role.MUNICIPALITY, other), localdate())) == []


def test_only_who_has_it_can_be_asked(measure: Measure, place: Municipality, editor: Client) -> None:
    cedorf = make_municipality("Cedorf")
    for forged in (cedorf.pk, place.pk, "x", "9" * 30):
        assert editor.post(WISH, sent(asked=forged)).status_code == 200
    assert Wish.objects.count() == 0


def test_who_reads_a_wish(measure: Measure, place: Municipality, editor: Client) -> None:
    editor.post(WISH, sent(message="Vertraulich"))
    other = Municipality.objects.get(name="Bedorf")
    readers = {
        "own": editor,
        "coordination": signed_in(Role.COORDINATION),
        "other": signed_in(Role.MUNICIPALITY, other),
        "steering": signed_in(Role.STEERING),
        "visitor": Client(),
    }
    page, own_page = f"/roll-out/wuensche/{Wish.objects.get().pk}/", "/kommunen/aadorf/"

    reading = {
        name for name, client in readers.items() if "Vertraulich" in client.get(own_page).content.decode()
    }
    assert reading == {"own", "coordination"}
    assert {name: client.get(page).status_code for name, client in readers.items()} == {
        "own": 403,
        "coordination": 200,
        "other": 403,
        "steering": 403,
        "visitor": 302,
    }


def test_a_wish_is_taken_back_and_the_taking_back_too(measure: Measure, editor: Client) -> None:
    editor.post(WISH, sent())
    page = f"/roll-out/wuensche/{Wish.objects.get().pk}/"
    foreign = signed_in(Role.MUNICIPALITY, Municipality.objects.get(name="Bedorf"))
    coordinator = signed_in(Role.COORDINATION)

    for client in (foreign, coordinator):
        assert client.post(f"{page}zuruecknehmen/", {"version": 1}).status_code == 404
    editor.post(f"{page}zuruecknehmen/", {"version": 7})
    assert Wish.objects.get().state == "open"
    editor.post(f"{page}zuruecknehmen/", {"version": 1})
    assert Wish.objects.get().state == "withdrawn"
    for client in (foreign, coordinator):
        assert client.post(f"{page}rueckgaengig/?version=2").status_code == 404
    editor.post(f"{page}rueckgaengig/?version=2")
    assert Wish.objects.get().state == "open"


def test_the_coordinator_settles_a_wish_with_a_note(measure: Measure, editor: Client) -> None:
    editor.post(WISH, sent())
    page, coordinator = f"/roll-out/wuensche/{Wish.objects.get().pk}/", signed_in(Role.COORDINATION)
    user = make_user(Role.COORDINATION)
    assert [entry.url for entry in wishes(user, localdate())] == [page]

    assert coordinator.post(page, {"note": "", "version": 1}).context["form"].errors
    coordinator.post(page, {"note": "Treffen vereinbart", "version": 1})
    assert (Wish.objects.get().state, list(wishes(user, localdate()))) == ("handled", [])
    assert "Treffen vereinbart" in editor.get("/kommunen/aadorf/").content.decode()
    assert editor.post(f"{page}rueckgaengig/?version=2").status_code == 404
    coordinator.post(f"{page}rueckgaengig/?version=2")
    assert (Wish.objects.get().state, Wish.objects.get().note) == ("open", "")


def test_a_wish_taken_back_meanwhile_is_not_settled(measure: Measure, editor: Client) -> None:
    editor.post(WISH, sent())
    page = f"/roll-out/wuensche/{Wish.objects.get().pk}/"
    editor.post(f"{page}zuruecknehmen/", {"version": 1})
    coordinator = signed_in(Role.COORDINATION)

    assert [coordinator.post(page, {"note": "Gut", "version": v}).status_code for v in (1, 2)] == [200, 200]
    assert Wish.objects.get().state == "withdrawn"


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    """A real mail server; tasks are done where they are asked for, as a worker would do them."""
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        app.conf.task_always_eager = True
        yield running
        app.conf.task_always_eager = False


def make_by_mail(client: Client, server: MailServer, capture: Any, **values: Any) -> list[tuple[str, str]]:
    del server.mails[:]
    with capture(execute=True):
        client.post(WISH, sent(**values))
    return sorted((str(each["To"]), each.get_content()) for each in server.mails)


def test_one_mail_to_the_coordinators_and_one_to_who_is_asked(
    measure: Measure, editor: Client, server: MailServer, django_capture_on_commit_callbacks: Any
) -> None:
    other = Municipality.objects.get(name="Bedorf")
    for role, place, address, active in (
        (Role.COORDINATION, None, "kreis@example.org", True),
        (Role.COORDINATION, None, "frueher@example.org", False),
        (Role.MUNICIPALITY, other, "bedorf@example.org", True),
        (Role.MUNICIPALITY, other, "weg@example.org", False),
    ):
        user = make_user(role, place, is_active=active)
        User.objects.filter(pk=user.pk).update(email=address)

    mails = make_by_mail(editor, server, django_capture_on_commit_callbacks, asked=other.pk)

    assert [to for to, _text in mails] == ["bedorf@example.org", "kreis@example.org"]
    for _to, text in mails:
        assert ("Bitte melden" in text, "Hauptamt" in text, "@" in text) == (True, True, False)
    assert "http://testserver/roll-out/wuensche/" in mails[1][1]
    assert "http://testserver/massnahmen/netz/wer-hat-das/" in mails[0][1]
    assert "bedorf@example.org" not in editor.get("/kommunen/aadorf/").content.decode()


def test_the_address_for_mails_goes_before_those_of_accounts(
    measure: Measure, editor: Client, server: MailServer, django_capture_on_commit_callbacks: Any
) -> None:
    other = Municipality.objects.get(name="Bedorf")
    make_user(Role.MUNICIPALITY, other)
    RoundContact.objects.create(municipality=other, email="post@bedorf.example")

    mails = make_by_mail(editor, server, django_capture_on_commit_callbacks, asked=other.pk)

    assert [to for to, _text in mails] == ["post@bedorf.example"]


def test_wishing_again_on_the_same_day_sends_no_second_mail(
    measure: Measure, editor: Client, server: MailServer, django_capture_on_commit_callbacks: Any
) -> None:
    make_user(Role.COORDINATION)
    assert len(make_by_mail(editor, server, django_capture_on_commit_callbacks)) == 1
    editor.post(f"/roll-out/wuensche/{Wish.objects.get().pk}/zuruecknehmen/", {"version": 1})

    assert make_by_mail(editor, server, django_capture_on_commit_callbacks) == []
    assert Wish.objects.open().count() == 1


def test_a_refused_wish_sends_nothing(
    measure: Measure,
    place: Municipality,
    editor: Client,
    server: MailServer,
    django_capture_on_commit_callbacks: Any,
) -> None:
    make_user(Role.COORDINATION)
    set_cell(measure, place, version=5)

    assert make_by_mail(editor, server, django_capture_on_commit_callbacks, with_stage="on") == []


def test_a_title_of_two_lines_makes_no_second_header(
    measure: Measure, editor: Client, server: MailServer, django_capture_on_commit_callbacks: Any
) -> None:
    make_user(Role.COORDINATION)
    Measure.objects.update(title="Netz\nBcc: alle@example.org")

    assert len(make_by_mail(editor, server, django_capture_on_commit_callbacks)) == 1
    assert (server.mails[0]["Bcc"], str(server.mails[0]["Subject"]).strip()) == (
        None,
        "Aadorf wünscht sich „Netz Bcc: alle@example.org“",
    )


def test_who_is_asked_reads_it_at_the_workplace(measure: Measure, editor: Client) -> None:
    other = Municipality.objects.get(name="Bedorf")
    editor.post(WISH, sent(asked=other.pk))

    entries = list(wishes(make_user(Role.MUNICIPALITY, other), localdate()))
    assert [(entry.title, entry.url) for entry in entries] == [
        ("Netz – Aadorf", "/massnahmen/netz/wer-hat-das/")
    ]
    assert list(wishes(make_user(Role.STEERING), localdate())) == []
    assert mail.outbox == []
