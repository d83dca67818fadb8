"""What can be found of measures: themselves, what is told about them, their documents, and solutions."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import Document, Measure, Solution, StatusUpdate
from smartregion.base import search, written
from smartregion.base.search import Shown


def _measure(no: str, title: str, slug: str) -> Shown:
    return Shown(title, reverse("measure", args=[slug]), no)


def _updates_seen_by(user: Any) -> QuerySet[StatusUpdate]:
    return StatusUpdate.objects.visible_to(user).filter(measure__in=Measure.objects.visible_to(user))


def _update(key: int, on: str, measure: str, slug: str) -> Shown:
    day = written.day(date.fromisoformat(on))
    url = f"{reverse('measure', args=[slug])}#sachstand-{key}"
    return Shown(_("Sachstand vom %(day)s: %(measure)s") % {"day": day, "measure": measure}, url)


def _document(title: str, measure: str, slug: str) -> Shown:
    return Shown(title, f"{reverse('measure_documents', args=[slug])}#dokumente", measure)


def _solution(title: str, slug: str) -> Shown:
    return Shown(title, reverse("solution", args=[slug]))


search.register(
    key="massnahmen",
    label=gettext_lazy("Maßnahmen"),
    model=Measure,
    seen_by=Measure.objects.visible_to,
    texts={
        "A": ["no", "title"],
        "B": ["summary"],
        "C": ["goal", "benefit", "target_group"],
        "D": ["contact", "status_reason", "light_reason", "needed_decision"],
    },
    values=["no", "title", "slug"],
    show=_measure,
    field="field",
    visibility="visibility",
    is_example="is_example",
)
search.register(
    key="sachstaende",
    label=gettext_lazy("Sachstände"),
    model=StatusUpdate,
    seen_by=_updates_seen_by,
    texts={"B": ["text"], "C": ["next_steps"], "D": ["on"]},
    values=["pk", "on", "measure__title", "measure__slug"],
    show=_update,
    field="measure__field",
    on="on",
    visibility="visibility",
    is_example="measure__is_example",
)
search.register(
    key="dokumente",
    label=gettext_lazy("Dokumente"),
    model=Document,
    seen_by=Document.objects.visible_to,
    texts={"A": ["title"], "D": ["dated"]},
    values=["title", "measure__title", "measure__slug"],
    show=_document,
    field="measure__field",
    on="dated",
    visibility="visibility",
    is_example="measure__is_example",
)
search.register(
    key="loesungen",
    label=gettext_lazy("Lösungen"),
    model=Solution,
    seen_by=Solution.objects.visible_to,
    texts={
        "A": ["title"],
        "B": ["summary"],
        "C": ["problem", "reuse", "privacy"],
        "D": ["provider_name", "operator", "hosting", "interfaces", "licence"],
    },
    values=["title", "slug"],
    show=_solution,
    visibility="visibility",
    is_example="is_example",
)
