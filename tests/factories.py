"""Short ways to the rows that tests need. Every value that a test is about stands in the test itself."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from django.utils.timezone import localdate

from fields.models import ActionField, Concept
from governance.models import Committee
from measures.models import BudgetLine, CallOff, FundingProgramme, Grant, Measure, Movement, RolloutCell
from measures.services.measures import create_measure
from network.models import Contact, Municipality, Organisation, Region, Role, Sector, User
from network.services import add_contact
from smartregion.base.text import german_slug

_numbers = count(1)


def make_region() -> Region:
    return Region.objects.create(
        name="Kreis Musterland",
        portal_title="Smart Region Musterland",
        key="09999",
        coordination_office="Koordinierungsstelle Smart Region",
        residents_note="Testdaten",
    )


def make_organisation(name: str = "Kreis Musterland", **values: Any) -> Organisation:
    defaults = {"short_name": name, "slug": german_slug(name), "sector": Sector.MUNICIPAL}
    return Organisation.objects.get_or_create(name=name, defaults={**defaults, **values})[0]


def make_municipality(name: str = "Aadorf", residents: int = 10_000) -> Municipality:
    number = next(_numbers)
    return Municipality.objects.create(
        organisation=make_organisation(f"Gemeinde {name}"),
        name=name,
        official_name=f"Gemeinde {name}",
        slug=german_slug(name),
        abbreviation=f"{number:04d}",
        ags=f"{number:08d}",
        ars=f"{number:012d}",
        residents=residents,
        residents_on=date(2018, 12, 31),
        area_km2=50,
        latitude=52,
        longitude=7,
        tile_column=number,
        tile_row=0,
    )


def make_field(name: str = "Mobilität") -> ActionField:
    concept, _ = Concept.objects.get_or_create(
        title="Konzept",
        defaults={
            "claim": "Gemeinsam.",
            "vision": "Gut leben.",
            "summary": "Text",
            "resolved_on": date(2023, 12, 7),
            "resolved_by": "Kreistag",
            "source": "Test",
        },
    )
    field, _ = ActionField.objects.get_or_create(
        slug=german_slug(name),
        defaults={
            "concept": concept,
            "name": name,
            "symbol": "mobility",
            "position": ActionField.objects.count() + 1,
        },
    )
    return field


def make_user(
    role: Role = Role.COORDINATION, municipality: Municipality | None = None, **values: Any
) -> User:
    """An account without a password, since hashing one takes half a second; tests use `force_login`."""
    number = next(_numbers)
    return User.objects.create_user(
        f"{role}{number}@example.org",
        **{"name": Role(role).label, "role": role, "municipality": municipality, **values},
    )


def make_measure(title: str = "Sensornetz", **values: Any) -> Measure:
    """A public, running measure with a roll-out cell for each municipality that exists by then."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "no": f"M-{number:05d}",
        "title": title,
        "field": values.pop("field", None) or make_field(),
        "lead": values.pop("lead", None) or make_organisation(),
        "summary": "Kurz gesagt.",
        "status": Measure.Status.ACTIVE,
        "visibility": "public",
    }
    return create_measure(measure=Measure(**{**defaults, **values}), by=None)


def set_cell(measure: Measure, municipality: Municipality, **values: Any) -> RolloutCell:
    cell = RolloutCell.objects.get(measure=measure, municipality=municipality)
    RolloutCell.objects.filter(pk=cell.pk).update(**values)
    cell.refresh_from_db()
    return cell


def make_committee(name: str = "Lenkungskreis", **values: Any) -> Committee:
    defaults = {"slug": german_slug(name), "kind": Committee.Kind.STEERING, "visibility": "public"}
    return Committee.objects.create(name=name, **{**defaults, **values})


def make_grant(measure: Measure, **values: Any) -> Grant:
    """10.000 € for the year 2024."""
    programme, _ = FundingProgramme.objects.get_or_create(
        name="Digitale Region", defaults={"funding_body": "Land"}
    )
    defaults = {
        "programme": programme,
        "reference": f"DR-{next(_numbers)}",
        "starts_on": date(2024, 1, 1),
        "ends_on": date(2024, 12, 31),
        "amount": 10_000,
    }
    return Grant.objects.create(measure=measure, **{**defaults, **values})


def make_call_off(grant: Grant, **values: Any) -> CallOff:
    defaults = {"due_on": date(2024, 6, 30), "amount": 5_000}
    return CallOff.objects.create(measure=grant.measure, grant=grant, **{**defaults, **values})


def make_budget_line(measure: Measure, **values: Any) -> BudgetLine:
    defaults = {"year": 2024, "source": "county", "amount": 1_000}
    return BudgetLine.objects.create(measure=measure, **{**defaults, **values})


def make_movement(measure: Measure, **values: Any) -> Movement:
    defaults = {"kind": "commitment", "on": date(2024, 5, 1), "amount": 500, "note": "Auftrag"}
    return Movement.objects.create(measure=measure, **{**defaults, **values})


def make_contact(organisation: str = "Kreis Musterland", **values: Any) -> Contact:
    """With a person who has consented, kept for a year from then on."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "function": f"Stelle {number}",
        "name": "Erika Beispielfrau",
        "email": f"kontakt{number}@example.org",
        "consented_on": localdate() - timedelta(days=10),
        "consent_way": "talk",
        "kept_until": localdate() + timedelta(days=355),
    }
    fields = values.pop("fields", [])
    contact = Contact(organisation=make_organisation(organisation), **{**defaults, **values})
    return add_contact(contact=contact, fields=fields, by=None)
