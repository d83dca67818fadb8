"""Who did what to a report, and when: for the coordinator and the chair."""

from django.utils.translation import gettext as _

from monitoring.models import Erratum, Report, ReportText, Section
from smartregion.base.changes import Change, Source, journal
from smartregion.base.history import events_of


def journal_of_report(report: Report) -> list[Change]:
    """Its steps, the changes of its texts, its errata. That each section begins without a text is no news."""
    titles = {key: _("Text „%s“") % title for key, title in Section.choices}
    changes = journal(
        [
            Source(Report, events_of(Report, pgh_obj_id=report.pk)),
            Source(
                ReportText, events_of(ReportText, report_id=report.pk), lambda event: titles[event.section]
            ),
            Source(
                Erratum,
                events_of(Erratum, report_id=report.pk),
                lambda event: _("Berichtigung %s") % event.number,
            ),
        ]
    )
    begun = set(titles.values())
    return [change for change in changes if change.kind != "insert" or change.subject not in begun]
