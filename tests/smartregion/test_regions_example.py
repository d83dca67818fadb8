"""The shipped data: loaded once, with a history that is true for every past day."""

import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import F
from django.test import Client
from django.utils.timezone import localdate, now

from governance.models import AgendaItem, Meeting, Resolution, Seat, Series
from governance.presence import count_of
from measures.models import Measure, Milestone, RolloutCell
from network.models import Municipality, Organisation, Region, Role, User
from smartregion.base.history import event_model, tracked_fields
from smartregion.base.past_rows import rows_as_of
from tests.smartregion.test_regions import tracked_models

pytestmark = pytest.mark.django_db


def live_rows(model: Any) -> list[dict[str, Any]]:
    return list(
        model._base_manager.order_by("pk").values(*(field.attname for field in tracked_fields(model)))
    )


def test_the_history_of_the_example_ends_in_the_rows_as_they_stand(example: None) -> None:
    for model in tracked_models():
        as_of_now = [
            {name: value for name, value in row.items() if not name.startswith("pgh_")}
            for row in rows_as_of(model, now())
        ]
        assert as_of_now == live_rows(model), model


def test_each_rows_history_runs_forward(example: None) -> None:
    for model in tracked_models():
        events = event_model(model)._base_manager.order_by("pgh_obj_id", "pgh_id")
        moments: dict[int, list[Any]] = {}
        for pk, moment in events.values_list("pgh_obj_id", "pgh_created_at"):
            moments.setdefault(pk, []).append(moment)
        assert all(line == sorted(line) for line in moments.values()), model


def test_the_rollout_grew_from_year_to_year(example: None) -> None:
    def live(days_ago: int) -> int:
        rows = rows_as_of(RolloutCell, now() - timedelta(days=days_ago))
        return Counter(row["stage"] for row in rows)["live"]

    assert 0 == live(720) < live(365) < live(180) < live(0)


def test_the_region_is_known_on_every_day_of_the_example(example: None) -> None:
    two_years_ago = now() - timedelta(days=730)

    assert len(rows_as_of(Municipality, two_years_ago)) == Municipality.objects.count()
    assert len(rows_as_of(Region, two_years_ago)) == 1


def test_every_state_has_an_example(example: None) -> None:
    assert set(RolloutCell.objects.values_list("stage", flat=True)) == set(RolloutCell.Stage.values)
    assert set(Measure.objects.values_list("phase", flat=True)) == set(Measure.Phase.values)
    assert set(Measure.objects.values_list("status", flat=True)) == set(Measure.Status.values)
    assert set(Measure.objects.values_list("light", flat=True)) == set(Measure.Light.values)
    assert set(Measure.objects.values_list("visibility", flat=True)) == {"draft", "internal", "public"}
    assert Milestone.objects.overdue(localdate()).exists()
    assert RolloutCell.objects.stale().filter(confirmed_at__isnull=False).exists()
    assert RolloutCell.objects.filter(confirmed_at=None).exclude(stage="unknown").exists()


def test_what_is_invented_is_labelled(example: None) -> None:
    assert Measure.objects.filter(is_example=False).count() == 0
    assert Meeting.objects.filter(is_example=False).count() == 0
    assert [row.committee.name for row in Resolution.objects.filter(is_example=False)] == ["Kreistag"]
    assert {row.is_example for row in Organisation.objects.filter(name__contains="(Beispiel)")} == {True}
    assert Region.objects.get().example_notice != ""


def test_no_more_voted_than_were_there(example: None) -> None:
    in_meetings = Resolution.objects.filter(is_example=True, item__isnull=False)
    voted = in_meetings.exclude(votes_for=None).select_related("item__meeting")
    too_many = [
        row.number
        for row in voted
        if row.votes_for + row.votes_against + row.abstentions > count_of(row.item.meeting).present
    ]

    assert (voted.exists(), too_many) == (True, [])


def test_what_changed_on_an_agenda_did_so_before_the_meeting(example: None) -> None:
    for name in ("agenda_changed_at", "internal_agenda_changed_at"):
        assert not Meeting.objects.filter(**{f"{name}__gte": F("starts_at")}).exists()


def test_the_minutes_of_the_example_tell_of_the_item_they_stand_with(example: None) -> None:
    told = AgendaItem.objects.filter(minutes__contains="als erledigt festgestellt")
    assert set(told.values_list("title", "kind")) == {("Umsetzung früherer Beschlüsse", "control")}


def test_the_steering_committee_has_deputies_and_a_former_member(example: None) -> None:
    seats = Seat.objects.filter(committee__slug="lenkungskreis")

    assert seats.current().voting().count() == 15
    assert seats.current().exclude(deputy_for=None).count() == 6
    assert [seat.function for seat in seats if seat.is_former] == ["Vertretung der Kultur"]
    assert seats.filter(is_deputy_chair=True).count() == 1


def test_the_monthly_exchange_is_a_series_one_day_of_which_is_called_off(example: None) -> None:
    series = Series.objects.get()
    statuses = Counter(series.meetings.values_list("status", flat=True))

    assert (str(series.committee), series.meetings.count()) == ("DIGGIMITTWOCH", 18)
    assert (statuses["cancelled"], statuses["held"] > 0, statuses["planned"] > 0) == (1, True, True)


def test_a_demo_account_of_each_role_cannot_sign_in_with_a_password(example: None) -> None:
    accounts = list(User.objects.demo())

    assert {account.role for account in accounts} == set(Role.values)
    assert [account.has_usable_password() for account in accounts] == [False] * len(accounts)
    of_the_committee = User.objects.demo().filter(role=Role.STEERING)
    assert [account.seats.count() for account in of_the_committee] == [1, 1]
    assert User.objects.demo().get(role=Role.TEAM).team_memberships.exists()


def test_the_sign_in_page_tells_the_chair_from_the_members(
    example: None, client: Client, settings: Any
) -> None:
    settings.DEMO = True

    page = client.get("/anmelden/").content.decode()

    offered = re.findall(r'<span class="kern-label">([^<]+)</span></button>\s*<p[^>]*>([^<]+)</p>', page)
    assert {name: said for name, said in offered if "Lenkungskreis" in name} == {
        "Lenkungskreis": "Sitzungen und Beschlüsse lesen, Berichte herunterladen.",
        "Vorsitz Lenkungskreis": "Berichte genehmigen und versiegeln.",
    }
    assert len({said for _name, said in offered}) == len(Role.values) + 1


def test_loading_again_does_nothing(example: None) -> None:
    before = {model: event_model(model)._base_manager.count() for model in tracked_models()}

    call_command("load_data", verbosity=0)

    assert {model: event_model(model)._base_manager.count() for model in tracked_models()} == before


@pytest.mark.usefixtures("example")
def test_no_day_in_the_past_lies_in_the_future() -> None:
    assert RolloutCell.objects.filter(since__gt=localdate()).count() == 0
    assert RolloutCell.objects.filter(confirmed_at__gt=now()).count() == 0
    assert Milestone.objects.filter(actual_date__gt=localdate()).count() == 0
