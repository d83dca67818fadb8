"""Pages of circular decisions: reading, drafting, opening, voting, ending."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView

from governance.forms.circulars import BallotForm, CircularForm, ConfirmForm
from governance.models import Ballot, Circular, Committee, Entitlement, Paper, Resolution, Topic
from governance.quorum import needed
from governance.services.circulars import (
    TooLate,
    cast_ballot,
    close_circular,
    open_circular,
    remove_draft,
    voting_seats,
    withdraw_circular,
)
from governance.views.base import (
    CHANGE,
    AddPage,
    AskPage,
    EditPage,
    InCommittee,
    RestorePage,
    UndoPage,
    paged,
)
from smartregion.base.access import PUBLIC, SIGNED_IN
from smartregion.base.changes import changes_of
from smartregion.base.languages import German


class OfSteering(InCommittee):
    """Below `/gremien/<slug>/umlauf/`; other committees than the steering one have no such pages."""

    @cached_property
    def committee(self) -> Committee:
        """Also for those who were asked in one of its circulars, though their seat has ended since."""
        user = self.request.user
        seen = Q(pk__in=Committee.objects.visible_to(user).values("pk")) | Q(
            pk__in=Circular.objects.visible_to(user).values("committee")
        )
        return get_object_or_404(Committee, seen, kind=Committee.Kind.STEERING, slug=self.kwargs["slug"])

    def get_circular(self) -> Any:
        """With its turnout."""
        return get_object_or_404(self.visible(Circular).with_turnout(), pk=self.kwargs["pk"])

    def crumbs(self, *further: tuple[Any, str]) -> list[tuple[Any, str]]:
        above = (_("Umlaufbeschlüsse"), reverse("circulars", args=[self.committee.slug]))
        return super().crumbs(above, *further)


class CircularListPage(OfSteering, TemplateView):
    permission = PUBLIC
    template_name = "governance/circulars.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.visible(Circular).with_turnout()
        return super().get_context_data(
            committee=self.committee,
            page_obj=paged(self.request, rows, size=20),
            crumbs=[*super().crumbs()[:-1], (_("Umlaufbeschlüsse"), "")],
            **kwargs,
        )


class CircularPage(OfSteering, TemplateView):
    permission = PUBLIC
    template_name = "governance/circular.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, circular = self.request.user, self.get_circular()
        within = Circular.objects.seen_from_within(user).filter(pk=circular.pk).exists()
        keeps = user.has_perm(CHANGE)
        return super().get_context_data(
            committee=self.committee,
            circular=circular,
            within=within,
            right=_right_of(user, circular),
            rights=_votes_by_seat(circular, user) if within and circular.is_closed else None,
            paper=Paper.objects.visible_to(user).filter(circulars=circular).first(),
            resolution=Resolution.objects.visible_to(user).filter(circular=circular).first(),
            needed=needed(Committee.Quorum.MAJORITY, circular.entitled),
            topic=Topic.objects.visible_to(user).filter(circular=circular).first(),
            may_close=keeps and (circular.is_over or (circular.is_running and _all_have_voted(circular))),
            changes=changes_of(circular) if keeps else None,
            crumbs=self.crumbs((German(circular.title), "")),
            **kwargs,
        )


def _all_have_voted(circular: Any) -> bool:
    return bool(circular.turnout == circular.entitled)


def _right_of(user: Any, circular: Circular) -> Entitlement | None:
    """With the account's own ballot as `ballot`, if it has voted."""
    if not user.is_authenticated:
        return None
    return circular.entitlements.filter(user=user).select_related("ballot").first()


def _votes_by_seat(circular: Circular, user: Any) -> QuerySet[Entitlement]:
    ballots = Prefetch("ballot", Ballot.objects.visible_to(user), to_attr="shown_ballot")
    return circular.entitlements.prefetch_related(ballots)


class SealedRecordView(OfSteering):
    """The sealed record as it stands, so that anyone who may read it can compute its checksum."""

    permission = SIGNED_IN

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        closed = self.visible(Circular).seen_from_within(request.user).filter(state=Circular.State.CLOSED)
        circular = get_object_or_404(closed, pk=kwargs["pk"])
        name = f"umlaufbeschluss-{circular.pk}.json"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(circular.sealed, content_type="application/json", headers=headers)


class CircularAddPage(OfSteering, AddPage):
    form_class = CircularForm
    page_title = _("Umlaufbeschluss entwerfen")
    lead = _("Der Entwurf ist nur für die Koordination zu lesen, bis Sie den Umlauf eröffnen.")
    submit_label = _("Entwurf speichern")

    def new_row(self) -> Circular:
        return Circular(committee=self.committee)

    def get_back_url(self) -> str:
        return reverse("circulars", args=[self.committee.slug])


class OfDraft(OfSteering):
    def get_queryset(self) -> QuerySet[Circular]:
        drafts: QuerySet[Circular] = self.visible(Circular).filter(state=Circular.State.DRAFT)
        return drafts


class CircularEditPage(OfDraft, EditPage):
    form_class = CircularForm
    page_title = _("Umlaufbeschluss bearbeiten")


class CircularUndoPage(OfDraft, UndoPage):
    def get_object(self) -> Circular:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])


class CircularAskPage(OfSteering, AskPage):
    """Asks before a step of a circular."""

    def get_subject(self) -> Any:
        return self.get_circular()

    def get_back_url(self) -> str:
        return self.subject.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(question=self.subject.title, **kwargs)


class CircularRemovePage(CircularAskPage):
    page_title = _("Entwurf entfernen")
    submit_label = _("Entwurf entfernen")
    done_message = _("Der Entwurf wurde entfernt.")

    def get_back_url(self) -> str:
        return reverse("circulars", args=[self.committee.slug])

    def act(self, subject: Circular, *, reason: str, version: int | None) -> None:
        remove_draft(circular=subject, version=version, by=self.request.user, reason=reason)

    def get_undo_url(self) -> str:
        return reverse("circular_restore", args=[self.committee.slug, self.kwargs["pk"]])


class CircularRestorePage(OfSteering, RestorePage):
    model = Circular

    def owner(self) -> dict[str, Any]:
        return {"committee_id": self.committee.pk}


class CircularOpenPage(CircularAskPage):
    form_class = ConfirmForm
    template_name = "governance/circular_open.html"
    page_title = _("Umlauf eröffnen")
    submit_label = _("Umlauf eröffnen")
    done_message = _("Der Umlauf ist eröffnet. Die Mitglieder finden ihn auf ihrem Arbeitsplatz.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seats = list(voting_seats(self.subject))
        loss = _("Wortlaut, Begründung, Frist, Sichtbarkeit und Stimmrechte ändern sich danach nie mehr.")
        without = [seat for seat in seats if seat.user is None]
        return super().get_context_data(
            circular=self.subject, seats=seats, without_account=len(without), loss=loss, **kwargs
        )

    def act(self, subject: Circular, *, reason: str, version: int | None) -> None:
        open_circular(circular=subject, version=version, by=self.request.user)


class CircularClosePage(CircularAskPage):
    form_class = ConfirmForm
    page_title = _("Umlauf abschließen")
    submit_label = _("Auszählen und abschließen")
    done_message = _("Der Umlauf ist abgeschlossen.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loss = _("Danach ändert niemand mehr seine Stimme. Das Ergebnis wird versiegelt.")
        return super().get_context_data(loss=loss, **kwargs)

    def act(self, subject: Circular, *, reason: str, version: int | None) -> None:
        close_circular(circular=subject, by=self.request.user)


class CircularWithdrawPage(CircularAskPage):
    page_title = _("Umlauf zurückziehen")
    submit_label = _("Umlauf zurückziehen")
    done_message = _("Der Umlauf ist zurückgezogen.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loss = _("Er endet ohne Ergebnis. Die abgegebenen Stimmen liest niemand, auch später nicht.")
        return super().get_context_data(loss=loss, **kwargs)

    def act(self, subject: Circular, *, reason: str, version: int | None) -> None:
        withdraw_circular(circular=subject, version=version, reason=reason, by=self.request.user)


class BallotPage(OfSteering, FormView[BallotForm]):
    """Where an account that is entitled votes, and changes its vote until the deadline."""

    permission = SIGNED_IN
    writes = ("post",)
    form_class = BallotForm
    template_name = "governance/circular_vote.html"

    @cached_property
    def circular(self) -> Circular:
        circular: Circular = self.get_circular()
        return circular

    @cached_property
    def right(self) -> Entitlement:
        rights = self.circular.entitlements.select_related("circular", "ballot")
        return get_object_or_404(rights, user=self.request.user)

    @property
    def ballot(self) -> Ballot | None:
        return getattr(self.right, "ballot", None)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.right and not self.circular.is_running:
            return redirect(self.circular)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        ballot = self.ballot
        return {"choice": ballot.choice, "comment": ballot.comment} if ballot else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        circular = self.circular
        papers = Paper.objects.visible_to(self.request.user).filter(circulars=circular)
        return super().get_context_data(
            committee=self.committee,
            circular=circular,
            right=self.right,
            ballot=self.ballot,
            paper=papers.first(),
            crumbs=self.crumbs((circular.title, circular.get_absolute_url()), (_("Abstimmen"), "")),
            **kwargs,
        )

    def form_valid(self, form: BallotForm) -> HttpResponse:
        try:
            cast_ballot(right=self.right, **form.cleaned_data)
        except TooLate as late:
            messages.error(self.request, late.message)
        else:
            messages.success(
                self.request, gettext("Ihre Stimme ist gezählt. Bis zur Frist können Sie sie ändern.")
            )
        return HttpResponseRedirect(self.circular.get_absolute_url())
