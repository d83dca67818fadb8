"""Puts a report's snapshot together, part by part, from the history alone (see `schema`)."""

from datetime import datetime
from typing import Final

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.models import Report, Section
from monitoring.sections import ReportKind
from monitoring.snapshot import schema
from monitoring.snapshot.assessment import assessment_of
from monitoring.snapshot.changes import changes_of
from monitoring.snapshot.decisions import follow_ups_of, resolutions_of
from monitoring.snapshot.indicators import indicators_of
from monitoring.snapshot.measures import fields_of, outlook_of, portal_url
from monitoring.snapshot.method import method_of
from monitoring.snapshot.money import money_of
from monitoring.snapshot.participation import participation_of
from monitoring.snapshot.rollout import roll_out_of
from monitoring.snapshot.scales import scales
from monitoring.snapshot.world import World, read_first_world, read_world
from smartregion.base.text import plain_text

EXAMPLE_NOTICE: Final = gettext_lazy("Die Maßnahmen sind Beispieldaten und keine wirklichen Vorhaben.")


def build_snapshot(
    report: Report, moment: datetime | None = None, *, as_then: bool = False
) -> schema.Snapshot:
    """Return everything the report says, in a number of queries that does not depend on the data.

    Args:
        moment: whose state is told, instead of the end of the Stichtag or now: that of a snapshot to be read
            again, or the last one that is known to be complete.
        as_then: see `Past`.

    Raises:
        NoData: nothing had been recorded by the Stichtag, or what the report is about was not to be seen.
    """
    return _told(report, read_world(report, moment, as_then=as_then))


def build_first_snapshot(report: Report, moment: datetime | None = None) -> schema.Snapshot:
    """The snapshot of a report that has none yet.

    Raises:
        NoData: see `read_first_world`.
    """
    return _told(report, read_first_world(report, moment))


def _told(report: Report, world: World) -> schema.Snapshot:
    snapshot = schema.Snapshot(
        format_version=schema.FORMAT_VERSION,
        report=_report(report, world),
        region=_region(world),
        concept=_concept(world),
        scales=scales(),
        changes=schema.Changes(previous=None, sentences=[]),
        fields=fields_of(world),
        roll_out=roll_out_of(world),
        money=money_of(world),
        indicators=indicators_of(world),
        resolutions=resolutions_of(world),
        follow_ups=follow_ups_of(world),
        participation=participation_of(world),
        assessment=assessment_of(world),
        outlook=outlook_of(world),
        method=method_of(world),
    )
    snapshot["changes"] = changes_of(report, snapshot, world.past)
    return snapshot


def _report(report: Report, world: World) -> schema.Report:
    evaluating = report.kind in {ReportKind.EVALUATION, ReportKind.INTERIM}
    texts = dict(report.texts.exclude(text="").values_list("section", "text"))
    is_example = any(measure.is_example for measure in world.measures)
    notice = world.region.example_notice or str(EXAMPLE_NOTICE)
    label = world.scope.label
    return schema.Report(
        kind=report.kind,
        title=report.get_kind_display(),
        scope=schema.Scope(kind=report.kind, label=label) if label else None,
        occasion=_("Evaluation der Umsetzung des Konzepts") if evaluating else _("Sachstand der Maßnahmen"),
        period_start=report.period_start.isoformat(),
        period_end=report.period_end.isoformat(),
        period_label=report.period_label,
        as_of=report.as_of.isoformat(),
        moment=localtime(world.past.moment).isoformat(timespec="microseconds"),
        sections=[
            schema.Section(key=key, title=str(Section(key).label), text=texts.get(key))
            for key in report.sections
        ],
        audience="public" if world.past.is_public else "internal",
        audience_label=report.get_audience_display(),
        is_example=is_example,
        example_notice=notice if is_example else None,
    )


def _region(world: World) -> schema.Region:
    region, places = world.region, world.all_places
    notes = (region.residents_note, region.boundary_note, world.concept.source)
    return schema.Region(
        name=region.name,
        portal_title=region.portal_title,
        portal_url=portal_url(),
        coordination_office=region.coordination_office,
        source_notes=[note for note in notes if note],
        residents=sum(place.residents for place in places),
        residents_date=max((place.residents_on for place in places), default=world.on).isoformat(),
    )


def _concept(world: World) -> schema.Concept:
    concept = world.concept
    return schema.Concept(
        title=concept.title,
        vision=plain_text(concept.vision),
        resolution_date=concept.resolved_on.isoformat(),
        resolution_body=concept.resolved_by,
        guidelines=[
            schema.Guideline(name=guideline.title, text=plain_text(guideline.text))
            for guideline in world.guidelines
        ],
    )
