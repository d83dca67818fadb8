"""What can be found of the strategy."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fields.models import ActionField, Concept, Guideline
from smartregion.base import search
from smartregion.base.search import Shown


def _concept(title: str) -> Shown:
    return Shown(title, reverse("concept"))


def _guideline(title: str) -> Shown:
    return Shown(title, reverse("concept") + "#guidelines", _("Leitlinie des Konzepts"))


def _field(name: str, slug: str) -> Shown:
    return Shown(name, reverse("field", args=[slug]))


search.register(
    key="konzept",
    label=gettext_lazy("Konzept"),
    model=Concept,
    seen_by=lambda user: Concept.objects.all(),
    texts={"A": ["title"], "B": ["claim", "vision"], "C": ["summary"], "D": ["resolved_by", "resolved_on"]},
    values=["title"],
    show=_concept,
    on="resolved_on",
)
search.register(
    key="leitlinien",
    label=gettext_lazy("Leitlinien"),
    model=Guideline,
    seen_by=lambda user: Guideline.objects.all(),
    texts={"A": ["title"], "C": ["text"]},
    values=["title"],
    show=_guideline,
)
search.register(
    key="handlungsfelder",
    label=gettext_lazy("Handlungsfelder"),
    model=ActionField,
    seen_by=lambda user: ActionField.objects.all(),
    texts={"A": ["name"], "C": ["text"]},
    values=["name", "slug"],
    show=_field,
)
