"""People who read and write while the versions change, each through the version that serves them."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import psycopg
from django.urls import reverse

from drill.beside import Beside
from drill.crowd.person import Journal, Person

THINK_SECONDS: Final = 0.5
WRITERS, READERS = 4, 4
PAGES: Final = ["home", "workplace", "measures", "matrix", "map", "committees", "reports", "dashboard"]
WITH_WORDS: Final = ["/suche/?q=Netz", "/massnahmen/?stand=2026-01-31"]
"""The search and a past day: both read what is made from the tables, which migrations make anew."""
CELLS: Final = """
SELECT cell.id, municipality.slug, measure.slug
FROM measures_rolloutcell cell
JOIN network_municipality municipality ON municipality.id = cell.municipality_id
JOIN measures_measure measure ON measure.id = cell.measure_id
WHERE measure.archived_at IS NULL ORDER BY cell.id LIMIT 40
"""
ACCOUNTS: Final = "SELECT email FROM network_user WHERE is_demo AND role = ANY(%s) ORDER BY id"
IN_HISTORY: Final = "SELECT note FROM measures_rolloutcellevent WHERE note LIKE 'Drill %'"
APART: Final = """
SELECT cell.id FROM measures_rolloutcell cell CROSS JOIN LATERAL (
    SELECT note FROM measures_rolloutcellevent WHERE pgh_obj_id = cell.id
    ORDER BY pgh_created_at DESC, pgh_id DESC LIMIT 1
) newest WHERE newest.note <> cell.note
"""


@dataclass
class Phase:
    """What people saw in one part of the drill."""

    name: str
    answers: int
    saved: list[str]
    faults: list[str]
    longest: float


class Visits(Beside):
    """A context manager: a thread for each person, until the block ends."""

    def __init__(self, people: Sequence[Person], name: str) -> None:
        self.people = people
        self.name = name
        self.phases: list[Phase] = []

    def work(self) -> list[Callable[[], None]]:
        return [partial(self._live, person) for person in self.people]

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self.begin("")

    def begin(self, name: str) -> None:
        """From here on it is another phase."""
        journals = [person.journal for person in self.people]
        for person in self.people:
            person.journal = Journal()
        seconds = [taken for journal in journals for taken in journal.seconds]
        self.phases.append(
            Phase(
                self.name,
                len(seconds),
                [note for journal in journals for note in journal.saved],
                [fault for journal in journals for fault in journal.faults],
                max(seconds, default=0),
            )
        )
        self.name = name

    def pause(self, seconds: float) -> None:
        """Let them go on for so long."""
        self.ended.wait(seconds)

    def _live(self, person: Person) -> None:
        while not self.ended.wait(person.rng.expovariate(1 / THINK_SECONDS)):
            person.act()


def cells(database: psycopg.Connection) -> list[tuple[int, str]]:
    """Keys and addresses of the cells that are edited."""
    return [
        (key, reverse("cell", args=[municipality, measure]))
        for key, municipality, measure in database.execute(CELLS).fetchall()
    ]


def people(database: psycopg.Connection, portal: str, paths: Sequence[str]) -> list[Person]:
    """Writers share the cells among them, so that nobody is told of a conflict; they have signed in."""
    coordinators, others = (
        [email for (email,) in database.execute(ACCOUNTS, [roles]).fetchall()]
        for roles in (["coordination"], ["municipality", "steering", "team", "administration"])
    )
    pages = [*map(reverse, PAGES), *WITH_WORDS]
    writers = [
        Person(portal, coordinators[0], pages, list(paths[place::WRITERS]), seed=place)
        for place in range(WRITERS)
    ]
    readers = [
        Person(portal, others[place % len(others)], pages, [], seed=WRITERS + place)
        for place in range(READERS)
    ]
    for person in [*writers, *readers]:
        # A connection that is kept may be closed by the server just when something is sent through it.
        person.browser.headers["Connection"] = "close"
        person.sign_in()
    return [*writers, *readers]


def lost(database: psycopg.Connection, notes: Sequence[str]) -> Iterator[str]:
    """Acknowledged writes that do not stand in the history once; cells that differ from their history."""
    kept = Counter(note for (note,) in database.execute(IN_HISTORY).fetchall())
    for note in notes:
        if kept[note] != 1:
            yield f"“{note}” was acknowledged and stands {kept[note]} times in the history"
    yield from (f"cell {key} differs from its history" for (key,) in database.execute(APART).fetchall())
