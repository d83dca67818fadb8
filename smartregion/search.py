"""What can be found of the portal itself: the texts for which its operator answers."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smartregion.base import search
from smartregion.base.models import LegalText
from smartregion.base.search import Shown


def _legal_text(title: str, slug: str) -> Shown:
    return Shown(title, reverse(slug))


search.register(
    key="rechtstexte",
    label=_("Rechtliches"),
    model=LegalText,
    seen_by=lambda user: LegalText.objects.all(),
    texts={"A": ["title"], "C": ["body"]},
    values=["title", "slug"],
    show=_legal_text,
)
