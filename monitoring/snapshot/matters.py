"""What committees did until a moment, as the audience may read it; shared by several parts of a snapshot."""

from collections import defaultdict
from functools import cached_property

from governance.models import AgendaItem, Committee, Meeting, Resolution, ResolutionMeasure
from measures.models import Visibility
from monitoring.snapshot.past import Past, Row

RESOLUTION = (
    *("committee_id", "item_id", "number", "title", "wording", "resolved_on", "outcome", "supersedes_id"),
    *("votes_for", "votes_against", "abstentions", "visibility"),
)


class Matters:
    """Asks for each kind of row at most once. Internal matters are those of the Lenkungskreis alone."""

    def __init__(self, past: Past) -> None:
        self.past = past

    @cached_property
    def committees(self) -> dict[int, Row]:
        rows = self.past.shown(Committee, "name", "kind", "position")
        return {row.pk: row for row in rows if _is_open(row, row)}

    @cached_property
    def recorded(self) -> list[Row]:
        """All resolutions, whoever may read them: only to tell what is no longer in force."""
        return self.past.rows(Resolution, *RESOLUTION)

    @cached_property
    def resolutions(self) -> dict[int, Row]:
        return self.open(self.past.readable(Resolution, self.recorded))

    @cached_property
    def meetings(self) -> dict[int, Row]:
        return self.open(self.past.shown(Meeting, "committee_id", "starts_at", "status"))

    @cached_property
    def items(self) -> dict[int, Row]:
        """Items of agendas whose meeting the audience may know."""
        shown = self.past.shown(AgendaItem, "meeting_id")
        known = (row for row in shown if row.meeting_id in self.meetings)
        return {
            row.pk: row
            for row in known
            if row.visibility == Visibility.PUBLIC or self._committee_of(row).kind == Committee.Kind.STEERING
        }

    @cached_property
    def superseded(self) -> dict[int, str | None]:
        """By key, what is no longer in force: the successor's number, None where it is not to be seen."""
        numbers = {pk: row.number for pk, row in self.resolutions.items()}
        return {row.supersedes_id: numbers.get(row.pk) for row in self.recorded if row.supersedes_id}

    @cached_property
    def measures_of(self) -> dict[int, set[int]]:
        """The keys of the measures that a resolution is about, whoever may see them."""
        links: dict[int, set[int]] = defaultdict(set)
        for link in self.past.rows(ResolutionMeasure, "resolution_id", "measure_id"):
            links[link.resolution_id].add(link.measure_id)
        return links

    def open(self, rows: list[Row]) -> dict[int, Row]:
        """Those of the rows, shown ones of a committee, that are no inner matter of another committee."""
        known = (row for row in rows if row.committee_id in self.committees)
        return {row.pk: row for row in known if _is_open(row, self.committees[row.committee_id])}

    def _committee_of(self, item: Row) -> Row:
        return self.committees[self.meetings[item.meeting_id].committee_id]


def _is_open(matter: Row, committee: Row) -> bool:
    """Internal matters of a committee are for its members: here those of the Lenkungskreis."""
    return bool(matter.visibility == Visibility.PUBLIC or committee.kind == Committee.Kind.STEERING)
