"""What the jobs of measures were for."""

from collections.abc import Collection
from typing import Any

from measures.models import RoundMail, StatusRound, TableImport, TeamInvitation
from measures.models.team import team_url
from smartregion.base.job_kinds import Subject


def imports_of(keys: Collection[int], user: Any) -> dict[int, Subject]:
    if not user.has_perm("measures.import_tables"):
        return {}
    imports = TableImport.objects.for_list().filter(job__in=keys)
    return {each.job_id: Subject(str(each), each.get_absolute_url()) for each in imports}


def rounds_of(keys: Collection[int], user: Any) -> dict[int, Subject]:
    if not user.has_perm("measures.manage_rounds"):
        return {}
    sending = RoundMail.objects.filter(job__in=keys).order_by().values_list("job", "invitation__round")
    round_of = dict(sending.distinct())
    rounds = StatusRound.objects.in_bulk(list(round_of.values()))
    return {job: Subject(str(rounds[key]), rounds[key].get_absolute_url()) for job, key in round_of.items()}


def invitations_of(keys: Collection[int], user: Any) -> dict[int, Subject]:
    """An invitation stands on the page of its team; whom it went to is told there alone."""
    if not user.has_perm("measures.add_measure"):
        return {}
    invitations = TeamInvitation.objects.filter(job__in=keys).select_related("seat__measure")
    return {
        each.job_id: Subject(each.seat.measure.title, team_url(each.seat.measure)) for each in invitations
    }
