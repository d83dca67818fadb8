"""What changed between two days, as a list to read."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db import OperationalError
from django.http import QueryDict
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from measures.filters import query_with
from measures.models.waves import quarter_of
from measures.time_machine import NotShown, first_day, read_day
from measures.views.in_time import why_not
from monitoring.time_machine import Subject, changes_between
from monitoring.views.base import steering_crumbs
from smartregion.base import written
from smartregion.base.access import PUBLIC, RuledView
from smartregion.base.as_of import NoPast
from smartregion.base.occasions import last_occasion

PER_PAGE = 40


@dataclass(frozen=True)
class Preset:
    label: str
    start: date
    end: date


class ChangesView(RuledView, TemplateView):
    """Between the ends of two days, as far as the reader may see both; at first since the last quarter."""

    permission = PUBLIC
    template_name = "monitoring/changes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, first, today = self.request.user, first_day(), localdate()
        presets = [preset for preset in _presets(user, today) if first and preset.start >= first]
        asked = Asked(self.request.GET, first, today)
        problem, subjects = "", list[Subject]()
        try:
            if asked.start and asked.end and not asked.problems:
                subjects = changes_between(asked.start, asked.end, user)
        except (NoPast, OperationalError) as error:
            problem = why_not(error)
        return super().get_context_data(
            crumbs=steering_crumbs((_("Was sich geändert hat"), "")),
            asked=asked,
            today=today,
            first_day=first,
            problem=problem,
            presets=presets,
            number=sum(len(subject.sentences) for subject in subjects),
            page_obj=Paginator(subjects, PER_PAGE).get_page(self.request.GET.get("page")),
            page_query=query_with(self.request.GET).removeprefix("?"),
            **kwargs,
        )


class Asked:
    """The days of an address: what was typed, the days that it names, and what is wrong with each.

    Where there is no past yet, there is no first day.
    """

    def __init__(self, query: QueryDict, first: date | None, today: date) -> None:
        self.first, self.today = first, today
        self.problems: dict[str, str] = {}
        last_quarter = quarter_of(today) - timedelta(days=1)
        default = max(last_quarter, first) if first and first < today else None
        self.start = self._day(query, "von", default)
        self.end = self._day(query, "bis", today)
        if self.start and self.end and self.start >= self.end:
            days = {"start": written.day(self.start), "end": written.day(self.end)}
            self.problems["von"] = _("Der %(start)s liegt nicht vor dem %(end)s.") % days
        self.typed = {
            name: query.get(name) or (f"{day:%Y-%m-%d}" if day else "")
            for name, day in (("von", self.start), ("bis", self.end))
        }

    def _day(self, query: QueryDict, name: str, default: date | None) -> date | None:
        text = query.get(name, "")
        if not text or (name == "bis" and text == f"{self.today:%Y-%m-%d}"):
            return default
        try:
            return read_day(text, first=self.first)
        except NotShown as problem:
            self.problems[name] = str(problem)
            return None


def _presets(user: Any, today: date) -> list[Preset]:
    this = quarter_of(today)
    last = quarter_of(this - timedelta(days=1))
    presets = [
        Preset(_("letztes Quartal"), last - timedelta(days=1), this - timedelta(days=1)),
        Preset(_("laufendes Quartal"), this - timedelta(days=1), today),
        Preset(_("letzte zwölf Monate"), today.replace(day=1) - timedelta(days=365), today),
    ]
    for key in ("report", "meeting"):
        if occasion := last_occasion(key, user):
            day = localdate(occasion.moment)
            if day < today:
                presets.append(Preset(_("seit: %s") % occasion.words, day, today))
    return presets
