"""What is new in public about reports: those that were sealed."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from measures.models import Visibility
from measures.public_news import FIELDS, MUNICIPALITIES, subject_of, topics_of
from monitoring.models import Report
from smartregion.base import written
from smartregion.base.public_news import VISITOR, News, Topic, source


@source("reports")
def tell(since: datetime) -> Iterator[News]:
    """A sealed report stays, so it is told of the moment of its seal."""
    sealed = Report.objects.visible_to(VISITOR).filter(sealed_at__gt=since).defer("snapshot")
    for report in sealed.select_related("municipality", "field", "measure__field"):
        yield News(
            key=f"{report._meta.label_lower}.{report.pk}",
            at=report.sealed_at,  # type: ignore[arg-type]
            about=str(report),
            text=_("Neuer Bericht, Stichtag %s.") % written.day(report.as_of),
            url=report.get_absolute_url(),
            subject=subject_of(report),
            topics=frozenset(topics_of_report(report)),
        )


def topics_of_report(report: Report) -> Iterator[Topic]:
    """Who follows one of these is told of the report."""
    if report.municipality:
        yield Topic(MUNICIPALITIES, report.municipality.slug)
    if report.field:
        yield Topic(FIELDS, report.field.slug)
    measure = report.measure
    if measure and measure.visibility == Visibility.PUBLIC and measure.archived_at is None:
        yield from topics_of(measure)
