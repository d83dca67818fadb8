"""What monitoring stores about people: tokens by which their programs report, and who released reports."""

from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from monitoring.models import ApiToken, Report, ReportFile
from monitoring.models.reports import SCOPES
from smartregion.base.personal import DataType, Person, Rows, keep_sealed, made_of_searched_texts, register

DUTY: Final = _("Aufgabe im öffentlichen Interesse (Art. 6 Abs. 1 Buchst. e DSGVO)")
keep_sealed(Report, "snapshot")
made_of_searched_texts(ReportFile)


def _tokens_of(person: Person) -> Rows:
    return ApiToken.objects.filter(created_by=person.account) if person.account else ApiToken.objects.none()


def _handled_by(person: Person) -> Rows:
    if person.account is None:
        return Report.objects.none()
    account = person.account
    handled = Q(requested_by=account) | Q(released_by=account) | Q(approved_by=account)
    return Report.objects.filter(handled).defer("snapshot").select_related(*SCOPES.values())


register(
    DataType(
        key="api-tokens",
        title=_("Zugänge für Programme"),
        purpose=_("Programme melden Werte von Indikatoren im Namen eines Kontos."),
        basis=DUTY,
        kept=_("höchstens 1 Jahr gültig; gelöscht mit dem Konto"),
        stored=ApiToken.objects.all,
        about=_tokens_of,
        told=lambda row: {
            _("Bezeichnung"): row.name,
            _("erstellt am"): row.created_on,
            _("gültig bis"): row.expires_on,
        },
    )
)
register(
    DataType(
        key="reports",
        title=_("Freigaben von Berichten"),
        purpose=_("Nachweisen, dass zwei Stellen einen Bericht geprüft haben."),
        basis=_("Rechtliche Verpflichtung zur Aktenführung (Art. 6 Abs. 1 Buchst. c DSGVO)"),
        kept=_("dauerhaft, mit der Funktion; der Name geht mit dem Konto"),
        stored=lambda: Report.objects.exclude(released_by=None, approved_by=None),
        about=_handled_by,
        told=lambda row: {
            _("Bericht"): str(row),
            _("freigegeben als"): row.released_as,
            _("genehmigt als"): row.approved_as,
        },
        erase=lambda person: 0,
    )
)
