"""The verbs of resolutions."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from governance.models import (
    Committee,
    Consultation,
    FollowUp,
    Meeting,
    Resolution,
    ResolutionBias,
    ResolutionBudget,
    ResolutionCell,
    ResolutionMeasure,
    Seat,
)
from governance.models.resolution import COUNTED
from governance.services.agenda import lock_meeting, refresh
from governance.services.backlog import return_to_backlog
from governance.services.followups import add_follow_ups
from governance.voting import Floor, floor_of
from measures.models import BudgetLine, Measure, RolloutCell
from smartregion.base.history import recorded

Procedure = Resolution.Procedure
VOTED = ("outcome", "votes_for", "votes_against", "abstentions")


def next_number(*, committee: Committee, year: int) -> tuple[int, str]:
    """The register's next number: its place in the year, and how it is written ("LK 2026/08").

    What was typed before the register was kept here is passed over in writing; the places have no gap.
    """
    rows = Resolution.objects.filter(committee=committee)
    sequence = (rows.filter(year=year).aggregate(last=Max("sequence"))["last"] or 0) + 1
    taken = set(rows.filter(number__contains=f"{year}/").values_list("number", flat=True))
    written = (f"{committee.number_prefix} {year}/{number:02d}".strip() for number in count(sequence))
    return sequence, next(number for number in written if number not in taken)


def record_resolution(
    *,
    resolution: Resolution,
    measures: Iterable[Measure],
    follow_ups: Iterable[FollowUp] = (),
    biased: Iterable[Seat] = (),
    by: Any,
    reason: str = "",
) -> Resolution:
    """Store what a committee resolved, for good. Where the committee keeps a register it gives the number.

    A circular resolution says itself how many were entitled and took part.

    Raises:
        ValidationError: it stands there word for word, the number is taken, the day lies ahead, the item is
            gone or another committee's, or the vote cannot have been like this.
    """
    with recorded(by=by, reason=reason):
        committee = _lock(resolution.committee)
        _check_day(resolution)
        _check_procedure(resolution, committee)
        resolution.clean()
        is_circular = resolution.procedure == Procedure.CIRCULAR
        if not is_circular and Resolution.objects.recorded_as(resolution).exists():
            raise ValidationError(_("Dieser Beschluss ist schon festgehalten."))
        biased = list(biased)
        count_votes(resolution, biased)
        _number(resolution, committee)
        resolution.is_recommendation = is_recommendation(resolution)
        resolution.validate_constraints()
        resolution.save()
        resolution.measures.set(measures)
        ResolutionBias.objects.bulk_create(
            ResolutionBias(resolution=resolution, seat=seat) for seat in biased
        )
        add_follow_ups(resolution=resolution, follow_ups=follow_ups)
        _approve(resolution)
        return_to_backlog(resolution=resolution, by=by)
    return resolution


def supersede_resolution(
    *,
    old: Resolution,
    resolution: Resolution,
    measures: Iterable[Measure],
    follow_ups: Iterable[FollowUp] = (),
    biased: Iterable[Seat] = (),
    by: Any,
    reason: str = "",
) -> Resolution:
    """Store a resolution that takes the place of `old`, which stays readable and is no longer in force.

    An urgent decision that `old` has approved waits again if the new one does not approve it too.

    Raises:
        ValidationError: `old` was superseded already, is younger, or could be seen by more people; or another
            vote is claimed without the meeting in which it was taken.
    """
    with recorded(by=by, reason=reason):
        _lock(old.committee)
        old = Resolution.objects.select_for_update().get(pk=old.pk)
        if Resolution.objects.filter(supersedes=old).exists():
            raise ValidationError(_("Dieser Beschluss wurde inzwischen schon ersetzt."))
        if resolution.resolved_on < old.resolved_on:
            raise ValidationError(
                {"resolved_on": _("Der neue Beschluss kann nicht älter sein als der ersetzte.")}
            )
        if resolution.item is None:
            _check_same_vote(old, resolution)
            biased = list(old.biased.all())
        elif resolution.procedure == Procedure.CIRCULAR:
            resolution.procedure = Procedure.MEETING
        resolution.committee, resolution.supersedes = old.committee, old
        if takes_approval_back(old, resolution):
            _wait_for_approval_again(old)
        return record_resolution(
            resolution=resolution,
            measures=measures,
            follow_ups=follow_ups,
            biased=biased,
            by=by,
            reason=reason,
        )


def _check_same_vote(old: Resolution, new: Resolution) -> None:
    """Without a meeting nobody has voted anew: only what was written down wrongly is mended."""
    if old.procedure == Procedure.CIRCULAR:
        raise ValidationError(
            _("Einen Umlaufbeschluss ersetzt nur ein Beschluss in einer Sitzung. Bitte wählen Sie den TOP.")
        )
    if any(getattr(old, name) != getattr(new, name) for name in VOTED):
        raise ValidationError(
            _("Ohne TOP bleiben Ergebnis und Stimmen, wie sie sind. Bitte wählen Sie den TOP der Sitzung.")
        )


def link_resolution(
    *,
    resolution: Resolution,
    measures: Iterable[Measure] = (),
    cells: Iterable[RolloutCell] = (),
    lines: Iterable[BudgetLine] = (),
    by: Any,
) -> None:
    """Say what else a resolution is about. What is linked stays linked."""
    with recorded(by=by, reason=_("Beschluss verknüpft")):
        for measure in measures:
            ResolutionMeasure.objects.get_or_create(resolution=resolution, measure=measure)
        for cell in cells:
            ResolutionCell.objects.get_or_create(resolution=resolution, cell=cell)
        for line in lines:
            ResolutionBudget.objects.get_or_create(resolution=resolution, line=line)


def floor_for(resolution: Resolution) -> Floor | None:
    """Who could vote on it; a correction without an item speaks of the vote that it corrects."""
    voted = resolution
    while voted.item is None and voted.supersedes:
        voted = voted.supersedes
    return floor_of(voted.item.meeting) if voted.item else None


def count_votes(resolution: Resolution, biased: list[Seat]) -> None:
    """Put down how many were entitled, there, excluded and needed, as the attendance says.

    A correction without an item keeps the figures of what it corrects.

    Raises:
        ValidationError: someone is said to be biased who was not there.
    """
    if resolution.procedure == Procedure.CIRCULAR:
        return
    if resolution.item is None and resolution.supersedes:
        for name in COUNTED:
            setattr(resolution, name, getattr(resolution.supersedes, name))
        return
    floor = floor_for(resolution)
    if floor is None:
        if biased:
            raise ValidationError(_("Befangen ist nur, wer anwesend ist."))
        for name in COUNTED:
            setattr(resolution, name, None)
        return
    if not set(biased) <= set(floor.seats):
        raise ValidationError(_("Befangen ist nur, wer anwesend ist."))
    resolution.entitled, resolution.present = floor.entitled, floor.present
    resolution.excluded, resolution.quorum_needed = len(biased), floor.quorum_needed


def _number(resolution: Resolution, committee: Committee) -> None:
    resolution.year = resolution.resolved_on.year
    if committee.keeps_register:
        resolution.sequence, resolution.number = next_number(committee=committee, year=resolution.year)
    elif not resolution.number:
        raise ValidationError({"number": _("Bitte geben Sie die Nummer aus der Quelle an.")})
    if Resolution.objects.filter(committee=committee, number=resolution.number).exists():
        raise ValidationError({"number": _("Diese Beschlussnummer gibt es in dem Gremium schon.")})


def is_recommendation(resolution: Resolution) -> bool:
    """Whether its item is a station of its paper where nothing is decided (Beschlussempfehlung)."""
    if resolution.item is None:
        return bool(resolution.supersedes and resolution.supersedes.is_recommendation)
    stations = Consultation.objects.filter(item=resolution.item, paper=resolution.item.paper_id)
    return stations.recommending().exists()


def _approve(resolution: Resolution) -> None:
    """An urgent decision waits for its approval; a resolution that approves one closes that."""
    if resolution.procedure == Procedure.URGENT:
        FollowUp.objects.create(
            resolution=resolution,
            what=str(FollowUp.APPROVAL),
            is_approval=True,
            is_example=resolution.is_example,
        )
    if resolution.approves and resolution.item and not _keeps_approval(resolution):
        waiting = FollowUp.objects.select_for_update().get(resolution=resolution.approves, is_approval=True)
        waiting.noted_in = resolution.item.meeting
        waiting.save_over(waiting.version)


def takes_approval_back(old: Resolution, new: Resolution) -> bool:
    """Whether the urgent decision that the old one has approved loses its approval."""
    return old.approves_id is not None and new.approves_id != old.approves_id


def _wait_for_approval_again(old: Resolution) -> None:
    approval = FollowUp.objects.select_for_update().get(resolution=old.approves_id, is_approval=True)
    approval.noted_in = None
    approval.save_over(approval.version)


def _keeps_approval(resolution: Resolution) -> bool:
    """It takes the place of the one that has approved the urgent decision already."""
    old = resolution.supersedes
    return old is not None and old.approves_id is not None and old.approves_id == resolution.approves_id


def _check_procedure(resolution: Resolution, committee: Committee) -> None:
    if resolution.procedure == Procedure.CIRCULAR and committee.kind != Committee.Kind.STEERING:
        raise ValidationError(_("Umlaufbeschlüsse fasst nur der Lenkungskreis."))
    urgent = resolution.approves
    if urgent is None:
        return
    waiting = Resolution.objects.select_for_update().filter(committee=committee, pk=urgent.pk)
    kept = _keeps_approval(resolution)
    if not kept and not waiting.filter(pk__in=Resolution.objects.to_be_approved().values("pk")).exists():
        raise ValidationError({"approves": _("Diese Entscheidung wartet nicht auf eine Genehmigung.")})
    if resolution.outcome not in Resolution.BINDING or (resolution.item is None and not kept):
        raise ValidationError(
            {"approves": _("Genehmigt wird mit einem zustimmenden Beschluss in einer Sitzung.")}
        )
    if resolution.resolved_on < urgent.resolved_on:
        raise ValidationError({"approves": _("Die Genehmigung kann nicht vor der Entscheidung liegen.")})


def _lock(committee: Committee) -> Committee:
    """Resolutions of one committee are recorded one after the other, so that no number is given twice."""
    return Committee.objects.select_for_update().get(pk=committee.pk)


def _check_day(resolution: Resolution) -> None:
    if resolution.resolved_on > localdate():
        raise ValidationError(_("Ein Beschluss lässt sich erst ab dem Tag der Sitzung festhalten."))
    meeting = None
    if resolution.item:
        meeting = lock_meeting(resolution.item)
        refresh(resolution.item)
    if meeting and (meeting.committee_id != resolution.committee_id or meeting.day != resolution.resolved_on):
        raise ValidationError(_("Der Tagesordnungspunkt gehört nicht zu diesem Gremium und Tag."))
    if meeting and meeting.status == Meeting.Status.CANCELLED:
        raise ValidationError(_("Die Sitzung wurde abgesagt."))
