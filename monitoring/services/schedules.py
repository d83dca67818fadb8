"""The verbs of report schedules: keep them, and approve ahead what they will ask for."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from monitoring.models import ReportSchedule
from smartregion.base.history import recorded

ASKS: Final = ("kind", "template_id", "audience", "rhythm", "first_period_start")
"""What two people approve ahead; when and to whom a schedule reminds is no matter of theirs."""


def withdraw_if_it_asks_otherwise(schedule: ReportSchedule) -> None:
    """Before an edit is stored: what was approved ahead holds for the reports that it was approved for."""
    stored = ReportSchedule.objects.filter(pk=schedule.pk).first()
    if stored and any(getattr(stored, name) != getattr(schedule, name) for name in ASKS):
        _withdraw(schedule)


def release_ahead(*, schedule: ReportSchedule, version: int | None, by: Any, office: str) -> None:
    """The coordinator lets every report of the schedule go to the chair as soon as it is compiled.

    Raises:
        ValidationError: it is released already.
        EditConflict: someone changed the schedule meanwhile.
    """
    with recorded(by=by, reason=_("Vorab freigegeben")):
        stored = _locked(schedule)
        if stored.released_as:
            raise ValidationError(_("Dieser Plan ist schon vorab freigegeben."))
        stored.released_by, stored.released_as = by, office
        stored.save_over(version)


def approve_ahead(*, schedule: ReportSchedule, version: int | None, by: Any, office: str) -> None:
    """The chair lets every report of the schedule be sealed as soon as it is compiled.

    Raises:
        ValidationError: it is not released, is approved already, or was released by the same person.
        EditConflict: someone changed the schedule meanwhile.
    """
    with recorded(by=by, reason=_("Vorab genehmigt")):
        stored = _locked(schedule)
        if not stored.released_as or ReportSchedule.objects.approved_ahead().filter(pk=stored.pk).exists():
            raise ValidationError(_("Dieser Plan wartet nicht auf eine Genehmigung."))
        if stored.released_by == by:
            raise ValidationError(_("Freigabe und Genehmigung brauchen zwei Personen."))
        stored.approved_by, stored.approved_as = by, office
        stored.save_over(version)


def withdraw_ahead(*, schedule: ReportSchedule, version: int | None, by: Any) -> None:
    """From now on every report of the schedule waits to be released and approved by itself.

    Raises:
        EditConflict: someone changed the schedule meanwhile.
    """
    with recorded(by=by, reason=_("Vorab-Freigabe zurückgenommen")):
        stored = _locked(schedule)
        _withdraw(stored)
        stored.save_over(version)


def _withdraw(schedule: ReportSchedule) -> None:
    schedule.released_by, schedule.released_as = None, ""
    schedule.approved_by, schedule.approved_as = None, ""


def _locked(schedule: ReportSchedule) -> ReportSchedule:
    return ReportSchedule.objects.select_for_update(of=["self"]).get(pk=schedule.pk)
