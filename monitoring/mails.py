"""How many people a step of a report sends a mail to; asked before it is taken."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.models import Committee, Seat
from monitoring.models import Audience, Report
from monitoring.public_news import topics_of_report
from network.digest_mails import Reminded
from network.models import DigestRhythm, User
from participation.following import EVERYTHING
from participation.models import Subscriber

TO_APPROVE = "berichte-genehmigen"


def told_of_release(by: User) -> str:
    """Who chairs the Lenkungskreis and has not switched these reminders off."""
    seats = Seat.objects.current().chairing(Committee.Kind.STEERING)
    chairs = User.objects.filter(is_active=True, pk__in=seats.values("user")).exclude(pk=by.pk)
    number = chairs.exclude(digest=DigestRhythm.NEVER).exclude(digest_muted__contains=[TO_APPROVE]).count()
    if not number:
        return _("Niemand bekommt eine Mail: Der Vorsitz hat kein Konto, das daran erinnert werden möchte.")
    text = ngettext(
        "%d Person, der Vorsitz, wird mit ihrer nächsten Erinnerungsmail darauf hingewiesen.",
        "%d Personen mit Vorsitz werden mit ihrer nächsten Erinnerungsmail darauf hingewiesen.",
        number,
    )
    return text % number


def told_of_seal(report: Report) -> str:
    """Who follows everything or what the report is about; whose words it will hold is not known before."""
    if report.audience != Audience.PUBLIC:
        return _("Niemand bekommt eine Mail; der Bericht steht dann unter „Berichte“.")
    number = Subscriber.objects.following(topics_of_report(report), kind=EVERYTHING).count()
    text = ngettext(
        "%d Abonnement nennt ihn in der nächsten Wochenmail, dazu Abonnements von Suchworten, die passen.",
        "%d Abonnements nennen ihn in der nächsten Wochenmail, dazu Abonnements von Suchworten, die passen.",
        number,
    )
    return text % number


def in_words(told: Reminded) -> str:
    """Of a reminder that is sent, or that would be."""
    parts = [
        ngettext("%d Konto bekommt eine Mail.", "%d Konten bekommen eine Mail.", told.told) % told.told
        if told.told
        else _("Niemand bekommt jetzt eine Mail.")
    ]
    if told.told_today:
        text = ngettext("%d hatte heute schon eine.", "%d hatten heute schon eine.", told.told_today)
        parts.append(text % told.told_today)
    if told.silent:
        text = ngettext("%d möchte keine Mails.", "%d möchten keine Mails.", told.silent)
        parts.append(text % told.silent)
    return " ".join(parts)
