"""How far a status round is: who was asked, who answered, in alphabetical order and never as a ranking."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

from django.db.models import Count, Max, Prefetch, Q, QuerySet
from django.utils.timezone import localdate

from measures.models import RolloutCell, RoundContact, RoundInvitation, RoundMail, StatusRound
from network.models import Municipality
from smartregion.base.history import event_model
from smartregion.base.models import Job
from smartregion.base.text import german_order


@dataclass(frozen=True)
class Part:
    """One municipality's part: `answered` of `asked` cells, and the mails that were wanted for it."""

    invitation: RoundInvitation
    asked: int
    answered: int
    last_at: datetime | None
    has_address: bool

    @property
    def is_complete(self) -> bool:
        return self.answered == self.asked

    @property
    def mails(self) -> list[RoundMail]:
        return list(self.invitation.mails.all())

    @property
    def reminded_today(self) -> bool:
        return any(
            mail.kind == RoundMail.Kind.REMINDER and mail.wanted_on == localdate() for mail in self.mails
        )

    @property
    def may_be_reminded(self) -> bool:
        is_reachable = self.has_address and self.invitation.revoked_at is None
        return is_reachable and not self.is_complete and not self.reminded_today


@dataclass(frozen=True)
class Progress:
    parts: list[Part]

    @property
    def complete(self) -> int:
        return sum(part.is_complete for part in self.parts)

    @property
    def percent(self) -> int | None:
        return 100 * self.complete // len(self.parts) if self.parts else None

    @property
    def to_remind(self) -> int:
        return sum(part.may_be_reminded for part in self.parts)

    @property
    def waiting(self) -> int:
        """Mails that are still to be sent."""
        return sum(not mail.sent_at and not mail.problem for part in self.parts for mail in part.mails)

    @property
    def sending_job(self) -> Job | None:
        """The job that is sending mails of the round."""
        jobs = (mail.job for part in self.parts for mail in part.mails)
        return next((job for job in jobs if job.status == Job.Status.RUNNING), None)

    @property
    def sending_failed(self) -> str:
        """What kept the worker from sending, if it gave up; "" otherwise."""
        errors = (mail.job.error for part in self.parts for mail in part.mails if not mail.sent_at)
        return next(filter(None, errors), "")

    @property
    def state(self) -> str:
        """Changes whenever a person who watches the round would see something new."""
        return f"{crc32(repr(list(self._seen())).encode()):x}"

    def _seen(self) -> Iterator[Any]:
        for part in self.parts:
            invitation = part.invitation
            times = (part.last_at, invitation.opened_at, invitation.revoked_at)
            yield (part.asked, part.answered, *(moment and moment.timestamp() for moment in times))
            yield tuple(
                (mail.pk, mail.sent_at and mail.sent_at.timestamp(), bool(mail.problem), bool(mail.job.error))
                for mail in part.mails
            )


def progress_of(status_round: StatusRound) -> Progress:
    """A fixed number of queries, whatever the number of municipalities and measures."""
    counts = {row["municipality"]: row for row in _counts(status_round)}
    reachable = set(RoundContact.objects.exclude(email="").values_list("municipality", flat=True))
    mails = RoundMail.objects.select_related("job").order_by("pk")
    invitations = (
        status_round.invitations.select_related("municipality")
        .defer("municipality__boundary")
        .prefetch_related(Prefetch("mails", mails))
        .order_by(*german_order("municipality__name"))
    )
    nothing = {"asked": 0, "answered": 0, "last_at": None}
    parts = []
    for invitation in invitations:
        row = counts.get(invitation.municipality_id, nothing)
        parts.append(
            Part(
                invitation,
                row["asked"],
                row["answered"],
                row["last_at"],
                invitation.municipality_id in reachable,
            )
        )
    return Progress([part for part in parts if part.asked])


def _counts(status_round: StatusRound) -> list[dict[str, Any]]:
    """Per municipality: cells asked for, cells confirmed since the opening, and the last confirmation.

    A round that is over is told by the history: later confirmations take nothing away from it.
    """
    cells: QuerySet[Any, Any] = status_round.cells().order_by().values("municipality")
    since = Q(confirmed_at__gte=status_round.opened_at)
    if status_round.is_running:
        return list(
            cells.annotate(
                asked=Count("pk"),
                answered=Count("pk", filter=since),
                last_at=Max("confirmed_at", filter=since),
            )
        )
    within = since & Q(confirmed_at__lt=status_round.ends_at)
    events: QuerySet[Any] = event_model(RolloutCell)._base_manager.filter(
        within, pgh_obj__in=status_round.cells().order_by().values("pk")
    )
    told = (
        events.order_by()
        .values("municipality")
        .annotate(answered=Count("pgh_obj", distinct=True), last_at=Max("confirmed_at"))
    )
    by_municipality = {row["municipality"]: row for row in told}
    nothing = {"answered": 0, "last_at": None}
    return [
        {**row, **by_municipality.get(row["municipality"], nothing)}
        for row in cells.annotate(asked=Count("pk"))
    ]


def unanswered(status_round: StatusRound) -> QuerySet[RolloutCell, Any]:
    """Keys of the municipalities with a cell that was not confirmed since the round was opened."""
    opened_at = status_round.opened_at
    missing = status_round.cells().filter(Q(confirmed_at=None) | Q(confirmed_at__lt=opened_at))
    return missing.order_by().values("municipality")


def running_round_for(municipality: Municipality) -> StatusRound | None:
    """The round that waits for this municipality right now."""
    return StatusRound.objects.running().filter(invitations__municipality=municipality).first()
