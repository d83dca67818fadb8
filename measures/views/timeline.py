"""The timeline of all measures."""

from typing import Any, cast

from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from measures.filters import MeasureFilter, query_with
from measures.models.measure import MeasureQuerySet
from measures.overview_timeline import STATES, TIMELINE_RULE, overview_timeline
from measures.views.overview import OverviewView
from measures.windows import (
    QUARTERS_OF_YEAR,
    Quarter,
    Window,
    Zoom,
    window_of_everything,
    window_of_quarters,
)

ROWS_PER_PAGE = 50


class TimelineView(OverviewView):
    """Each measure as a bar with its milestones; `zoom` and `von` in the address say which time is shown."""

    name = "measure_timeline"
    template_name = "measures/measure_timeline.html"
    results_template = "measures/_timeline_results.html"

    @cached_property
    def zoom(self) -> Zoom:
        wish = self.request.GET.get("zoom", "")
        return Zoom(wish) if wish in Zoom.values else Zoom.YEAR

    @cached_property
    def quarter(self) -> Quarter | None:
        return Quarter.named(self.request.GET.get("von", ""))

    def kept(self) -> dict[str, str]:
        wishes = {"zoom": self.zoom if "zoom" in self.request.GET else "", "von": str(self.quarter or "")}
        return {name: value for name, value in wishes.items() if value}

    def results(self, chosen: MeasureFilter) -> dict[str, Any]:
        today = localdate()
        found = cast(MeasureQuerySet, chosen.qs)
        page = Paginator(found.by_field(), ROWS_PER_PAGE).get_page(self.request.GET.get("page"))
        if self.zoom == Zoom.ALL:
            window = window_of_everything(*found.time_span(), today)
        else:
            window = window_of_quarters(self.zoom, self.quarter, today)
        measures = cast(MeasureQuerySet, page.object_list).for_timeline()
        return {
            "page_obj": page,
            "timeline": overview_timeline(measures, window, today),
            "states": STATES,
            "problems": self.problems,
            "zooms": [
                {"label": zoom.label, "url": self.address(zoom=zoom), "current": zoom == self.zoom}
                for zoom in Zoom
            ],
            "steps": self.steps(window),
            "timeline_rule": TIMELINE_RULE,
        }

    @property
    def problems(self) -> list[str]:
        """One sentence for each wish about time that was not understood."""
        found = []
        zoom, begin = self.request.GET.get("zoom", ""), self.request.GET.get("von", "")
        if zoom and zoom not in Zoom.values:
            found.append(_("Den Zoom „%s“ gibt es nicht. Gezeigt wird ein Jahr.") % _shown(zoom))
        if begin and not self.quarter:
            found.append(
                _("„%s“ ist kein Quartal wie „2026-Q3“. Gezeigt wird der Zeitraum um heute.") % _shown(begin)
            )
        return found

    def steps(self, window: Window) -> list[dict[str, str]]:
        """Links to earlier and later windows, with today in the middle; none where all is shown."""
        if window.quarter is None:
            return []
        steps = [
            (-QUARTERS_OF_YEAR, _("1 Jahr früher"), "«"),
            (-1, _("1 Quartal früher"), "‹"),
            (0, _("Heute"), ""),
            (1, _("1 Quartal später"), "›"),
            (QUARTERS_OF_YEAR, _("1 Jahr später"), "»"),
        ]
        found = []
        for by, label, sign in steps:
            quarter = window.quarter.later(by)
            if quarter.is_sensible:
                url = self.address(von=str(quarter) if by else None)
                found.append({"label": label, "sign": sign, "url": url})
        return found

    def address(self, **changes: str | None) -> str:
        return f"{self.request.path}{query_with(self.request.GET, **changes)}"


def _shown(text: str) -> str:
    return text[:40].replace("\0", "")
