"""What is new in public: each app tells it in its `public_news.py`, for feeds and for mails to anybody.

All of it comes from the history of rows, read anew each time and as a visitor sees them now. Nothing is told
of a row that is not public now, nor what happened before it was last made public (docs/decisions/0023).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Final, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from smartregion.base.history import event_model

VISITOR: Final = AnonymousUser()


class Topic(NamedTuple):
    """What somebody follows: kind and key, as both stand in addresses."""

    kind: str
    key: str


@dataclass(frozen=True)
class News:
    """One thing that is new.

    Attributes:
        key: the same for good: of the row and of the event in its history.
        about: what the row is called.
        subject: label of the model and primary key of the row.
        is_new: it tells that there is the thing, which it describes as it is now.
        is_move: it tells only when the thing takes place from now on.
    """

    key: str
    at: datetime
    about: str
    text: str
    url: str
    subject: tuple[str, int]
    topics: frozenset[Topic]
    is_example: bool = False
    is_new: bool = False
    is_move: bool = False


@dataclass(frozen=True)
class Choice:
    """Something that can be followed."""

    label: str
    url: str


Find = Callable[[Collection[str] | None], dict[str, Choice]]
"""Of these keys, or of all where it is None, those that a visitor may see, in their order."""


@dataclass(frozen=True)
class Kind:
    """A kind of topics.

    Attributes:
        label: for people, in the plural.
        find: what of it can be followed.
        is_listed: there are so few that a form can offer them all.
    """

    key: str
    label: Any
    order: int
    find: Find
    is_listed: bool


Tell = Callable[[datetime], Iterable[News]]

_kinds: dict[str, Kind] = {}
_sources: dict[str, Tell] = {}


def topics(key: str, *, label: Any, order: int, is_listed: bool = True) -> Callable[[Find], Find]:
    """Decorator: this function finds the topics of a kind."""

    def add(find: Find) -> Find:
        _kinds[key] = Kind(key, label, order, find, is_listed)
        return find

    return add


def kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.order)


def kind_of(key: str) -> Kind | None:
    return _kinds.get(key)


def source(key: str) -> Callable[[Tell], Tell]:
    """Decorator: this function tells what is new since a moment."""

    def add(tell: Tell) -> Tell:
        _sources[key] = tell
        return tell

    return add


def news(since: datetime, until: datetime) -> list[News]:
    """All that is new after the first moment and until the other, the newest first.

    Costs a fixed number of queries.
    """
    found = (each for tell in _sources.values() for each in tell(since) if since < each.at <= until)
    return sorted(found, key=lambda each: (each.at, each.key), reverse=True)


def condensed(found: list[News]) -> list[News]:
    """For a list that tells of several weeks, the newest first: when a thing takes place stands once."""
    said, kept = {each.subject for each in found if each.is_new}, []
    for each in found:
        if each.is_move and each.subject in said:
            continue
        if each.is_move:
            said.add(each.subject)
        kept.append(each)
    return kept


def choices_of(rows: Any, keys: Collection[str] | None) -> dict[str, Choice]:
    """For `Find`: the rows by their `slug`."""
    chosen = rows if keys is None else rows.filter(slug__in=keys)
    return {row.slug: Choice(str(row), row.get_absolute_url()) for row in chosen}


class Step(NamedTuple):
    """A change of a row that a visitor could see before and after it."""

    before: Any
    after: Any


@dataclass
class Life:
    """A row since a moment, by its history.

    Attributes:
        newest: the last event, which says what the row says now.
        shown: the event by which it was last made public, if that was after the moment.
        steps: what changed since then.
    """

    newest: Any
    shown: Any = None
    steps: list[Step] = field(default_factory=list)

    def is_new(self, after: "Life | None" = None) -> bool:
        """Whether it came after what it belongs to; of a new one everything would be new."""
        return self.shown is not None and _is_later(self.shown, after)

    def changes(self, after: "Life | None" = None) -> Iterator[Step]:
        return (step for step in self.steps if _is_later(step.after, after))


def _is_later(event: Any, life: Life | None) -> bool:
    return life is None or life.shown is None or event.pgh_created_at > life.shown.pgh_created_at


IsPublic = Callable[[Any, Any], bool]
"""Whether a visitor could see the row as an event has it; the second one is the row's newest."""


def lives(rows: QuerySet[Any], since: datetime, is_public: IsPublic) -> dict[int, Life]:
    """Of those of the rows, which a visitor may see now, that changed since the moment. Two queries."""
    events: Any = event_model(rows.model)._base_manager
    recent = events.filter(pgh_created_at__gt=since, pgh_obj_id__in=rows.order_by().values("pk"))
    later: dict[int, list[Any]] = defaultdict(list)
    for event in recent.order_by("pgh_created_at", "pgh_id"):
        later[event.pgh_obj_id].append(event)
    before = events.filter(pgh_created_at__lte=since, pgh_obj_id__in=list(later))
    newest = before.order_by("pgh_obj_id", "-pgh_created_at", "-pgh_id").distinct("pgh_obj_id")
    then = {event.pgh_obj_id: event for event in newest}
    return {key: _life(then.get(key), events, is_public) for key, events in later.items()}


def _life(before: Any, later: list[Any], is_public: IsPublic) -> Life:
    walk, newest = [before, *later], later[-1]
    hidden = [
        place
        for place, event in enumerate(walk)
        if event is None or event.pgh_label == "delete" or not is_public(event, newest)
    ]
    seen = walk[hidden[-1] + 1 :] if hidden else walk
    steps = [Step(*pair) for pair in pairwise(seen)]
    return Life(newest, seen[0] if hidden and seen else None, steps)


def key_of(event: Any) -> str:
    """The key of the news that this event of the history makes."""
    return f"{event._meta.label_lower}.{event.pgh_id}"
