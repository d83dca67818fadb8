"""A word in every text that its readers may not have: found in a snapshot, it says what has leaked."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import models
from django.utils.timezone import get_current_timezone

from governance.models import AgendaItem, Committee, FollowUp, Meeting, Resolution, ResolutionMeasure, Topic
from measures.models import (
    BudgetLine,
    Experience,
    Grant,
    Measure,
    Milestone,
    Movement,
    RolloutCell,
    StatusUpdate,
    TeamMember,
    Wish,
)
from monitoring.compile import canonical_json
from monitoring.models import (
    Assessment,
    Evaluation,
    EvaluationQuestion,
    Indicator,
    IndicatorTarget,
    IndicatorValue,
    Recommendation,
    SelfAssessment,
)
from monitoring.snapshot import build_snapshot
from monitoring.snapshot.past import Past
from network.models import Role
from tests.factories import (
    make_budget_line,
    make_committee,
    make_field,
    make_grant,
    make_measure,
    make_movement,
    make_organisation,
    make_user,
    set_cell,
)
from tests.governance.leak_words import plantable
from tests.governance.rows import make_item, make_meeting, make_resolution, make_topic
from tests.monitoring.snapshot_rows import (
    close,
    make_evaluation,
    make_indicator,
    make_value,
    measures_of,
    recommend,
    report_on,
)

pytestmark = pytest.mark.django_db
READERS = ["public", "internal"]
PUBLIC, INTERNAL, NOBODY = {"public", "internal"}, {"internal"}, set[str]()
READ_BY = {"public": PUBLIC, "internal": INTERNAL, "draft": NOBODY}
NEVER_TOLD = {
    *(
        "RolloutCell.evidence",
        "RolloutCell.reason",
        "RolloutCell.contact",
        "RolloutCell.note",
    ),
    *("StatusUpdate.next_steps", "StatusUpdate.support_needed", "StatusUpdate.proposed_reason"),
    *("StatusUpdate.review_comment", "Grant.reference", "BudgetLine.note", "Movement.note"),
    *("Experience.supplier", "Experience.lessons", "Experience.transferability_reason", "Experience.links"),
    *("Wish.message", "Wish.note", "Committee.task", "Committee.rhythm", "Committee.source"),
    *("Committee.number_prefix", "Resolution.vote_note", "FollowUp.evidence", "FollowUp.evidence_url"),
    *("Meeting.title", "Meeting.place", "Meeting.online_url", "AgendaItem.title", "AgendaItem.text"),
    *("AgendaItem.minutes", "Topic.title", "Topic.text", "Topic.proposed_by"),
}
"""Texts that no report tells, whoever reads it."""


class Garden:
    """The planted words: who may find each, and where it was put."""

    def __init__(self) -> None:
        self.words: dict[str, tuple[str, set[str]]] = {}

    def texts(self, model: type[models.Model], label: str, readers: set[str]) -> dict[str, str]:
        found = {}
        for column in plantable(model):
            name = f"{model.__name__}.{column.name}"
            may = NOBODY if name in NEVER_TOLD else readers
            word = f"kv{len(self.words):04d}x"
            self.words[word] = (f"{label} {name}", may)
            found[column.name] = word
        return found

    def leaks(self, told: str, audience: str) -> list[str]:
        return sorted(
            where for word, (where, may) in self.words.items() if word in told and audience not in may
        )

    def missing(self, told: str, audience: str) -> set[str]:
        """The fields that this audience should have read and did not."""
        due = {where.split()[-1] for word, (where, may) in self.words.items() if audience in may}
        return due - {where.split()[-1] for word, (where, _may) in self.words.items() if word in told}


@pytest.fixture
def garden(municipalities, date_events) -> Garden:
    garden = Garden()
    for visibility, readers in READ_BY.items():
        _measure(garden, municipalities, visibility, readers)
        _evaluation(garden, visibility, readers)
    steering = make_committee("Lenkungskreis")
    council = make_committee("Rat", kind="council")
    closed = make_committee("Geschlossen", kind="council", visibility="internal")
    for visibility, readers in READ_BY.items():
        _matters(garden, steering, visibility, readers)
        _matters(garden, council, visibility, readers if visibility == "public" else NOBODY)
        _matters(garden, closed, visibility, NOBODY)
    for hidden in ("internal", "draft"):
        texts = garden.texts(Committee, f"LK {hidden}", READ_BY[hidden])
        kept = make_committee(texts["name"], slug=f"lk-{hidden}", visibility=hidden)
        _matters(garden, kept, "public", READ_BY[hidden])
    close(*Evaluation.objects.all())
    date_events(2024, 5, 6)
    return garden


def _measure(garden: Garden, places: list[Any], visibility: str, readers: set[str]) -> None:
    texts = garden.texts(Measure, visibility, readers)
    measure = make_measure(
        texts.pop("title"),
        **texts,
        light="red",
        visibility=visibility,
        lead=make_organisation(f"Amt {visibility}"),
    )

    def put(model: type[models.Model], who: set[str] = readers, label: str = visibility) -> dict[str, str]:
        return garden.texts(model, label, who)

    roles = readers & INTERNAL
    cell = set_cell(measure, places[0], stage="interested", **put(RolloutCell))
    Milestone.objects.create(measure=measure, planned_date=date(2024, 5, 1), **put(Milestone))
    TeamMember.objects.create(
        measure=measure,
        organisation=make_organisation("Verein"),
        sector="civil",
        user=make_user(Role.TEAM, name="kv-name"),
        **put(TeamMember),
    )
    for said, may in READ_BY.items():
        who = may & readers
        values = put(StatusUpdate, who, f"{visibility} {said}")
        StatusUpdate.objects.create(measure=measure, on=date(2024, 5, 1), visibility=said, **values)
        indicator = _indicator(garden, f"{visibility} {said}", who, measure=measure, visibility=said)
        make_value(indicator, date(2024, 5, 1), None, **put(IndicatorValue, who, f"{visibility} {said}"))
    make_grant(measure, **put(Grant, roles))
    make_budget_line(measure, **put(BudgetLine, roles))
    make_movement(measure, **put(Movement, roles))
    Experience.objects.create(cell=cell, transferability=1, **put(Experience))
    Wish.objects.create(cell=cell, made_on=date(2024, 5, 1), **put(Wish))


def _indicator(garden: Garden, label: str, readers: set[str], **values: Any) -> Indicator:
    texts = garden.texts(Indicator, label, readers)
    indicator = make_indicator(texts.pop("name"), **{**texts, **values})
    IndicatorTarget.objects.create(indicator=indicator, on=date(2024, 12, 31), value=1)
    return indicator


def _evaluation(garden: Garden, visibility: str, readers: set[str]) -> None:
    """The hidden ones are newer, so that each would be told if it could."""
    end = {"public": date(2023, 12, 31), "internal": date(2024, 1, 31), "draft": date(2024, 2, 28)}[
        visibility
    ]
    evaluation = make_evaluation(visibility=visibility, period_end=end)
    told = {"public": {"public"}, "internal": INTERNAL, "draft": NOBODY}[visibility]
    texts = garden.texts(EvaluationQuestion, visibility, told & INTERNAL)
    question = EvaluationQuestion.objects.create(evaluation=evaluation, criterion="relevance", **texts)
    for measure in Measure.objects.all():
        who = told & INTERNAL & READ_BY[measure.visibility]
        SelfAssessment.objects.create(
            question=question,
            measure=measure,
            **garden.texts(SelfAssessment, f"{visibility} {measure.visibility}", who),
        )
    Assessment.objects.create(
        evaluation=evaluation,
        field=make_field(),
        criterion="relevance",
        **garden.texts(Assessment, visibility, told),
    )
    texts = garden.texts(Recommendation, visibility, told)
    recommend(evaluation, texts.pop("title"), **texts)


def _matters(garden: Garden, committee: Committee, visibility: str, readers: set[str]) -> None:
    label = f"{committee.slug} {visibility}"
    starts_at = datetime(2024, 5, 2, 10, tzinfo=get_current_timezone())
    meeting = make_meeting(
        committee,
        starts_at=starts_at,
        status="held",
        visibility=visibility,
        **garden.texts(Meeting, label, readers),
    )
    item = make_item(meeting, visibility=visibility, **garden.texts(AgendaItem, label, readers))
    topic = make_topic(committee, visibility=visibility, item=item, **garden.texts(Topic, label, readers))
    recommend(Evaluation.objects.filter(visibility="public").get(), f"zu {topic.pk}", topic=topic)
    texts = garden.texts(Resolution, label, readers)
    resolution = make_resolution(
        committee,
        texts.pop("number"),
        item=item,
        visibility=visibility,
        resolved_on=date(2024, 5, 5),
        outcome="noted",
        **texts,
    )
    for noted_in in (None, meeting):
        FollowUp.objects.create(
            resolution=resolution, noted_in=noted_in, **garden.texts(FollowUp, label, readers)
        )
    for measure in Measure.objects.all():
        ResolutionMeasure.objects.create(resolution=resolution, measure=measure)


def told(audience: str, kind: str = "evaluation", scope: Any = None) -> str:
    return canonical_json(build_snapshot(report_on(audience=audience, kind=kind, scope=scope))).decode()


@pytest.mark.parametrize("audience", READERS)
def test_a_report_tells_only_what_its_audience_may_read(garden: Garden, audience: str) -> None:
    text = told(audience)

    assert garden.leaks(text, audience) == []
    assert garden.missing(text, audience) == set()
    assert ("kv-name" in text, "draft" in text) == (False, False)


@pytest.mark.parametrize("audience", READERS)
def test_neither_does_a_report_on_one_thing(garden: Garden, audience: str) -> None:
    measure = Measure.objects.get(visibility="public")
    cell = RolloutCell.objects.filter(measure=measure).first()
    scopes = {"measure": measure, "field": measure.field, "municipality": cell and cell.municipality}

    found = {kind: garden.leaks(told(audience, kind, scope), audience) for kind, scope in scopes.items()}

    assert found == {kind: [] for kind in scopes}


def hide(model: Any) -> Callable[[], object]:
    return lambda: model.objects.filter(visibility="public").update(visibility="draft")


@pytest.mark.parametrize(
    "model", [Measure, StatusUpdate, Indicator, Evaluation, Resolution, Committee, Meeting]
)
def test_what_was_taken_back_since_is_not_told_again(garden: Garden, model: Any) -> None:
    before = told("public")
    hide(model)()

    after = told("public")

    own = [word for word, (where, _may) in garden.words.items() if f" {model.__name__}." in where]
    assert before != after
    assert [word for word in own if word in after] == []


def test_what_was_deleted_after_it_was_hidden_stays_hidden(municipalities, date_events) -> None:
    make_measure("Bleibt", no="M-1")
    gone, hidden = make_measure("Gelöscht", no="M-2"), make_measure("Versteckt", no="M-3")
    date_events(2024, 5, 6)
    Measure.objects.filter(pk=hidden.pk).update(visibility="internal")
    for measure in (gone, hidden):
        measure.delete()

    assert [row["no"] for row in measures_of(build_snapshot(report_on()))] == ["M-1", "M-2"]


def test_an_experience_that_is_public_no_more_is_not_counted_again(municipalities, date_events) -> None:
    cell = set_cell(
        make_measure(), municipalities[0], stage="live", since=date(2024, 1, 1), evidence="Adresse"
    )
    Experience.objects.create(cell=cell, lessons="Früh anfangen", is_public=True)
    date_events(2024, 5, 6)
    counted = []
    for _turn in range(2):
        figures = build_snapshot(report_on())["participation"]["figures"]
        counted += [figure["value"] for figure in figures if figure["label"] == "Erfahrungsberichte"]
        Experience.objects.update(is_public=False)

    assert counted == [1, 0]


def test_an_evaluation_that_was_reopened_since_is_not_told_to_the_public(municipalities, date_events) -> None:
    make_measure()
    recommend(evaluation := make_evaluation(visibility="public"), "Mehr Sensoren")
    close(evaluation)
    date_events(2024, 5, 6)
    before = [told(audience).count("Mehr Sensoren") for audience in READERS]
    Evaluation.objects.update(closed_at=None)

    assert before == [1, 1]
    assert [told(audience).count("Mehr Sensoren") for audience in READERS] == [
        int(audience != "public") for audience in READERS
    ]


@pytest.mark.parametrize("audience", READERS)
def test_without_the_guard_the_words_are_found(
    garden: Garden, audience: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a history that shows its readers everything."""
    monkeypatch.setattr(Past, "readable", lambda self, model, rows: rows)

    leaked = {where.split()[-1].split(".")[0] for where in garden.leaks(told(audience), audience)}

    assert leaked >= {"Measure", "StatusUpdate", "Indicator", "Resolution", "Committee"}
