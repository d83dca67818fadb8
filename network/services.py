"""The verbs of contacts."""

from typing import Any

from django.db.models import F
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from network.models import Contact
from smartregion.base.history import recorded
from smartregion.base.personal import forget


def add_contact(*, contact: Contact, fields: Any, by: Any, reason: str = "") -> Contact:
    with recorded(by=by, reason=reason):
        contact.save()
        contact.interests.set(fields)
    return contact


def withdraw_consent(*, contact: Contact, by: Any, office: str = "") -> None:
    """Take the person out at once; the office at its organisation stays."""
    with recorded(by=by, reason=_("Einwilligung widerrufen"), office=office):
        Contact.objects.filter(pk=contact.pk, withdrawn_on=None).update(
            name="", email="", phone="", note="", withdrawn_on=localdate(), version=F("version") + 1
        )


def remove_contact(*, contact: Contact, by: Any) -> None:
    """Row and history go; nothing can be brought back."""
    with recorded(by=by):
        forget(Contact.objects.filter(pk=contact.pk))
