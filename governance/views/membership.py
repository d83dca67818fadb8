"""Terms of a committee, and the end of a seat."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance.forms.committees import SeatEndForm, TermForm
from governance.models import Seat, Term
from governance.services.committees import end_seat, remove_term
from governance.views.base import CHANGE, AddPage, AskPage, EditPage, InCommittee, RestorePage, UndoPage
from smartregion.base.together import undo_together
from smartregion.base.versioned import EditConflict


class TermAddPage(AddPage):
    form_class = TermForm
    page_title = _("Amtszeit ergänzen")

    def new_row(self) -> Term:
        return Term(committee=self.committee)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "committee": self.committee}


class TermEditPage(EditPage):
    form_class = TermForm
    page_title = _("Amtszeit bearbeiten")

    def get_queryset(self) -> Any:
        return self.committee.terms.select_related("committee")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "committee": self.committee}


class TermUndoPage(UndoPage):
    def get_object(self) -> Term:
        return get_object_or_404(self.committee.terms.select_related("committee"), pk=self.kwargs["pk"])


class TermRemovePage(AskPage):
    page_title = _("Amtszeit entfernen")
    submit_label = _("Amtszeit entfernen")
    done_message = _("Die Amtszeit wurde entfernt.")

    def get_subject(self) -> Term:
        return get_object_or_404(self.committee.terms, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(question=self.subject.name, **kwargs)

    def act(self, subject: Term, *, reason: str, version: int | None) -> None:
        remove_term(term=subject, version=version, by=self.request.user, reason=reason)

    def get_undo_url(self) -> str:
        return reverse("term_restore", args=[self.committee.slug, self.kwargs["pk"]])


class TermRestorePage(RestorePage):
    model = Term

    def owner(self) -> dict[str, Any]:
        return {"committee_id": self.committee.pk}


class SeatEndPage(AskPage):
    form_class = SeatEndForm
    page_title = _("Sitz beenden")
    submit_label = _("Sitz beenden")
    done_message = _("Der Sitz ist beendet; er steht dann bei den früheren Mitgliedern.")
    sign: UUID | None = None

    def get_subject(self) -> Seat:
        return get_object_or_404(self.committee.seats, pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "on": localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loss = _(
            "Nach dem letzten Tag stimmt der Sitz nicht mehr mit, und sein Konto liest keine "
            "nichtöffentlichen Unterlagen des Gremiums mehr. Seine Stellvertretungen enden mit ihm."
        )
        remove_url = reverse("seat_remove", args=[self.committee.slug, self.subject.pk])
        return super().get_context_data(
            question=self.subject.function, loss=loss, remove_url=remove_url, **kwargs
        )

    def form_valid(self, form: Any) -> HttpResponse:
        self.on = form.cleaned_data["on"]
        return super().form_valid(form)

    def act(self, subject: Seat, *, reason: str, version: int | None) -> None:
        self.sign = end_seat(seat=subject, on=self.on, version=version, by=self.request.user, reason=reason)

    def get_undo_url(self) -> str:
        return reverse("seats_undo", args=[self.committee.slug, self.sign])


class SeatsUndoPage(InCommittee):
    """POST brings back the seats that were ended together, if none of them was changed since."""

    permission = CHANGE
    writes = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        back = self.committee.get_absolute_url()
        try:
            undo_together(self.kwargs["sign"], of=[Seat], by=request.user)
        except ObjectDoesNotExist:
            raise Http404 from None
        except (EditConflict, IntegrityError, ValidationError):
            told = gettext("Inzwischen wurde weiter bearbeitet; das lässt sich nicht zurücknehmen.")
            messages.warning(request, told)
        else:
            messages.success(request, gettext("Der Sitz besteht wieder."))
        return HttpResponseRedirect(back)
