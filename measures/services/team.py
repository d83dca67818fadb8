"""The verbs of a development team: invite to a seat, accept, decline, take back; give an input."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.timezone import now
from django.utils.translation import gettext as _

from measures.models import Impulse, InvitationLink, TeamInvitation, TeamMember
from measures.models.team import INVITATION_VALID_FOR
from measures.services.rounds import LinkInvalid
from network.models import Role, User
from smartregion.base import jobs
from smartregion.base.history import recorded

SEND_INVITATION = "measures.send_team_invitation"
ORIGINS = {
    Role.COORDINATION.value: Impulse.Origin.COORDINATION,
    Role.MUNICIPALITY.value: Impulse.Origin.MUNICIPALITY,
}


class SeatTaken(Exception):
    """An account has the seat already."""


def invite(*, seat: TeamMember, email: str, by: Any) -> TeamInvitation:
    """Ask for a mail that offers the seat to the address.

    Raises:
        SeatTaken: somebody has it.
        IntegrityError: somebody else is invited already.
    """
    with recorded(by=by, reason=_("Eingeladen")):
        if TeamMember.objects.select_for_update().get(pk=seat.pk).user_id:
            raise SeatTaken
        job = jobs.enqueue(SEND_INVITATION, steps=1)
        return TeamInvitation.objects.create(seat=seat, email=email, invited_by=by, job=job)


def invite_again(*, invitation: TeamInvitation, by: Any) -> bool:
    """Ask for one more mail with a new link, for another two weeks; the links of before are revoked.

    Returns:
        False where there is nothing left to answer.
    """
    with recorded(by=by, reason=_("Erneut eingeladen")):
        held = _held(invitation)
        if not held.is_unanswered or held.seat.user_id:
            return False
        held.links.all().delete()
        held.job = jobs.enqueue(SEND_INVITATION, steps=1)
        held.sent_at, held.problem = None, ""
        held.expires_at = now() + INVITATION_VALID_FOR
        held.save()
        return True


def revoke_invitation(*, invitation: TeamInvitation, by: Any) -> bool:
    """Its links open nothing any more, a mail that waits is not sent; False where it was answered."""
    with recorded(by=by, reason=_("Einladung zurückgezogen")):
        held = _held(invitation)
        if not held.is_unanswered:
            return False
        held.links.all().delete()
        held.revoked_at = now()
        held.save()
        return True


def _held(invitation: TeamInvitation) -> TeamInvitation:
    rows = TeamInvitation.objects.select_for_update(of=("self",)).select_related("seat")
    return rows.get(pk=invitation.pk)


def invitation_of(token: str) -> TeamInvitation:
    """Whose link this is.

    Raises:
        LinkInvalid: it opens nothing.
    """
    links = InvitationLink.objects.opening(token)
    found = links.select_related("invitation__seat__measure", "invitation__seat__organisation").first()
    if found is None:
        raise LinkInvalid
    return found.invitation


@contextmanager
def _answering(token: str, answer: str, reason: str, by: Any) -> Iterator[TeamInvitation]:
    """One transaction in which the link is used up; of two at the same moment one finds nothing to open."""
    with recorded(by=by, reason=reason, office="" if by else _("Eingeladene Person")):
        found = invitation_of(token)
        # The seat before the invitation, as everybody does who takes one away: so nobody waits in a circle.
        seats = TeamMember.objects.select_for_update().filter(pk=found.seat_id, user=None)
        seat = seats.first()
        held = TeamInvitation.objects.open().select_for_update(of=("self",)).filter(pk=found.pk).first()
        if held is None or seat is None:
            raise LinkInvalid
        held.seat = seat
        yield held
        held.answer, held.answered_at = answer, now()
        held.save()
        held.links.all().delete()


def accept_invitation(*, token: str, by: Any) -> TeamMember:
    """Tie the account to the seat; its role stays what it is.

    Raises:
        LinkInvalid: the link opens nothing, or not any more.
    """
    with _answering(token, TeamInvitation.Answer.ACCEPTED, _("Einladung angenommen"), by) as invitation:
        return _take_seat(invitation.seat, by)


def accept_with_new_account(*, token: str, name: str, password: str) -> TeamMember:
    """Make an account of the role Entwicklungsteam for the invited address, and tie it to the seat.

    Raises:
        LinkInvalid: the link opens nothing, or not any more.
        IntegrityError: the address has an account.
    """
    with _answering(token, TeamInvitation.Answer.ACCEPTED, _("Einladung angenommen"), None) as invitation:
        account = User.objects.create_user(invitation.email, password, name=name, role=Role.TEAM)
        return _take_seat(invitation.seat, account)


def _take_seat(seat: TeamMember, account: Any) -> TeamMember:
    seat.user = account
    return seat.save_over(seat.version)


def decline_invitation(*, token: str) -> None:
    """Answer that the seat is not wanted.

    Raises:
        LinkInvalid: the link opens nothing, or not any more.
    """
    with _answering(token, TeamInvitation.Answer.DECLINED, _("Einladung abgelehnt"), None):
        pass


def give_impulse(*, impulse: Impulse, by: Any) -> Impulse:
    """Store an input of this account; where nobody said so, its origin follows from the account."""
    with recorded(by=by):
        impulse.given_by = by
        impulse.origin = impulse.origin or ORIGINS.get(by.role, Impulse.Origin.TEAM)
        impulse.save()
    return impulse
