"""Errata: two people, shown to nobody else before that, and the report stays as it is."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from monitoring.models import Erratum, Report
from monitoring.periods import Period
from monitoring.services.errata import declare_erratum
from monitoring.services.reports import request_report
from network.models import Role
from tests.factories import make_measure, make_user
from tests.monitoring.flow import CHAIR, COORDINATION, client_of, compiled, make_chair, sealed

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "Auf Seite 3 muss es 12 heißen."
Q2 = Period(date(2024, 4, 1), date(2024, 6, 30))


@pytest.fixture
def report(municipalities, date_events) -> Report:
    make_measure()
    date_events(2024, 5, 1)
    return sealed(compiled(request_report(kind="status", audience="public", period=Q2)))


def declare(client: Any, report: Report, text: str = WORDS) -> Any:
    return client.post(reverse("erratum_add", args=[report.pk]), {"text": text}, follow=True)


def shown_to(user: Any, report: Report) -> list[bool]:
    """On the report's page, and in the list."""
    client = client_of(user)
    pages = [client.get(address) for address in (report.get_absolute_url(), reverse("reports"))]
    return [WORDS in pages[0].content.decode(), "Berichtigung 1" in pages[1].content.decode()]


def test_an_erratum_is_for_two_people_until_the_chair_has_approved_it(report: Report) -> None:
    coordinator, chair = make_user(), make_chair()
    declare(client_of(coordinator), report)
    erratum = Erratum.objects.get()
    others = [None, make_user(Role.STEERING), make_user(Role.ADMINISTRATION)]
    assert [shown_to(user, report) for user in (coordinator, chair)] == [[True, True]] * 2
    assert [shown_to(user, report) for user in others] == [[False, False]] * 3

    client_of(chair).post(reverse("erratum_approve", args=[report.pk, erratum.pk]))

    erratum.refresh_from_db()
    assert (erratum.declared_as, erratum.approved_as) == (COORDINATION, CHAIR)
    assert [shown_to(user, report) for user in others] == [[True, True]] * 3
    before = report.sha256
    report.refresh_from_db()
    assert report.sha256 == before


def test_the_page_tells_it_beside_the_downloads_too(report: Report) -> None:
    declare(client_of(make_user()), report)
    client_of(make_chair()).post(reverse("erratum_approve", args=[report.pk, Erratum.objects.get().pk]))

    page = client_of(None).get(report.get_absolute_url()).content.decode()

    assert "Zu diesen Dateien gehört die Berichtigung 1" in page


def test_nobody_approves_what_they_declared(report: Report) -> None:
    chair = make_chair()
    erratum = declare_erratum(report=report, text=WORDS, by=chair, office=COORDINATION)

    page = client_of(chair).post(reverse("erratum_approve", args=[report.pk, erratum.pk]), follow=True)

    assert "brauchen zwei Personen" in page.content.decode()
    assert Erratum.objects.get().approved_at is None


@pytest.mark.parametrize("role", [None, Role.STEERING, Role.ADMINISTRATION, Role.TEAM])
def test_nobody_else_declares_approves_or_withdraws(report: Report, role: Role | None) -> None:
    erratum = declare_erratum(report=report, text=WORDS, by=make_user(), office=COORDINATION)
    client = client_of(make_user(role) if role else None)
    acts = [reverse(name, args=[report.pk, erratum.pk]) for name in ("erratum_approve", "erratum_withdraw")]

    answers = [
        client.post(address).status_code for address in (*acts, reverse("erratum_add", args=[report.pk]))
    ]

    assert answers == [403 if role else 302] * 3
    assert Erratum.objects.get().approved_at is None


def test_only_a_sealed_report_has_errata(municipalities, date_events) -> None:
    waiting = request_report(kind="status", audience="public", period=Q2)
    client = client_of(make_user())

    assert client.get(reverse("erratum_add", args=[waiting.pk])).status_code == 404
    page = declare(client, waiting).content.decode()
    assert "Berichtigen lässt sich erst ein versiegelter Bericht." in page
    assert Erratum.objects.count() == 0


def test_it_is_withdrawn_before_it_is_approved_and_never_after(report: Report) -> None:
    client, chair = client_of(make_user()), client_of(make_chair())
    declare(client, report)
    client.post(reverse("erratum_withdraw", args=[report.pk, Erratum.objects.get().pk]))
    assert Erratum.objects.count() == 0

    declare(client, report)
    erratum = Erratum.objects.get()
    chair.post(reverse("erratum_approve", args=[report.pk, erratum.pk]))
    page = client.post(reverse("erratum_withdraw", args=[report.pk, erratum.pk]), follow=True)

    assert "Diese Berichtigung ist schon genehmigt." in page.content.decode()
    changes = [f"UPDATE monitoring_erratum SET {column} = 'x'" for column in ("text", "approved_as")]
    for statement in (*changes, "DELETE FROM monitoring_erratum"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_chair_approves_the_words_that_were_read(report: Report) -> None:
    """Withdrawn and declared with other words it is another one, though its number is the same."""
    client, chair = client_of(make_user()), client_of(make_chair())
    declare(client, report)
    read = reverse("erratum_approve", args=[report.pk, Erratum.objects.get().pk])
    client.post(reverse("erratum_withdraw", args=[report.pk, Erratum.objects.get().pk]))
    declare(client, report, "Anders.")

    assert chair.post(read).status_code == 404
    assert Erratum.objects.get().approved_at is None


def test_a_form_that_is_sent_twice_declares_once(report: Report) -> None:
    client = client_of(make_user())
    declare(client, report)
    declare(client, report)

    assert Erratum.objects.count() == 1
