"""Archiving, merging and copying measures."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.utils.timezone import localdate, make_aware
from pghistory.models import Event

from fields.models import Guideline
from measures.models import Measure, MeasureGuideline, Milestone, RolloutCell, StatusUpdate, TeamMember
from measures.services.archive import archive_measure
from monitoring.models import Audience
from monitoring.periods import Period
from monitoring.services.reports import request_report
from monitoring.snapshot.world import read_world
from network.models import Role
from smartregion.base.history import event_model, recorded
from tests.factories import (
    make_field,
    make_measure,
    make_municipality,
    make_organisation,
    make_region,
    make_user,
    set_cell,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client: Client) -> Client:
    make_region()
    client.force_login(make_user(Role.COORDINATION))
    return client


def archive(client: Client, measure: Measure) -> Any:
    measure.refresh_from_db()
    page = f"/massnahmen/{measure.slug}/archivieren/"
    return client.post(page, {"version": measure.version}, follow=True)


def undo_url(response: Any) -> str:
    *_, message = response.context["messages"]
    return str(message.extra_tags.removeprefix("undo "))


LISTS = [
    *["/", "/massnahmen/", "/massnahmen/zeitplan/", "/massnahmen/phasen/", "/massnahmen/export.csv"],
    *["/roll-out/", "/roll-out/karte/", "/roll-out/export.csv", "/kommunen/aadorf/", "/arbeitsplatz/"],
    *["/kommunen/aadorf/export.xlsx", "/handlungsfelder/mobilitaet/"],
]


def test_an_archived_measure_leaves_every_list_and_keeps_its_address(coordinator: Client) -> None:
    make_municipality("Aadorf")
    measure = make_measure("Sensornetz", review_on=date(2020, 1, 1))
    StatusUpdate.objects.create(measure=measure, on=date(2020, 1, 1), text="Entwurf", visibility="draft")

    def shown() -> list[str]:
        pages = [(page, b"".join(coordinator.get(page))) for page in LISTS if "xlsx" not in page]
        return [page for page, content in pages if b"Sensornetz" in content]

    assert shown() == [page for page in LISTS if page != "/" and "xlsx" not in page]
    page = archive(coordinator, measure)
    assert "Archiviert am" in page.content.decode()
    coordinator.get("/massnahmen/")
    assert shown() == []
    assert coordinator.get("/").context["total"].measures == 0


def test_accounts_find_archived_measures_by_a_filter_and_visitors_by_their_address_only(
    coordinator: Client,
) -> None:
    make_measure("Laufend")
    archive(coordinator, make_measure("Alt"))

    def titles(client: Client, query: str) -> list[str]:
        return [each.title for each in client.get(f"/massnahmen/{query}").context["measures"]]

    assert titles(coordinator, "") == ["Laufend"]
    assert titles(coordinator, "?archive=with") == ["Laufend", "Alt"]
    assert titles(coordinator, "?archive=only") == ["Alt"]
    assert titles(Client(), "?archive=with") == ["Laufend"]
    assert Client().get("/massnahmen/alt/").status_code == 200


def test_an_archived_draft_is_nobody_elses(coordinator: Client) -> None:
    archive(coordinator, make_measure("Alt", visibility="draft"))
    team = Client()
    team.force_login(make_user(Role.TEAM))

    assert team.get("/massnahmen/alt/").status_code == 404
    assert list(team.get("/massnahmen/?archive=only").context["measures"]) == []


def test_an_archived_measure_is_not_edited_until_it_is_brought_back(coordinator: Client) -> None:
    measure = make_measure("Alt")
    archive(coordinator, measure)
    page = "/massnahmen/alt/"

    for verb in (
        "bearbeiten/",
        "feld/goal/",
        "phase/",
        "meilensteine/neu/",
        "sachstand/neu/",
        "archivieren/",
    ):
        assert coordinator.get(f"{page}{verb}").status_code == 404
    assert "/bearbeiten/" not in coordinator.get(page).content.decode()

    coordinator.post(f"{page}zurueckholen/", {"version": 2})
    assert coordinator.get(f"{page}bearbeiten/").status_code == 200


def test_archiving_is_undone_and_refuses_an_old_version(coordinator: Client) -> None:
    measure = make_measure("Alt")
    coordinator.post(undo_url(archive(coordinator, measure)))
    measure.refresh_from_db()
    assert (measure.archived_at, measure.version) == (None, 3)

    coordinator.post("/massnahmen/alt/archivieren/", {"version": 1})
    measure.refresh_from_db()
    assert measure.archived_at is None


def test_nobody_else_archives_merges_or_copies(client: Client) -> None:
    make_region()
    make_measure("Alt")
    client.force_login(make_user(Role.TEAM))

    answers = {
        verb: client.post(f"/massnahmen/alt/{verb}/", {"version": 1}).status_code
        for verb in ("archivieren", "zurueckholen", "zusammenfuehren", "kopieren")
    }

    assert answers == {"archivieren": 404, "zurueckholen": 404, "zusammenfuehren": 404, "kopieren": 403}


def test_a_report_leaves_out_what_was_archived_by_its_day_and_keeps_it_on_an_earlier_one() -> None:
    make_region()
    make_field()
    today = localdate()
    begin, archived_on = today - timedelta(days=20), today - timedelta(days=10)
    measure = make_measure("Alt")
    _date_events(make_aware(datetime.combine(begin - timedelta(days=30), time(8))))
    archive_measure(measure=measure, version=1, by=None)
    event = event_model(Measure)._base_manager.order_by("pgh_id").last()
    event_model(Measure)._base_manager.filter(pk=event.pk).update(
        pgh_created_at=make_aware(datetime.combine(archived_on, time(8)))
    )

    def measures_on(day: date) -> list[str]:
        period = Period(begin - timedelta(days=20), day)
        report = request_report(kind="status", audience=Audience.PUBLIC, period=period)
        return [row.title for row in read_world(report).measures]

    assert measures_on(archived_on - timedelta(days=1)) == ["Alt"]
    assert measures_on(archived_on) == []


def _date_events(moment: datetime) -> None:
    for model in apps.get_models():
        if issubclass(model, Event):
            model._base_manager.update(pgh_created_at=moment)


def make_pair() -> tuple[Measure, Measure]:
    """Two measures in three municipalities, each with a seat that both have and one of its own."""
    places = [make_municipality(name) for name in ("Aadorf", "Bedorf", "Cedorf")]
    source, target = make_measure("Quelle"), make_measure("Ziel")
    for measure, functions in ((source, ("Leitung", "Beirat")), (target, ("Leitung",))):
        for function in functions:
            TeamMember.objects.create(
                measure=measure, organisation=make_organisation(), sector="civil", function=function
            )
    Milestone.objects.create(measure=source, title="Start", planned_date=date(2024, 5, 1))
    StatusUpdate.objects.create(measure=source, on=date(2024, 5, 1), text="Gut")
    set_cell(source, places[0], stage="interested", contact="Amt 1")
    set_cell(source, places[1], stage="committed")
    set_cell(target, places[1], stage="not_started")
    return source, target


def stages(measure: Measure) -> list[str]:
    return list(measure.cells.order_by("municipality__name").values_list("stage", flat=True))


def merge(client: Client, source: Measure, target: Measure, **versions: int) -> Any:
    typed = {"target": target.slug, "source_version": 1, "target_version": 1, **versions}
    return client.post(f"/massnahmen/{source.slug}/zusammenfuehren/", typed, follow=True)


def state(*measures: Measure) -> Any:
    return [
        (
            measure.archived_at,
            measure.merged_into_id,
            measure.milestones.count(),
            measure.status_updates.count(),
            list(measure.team.order_by("function").values_list("function", flat=True)),
            stages(measure),
        )
        for measure in Measure.objects.filter(pk__in=[each.pk for each in measures]).order_by("pk")
    ]


def test_a_merged_measure_gives_its_parts_and_its_address_leads_to_the_other(coordinator: Client) -> None:
    source, target = make_pair()
    preview = coordinator.get(f"/massnahmen/quelle/zusammenfuehren/?target={target.slug}").content.decode()
    assert "Aadorf: Interesse bekundet" in preview

    page = merge(coordinator, source, target)

    assert page.redirect_chain[-1][0] == "/massnahmen/ziel/"
    assert state(target)[0][2:] == (1, 1, ["Beirat", "Leitung"], ["interested", "not_started", "unknown"])
    assert target.cells.get(stage="interested").contact == "Amt 1"
    assert state(source)[0][1:] == (target.pk, 0, 0, ["Leitung"], ["interested", "committed", "unknown"])
    visit = Client().get("/massnahmen/quelle/", follow=True)
    assert visit.redirect_chain == [("/massnahmen/ziel/?aus=quelle", 302)]
    assert "ist in dieser Maßnahme aufgegangen" in visit.content.decode()
    assert coordinator.get("/massnahmen/quelle/?archiv=1").status_code == 200


def test_a_merge_is_taken_back_as_a_whole_unless_something_was_changed_since(coordinator: Client) -> None:
    source, target = make_pair()
    before = state(source, target)

    url = undo_url(merge(coordinator, source, target))
    coordinator.post(url)
    assert state(source, target) == before

    again = undo_url(merge(coordinator, source, target, source_version=3, target_version=3))
    merged = state(source, target)
    with recorded(by=None):
        Milestone.objects.update(title="Inzwischen")
    coordinator.post(again)
    assert state(source, target) == merged


def test_a_merge_moves_a_refusal_with_the_reason_that_both_have(coordinator: Client) -> None:
    source, target = make_pair()
    place = source.cells.get(municipality__name="Cedorf").municipality
    set_cell(source, place, stage="rejected", reason="Kein Geld")
    set_cell(target, place, reason="Kein Geld")
    before = state(source, target)

    url = undo_url(merge(coordinator, source, target))
    moved = target.cells.get(municipality=place)
    assert (moved.stage, moved.reason) == ("rejected", "Kein Geld")

    coordinator.post(url)
    assert state(source, target) == before


def test_a_merge_that_the_database_refuses_moves_nothing_and_says_so(coordinator: Client) -> None:
    source, target = make_pair()
    before = state(source, target)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        rule = f"CHECK (measure_id <> {target.pk})"
        cursor.execute(f"ALTER TABLE measures_milestone ADD CONSTRAINT no_more_for_the_target {rule}")

    page = merge(coordinator, source, target)

    [message] = page.context["messages"]
    assert str(message).startswith("Das ließ sich so nicht speichern")
    assert state(source, target) == before


def test_a_merge_over_an_old_version_moves_nothing(coordinator: Client) -> None:
    source, target = make_pair()
    before = state(source, target)

    for versions in ({"source_version": 9}, {"target_version": 9}):
        merge(coordinator, source, target, **versions)

    assert state(source, target) == before


def test_a_merged_address_does_not_betray_a_hidden_target(coordinator: Client) -> None:
    source, target = make_pair()
    Measure.objects.filter(pk=target.pk).update(visibility="draft")
    merge(coordinator, source, target)

    team = Client()
    team.force_login(make_user(Role.TEAM))
    pages = [client.get("/massnahmen/quelle/") for client in (Client(), team)]
    assert [page.status_code for page in pages] == [200, 200]
    texts = [page.content.decode() for page in pages]
    assert [(target.no in text, target.get_absolute_url() in text) for text in texts] == [(False, False)] * 2
    assert target.no in coordinator.get("/massnahmen/quelle/?archiv=1").content.decode()


def test_the_preview_warns_where_something_becomes_visible(coordinator: Client) -> None:
    source, target = make_pair()
    address = f"/massnahmen/quelle/zusammenfuehren/?target={target.slug}"
    assert coordinator.get(address).context["becomes_visible"] is False

    Measure.objects.filter(pk=source.pk).update(visibility="draft")
    assert coordinator.get(address).context["becomes_visible"] is True


def copy(client: Client, **typed: Any) -> Measure:
    values = {"no": "M-99", "title": "Zweite Runde", "starts_on": "2026-03-01", **typed}
    client.post("/massnahmen/quelle/kopieren/", values)
    return Measure.objects.get(no="M-99")


def test_a_copy_takes_along_what_was_chosen_shifted_to_its_beginning(coordinator: Client) -> None:
    source, _ = make_pair()
    Measure.objects.filter(pk=source.pk).update(
        starts_on=date(2024, 3, 1), ends_on=date(2024, 12, 31), status="completed", light="green"
    )
    guideline = Guideline.objects.create(concept=source.field.concept, title="Digital", position=1)
    MeasureGuideline.objects.create(measure=source, guideline=guideline)
    Milestone.objects.update(actual_date=date(2024, 5, 2), forecast_date=date(2024, 5, 3))

    made = copy(coordinator, with_milestones="on", with_team="on", with_guidelines="on")

    assert (made.visibility, made.status, made.light, made.phase) == ("draft", "planned", "grey", "idea")
    assert (made.starts_on, made.ends_on) == (date(2026, 3, 1), date(2026, 12, 31))
    milestones = made.milestones.values_list("title", "planned_date", "forecast_date", "actual_date")
    assert list(milestones) == [("Start", date(2026, 5, 1), None, None)]
    assert sorted(made.team.values_list("function", flat=True)) == ["Beirat", "Leitung"]
    assert list(made.guidelines.all()) == [guideline]
    assert (made.status_updates.count(), set(stages(made))) == (0, {RolloutCell.Stage.UNKNOWN})


def test_a_copy_takes_nothing_along_that_was_not_chosen(coordinator: Client) -> None:
    make_pair()

    made = copy(coordinator)

    assert (made.milestones.count(), made.team.count(), made.guidelines.count()) == (0, 0, 0)


def test_a_taken_number_is_refused(coordinator: Client) -> None:
    source, _ = make_pair()

    response = coordinator.post("/massnahmen/quelle/kopieren/", {"no": source.no, "title": "Neu"})

    assert list(response.context["form"].errors) == ["no"]
    assert Measure.objects.count() == 2
