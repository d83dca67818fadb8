"""A sealed report never changes; and who may see which report."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction

from monitoring.models import Report, ReportFile, ReportText
from monitoring.periods import Period
from monitoring.services.reports import compile_report, draft_report, request_report
from network.models import Role
from smartregion.base.models import Job
from tests.factories import make_municipality, make_user
from tests.monitoring.flow import CONTENTS, kept, make_chair, released, sealed

pytestmark = pytest.mark.django_db


def make_compiled(audience: str = "public", month: int = 1) -> Report:
    period = Period(date(2024, month, 1), date(2024, month, 28))
    draft = draft_report(kind="status", audience=audience, period=period, by=make_user())
    return kept(compile_report(draft))


def make_sealed(audience: str = "public", month: int = 1) -> Report:
    return sealed(make_compiled(audience, month))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE monitoring_report SET period_end = period_end + 1",
        "UPDATE monitoring_report SET released_as = 'anders'",
        "UPDATE monitoring_report SET approved_as = 'anders'",
        "UPDATE monitoring_reporttext SET text = 'anders'",
        "DELETE FROM monitoring_reporttext",
        "UPDATE monitoring_report SET snapshot = '{}'",
        "UPDATE monitoring_report SET sealed_at = NULL, sha256 = '', snapshot = ''",
        "DELETE FROM monitoring_report",
        "UPDATE monitoring_reportfile SET content = 'x'",
        "DELETE FROM monitoring_reportfile",
    ],
)
def test_no_statement_changes_a_sealed_report(statement: str) -> None:
    report = make_sealed()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    report.refresh_from_db()
    assert report.snapshot.encode() == CONTENTS["json"]
    assert [bytes(file.content) for file in report.files.all()] == list(CONTENTS.values())


def test_a_draft_may_change() -> None:
    period = Period(date(2024, 1, 1), date(2024, 3, 31))
    draft_report(kind="status", audience="public", period=period)

    assert Report.objects.update(period_end=date(2024, 4, 30), as_of=date(2024, 4, 30)) == 1
    assert ReportText.objects.update(text="anders") == len(Report.objects.get().sections)


@pytest.mark.parametrize("status", ["queued", "running"])
def test_no_text_changes_while_a_job_compiles_it(status: str) -> None:
    period = Period(date(2024, 1, 1), date(2024, 3, 31))
    request_report(kind="status", audience="public", period=period)
    Job.objects.update(status=status)

    with pytest.raises(DatabaseError), transaction.atomic():
        ReportText.objects.update(text="anders")

    Job.objects.update(status="failed", error="Ursache")
    assert ReportText.objects.update(text="anders") > 0


def test_a_sealed_report_takes_no_further_file() -> None:
    report = make_sealed()

    for name in ("pdf", "docx", "exe"):
        with pytest.raises(DatabaseError), transaction.atomic():
            ReportFile.objects.create(report=report, format=name, content=b"x", size=1, sha256="0")


def test_an_account_may_end_without_touching_its_sealed_report() -> None:
    report = make_sealed()
    assert report.requested_by is not None

    report.requested_by.delete()

    report.refresh_from_db()
    assert (report.requested_by, report.is_sealed) == (None, True)


def test_each_role_sees_its_reports() -> None:
    public, internal = make_sealed("public"), make_sealed("internal")
    waiting = request_report(
        kind="evaluation", audience="public", period=Period(date(2025, 1, 1), date(2025, 12, 31))
    )
    read, handed_over = make_compiled(month=2), released(make_compiled("internal", month=2))
    place, chair = make_municipality(), make_chair()
    seen = {
        role: set(Report.objects.visible_to(make_user(role, place if role == Role.MUNICIPALITY else None)))
        for role in Role
    }

    assert set(Report.objects.visible_to(AnonymousUser())) == {public}
    assert set(Report.objects.visible_to(chair)) == {public, internal, handed_over}
    assert seen == {
        Role.COORDINATION: {public, internal, waiting, read, handed_over},
        Role.STEERING: {public, internal},
        Role.ADMINISTRATION: {public, internal},
        Role.MUNICIPALITY: {public},
        Role.TEAM: {public},
    }


def test_the_files_are_named_by_kind_period_and_audience() -> None:
    report = request_report(
        kind="status", audience="internal", period=Period(date(2024, 7, 1), date(2024, 9, 30))
    )
    kept(report)

    assert [file.name for file in report.files.all()] == [
        "sachstandsbericht-2024-q3-intern.pdf",
        "sachstandsbericht-2024-q3-intern.xlsx",
        "sachstandsbericht-2024-q3-intern.json",
    ]
