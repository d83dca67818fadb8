"""The development team's page: seats by sector, invitations by link, minutes, inputs."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.timezone import localdate, now

from measures.models import (
    Impulse,
    InvitationLink,
    Measure,
    Milestone,
    Task,
    TeamInvitation,
    TeamMeeting,
    TeamMember,
)
from measures.services.team import invite
from network.models import Role, User
from smartregion.base.hashed import hash_of
from smartregion.base.worklist import worklist_for
from tests.factories import make_measure, make_municipality, make_organisation, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "vier Wörter sind besser"
LINK = "/einladung/geheim/"


@pytest.fixture
def measure() -> Measure:
    return make_measure("Netz")


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION, name="Ada"))
    return client


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def make_seat(measure: Measure, user: User | None = None, function: str = "Funktechnik") -> TeamMember:
    return TeamMember.objects.create(
        measure=measure, organisation=make_organisation(), sector="science", function=function, user=user
    )


def make_invitation(seat: TeamMember, token: str = "geheim") -> TeamInvitation:
    invitation = invite(seat=seat, email="neu@example.org", by=None)
    InvitationLink.objects.create(invitation=invitation, token_hash=hash_of(token))
    return invitation


def new_account(**values: Any) -> dict[str, Any]:
    return {"name": "Funktechnik Aadorf", "password": PASSWORD, "again": PASSWORD, **values}


def account_field(client: Client) -> dict[str, str]:
    """What the page of the link lets this account send with its answer."""
    return {"account": client.get(LINK).context["account_proof"]}


def without_csrf(page: Any) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())


def said(page: Any) -> str:
    return [str(message) for message in page.context["messages"]][-1]


def test_the_page_shows_each_sector_filled_or_not_and_no_internals_to_visitors(measure: Measure) -> None:
    make_seat(measure, make_user(Role.TEAM, name="Kanarie Konto"))
    TeamMeeting.objects.create(measure=measure, present="Leitung", text="Kanarie Protokoll")
    Impulse.objects.create(measure=measure, title="Kanarie Impuls", text="Text", origin="team")

    page = Client().get("/massnahmen/netz/team/")

    assert [(str(sector.label), len(seats)) for sector, seats in page.context["sectors"]] == [
        ("Kommunen", 0),
        ("Wirtschaft", 0),
        ("Wissenschaft", 1),
        ("Zivilgesellschaft", 0),
    ]
    assert page.content.decode().count("noch nicht besetzt") == 3
    assert "Kanarie" not in page.content.decode()
    assert (
        "Kanarie Protokoll"
        in signed_in(make_user(Role.STEERING)).get(page.request["PATH_INFO"]).content.decode()
    )


def test_a_seat_is_edited_over_the_version_that_was_read_and_the_edit_is_undone(
    coordinator: Client, measure: Measure
) -> None:
    seat = make_seat(measure)
    address = f"/massnahmen/netz/team/{seat.pk}/"
    typed = {"sector": "civil", "organisation": seat.organisation_id, "function": "Beirat", "role": "lead"}

    assert coordinator.post(address, {**typed, "version": 1}).status_code == 302
    assert coordinator.post(address, {**typed, "function": "Anders", "version": 1}).status_code == 409
    seat.refresh_from_db()
    assert (seat.sector, seat.function, seat.role) == ("civil", "Beirat", "lead")
    coordinator.post(f"{address}rueckgaengig/?version=2")

    seat.refresh_from_db()
    assert (seat.sector, seat.function, seat.role) == ("science", "Funktechnik", "member")


def test_the_coordinator_invites_to_a_free_seat_once(coordinator: Client, measure: Measure) -> None:
    seat = make_seat(measure)
    address = f"/massnahmen/netz/team/{seat.pk}/einladen/"

    answers = [coordinator.post(address, {"email": "Neu@Example.org"}).status_code for _ in range(2)]

    assert answers == [302, 200]
    invitation = TeamInvitation.objects.get()
    assert (invitation.email, invitation.state, invitation.job.kind) == (
        "neu@example.org",
        "offen",
        "measures.send_team_invitation",
    )
    taken = make_seat(measure, make_user(Role.TEAM), "Leitung")
    assert coordinator.get(f"/massnahmen/netz/team/{taken.pk}/einladen/").status_code == 404
    assert signed_in(make_user(Role.STEERING)).post(address, {"email": "a@b.de"}).status_code == 404


def test_a_new_account_gets_the_seat_and_nothing_else_and_the_link_is_used_up(measure: Measure) -> None:
    seat = make_seat(measure)
    invitation = make_invitation(seat)
    make_seat(make_measure("Andere"))

    page = Client().post(LINK, new_account())

    account = User.objects.get(email="neu@example.org")
    assert page["Location"] == "/anmelden/?next=/massnahmen/netz/team/"
    assert (account.role, account.name, account.check_password(PASSWORD)) == (
        "team",
        "Funktechnik Aadorf",
        True,
    )
    assert list(account.team_memberships.all()) == [seat]
    invitation.refresh_from_db()
    assert (invitation.state, Client().get(LINK).status_code) == ("angenommen", 404)


def test_an_account_that_accepts_keeps_its_role(measure: Measure) -> None:
    editor = make_user(Role.MUNICIPALITY, make_municipality())
    seat = make_seat(measure)
    make_invitation(seat)

    client = signed_in(editor)
    assert client.post(LINK, account_field(client))["Location"] == "/massnahmen/netz/team/"

    seat.refresh_from_db()
    editor.refresh_from_db()
    assert (seat.user, editor.role) == (editor, "municipality")
    assert client.get("/massnahmen/netz/sachstand/neu/").status_code == 200


def test_a_form_of_another_site_gives_the_seat_to_nobody_who_is_signed_in(measure: Measure) -> None:
    seat = make_seat(measure)
    make_invitation(seat)
    client = Client(enforce_csrf_checks=True)
    victim = make_user(Role.STEERING)
    client.force_login(victim)
    forger = signed_in(make_user(Role.TEAM))

    forged = [client.post(LINK, values) for values in ({}, account_field(forger), {"account": "a:b"})]

    seat.refresh_from_db()
    assert ([page.status_code for page in forged], seat.user) == ([200] * 3, None)
    assert said(forged[-1]) == "Bitte prüfen Sie, als wer Sie angemeldet sind, und bestätigen Sie."
    (proof,) = re.findall(r'name="account" value="([^"]+)"', forged[-1].content.decode())
    assert client.post(LINK, {"account": proof}).status_code == 302
    seat.refresh_from_db()
    assert seat.user == victim


def test_nobody_is_invited_to_a_draft_and_a_link_to_one_opens_nothing(
    coordinator: Client, measure: Measure
) -> None:
    invitation = make_invitation(make_seat(measure))
    other = make_seat(measure, function="Beirat")
    Measure.objects.update(visibility="draft")

    page = coordinator.post(f"/massnahmen/netz/team/{other.pk}/einladen/", {"email": "a@example.org"})
    again = coordinator.post(f"/massnahmen/netz/team/einladungen/{invitation.pk}/erneut/", follow=True)

    assert page.context["form"].non_field_errors()[0].startswith("Die Maßnahme ist noch ein Entwurf")
    assert said(again).startswith("Die Maßnahme ist noch ein Entwurf")
    assert list(TeamInvitation.objects.values_list("job")) == [(invitation.job_id,)]
    assert [Client().get(LINK).status_code, Client().post(LINK, new_account()).status_code] == [404, 404]
    Measure.objects.update(visibility="internal")
    assert Client().get(LINK).status_code == 200


def test_a_link_to_a_seat_that_was_taken_otherwise_opens_nothing(measure: Measure) -> None:
    seat = make_seat(measure)
    make_invitation(seat)
    TeamMember.objects.filter(pk=seat.pk).update(user=make_user(Role.TEAM))

    assert Client().get(LINK).status_code == 404


def test_what_a_merge_moved_to_another_measure_is_not_told_on_the_page_of_the_first(
    coordinator: Client, measure: Measure
) -> None:
    draft = make_measure("Entwurf", visibility="draft")
    day = localdate()
    linked = {
        "milestone": Milestone.objects.create(measure=measure, title="Kanarie Ziel", planned_date=day),
        "task": Task.objects.create(measure=measure, title="Kanarie Vertrag", due_on=day),
    }
    Impulse.objects.create(
        measure=measure, title="Idee", text="Text", origin="team", fate="adopted", **linked
    )
    seat = make_seat(measure, function="Kanarie Sitz")
    Task.objects.create(measure=measure, title="Rest", due_on=day, seat=seat)
    reader = signed_in(make_user(Role.STEERING))

    def told() -> list[str]:
        pages = [reader.get(f"/massnahmen/netz/{page}/").content.decode() for page in ("team", "plan")]
        words = ("Kanarie Ziel", "Kanarie Vertrag", "Kanarie Sitz")
        return [word for word in words if any(word in page for page in pages)]

    assert told() == ["Kanarie Ziel", "Kanarie Vertrag", "Kanarie Sitz"]
    for row in (*linked.values(), seat):
        type(row).objects.filter(pk=row.pk).update(measure=draft)
    assert told() == []


def test_a_seat_with_tasks_says_so_before_it_goes_and_a_task_comes_back_without_it(
    coordinator: Client, measure: Measure
) -> None:
    seat = make_seat(measure)
    tasks = [
        Task.objects.create(measure=measure, title=title, due_on=localdate(), seat=seat)
        for title in ("A", "B")
    ]
    address = f"/massnahmen/netz/team/{seat.pk}/entfernen/"
    assert coordinator.get(address).context["loss"] == "2 Aufgaben stehen dann ohne Zuständige da."
    own = [f"/massnahmen/netz/plan/aufgaben/{task.pk}/" for task in tasks]
    coordinator.post(f"{own[0]}loeschen/", {"version": 1})
    coordinator.post(f"{own[0]}wiederherstellen/")
    assert Task.objects.get(title="A").seat == seat
    coordinator.post(f"{own[0]}loeschen/", {"version": 1})
    assert coordinator.get(address).context["loss"] == "1 Aufgabe steht dann ohne Zuständige da."
    coordinator.post(address, {"version": 1})

    coordinator.post(f"{own[0]}wiederherstellen/")

    assert list(Task.objects.order_by("title").values_list("title", "seat")) == [("A", None), ("B", None)]


def test_declining_makes_no_account_and_uses_the_link_up(measure: Measure) -> None:
    invitation = make_invitation(make_seat(measure))

    Client().post(LINK, {"answer": "decline"})

    invitation.refresh_from_db()
    assert (invitation.state, User.objects.count()) == ("abgelehnt", 0)
    assert Client().post(LINK, new_account()).status_code == 404


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"password": "kurz", "again": "kurz"}, "password"),
        ({"password": "neu@example.org", "again": "neu@example.org"}, "password"),
        ({"again": "anders"}, "again"),
        ({"name": ""}, "name"),
    ],
)
def test_a_new_account_needs_a_name_and_a_good_password(
    measure: Measure, values: dict[str, str], field: str
) -> None:
    make_invitation(make_seat(measure))

    page = Client().post(LINK, new_account(**values))

    assert (list(page.context["form"].errors), User.objects.count()) == ([field], 0)


def test_links_that_open_nothing_all_look_alike(coordinator: Client, measure: Measure) -> None:
    invitations = [make_invitation(make_seat(measure, function=name), name) for name in ("a", "b", "c", "d")]
    _declined, revoked, expired, removed = invitations
    Client().post("/einladung/a/", {"answer": "decline"})
    coordinator.post(f"/massnahmen/netz/team/einladungen/{revoked.pk}/zurueckziehen/")
    TeamInvitation.objects.filter(pk=expired.pk).update(expires_at=now())
    removed.seat.delete()
    assert [row.state for row in TeamInvitation.objects.order_by("pk")] == [
        "abgelehnt",
        "zurückgezogen",
        "abgelaufen",
    ]

    answers = [Client().get(f"/einladung/{token}/") for token in ("a", "b", "c", "d", "gefälscht")]

    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert {(answer["Referrer-Policy"], answer["Cache-Control"]) for answer in answers} == {
        ("no-referrer", "no-store")
    }


def test_the_page_of_a_link_does_not_tell_whether_the_address_has_an_account(measure: Measure) -> None:
    make_invitation(make_seat(measure))
    without = Client().get(LINK)
    make_user(Role.STEERING)
    User.objects.create_user("neu@example.org", None, name="Alt", role=Role.STEERING)

    assert without_csrf(Client().get(LINK)) == without_csrf(without)
    page = Client().post(LINK, new_account())
    assert (page.status_code, User.objects.filter(role="team").count()) == (200, 0)


def test_sending_again_revokes_the_first_link(coordinator: Client, measure: Measure) -> None:
    invitation = make_invitation(make_seat(measure))
    TeamInvitation.objects.update(expires_at=now() - timedelta(days=1))

    page = coordinator.post(f"/massnahmen/netz/team/einladungen/{invitation.pk}/erneut/", follow=True)

    assert said(page).startswith("Eine neue Mail an neu@example.org")
    invitation.refresh_from_db()
    assert (invitation.state, Client().get(LINK).status_code) == ("offen", 404)


def test_a_member_writes_minutes_and_others_do_not(measure: Measure) -> None:
    member = signed_in(make_user(Role.TEAM))
    typed = {"on": str(localdate()), "present": "Leitung", "text": "Besprochen"}
    address = "/massnahmen/netz/team/protokolle/neu/"
    assert member.post(address, typed).status_code == 404
    user = make_user(Role.TEAM)
    make_seat(measure, user)
    client = signed_in(user)

    client.post(address, typed)
    meeting = TeamMeeting.objects.get()
    own = f"/massnahmen/netz/team/protokolle/{meeting.pk}/"
    client.post(own, {**typed, "text": "Ergänzt", "version": 1})
    assert TeamMeeting.objects.get().text == "Ergänzt"
    client.post(f"{own}rueckgaengig/?version=2")
    client.post(f"{own}loeschen/", {"version": 3})
    assert TeamMeeting.objects.count() == 0
    client.post(f"{own}wiederherstellen/")

    assert TeamMeeting.objects.get().text == "Besprochen"
    assert Client().get(own).status_code == 302


def test_an_impulse_is_decided_with_a_reason_and_its_giver_learns_it(
    coordinator: Client, measure: Measure
) -> None:
    editor = make_user(Role.MUNICIPALITY, make_municipality())
    giver = signed_in(editor)
    giver.post("/massnahmen/netz/team/impulse/neu/", {"title": "Idee", "text": "Text", "origin": "team"})
    impulse = Impulse.objects.get()
    assert (impulse.origin, impulse.given_by, impulse.fate) == ("municipality", editor, "open")
    ada = User.objects.get(name="Ada")
    kinds = sorted(group.key for group in worklist_for(ada, localdate()))
    assert kinds == ["ampel", "impulse", "sachstand"]
    address = f"/massnahmen/netz/team/impulse/{impulse.pk}/entscheiden/"

    refused = [
        coordinator.post(address, {"fate": fate, "version": 1}).context["form"].errors
        for fate in ("rejected", "deferred", "adopted")
    ]
    assert [list(errors) for errors in refused] == [["fate_reason"]] * 3
    assert giver.post(address, {"fate": "checked", "version": 1}).status_code == 404
    coordinator.post(address, {"fate": "rejected", "fate_reason": "Zu teuer", "version": 1})

    (group,) = worklist_for(editor, localdate())
    assert group.entries[0].why.endswith("abgelehnt. Zu teuer")
    page = giver.get("/massnahmen/netz/team/")
    ((_impulse, decisions),) = page.context["impulses"]
    assert [(step.fate, step.reason, step.by) for step in decisions] == [("abgelehnt", "Zu teuer", "Ada")]
    own = f"/massnahmen/netz/team/impulse/{impulse.pk}/"
    assert giver.get(own).status_code == 404


def test_the_database_refuses_a_rejection_without_reason(measure: Measure) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Impulse.objects.create(measure=measure, title="Idee", text="Text", origin="team", fate="rejected")
