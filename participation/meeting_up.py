"""Who should meet: organisations with like interests that sit in no team and no committee together."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from fields.models import ActionField
from governance.models import Seat
from measures.models import TeamMember
from network.models import Contact, Organisation
from smartregion.base.text import german_key

SHOWN: Final = 50
Pair = frozenset[int]


@dataclass(frozen=True)
class Suggestion:
    """Two organisations in alphabetical order, and why they should meet."""

    organisations: list[Organisation]
    contacts: list[Contact]
    fields: list[ActionField]
    reason: str


def who_should_meet(field: str = "") -> list[Suggestion]:
    """Those with the most common interests first. Costs a fixed number of queries.

    Args:
        field: the slug of a field that has to be among the common ones; "" for any.
    """
    contacts: dict[int, list[Contact]] = defaultdict(list)
    interested: dict[ActionField, set[int]] = defaultdict(set)
    for contact in Contact.objects.with_details():
        contacts[contact.organisation_id].append(contact)
        for each in contact.interests.all():
            interested[each].add(contact.organisation_id)
    common: dict[Pair, list[ActionField]] = defaultdict(list)
    for each in sorted(interested, key=lambda each: each.position):
        for pair in combinations(sorted(interested[each]), 2):
            common[frozenset(pair)].append(each)
    known, active = _together(), _active()
    found = [
        _suggest(pair, fields, contacts, active)
        for pair, fields in common.items()
        if pair not in known and (not field or field in {each.slug for each in fields})
    ]
    return sorted(found, key=_order)[:SHOWN]


def _order(suggestion: Suggestion) -> tuple[int, list[tuple[str, str]]]:
    return -len(suggestion.fields), [german_key(each.name) for each in suggestion.organisations]


def _together() -> set[Pair]:
    """The pairs that share a team or a committee already."""
    teams = TeamMember.objects.values_list("measure", "organisation")
    current = Seat.objects.filter(Q(ends_on=None) | Q(ends_on__gte=localdate())).exclude(organisation=None)
    return _pairs(teams) | _pairs(current.values_list("committee", "organisation"))


def _pairs(members: Iterable[tuple[int, int]]) -> set[Pair]:
    groups: dict[int, set[int]] = defaultdict(set)
    for group, organisation in members:
        groups[group].add(organisation)
    return {frozenset(pair) for each in groups.values() for pair in combinations(each, 2)}


def _active() -> dict[tuple[int, int], str]:
    """By organisation and field, a measure in whose team it works."""
    rows = TeamMember.objects.filter(measure__archived_at=None).order_by("measure__no")
    found: dict[tuple[int, int], str] = {}
    for organisation, field, title in rows.values_list("organisation", "measure__field", "measure__title"):
        found.setdefault((organisation, field), title)
    return found


def _suggest(
    pair: Pair,
    fields: list[ActionField],
    contacts: dict[int, list[Contact]],
    active: dict[tuple[int, int], str],
) -> Suggestion:
    chosen = {each.pk for each in fields}
    both = [contact for key in pair for contact in contacts[key]]
    people = [each for each in both if chosen & {field.pk for field in each.interests.all()}]
    organisations = sorted({each.organisation for each in both}, key=lambda each: german_key(each.name))
    reasons = [
        _("Gemeinsames Interesse: %s. Bisher sitzen sie in keinem Team und keinem Gremium zusammen.")
        % ", ".join(field.name for field in fields)
    ]
    for organisation in organisations:
        measures = [active.get((organisation.pk, field.pk)) for field in fields]
        if measure := next(filter(None, measures), None):
            reasons.append(
                _("%(organisation)s arbeitet schon an „%(measure)s“ mit.")
                % {"organisation": organisation.name, "measure": measure}
            )
    return Suggestion(organisations, people, fields, " ".join(reasons))
