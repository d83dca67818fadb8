"""The verbs of circular decisions.

Whoever opens, votes, closes or withdraws holds the circular's row meanwhile; so a vote is in before the end,
or comes after it and is told so. `at` is the moment of a past that is told; else it is the clock's, read when
the row is held.
"""

import hashlib
import logging
from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.circulars import Count, sealed_record
from governance.models import Ballot, Circular, Entitlement, Resolution, Seat, Topic
from governance.services.resolutions import record_resolution
from measures.models import Visibility
from smartregion.base.history import recorded
from smartregion.base.versioned import EditConflict

log = logging.getLogger(__name__)
LEAST_DAYS: Final = 3
"""Between the opening and the deadline."""
CLOSED = gettext_lazy("Umlauf abgeschlossen")


class TooLate(ValidationError):
    """The vote came after the deadline or the end."""


def check_deadline(closes_at: datetime, *, at: datetime) -> None:
    """Let the deadline leave everybody time to read and vote.

    Raises:
        ValidationError: it does not.
    """
    if closes_at < at + timedelta(days=LEAST_DAYS):
        text = ngettext(
            "Die Frist muss mindestens einen Tag nach der Eröffnung enden.",
            "Die Frist muss mindestens %(days)d Tage nach der Eröffnung enden.",
            LEAST_DAYS,
        )
        raise ValidationError({"closes_at": text % {"days": LEAST_DAYS}})


def open_circular(
    *, circular: Circular, version: int | None, by: Any, at: datetime | None = None
) -> Circular:
    """Ask the seats that have a vote now. From here on neither the text nor who may vote changes.

    Raises:
        ValidationError: it is open already, the deadline is near, nobody may vote or an account would twice.
        EditConflict: someone changed the draft meanwhile.
    """
    with recorded(by=by, reason=_("Umlauf eröffnet")):
        locked = _lock(circular)
        if locked.version != version:
            raise EditConflict(locked)
        if not locked.is_draft:
            raise ValidationError(_("Dieser Umlauf ist schon eröffnet."))
        at = at or now()
        check_deadline(locked.closes_at, at=at)
        if locked.paper and locked.paper.visibility == Visibility.DRAFT:
            raise ValidationError(
                _("Die Vorlage ist noch ein Entwurf; die Mitglieder könnten sie nicht lesen.")
            )
        Entitlement.objects.bulk_create(_rights(locked))
        locked.state, locked.opened_at = Circular.State.OPEN, at
        return locked.save_over(version)


def voting_seats(circular: Circular) -> Any:
    """The seats that would vote if the circular were opened now. Deputies have no vote of their own."""
    seats = Seat.objects.filter(committee=circular.committee_id).current().voting()
    return seats.select_related("organisation", "user")


def cast_ballot(*, right: Entitlement, choice: str, comment: str = "", at: datetime | None = None) -> Ballot:
    """Vote, or change one's vote, until the deadline. What was chosen before is not kept.

    Raises:
        TooLate: the deadline has passed, or the circular has ended.
        ValidationError: an objection without a reason.
    """
    with transaction.atomic():
        locked = _lock(right.circular)
        at = at or now()
        if not locked.takes_votes(at):
            raise TooLate(_("Ihre Stimme kam zu spät: Der Umlauf nimmt keine Stimmen mehr an."))
        ballot = Ballot.objects.filter(entitlement=right).first() or Ballot(entitlement=right)
        ballot.choice, ballot.comment, ballot.cast_at = choice, comment, at
        ballot.validate_constraints()
        ballot.save()
    return ballot


def close_circular(*, circular: Circular, by: Any, at: datetime | None = None) -> Circular:
    """Count, record the resolution or pass the matter to a meeting, and seal. Closing again does nothing.

    Raises:
        ValidationError: before the deadline somebody has not voted, or the circular was never opened.
    """
    with recorded(by=by, reason=str(CLOSED)):
        locked = _lock(circular)
        if locked.state in {Circular.State.CLOSED, Circular.State.WITHDRAWN}:
            return locked
        at = at or now()
        rights = list(locked.entitlements.select_related("ballot"))
        choices = [right.ballot.choice for right in rights if hasattr(right, "ballot")]
        if locked.is_draft or (locked.takes_votes(at) and len(choices) < len(rights)):
            raise ValidationError(
                _("Vor der Frist lässt sich der Umlauf nur abschließen, wenn alle abgestimmt haben.")
            )
        return _end(locked, rights, Count.of(len(rights), choices), at=at, by=by)


def close_due_circulars() -> None:
    """Close what is over. One that cannot be closed keeps none of the others open."""
    for circular in Circular.objects.due():
        try:
            close_circular(circular=circular, by=None)
        except Exception:
            log.exception("Circular %s cannot be closed", circular.pk)


def withdraw_circular(*, circular: Circular, version: int | None, reason: str, by: Any) -> Circular:
    """End a circular without a result; nobody will read its votes.

    Raises:
        ValidationError: it does not run any more.
        EditConflict: someone changed it meanwhile.
    """
    with recorded(by=by, reason=reason):
        locked = _lock(circular)
        if not locked.is_running:
            raise ValidationError(_("Zurückziehen lässt sich nur ein Umlauf, dessen Frist noch läuft."))
        locked.state, locked.ended_at = Circular.State.WITHDRAWN, now()
        locked.withdrawn_reason = reason
        return locked.save_over(version)


def remove_draft(*, circular: Circular, version: int | None, by: Any, reason: str) -> None:
    """Take away a circular that was never opened.

    Raises:
        ValidationError: it was opened.
        EditConflict: someone changed it meanwhile.
    """
    with recorded(by=by, reason=reason):
        if not _lock(circular).is_draft:
            raise ValidationError(_("Dieser Umlauf ist schon eröffnet."))
        circular.delete_over(version)


def _lock(circular: Circular) -> Circular:
    rows = Circular.objects.select_for_update(of=("self",)).select_related("committee", "paper")
    return rows.get(pk=circular.pk)


def _rights(circular: Circular) -> list[Entitlement]:
    seats = list(voting_seats(circular))
    if not seats:
        raise ValidationError(_("Kein Sitz des Gremiums ist stimmberechtigt."))
    accounts = Counter(seat.user for seat in seats if seat.user)
    for account, number in accounts.items():
        if number > 1:
            raise ValidationError(
                _("Das Konto „%s“ hat mehrere stimmberechtigte Sitze. Jede Person hat eine Stimme.") % account
            )
    return [
        Entitlement(
            circular=circular,
            seat=seat,
            user=seat.user,
            group=seat.group,
            function=seat.function,
            organisation=seat.organisation.name if seat.organisation else "",
        )
        for seat in seats
    ]


def _end(circular: Circular, rights: list[Entitlement], count: Count, *, at: datetime, by: Any) -> Circular:
    circular.state, circular.ended_at, circular.result = Circular.State.CLOSED, at, count.result
    circular.votes_for, circular.votes_against = count.yes, count.no
    circular.abstentions, circular.objections = count.abstain, count.object
    circular.sealed = sealed_record(circular, rights, count)
    circular.sha256 = hashlib.sha256(circular.sealed.encode()).hexdigest()
    if count.result in Circular.DECIDED:
        circular.resolution = _record(circular, count, by=by)
    if count.result == Circular.Result.OBJECTED:
        circular.topic = _to_the_meeting(circular)
    return circular.save_over(circular.version)


def _record(circular: Circular, count: Count, *, by: Any) -> Resolution:
    """The resolution that the circular has become, as recorded for a meeting's."""
    adopted = circular.result == Circular.Result.ADOPTED
    resolution = Resolution(
        committee=circular.committee,
        title=circular.title,
        wording=circular.wording,
        resolved_on=circular.decided_on,
        outcome=Resolution.Outcome.ADOPTED if adopted else Resolution.Outcome.REJECTED,
        votes_for=circular.votes_for,
        votes_against=circular.votes_against,
        abstentions=circular.abstentions,
        procedure=Resolution.Procedure.CIRCULAR,
        entitled=count.entitled,
        present=count.took_part,
        excluded=0,
        quorum_needed=count.needed,
        visibility=circular.visibility,
        is_example=circular.is_example,
    )
    return record_resolution(resolution=resolution, measures=[], by=by, reason=str(CLOSED))


def _to_the_meeting(circular: Circular) -> Topic:
    note = _(
        "Der Umlauf endete am %(day)s ohne Beschluss, weil dem Verfahren widersprochen wurde. Die Sache ist "
        "in der nächsten Sitzung zu beraten."
    )
    return Topic.objects.create(
        committee=circular.committee,
        title=circular.title,
        text=note % {"day": date_format(circular.decided_on, "d.m.Y")},
        proposed_by=_("Umlaufbeschluss"),
        paper=circular.paper,
        visibility=circular.visibility,
        is_example=circular.is_example,
    )
