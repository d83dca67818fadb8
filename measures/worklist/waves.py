"""What the plan of the roll-out asks of an account: starts that come near, and what was begun too early."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import PlannedStart, RolloutCell
from measures.models.ladder import MOVING
from measures.prerequisites import missing_in
from measures.worklist.audience import rolls_out
from smartregion.base.worklist import Entry, Severity, source


@source("starts", gettext_lazy("Geplante Starts"), reminds=True, concerns=rolls_out)
def starts(user: Any, on: date) -> Iterator[Entry]:
    """A municipality's own that are near or passed; the coordinator's that passed or are called too early."""
    due = PlannedStart.objects.visible_to(user).awaited().in_order().defer("municipality__boundary")
    if user.has_perm("measures.change_every_cell"):
        for start in due:
            if start.is_past(on) or start.answer == PlannedStart.Answer.TOO_EARLY:
                yield _for_coordinator(start, on)
    elif user.municipality_id:
        for start in due.due(on).filter(municipality=user.municipality_id):
            yield _for_municipality(start, on)


def _for_coordinator(start: PlannedStart, on: date) -> Entry:
    why = _("Geplant war %s, aber die Kommune hat nicht begonnen.") % start.label
    if not start.is_past(on):
        words = {"quarter": start.label, "reason": start.answer_reason}
        why = _("Für die Kommune ist %(quarter)s zu früh: %(reason)s") % words
    return Entry(
        title=f"{start.measure.title} – {start.municipality.name}",
        why=why,
        severity=Severity.SOON,
        on=start.quarter,
        page=start.measure.get_absolute_url(),
        url=start.get_absolute_url(),
        action=_("Plan ändern"),
        is_example=start.measure.is_example,
    )


def _for_municipality(start: PlannedStart, on: date) -> Entry:
    why = _("Ihr Start ist für %s geplant.") % start.label
    if start.is_past(on):
        why = (
            _("Ihr Start war für %s geplant; Ihr Stand sagt noch nicht, dass Sie begonnen haben.")
            % start.label
        )
    return Entry(
        title=start.measure.title,
        why=why,
        severity=Severity.NOW if start.is_past(on) else Severity.SOON,
        on=start.quarter,
        page=start.measure.get_absolute_url(),
        url=reverse("cell", args=[start.municipality.slug, start.measure.slug]),
        action=_("Stand ändern"),
        is_example=start.measure.is_example,
    )


@source("voraussetzungen", gettext_lazy("Begonnen ohne Voraussetzung"))
def lacking(user: Any, on: date) -> Iterator[Entry]:
    """For the coordinator: a municipality went on although what the measure requires is missing there."""
    if not user.has_perm("measures.change_every_cell"):
        return
    cells = RolloutCell.objects.visible_to(user).filter(
        stage__in=MOVING, measure__prerequisites__isnull=False
    )
    cells = cells.select_related("measure", "municipality").defer("municipality__boundary").distinct()
    missing = missing_in((cell.measure_id, cell.municipality_id) for cell in cells)
    for cell in cells:
        if found := missing.get((cell.measure_id, cell.municipality_id)):
            yield Entry(
                title=f"{cell.measure.title} – {cell.municipality.name}",
                why=_("%(stage)s, aber es fehlt: %(missing)s.")
                % {"stage": capfirst(cell.get_stage_display()), "missing": ", ".join(map(str, found))},
                severity=Severity.INFO,
                page=cell.measure.get_absolute_url(),
                url=cell.get_absolute_url(),
                action=_("Stand ansehen"),
                is_example=cell.measure.is_example,
            )
