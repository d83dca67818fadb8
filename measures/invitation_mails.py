"""The job that sends an invitation's mail. What a killed worker leaves behind: see `round_mails`."""

import secrets
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.job_subjects import invitations_of
from measures.models import InvitationLink, TeamInvitation
from measures.services.team import SEND_INVITATION
from network.models import Region
from smartregion.base.hashed import hash_of
from smartregion.base.history import recorded
from smartregion.base.jobs import Finish, handler
from smartregion.base.mails import message_id, text_of
from smartregion.base.models import Job


@handler(SEND_INVITATION, title=gettext_lazy("Einladung senden"), subjects=invitations_of)
def send_team_invitation(job: Job) -> Finish:
    waiting = TeamInvitation.objects.open().filter(job=job, sent_at=None, problem="").first()
    if waiting:
        _send(waiting)
    return lambda: None


def _send(invitation: TeamInvitation) -> None:
    """The link is stored before the mail leaves, so no mail carries one that the portal does not know."""
    token = secrets.token_urlsafe(32)
    with recorded(by=None, reason=_("Einladung")):
        link = InvitationLink.objects.create(invitation=invitation, token_hash=hash_of(token))
    with transaction.atomic():
        wanted = TeamInvitation.objects.open().filter(pk=invitation.pk, job=invitation.job_id, sent_at=None)
        held = wanted.select_for_update(of=("self",), skip_locked=True).select_related(
            "invited_by", "seat__measure", "seat__organisation"
        )
        taken = held.first()
        if taken is None:
            link.delete()
            return
        outcome = _hand_over(taken, token)
        with recorded(by=None, reason=_("Einladung")):
            TeamInvitation.objects.filter(pk=taken.pk).update(**outcome)


def _hand_over(invitation: TeamInvitation, token: str) -> dict[str, object]:
    try:
        compose(invitation, token).send()
    except (SMTPRecipientsRefused, SMTPDataError):
        return {"problem": _("Der Mailserver hat die Mail an diese Adresse abgelehnt.")}
    return {"sent_at": now()}


def compose(invitation: TeamInvitation, token: str) -> EmailMessage:
    measure = invitation.seat.measure
    context = {
        "invitation": invitation,
        "seat": invitation.seat,
        "measure": measure,
        "link": settings.PORTAL_URL + reverse("invitation", args=[token]),
        "region": Region.objects.first(),
    }
    title = " ".join(measure.title.split())
    return EmailMessage(
        subject=_("Einladung ins Entwicklungsteam: %s") % title,
        body=text_of("measures/mails/invitation.txt", context),
        to=[invitation.email],
        reply_to=[invitation.invited_by.email] if invitation.invited_by else None,
        headers={"Auto-Submitted": "auto-generated", "Message-ID": message_id(invitation)},
    )
