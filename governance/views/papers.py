"""Pages of papers."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from governance.forms.papers import PaperForm
from governance.models import AgendaItem, Paper
from governance.views.base import CHANGE, AddPage, EditPage, InCommittee, UndoPage
from smartregion.base.access import PUBLIC
from smartregion.base.history import changes_of


class PaperPage(InCommittee, TemplateView):
    permission = PUBLIC
    template_name = "governance/paper.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        papers = Paper.objects.visible_to(user).select_related("committee")
        paper = get_object_or_404(self.visible(Paper), pk=self.kwargs["pk"])
        return super().get_context_data(
            committee=self.committee,
            paper=paper,
            answers=papers.filter(answered_by=paper).first(),
            answered_by=papers.filter(answers=paper),
            items=AgendaItem.objects.visible_to(user)
            .filter(paper=paper)
            .select_related("meeting__committee")
            .order_by("meeting__starts_at"),
            changes=changes_of(paper) if user.has_perm(CHANGE) else None,
            crumbs=self.crumbs((paper.title, "")),
            **kwargs,
        )


class PaperAddPage(AddPage):
    form_class = PaperForm
    page_title = _("Vorlage anlegen")

    def new_row(self) -> Paper:
        return Paper(committee=self.committee)


class PaperEditPage(EditPage):
    form_class = PaperForm
    page_title = _("Vorlage bearbeiten")

    def get_queryset(self) -> QuerySet[Paper]:
        return self.visible(Paper)


class PaperUndoPage(UndoPage):
    def get_object(self) -> Paper:
        return get_object_or_404(self.visible(Paper), pk=self.kwargs["pk"])
