"""A sealed report never changes; and who may see which report."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction

from monitoring.models import Report, ReportFile
from monitoring.periods import Period
from monitoring.services.reports import request_report, seal
from network.models import Role
from tests.factories import make_municipality, make_user

pytestmark = pytest.mark.django_db
CONTENTS = {"pdf": b"%PDF", "xlsx": b"PK", "json": b"{}\n"}


def sealed(audience: str = "public", month: int = 1) -> Report:
    period = Period(date(2024, month, 1), date(2024, month, 28))
    report = request_report(kind="status", audience=audience, period=period, by=make_user())
    seal(report, CONTENTS)
    return report


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE monitoring_report SET outlook = 'anders'",
        "UPDATE monitoring_report SET snapshot = '{}'",
        "UPDATE monitoring_report SET sealed_at = NULL, sha256 = '', snapshot = ''",
        "DELETE FROM monitoring_report",
        "UPDATE monitoring_reportfile SET content = 'x'",
        "DELETE FROM monitoring_reportfile",
    ],
)
def test_no_statement_changes_a_sealed_report(statement: str) -> None:
    report = sealed()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    report.refresh_from_db()
    assert report.snapshot == "{}\n"
    assert [bytes(file.content) for file in report.files.all()] == list(CONTENTS.values())


def test_an_unsealed_report_may_change() -> None:
    period = Period(date(2024, 1, 1), date(2024, 3, 31))
    request_report(kind="status", audience="public", period=period)

    assert Report.objects.update(outlook="anders") == 1


def test_a_sealed_report_takes_no_further_file() -> None:
    report = sealed()

    for name in ("pdf", "exe"):
        with pytest.raises(DatabaseError), transaction.atomic():
            ReportFile.objects.create(report=report, format=name, content=b"x", size=1, sha256="0")


def test_an_account_may_end_without_touching_its_sealed_report() -> None:
    report = sealed()
    assert report.requested_by is not None

    report.requested_by.delete()

    report.refresh_from_db()
    assert (report.requested_by, report.is_sealed) == (None, True)


def test_each_role_sees_its_reports() -> None:
    public, internal = sealed("public"), sealed("internal")
    waiting = request_report(
        kind="evaluation", audience="public", period=Period(date(2025, 1, 1), date(2025, 12, 31))
    )
    place = make_municipality()
    seen = {
        role: set(Report.objects.visible_to(make_user(role, place if role == Role.MUNICIPALITY else None)))
        for role in Role
    }

    assert set(Report.objects.visible_to(AnonymousUser())) == {public}
    assert seen == {
        Role.COORDINATION: {public, internal, waiting},
        Role.STEERING: {public, internal},
        Role.ADMINISTRATION: {public, internal},
        Role.MUNICIPALITY: {public},
        Role.TEAM: {public},
    }


def test_the_files_are_named_by_kind_period_and_audience() -> None:
    report = request_report(
        kind="status", audience="internal", period=Period(date(2024, 7, 1), date(2024, 9, 30))
    )
    seal(report, CONTENTS)

    assert [file.name for file in report.files.all()] == [
        "sachstandsbericht-2024-q3-intern.pdf",
        "sachstandsbericht-2024-q3-intern.xlsx",
        "sachstandsbericht-2024-q3-intern.json",
    ]
