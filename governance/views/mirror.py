"""Pages of mirrors for the coordinator, and what a committee has in another system for everybody."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView
from django_htmx.http import HttpResponseClientRefresh

from governance.forms.mirror import LinkForm, MirrorAddForm, MirrorForm
from governance.models import Mirror, MirroredObject, MirrorRun
from governance.oparl.shown import shown, text
from governance.services.mirror import link, remove_mirror, request_run, unlink
from governance.views.base import CHANGE, AddPage, AskPage, EditPage, InCommittee, UndoPage, paged
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.changes import changes_of

LIST = (_("Spiegel"), "/gremien/spiegel/")


class OnMirror:
    """A page about one mirror, which only the coordinator knows of."""

    permission = CHANGE
    kwargs: dict[str, Any]
    page_title: Any

    @cached_property
    def mirror(self) -> Mirror:
        return get_object_or_404(Mirror, pk=self.kwargs["pk"])

    def get_object(self, queryset: Any = None) -> Mirror:
        return self.mirror

    def get_back_url(self) -> str:
        return self.mirror.get_absolute_url()

    def crumbs(self, *further: tuple[Any, str]) -> list[tuple[Any, str]]:
        return [(_("Gremien"), "/gremien/"), LIST, (self.mirror.name, self.get_back_url()), *further]


class MirrorListPage(RuledView, TemplateView):
    permission = CHANGE
    template_name = "governance/mirrors.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            mirrors=Mirror.objects.with_last_run(),
            crumbs=[(_("Gremien"), "/gremien/"), (LIST[0], "")],
            **kwargs,
        )


class MirrorPage(OnMirror, RuledView, TemplateView):
    template_name = "governance/mirror.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mirror = self.mirror
        there = mirror.objects_there.there()
        links = list(mirror.links.select_related("committee"))
        organizations = there.filter(foreign_id__in=[row.organization for row in links])
        names = {row.foreign_id: text(row.data, "name") for row in organizations}
        return super().get_context_data(
            mirror=mirror,
            counts=counts_of(mirror),
            links=[(row, names.get(row.organization) or row.organization) for row in links],
            runs=mirror.runs.select_related("job")[:5],
            last=mirror.runs.select_related("job").first(),
            changes=changes_of(mirror),
            crumbs=[*self.crumbs()[:-1], (mirror.name, "")],
            **kwargs,
        )


def counts_of(mirror: Mirror) -> list[tuple[Any, int]]:
    there = mirror.objects_there.there()
    return [(label, there.of_type(kind).count()) for kind, label in COUNTED]


COUNTED = [
    (MirroredObject.Kind.ORGANIZATION, _("Gremien")),
    (MirroredObject.Kind.MEETING, _("Sitzungen")),
    (MirroredObject.Kind.PAPER, _("Vorlagen")),
]


class MirrorAddPage(AddPage):
    form_class = MirrorAddForm
    page_title = _("Spiegel anlegen")
    lead = _("Kopiert öffentliche Sitzungen und Vorlagen eines Ratsinformationssystems; Personen nie.")

    def new_row(self) -> Mirror:
        return Mirror()

    def get_back_url(self) -> str:
        return LIST[1]

    def crumbs(self, *further: tuple[Any, str]) -> list[tuple[Any, str]]:
        return [(_("Gremien"), "/gremien/"), LIST, *further]


class MirrorEditPage(OnMirror, EditPage):
    form_class = MirrorForm
    page_title = _("Spiegel bearbeiten")


class MirrorUndoPage(OnMirror, UndoPage):
    """Takes back the last change of a mirror."""


class MirrorRemovePage(OnMirror, AskPage):
    """Says what is lost; the source stays as it is, but what was copied cannot be brought back."""

    page_title = _("Spiegel löschen")
    submit_label = _("Endgültig löschen")
    done_message = _("Der Spiegel ist gelöscht.")

    def get_subject(self) -> Mirror:
        return self.mirror

    def get_success_url(self) -> str:
        return LIST[1]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        copied = ", ".join(f"{number} {label}" for label, number in counts_of(self.mirror))
        links = [str(link.committee) for link in self.mirror.links.select_related("committee")]
        loss = gettext("Was von dort kopiert wurde (%s), verschwindet aus dem Portal. ") % copied
        if links:
            loss += gettext("Diese Gremien zeigen es dann nicht mehr: %s. ") % ", ".join(links)
        loss += gettext(
            "Das lässt sich nicht rückgängig machen; ein neuer Spiegel kopiert alles noch einmal. "
            "Soll nur der tägliche Abgleich ruhen, bearbeiten Sie den Spiegel."
        )
        return super().get_context_data(question=self.mirror.name, loss=loss, **kwargs)

    def act(self, subject: Mirror, *, reason: str, version: int | None) -> None:
        remove_mirror(mirror=subject, version=version, by=self.request.user, reason=reason)


class MirrorRunPage(OnMirror, RuledView):
    """POST asks for a comparison now."""

    writes = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.mirror.is_example:
            messages.info(request, gettext("Diese Quelle ist ein Beispiel; es gibt sie nicht."))
        else:
            request_run(self.mirror)
            messages.success(request, gettext("Der Abgleich ist beauftragt."))
        return HttpResponseRedirect(self.get_back_url())


class MirrorProgressPage(OnMirror, RuledView):
    """A running comparison, asked for again and again by its own page."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        run: MirrorRun | None = self.mirror.runs.select_related("job").first()
        if run is None or run.job is None or not run.job.is_open:
            return HttpResponseClientRefresh()
        if request.GET.get("state") == f"{run.job.state}-{run.pages}":
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return render(request, "governance/_mirror_progress.html", {"mirror": self.mirror, "run": run})


class LinkAddPage(OnMirror, RuledView, FormView[LinkForm]):
    writes = ("post",)
    form_class = LinkForm
    template_name = "governance/form.html"
    page_title = _("Gremium verknüpfen")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "mirror": self.mirror, "user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            page_title=self.page_title,
            lead=_(
                "Sitzungen und Vorlagen des gewählten Gremiums der Quelle stehen dann auf der Seite hier."
            ),
            cancel_url=self.get_back_url(),
            crumbs=self.crumbs((self.page_title, "")),
            **kwargs,
        )

    def form_valid(self, form: LinkForm) -> HttpResponse:
        link(mirror=self.mirror, by=self.request.user, **form.cleaned_data)
        messages.success(self.request, gettext("Verknüpft."))
        return HttpResponseRedirect(self.get_back_url())


class UnlinkPage(OnMirror, RuledView):
    """POST takes a link away; nothing that was copied is lost."""

    writes = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        unlink(link=get_object_or_404(self.mirror.links, pk=self.kwargs["link"]), by=request.user)
        messages.success(request, gettext("Die Verknüpfung ist gelöst."))
        return HttpResponseRedirect(self.get_back_url())


class MirroredPage(InCommittee, TemplateView):
    """All that the committee has in another system, read-only, page by page."""

    permission = PUBLIC
    template_name = "governance/mirrored.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shows_papers = self.request.GET.get("art") == "vorlagen"
        kind = MirroredObject.Kind.PAPER if shows_papers else MirroredObject.Kind.MEETING
        mine = MirroredObject.objects.of_committee(self.committee)
        page = paged(self.request, mine.of_type(kind).with_day_of_copy(), size=20)
        return super().get_context_data(
            committee=self.committee,
            shows_papers=shows_papers,
            rows=[shown(row) for row in page],
            page_obj=page,
            page_query="art=vorlagen" if shows_papers else "",
            crumbs=self.crumbs((_("Aus dem Ratsinformationssystem"), "")),
            **kwargs,
        )
