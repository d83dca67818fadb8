"""Builds a report's snapshot (see `snapshot_schema`) from the history alone."""

import json
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from governance.models import Resolution
from measures.assessment import assess, assessment_rule
from measures.models import COUNTING_RULE, Measure, RolloutCell, RolloutFigures
from measures.models.rollout import CONFIRMATION_VALID_FOR
from monitoring.models import Report, Section
from monitoring.sections import ReportKind
from monitoring.snapshot import schema
from monitoring.snapshot.changes import sentences
from monitoring.snapshot.scales import coded, scales
from monitoring.snapshot.world import Row, World, read_world
from smartregion.base.text import plain_text

FINISHED: Final = {Measure.Status.COMPLETED, Measure.Status.DISCONTINUED}


def build_snapshot(
    report: Report, moment: datetime | None = None, *, as_then: bool = False
) -> schema.Snapshot:
    """Return everything the report says, in a number of queries that does not depend on the data.

    Args:
        moment, as_then: see `read_world`.

    Raises:
        NoData: nothing had been recorded by the Stichtag.
    """
    world = read_world(report, moment, as_then=as_then)
    snapshot = schema.Snapshot(
        format_version=schema.FORMAT_VERSION,
        report=_report(report, world),
        region=_region(world),
        concept=_concept(world),
        scales=scales(),
        changes=schema.Changes(previous=None, sentences=[]),
        fields=_fields(world),
        roll_out=_roll_out(world),
        money=None,
        indicators=[],
        resolutions=[_resolution(row, world) for row in world.resolutions],
        follow_ups=[],
        participation=schema.Participation(figures=[], sectors=[]),
        assessment=None,
        outlook=_outlook(report, world),
        method=_method(),
    )
    snapshot["changes"] = _changes(report, snapshot)
    return snapshot


def _report(report: Report, world: World) -> schema.Report:
    evaluating = report.kind in {ReportKind.EVALUATION, ReportKind.INTERIM}
    texts = dict(report.texts.exclude(text="").values_list("section", "text"))
    is_example = any(measure.is_example for measure in world.measures)
    notice = world.region.example_notice or _(
        "Die Maßnahmen sind Beispieldaten und keine wirklichen Vorhaben."
    )
    return schema.Report(
        kind=report.kind,
        title=report.get_kind_display(),
        scope=schema.Scope(kind=report.kind, label=report.scope_label) if report.scope else None,
        occasion=_("Evaluation der Umsetzung des Konzepts") if evaluating else _("Sachstand der Maßnahmen"),
        period_start=report.period_start.isoformat(),
        period_end=report.period_end.isoformat(),
        period_label=report.period_label,
        as_of=report.as_of.isoformat(),
        moment=localtime(world.moment).isoformat(timespec="microseconds"),
        sections=[
            schema.Section(key=key, title=str(Section(key).label), text=texts.get(key))
            for key in report.sections
        ],
        audience="public" if report.audience == "public" else "internal",
        audience_label=report.get_audience_display(),
        is_example=is_example,
        example_notice=notice if is_example else None,
    )


def _region(world: World) -> schema.Region:
    region, places = world.region, world.municipalities
    notes = (region.residents_note, region.boundary_note, world.concept.source)
    return schema.Region(
        name=region.name,
        portal_title=region.portal_title,
        portal_url=_portal_url(),
        coordination_office=region.coordination_office,
        source_notes=[note for note in notes if note],
        residents=sum(place.residents for place in places),
        residents_date=max((place.residents_on for place in places), default=world.on).isoformat(),
    )


def _portal_url() -> str | None:
    """The portal's public address: the first host it is served under. In demo mode it has none."""
    return next(iter(settings.CSRF_TRUSTED_ORIGINS), None)


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


def _fields(world: World) -> list[schema.Field]:
    return [
        schema.Field(
            slug=field.slug,
            name=field.name,
            order=field.position,
            measures=[_measure(row, world) for row in world.measures if row.field_id == field.pk],
        )
        for field in world.fields
    ]


def _measure(row: Row, world: World) -> schema.Measure:
    milestones = world.milestones.get(row.pk, [])
    updates = world.updates.get(row.pk, [])
    last_update_on = updates[-1].on if updates else None
    assessment = assess(row.status, milestones, last_update_on, world.on, row.update_rhythm)
    portal, lead = _portal_url(), world.organisations[row.lead_id]
    return schema.Measure(
        no=row.no,
        title=row.title,
        url=portal + reverse("measure", args=[row.slug]) if portal else None,
        lead=lead.short_name,
        phase=coded(Measure.Phase(row.phase)),
        status=coded(Measure.Status(row.status)),
        status_reason=plain_text(row.status_reason) or None,
        light_stated=coded(Measure.Light(row.light)),
        light_reason=plain_text(row.light_reason) or None,
        light_computed=coded(assessment.light),
        light_computed_reasons=assessment.reasons,
        needed_decision=None,
        summary=plain_text(row.summary),
        goal=plain_text(row.goal) or None,
        benefit=plain_text(row.benefit) or None,
        target_group=row.target_group or None,
        contact=row.contact or None,
        starts_on=row.starts_on.isoformat() if row.starts_on else None,
        ends_on=row.ends_on.isoformat() if row.ends_on else None,
        guidelines=[],
        team=[],
        milestones=[],
        is_starter=row.is_starter,
        is_example=row.is_example,
        progress_percent=_progress(milestones, world.on),
        next_milestone=None if row.status in FINISHED else _next_milestone(milestones, world.on),
        milestones_overdue=0
        if row.status in FINISHED
        else sum(_is_open(item, world.on) and due_on(item) < world.on for item in milestones),
        milestones_in_period=[item for milestone in milestones for item in _in_period(milestone, world)],
        last_update=schema.Update(date=updates[-1].on.isoformat(), text=plain_text(updates[-1].text))
        if updates
        else None,
    )


def due_on(milestone: Row) -> date:
    due: date = milestone.forecast_date or milestone.planned_date
    return due


def _is_open(milestone: Row, on: date) -> bool:
    return milestone.actual_date is None or milestone.actual_date > on


def _progress(milestones: list[Row], on: date) -> int | None:
    """Share of the weight that is done in percent, halves rounded up; None without milestones."""
    total = sum(milestone.weight for milestone in milestones)
    done = sum(milestone.weight for milestone in milestones if not _is_open(milestone, on))
    return (200 * done + total) // (2 * total) if total else None


def _next_milestone(milestones: list[Row], on: date) -> schema.PlannedMilestone | None:
    coming = min((item for item in milestones if _is_open(item, on)), key=due_on, default=None)
    if coming is None:
        return None
    return schema.PlannedMilestone(title=coming.title, planned_date=due_on(coming).isoformat())


def _in_period(milestone: Row, world: World) -> list[schema.PeriodMilestone]:
    """What the period says of the milestone, if anything: reached in it, or planned for it and missed."""
    reached = None if _is_open(milestone, world.on) else milestone.actual_date
    if reached is not None and reached in world.period:
        late = reached > milestone.planned_date
        result = ("late", _("verspätet erreicht")) if late else ("met", _("erreicht"))
    elif reached is None and milestone.planned_date in world.period and milestone.planned_date < world.on:
        result = ("missed", _("nicht erreicht"))
    else:
        return []
    return [
        schema.PeriodMilestone(
            title=milestone.title,
            planned_date=milestone.planned_date.isoformat(),
            actual_date=reached.isoformat() if reached else None,
            result=schema.Coded(code=result[0], label=result[1]),
        )
    ]


def _roll_out(world: World) -> schema.RollOut:
    return schema.RollOut(
        municipalities=[
            schema.Municipality(key=row.ags, name=row.name, abbr=row.abbreviation, residents=row.residents)
            for row in world.municipalities
        ],
        rows=[_roll_out_row(measure, world) for measure in world.measures],
        counting_rule=str(COUNTING_RULE),
        stale_rule=_("Veraltet ist ein Stand, den die Kommune seit mehr als %s Tagen nicht bestätigt hat.")
        % CONFIRMATION_VALID_FOR.days,
    )


def _roll_out_row(measure: Row, world: World) -> schema.RollOutRow:
    cells = [_cell(world.cells.get((measure.pk, place.pk)), world) for place in world.municipalities]
    pairs = zip(cells, world.municipalities, strict=True)
    figures = RolloutFigures.of((cell["stage"], place.residents) for cell, place in pairs)
    return schema.RollOutRow(
        measure_no=measure.no,
        measure_title=measure.title,
        cells=cells,
        affected=figures.affected,
        live=figures.live,
        reached_percent=figures.share,
    )


def _cell(row: Row | None, world: World) -> schema.Cell:
    if row is None:
        return schema.Cell(stage=RolloutCell.Stage.UNKNOWN.value, since=None, confirmed_at=None, stale=True)
    confirmed = row.confirmed_at
    return schema.Cell(
        stage=row.stage,
        since=row.since.isoformat() if row.since else None,
        confirmed_at=localdate(confirmed).isoformat() if confirmed else None,
        stale=confirmed is None or confirmed < world.moment - CONFIRMATION_VALID_FOR,
    )


def _resolution(row: Row, world: World) -> schema.Resolution:
    return schema.Resolution(
        date=row.resolved_on.isoformat(),
        committee=world.committees[row.committee_id].name,
        number=row.number,
        title=row.title,
        wording=plain_text(row.wording),
        outcome=coded(Resolution.Outcome(row.outcome)),
        votes=None
        if row.votes_for is None
        else schema.Votes(
            in_favour=row.votes_for,
            against=row.votes_against,
            abstentions=row.abstentions,
            label=_("mehrheitlich") if row.votes_against else _("einstimmig"),
        ),
        in_force=row.pk not in world.superseded,
        superseded_by=world.superseded.get(row.pk),
        measure_nos=sorted(world.measure_nos.get(row.pk, [])),
    )


def _outlook(report: Report, world: World) -> schema.Outlook:
    """What is due after the Stichtag until the end of the following period."""
    following = report.period.following
    coming = [
        (due_on(milestone), measure, milestone)
        for measure in world.measures
        if measure.status not in FINISHED
        for milestone in world.milestones.get(measure.pk, [])
        if _is_open(milestone, world.on) and world.on <= due_on(milestone) <= following.end
    ]
    return schema.Outlook(
        period_label=following.label,
        milestones=[
            schema.OutlookMilestone(
                title=milestone.title,
                planned_date=due.isoformat(),
                measure_no=measure.no,
                measure_title=measure.title,
            )
            for due, measure, milestone in sorted(coming, key=lambda item: (item[0], item[1].no, item[2].pk))
        ],
    )


def _method() -> list[schema.MethodRule]:
    rules = {
        _("Stichtag"): _(
            "Alle Angaben geben den Stand am Ende des Stichtags wieder, wie ihn der Verlauf festhält."
        ),
        _("Ampel"): _("Einschätzung der federführenden Stelle; Gelb und Rot brauchen eine Begründung."),
        _("Berechnete Ampel"): assessment_rule(),
        _("Umsetzungsstand"): _("Gewichteter Anteil der erreichten Meilensteine. Kein Wert ist nicht 0 %."),
        _("Einstimmig"): _("Keine Gegenstimme; Enthaltungen werden eigens gezählt."),
    }
    return [schema.MethodRule(term=term, text=text) for term, text in rules.items()]


def _changes(report: Report, snapshot: schema.Snapshot) -> schema.Changes:
    previous = Report.objects.before(report).first()
    if previous is None:
        return schema.Changes(previous=None, sentences=[])
    return schema.Changes(
        previous=schema.PreviousReport(
            title=str(previous), as_of=previous.as_of.isoformat(), sha256=previous.sha256
        ),
        sentences=sentences(json.loads(previous.snapshot), snapshot),
    )
