"""Entering values: one, its correction, and all that are due in one form."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView

from governance.forms.base import ReasonForm
from monitoring.due import DueLine, DueLines, places_for
from monitoring.forms.indicator_values import CorrectionForm, DueForm, ValueAddForm
from monitoring.models import IndicatorValue
from monitoring.services.indicators import (
    REASON_NEEDED,
    Outcome,
    Reading,
    doubts_about,
    record,
    withdraw_value,
)
from monitoring.views.base import indicator_crumbs
from monitoring.views.indicators import OfIndicatorView
from smartregion.base import written
from smartregion.base.access import RuledView
from smartregion.base.drafts import DraftedForm
from smartregion.base.editing import GONE, TAKEN, RestoreView, UndoView, VersionedEditView
from smartregion.base.figures import plain_figure
from smartregion.base.versioned import EditConflict, Versioned

ENTER, CHANGE = "monitoring.enter_values", "monitoring.change_value"
Way = IndicatorValue.Way


class ValueAddView(OfIndicatorView, DraftedForm, FormView[ValueAddForm]):
    writes = ("post",)
    form_class = ValueAddForm
    template_name = "measures/measure_form.html"

    def check_permission(self) -> None:
        super().check_permission()
        self.require(ENTER, self.indicator)

    def get_form_kwargs(self) -> dict[str, Any]:
        places = places_for(self.request.user, self.indicator)
        return {**super().get_form_kwargs(), "indicator": self.indicator, "places": places}

    def form_valid(self, form: ValueAddForm) -> HttpResponse:
        data = form.cleaned_data
        reading = Reading(
            indicator=self.indicator,
            municipality=data.get("municipality"),
            on=data["on"],
            value=data["value"],
            note=data["note"],
        )
        form.ask_back(doubts_about(reading), reading.value)
        if form.errors:
            return self.form_invalid(form)
        try:
            value, outcome = record(reading, way=Way.FORM, by=self.request.user)
        except ValidationError as refusal:
            _tell(form, refusal)
            return self.form_invalid(form)
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        if outcome == Outcome.SAME:
            messages.info(self.request, _("Diesen Wert gibt es schon."))
        else:
            messages.success(self.request, _("Der Wert ist gespeichert."))
        return HttpResponseRedirect(value.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Wert eintragen: %s") % self.indicator.name,
            crumbs=self.crumbs(_("Wert eintragen")),
            cancel_url=f"{self.indicator.get_absolute_url()}#werte",
            **kwargs,
        )


def _tell(form: Any, refusal: ValidationError) -> None:
    """Say a refusal at the field that it is about, as far as the form has it."""
    if getattr(refusal, "code", "") == REASON_NEEDED:
        text = _("Für diesen Tag gibt es schon einen anderen Wert. Berichtigen Sie ihn beim Indikator.")
        form.add_error("on", text)
        return
    by_field = refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}
    for name, texts in by_field.items():
        form.add_error(name if name in form.fields else None, texts)


class OfValueView(OfIndicatorView):
    """A value that the user may correct; another municipality's is a 404."""

    @cached_property
    def value(self) -> IndicatorValue:
        values = IndicatorValue.objects.select_related("indicator", "municipality")
        return get_object_or_404(values, indicator=self.indicator, pk=self.kwargs["pk"])

    def check_permission(self) -> None:
        super().check_permission()
        self.require(CHANGE, self.value)


class CorrectionView(OfValueView, VersionedEditView):
    change_permission = CHANGE
    form_class = CorrectionForm
    template_name = "measures/measure_part_form.html"
    success_message = gettext_lazy("Der Wert ist berichtigt.")

    def get_object(self, queryset: Any = None) -> IndicatorValue:
        return self.value

    def form_valid(self, form: Any) -> HttpResponse:
        row = form.instance
        row.way = Way.FORM
        if {"on", "value"}.intersection(form.changed_data):
            reading = Reading(
                indicator=row.indicator, municipality=row.municipality, on=row.on, value=row.value
            )
            form.ask_back(doubts_about(reading, besides=row.pk), row.value)
            if form.errors:
                return self.form_invalid(form)
        return super().form_valid(form)

    def get_undo_url(self, saved: Versioned) -> str:
        return f"{reverse('value_undo', args=[self.indicator.key, saved.pk])}?version={saved.version}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        where = f", {self.value.municipality}" if self.value.municipality else ""
        return super().get_context_data(
            title=_("Wert berichtigen: %(name)s%(place)s") % {"name": self.indicator.name, "place": where},
            crumbs=self.crumbs(_("Wert berichtigen")),
            cancel_url=f"{self.indicator.get_absolute_url()}#werte",
            delete_url=reverse("value_withdraw", args=[self.indicator.key, self.value.pk]),
            delete_label=_("Diesen Wert zurückziehen"),
            **kwargs,
        )


class ValueUndoView(OfValueView, UndoView):
    change_permission = CHANGE

    def get_object(self) -> IndicatorValue:
        return self.value


class ValueWithdrawView(OfValueView, FormView[ReasonForm]):
    """Asks why a mistaken value goes; the message brings it back, and the history keeps it in any case."""

    writes = ("post",)
    form_class = ReasonForm
    template_name = "governance/form.html"

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.value.version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        value = self.value
        shown = _("kein Wert") if value.value is None else plain_figure(value.value)
        words = {"value": shown, "unit": self.indicator.unit, "day": written.day(value.on)}
        question = _("Möchten Sie den Wert „%(value)s %(unit)s“ vom %(day)s zurückziehen?") % words
        return super().get_context_data(
            page_title=_("Wert zurückziehen"),
            lead=", ".join(filter(None, [self.indicator.name, str(value.municipality or "")])),
            question=question,
            hint=_(
                "Er zählt dann nicht mehr und steht nur noch im Verlauf, mit Ihrem Grund. Versiegelte "
                "Berichte ändern sich nicht. War nur die Zahl falsch, berichtigen Sie ihn stattdessen."
            ),
            submit_label=_("Zurückziehen"),
            crumbs=self.crumbs(_("Wert zurückziehen")),
            cancel_url=f"{self.indicator.get_absolute_url()}#werte",
            **kwargs,
        )

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        sent, back = form.cleaned_data, self.value.get_absolute_url()
        try:
            withdraw_value(
                value=self.value, version=sent["version"], by=self.request.user, reason=sent["reason"]
            )
        except EditConflict:
            messages.warning(
                self.request, _("Der Wert wurde inzwischen geändert. Bitte prüfen Sie noch einmal.")
            )
            return HttpResponseRedirect(self.request.path)
        except ObjectDoesNotExist:
            messages.warning(self.request, str(GONE))
        else:
            undo = reverse("value_restore", kwargs=self.kwargs)
            messages.success(self.request, _("Der Wert ist zurückgezogen."), extra_tags=f"undo {undo}")
        return HttpResponseRedirect(back)


class ValueRestoreView(OfIndicatorView, RestoreView):
    """Brings a value back to whoever may correct it."""

    model = IndicatorValue

    def owner(self) -> dict[str, Any]:
        return {"indicator_id": self.indicator.pk}

    @transaction.atomic
    def restore(self, pk: int) -> IndicatorValue:
        value: IndicatorValue = super().restore(pk)
        self.require(CHANGE, value)
        return value

    def get_back_url(self) -> str:
        return f"{self.indicator.get_absolute_url()}#werte"


class QuickEntryView(RuledView):
    """All values that are due and that this account may enter, in one form.

    Each line is stored on its own. What cannot be stored stays in the form as it was typed, and says why.
    """

    permission = "monitoring.enter_some_values"
    writes = ("post",)

    def get(self, request: HttpRequest) -> HttpResponse:
        lines = self._lines()
        forms = [(line, DueForm(prefix=line.prefix, initial={"on": line.period.end})) for line in lines.first]
        return self._page(request, forms, lines.left)

    def post(self, request: HttpRequest) -> HttpResponse:
        kept: list[tuple[DueLine, DueForm]] = []
        stored = 0
        for line in self._lines().sent(request.POST.getlist("line")):
            form = DueForm(request.POST, prefix=line.prefix)
            if form.is_empty:
                kept.append((line, DueForm(prefix=line.prefix, initial={"on": line.period.end})))
            elif form.is_valid() and self._store(line, form):
                stored += 1
            else:
                kept.append((line, form))
        wrong = sum(form.is_bound for _line, form in kept)
        if stored:
            text = ngettext("%d Wert ist gespeichert.", "%d Werte sind gespeichert.", stored) % stored
            messages.success(request, text)
        if not wrong:
            if not stored:
                messages.info(request, _("Es stand nichts im Formular, was zu speichern wäre."))
            return HttpResponseRedirect(request.get_full_path())
        return self._page(request, kept, 0, wrong=wrong)

    def _lines(self) -> DueLines:
        return DueLines(self.request.user, localdate(), key=self.request.GET.get("indikator", ""))

    def _store(self, line: DueLine, form: DueForm) -> bool:
        data = form.cleaned_data
        reading = Reading(
            indicator=line.indicator,
            municipality=line.municipality,
            on=data["on"],
            value=data["value"],
            note=data["note"],
        )
        if data["on"] not in line.period:
            form.add_error("on", _("Dieser Tag liegt nicht im Zeitraum %s.") % line.label)
            return False
        form.ask_back(doubts_about(reading), reading.value)
        if form.errors:
            return False
        try:
            record(reading, way=Way.FORM, by=self.request.user)
        except ValidationError as refusal:
            _tell(form, refusal)
        except IntegrityError:
            form.add_error(None, str(TAKEN))
        return not form.errors

    def _page(
        self, request: HttpRequest, forms: list[tuple[DueLine, DueForm]], left: int, wrong: int = 0
    ) -> HttpResponse:
        context = {
            "forms": forms,
            "left": left,
            "wrong": wrong,
            "crumbs": indicator_crumbs((_("Werte erfassen"), "")),
        }
        return render(request, "monitoring/value_entry.html", context)
