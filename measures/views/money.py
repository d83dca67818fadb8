"""The money of one measure: its page, and the rows on it."""

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.db.models import QuerySet, RestrictedError
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.forms.money import (
    BudgetLineForm,
    CallOffForm,
    GrantForm,
    MovementForm,
)
from measures.funding_clock import alarms
from measures.models import BudgetLine, CallOff, Grant, Movement
from measures.models.money import MoneyRow
from measures.money import (
    COUNTING_RULE,
    Figures,
    contradictions,
    figures_by_year,
    grant_sheets,
    grid,
    ledger,
    source_of,
    year_chart,
)
from measures.views.page import MeasurePageView
from measures.views.parts import (
    PartAddView,
    PartEditView,
    PartRestoreView,
    PartView,
    RemoveVersionedView,
)
from smartregion.base.editing import UndoView
from smartregion.base.money import euro
from smartregion.base.versioned import Versioned


class MoneyView(MeasurePageView):
    """Plan, grants, commitments and outflow of a measure, with what is wrong about them."""

    page = "measure_money"
    measure_permission = "measures.view_money"
    template_name = "measures/measure_money.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        measure, today = self.object, localdate()
        lines = list(measure.budgetlines.by_source())
        movements = list(measure.movements.select_related("grant__programme"))
        sheets = grant_sheets(measure.grants.select_related("programme").prefetch_related("calloffs"), lines)
        entries = ledger(measure.budgetlines.all(), measure.movements.all())
        by_year, figures = figures_by_year(entries), Figures.of(entries)
        return super().get_context_data(
            by_year=by_year,
            figures=figures,
            chart=year_chart(by_year) if by_year else None,
            plan=grid(lines, source_of),
            sheets=[(sheet, [(row, row.is_overdue(today)) for row in sheet.calloffs]) for sheet in sheets],
            movements=movements,
            alarms=alarms(measure.grants.all(), today),
            contradictions=list(contradictions(sheets, figures, movements)),
            counting_rule=COUNTING_RULE,
            **kwargs,
        )


@dataclass(frozen=True)
class Kind:
    """One kind of rows on the page, with all that its five addresses need.

    Attributes:
        word: in the address, below that of the page.
        name: of the addresses: "grant" makes "grant_add", "grant_edit" and so on.
        given: fields that the address of the empty form may fill in.
    """

    word: str
    name: str
    model: type[MoneyRow]
    form: type[ModelForm[Any]]
    new: str | Promise
    edit: str | Promise
    delete: str | Promise
    given: tuple[str, ...] = ()


KINDS: Final = [
    Kind(
        "ansaetze",
        "budgetline",
        BudgetLine,
        BudgetLineForm,
        gettext_lazy("Neuer Planansatz"),
        gettext_lazy("Planansatz bearbeiten"),
        gettext_lazy("Planansatz löschen"),
    ),
    Kind(
        "zuwendungen",
        "grant",
        Grant,
        GrantForm,
        gettext_lazy("Neue Zuwendung"),
        gettext_lazy("Zuwendung bearbeiten"),
        gettext_lazy("Zuwendung löschen"),
    ),
    Kind(
        "abrufe",
        "calloff",
        CallOff,
        CallOffForm,
        gettext_lazy("Neuer Mittelabruf"),
        gettext_lazy("Mittelabruf bearbeiten"),
        gettext_lazy("Mittelabruf löschen"),
        given=("grant",),
    ),
    Kind(
        "buchungen",
        "movement",
        Movement,
        MovementForm,
        gettext_lazy("Neue Buchung"),
        gettext_lazy("Buchung bearbeiten"),
        gettext_lazy("Buchung löschen"),
        given=("kind",),
    ),
]


class MoneyPartView(PartView):
    """A page below a measure's money, for rows of one kind."""

    measure_permission = "measures.change_money"
    page = "measure_money"
    kind: Any = None
    """A `Kind`, given by the address."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.model, self.form_class = self.kind.model, self.kind.form

    def address(self, verb: str) -> str:
        return reverse(f"{self.kind.name}_{verb}", args=[self.measure.slug, self.kwargs["pk"]])

    def rows(self) -> QuerySet[Any]:
        return self.model._default_manager.filter(measure=self.measure).select_related("measure")


class MoneyAddView(MoneyPartView, PartAddView):
    success_message = gettext_lazy("Gespeichert.")

    @property
    def title(self) -> Any:
        return self.kind.new

    def get_initial(self) -> dict[str, Any]:
        return {name: self.request.GET.get(name, "") for name in self.kind.given}


class MoneyEditView(MoneyPartView, PartEditView):
    change_permission = "measures.change_money"

    @property
    def title(self) -> Any:
        return self.kind.edit

    def get_undo_url(self, saved: Versioned) -> str:
        return f"{self.address('undo')}?version={saved.version}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            delete_url=self.address("delete"), delete_label=self.kind.delete, **kwargs
        )


class MoneyUndoView(MoneyPartView, UndoView):
    change_permission = "measures.change_money"

    def get_object(self) -> Any:
        return get_object_or_404(self.rows(), pk=self.kwargs["pk"])


class MoneyDeleteView(MoneyPartView, RemoveVersionedView):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.restore_url_name, self.anchor = f"{self.kind.name}_restore", self.kind.model.anchor

    @property
    def title(self) -> Any:
        return self.kind.delete

    def question(self) -> str:
        return _("Möchten Sie „%s“ löschen?") % self.part

    def loss(self) -> str:
        return _("%s zählen dann in keiner Summe mehr. Im Verlauf bleibt die Angabe stehen.") % euro(
            self.part.amount
        )

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        try:
            return super().post(request, slug, pk)
        except RestrictedError as refusal:
            needed = len(refusal.restricted_objects)
            messages.warning(
                request,
                _(
                    "„%(row)s“ wurde nicht gelöscht: %(number)d Ansätze, Abrufe oder Buchungen gehören dazu. "
                    "Bitte löschen oder ändern Sie diese zuerst."
                )
                % {"row": self.part, "number": needed},
            )
            return HttpResponseRedirect(self.part.get_absolute_url())


class MoneyRestoreView(MoneyPartView, PartRestoreView):
    """Brings a deleted row back."""
