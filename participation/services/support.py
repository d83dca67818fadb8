"""The verbs of support: one voice per e-mail address, which counts once the address is confirmed.

Whoever asks learns nothing of others: page and answer are the same whether the address supports already.
"""

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from participation.links import link_to
from participation.mails import Letter, send
from participation.models import Idea, Support, pseudonym

CONFIRM = "confirm"


@transaction.atomic
def ask_for_support(*, idea: Idea, email: str) -> Support:
    """Send the address a link that makes the voice count, or says that it counts already."""
    voice, _created = Support.objects.get_or_create(idea=idea, who=pseudonym(email, Support.PURPOSE))
    if voice.confirmed_at is None:
        Support.objects.filter(pk=voice.pk).update(made_at=now())
    context = {"idea": idea, "voice": voice, "link": link_to("support_confirm", voice, CONFIRM)}
    subject = _("Ihre Unterstützung bestätigen")
    send([Letter(email, subject, "participation/mails/support.txt", context)])
    return voice


def confirm_support(*, voice: Support) -> None:
    """From now on the voice counts; that it is confirmed twice changes nothing."""
    Support.objects.filter(pk=voice.pk, confirmed_at=None).update(confirmed_at=now())


def withdraw_support(*, voice: Support) -> None:
    """It counts no more and is nobody's, nor does the one that came along where the idea was merged."""
    with transaction.atomic():
        if voice.who:
            Support.objects.filter(came_with=voice.idea, who=voice.who).delete()
        given = Support.objects.confirmed().filter(pk=voice.pk)
        if not given.update(who=None, withdrawn_at=now()):
            voice.delete()
