"""Short ways to reports, and to rows of what a snapshot tells."""

from datetime import date, datetime
from typing import Any

from django.utils.timezone import now

from governance.models import Resolution, ResolutionMeasure
from measures.models import Measure
from monitoring.compile import canonical_json
from monitoring.models import (
    Evaluation,
    Indicator,
    IndicatorValue,
    Recommendation,
    Report,
    ReportTemplate,
)
from monitoring.periods import Period
from monitoring.services.reports import keep_compiled, request_report
from monitoring.snapshot.schema import Snapshot
from tests.governance.rows import make_resolution

Q2 = Period(date(2024, 4, 1), date(2024, 6, 30))
Q3 = Period(date(2024, 7, 1), date(2024, 9, 30))


def report_on(
    period: Period = Q2, audience: str = "public", kind: str = "evaluation", scope: Any = None
) -> Report:
    """With every section, unless its kind or its template says otherwise."""
    return request_report(kind=kind, audience=audience, period=period, scope=scope)


def custom(filters: dict[str, Any] | None = None, sections: list[str] | None = None) -> ReportTemplate:
    number = ReportTemplate.objects.count() + 1
    return ReportTemplate.objects.create(
        name=f"Vorlage {number}", filters=filters or {}, sections=sections or ["overview", "profiles"]
    )


def seal_with(report: Report, snapshot: Snapshot) -> None:
    """As if it had been compiled, released and approved."""
    keep_compiled(report, {"json": canonical_json(snapshot)})
    moment = now()
    Report.objects.filter(pk=report.pk).update(
        released_at=moment, released_as="Koordination", sealed_at=moment, approved_as="Vorsitz"
    )


def measures_of(snapshot: Snapshot) -> list[Any]:
    return [measure for field in snapshot["fields"] for measure in field["measures"]]


def resolve(committee: Any, title: str, visibility: str = "public", **values: Any) -> Resolution:
    texts = {"title": title, "wording": title, "visibility": visibility}
    return make_resolution(committee, title, **{"resolved_on": date(2024, 5, 5), **texts, **values})


def link_measures(resolution: Resolution, *measures: Measure) -> None:
    for measure in measures:
        ResolutionMeasure.objects.create(resolution=resolution, measure=measure)


def make_indicator(name: str = "Nutzung", **values: Any) -> Indicator:
    number = Indicator.objects.count() + 1
    defaults = {
        "key": f"indikator-{number}",
        "level": "output",
        "unit": "Stück",
        "source": "Zählung",
        "collected_from": date(2024, 1, 1),
        "rhythm": "quarterly",
        "visibility": "public",
    }
    return Indicator.objects.create(name=name, **{**defaults, **values})


def make_value(indicator: Indicator, on: date, value: Any, **values: Any) -> IndicatorValue:
    return IndicatorValue.objects.create(indicator=indicator, on=on, value=value, **values)


def make_evaluation(**values: Any) -> Evaluation:
    """An open one, on the year 2023."""
    defaults = {
        "period_start": date(2023, 1, 1),
        "period_end": date(2023, 12, 31),
        "answers_due_on": date(2024, 1, 31),
        "visibility": "public",
    }
    return Evaluation.objects.create(**{**defaults, **values})


def close(*evaluations: Evaluation, moment: datetime | None = None) -> None:
    """Nothing that belongs to them changes from then on."""
    keys = [evaluation.pk for evaluation in evaluations]
    closed_at = moment or now().replace(year=2024, month=2, day=1)
    Evaluation.objects.filter(pk__in=keys).update(closed_at=closed_at)


def recommend(evaluation: Evaluation, title: str = "Ausbauen", **values: Any) -> Recommendation:
    number = evaluation.recommendations.count() + 1
    return Recommendation.objects.create(evaluation=evaluation, number=number, title=title, **values)
