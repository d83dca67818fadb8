"""What changed in the measures since the last meeting, as far as the reader could see it then and can now."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.documents.content import Block, Paragraph, Table
from measures.models import Measure, RolloutCell
from measures.models.measure import visibilities_for
from smartregion.base.past_rows import rows_as_of
from smartregion.base.text import german_key

LABELS = {"phase": gettext_lazy("Phase"), "status": gettext_lazy("Status"), "light": gettext_lazy("Ampel")}
STATES = {"phase": Measure.Phase, "status": Measure.Status, "light": Measure.Light}


def change_blocks(reader: Any, since: datetime) -> Iterator[Block]:
    """Two tables. A measure that the reader could not see then is told as new, and nothing of its past."""
    seen = visibilities_for(reader)
    then = {
        row["id"]: row
        for row in rows_as_of(Measure, since)
        if row["visibility"] in seen and row["archived_at"] is None
    }
    measures = list(Measure.objects.visible_to(reader).order_by("no"))
    states = [row for measure in measures for row in _states(then.get(measure.pk), measure)]
    moves = _moves(reader, since, set(then))
    if states:
        header = (_("Maßnahme"), _("Angabe"), _("zuvor"), _("jetzt"))
        yield Table(_("Phase, Status und Ampel der Maßnahmen"), header, tuple(states))
    if moves:
        header = (_("Maßnahme"), _("Kommune"), _("zuvor"), _("jetzt"))
        yield Table(_("Stufen des Roll-outs"), header, tuple(moves))
    if not states and not moves:
        yield Paragraph(_("Es gab keine Änderungen."))


def _states(before: dict[str, Any] | None, measure: Measure) -> Iterator[tuple[str, ...]]:
    if before is None:
        yield str(measure), _("Maßnahme"), "–", _("neu im Portal")
        return
    for name, choices in STATES.items():
        was, is_now = before[name], getattr(measure, name)
        if was != is_now:
            yield str(measure), str(LABELS[name]), str(choices(was).label), str(choices(is_now).label)


def _moves(reader: Any, since: datetime, known: set[int]) -> list[tuple[str, ...]]:
    cells = (
        RolloutCell.objects.visible_to(reader)
        .filter(measure__in=known)
        .changed_since(since)
        .with_stage_at(since)
        .select_related("measure", "municipality")
    )
    moved = [cell for cell in cells if cell.stage_then != cell.stage]  # type: ignore[attr-defined]
    moved.sort(key=lambda cell: (cell.measure.no, german_key(cell.municipality.name)))
    return [
        (
            str(cell.measure),
            cell.municipality.name,
            str(RolloutCell.Stage(cell.stage_then).label),  # type: ignore[attr-defined]
            cell.get_stage_display(),
        )
        for cell in moved
    ]
