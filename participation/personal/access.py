"""Requests of people without an account to see what is stored about them."""

from django.utils.translation import gettext_lazy as _

from participation.models import AccessRequest
from smartregion.base.personal import DataType, register

register(
    DataType(
        key="access-requests",
        title=_("Anfragen nach eigenen Daten"),
        purpose=_("Den Link zu den eigenen Daten öffnen, solange er gilt."),
        basis=_("Rechtliche Verpflichtung zur Auskunft (Art. 15 DSGVO)"),
        kept=_("7 Tage"),
        stored=AccessRequest.objects.all,
        about=lambda person: AccessRequest.objects.filter(email__iexact=person.email),
        told=lambda row: {_("E-Mail"): row.email, _("angefragt am"): row.asked_at},
        outdated=AccessRequest.objects.outdated,
        of_visitors=True,
    )
)
