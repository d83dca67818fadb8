"""What a link of a status round opens: one municipality's cells of that round, to see, confirm and edit."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from measures.forms.rounds import AnswerForm
from measures.models import RolloutCell, RoundInvitation
from measures.services.rounds import confirm_by_link, invitation_of, note_opening
from measures.views.link import SecretLinkView
from measures.views.municipality import notices_of, read_versions
from smartregion.base.editing import VersionedEditView


class LinkView(SecretLinkView):
    only_german = True
    invalid_template = "measures/round_link_invalid.html"

    @cached_property
    def invitation(self) -> RoundInvitation:
        return invitation_of(self.token)

    @property
    def page(self) -> str:
        return reverse("answer", args=[self.token])


class AnswerView(LinkView, TemplateView):
    """All cells of the link. GET writes too: when the link was opened for the first time."""

    writes = ("get", "post")
    template_name = "measures/round_answer.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invitation = self.invitation
        if self.request.method == "GET":
            note_opening(invitation)
        cells = list(
            invitation.cells()
            .select_related("measure__field", "confirmed_by", "confirmed_in")
            .order_by("measure__field__position", "measure__no")
        )
        for cell in cells:
            cell.municipality = invitation.municipality
        is_answered: Callable[[RolloutCell], bool] = invitation.round.is_answered
        return super().get_context_data(
            round=invitation.round,
            municipality=invitation.municipality,
            page=self.page,
            unanswered=[cell for cell in cells if not is_answered(cell)],
            answered=[cell for cell in cells if is_answered(cell)],
            total=len(cells),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            done = confirm_by_link(token=self.token, versions=read_versions(request))
        except RolloutCell.DoesNotExist:
            raise Http404 from None
        for level, text in notices_of(done):
            messages.add_message(request, messages.constants.DEFAULT_LEVELS[level.upper()], text)
        return HttpResponseRedirect(self.page)


class AnswerCellView(LinkView, VersionedEditView):
    model = RolloutCell
    form_class = AnswerForm
    template_name = "measures/round_answer_cell.html"
    success_message = gettext_lazy("Der Stand ist gespeichert und bestätigt.")
    names_the_other = False
    keeps_drafts = False

    def get_queryset(self) -> QuerySet[RolloutCell]:
        return self.invitation.cells().select_related("measure__field", "municipality", "confirmed_by")

    def get_object(self, queryset: QuerySet[Any] | None = None) -> RolloutCell:
        """Nobody is asked for an account: the link opens the cells of its invitation, and no others."""
        return get_object_or_404(self.get_queryset(), measure__slug=self.kwargs["measure_slug"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "token": self.token}

    def get_success_url(self) -> str:
        return self.page

    def get_keep_url(self, saved: Any) -> str:
        return self.page

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cell = self.get_object()
        return super().get_context_data(
            cell=cell, round=self.invitation.round, cancel_url=self.page, **kwargs
        )
