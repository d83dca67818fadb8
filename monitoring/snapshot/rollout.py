"""The matrix of the roll-out: the cells of each measure, and the three figures."""

from typing import Final

from django.utils.translation import gettext as _

from measures.models import COUNTING_RULE, RolloutCell, RolloutFigures
from measures.models.rollout import CONFIRMATION_VALID_FOR
from monitoring.snapshot import schema
from monitoring.snapshot.past import Row
from monitoring.snapshot.world import World

NEVER_MADE: Final = schema.Cell(
    stage=RolloutCell.Stage.UNKNOWN.value, since=None, confirmed_at=None, stale=True
)


def roll_out_of(world: World) -> schema.RollOut:
    is_needed = "roll_out" in world.parts
    return schema.RollOut(
        municipalities=[
            schema.Municipality(key=row.ags, name=row.name, abbr=row.abbreviation, residents=row.residents)
            for row in (world.places if is_needed else [])
        ],
        rows=[_row(measure, world) for measure in world.measures] if is_needed else [],
        counting_rule=counting_rule(world),
        stale_rule=_("Veraltet ist ein Stand, den die Kommune seit mehr als %s Tagen nicht bestätigt hat.")
        % CONFIRMATION_VALID_FOR.days,
    )


def counting_rule(world: World) -> str:
    rule = str(COUNTING_RULE)
    return f"{rule} {_('Gezählt ist hier nur die Kommune des Berichts.')}" if world.scope.place else rule


def _row(measure: Row, world: World) -> schema.RollOutRow:
    known = world.cells.get(measure.pk, {})
    cells = [known.get(place.pk, NEVER_MADE) for place in world.places]
    pairs = zip(cells, world.places, strict=True)
    figures = RolloutFigures.of((cell["stage"], place.residents) for cell, place in pairs)
    return schema.RollOutRow(
        measure_no=measure.no,
        measure_title=measure.title,
        cells=cells,
        affected=figures.affected,
        live=figures.live,
        reached_percent=figures.share,
    )
