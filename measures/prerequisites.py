"""Which prerequisites are missing where, by the stages as they stand."""

from collections import defaultdict
from collections.abc import Iterable

from measures.models import Prerequisite, RolloutCell
from measures.models.ladder import Stage, reaches

Pair = tuple[int, int]
"""Keys of a measure and a municipality."""


def missing_in(pairs: Iterable[Pair]) -> dict[Pair, list[Prerequisite]]:
    """For each measure in a municipality what it lacks there. Two queries, whatever the number of pairs."""
    pairs = set(pairs)
    measures, places = {measure for measure, _ in pairs}, {place for _, place in pairs}
    binding = Prerequisite.objects.binding().filter(measure__in=measures).select_related("required")
    by_measure: dict[int, list[Prerequisite]] = defaultdict(list)
    for each in binding:
        by_measure[each.measure_id].append(each)
    if not by_measure:
        return {}
    required = {each.required_id for some in by_measure.values() for each in some}
    cells = RolloutCell.objects.filter(measure__in=required, municipality__in=places).order_by()
    stages = {
        (measure, place): stage
        for measure, place, stage in cells.values_list("measure", "municipality", "stage")
    }
    found = {
        (measure, place): [
            each
            for each in by_measure[measure]
            if not reaches(stages.get((each.required_id, place), Stage.UNKNOWN), each.stage)
        ]
        for measure, place in pairs
    }
    return {pair: missing for pair, missing in found.items() if missing}


def missing_for(cell: RolloutCell) -> list[Prerequisite]:
    pair = (cell.measure_id, cell.municipality_id)
    return missing_in([pair]).get(pair, [])
