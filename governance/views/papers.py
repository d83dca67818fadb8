"""Papers: all of them, one paper's page, and its forms.

A paper lives at an address without its committee: members of another committee on its way may read it and
need not know the one that it comes from.
"""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from governance.forms.papers import PaperFilter, PaperForm
from governance.journal import journal_of_paper
from governance.models import AgendaItem, Committee, Paper, PaperFile, Resolution
from governance.services.papers import add_paper, next_paper_number
from governance.story import story_of
from governance.views.base import CHANGE, AddPage, EditPage, InCommittee, UndoPage
from governance.way import way_of
from measures.filters import query_with, tell_address
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.languages import German

PER_PAGE, LONGEST_CRUMB = 20, 60


class PaperListPage(RuledView):
    """All papers that the reader may see, the latest first; the results alone for htmx."""

    permission = PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = PaperFilter(request.GET, request.user)
        found = chosen.qs.with_committee_for(request.user)
        context = {
            "filter": chosen,
            "filter_label": _("Vorlagen filtern"),
            "page_obj": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
            "page_query": query_with(request.GET).removeprefix("?"),
            "reset_url": request.path,
        }
        if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
            response = render(request, "governance/_paper_results.html", {**context, "announce": True})
            tell_address(request, response, f"{request.path}{query_with(request.GET)}")
        else:
            crumbs = [(_("Gremien"), reverse("committees")), (_("Vorlagen"), "")]
            response = render(request, "governance/papers.html", {**context, "crumbs": crumbs})
        patch_vary_headers(response, ["HX-Request"])
        return response


class OfPaper(InCommittee):
    """A page below `/vorlagen/<key>/`. Whoever may not read the paper finds nothing."""

    paper_key = "paper"
    anchor = ""

    @cached_property
    def paper(self) -> Paper:
        visible = Paper.objects.visible_to(self.request.user).select_related("committee__municipality")
        return get_object_or_404(visible, pk=self.kwargs[self.paper_key])

    @cached_property
    def committee(self) -> Committee:
        return self.paper.committee

    def crumbs(self, *further: tuple[Any, str]) -> list[tuple[Any, str]]:
        above = [(_("Gremien"), reverse("committees")), (_("Vorlagen"), reverse("all_papers"))]
        title = German(Truncator(self.paper.title).chars(LONGEST_CRUMB))
        return [*above, (title, self.paper.get_absolute_url() if further else ""), *further]

    def get_back_url(self) -> str:
        return f"{self.paper.get_absolute_url()}{self.anchor}"


class PaperPage(OfPaper, TemplateView):
    permission = PUBLIC
    template_name = "governance/paper.html"
    paper_key = "pk"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, paper = self.request.user, self.paper
        papers = Paper.objects.visible_to(user)
        items = AgendaItem.objects.visible_to(user).filter(paper=paper, consultation=None)
        answers = papers.filter(answered_by=paper).first()
        return super().get_context_data(
            paper=paper,
            committee=Committee.objects.visible_to(user).filter(pk=paper.committee_id).first(),
            answers=answers,
            story_of=answers or paper,
            answered_by=papers.filter(answers=paper),
            refers_to=Resolution.objects.visible_to(user)
            .filter(referring_papers=paper)
            .select_related("committee")
            .first(),
            files=PaperFile.objects.visible_to(user).filter(paper=paper).without_content(),
            way=way_of(paper, user),
            items=items.select_related("meeting__committee").order_by("meeting__starts_at"),
            changes=journal_of_paper(paper) if user.has_perm(CHANGE) else None,
            crumbs=self.crumbs(),
            **kwargs,
        )


class PaperStoryPage(OfPaper, TemplateView):
    """What a paper set off or answers to, as far as the records say so and the reader may see it."""

    permission = PUBLIC
    template_name = "governance/paper_story.html"
    paper_key = "pk"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            paper=self.paper,
            story=story_of(self.paper, self.request.user),
            crumbs=self.crumbs((_("Was daraus wurde"), "")),
            **kwargs,
        )


class PaperAddPage(AddPage):
    form_class = PaperForm
    page_title = _("Vorlage anlegen")

    def new_row(self) -> Paper:
        return Paper(committee=self.committee, dated=localdate())

    def get_form_kwargs(self) -> dict[str, Any]:
        number = ""
        if self.committee.keeps_register:
            number = next_paper_number(committee=self.committee, day=localdate())
        return {**super().get_form_kwargs(), "next_number": number}

    def store(self, row: Paper) -> None:
        add_paper(paper=row, by=self.request.user)


class PaperEditPage(OfPaper, EditPage):
    form_class = PaperForm
    page_title = _("Vorlage bearbeiten")
    paper_key = "pk"

    def get_queryset(self) -> QuerySet[Paper]:
        return Paper.objects.visible_to(self.request.user)


class PaperUndoPage(OfPaper, UndoPage):
    paper_key = "pk"

    def get_object(self) -> Paper:
        return self.paper
