"""Mails to people without an account that wait to be handed over."""

from django.utils.translation import gettext_lazy as _

from participation.models import VisitorMail
from smartregion.base.personal import DataType, register

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
