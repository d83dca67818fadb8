"""What monitoring puts on agendas by itself: reports that a committee has not noted yet."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.agenda import STEERING
from governance.automatic import Automatic, moment_of, register
from governance.models import AgendaItem, Meeting
from measures.models import Visibility
from monitoring.models import Audience, Report, ReportQuerySet


@register
class Reports(Automatic):
    kind = AgendaItem.Kind.REPORT
    title = _("Berichte zur Kenntnis")
    template = "monitoring/_agenda_reports.html"

    def applies(self, meeting: Meeting) -> bool:
        return meeting.committee.kind in STEERING and _unnoted(meeting).exists()

    def entries(self, meeting: Meeting, reader: Any) -> list[Any]:
        """Each period once: where there are two audiences, the report for that of the meeting."""
        fitting = Audience.PUBLIC if meeting.visibility == Visibility.PUBLIC else Audience.INTERNAL
        newest_first = _unnoted(meeting).visible_to(reader).order_by("-as_of", "kind").defer("snapshot")
        found: dict[tuple[Any, ...], Report] = {}
        for report in newest_first:
            about = (report.kind, report.period_start, report.period_end, report.as_of)
            if about not in found or report.audience == fitting:
                found[about] = report
        return list(found.values())


def _unnoted(meeting: Meeting) -> ReportQuerySet:
    """Sealed since the last meeting of the committee that had reports on its agenda, which noted them."""
    noting = meeting.committee.meetings.filter(
        status__in=Meeting.TOOK_PLACE, starts_at__lt=meeting.starts_at, items__kind=AgendaItem.Kind.REPORT
    )
    last = noting.order_by("-starts_at").values_list("starts_at", flat=True).first()
    sealed = Report.objects.sealed().filter(sealed_at__lte=moment_of(meeting))
    return sealed.filter(sealed_at__gt=last) if last else sealed
