"""A report of a day that is not over, compiled while people go on working."""

from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate

from measures.models import Measure
from monitoring import jobs
from monitoring.periods import Period
from monitoring.services.reports import request_report
from monitoring.snapshot import build_first_snapshot
from monitoring.snapshot.world import moment_of
from tests.beside import threads
from tests.factories import make_measure
from tests.monitoring.flow import compiled
from tests.monitoring.test_verify import verify

pytestmark = pytest.mark.django_db(transaction=True)


def rename() -> None:
    with transaction.atomic():
        Measure.objects.update(title="Messnetz")


def compiled_while_renamed(monkeypatch: pytest.MonkeyPatch, late: Any) -> list[str]:
    """What the check says of a report beside whose reading a measure got another name."""
    make_measure("Sensornetz")
    report = request_report(kind="status", audience="public", period=Period.year(localdate()))

    def read(report: Any, moment: Any) -> Any:
        with threads() as start:
            start(rename).result(60)
        return build_first_snapshot(report, moment if late is None else late(report))

    monkeypatch.setattr(jobs, "build_first_snapshot", read)
    compiled(report)
    return verify()


def test_what_is_committed_after_a_report_began_to_read_belongs_to_no_moment_of_it(
    municipalities: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert compiled_while_renamed(monkeypatch, None) == []


def test_with_the_moment_of_the_reading_itself_the_check_would_find_the_report_damaged(
    municipalities: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    assert compiled_while_renamed(monkeypatch, lambda report: moment_of(report.as_of)) != []
