"""Aufträge: what background work waits, runs, has failed and has been; whether it runs at all; a retry."""

from collections import defaultdict
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, TemplateView
from django_filters import ChoiceFilter, FilterSet
from django_htmx.http import HttpResponseClientRefresh

from smartregion.base.access import RuledView, next_url
from smartregion.base.charts import Chart, Segment, simple_bars
from smartregion.base.durations import Durations, durations, in_words
from smartregion.base.job_kinds import KINDS, Subject, title_of
from smartregion.base.jobs import requeue
from smartregion.base.models import Job
from smartregion.operation import operation

PER_PAGE = 25
REMEMBERED = "jobs_filter"
VIEW, RETRY = "base.view_job", "base.retry_job"
FILTERS = ("kind", "status")
LIST_TITLE = gettext_lazy("Aufträge")


def kind_choices() -> list[tuple[str, str]]:
    return sorted(((key, title_of(key)) for key in KINDS), key=lambda choice: choice[1])


class JobFilter(FilterSet):
    kind = ChoiceFilter(choices=kind_choices, label=gettext_lazy("Art"), empty_label=gettext_lazy("alle"))
    status = ChoiceFilter(
        choices=Job.Status.choices, label=gettext_lazy("Status"), empty_label=gettext_lazy("alle")
    )


def subjects_of(jobs: Iterable[Job], user: Any) -> dict[int, Subject]:
    """What the jobs were for, as far as the user may see it: one question for each kind among them."""
    keys = defaultdict(list)
    for job in jobs:
        keys[job.kind].append(job.pk)
    found: dict[int, Subject] = {}
    for kind, of_kind in keys.items():
        if kind in KINDS:
            found.update(KINDS[kind].subjects(of_kind, user))
    return found


class JobListView(RuledView, TemplateView):
    """The whole page; asked by htmx, the part of it that changes by itself.

    The last filter is remembered with the session and holds when the page is opened without one.
    """

    permission = VIEW

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if any(name in request.GET for name in FILTERS):
            self._remember()
        elif any((remembered := request.session.get(REMEMBERED, {})).values()):
            return HttpResponseRedirect(f"{reverse('jobs')}?{urlencode(remembered)}")
        return super().get(request, *args, **kwargs)

    def _remember(self) -> None:
        """Only what is new: a page that renews itself must not keep its session alive."""
        chosen = {name: self.request.GET.get(name, "")[:60] for name in FILTERS}
        if self.request.session.get(REMEMBERED) != chosen:
            self.request.session[REMEMBERED] = chosen

    def get_template_names(self) -> list[str]:
        return ["smartregion/_jobs.html" if self.request.htmx else "smartregion/jobs.html"]  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = JobFilter(self.request.GET, queryset=Job.objects.order_by("-pk"))
        page = Paginator(chosen.qs, PER_PAGE).get_page(self.request.GET.get("page"))
        subjects = subjects_of(page, self.request.user)
        query = urlencode({name: value for name in FILTERS if (value := self.request.GET.get(name, ""))})
        counts = dict(Job.objects.order_by().values_list("status").annotate(Count("pk")))
        if not self.request.htmx:  # type: ignore[attr-defined]
            took = durations()
            kwargs |= {"durations": took, "chart": _chart(took)}
        return super().get_context_data(
            crumbs=[(LIST_TITLE, "")],
            filter=chosen,
            is_filtered=bool(query),
            page_query=query or f"{FILTERS[0]}=",
            page_obj=page,
            rows=[(job, subjects.get(job.pk)) for job in page],
            counts=[(status.value, status.label, counts.get(status.value, 0)) for status in Job.Status],
            operation=operation(),
            kept_days=Job.KEPT_FOR.days,
            **kwargs,
        )


def _chart(took: list[Durations]) -> Chart:
    segments = [
        Segment(
            row.title,
            "",
            "step4",
            round(1000 * row.median.total_seconds()),
            text=in_words(row.median.total_seconds()),
        )
        for row in took
    ]
    return simple_bars(chart_id="durations", title=_("Mittlere Dauer (Median)"), segments=segments)


class JobView(RuledView, DetailView[Job]):
    permission = VIEW
    model = Job
    template_name = "smartregion/job.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job = self.object
        return super().get_context_data(
            crumbs=[(LIST_TITLE, reverse("jobs")), (f"{job.title} {job.pk}", "")],
            subject=subjects_of([job], self.request.user).get(job.pk),
            tries=job.tries.all(),
            may_retry=job.status == Job.Status.FAILED and self.request.user.has_perm(RETRY, job),
            sees_technical=self.request.user.has_perm(RETRY, job),
            **kwargs,
        )


class JobProgressView(RuledView):
    """The bar alone, for a page that asks again and again. Says nothing while nothing has changed."""

    permission = VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = get_object_or_404(Job, pk=pk)
        if not job.is_open:
            return HttpResponseClientRefresh()
        if request.GET.get("state") == job.state:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return render(request, "smartregion/_job_progress.html", {"job": job})


class JobRetryView(RuledView):
    """GET asks, POST gives a failed job a fresh start, whatever it was for."""

    permission = VIEW
    writes = ("post",)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self._failed(pk)
        crumbs = [
            (LIST_TITLE, reverse("jobs")),
            (f"{job.title} {job.pk}", job.get_absolute_url()),
            (_("Erneut versuchen"), ""),
        ]
        return render(request, "smartregion/job_retry.html", {"job": job, "crumbs": crumbs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self._failed(pk)
        requeue(job)
        messages.success(
            request,
            _("Der Auftrag %(number)d, %(kind)s, wird erneut versucht.") % {"number": pk, "kind": job.title},
        )
        return redirect(next_url(request) or job.get_absolute_url())

    def _failed(self, pk: int) -> Job:
        job = get_object_or_404(Job.objects.failed(), pk=pk)
        self.require(RETRY, job)
        return job
