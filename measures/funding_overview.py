"""Money and funding of all measures that a reader may see; the same for the page and for the export."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property

from measures.filters import FundingFilter
from measures.models import BudgetLine, CallOff, FundingProgramme, Grant, Measure, Movement
from measures.money import (
    Entry,
    Figures,
    GrantSheet,
    figures_by,
    figures_by_year,
    grant_sheets,
    ledger,
    total,
)


@dataclass(frozen=True)
class ProgrammeSheet:
    programme: FundingProgramme
    grants: list[GrantSheet]

    @property
    def granted(self) -> Decimal | None:
        return total(sheet.grant.amount for sheet in self.grants)

    @property
    def called_off(self) -> Decimal | None:
        return total(sheet.called_off for sheet in self.grants)

    @property
    def not_called_off(self) -> Decimal | None:
        return total(sheet.not_called_off for sheet in self.grants)


class FundingOverview:
    """A fixed number of queries, each asked when its figures are shown.

    Args:
        chosen: only the money of these measures; of all that the user may see where it is None.
    """

    def __init__(self, user: Any, chosen: QuerySet[Measure] | None = None) -> None:
        self.user, self.chosen = user, chosen

    def _of_chosen(self, model: Any) -> Any:
        visible = model.objects.visible_to(self.user)
        return visible if self.chosen is None else visible.filter(measure__in=self.chosen.order_by())

    @cached_property
    def entries(self) -> list[Entry]:
        return ledger(self._of_chosen(BudgetLine), self._of_chosen(Movement))

    @cached_property
    def figures(self) -> Figures:
        return Figures.of(self.entries)

    @cached_property
    def by_year(self) -> dict[int, Figures]:
        return figures_by_year(self.entries)

    @cached_property
    def measures(self) -> dict[int, Measure]:
        """Those with money, by their key, in the order of their numbers."""
        found = Measure.objects.visible_to(self.user).filter(pk__in={entry.measure for entry in self.entries})
        return {measure.pk: measure for measure in found.order_by("no")}

    @cached_property
    def by_measure(self) -> list[tuple[Measure, Figures]]:
        figures = figures_by(self.entries, lambda entry: entry.measure)
        return [(measure, figures[key]) for key, measure in self.measures.items()]

    def by_measure_and_year(self) -> Iterator[tuple[Measure, int, Figures]]:
        places = {key: place for place, key in enumerate(self.measures)}
        figures = figures_by(self.entries, lambda entry: (places[entry.measure], entry.measure, entry.year))
        for (_place, key, year), sums in figures.items():
            yield self.measures[key], year, sums

    @cached_property
    def grants(self) -> list[GrantSheet]:
        """By the end of their period."""
        visible = self._of_chosen(Grant).select_related("measure", "programme")
        return grant_sheets(visible.prefetch_related("calloffs"), [])

    @cached_property
    def programmes(self) -> list[ProgrammeSheet]:
        """All of them, those without a grant too: they are there to be used. Of chosen measures theirs."""
        sheets: dict[int, list[GrantSheet]] = {}
        for sheet in self.grants:
            sheets.setdefault(sheet.grant.programme_id, []).append(sheet)
        return [
            ProgrammeSheet(programme, sheets.get(programme.pk, []))
            for programme in FundingProgramme.objects.all()
            if self.chosen is None or programme.pk in sheets
        ]

    @cached_property
    def open_calloffs(self) -> list[CallOff]:
        """Not yet done, the next one first."""
        waiting = self._of_chosen(CallOff).filter(done_on=None)
        return list(waiting.select_related("measure", "grant__programme"))


def overview_of(chosen: FundingFilter, user: Any) -> FundingOverview:
    """The overview of what a filter leaves; without one, of everything."""
    chosen.form.is_valid()
    is_filtered = any(chosen.form.cleaned_data.values())
    return FundingOverview(user, chosen.qs if is_filtered else None)
