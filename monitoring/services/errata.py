"""The verbs of errata: declare, approve, withdraw. A sealed report itself never changes."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.timezone import now
from django.utils.translation import gettext as _

from monitoring.models import Erratum, Report
from smartregion.base.history import recorded


def declare_erratum(*, report: Report, text: str, by: Any, office: str) -> Erratum:
    """Say what is wrong in a sealed report, and what is right. A form that is sent twice declares once.

    Raises:
        ValidationError: the report is not sealed.
    """
    with recorded(by=by, reason=_("Berichtigung erklärt")):
        stored = Report.objects.select_for_update(of=["self"]).get(pk=report.pk)
        if not stored.is_sealed:
            raise ValidationError(_("Berichtigen lässt sich erst ein versiegelter Bericht."))
        same = stored.errata.to_approve().filter(text=text).first()
        if same is not None:
            return same
        last = stored.errata.aggregate(last=Max("number"))["last"] or 0
        return Erratum.objects.create(
            report=stored, number=last + 1, text=text, declared_by=by, declared_as=office
        )


def check_to_approve_erratum(erratum: Erratum, *, by: Any) -> None:
    """Raises:
    ValidationError: it is approved already, or was declared by the same person.
    """
    _check_waiting(erratum)
    if erratum.declared_by == by:
        raise ValidationError(_("Erklärung und Genehmigung brauchen zwei Personen."))


def approve_erratum(*, erratum: Erratum, by: Any, office: str) -> Erratum:
    """From now on it is shown to whoever may read the report, and never changes.

    Raises:
        ValidationError: see `check_to_approve_erratum`.
    """
    with recorded(by=by, reason=_("Berichtigung genehmigt")):
        stored = _waiting(erratum)
        check_to_approve_erratum(stored, by=by)
        stored.approved_at, stored.approved_by, stored.approved_as = now(), by, office
        stored.save(update_fields=["approved_at", "approved_by", "approved_as"])
    return stored


def withdraw_erratum(*, erratum: Erratum, by: Any) -> None:
    """Take back what is not approved yet.

    Raises:
        ValidationError: it is approved already.
    """
    with recorded(by=by, reason=_("Berichtigung zurückgezogen")):
        _waiting(erratum).delete()


def _waiting(erratum: Erratum) -> Erratum:
    stored = Erratum.objects.select_for_update(of=["self"]).get(pk=erratum.pk)
    _check_waiting(stored)
    return stored


def _check_waiting(erratum: Erratum) -> None:
    if erratum.approved_at is not None:
        raise ValidationError(_("Diese Berichtigung ist schon genehmigt."))
