"""The kinds of jobs: each with its German title, its work, and what a job of it was for."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from smartregion.base.models import Job

Finish = Callable[[], None]
Handler = Callable[["Job"], Finish]


class Subject(NamedTuple):
    """What a job was for, and where a reader finds it; "" where they may know its name alone."""

    label: str
    url: str


Subjects = Callable[[Collection[int], Any], Mapping[int, Subject]]
"""Of these jobs' keys, those whose subject the user may know. A fixed number of questions."""


def nobodys(keys: Collection[int], user: Any) -> Mapping[int, Subject]:
    """Of a kind whose jobs have no subject with a page."""
    return {}


@dataclass(frozen=True)
class Kind:
    title: Any
    """May be translated late."""
    work: Handler
    subjects: Subjects


KINDS: dict[str, Kind] = {}


def title_of(kind: str) -> str:
    """The German title; the key itself for a kind that an earlier version knew."""
    return str(KINDS[kind].title) if kind in KINDS else kind
