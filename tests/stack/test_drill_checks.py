"""What the drill looks at: it names a report's damage, and none where there is none."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Substr

from drill.outcome import upper_bound
from drill.reports import damage, publish
from monitoring.models import Report, ReportFile
from monitoring.periods import Period
from monitoring.services.reports import request_report
from smartregion.base import jobs
from smartregion.base.models import Job
from tests.factories import make_field, make_measure, make_municipality, make_region
from tests.monitoring.backdating import date_events


@pytest.fixture
def published(transactional_db: None) -> Report:
    make_region()
    make_field()
    make_municipality()
    make_measure()
    date_events(2024, 5, 1)
    day = date(2024, 6, 30)
    report = request_report(kind="status", audience="public", period=Period(day, day))
    jobs.run(report.job_id)
    publish(report.pk)
    return Report.objects.get(pk=report.pk)


@contextmanager
def without_guards() -> Iterator[None]:
    """The database's own guards would not let the damage happen."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE monitoring_reportfile DISABLE TRIGGER USER")
        yield
        cursor.execute("ALTER TABLE monitoring_reportfile ENABLE TRIGGER USER")


def test_a_report_that_was_published_has_no_damage(published: Report) -> None:
    assert list(damage(published.pk)) == []


def test_a_truncated_file_is_named(published: Report) -> None:
    with without_guards():
        ReportFile.objects.filter(format="pdf").update(content=Substr(F("content"), 1, 100))

    told = [what.split(": ")[1] for what in damage(published.pk)]

    assert told[0].startswith("100 bytes instead of ")
    assert told[1:] == ["another checksum than its row says", "does not open (PdfError)"]


def test_a_missing_file_is_named(published: Report) -> None:
    with without_guards():
        ReportFile.objects.filter(format="xlsx").delete()

    assert list(damage(published.pk)) == [
        f"report {published.pk}: files ['csv', 'docx', 'json', 'ods', 'pdf', 'slides'] "
        "instead of ['csv', 'docx', 'json', 'ods', 'pdf', 'slides', 'xlsx']"
    ]


def test_a_report_that_is_published_although_its_job_failed_is_named(published: Report) -> None:
    Job.objects.filter(pk=published.job_id).update(status="failed", error="Kaputt")

    assert list(damage(published.pk)) == [f"report {published.pk}: published although its job says failed"]


@pytest.mark.parametrize(
    ("failures", "trials", "bound"), [(0, 100, 0.0295), (0, 20, 0.1391), (1, 100, 0.0466), (3, 3, 1.0)]
)
def test_the_bound_is_that_of_clopper_and_pearson(failures: int, trials: int, bound: float) -> None:
    assert round(upper_bound(failures, trials), 4) == bound
