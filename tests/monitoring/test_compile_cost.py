"""What compiling a report asks of the database does not depend on how many measures there are."""

from datetime import date

import pytest

from measures.models import Measure, Milestone, StatusUpdate
from monitoring.models import Report
from monitoring.periods import Period
from monitoring.services.reports import request_report
from smartregion.base import jobs
from tests.factories import make_measure

Q2 = Period(date(2024, 4, 1), date(2024, 6, 30))


@pytest.mark.django_db(transaction=True)
def test_a_report_of_200_measures_is_compiled_with_as_many_queries_as_one_of_20(
    municipalities, date_events, count_queries
) -> None:
    """The whole job, from claim to the compiled files; the second is for other readers, so that both are first reports."""
    costs = []
    for audience, size in (("public", 20), ("internal", 200)):
        while Measure.objects.count() < size:
            measure = make_measure()
            Milestone.objects.create(measure=measure, title="Aufbau", planned_date=date(2024, 5, 1))
            StatusUpdate.objects.create(measure=measure, on=date(2024, 5, 1), text="Gut", visibility="public")
        date_events(2024, 5, 6)
        report = request_report(kind="status", audience=audience, period=Q2)
        with count_queries() as queries:
            jobs.run(report.job_id)
        costs.append(len(queries))

    assert Report.objects.to_release().count() == 2
    assert costs[0] == costs[1]
