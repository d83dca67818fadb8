"""Links from a report to the portal as it stood on the Stichtag, where the reader finds such a page."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from measures.models import Measure
from monitoring.compile.figures import all_measures
from monitoring.models import Indicator, Report
from monitoring.snapshot.schema import Snapshot


@dataclass(frozen=True)
class Links:
    """`measures`: by number. `indicators`: by key. `previous`: the report compared with, or ""."""

    measures: dict[str, str]
    indicators: dict[str, str]
    measure_list: str
    matrix: str
    previous: str


def links_for(snapshot: Snapshot, user: Any) -> Links:
    """Three queries, whatever the size of the snapshot."""
    day = f"?stand={snapshot['report']['as_of']}"
    numbers = [measure["no"] for measure in all_measures(snapshot)]
    pages = Measure.objects.visible_to(user).filter(no__in=numbers).values_list("no", "slug")
    keys = [indicator["key"] for indicator in snapshot["indicators"]]
    known = Indicator.objects.visible_to(user).filter(key__in=keys).values_list("key", flat=True)
    return Links(
        measures={no: f"{reverse('measure', args=[slug])}{day}" for no, slug in pages},
        indicators={key: f"{reverse('indicator', args=[key])}{day}" for key in known},
        measure_list=f"{reverse('measures')}{day}",
        matrix=f"{reverse('matrix')}{day}",
        previous=_previous(snapshot, user),
    )


def _previous(snapshot: Snapshot, user: Any) -> str:
    previous = snapshot["changes"]["previous"]
    if previous is None:
        return ""
    sealed = Report.objects.visible_to(user).sealed().filter(sha256=previous["sha256"])
    key = sealed.values_list("pk", flat=True).first()
    return reverse("report", args=[key]) if key else ""
