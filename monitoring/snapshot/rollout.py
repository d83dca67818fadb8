"""The matrix of the roll-out: the cells of each measure, and the three figures."""

from itertools import repeat

from django.utils.translation import gettext as _

from measures.models import COUNTING_RULE, RolloutCell, RolloutFigures
from measures.models.rollout import CONFIRMATION_VALID_FOR
from monitoring.snapshot import schema
from monitoring.snapshot.cells import Cell
from monitoring.snapshot.past import Row
from monitoring.snapshot.world import World

NEVER_MADE: Cell = (RolloutCell.Stage.UNKNOWN.value, None, None, True)
NAMES = ("stage", "since", "confirmed_at", "stale")


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
    """Written for many: a county may have a thousand measures and hundreds of municipalities."""
    known = world.cells.get(measure.pk, {})
    packed = [known.get(place.pk, NEVER_MADE) for place in world.places]
    stages = (cell[0] for cell in packed)
    figures = RolloutFigures.of(zip(stages, (place.residents for place in world.places), strict=True))
    return schema.RollOutRow(
        measure_no=measure.no,
        measure_title=measure.title,
        cells=[dict(zip(*pair, strict=True)) for pair in zip(repeat(NAMES), packed)],  # type: ignore[misc]
        affected=figures.affected,
        live=figures.live,
        reached_percent=figures.share,
    )
