"""Approved ahead is what the portal says by itself; what people took in hand waits for two of them."""

from datetime import date

import pytest
from django.urls import reverse

from monitoring.models import Report, ReportSchedule
from monitoring.periods import Period
from monitoring.services.reports import (
    compile_report,
    discard_draft,
    draft_report,
    give_back,
    request_due_reports,
)
from network.models import User
from smartregion.base.models import Job
from tests.factories import make_region, make_user
from tests.monitoring.flow import CHAIR, client_of, kept, make_chair
from tests.monitoring.schedule_rows import make_approved

pytestmark = pytest.mark.django_db
ON = date(2025, 4, 1)
Q1 = Period(date(2025, 1, 1), date(2025, 3, 31))


@pytest.fixture
def chair() -> User:
    return make_chair()


def asked() -> Report:
    [report] = request_due_reports(on=ON)
    return report


def given_back_before_it_was_approved_ahead(chair: User) -> Report:
    ReportSchedule.objects.update(approved_as="")
    report = kept(asked())
    assert report.state == "to_approve"
    give_back(report=report, reason="So nicht.", by=chair)
    ReportSchedule.objects.update(approved_as=CHAIR)
    return report


def test_what_the_portal_says_by_itself_is_sealed(chair: User) -> None:
    make_approved(chair)

    assert kept(asked()).is_sealed


def test_what_somebody_wrote_in_is_not_sealed_by_an_approval_ahead(chair: User) -> None:
    make_region()
    make_approved(chair)
    report = asked()
    Job.objects.update(status="failed", error="Schrift fehlt.")
    write = reverse("report_text", args=[report.pk, "overview"])
    client_of(make_user()).post(write, {"text": "Das las noch niemand.", "version": 1})

    assert kept(compile_report(report, by=make_user())).state == "to_release"


def test_what_was_given_back_is_not_sealed_by_an_approval_ahead(chair: User) -> None:
    make_approved(chair)
    report = given_back_before_it_was_approved_ahead(chair)

    assert kept(compile_report(report, by=make_user())).state == "to_release"


def test_neither_is_it_when_it_was_discarded_and_asked_for_anew(chair: User) -> None:
    make_approved(chair)
    refused = given_back_before_it_was_approved_ahead(chair)
    discard_draft(report=refused, by=make_user())

    anew = kept(asked())

    assert (anew.pk != refused.pk, anew.state) == (True, "to_release")


def test_what_a_person_began_is_not_sealed_once_their_account_is_gone(chair: User) -> None:
    make_approved(chair)
    coordinator = make_user()
    report = compile_report(draft_report(kind="status", audience="public", period=Q1, by=coordinator))
    coordinator.delete()

    assert kept(Report.objects.get(pk=report.pk)).state == "to_release"


def test_an_approval_ahead_ends_with_the_account_that_gave_it(chair: User) -> None:
    make_approved(chair)
    chair.delete()

    assert not ReportSchedule.objects.approved_ahead().exists()
    assert kept(asked()).state == "to_approve"
