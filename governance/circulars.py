"""How the votes of a circular are counted, and how its result is sealed."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from governance.models import Circular, Committee, Entitlement
from governance.quorum import needed

Result = Circular.Result


@dataclass(frozen=True)
class Count:
    """What was chosen how often, of so many entitled."""

    entitled: int
    yes: int = 0
    no: int = 0
    abstain: int = 0
    object: int = 0

    @classmethod
    def of(cls, entitled: int, choices: Iterable[str]) -> Self:
        return cls(entitled, **Counter(choices))

    @property
    def took_part(self) -> int:
        return self.yes + self.no + self.abstain + self.object

    @property
    def needed(self) -> int:
        """Of how many the decision needs the part: more than half, whatever the rule of its meetings."""
        return needed(Committee.Quorum.MAJORITY, self.entitled)

    @property
    def result(self) -> Circular.Result:
        """One objection forces a meeting; a decision needs more than half of those entitled to take part.

        An abstention is taking part and decides nothing; a tie is a rejection.
        """
        if self.object:
            return Result.OBJECTED
        if self.took_part < self.needed:
            return Result.NO_QUORUM
        return Result.ADOPTED if self.yes > self.no else Result.REJECTED


def sealed_record(circular: Circular, rights: Iterable[Entitlement], count: Count) -> str:
    """The whole decision as canonical JSON: the same rows give the same characters."""
    paper = circular.paper
    record: dict[str, Any] = {
        "committee": circular.committee.name,
        "title": circular.title,
        "wording": circular.wording,
        "reasoning": circular.reasoning,
        "paper": {"number": paper.number, "title": paper.title} if paper else None,
        "opened_at": circular.opened_at.isoformat() if circular.opened_at else None,
        "closes_at": circular.closes_at.isoformat(),
        "ended_at": circular.ended_at.isoformat() if circular.ended_at else None,
        "result": count.result.value,
        "votes": {"yes": count.yes, "no": count.no, "abstain": count.abstain, "object": count.object},
        "seats": [_seat(right) for right in rights],
    }
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _seat(right: Entitlement) -> dict[str, Any]:
    ballot = getattr(right, "ballot", None)
    return {
        "no": right.pk,
        "group": right.group,
        "function": right.function,
        "organisation": right.organisation,
        "choice": ballot and ballot.choice,
        "comment": ballot and ballot.comment,
        "cast_at": ballot and ballot.cast_at.isoformat(),
    }
