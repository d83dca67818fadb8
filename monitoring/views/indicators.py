"""Pages of indicators: the list, one indicator, and the coordinator's forms for it and its targets."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import CreateView, TemplateView

from measures.filters import query_with, tell_address
from measures.journal import visible_since
from measures.views.in_time import InTimeView
from monitoring.filters import IndicatorFilter
from monitoring.forms.indicators import IndicatorAddForm, IndicatorForm, TargetForm
from monitoring.indicator_math import RULES
from monitoring.indicators import places_of, shown
from monitoring.models import Indicator, IndicatorTarget, IndicatorValue
from monitoring.services.indicators import create_indicator, delete_indicator, restore_indicator
from monitoring.views.base import indicator_crumbs
from smartregion.base import clock, written
from smartregion.base.access import PUBLIC, SIGNED_IN, RuledView
from smartregion.base.changes import Change, Source, journal
from smartregion.base.drafts import DraftedForm
from smartregion.base.editing import TAKEN, RestoreView, UndoView, VersionedEditView
from smartregion.base.figures import figure
from smartregion.base.history import events_of, recorded
from smartregion.base.languages import German
from smartregion.base.versioned import EditConflict, Versioned, version_in

PER_PAGE = 20
MANAGE = "monitoring.manage_indicators"


class IndicatorListView(InTimeView):
    """All indicators that the reader may see; the results alone for htmx."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = IndicatorFilter(request.GET, request.user, clock.today())
        page = Paginator(chosen.rows, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "filter": chosen,
            "filter_label": _("Indikatoren filtern"),
            "page_obj": page,
            "page_query": query_with(request.GET).removeprefix("?"),
            "reset_url": request.path,
            "rows": page.object_list,
            "rules": RULES,
        }
        if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
            response = render(request, "monitoring/_indicator_results.html", {**context, "announce": True})
            tell_address(request, response, f"{request.path}{query_with(request.GET)}")
        else:
            crumbs = indicator_crumbs()
            response = render(request, "monitoring/indicator_list.html", {**context, "crumbs": crumbs})
        patch_vary_headers(response, ["HX-Request"])
        return response


class OfIndicatorView(RuledView):
    """A page of an indicator that the reader may see."""

    permission = SIGNED_IN

    @cached_property
    def indicator(self) -> Indicator:
        visible = Indicator.objects.visible_to(self.request.user).with_definition()
        return get_object_or_404(visible, key=self.kwargs["indicator"])

    def crumbs(self, label: str) -> list[tuple[str, str]]:
        own = (German(self.indicator.name), self.indicator.get_absolute_url())
        return indicator_crumbs(own, (label, ""))


class ManagedView(OfIndicatorView):
    """Only for those who look after the indicator."""

    def check_permission(self) -> None:
        super().check_permission()
        self.require(MANAGE, self.indicator)


class IndicatorView(InTimeView, OfIndicatorView, TemplateView):
    permission = PUBLIC
    template_name = "monitoring/indicator.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        indicator, user = self.indicator, self.request.user
        [row] = shown([indicator], clock.today())
        values = indicator.values.select_related("municipality").defer("municipality__boundary")
        enters = user.has_perm("monitoring.enter_values", indicator)
        return super().get_context_data(
            crumbs=indicator_crumbs((German(indicator.name), "")),
            row=row,
            standing=row.standing,
            targets=[(target, row.figure(target.value)) for target in indicator.targets.all()],
            target_form=TargetForm(instance=IndicatorTarget(indicator=indicator)),
            values=[(value, row.figure(value.value)) for value in values.order_by("-on", "municipality")],
            places=places_of(row) if indicator.per_municipality else None,
            enters=enters,
            own_values=self._own_values(enters),
            rules=RULES,
            changes=_journal_of(indicator, user) if user.has_perm("measures.view_history") else None,
            baseline=figure(indicator.baseline, indicator.decimals),
            **{**kwargs, "indicator": indicator},
        )

    def _own_values(self, enters: bool) -> set[int]:
        """The keys of the values that the reader may correct."""
        user = self.request.user
        if not enters:
            return set()
        values = self.indicator.values.all()
        if not user.has_perm("monitoring.change_value", IndicatorValue(indicator=self.indicator)):
            values = values.filter(municipality=user.municipality_id)  # type: ignore[union-attr]
        return set(values.values_list("pk", flat=True))


def _journal_of(indicator: Indicator, user: Any) -> list[Change]:
    """The newest changes first; nothing of what happened while it or its measure was hidden from the user."""
    known = [visible_since(row, user) for row in (indicator, indicator.measure) if row]
    since = max(filter(None, known), default=None)
    seen = Q(pgh_created_at__gte=since) if since else Q()

    def of(model: Any) -> Any:
        return events_of(model, indicator_id=indicator.pk).filter(seen)

    return journal(
        [
            Source(Indicator, events_of(Indicator, pgh_obj_id=indicator.pk).filter(seen)),
            Source(IndicatorTarget, of(IndicatorTarget), lambda event: _("Zielwert bis %s") % _day(event)),
            Source(IndicatorValue, of(IndicatorValue).select_related("municipality"), _named_value),
        ]
    )


def _named_value(event: Any) -> str:
    place = f", {event.municipality.name}" if event.municipality_id else ""
    return _("Wert vom %(day)s%(place)s") % {"day": _day(event), "place": place}


def _day(event: Any) -> str:
    return written.day(event.on)


class IndicatorAddView(RuledView, DraftedForm, CreateView[Indicator, IndicatorAddForm]):
    permission = MANAGE
    writes = ("post",)
    model = Indicator
    form_class = IndicatorAddForm
    template_name = "measures/measure_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: IndicatorAddForm) -> HttpResponse:
        try:
            indicator = create_indicator(indicator=form.instance, by=self.request.user)
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        messages.success(self.request, _("Der Indikator ist angelegt. Nennen Sie nun seine Zielwerte."))
        return HttpResponseRedirect(f"{indicator.get_absolute_url()}#ziele")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Neuer Indikator"),
            crumbs=indicator_crumbs((_("Neuer Indikator"), "")),
            cancel_url=reverse("indicators"),
            **kwargs,
        )


class IndicatorEditView(ManagedView, VersionedEditView):
    change_permission = MANAGE
    model = Indicator
    form_class = IndicatorForm
    template_name = "measures/measure_part_form.html"
    slug_field, slug_url_kwarg = "key", "indicator"

    def get_queryset(self) -> QuerySet[Indicator]:
        return Indicator.objects.visible_to(self.request.user)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_undo_url(self, saved: Versioned) -> str:
        return f"{reverse('indicator_undo', args=[self.indicator.key])}?version={saved.version}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("„%s“ bearbeiten") % self.indicator.name,
            crumbs=self.crumbs(_("Bearbeiten")),
            cancel_url=self.indicator.get_absolute_url(),
            delete_url=reverse("indicator_delete", args=[self.indicator.key]),
            delete_label=_("Diesen Indikator löschen"),
            **kwargs,
        )


class IndicatorUndoView(ManagedView, UndoView):
    change_permission = MANAGE

    def get_object(self) -> Indicator:
        return self.indicator


class IndicatorDeleteView(ManagedView, TemplateView):
    """Asks, and on POST deletes the indicator with its targets and values; the message brings all back."""

    writes = ("post",)
    template_name = "monitoring/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        number = self.indicator.values.count()
        loss = (
            _("Seine Zielwerte und Werte (%d) verschwinden mit ihm. Im Verlauf bleiben sie stehen.") % number
        )
        return super().get_context_data(
            title=_("Indikator löschen"),
            question=_("Möchten Sie „%s“ löschen?") % self.indicator.name,
            loss=loss,
            version=self.indicator.version,
            crumbs=self.crumbs(_("Löschen")),
            cancel_url=self.indicator.get_absolute_url(),
            **kwargs,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        name, pk = self.indicator.name, self.indicator.pk
        try:
            version = version_in(request.POST.get("version", ""))
            delete_indicator(indicator=self.indicator, version=version, by=request.user)
        except EditConflict:
            messages.warning(
                request, _("„%s“ wurde inzwischen geändert. Bitte prüfen Sie noch einmal.") % name
            )
            return HttpResponseRedirect(request.path)
        except ObjectDoesNotExist:
            raise Http404 from None
        undo = reverse("indicator_restore", args=[pk])
        messages.success(request, _("„%s“ ist gelöscht.") % name, extra_tags=f"undo {undo}")
        return HttpResponseRedirect(reverse("indicators"))


class IndicatorRestoreView(RestoreView):
    permission = MANAGE
    model = Indicator

    def restore(self, pk: int) -> Indicator:
        return restore_indicator(pk=pk, by=self.request.user)

    def get_back_url(self) -> str:
        return reverse("indicators")


class TargetAddView(ManagedView, CreateView[IndicatorTarget, TargetForm]):
    writes = ("post",)
    form_class = TargetForm
    template_name = "measures/measure_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": IndicatorTarget(indicator=self.indicator)}

    def form_valid(self, form: TargetForm) -> HttpResponse:
        try:
            with recorded(by=self.request.user):
                target = form.save()
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        messages.success(self.request, _("Der Zielwert ist gespeichert."))
        return HttpResponseRedirect(target.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Zielwert hinzufügen"),
            crumbs=self.crumbs(_("Zielwert")),
            cancel_url=f"{self.indicator.get_absolute_url()}#ziele",
            **kwargs,
        )


class OfTargetView(ManagedView):
    def get_target(self) -> IndicatorTarget:
        targets = IndicatorTarget.objects.select_related("indicator").filter(indicator=self.indicator)
        return get_object_or_404(targets, pk=self.kwargs["pk"])


class TargetEditView(OfTargetView, VersionedEditView):
    change_permission = MANAGE
    form_class = TargetForm
    template_name = "measures/measure_part_form.html"
    success_message = gettext_lazy("Der Zielwert ist gespeichert.")

    def get_object(self, queryset: Any = None) -> IndicatorTarget:
        return self.get_target()

    def get_undo_url(self, saved: Versioned) -> str:
        return f"{reverse('target_undo', args=[self.indicator.key, saved.pk])}?version={saved.version}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Zielwert bearbeiten"),
            crumbs=self.crumbs(_("Zielwert")),
            cancel_url=f"{self.indicator.get_absolute_url()}#ziele",
            **kwargs,
        )


class TargetUndoView(OfTargetView, UndoView):
    change_permission = MANAGE

    def get_object(self) -> IndicatorTarget:
        return self.get_target()


class TargetRemoveView(OfTargetView):
    """POST removes a target in the version that was read; the message brings it back."""

    writes = ("post",)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        target = self.get_target()
        name, back = str(target), target.get_absolute_url()
        try:
            with recorded(by=request.user):
                target.delete_over(version_in(request.POST.get("version", "")))
        except EditConflict:
            messages.warning(
                request, _("Der Zielwert wurde inzwischen geändert. Bitte prüfen Sie noch einmal.")
            )
        except ObjectDoesNotExist:
            raise Http404 from None
        else:
            undo = reverse("target_restore", kwargs=kwargs)
            messages.success(request, _("Der Zielwert %s ist entfernt.") % name, extra_tags=f"undo {undo}")
        return HttpResponseRedirect(back)


class TargetRestoreView(ManagedView, RestoreView):
    model = IndicatorTarget

    def owner(self) -> dict[str, Any]:
        return {"indicator_id": self.indicator.pk}

    def get_back_url(self) -> str:
        return self.indicator.get_absolute_url()
