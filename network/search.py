"""What can be found of those who take part."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from network.models import Municipality, Organisation
from smartregion.base import search
from smartregion.base.search import Shown


def _told_by_concept(user: object) -> QuerySet[Organisation]:
    """Those that the page of the concept names; municipalities have pages of their own."""
    return Organisation.objects.filter(is_example=False, municipality=None)


def _organisation(name: str, short_name: str) -> Shown:
    return Shown(short_name, reverse("concept") + "#network", name if name != short_name else "")


def _municipality(name: str, official_name: str, slug: str) -> Shown:
    return Shown(name, reverse("municipality", args=[slug]), official_name)


search.register(
    key="organisationen",
    label=_("Organisationen"),
    model=Organisation,
    seen_by=_told_by_concept,
    texts={"A": ["name", "short_name"], "C": ["description"]},
    values=["name", "short_name"],
    show=_organisation,
)
search.register(
    key="kommunen",
    label=_("Kommunen"),
    model=Municipality,
    seen_by=lambda user: Municipality.objects.all(),
    texts={"A": ["name", "official_name"], "D": ["ags"]},
    values=["name", "official_name", "slug"],
    show=_municipality,
)
