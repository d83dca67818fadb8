"""The verbs of people without an account who ask for their data."""

from django.db import transaction
from django.utils.translation import gettext as _

from participation.links import link_to
from participation.mails import Letter, send_asked
from participation.models import AccessRequest, hold_address
from smartregion.base.erasure import erase_visitor
from smartregion.base.models import Erasure

READ = "read-own-data"


@transaction.atomic
def ask_for_access(*, email: str) -> None:
    """Send a link to the address, whether or not anything is stored about it; not one after another."""
    hold_address(email)
    if AccessRequest.objects.just_now(email).exists():
        return
    request = AccessRequest.objects.create(email=email)
    letter = Letter(
        to=email,
        subject=_("Ihre Daten im Portal"),
        template="participation/mails/access.txt",
        context={"link": link_to("access_data", request, READ), "days": AccessRequest.VALID_FOR.days},
    )
    send_asked(letter)


@transaction.atomic
def erase_own_data(*, request: AccessRequest, with_published: bool) -> Erasure:
    """Everything that its person left without an account, the request itself too.

    Published ideas stay without the address, unless they are taken back as well.
    """
    return erase_visitor(
        email=request.email,
        reason=_("Auf eigenen Wunsch über den Link in der Mail"),
        office=_("die Person selbst"),
        with_published=with_published,
    )
