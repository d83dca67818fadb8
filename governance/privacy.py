"""What governance stores about people: seats and votes with an account, calendar addresses."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from governance.models import Amendment, CalendarLink, Circular, Entitlement, Seat
from measures.models import Visibility
from smartregion.base.personal import DataType, Person, Rows, blank, keep_sealed, register

DUTY: Final = _("Aufgabe im öffentlichen Interesse (Art. 6 Abs. 1 Buchst. e DSGVO)")
keep_sealed(Circular, "sealed")
keep_sealed(Amendment, "text")


def _of(model: type[Seat | Entitlement | CalendarLink], person: Person) -> Rows:
    rows: Rows = model._default_manager.all()
    return rows.filter(user=person.account) if person.account else rows.none()


def _seat(row: Seat) -> dict[str, str]:
    """Of a committee that is still a draft nobody but the coordinator reads more than that there is one."""
    if row.committee.visibility == Visibility.DRAFT:
        return {str(_("Gremium")): str(_("im Entwurf"))}
    return {str(_("Gremium")): row.committee.name, str(_("Funktion")): row.function}


register(
    DataType(
        key="committee-seats",
        title=_("Sitze in Gremien mit Konto"),
        purpose=_("Mitglieder lesen die Unterlagen ihres Gremiums und stimmen ab."),
        basis=DUTY,
        kept=_("so lange wie der Sitz; die Funktion bleibt"),
        stored=lambda: Seat.objects.exclude(user=None),
        about=lambda person: _of(Seat, person).select_related("committee"),
        told=_seat,
        erase=lambda person: blank(_of(Seat, person), user=None),
    )
)
register(
    DataType(
        key="entitlements",
        title=_("Stimmrechte in Umlaufbeschlüssen"),
        purpose=_("Nachweisen, welcher Sitz abstimmen durfte und wie er gestimmt hat."),
        basis=_("Rechtliche Verpflichtung zur Aktenführung (Art. 6 Abs. 1 Buchst. c DSGVO)"),
        kept=_("dauerhaft, mit der Funktion; der Name geht mit dem Konto"),
        stored=lambda: Entitlement.objects.exclude(user=None),
        about=lambda person: _of(Entitlement, person).select_related("circular"),
        told=lambda row: {_("Umlaufbeschluss"): row.circular.title, _("Funktion"): row.function},
        erase=lambda person: 0,
    )
)
register(
    DataType(
        key="calendar-links",
        title=_("Persönliche Kalenderadressen"),
        purpose=_("Termine der eigenen Gremien im Kalender zeigen."),
        basis=DUTY,
        kept=_("bis sie widerrufen werden, spätestens mit dem Konto"),
        stored=CalendarLink.objects.all,
        about=lambda person: _of(CalendarLink, person),
        told=lambda row: {_("erstellt am"): row.created_at},
    )
)
