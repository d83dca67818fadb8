"""What measures store about people: invitations, addresses of status rounds, seats, saved views, imports."""

from datetime import timedelta
from typing import Final

from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from measures.models import RoundContact, RoundMail, SavedView, TeamInvitation, TeamMember
from smartregion.base.personal import DataType, Person, Rows, blank, register

DUTY: Final = _("Aufgabe im öffentlichen Interesse (Art. 6 Abs. 1 Buchst. e DSGVO)")
INVITATIONS_KEPT: Final = timedelta(days=365)
MAILS_KEPT: Final = timedelta(days=730)
GONE: Final = "geloescht@geloescht.invalid"


def _invited(person: Person) -> Rows:
    return TeamInvitation.objects.filter(email__iexact=person.email).select_related("seat__organisation")


def _seats_of(person: Person) -> Rows:
    seats = TeamMember.objects.select_related("organisation", "measure")
    return seats.filter(user=person.account) if person.account else seats.none()


def _mails_to(person: Person) -> Rows:
    return RoundMail.objects.filter(address__iexact=person.email).select_related("invitation__round")


def _without_address(rows: Rows) -> int:
    return blank(rows, address=GONE)


register(
    DataType(
        key="team-invitations",
        title=_("Einladungen in Entwicklungsteams"),
        purpose=_("Jemanden um die Mitarbeit an einer Maßnahme bitten."),
        basis=DUTY,
        kept=_("1 Jahr"),
        stored=TeamInvitation.objects.all,
        about=_invited,
        told=lambda row: {
            _("E-Mail"): row.email,
            _("Sitz"): str(row.seat),
            _("eingeladen am"): row.invited_at,
            _("Antwort"): row.get_answer_display(),
        },
        outdated=lambda: TeamInvitation.objects.filter(invited_at__lt=now() - INVITATIONS_KEPT),
    )
)
register(
    DataType(
        key="team-seats",
        title=_("Sitze in Entwicklungsteams mit Konto"),
        purpose=_("Wer in einem Team arbeitet, bearbeitet dessen Maßnahme."),
        basis=DUTY,
        kept=_("so lange wie der Sitz; die Funktion bleibt"),
        stored=lambda: TeamMember.objects.exclude(user=None),
        about=_seats_of,
        told=lambda row: {_("Maßnahme"): row.measure.title, _("Funktion"): row.function},
        erase=lambda person: blank(_seats_of(person), user=None),
    )
)
register(
    DataType(
        key="round-contacts",
        title=_("Adressen für Statusabfragen"),
        purpose=_("Den Kommunen die Statusabfrage senden."),
        basis=DUTY,
        kept=_("bis die Koordination sie ändert; frühere Adressen 2 Jahre"),
        stored=lambda: RoundContact.objects.exclude(email=""),
        about=lambda person: RoundContact.objects.filter(email__iexact=person.email).select_related(
            "municipality"
        ),
        told=lambda row: {_("Kommune"): row.municipality.name, _("E-Mail"): row.email},
        erase=lambda person: blank(RoundContact.objects.filter(email__iexact=person.email), email=""),
    )
)
register(
    DataType(
        key="round-mails",
        title=_("Mails der Statusabfragen"),
        purpose=_("Nachweisen, wann welche Kommune gefragt wurde."),
        basis=DUTY,
        kept=_("die Adresse 2 Jahre; der Nachweis bleibt"),
        stored=lambda: RoundMail.objects.exclude(address=GONE),
        about=_mails_to,
        told=lambda row: {
            _("Empfänger"): row.address,
            _("Statusabfrage"): str(row.invitation.round),
            _("gesendet am"): row.sent_at,
        },
        erase=lambda person: _without_address(_mails_to(person)),
        outdated=lambda: RoundMail.objects.filter(wanted_on__lt=localdate() - MAILS_KEPT).exclude(
            address=GONE
        ),
        drop=_without_address,
    )
)
register(
    DataType(
        key="saved-views",
        title=_("Gespeicherte Ansichten"),
        purpose=_("Eigene Filter und Spalten wiederfinden."),
        basis=DUTY,
        kept=_("bis sie gelöscht werden, spätestens mit dem Konto"),
        stored=SavedView.objects.all,
        about=lambda person: (
            SavedView.objects.filter(owner=person.account) if person.account else SavedView.objects.none()
        ),
        told=lambda row: {_("Name"): row.name, _("Abfrage"): row.query},
    )
)
