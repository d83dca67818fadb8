"""What happens in the ordinary life of a portal is no damage: hidden, renamed, erased, moved."""

from pathlib import Path
from typing import Any

import pytest
from django.utils.timezone import localdate

from measures.models import Measure
from monitoring.models import Report
from monitoring.periods import Period
from monitoring.services.reports import approve_report, release_report, request_report
from monitoring.verify.differences import is_erased
from network.models import Role
from smartregion.base.erasure import erase
from smartregion.base.personal import Person
from tests.factories import make_measure, make_user
from tests.monitoring.flow import compiled
from tests.monitoring.verifying import NAME, Q2, sealed_report, told, verify

ERIKA = "Erika Beispielfrau"


@pytest.fixture
def report(municipalities, date_events) -> Report:
    return sealed_report(municipalities, date_events)


@pytest.mark.django_db(transaction=True)
def test_what_was_hidden_or_edited_since_is_no_damage_but_told(report: Report) -> None:
    Measure.objects.filter(title="Parkhaus").update(visibility="internal")
    Measure.objects.filter(title="Sensornetz").update(title="Messnetz", light="green", light_reason="")
    number = Measure.objects.get(title="Parkhaus").no

    assert told() == [
        f"{NAME} ({report.pk}): Seither nicht mehr sichtbar: {number}.",
        "1 Berichte geprüft, keiner ist beschädigt.",
    ]


@pytest.mark.django_db(transaction=True)
def test_an_interim_report_is_compiled_anew_as_of_its_own_moment(municipalities, date_events) -> None:
    today = localdate()
    measure = make_measure("Sensornetz")
    report = compiled(request_report(kind="status", audience="public", period=Period.year(today)))
    Measure.objects.filter(pk=measure.pk).update(title="Messnetz")

    assert report.is_interim or today == Period.year(today).end
    assert verify() == []


@pytest.mark.django_db(transaction=True)
def test_title_cover_and_check_use_the_name_of_the_stichtag(municipalities, date_events) -> None:
    measure = make_measure("Sensornetz")
    date_events(2024, 5, 1)
    Measure.objects.filter(pk=measure.pk).update(title="Messnetz")

    report = compiled(request_report(kind="measure", audience="public", period=Q2, scope=measure))

    assert (report.subject, verify()) == (f"{measure.no} Sensornetz", [])


@pytest.mark.django_db(transaction=True)
def test_another_host_is_no_damage(municipalities, date_events, settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://alt.example.org"]
    sealed_report(municipalities, date_events)
    settings.CSRF_TRUSTED_ORIGINS = ["https://neu.example.org"]

    assert told() == ["1 Berichte geprüft, keiner ist beschädigt."]


@pytest.mark.django_db(transaction=True)
def test_a_person_who_was_erased_is_told_and_no_damage(
    municipalities, date_events, settings, tmp_path: Path
) -> None:
    settings.ERASURE_LOG = tmp_path / "erasures.jsonl"
    measure = make_measure(f"Netz von {ERIKA}", light="red", light_reason=f"{ERIKA} fehlt")
    date_events(2024, 5, 1)
    report = compiled(request_report(kind="measure", audience="public", period=Q2, scope=measure))
    release_report(report=report, by=make_user(), office=f"Koordination, {ERIKA}")
    chair = make_user(Role.STEERING)
    approve_report(report=report, by=chair, office=f"Vorsitz, {ERIKA}", sha256=report.sha256)

    erase(person=Person.of("e@example.org"), names=(ERIKA,), reason="Antrag", by=None, office="Amt")

    report.refresh_from_db()
    places = "fields.0.measures.0.light_reason, fields.0.measures.0.title, report.scope.label"
    rows = "roll_out.rows.0.measure_title"
    assert told() == [
        f"{report} ({report.pk}): Seither auf Verlangen gelöscht: subject.",
        f"{report} ({report.pk}): Seither auf Verlangen gelöscht: {places}, {rows}.",
        "1 Berichte geprüft, keiner ist beschädigt.",
    ]


@pytest.mark.parametrize(
    ("sealed_text", "recorded"),
    [
        ("Geld fehlt", "[gelöscht] hat alles bezahlt"),
        ("Frau Beispielfrau fehlt", "Frau [gelöscht] fehlt nicht"),
        ("[gelöscht]", "[gelöscht]"),
        (None, "[gelöscht]"),
        (3, "[gelöscht]"),
    ],
)
def test_an_erasure_explains_nothing_but_what_it_has_replaced(sealed_text: Any, recorded: str) -> None:
    assert not is_erased(sealed_text, recorded)
