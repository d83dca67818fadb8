"""What the public puts on agendas by itself: ideas that many support and nobody has answered.

The rule (docs/decisions/0022): published, supported by at least `ON_AGENDA_FROM` confirmed addresses, not yet
answered and not taken up by a measure; of a held meeting, as all that was when it began.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from governance.agenda import STEERING
from governance.automatic import Automatic, moment_of, register
from governance.models import AgendaItem, Meeting
from participation.models import Idea, Support
from participation.models.ideas import ON_AGENDA_FROM
from smartregion.base.past_rows import rows_as_of


@dataclass(frozen=True)
class Supported:
    idea: Idea
    number: int


@register
class SupportedIdeas(Automatic):
    kind = AgendaItem.Kind.IDEAS
    title = _("Ideen aus der Bevölkerung")
    template = "participation/_agenda_ideas.html"

    def applies(self, meeting: Meeting) -> bool:
        return meeting.committee.kind in STEERING and bool(_supported(meeting))

    def entries(self, meeting: Meeting, reader: Any) -> list[Any]:
        """The most supported first; what is not published any more is told to nobody."""
        supported = _supported(meeting)
        ideas = Idea.objects.published().filter(pk__in=supported).with_names().in_bulk()
        return [Supported(ideas[key], number) for key, number in supported.most_common() if key in ideas]

    def in_words(self, entry: Any) -> str:
        text = ngettext(
            "%(title)s: %(number)d Unterstützung", "%(title)s: %(number)d Unterstützungen", entry.number
        )
        return text % {"title": entry.idea.title, "number": entry.number}


def _supported(meeting: Meeting) -> Counter[int]:
    """The keys of the ideas with their number of supporters, both as of the meeting's moment."""
    moment = moment_of(meeting)
    candidates = Idea.objects.filter(supporters__gte=ON_AGENDA_FROM).values_list("pk", flat=True)
    rows = rows_as_of(Idea, moment, ["state", "answer", "measure_id"], keys=list(candidates))
    waiting = {
        row["pgh_obj_id"]
        for row in rows
        if row["state"] == Idea.State.PUBLISHED and not row["answer"] and row["measure_id"] is None
    }
    voices = Support.objects.as_of(moment).filter(idea__in=waiting).order_by()
    counts = Counter(dict(voices.values_list("idea").annotate(Count("pk"))))
    return Counter({key: number for key, number in counts.items() if number >= ON_AGENDA_FROM})
