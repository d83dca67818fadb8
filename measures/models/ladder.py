"""The ladder of the roll-out: from which stage a municipality may step to which, and what the step needs.

- The first statement may be anything: "unbekannt" says that nobody has told us yet. For the same reason
  nobody goes back there.
- Forward on the way any number of steps at once: who reports tells what happened since the last report.
- Back on the way with a reason. A commitment is not unsaid by stepping back behind it: who gives it up is
  "zurückgezogen", which therefore comes after a commitment only.
- "abgelehnt" answers the question whether to take part, so it comes before the commitment only.
- "nicht betroffen" cannot be who runs the solution. Who has committed says why they are not affected.
- From "abgelehnt", "zurückgezogen" and "nicht betroffen" anyone may begin anew, anywhere on the way.

`Step` says that for one pair of stages, `check_step` holds it for a row, and `STEP_GUARD` lets PostgreSQL
refuse the pairs that are not in `NEXT`. Two exceptions are no steps: undoing brings back a state that
existed, merging moves one that held in another measure (docs/decisions/0004).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from measures.models.rollout import RolloutCell


class Stage(models.TextChoices):
    NOT_AFFECTED = "not_affected", gettext_lazy("nicht betroffen")
    UNKNOWN = "unknown", gettext_lazy("unbekannt")
    NOT_STARTED = "not_started", gettext_lazy("nicht begonnen")
    INTERESTED = "interested", gettext_lazy("Interesse bekundet")
    COMMITTED = "committed", gettext_lazy("zugesagt")
    PREPARING = "preparing", gettext_lazy("in Vorbereitung")
    INTRODUCING = "introducing", gettext_lazy("in Einführung")
    LIVE = "live", gettext_lazy("im Regelbetrieb")
    REJECTED = "rejected", gettext_lazy("abgelehnt")
    WITHDRAWN = "withdrawn", gettext_lazy("zurückgezogen")

    @property
    def short(self) -> str:
        """The stage in a word that fits a narrow column."""
        return str(SHORT_LABELS[self])


SHORT_LABELS: Final = {
    Stage.NOT_AFFECTED: gettext_lazy("nicht betr."),
    Stage.UNKNOWN: gettext_lazy("unbekannt"),
    Stage.NOT_STARTED: gettext_lazy("n. begonnen"),
    Stage.INTERESTED: gettext_lazy("Interesse"),
    Stage.COMMITTED: gettext_lazy("zugesagt"),
    Stage.PREPARING: gettext_lazy("Vorbereit."),
    Stage.INTRODUCING: gettext_lazy("Einführung"),
    Stage.LIVE: gettext_lazy("Betrieb"),
    Stage.REJECTED: gettext_lazy("abgelehnt"),
    Stage.WITHDRAWN: gettext_lazy("zurückgez."),
}

OPEN: Final = [Stage.NOT_STARTED, Stage.INTERESTED]
BOUND: Final = [Stage.COMMITTED, Stage.PREPARING, Stage.INTRODUCING, Stage.LIVE]
MOVING: Final = BOUND[1:]
"""Beyond the commitment: the work in the municipality has begun."""
WAY: Final = [*OPEN, *BOUND]
UNDER_WAY: Final = [Stage.INTERESTED, *BOUND[:-1]]
"""From the first interest to the introduction."""

NEXT: Final[dict[Stage, list[Stage]]] = {
    Stage.UNKNOWN: [*WAY, Stage.REJECTED, Stage.WITHDRAWN, Stage.NOT_AFFECTED],
    Stage.NOT_STARTED: [*WAY, Stage.REJECTED, Stage.NOT_AFFECTED],
    Stage.INTERESTED: [*WAY, Stage.REJECTED, Stage.NOT_AFFECTED],
    Stage.COMMITTED: [*BOUND, Stage.WITHDRAWN, Stage.NOT_AFFECTED],
    Stage.PREPARING: [*BOUND, Stage.WITHDRAWN, Stage.NOT_AFFECTED],
    Stage.INTRODUCING: [*BOUND, Stage.WITHDRAWN, Stage.NOT_AFFECTED],
    Stage.LIVE: [*BOUND, Stage.WITHDRAWN],
    Stage.REJECTED: [*WAY, Stage.NOT_AFFECTED],
    Stage.WITHDRAWN: [*WAY, Stage.NOT_AFFECTED],
    Stage.NOT_AFFECTED: [*WAY, Stage.REJECTED],
}
"""The stages that may follow, or stay. The others may stay too, for that is no step."""


def reaches(stage: str, least: str) -> bool:
    """Whether the stage is on the way, and at least as far as the other one."""
    return stage in WAY and WAY.index(Stage(stage)) >= WAY.index(Stage(least))


def next_on_way(stage: str) -> Stage | None:
    """What usually comes next; None off the way and at its end."""
    return WAY[WAY.index(Stage(stage)) + 1] if stage in WAY[:-1] else None


@dataclass(frozen=True)
class Step:
    """From one stage to another one."""

    before: Stage
    after: Stage

    @property
    def is_allowed(self) -> bool:
        return self.after in NEXT[self.before]

    @property
    def is_back(self) -> bool:
        return reaches(self.before, Stage.INTERESTED) and self.after in WAY[: WAY.index(self.before)]

    @property
    def needs_reason(self) -> bool:
        is_refusal = self.after in {Stage.REJECTED, Stage.WITHDRAWN}
        leaves_commitment = self.before in BOUND and self.after == Stage.NOT_AFFECTED
        return is_refusal or leaves_commitment or self.is_back

    @property
    def needs_evidence(self) -> bool:
        return self.after == Stage.LIVE


def faults(before: "RolloutCell", after: "RolloutCell") -> dict[str, str]:
    """What is wrong with the step between two states of a cell: field and German sentence."""
    if before.stage == after.stage:
        return {}
    step = Step(Stage(before.stage), Stage(after.stage))
    if not step.is_allowed:
        words = {"before": step.before.label, "after": step.after.label}
        return {"stage": _("Von „%(before)s“ geht es nicht nach „%(after)s“.") % words}
    found = {}
    if after.since is None:
        found["since"] = _("Bitte geben Sie an, seit wann diese Stufe gilt.")
    if step.needs_evidence and not after.evidence:
        found["evidence"] = _("Bitte geben Sie an, woran der Regelbetrieb zu erkennen ist.")
    if step.needs_reason and after.reason in {"", before.reason}:
        found["reason"] = _("Bitte nennen Sie den Grund für diesen Schritt.")
    return found


def check_step(before: "RolloutCell", after: "RolloutCell") -> None:
    """Let the row go from one state to the other only by a step of the ladder.

    Raises:
        ValidationError: the step is not allowed, or lacks what it needs.
    """
    if not _undoing.get() and (found := faults(before, after)):
        raise ValidationError(found)


_undoing: ContextVar[bool] = ContextVar("undoing", default=False)
SETTING: Final = "smartregion.undoing_step"


@contextmanager
def undoing() -> Iterator[None]:
    """Within this, and within the caller's transaction, any step may be taken: back to what there was."""
    token = _undoing.set(True)
    _tell_database("on")
    try:
        yield
        _tell_database("off")
    finally:
        _undoing.reset(token)


moving = undoing
"""The same for a state that already held elsewhere: it is moved as it is, not stepped to."""


def _tell_database(value: str) -> None:
    """Until the end of the transaction; a transaction that fails forgets it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])


def _pairs() -> str:
    return ", ".join(f"'{before.value}>{after.value}'" for before in NEXT for after in NEXT[before])


STEP_GUARD: Final = pgtrigger.Trigger(
    name="step_of_the_ladder",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("stage"),
    condition=pgtrigger.Q(old__stage__df=pgtrigger.F("new__stage")),
    func=f"""
        IF current_setting('{SETTING}', true) IS DISTINCT FROM 'on'
           AND NOT OLD.stage || '>' || NEW.stage = ANY (ARRAY[{_pairs()}]) THEN
          RAISE EXCEPTION 'no step from % to %', OLD.stage, NEW.stage
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cell_step_of_the_ladder';
        END IF;
        RETURN NEW;
    """,
)
"""Last line of defence, for what goes past `save_over`; forms and `check_step` say it in German before."""
