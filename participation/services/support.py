"""The verbs of support: one voice per e-mail address, which counts once the address is confirmed.

Whoever asks learns nothing of others: page and answer are the same whether the address supports already.
"""

from typing import Any

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from participation.links import link_to
from participation.mails import Letter, send_asked
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
    send_asked(Letter(email, subject, "participation/mails/support.txt", context))
    return voice


@transaction.atomic
def confirm_support(*, voice: Support) -> None:
    """From now on the voice counts; that it is confirmed twice changes nothing.

    Where the idea was merged meanwhile it counts for the one that is left, as those that came along do.
    """
    if not Support.objects.filter(pk=voice.pk, confirmed_at=None).update(confirmed_at=now()):
        return
    end = voice.idea.end()
    if end != voice.idea:
        along = {"made_at": voice.made_at, "came_with": voice.idea}
        there, _created = Support.objects.get_or_create(idea=end, who=voice.who, defaults=along)
        Support.objects.filter(pk=there.pk, confirmed_at=None).update(confirmed_at=now())


@transaction.atomic
def withdraw_support(*, voice: Support) -> None:
    """It counts no more and is nobody's, nor do those that came along where the idea was merged."""
    if voice.who:
        take_back_brought(voice.idea, who=voice.who)
    given = Support.objects.confirmed().filter(pk=voice.pk)
    if not given.update(who=None, withdrawn_at=now()):
        voice.delete()


def take_back_brought(source: Idea, **of: Any) -> None:
    """These voices that came along when `source` was merged leave every idea that they were brought to."""
    brought = Support.objects.filter(came_with=source, **of)
    for target in Idea.objects.filter(voices__in=brought).distinct():
        there = brought.filter(idea=target).exclude(who=None)
        take_back_brought(target, who__in=list(there.values_list("who", flat=True)))
    brought.delete()


@transaction.atomic
def erase_voices(*, email: str) -> int:
    """Withdraw every voice of an address: nothing is left that leads to it. Returns how many."""
    voices = Support.objects.filter(who=pseudonym(email, Support.PURPOSE))
    unconfirmed, _by_model = voices.filter(confirmed_at=None).delete()
    return unconfirmed + voices.update(who=None, withdrawn_at=now())
