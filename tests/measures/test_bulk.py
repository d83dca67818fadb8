"""Many measures at once: chosen, looked at, changed over the versions that were read, or not at all."""

from typing import Any

import pytest
from django.test import Client

from measures.models import GateCriterion, Measure
from measures.services.bulk import ChangedMeanwhile, bulk_edit
from network.models import Role
from smartregion.base.history import event_model, recorded
from tests.factories import make_measure, make_organisation, make_region, make_user

pytestmark = pytest.mark.django_db
PAGE = "/massnahmen/sammelbearbeitung/"


@pytest.fixture
def coordinator(client: Client) -> Client:
    make_region()
    client.force_login(make_user(Role.COORDINATION))
    return client


def send(client: Client, step: str, measures: list[Measure], **typed: Any) -> Any:
    selected = [f"{each.pk}:{each.version}" for each in measures]
    return client.post(PAGE, {"selected": selected, "step": step, **typed})


def values(name: str) -> list[Any]:
    return list(Measure.objects.order_by("pk").values_list(name, flat=True))


def test_marked_rows_or_all_that_the_filters_find_are_chosen(coordinator: Client) -> None:
    first, second = make_measure("Eins"), make_measure("Zwei", light="green")
    make_measure("Drei", light="green")

    def chosen(query: str) -> list[str]:
        return [each.title for each in coordinator.get(f"{PAGE}?action=phase&{query}").context["measures"]]

    assert chosen(f"measure={first.pk}&measure={second.pk}") == ["Eins", "Zwei"]
    assert chosen("all=1&light=green") == ["Zwei", "Drei"]
    assert coordinator.get(f"{PAGE}?action=phase").url == "/massnahmen/"
    assert coordinator.get(f"{PAGE}?action=sonst&measure={first.pk}").url == "/massnahmen/"


def test_the_preview_says_what_changes_and_changes_nothing(coordinator: Client) -> None:
    measures = [make_measure("Eins"), make_measure("Zwei", phase="pilot")]

    page = send(coordinator, "preview", measures, action="phase", phase="pilot")

    assert [(line.measure.title, line.changes) for line in page.context["lines"]] == [
        ("Eins", [("Phase", "Idee", "Pilot")]),
        ("Zwei", []),
    ]
    assert values("phase") == ["idea", "pilot"]


@pytest.mark.parametrize(
    ("action", "typed"),
    [
        ("status", {"status": "on_hold", "status_reason": "Haushalt"}),
        ("phase", {"phase": "pilot"}),
        ("light", {"light": "red", "light_reason": "Lieferung"}),
        ("visibility", {"visibility": "internal"}),
        ("review_on", {"review_on": "2027-01-31"}),
    ],
)
def test_a_value_is_set_for_all_and_taken_back_for_all(
    coordinator: Client, action: str, typed: dict[str, str]
) -> None:
    measures = [make_measure("Eins"), make_measure("Zwei")]
    before = {name: values(name) for name in typed}

    send(coordinator, "apply", measures, action=action, **typed)
    assert {name: [str(each) for each in values(name)] for name in typed} == {
        name: [value] * 2 for name, value in typed.items()
    }

    [message] = coordinator.get("/massnahmen/").context["messages"]
    coordinator.post(message.extra_tags.removeprefix("undo "))
    assert {name: values(name) for name in typed} == before


def test_lead_and_archive_are_set_for_all(coordinator: Client) -> None:
    measures = [make_measure("Eins"), make_measure("Zwei")]
    lead = make_organisation("Werke")

    send(coordinator, "apply", measures, action="lead", lead=lead.pk)
    assert values("lead") == [lead.pk] * 2

    send(coordinator, "apply", list(Measure.objects.all()), action="archive")
    assert Measure.objects.archived().count() == 2


def test_a_row_that_was_changed_meanwhile_is_named_and_nothing_is_applied(coordinator: Client) -> None:
    measures = [make_measure("Eins"), make_measure("Zwei")]
    Measure.objects.filter(title="Zwei").update(version=2)

    page = send(coordinator, "apply", measures, action="phase", phase="pilot")

    assert (page.status_code, [each.title for each in page.context["changed"]]) == (409, ["Zwei"])
    assert values("phase") == ["idea", "idea"]


def test_the_same_change_over_the_new_version_goes_through() -> None:
    measures = [make_measure("Eins"), make_measure("Zwei")]
    Measure.objects.filter(title="Zwei").update(version=2)
    read = {each.pk: 1 for each in measures}
    editor = make_user(Role.COORDINATION)

    with pytest.raises(ChangedMeanwhile):
        bulk_edit(versions=read, values={"phase": "pilot"}, by=editor)
    bulk_edit(versions={**read, measures[1].pk: 2}, values={"phase": "pilot"}, by=editor)

    assert values("phase") == ["pilot", "pilot"]


def test_a_yellow_light_for_many_needs_its_reason(coordinator: Client) -> None:
    page = send(coordinator, "apply", [make_measure()], action="light", light="yellow")

    assert list(page.context["form"].errors) == ["light_reason"]
    assert values("light") == ["grey"]


def test_the_undo_refuses_when_one_of_them_was_changed_since(coordinator: Client) -> None:
    measures = [make_measure("Eins"), make_measure("Zwei")]
    send(coordinator, "apply", measures, action="phase", phase="pilot")
    [message] = coordinator.get("/massnahmen/").context["messages"]
    with recorded(by=None):
        Measure.objects.filter(title="Zwei").update(goal="Neu", version=3)

    coordinator.post(message.extra_tags.removeprefix("undo "))

    assert values("phase") == ["pilot", "pilot"]


def test_the_undo_refuses_when_one_of_them_was_deleted_since(coordinator: Client) -> None:
    measures = [make_measure("Eins"), make_measure("Zwei")]
    send(coordinator, "apply", measures, action="phase", phase="pilot")
    [message] = coordinator.get("/massnahmen/").context["messages"]
    with recorded(by=None):
        Measure.objects.get(title="Zwei").delete()

    page = coordinator.post(message.extra_tags.removeprefix("undo "), follow=True)

    [refusal] = page.context["messages"]
    assert str(refusal).startswith("Inzwischen wurde weiter bearbeitet")
    assert values("phase") == ["pilot"]


def test_moving_many_on_needs_a_reason_where_one_of_them_leaves_open_criteria(coordinator: Client) -> None:
    measures = [make_measure("Eins", phase="pilot"), make_measure("Zwei", phase="concept")]
    GateCriterion.objects.create(phase="concept", text="Kosten stehen fest.")

    for step in ("preview", "apply"):
        page = send(coordinator, step, measures, action="phase", phase="operation")
        assert list(page.context["form"].errors) == ["reason_for_change"]
    assert values("phase") == ["pilot", "concept"]
    back = send(coordinator, "preview", measures, action="phase", phase="idea")
    assert list(back.context["form"].errors) == []

    send(coordinator, "apply", measures, action="phase", phase="operation", reason_for_change="Frist")
    assert values("phase") == ["operation", "operation"]


def test_only_what_was_recorded_together_is_undone_this_way(coordinator: Client) -> None:
    measure = make_measure()
    coordinator.post(f"/massnahmen/{measure.slug}/feld/goal/", {"goal": "Neu", "version": 1})
    sign = event_model(Measure)._base_manager.order_by("pgh_id").last().pgh_context_id

    assert coordinator.post(f"/massnahmen/gemeinsam/{sign}/rueckgaengig/").status_code == 404
    assert values("goal") == ["Neu"]


@pytest.mark.parametrize("role", [Role.TEAM, Role.ADMINISTRATION, Role.STEERING])
def test_nobody_else_changes_many(client: Client, role: Role) -> None:
    make_region()
    measure = make_measure()
    client.force_login(make_user(role))

    assert send(client, "apply", [measure], action="phase", phase="pilot").status_code == 403
    assert "sammelbearbeitung" not in client.get("/massnahmen/").content.decode()
