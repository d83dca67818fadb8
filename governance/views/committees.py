"""Committees: the list, one committee's page, its text and its seats."""

from typing import Any

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from governance.forms.committees import CommitteeForm, SeatForm
from governance.journal import journal_of_committee
from governance.membership import membership_of
from governance.models import Circular, Committee, Meeting, Paper, Resolution, Seat, Topic
from governance.oparl.shown import excerpt_of
from governance.services.committees import create_committee, remove_seat
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
from smartregion.base.access import PUBLIC, RuledView

Kind = Committee.Kind
GROUPS = [
    (
        _("Steuerung"),
        {Kind.STEERING, Kind.MAYORS, Kind.COUNCIL, Kind.COUNTY_COMMITTEE},
    ),
    (_("Arbeitskreise und Kompetenzzentren"), {Kind.COMPETENCE_CENTRE, Kind.WORKING_GROUP}),
    (_("Austausch"), {Kind.EXCHANGE}),
    (_("Räte der Kommunen"), {Kind.MUNICIPAL_COUNCIL}),
]


class CommitteeListPage(RuledView, TemplateView):
    permission = PUBLIC
    template_name = "governance/committees.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        upcoming = Meeting.objects.visible_to(user).upcoming()
        committees = list(
            Committee.objects.visible_to(user)
            .select_related("host")
            .prefetch_related(Prefetch("meetings", upcoming[:1], to_attr="next_meetings"))
        )
        groups = [
            (label, [committee for committee in committees if committee.kind in kinds])
            for label, kinds in GROUPS
        ]
        return super().get_context_data(
            groups=[(label, members) for label, members in groups if members],
            crumbs=[(_("Gremien"), "")],
            **kwargs,
        )


class CommitteePage(InCommittee, TemplateView):
    permission = PUBLIC
    template_name = "governance/committee.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        committee = self.committee
        committees = Committee.objects.visible_to(self.request.user)
        meetings = self.visible(Meeting)
        resolutions = self.visible(Resolution)
        return super().get_context_data(
            committee=committee,
            membership=membership_of(committee),
            terms=committee.terms.all(),
            series=committee.series.all() if self.request.user.has_perm(CHANGE) else [],
            parent=committees.filter(pk=committee.parent_id).first() if committee.parent_id else None,
            parts=committees.filter(parent=committee),
            upcoming=meetings.upcoming(),
            past=meetings.past_or_cancelled()[:5],
            open_resolutions=resolutions.open_for_control().with_control(),
            resolutions=paged(self.request, resolutions.settled().with_control()),
            papers=Paper.objects.visible_to(self.request.user).before(committee.slug)[:10],
            topics=self.visible(Topic).waiting(),
            circulars=self.visible(Circular).with_turnout()[:3],
            mirrored=excerpt_of(committee),
            changes=journal_of_committee(committee) if self.request.user.has_perm(CHANGE) else None,
            crumbs=self.crumbs(),
            **kwargs,
        )


class ArchivePage(InCommittee, TemplateView):
    """All meetings or all papers of a committee, page by page."""

    permission = PUBLIC
    template_name = "governance/archive.html"
    model: type[Any]
    title: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            committee=self.committee,
            title=self.title,
            rows_template=self.rows_template,
            page_obj=paged(self.request, self.rows(), size=20),
            crumbs=self.crumbs((self.title, "")),
            **kwargs,
        )

    rows_template: str

    def rows(self) -> Any:
        return self.visible(self.model)


class MeetingArchivePage(ArchivePage):
    model = Meeting
    title = _("Alle Sitzungen")
    rows_template = "governance/_meetings.html"


class PaperArchivePage(ArchivePage):
    model = Paper
    title = _("Alle Vorlagen")
    rows_template = "governance/_papers.html"

    def rows(self) -> Any:
        """The committee's own papers, and those whose way leads to it."""
        return Paper.objects.visible_to(self.request.user).before(self.committee.slug)


class CommitteeAddPage(AddPage):
    form_class = CommitteeForm
    page_title = _("Gremium anlegen")

    def new_row(self) -> Committee:
        return Committee()

    def store(self, row: Committee) -> None:
        create_committee(committee=row, by=self.request.user)

    def get_back_url(self) -> str:
        return reverse("committees")

    def crumbs(self, *further: tuple[Any, str]) -> list[tuple[Any, str]]:
        return [(_("Gremien"), reverse("committees")), *further]


class CommitteeEditPage(EditPage):
    form_class = CommitteeForm
    page_title = _("Gremium bearbeiten")

    def get_queryset(self) -> Any:
        return Committee.objects.visible_to(self.request.user)


class CommitteeUndoPage(UndoPage):
    def get_object(self) -> Committee:
        return self.committee


class SeatAddPage(AddPage):
    form_class = SeatForm
    page_title = _("Sitz ergänzen")

    def new_row(self) -> Seat:
        return Seat(committee=self.committee)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "committee": self.committee}


class SeatEditPage(EditPage):
    form_class = SeatForm
    page_title = _("Sitz bearbeiten")

    def get_queryset(self) -> Any:
        return self.committee.seats.select_related("committee")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "committee": self.committee}


class SeatUndoPage(UndoPage):
    def get_object(self) -> Seat:
        return get_object_or_404(self.committee.seats.select_related("committee"), pk=self.kwargs["pk"])


class SeatRemovePage(AskPage):
    page_title = _("Sitz entfernen")
    submit_label = _("Sitz entfernen")
    done_message = _("Der Sitz wurde entfernt.")

    def get_subject(self) -> Seat:
        return get_object_or_404(self.committee.seats, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        loss = _(
            "Nur für irrtümlich eingetragene Sitze: Er steht danach auch nicht bei den früheren Mitgliedern."
        )
        return super().get_context_data(question=self.subject.function, loss=loss, **kwargs)

    def act(self, subject: Seat, *, reason: str, version: int | None) -> None:
        remove_seat(seat=subject, version=version, by=self.request.user, reason=reason)

    def get_undo_url(self) -> str:
        return reverse("seat_restore", args=[self.committee.slug, self.kwargs["pk"]])


class SeatRestorePage(RestorePage):
    model = Seat

    def owner(self) -> dict[str, Any]:
        return {"committee_id": self.committee.pk}
