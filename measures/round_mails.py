"""The job that sends a round's mails, one after another.

What a worker that is killed leaves behind: a link is stored before the mail with it leaves, so no mail
carries a link that the portal does not know; and the mail counts as sent only after the mail server took it.
Killed between these two moments, the municipality gets the mail once more, with a second link that is as good
as the first. It never gets none.
"""

import secrets
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.job_subjects import rounds_of
from measures.models import RoundInvitation, RoundLink, RoundMail
from measures.services.rounds import SEND_MAILS
from network.models import Region
from smartregion.base.hashed import hash_of
from smartregion.base.history import recorded
from smartregion.base.jobs import Finish, handler, progress
from smartregion.base.mails import message_id, text_of
from smartregion.base.models import Job


@handler(SEND_MAILS, title=gettext_lazy("Mails einer Statusabfrage senden"), subjects=rounds_of)
def send_round_mails(job: Job) -> Finish:
    waiting = job.round_mails.filter(sent_at=None, problem="").order_by("pk")
    sent_before = job.steps - waiting.count()
    for step, key in enumerate(list(waiting.values_list("pk", flat=True)), start=sent_before):
        progress(job, step, _("Mails senden"))
        _send(key)
    return lambda: None


def _send(key: int) -> None:
    mail = RoundMail.objects.select_related("invitation").get(pk=key)
    token = secrets.token_urlsafe(32)
    with recorded(by=None, reason=mail.get_kind_display()):
        link = RoundLink.objects.create(invitation=mail.invitation, token_hash=hash_of(token))
    with transaction.atomic():
        locked = RoundMail.objects.select_for_update(of=("self",), skip_locked=True)
        wanted = locked.filter(pk=key, sent_at=None, problem="").select_related(
            "invitation__municipality", "invitation__round__opened_by"
        )
        taken = wanted.first()
        if taken is None:
            link.delete()
            return
        outcome = _hand_over(taken, token)
        with recorded(by=None, reason=mail.get_kind_display()):
            RoundMail.objects.filter(pk=key).update(**outcome)


def _hand_over(mail: RoundMail, token: str) -> dict[str, object]:
    """Give the mail to the mail server; what it says of one recipient keeps no other mail back."""
    if not mail.invitation.round.is_running:
        return {"problem": _("Die Abfrage war schon zu Ende.")}
    try:
        compose(mail, token).send()
    except (SMTPRecipientsRefused, SMTPDataError):
        return {"problem": _("Der Mailserver hat die Mail an diese Adresse abgelehnt.")}
    return {"sent_at": now()}


def compose(mail: RoundMail, token: str) -> EmailMessage:
    invitation: RoundInvitation = mail.invitation
    asked = invitation.round
    is_reminder = mail.kind == RoundMail.Kind.REMINDER
    title = " ".join(asked.title.split())
    context = {
        "round": asked,
        "municipality": invitation.municipality,
        "is_reminder": is_reminder,
        "link": asked.portal_url.rstrip("/") + reverse("answer", args=[token]),
        "region": Region.objects.first(),
        "portal": asked.portal_url.rstrip("/"),
    }
    return EmailMessage(
        subject=_("Erinnerung: %s") % title if is_reminder else title,
        body=text_of("measures/mails/round.txt", context),
        to=[mail.address],
        reply_to=[asked.opened_by.email] if asked.opened_by else None,
        headers={"Auto-Submitted": "auto-generated", "Message-ID": message_id(mail)},
    )
