"""The verbs of status rounds: open, remind, renew, revoke, close; and those of a link: confirm and save."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from measures.models import (
    Measure,
    RolloutCell,
    RoundContact,
    RoundInvitation,
    RoundLink,
    RoundMail,
    RoundMeasure,
    StatusRound,
)
from measures.round_progress import unanswered
from measures.services.rollout import Confirmation, confirm_among
from network.models import Municipality
from smartregion.base import jobs
from smartregion.base.acting import acting, municipality_by_link
from smartregion.base.history import recorded
from smartregion.base.models import Job

SEND_MAILS = "measures.send_round_mails"


class RoundOver(Exception):
    """The round is closed or past its last day."""


class LinkInvalid(Exception):
    """No link with this secret opens anything: forged, revoked, or its round is over."""


def open_round(
    *,
    title: str,
    closes_on: date,
    measures: Iterable[Measure],
    portal_url: str,
    by: Any,
    message: str = "",
) -> StatusRound:
    """Open a round and ask for a mail to each municipality that has an address.

    Raises:
        IntegrityError: another round is open.
    """
    measures = list(measures)
    with recorded(by=by, reason=_("Statusabfrage eröffnet")):
        StatusRound.objects.overdue().update(closed_at=now())
        opened = StatusRound.objects.create(
            title=title, message=message, closes_on=closes_on, portal_url=portal_url, opened_by=by
        )
        RoundMeasure.objects.bulk_create(RoundMeasure(round=opened, measure=each) for each in measures)
        asked = Municipality.objects.filter(cells__measure__in=measures).distinct()
        invitations = RoundInvitation.objects.bulk_create(
            RoundInvitation(round=opened, municipality=municipality)
            for municipality in asked.defer("boundary")
        )
        _want_mails(invitations, RoundMail.Kind.INVITATION)
    return opened


def remind(*, status_round: StatusRound, by: Any) -> int:
    """Ask for a reminder to all who have not answered everything; nobody gets two on one day.

    Returns:
        To how many.

    Raises:
        RoundOver: the round takes no answers any more.
    """
    with recorded(by=by, reason=_("Erinnerung")):
        held = _held(status_round)
        missing = held.invitations.filter(municipality__in=unanswered(held), revoked_at=None)
        due = missing.exclude(
            pk__in=RoundMail.objects.filter(
                invitation__round=held, kind=RoundMail.Kind.REMINDER, wanted_on=localdate()
            ).values("invitation")
        )
        return _want_mails(list(due), RoundMail.Kind.REMINDER)


def renew_link(*, invitation: RoundInvitation, by: Any) -> int:
    """Revoke the municipality's links and ask for a mail with a new one; returns how many (0: no address).

    Raises:
        RoundOver: the round takes no answers any more.
    """
    with recorded(by=by, reason=_("Neuer Link")):
        _held(invitation.round)
        _revoke(invitation, _("durch einen neuen Link ersetzt"))
        RoundInvitation.objects.filter(pk=invitation.pk).update(revoked_at=None)
        return _want_mails([invitation], RoundMail.Kind.INVITATION)


def revoke_links(*, invitation: RoundInvitation, by: Any) -> None:
    """No link of the municipality opens anything any more, and no mail that is still waiting will be sent."""
    with recorded(by=by, reason=_("Link zurückgezogen")):
        _revoke(invitation, _("zurückgezogen"))
        RoundInvitation.objects.filter(pk=invitation.pk).update(revoked_at=now())


def close_round(*, status_round: StatusRound, by: Any) -> None:
    """End the round before its last day; a round that is closed stays as it is."""
    with recorded(by=by, reason=_("Statusabfrage geschlossen")):
        StatusRound.objects.filter(pk=status_round.pk, closed_at=None).update(closed_at=now())


def send_again(status_round: StatusRound) -> None:
    """Give the round's failed sending a fresh start."""
    with transaction.atomic():
        for job in Job.objects.filter(round_mails__invitation__round=status_round).distinct():
            jobs.requeue(job)


def _held(status_round: StatusRound) -> StatusRound:
    """The round, held until the transaction ends, so that nobody closes it or reminds meanwhile."""
    held = StatusRound.objects.select_for_update(no_key=True).get(pk=status_round.pk)
    if not held.is_running:
        raise RoundOver
    return held


def _revoke(invitation: RoundInvitation, why: str) -> None:
    """The mails first: a worker that sends one holds its row, and its link is there by then."""
    RoundMail.objects.filter(invitation=invitation, sent_at=None, problem="").update(problem=why)
    RoundLink.objects.filter(invitation=invitation).delete()


def _want_mails(invitations: list[RoundInvitation], kind: str) -> int:
    contacts = RoundContact.objects.exclude(email="").values_list("municipality", "email")
    addresses = dict(contacts)
    reachable = [each for each in invitations if each.municipality_id in addresses]
    if reachable:
        job = jobs.enqueue(SEND_MAILS, steps=len(reachable))
        RoundMail.objects.bulk_create(
            RoundMail(invitation=each, job=job, kind=kind, address=addresses[each.municipality_id])
            for each in reachable
        )
    return len(reachable)


def invitation_of(token: str) -> RoundInvitation:
    """Whose link this is.

    Raises:
        LinkInvalid: it opens nothing.
    """
    links = RoundLink.objects.opening(token)
    return _invitation(links.select_related("invitation__round", "invitation__municipality").first())


@contextmanager
def answering(token: str, what: str = "") -> Iterator[RoundInvitation]:
    """One transaction in which the municipality answers by its link; round and link are held until it ends.

    Raises:
        LinkInvalid: it opens nothing, or not any more.
    """
    with transaction.atomic():
        # The round before the link, as everybody who takes links away does: so nobody waits in a circle.
        StatusRound.objects.select_for_update(no_key=True).get(pk=invitation_of(token).round_id)
        links = RoundLink.objects.opening(token).select_related(
            "invitation__round", "invitation__municipality"
        )
        invitation = _invitation(links.select_for_update(of=("self",)).first())
        office = _("Kommune %s (Statusabfrage)") % invitation.municipality.name
        reason = _("Statusabfrage „%s“") % invitation.round.title
        with (
            acting(municipality_by_link(invitation.municipality_id)),
            recorded(by=None, office=office, reason=f"{reason}: {what}" if what else reason),
        ):
            yield invitation
            RoundInvitation.objects.filter(pk=invitation.pk).update(answered_at=now())


def _invitation(link: RoundLink | None) -> RoundInvitation:
    if link is None:
        raise LinkInvalid
    return link.invitation


def note_opening(invitation: RoundInvitation) -> None:
    """Keep when a link of the municipality was first opened, by a person or by a mail scanner."""
    if invitation.opened_at is None:
        with (
            acting(municipality_by_link(invitation.municipality_id)),
            recorded(by=None, reason=_("Link geöffnet")),
        ):
            RoundInvitation.objects.filter(pk=invitation.pk, opened_at=None).update(opened_at=now())


def confirm_by_link(*, token: str, versions: Mapping[int, int]) -> Confirmation:
    """Confirm cells of the link in the versions that were read; see `confirm_cells`.

    Raises:
        LinkInvalid: the link opens nothing.
        RolloutCell.DoesNotExist: one of them is no cell of this link; then none is confirmed.
    """
    with answering(token, _("unverändert bestätigt")) as invitation:
        return confirm_among(invitation.cells(), versions, confirmed_by=None, confirmed_in=invitation.round)


def save_by_link(*, token: str, cell: RolloutCell, version: int | None, reason: str) -> RolloutCell:
    """Write an edited cell over the version that was read, as confirmed by the municipality.

    Raises:
        LinkInvalid: the link opens nothing, or not this cell.
        EditConflict: the cell was saved by someone else since it was read.
    """
    with answering(token, reason) as invitation:
        if not invitation.cells().filter(pk=cell.pk).exists():
            raise LinkInvalid
        cell.confirmed_at, cell.confirmed_by, cell.confirmed_in = now(), None, invitation.round
        return cell.save_over(version)
