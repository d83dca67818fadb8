"""Mails to people without an account that wait to be handed over, and how many were asked for."""

from django.utils.translation import gettext_lazy as _

from participation.models import AskedMail, VisitorMail
from smartregion.base.personal import DataType, register

BASIS = _("Berechtigtes Interesse, Missbrauch zu begrenzen (Art. 6 Abs. 1 Buchst. f DSGVO)")

register(
    DataType(
        key="visitor-mails",
        title=_("Mails, die noch unterwegs sind"),
        purpose=_("Mails an Menschen ohne Konto an den Mailserver übergeben."),
        basis=_("Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO)"),
        kept=_("bis zur Übergabe, höchstens 14 Tage"),
        stored=VisitorMail.objects.all,
        about=lambda person: VisitorMail.objects.filter(to__iexact=person.email),
        told=lambda row: {_("an"): row.to, _("Betreff"): row.subject, _("beauftragt am"): row.created_at},
        outdated=VisitorMail.objects.outdated,
        of_visitors=True,
    )
)
register(
    DataType(
        key="asked-mails",
        title=_("Zählung von Mails an eine Adresse"),
        purpose=_("An keine Adresse gehen durch Formulare, die andere ausfüllen, sehr viele Mails."),
        basis=BASIS,
        kept=_("einen Tag, als Kennzeichen ohne Adresse"),
        stored=AskedMail.objects.all,
        about=lambda person: AskedMail.objects.to(person.email),
        told=lambda row: {_("Mail verlangt am"): row.asked_at},
        outdated=AskedMail.objects.outdated,
        of_visitors=True,
    )
)
