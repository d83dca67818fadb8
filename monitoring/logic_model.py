"""The logic model of a measure (Wirkungsmodell): what goes in, what is done, what comes of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from measures.models import BudgetLine, Measure, Milestone
from measures.money import total
from monitoring.indicators import Shown
from monitoring.models import Indicator
from smartregion.base.languages import German
from smartregion.base.money import euro


@dataclass(frozen=True)
class Element:
    """One thing in a step; `state` says how it stands, `url` leads to it."""

    label: str
    state: str
    url: str = ""


@dataclass(frozen=True)
class Step:
    """One step of the chain with its elements; `meaning` explains it in a few words."""

    key: str
    name: str
    meaning: str
    elements: list[Element]


def logic_model(measure: Measure, rows: Iterable[Shown], user: Any) -> list[Step]:
    """The five steps as far as the user may see what is in them.

    Args:
        rows: the measure's indicators that the user may see. The rest costs two queries.
    """
    rows = list(rows)

    def at(level: Indicator.Level) -> list[Element]:
        return [_indicator(row) for row in rows if row.indicator.level == level]

    level = Indicator.Level
    return [
        Step("input", _("Input"), _("Was wir einsetzen"), [*_money(measure, user), *at(level.INPUT)]),
        Step("activity", _("Aktivität"), _("Was wir tun"), list(_activities(measure.milestones.all()))),
        Step("output", _("Output"), _("Was entsteht"), at(level.OUTPUT)),
        Step("outcome", _("Outcome"), _("Was sich bei der Zielgruppe ändert"), at(level.OUTCOME)),
        Step("impact", _("Impact"), _("Was es der Region bringt"), at(level.IMPACT)),
    ]


def _money(measure: Measure, user: Any) -> Iterator[Element]:
    lines = BudgetLine.objects.visible_to(user).filter(measure=measure)
    planned = total(lines.values_list("amount", flat=True))
    if planned is not None:
        yield Element(_("Geplante Mittel"), euro(planned))


def _activities(milestones: Iterable[Milestone]) -> Iterator[Element]:
    for milestone in milestones:
        if milestone.actual_date:
            state = _("erreicht")
        elif milestone.is_overdue():
            state = _("überfällig")
        else:
            state = _("offen")
        yield Element(German(milestone.title), state)


def _indicator(row: Shown) -> Element:
    words = {"value": row.value, "target": row.target, "unit": row.indicator.unit}
    if row.standing.value is None:
        state = _("noch kein Wert")
    elif row.standing.target is None:
        state = _("%(value)s %(unit)s") % words
    else:
        state = _("%(value)s von %(target)s %(unit)s") % words
    return Element(German(row.indicator.name), state, row.indicator.get_absolute_url())
