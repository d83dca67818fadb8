"""Pages of the stations on a paper's way."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from governance.forms.consultations import OnAgendaForm, StationForm
from governance.models import Consultation
from governance.services.consultations import (
    add_station,
    move_station,
    put_on_agenda,
    remove_station,
    restore_station,
)
from governance.views.base import (
    CHANGE,
    AddPage,
    AskPage,
    EditPage,
    KeepingPage,
    RestorePage,
    UndoPage,
)
from governance.views.papers import OfPaper


class OnWay(OfPaper):
    """A page about one station of a paper's way."""

    anchor = "#beratungsfolge"

    def stations(self) -> QuerySet[Consultation]:
        return self.paper.consultations.select_related("paper", "committee", "item__meeting")

    @cached_property
    def station(self) -> Consultation:
        return get_object_or_404(self.stations(), pk=self.kwargs["pk"])


class StationAddPage(OnWay, AddPage):
    form_class = StationForm
    page_title = _("Station ergänzen")

    def new_row(self) -> Consultation:
        return Consultation(paper=self.paper)

    def store(self, row: Consultation) -> None:
        add_station(station=row, by=self.request.user)


class StationEditPage(OnWay, EditPage):
    form_class = StationForm
    page_title = _("Station bearbeiten")

    def get_queryset(self) -> QuerySet[Consultation]:
        return self.stations()


class StationUndoPage(OnWay, UndoPage):
    def get_object(self) -> Consultation:
        return self.station


class StationMovePage(OnWay):
    """POST with `direction` "up" or "down" moves the station by one place."""

    permission = CHANGE
    writes = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        upwards = request.POST.get("direction") == "up"
        try:
            if not move_station(station=self.station, upwards=upwards, by=request.user):
                messages.info(request, gettext("Die Station steht schon am Ende der Beratungsfolge."))
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
        return HttpResponseRedirect(self.get_back_url())


class StationRemovePage(OnWay, AskPage):
    page_title = _("Station entfernen")
    submit_label = _("Station entfernen")
    done_message = _("Die Station wurde entfernt.")

    def get_subject(self) -> Consultation:
        return get_object_or_404(self.stations(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loss = _(
            "Die Mitglieder dieses Gremiums lesen die Vorlage danach nicht mehr, solange sie "
            "nichtöffentlich ist."
        )
        return super().get_context_data(question=str(self.subject), loss=loss, **kwargs)

    def act(self, subject: Consultation, *, reason: str, version: int | None) -> None:
        remove_station(station=subject, version=version, by=self.request.user, reason=reason)

    def get_undo_url(self) -> str:
        return reverse("station_restore", args=[self.paper.pk, self.kwargs["pk"]])


class StationRestorePage(OnWay, RestorePage):
    model = Consultation

    def restore(self, pk: int) -> Consultation:
        return restore_station(pk=pk, paper=self.paper, by=self.request.user)


class StationOnAgendaPage(OnWay, KeepingPage, FormView[OnAgendaForm]):
    """Puts the paper on the agenda of a coming meeting of the station's committee."""

    form_class = OnAgendaForm
    page_title = _("Auf die Tagesordnung setzen")
    submit_label = _("Auf die Tagesordnung setzen")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "station": self.station}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["lead"] = f"{self.station.committee}: {self.paper.title}"
        if not context["form"].fields["meeting"].queryset.exists():
            context["loss"] = _("Dieses Gremium hat keine kommende Sitzung. Bitte legen Sie zuerst eine an.")
        return context

    def form_valid(self, form: OnAgendaForm) -> HttpResponse:
        try:
            item = put_on_agenda(
                station=self.station, meeting=form.cleaned_data["meeting"], by=self.request.user
            )
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        messages.success(self.request, gettext("Steht auf der Tagesordnung: %s") % item)
        return HttpResponseRedirect(self.get_back_url())
