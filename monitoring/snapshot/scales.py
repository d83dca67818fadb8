"""The four scales with the signs and tones that a report's legend gives them; labels come from the models."""

from typing import Final

from django.db.models import TextChoices

from measures.models import Measure, RolloutCell
from monitoring.snapshot.schema import Coded, Scales, ScaleStep, Tone

Signs = dict[TextChoices, tuple[str, Tone]]

PHASES: Final[Signs] = {
    Measure.Phase.IDEA: ("ID", "step1"),
    Measure.Phase.CONCEPT: ("KO", "step2"),
    Measure.Phase.PILOT: ("PI", "step3"),
    Measure.Phase.OPERATION: ("VE", "step4"),
    Measure.Phase.ROLLOUT: ("TR", "step5"),
}
STATUSES: Final[Signs] = {
    Measure.Status.PLANNED: ("GE", "step1"),
    Measure.Status.ACTIVE: ("LA", "step4"),
    Measure.Status.ON_HOLD: ("RU", "grey"),
    Measure.Status.COMPLETED: ("AB", "step5"),
    Measure.Status.DISCONTINUED: ("EI", "out"),
}
LIGHTS: Final[Signs] = {
    Measure.Light.GREEN: ("GN", "green"),
    Measure.Light.YELLOW: ("GB", "yellow"),
    Measure.Light.RED: ("RT", "red"),
    Measure.Light.GREY: ("GR", "grey"),
}
STAGES: Final[Signs] = {
    RolloutCell.Stage.LIVE: ("RB", "step5"),
    RolloutCell.Stage.INTRODUCING: ("EF", "step4"),
    RolloutCell.Stage.PREPARING: ("VB", "step3"),
    RolloutCell.Stage.COMMITTED: ("ZU", "step2"),
    RolloutCell.Stage.INTERESTED: ("IN", "step1"),
    RolloutCell.Stage.NOT_STARTED: ("NB", "step0"),
    RolloutCell.Stage.UNKNOWN: ("?", "unknown"),
    RolloutCell.Stage.NOT_AFFECTED: ("–", "out"),
    RolloutCell.Stage.REJECTED: ("AL", "out"),
    RolloutCell.Stage.WITHDRAWN: ("ZZ", "out"),
}


def coded(value: TextChoices) -> Coded:
    return Coded(code=str(value.value), label=str(value.label))


def scales() -> Scales:
    return Scales(
        phases=_steps(PHASES), statuses=_steps(STATUSES), lights=_steps(LIGHTS), stages=_steps(STAGES)
    )


def _steps(signs: Signs) -> list[ScaleStep]:
    return [
        ScaleStep(code=str(value.value), label=str(value.label), short=short, tone=tone)
        for value, (short, tone) in signs.items()
    ]
