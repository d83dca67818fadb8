"""What measures and their roll-out ask of an account."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from measures.assessment import assess, is_worse
from measures.models import Measure, Milestone, RolloutCell, StatusUpdate, Visibility
from measures.models.rollout import CONFIRMATION_VALID_FOR
from measures.news import novelties_for
from measures.worklist.audience import reports
from network.models import Role
from smartregion.base.worklist import Entry, Post, Severity, day_or_dash, days_between, source

CHANGE = "measures.change_measure"


@source("meilensteine", gettext_lazy("Überfällige Meilensteine"), reminds=True, concerns=reports)
def overdue_milestones(user: Any, on: date) -> Iterator[Entry]:
    """Of measures that go on. Who may change them gets the form, the team the way to report."""
    may_change = user.has_perm(CHANGE)
    measures = Measure.objects.reported_by(user).going_on()
    milestones = Milestone.objects.overdue(on).filter(measure__in=measures).select_related("measure")
    for milestone in milestones:
        slug, where = milestone.measure.slug, {"slug": milestone.measure.slug, "pk": milestone.pk}
        post = Post(
            label=_("Heute erreicht"),
            url=reverse("milestone_reached", kwargs=where),
            field="version",
            value=str(milestone.version),
        )
        yield Entry(
            title=_("%(milestone)s – %(measure)s")
            % {"milestone": milestone.title, "measure": milestone.measure.title},
            why=_("Fällig war der %(day)s, %(days)s überfällig.")
            % {"day": day_or_dash(milestone.due_on), "days": days_between(milestone.due_on, on)},
            severity=Severity.NOW,
            on=milestone.due_on,
            page=milestone.get_absolute_url(),
            url=reverse("milestone_edit", kwargs=where) if may_change else _write_update(slug),
            action=_("Bearbeiten") if may_change else _("Sachstand schreiben"),
            post=post if may_change else None,
            is_example=milestone.measure.is_example,
        )


@source("sachstand", gettext_lazy("Sachstand fällig"), reminds=True, concerns=reports)
def updates_due(user: Any, on: date) -> Iterator[Entry]:
    """By the measure's rhythm, with the thresholds of the computed Ampel."""
    for measure in Measure.objects.reported_by(user).owing_update(on, user):
        last = measure.last_update_on  # type: ignore[attr-defined]
        is_late = last is not None and (on - last).days > Measure.Rhythm(measure.update_rhythm).silence[1]
        yield Entry(
            title=measure.title,
            why=_("Letzter Sachstand vom %(day)s, kein neuer %(days)s.")
            % {"day": day_or_dash(last), "days": days_between(last, on)}
            if last
            else _("Es gibt noch keinen Sachstand."),
            severity=Severity.NOW if is_late else Severity.SOON,
            on=measure.next_update_due(last),
            page=measure.get_absolute_url(),
            url=_write_update(measure.slug),
            action=_("Sachstand schreiben"),
            is_example=measure.is_example,
        )


@source("ampel", gettext_lazy("Ampel im Widerspruch"))
def contradictions(user: Any, on: date) -> Iterator[Entry]:
    """Running measures whose dates say worse than the stated light."""
    if not user.has_perm(CHANGE):
        return
    running = Measure.objects.visible_to(user).filter(status=Measure.Status.ACTIVE)
    milestones = Prefetch("milestones", Milestone.objects.filter(actual_date=None))
    for measure in running.with_last_update(user).prefetch_related(milestones):
        last_update_on = measure.last_update_on  # type: ignore[attr-defined]
        computed = assess(measure.status, measure.milestones.all(), last_update_on, on, measure.update_rhythm)
        if is_worse(computed.light, measure.light):
            yield Entry(
                title=measure.title,
                why=_("Angegeben ist %(stated)s, berechnet %(computed)s: %(reasons)s")
                % {
                    "stated": measure.labels["light"],
                    "computed": computed.light.label,
                    "reasons": " ".join(computed.reasons),
                },
                severity=Severity.NOW if computed.light == Measure.Light.RED else Severity.SOON,
                page=measure.get_absolute_url(),
                url=reverse("measure_edit", args=[measure.slug]),
                action=_("Bearbeiten"),
                is_example=measure.is_example,
            )


@source("wiedervorlage", gettext_lazy("Wiedervorlage"))
def reviews(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm(CHANGE):
        return
    for measure in Measure.objects.visible_to(user).to_review(on):
        yield Entry(
            title=measure.title,
            why=_("Wieder anzusehen am %(day)s (%(days)s).")
            % {"day": day_or_dash(measure.review_on), "days": days_between(measure.review_on, on)},  # type: ignore[arg-type]
            severity=Severity.NOW,
            on=measure.review_on,
            page=measure.get_absolute_url(),
            url=reverse("measure_edit", args=[measure.slug]),
            action=_("Bearbeiten"),
            is_example=measure.is_example,
        )


@source("entwuerfe", gettext_lazy("Entwürfe zu veröffentlichen"))
def drafts(user: Any, on: date) -> Iterator[Entry]:
    """Measures and status updates that only the coordinator can see so far."""
    if not user.has_perm(CHANGE):
        return
    for measure in Measure.objects.visible_to(user).filter(visibility=Visibility.DRAFT):
        yield Entry(
            title=measure.title,
            why=_("Die Maßnahme ist ein Entwurf; nur die Koordination sieht sie."),
            severity=Severity.INFO,
            page=measure.get_absolute_url(),
            url=reverse("measure_edit", args=[measure.slug]),
            action=_("Bearbeiten"),
            is_example=measure.is_example,
        )
    updates = StatusUpdate.objects.reachable_by(user).filter(
        Q(author=None) | Q(author__role=Role.COORDINATION),
        visibility=Visibility.DRAFT,
        review="",
        measure__archived_at=None,
    )
    for update in updates.select_related("measure"):
        yield Entry(
            title=_("Sachstand: %s") % update.measure.title,
            why=_("Entwurf mit Stand vom %(day)s (%(days)s).")
            % {"day": day_or_dash(update.on), "days": days_between(update.on, on)},
            severity=Severity.INFO,
            on=update.on,
            page=update.get_absolute_url(),
            url=reverse("status_update_edit", args=[update.measure.slug, update.pk]),
            action=_("Bearbeiten"),
            is_example=update.measure.is_example,
        )


@source("roll-out", gettext_lazy("Roll-out-Stände zu bestätigen"))
def stale_cells(user: Any, on: date) -> Iterator[Entry]:
    """Each of a municipality's own; for the coordinator one entry per municipality, in alphabetical order."""
    cells = RolloutCell.objects.editable_by(user).stale()
    if not user.has_perm("measures.change_every_cell"):
        yield from (_to_confirm(cell, on) for cell in cells.select_related("measure", "municipality"))
        return
    for place in cells.counts_by_municipality():
        yield Entry(
            title=place["municipality__name"],
            why=_stale(place["cells"], place["never"]),
            severity=Severity.SOON,
            url=reverse("municipality", args=[place["municipality__slug"]]),
            action=_("Stände ansehen"),
        )


def _to_confirm(cell: RolloutCell, on: date) -> Entry:
    due = cell.confirmed_at and localdate(cell.confirmed_at + CONFIRMATION_VALID_FOR)
    post = Post(
        label=_("Unverändert"),
        url=reverse("confirm_cells", args=[cell.municipality.slug]),
        field="cell",
        value=f"{cell.pk}:{cell.version}",
    )
    why = _("%(stage)s. Noch nie bestätigt.")
    if due:
        why = _("%(stage)s. Zuletzt bestätigt am %(day)s, die Bestätigung fehlt %(days)s.")
    return Entry(
        title=cell.measure.title,
        why=why
        % {
            "stage": capfirst(cell.get_stage_display()),
            "day": day_or_dash(localdate(cell.confirmed_at)) if cell.confirmed_at else "",
            "days": days_between(due, on) if due else "",
        },
        severity=Severity.SOON,
        on=due,
        page=cell.measure.get_absolute_url(),
        url=cell.get_absolute_url(),
        action=_("Bearbeiten"),
        post=post,
        is_example=cell.measure.is_example,
    )


def _stale(cells: int, never: int) -> str:
    text = ngettext("%d Stand ist zu bestätigen", "%d Stände sind zu bestätigen", cells) % cells
    if never:
        text += ngettext(", davon %d noch nie bestätigt", ", davon %d noch nie bestätigt", never) % never
    return f"{text}."


@source("ansprechstelle", gettext_lazy("Regelbetrieb ohne Ansprechstelle"))
def without_contact(user: Any, on: date) -> Iterator[Entry]:
    """A municipality's own cells: others who want the solution do not know whom to ask."""
    if user.has_perm("measures.change_every_cell"):
        return
    cells = RolloutCell.objects.editable_by(user).live_without_contact()
    for cell in cells.select_related("measure", "municipality"):
        yield Entry(
            title=cell.measure.title,
            why=_("Im Regelbetrieb seit %s, aber andere Kommunen finden niemanden, den sie fragen können.")
            % day_or_dash(cell.since),
            severity=Severity.SOON,
            page=cell.measure.get_absolute_url(),
            url=cell.get_absolute_url(),
            action=_("Ansprechstelle eintragen"),
            is_example=cell.measure.is_example,
        )


@source("neues", gettext_lazy("Neu für Ihre Kommune"))
def news(user: Any, on: date) -> Iterator[Entry]:
    """What changed since the municipality last confirmed its state; confirming it again ends the entry."""
    for novelty in novelties_for(user):
        cell = novelty.cell
        since = _("Bestätigt haben Sie zuletzt am %s.") % day_or_dash(localdate(cell.read_at))  # type: ignore[attr-defined]
        yield Entry(
            title=cell.measure.title,
            why=" ".join([since, *novelty.reasons]),
            severity=Severity.INFO,
            page=cell.measure.get_absolute_url(),
            url=cell.get_absolute_url(),
            action=_("Stand prüfen"),
            is_example=cell.measure.is_example,
        )


def _write_update(slug: str) -> str:
    return reverse("status_update_add", args=[slug])
