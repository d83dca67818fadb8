"""Rules and QuerySets by themselves: whom each rule lets in, and who finds a row in which state.

The matrix of addresses cannot tell what a page leaves out, nor what a rule says of a row that no address
leads to. These tables ask the rules and the QuerySets directly, on the rows and accounts of the matrix.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import rules
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.utils.timezone import localdate, now

from governance.models import Circular, Committee, FollowUp
from measures.models import (
    Experience,
    Impulse,
    Measure,
    RolloutCell,
    SavedView,
    StatusUpdate,
    Task,
    TeamInvitation,
    Visibility,
)
from monitoring.models import ApiToken, EvaluationQuestion, Indicator, IndicatorValue, SelfAssessment
from network.models import AddressChange, Invitation, Municipality, Role, User
from participation.models import Idea, Registration
from smartregion.base.hashed import hash_of
from tests.permission_matrix import ACTORS, Matrix, table_line

YES, NO, ERROR = "yes", "–", "error"
"""An error: the question is never asked for a visitor."""
Answers = dict[str, str]
"""By actor."""
Line = tuple[str, str]
"""What is asked, and about which row or in which state."""
SUBJECTS: Final[dict[str, str]] = {
    "governance.attend": "committee",
    "governance.see_attendance": "committee",
    "governance.propose_topic": "committee",
    "governance.read_internals": "committee",
    "governance.report_follow_up": "follow-up",
    "measures.change_task": "measure",
    "measures.change_measure": "measure",
    "measures.restore_measure": "measure",
    "measures.change_view": "view",
    "measures.add_statusupdate": "measure",
    "measures.change_statusupdate": "update",
    "measures.change_minutes": "measure",
    "measures.add_impulse": "measure",
    "measures.change_impulse": "impulse",
    "measures.change_cell": "cell",
    "measures.publish_experience": "cell",
    "measures.make_wish": "cell",
    "measures.confirm_cells": "municipality",
    "measures.view_shares": "municipality",
    "monitoring.enter_values": "indicator",
    "monitoring.change_value": "value",
    "monitoring.answer_evaluation": "measure",
    "network.invite_as": "role",
}
"""What a rule is asked about; one that is not named here is about nothing but the account."""


class People:
    """The accounts as they are in the database, and the visitor."""

    def __init__(self, matrix: Matrix) -> None:
        keys = {actor: account.pk for actor, account in matrix.accounts.items()}
        self.of: dict[str, Any] = {actor: User.objects.get(pk=key) for actor, key in keys.items()}
        self.of["visitor"] = AnonymousUser()

    def ask(self, question: Callable[[Any], Any]) -> Answers:
        return {actor: _in_a_word(question, self.of[actor]) for actor in ACTORS if actor in self.of}


def _in_a_word(question: Callable[[Any], Any], user: Any) -> str:
    try:
        return YES if question(user) else NO
    except TypeError:
        return ERROR


def changed(row: Any, **values: Any) -> Any:
    """The row as it would be, in memory alone."""
    for name, value in values.items():
        setattr(row, name, value)
    return row


def subjects(matrix: Matrix) -> dict[str, dict[str, Any]]:
    """By what they are, rows that tell the parts of the rules apart."""
    of, people = matrix.keys, matrix.accounts

    def row(model: Any, word: str, **values: Any) -> Any:
        return changed(model.objects.get(pk=of[word]), **values)

    def indicator(**values: Any) -> Any:
        return changed(Indicator.objects.get(key=of["indikatoren"]), **values)

    ours, other = Measure.objects.get(slug=of["massnahmen"]), Measure.objects.get(title="Netz")
    return {
        "measure": {
            "of the team": ours,
            "of the team, archived": changed(Measure.objects.get(pk=ours.pk), archived_at=now()),
            "of another team": other,
        },
        "committee": {
            "of the chair": Committee.objects.get(slug=of["gremien"]),
            "another": Committee(pk=0, slug="anderes"),
        },
        "follow-up": {"of the chair's committee": row(FollowUp, "umsetzung")},
        "view": {"of the coordinator": row(SavedView, "ansichten")},
        "update": {
            "by the team": row(StatusUpdate, "sachstand", visibility="draft"),
            "by the team, approved": row(StatusUpdate, "sachstand", visibility="public"),
            "by the team, which is it no more": row(
                StatusUpdate, "sachstand", visibility="draft", measure=other
            ),
            "by somebody else": row(
                StatusUpdate, "sachstand", visibility="draft", author=people["coordination"]
            ),
        },
        "impulse": {
            "of the municipality": row(Impulse, "impulse"),
            "of the municipality, decided": row(Impulse, "impulse", fate=Impulse.Fate.REJECTED),
        },
        "cell": {"of the municipality": RolloutCell.objects.get(measure=ours)},
        "municipality": {"the own one": Municipality.objects.get(slug=of["kommunen"])},
        "indicator": {
            "of the team": indicator(measure_id=ours.pk, per_municipality=False),
            "of each municipality": indicator(measure_id=None, per_municipality=True),
        },
        "value": {
            "of the municipality": row(IndicatorValue, "werte", indicator=indicator(measure_id=None)),
            "of the county": row(
                IndicatorValue, "werte", indicator=indicator(measure_id=None), municipality=None
            ),
            "of the team": row(
                IndicatorValue, "werte", indicator=indicator(measure_id=ours.pk), municipality=None
            ),
        },
        "role": {str(Role.TEAM): Role.TEAM, str(Role.COORDINATION): Role.COORDINATION},
    }


class RulesAsked:
    """Each rule against each reader, about rows that tell its parts apart."""

    def __init__(self, matrix: Matrix) -> None:
        self.people, self.subjects = People(matrix), subjects(matrix)

    def lines(self) -> Iterator[Line]:
        for name in sorted(rules.permissions.permissions):
            yield from ((name, label) for label in self._about(name))

    def _about(self, name: str) -> dict[str, Any]:
        return self.subjects[SUBJECTS[name]] if name in SUBJECTS else {"": None}

    def ask(self, line: Line) -> Answers:
        name, label = line
        subject = self._about(name)[label]

        def may(user: Any) -> bool:
            """As an account asks; for a visitor the rule itself is asked."""
            if user.is_authenticated:
                return bool(user.has_perm(name, subject))
            return bool(rules.has_perm(name, user, subject))

        return self.people.ask(may)


RIGHT, WRONG = "wort", "falsch"
STATES: Final[dict[str, dict[str, dict[str, Any]]]] = {
    "governance.PaperFile": {"removed": {"removed_at": now()}},
    "measures.Document": {"removed": {"removed_at": now()}},
    "measures.Experience": {"published": {"is_public": True}},
    "measures.Measure": {"archived": {"archived_at": now()}},
    "measures.Risk": {"public": {"is_public": True}},
    "measures.SavedView": {"shared": {"is_shared": True}},
    "participation.EventFile": {"removed": {"removed_at": now()}},
    "participation.Idea": {"waiting": {"state": "waiting"}},
    "participation.Survey": {"draft": {"is_published": False}},
}
"""Beside the visibility: what else of a row changes who finds it, or finds what belongs to it."""
ABOVE: Final = (
    "measure",
    "required",
    "milestone",
    "predecessor",
    "cell",
    "committee",
    "meeting",
    "paper",
    "event",
    "resolution",
)
"""The fields that lead to a row which hides those that belong to it."""
SORTING: Final = {
    "measures.Measure.with_last_update": "adds the day of an update",
    "governance.Paper.with_committee_for": "adds the committee",
    "participation.Survey.with_names": "adds field and event",
}
"""They find the same rows for everybody."""
ELSEWHERE: Final = {
    "governance.Amendment.visible_to": "needs sealed minutes",
    "governance.Ballot.visible_to": "needs a vote",
    "governance.Circular.awaiting": "needs a circular that was opened",
    "governance.Meeting.unanswered_by": "needs an invited seat",
    "governance.Meeting.unanswered_by_deputy": "needs a deputy",
    "governance.MinutesFile.visible_to": "needs sealed minutes",
}
"""Not in the table; the tests named in `tests/mutate_rules.py` make such rows."""


@dataclass(frozen=True)
class Guard:
    """A method of a QuerySet that is told who asks, or which secret they have."""

    queryset: type[models.QuerySet[Any]]
    method: str
    model: type[models.Model]
    asks_for_secret: bool

    @property
    def name(self) -> str:
        return f"{self.model._meta.label}.{self.method}"


def parameters_of(method: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(method).parameters)[1:]


def all_guards() -> list[Guard]:
    """Each once, though several models may share a QuerySet."""
    found: dict[tuple[type, str], Guard] = {}
    for model in sorted(apps.get_models(), key=lambda each: each._meta.label):
        for base in type(model._default_manager.get_queryset()).__mro__:
            for name, method in vars(base).items():
                asked = parameters_of(method) if inspect.isfunction(method) else []
                if asked in (["user"], ["token"], ["secret"]):
                    found.setdefault((base, name), Guard(base, name, model, asked != ["user"]))
    return [guard for guard in found.values() if guard.name not in SORTING]


def prepare(matrix: Matrix) -> None:
    """Rows that no address needs, and values by which readers differ."""
    own = matrix.accounts["own"]
    ours = Measure.objects.get(slug=matrix.keys["massnahmen"])
    Experience.objects.get_or_create(cell=RolloutCell.objects.get(measure=ours), defaults={"lessons": "Früh"})
    SelfAssessment.objects.create(
        question=EvaluationQuestion.objects.order_by("pk")[0], measure=ours, rating=1
    )
    AddressChange.objects.create(user=own, email="neu2@example.org", secret_hash=hash_of(RIGHT))
    Invitation.objects.update(secret_hash=hash_of(RIGHT))
    ApiToken.objects.update(token_hash=hash_of(RIGHT), expires_on=localdate())
    Indicator.objects.update(measure=ours)
    Idea.objects.update(measure=ours)
    Registration.objects.update(account=own.pk)
    StatusUpdate.objects.update(visibility=Visibility.PUBLIC)
    Task.objects.update(seat=matrix.keys["team"])
    TeamInvitation.objects.update(expires_at=now() + timedelta(days=1))


class RowsAsked:
    """Each guard against each reader, about one row in all its states."""

    def __init__(self, matrix: Matrix) -> None:
        self.people = People(matrix)
        del self.people.of["disabled"]  # it asks nothing, as it cannot sign in
        self.guards = {guard.name: guard for guard in all_guards() if guard.name not in ELSEWHERE}
        prepare(matrix)

    def lines(self) -> Iterator[Line]:
        for name in sorted(self.guards):
            yield from ((name, state) for state in self._states(self.guards[name]))

    def _states(self, guard: Guard) -> dict[str, tuple[models.Model, dict[str, Any]]]:
        """By its name: which row is to get which values."""
        row = row_of(guard.model)
        if guard.asks_for_secret:
            return {RIGHT: (row, {}), WRONG: (row, {})}
        found: dict[str, tuple[models.Model, dict[str, Any]]] = {"": (row, {})}
        for path, each in [("", row), *rows_above(row)]:
            for state, values in states_of(type(each)).items():
                found[f"{path} {state}".strip()] = (each, values)
        return found

    def ask(self, line: Line) -> Answers:
        guard = self.guards[line[0]]
        target, values = self._states(guard)[line[1]]
        row, asked = row_of(guard.model), line[1] if guard.asks_for_secret else None

        def finds(user: Any) -> bool:
            found = getattr(guard.model._default_manager.all(), guard.method)(asked or user)
            return found.filter(pk=row.pk).exists() if isinstance(found, models.QuerySet) else bool(found)

        with transaction.atomic():
            if values:
                type(target)._base_manager.filter(pk=target.pk).update(**values)
            answers = self.people.ask(finds)
            transaction.set_rollback(True)
        return answers


def row_of(model: type[models.Model]) -> models.Model:
    row = model._base_manager.order_by("pk").first()
    if row is None:
        raise LookupError(f"No row of {model._meta.label}")
    return row


def states_of(model: type[models.Model]) -> dict[str, dict[str, Any]]:
    has_visibility = any(field.name == "visibility" for field in model._meta.concrete_fields)
    possible = [each for each in Visibility if model is not Circular or each != Visibility.DRAFT]
    visibilities = {each.value: {"visibility": each.value} for each in possible} if has_visibility else {}
    return {**visibilities, **STATES.get(model._meta.label, {})}


def rows_above(row: models.Model, depth: int = 3) -> Iterator[tuple[str, models.Model]]:
    """With the way to each."""
    for field in row._meta.concrete_fields:
        above = getattr(row, field.name) if depth and field.name in ABOVE else None
        if above is not None:
            if states_of(type(above)):
                yield field.name, above
            yield from ((f"{field.name}.{path}", each) for path, each in rows_above(above, depth - 1))


HEADS: Final = {
    RulesAsked: """
## Rules

What each rule answers, about rows that tell its parts apart.

""",
    RowsAsked: """
## Rows

Who finds a row by a QuerySet's method, in each state of the row and of those that it belongs to; for secrets,
with the right and with a wrong one. "error": never asked for a visitor.

""",
}


def make_tables(matrix: Matrix) -> str:
    """Both, for the end of docs/permissions.md; changes rows, so to be taken back."""
    return "".join(head + _as_table(kind(matrix)) for kind, head in HEADS.items())


def _as_table(asked: RulesAsked | RowsAsked) -> str:
    actors = [label for actor, label in ACTORS.items() if actor in asked.people.of]
    heads = ["What", "About, or in which state", *actors]
    lines = [table_line(heads), table_line(["---"] * len(heads))]
    for name, about in asked.lines():
        lines.append(table_line([f"`{name}`", about or "–", *asked.ask((name, about)).values()]))
    return "\n".join(lines) + "\n"


def told(text: str, kind: type[RulesAsked | RowsAsked]) -> dict[Line, list[str]]:
    """What the file says, in the order of the readers."""
    title = HEADS[kind].strip().splitlines()[0]
    section = text.partition(f"\n{title}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return {(name.strip("`"), "" if about == "–" else about): words for name, about, *words in rows}
