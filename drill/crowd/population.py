"""Who comes: accounts of each role in turn, with the pages that they read and the cells that they edit."""

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from drill.crowd.person import Person
from measures.models import Measure, RolloutCell
from network.models import Municipality, Role, User

ROLES = [Role.MUNICIPALITY] * 6 + [Role.COORDINATION, Role.STEERING, Role.TEAM, Role.ADMINISTRATION]
PAGES = ["home", "workplace", "measures", "matrix", "map", "funding", "committees", "reports", "dashboard"]


def make(portal: str, number: int) -> list[Person]:
    """As many people as wanted, municipalities by turns."""
    municipalities = list(Municipality.objects.order_by("pk"))
    measures = [measure.get_absolute_url() for measure in Measure.objects.visible_to(AnonymousUser())]
    pages = [reverse(name) for name in PAGES] + measures
    return [_person(portal, place, municipalities, pages) for place in range(number)]


def _person(portal: str, place: int, municipalities: list[Municipality], pages: list[str]) -> Person:
    role = ROLES[place % len(ROLES)]
    municipality = municipalities[place % len(municipalities)]
    account = User.objects.create_user(
        f"crowd{place}@drill.example",
        name=f"Person {place}",
        role=role,
        municipality=municipality if role == Role.MUNICIPALITY else None,
        is_demo=True,
    )
    cells = RolloutCell.objects.editable_by(account).select_related("municipality", "measure")
    own = [reverse("cell", args=[cell.municipality.slug, cell.measure.slug]) for cell in cells]
    return Person(portal, account.email, [*pages, municipality.get_absolute_url()], own, seed=place)
