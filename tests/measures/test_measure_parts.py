"""Milestones, development team and status updates in the browser: who writes them, and how they come back."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from measures.models import Measure, Milestone, StatusUpdate, TeamMember
from network.models import Role, User
from tests.factories import make_measure, make_organisation, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION, name="Ada"))
    return client


@pytest.fixture
def measure() -> Measure:
    return make_measure("Netz")


def member_of(measure: Measure) -> User:
    """An account of a development team, with a seat in that of the measure."""
    user = make_user(Role.TEAM)
    TeamMember.objects.create(
        measure=measure, organisation=make_organisation(), sector="civil", function="Mitglied", user=user
    )
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def last_change(client: Client, measure: Measure) -> tuple[str, str, str]:
    change = client.get(measure.get_absolute_url()).context["changes"][0]
    return change.subject, change.by, change.reason


def said(page: Any) -> str:
    return [str(message) for message in page.context["messages"]][-1]


def milestone_of(measure: Measure, **values: Any) -> Milestone:
    return Milestone.objects.create(
        measure=measure, **{"title": "Start", "planned_date": date(2024, 5, 1), **values}
    )


def test_a_milestone_is_added(coordinator: Client, measure: Measure) -> None:
    page = coordinator.post(
        "/massnahmen/netz/meilensteine/neu/", {"title": "Start", "planned_date": "2024-05-01", "weight": 3}
    )

    assert page["Location"] == "/massnahmen/netz/#meilensteine"
    milestone = Milestone.objects.get()
    assert (milestone.measure, milestone.title, milestone.weight) == (measure, "Start", 3)
    assert last_change(coordinator, measure) == ("Meilenstein „Start“", "Ada", "")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"planned_date": "2024-06-01"}, "reason_for_change"),
        ({"forecast_date": "2024-06-01"}, "reason_for_change"),
        ({"actual_date": str(localdate() + timedelta(days=1))}, "actual_date"),
        ({"planned_date": "0001-01-01", "reason_for_change": "Tippfehler"}, "planned_date"),
        ({"planned_date": "9999-12-31", "reason_for_change": "Tippfehler"}, "planned_date"),
        ({"weight": "0"}, "weight"),
        ({"weight": "9" * 30}, "weight"),
    ],
)
def test_a_milestone_is_not_saved_without_what_it_needs(
    coordinator: Client, measure: Measure, values: dict[str, str], field: str
) -> None:
    milestone = milestone_of(measure)
    typed = {"title": "Anderer Titel", "planned_date": "2024-05-01", "weight": 1, "version": 1, **values}

    page = coordinator.post(f"/massnahmen/netz/meilensteine/{milestone.pk}/", typed)

    assert list(page.context["form"].errors) == [field]
    assert "Anderer Titel" in page.content.decode()
    assert Milestone.objects.get().title == "Start"


def test_a_moved_milestone_tells_its_reason_and_the_move_can_be_undone(
    coordinator: Client, measure: Measure
) -> None:
    milestone = milestone_of(measure)
    typed = {"title": "Start", "planned_date": "2024-05-01", "forecast_date": "2024-07-01", "weight": 1}

    coordinator.post(
        f"/massnahmen/netz/meilensteine/{milestone.pk}/",
        {**typed, "version": 1, "reason_for_change": "Lieferung verspätet"},
    )
    assert last_change(coordinator, measure) == ("Meilenstein „Start“", "Ada", "Lieferung verspätet")
    coordinator.post(f"/massnahmen/netz/meilensteine/{milestone.pk}/rueckgaengig/?version=2")

    assert Milestone.objects.get().forecast_date is None


def test_a_milestone_is_reached_with_one_button_unless_it_changed_meanwhile(
    coordinator: Client, measure: Measure
) -> None:
    milestone = milestone_of(measure)
    address = f"/massnahmen/netz/meilensteine/{milestone.pk}/erreicht/"

    for version in ("", "0", "x", "9" * 5000, "2"):
        page = coordinator.post(address, {"version": version}, follow=True)
        assert said(page) == (
            "„Start“ wurde inzwischen geändert und nicht als erreicht gemeldet. Bitte prüfen Sie ihn."
        )
    assert Milestone.objects.get().actual_date is None
    coordinator.post(address, {"version": 1})

    assert Milestone.objects.get().actual_date == localdate()
    assert last_change(coordinator, measure) == ("Meilenstein „Start“", "Ada", "Als erreicht gemeldet")


def test_a_removed_milestone_comes_back_as_it_was(coordinator: Client, measure: Measure) -> None:
    milestone = milestone_of(measure, weight=7, forecast_date=date(2024, 6, 1), version=4)
    before = Milestone.objects.values().get()
    address = f"/massnahmen/netz/meilensteine/{milestone.pk}/"

    assert (
        "Möchten Sie den Meilenstein „Start“ löschen?"
        in coordinator.get(f"{address}loeschen/").content.decode()
    )
    page = coordinator.post(f"{address}loeschen/", {"version": 4}, follow=True)
    assert (Milestone.objects.count(), said(page)) == (0, "„Start“ ist entfernt.")
    assert f'action="{address}wiederherstellen/"' in page.content.decode()
    coordinator.post(f"{address}wiederherstellen/")

    assert Milestone.objects.values().get() == before
    assert coordinator.post(f"{address}wiederherstellen/").status_code == 404


def test_what_was_removed_from_one_measure_does_not_come_back_in_another(coordinator: Client) -> None:
    milestone = milestone_of(make_measure("Netz"))
    make_measure("Andere")
    coordinator.post(f"/massnahmen/netz/meilensteine/{milestone.pk}/loeschen/", {"version": 1})

    answer = coordinator.post(f"/massnahmen/andere/meilensteine/{milestone.pk}/wiederherstellen/")

    assert (answer.status_code, Milestone.objects.count()) == (404, 0)


def seat(**values: Any) -> dict[str, Any]:
    organisation = make_organisation().pk
    return {
        "sector": "science",
        "organisation": organisation,
        "function": "Begleitung",
        "role": "advice",
        **values,
    }


def test_a_seat_is_added_removed_and_brought_back(coordinator: Client, measure: Measure) -> None:
    account = make_user(Role.TEAM)

    answer = coordinator.post("/massnahmen/netz/team/neu/", seat(user=account.pk))
    assert answer["Location"] == "/massnahmen/netz/team/#sitze"
    before = TeamMember.objects.values().get()
    address = f"/massnahmen/netz/team/{before['id']}/"
    assert "keine Sachstände" in coordinator.get(f"{address}entfernen/").content.decode()
    page = coordinator.post(f"{address}entfernen/", {"version": 1}, follow=True)
    assert (TeamMember.objects.count(), said(page)) == (0, "„Begleitung, Kreis Musterland“ ist entfernt.")
    assert f'action="{address}wiederherstellen/"' in page.content.decode()
    coordinator.post(f"{address}wiederherstellen/")

    assert TeamMember.objects.values().get() == before


def test_a_seat_does_not_come_back_beside_its_successor(coordinator: Client, measure: Measure) -> None:
    coordinator.post("/massnahmen/netz/team/neu/", seat())
    old = TeamMember.objects.get()
    coordinator.post(f"/massnahmen/netz/team/{old.pk}/entfernen/", {"version": 1})
    coordinator.post("/massnahmen/netz/team/neu/", seat())

    page = coordinator.post(f"/massnahmen/netz/team/{old.pk}/wiederherstellen/", follow=True)

    assert said(page) == "Das lässt sich nicht wiederherstellen: Es gibt inzwischen Ersatz."
    assert TeamMember.objects.exclude(pk=old.pk).count() == TeamMember.objects.count() == 1


def test_a_seat_exists_once(coordinator: Client, measure: Measure) -> None:
    pages = [coordinator.post("/massnahmen/netz/team/neu/", seat()) for _ in range(2)]

    assert [page.status_code for page in pages] == [302, 200]
    assert TeamMember.objects.count() == 1


def news(**values: Any) -> dict[str, Any]:
    return {"on": str(localdate()), "text": "Es geht voran.", **values}


def test_a_team_member_writes_a_draft_and_the_coordinator_publishes_it(
    coordinator: Client, measure: Measure
) -> None:
    member = member_of(measure)

    signed_in(member).post("/massnahmen/netz/sachstand/neu/", news())
    update = StatusUpdate.objects.get()
    assert (update.author, update.visibility) == (member, "draft")
    coordinator.post(f"/massnahmen/netz/sachstand/{update.pk}/", news(version=1, visibility="public"))

    update.refresh_from_db()
    assert (update.author, update.visibility) == (member, "public")
    assert "Es geht voran." in Client().get("/massnahmen/netz/").content.decode()


def test_a_member_publishes_by_no_forged_field(measure: Measure) -> None:
    client = signed_in(member_of(measure))

    client.post("/massnahmen/netz/sachstand/neu/", news(visibility="public", author=1))
    update = StatusUpdate.objects.get()
    client.post(f"/massnahmen/netz/sachstand/{update.pk}/", news(version=1, visibility="public", text="Neu"))

    update.refresh_from_db()
    assert (update.visibility, update.text) == ("draft", "Neu")


def test_a_member_does_not_publish_by_undoing_a_withdrawal(coordinator: Client, measure: Measure) -> None:
    member = member_of(measure)
    signed_in(member).post("/massnahmen/netz/sachstand/neu/", news())
    address = f"/massnahmen/netz/sachstand/{StatusUpdate.objects.get().pk}/"
    coordinator.post(address, news(version=1, visibility="public"))
    coordinator.post(address, news(version=2, visibility="draft"))

    answer = signed_in(member).post(f"{address}rueckgaengig/?version=3")

    assert (answer.status_code, StatusUpdate.objects.get().visibility) == (404, "draft")
    assert coordinator.post(f"{address}rueckgaengig/?version=3").status_code == 302
    assert StatusUpdate.objects.get().visibility == "public"


def test_a_member_edits_and_undoes_own_unapproved_updates_only(measure: Measure) -> None:
    member = member_of(measure)
    own, published, foreign = (
        StatusUpdate.objects.create(measure=measure, on=localdate(), text=text, author=author, visibility=how)
        for text, author, how in [
            ("Eigener", member, "draft"),
            ("Veröffentlichter", member, "public"),
            ("Fremder", member_of(make_measure("Andere")), "draft"),
        ]
    )
    client = signed_in(member)

    codes = [
        client.post(f"/massnahmen/netz/sachstand/{update.pk}/", news(version=1)).status_code
        for update in (own, published, foreign)
    ]
    assert codes == [302, 404, 404]
    assert client.post(f"/massnahmen/netz/sachstand/{own.pk}/rueckgaengig/?version=2").status_code == 302
    assert [update.text for update in StatusUpdate.objects.order_by("pk")] == [
        "Eigener",
        "Veröffentlichter",
        "Fremder",
    ]


def test_who_has_no_seat_writes_no_update(measure: Measure) -> None:
    for user in (member_of(make_measure("Andere")), make_user(Role.STEERING), make_user(Role.ADMINISTRATION)):
        assert signed_in(user).post("/massnahmen/netz/sachstand/neu/", news()).status_code == 404
    assert Client().post("/massnahmen/netz/sachstand/neu/", news()).status_code == 302
    assert StatusUpdate.objects.count() == 0


def test_an_update_does_not_tell_of_the_future(coordinator: Client, measure: Measure) -> None:
    page = coordinator.post(
        "/massnahmen/netz/sachstand/neu/", news(on=str(localdate() + timedelta(days=1)), visibility="public")
    )

    assert list(page.context["form"].errors) == ["on"]
    assert "Es geht voran." in page.content.decode()


PARTS = ["meilensteine/{}/", "meilensteine/{}/loeschen/", "meilensteine/{}/erreicht/"]
PARTS += ["meilensteine/{}/rueckgaengig/", "meilensteine/{}/wiederherstellen/"]


@pytest.mark.parametrize("part", [*PARTS, "team/{}/entfernen/", "team/{}/wiederherstellen/"])
def test_nobody_but_the_coordinator_touches_milestones_and_seats(part: str, measure: Measure) -> None:
    milestone_of(measure)
    member = member_of(measure)
    pk = Milestone.objects.get().pk if "meilensteine" in part else TeamMember.objects.get().pk
    address = f"/massnahmen/netz/{part.format(pk)}"
    before = [list(model.objects.values()) for model in (Milestone, TeamMember)]

    assert Client().post(address).status_code == 302
    for user in (member, make_user(Role.STEERING), make_user(Role.ADMINISTRATION)):
        assert signed_in(user).post(address).status_code == 404
    assert [list(model.objects.values()) for model in (Milestone, TeamMember)] == before


@pytest.mark.parametrize("part", [*PARTS, "team/{}/entfernen/", "team/{}/wiederherstellen/", "sachstand/{}/"])
def test_a_part_answers_only_below_its_own_measure(coordinator: Client, part: str) -> None:
    other = make_measure("Andere")
    make_measure("Netz")
    member = member_of(other)
    rows = {
        "meilensteine": milestone_of(other),
        "team": TeamMember.objects.get(user=member),
        "sachstand": StatusUpdate.objects.create(measure=other, on=localdate(), text="Text"),
    }
    pk = rows[part.partition("/")[0]].pk

    assert coordinator.post(f"/massnahmen/netz/{part.format(pk)}").status_code == 404
    assert coordinator.post(f"/massnahmen/netz/{part.format('9' * 30)}").status_code == 404


def test_a_milestone_that_someone_changed_meanwhile_is_not_removed(
    coordinator: Client, measure: Measure
) -> None:
    milestone = milestone_of(measure, title="Start im Herbst", version=2)
    address = f"/massnahmen/netz/meilensteine/{milestone.pk}/loeschen/"

    answers = [coordinator.post(address, values, follow=True) for values in ({"version": 1}, {})]

    assert [said(page) for page in answers] == [
        "„Start im Herbst“ wurde inzwischen geändert und nicht entfernt. Bitte prüfen Sie noch einmal."
    ] * 2
    assert 'name="version" value="2"' in answers[0].content.decode()
    assert Milestone.objects.get() == milestone


def test_a_status_update_that_is_sent_twice_is_stored_once(measure: Measure) -> None:
    client = signed_in(member_of(measure))

    answers = [client.post("/massnahmen/netz/sachstand/neu/", news()) for _ in range(2)]
    client.post("/massnahmen/netz/sachstand/neu/", news(text="Noch etwas"))

    assert [answer["Location"] for answer in answers] == ["/massnahmen/netz/#sachstand"] * 2
    assert StatusUpdate.objects.count() == 2


def test_the_same_words_of_two_authors_are_two_status_updates(measure: Measure) -> None:
    for author in (member_of(measure), make_user(Role.COORDINATION)):
        signed_in(author).post("/massnahmen/netz/sachstand/neu/", news(visibility="internal"))

    assert StatusUpdate.objects.count() == 2
