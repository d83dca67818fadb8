"""The newest evaluation that was closed by the Stichtag, and what became of its recommendations."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, TextChoices
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Resolution, Topic
from monitoring.models import (
    Assessment,
    Criterion,
    Evaluation,
    EvaluationQuestion,
    Rating,
    Recommendation,
    SelfAssessment,
)
from monitoring.periods import Period
from monitoring.snapshot import schema
from monitoring.snapshot.measures import said
from monitoring.snapshot.past import Row
from monitoring.snapshot.scales import coded
from monitoring.snapshot.world import World


class State(TextChoices):
    """What became of a recommendation."""

    NOTED = "noted", gettext_lazy("festgehalten")
    WAITING = "waiting", gettext_lazy("im Themenspeicher")
    ON_AGENDA = "on_agenda", gettext_lazy("auf der Tagesordnung")
    RESOLVED = "resolved", gettext_lazy("beschlossen")


def assessment_of(world: World) -> schema.Assessment | None:
    """None where no section prints it, and where no evaluation that the audience may read was closed."""
    if "assessment" not in world.parts:
        return None
    newest = _newest(world)
    if newest is None:
        return None
    period = Period(newest.period_start, newest.period_end)
    return schema.Assessment(
        title=f"{Evaluation.Kind(newest.kind).label} {period.label}",
        fields=_fields(newest, world),
        teams=[] if world.past.is_public else _teams(newest, world),
        recommendations=_recommendations(newest, world),
    )


def _newest(world: World) -> Row | None:
    """For the public none that was reopened since: its page is closed to them."""
    is_public, is_closed = world.past.is_public, Q(closed_at__isnull=False)
    reopened = world.past.taken_back(Evaluation, is_closed) if is_public else set()
    closed = [
        row
        for row in world.past.shown(Evaluation, "kind", "period_start", "period_end", "closed_at")
        if row.closed_at is not None and row.closed_at <= world.past.moment and row.pk not in reopened
    ]
    return max(closed, key=lambda row: (row.period_end, row.closed_at, row.pk), default=None)


def _is_about_report(row: Row, world: World) -> bool:
    return row.field_id in world.scope.fields if row.field_id is not None else world.scope.is_whole


def _criterion(row: Row) -> schema.Coded:
    return coded(Criterion(row.criterion))


def _rating(row: Row) -> schema.Coded | None:
    return (
        None
        if row.rating is None
        else schema.Coded(code=str(row.rating), label=str(Rating(row.rating).label))
    )


def _fields(evaluation: Row, world: World) -> list[schema.FieldAssessment]:
    """The whole concept first, then field by field; in each by criterion. What says nothing is left out."""
    rows = world.past.rows(Assessment, "evaluation_id", "field_id", "criterion", "rating", "text")
    told = [
        row
        for row in rows
        if row.evaluation_id == evaluation.pk
        and _is_about_report(row, world)
        and (row.rating is not None or row.text)
    ]
    place, names = _places(world), _names(world)
    criteria = Criterion.values
    told.sort(key=lambda row: (place(row), criteria.index(row.criterion)))
    return [
        schema.FieldAssessment(
            field=names.get(row.field_id), criterion=_criterion(row), rating=_rating(row), text=said(row.text)
        )
        for row in told
    ]


def _names(world: World) -> dict[int | None, str]:
    return {field.pk: field.name for field in world.fields}


def _places(world: World) -> Any:
    positions = {field.pk: field.position for field in world.fields}
    return lambda row: -1 if row.field_id is None else positions[row.field_id]


def _teams(evaluation: Row, world: World) -> list[schema.SelfAssessment]:
    """Measure by measure, in each in the order of the questions. An answer that says nothing is left out."""
    questions = {
        row.pk: row
        for row in world.past.rows(EvaluationQuestion, "evaluation_id", "criterion", "text", "position")
        if row.evaluation_id == evaluation.pk
    }
    answers = [
        (row, questions[row.question_id])
        for row in world.past.rows(SelfAssessment, "question_id", "measure_id", "rating", "text")
        if row.question_id in questions
        and row.measure_id in world.nos
        and (row.rating is not None or row.text)
    ]
    answers.sort(key=lambda pair: (world.nos[pair[0].measure_id], pair[1].position, pair[1].pk))
    return [
        schema.SelfAssessment(
            measure_no=world.nos[row.measure_id],
            criterion=_criterion(question),
            question=question.text,
            rating=_rating(row),
            text=said(row.text),
        )
        for row, question in answers
    ]


def _recommendations(evaluation: Row, world: World) -> list[schema.Recommendation]:
    columns = ("evaluation_id", "number", "field_id", "title", "text", "addressee", "topic_id")
    rows = [
        row
        for row in world.past.rows(Recommendation, *columns)
        if row.evaluation_id == evaluation.pk and _is_about_report(row, world)
    ]
    names = _names(world)
    topics = world.matters.open(world.past.shown(Topic, "committee_id", "item_id"))
    return [
        schema.Recommendation(
            number=row.number,
            field=names.get(row.field_id),
            title=row.title,
            text=said(row.text),
            addressee=row.addressee or None,
            state=_became_of(topics.get(row.topic_id), world),
        )
        for row in sorted(rows, key=lambda row: row.number)
    ]


def _became_of(topic: Row | None, world: World) -> schema.Coded:
    """As far as the audience may follow the topic: to the backlog, to an agenda, to a resolution."""
    if topic is None:
        return coded(State.NOTED)
    if topic.item_id is None:
        return coded(State.WAITING)
    item = world.matters.items.get(topic.item_id)
    if item is None:
        return coded(State.NOTED)
    made = _made_of(item, world.matters.resolutions.values())
    if made is not None:
        outcome = Resolution.Outcome(made.outcome).label
        label = _("Beschluss %(number)s: %(outcome)s") % {"number": made.number, "outcome": outcome}
        return schema.Coded(code=State.RESOLVED.value, label=label)
    day = localdate(world.matters.meetings[item.meeting_id].starts_at)
    label = _("auf der Tagesordnung vom %s") % date_format(day, "d.m.Y")
    return schema.Coded(code=State.ON_AGENDA.value, label=label)


def _made_of(item: Row, resolutions: Iterable[Row]) -> Row | None:
    """The item's last resolution, if any."""
    of_item = (row for row in resolutions if row.item_id == item.pk)
    return max(of_item, key=lambda row: (row.resolved_on, row.pk), default=None)
