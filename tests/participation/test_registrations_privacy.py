"""What the register of personal data says of registrations."""

import pytest

from smartregion.base.personal import Person, data_types
from tests.factories import make_region
from tests.participation.event_rows import make_event, places, put, registered

pytestmark = pytest.mark.django_db


def test_registrations_are_told_erased_and_deleted_by_time_through_the_register() -> None:
    make_region()
    event, old = make_event(capacity=1), make_event("Alt", days=-43)
    registered(event, "Ada", needs="Aufzug")
    registered(event, "Bea")
    put(old, "Cem")
    registrations = next(each for each in data_types(of_visitors=True) if each.key == "registrations")
    ada = Person.of("ADA@example.org")

    told = [registrations.told(row) for row in registrations.about(ada)]
    assert [(row["Veranstaltung"], row["Name"], row["Bedarf"]) for row in told] == [
        ("Digitaltag", "Ada", "Aufzug")
    ]
    assert (registrations.erase_person(ada), places(event)) == (1, {"Bea": True})

    assert (registrations.drop_outdated(), places(old)) == (1, {})
    old.refresh_from_db()
    assert old.participant_count == 1
