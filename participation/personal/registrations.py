"""Registrations for events."""

from django.utils.translation import gettext_lazy as _

from participation.models import Registration
from participation.services.registrations import erase_registrations, forget_registrations
from smartregion.base.personal import DataType, register

register(
    DataType(
        key="registrations",
        title=_("Anmeldungen zu Veranstaltungen"),
        purpose=_("Plätze vergeben, Teilnehmende einlassen und ihnen sagen, was sich ändert."),
        basis=_("Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO)"),
        kept=_("bis zur Abmeldung, höchstens sechs Wochen nach der Veranstaltung; unbestätigte einen Tag"),
        stored=Registration.objects.all,
        about=lambda person: Registration.objects.filter(email__iexact=person.email),
        told=lambda row: {
            _("Veranstaltung"): row.event.title,
            _("Name"): row.name,
            _("E-Mail"): row.email,
            _("Organisation"): row.organisation,
            _("Bedarf"): row.needs,
            _("angemeldet am"): row.created_at,
            _("bestätigt am"): row.confirmed_at,
            _("anwesend seit"): row.checked_in_at,
        },
        erase=lambda person: erase_registrations(email=person.email),
        outdated=Registration.objects.outdated,
        drop=lambda rows: forget_registrations(),
        of_visitors=True,
    )
)
