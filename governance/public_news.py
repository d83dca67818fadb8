"""What is new in public about committees: meetings and resolutions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Committee, Meeting, Resolution, ResolutionMeasure
from measures.models import Measure, Visibility
from measures.public_news import subject_of, topics_of
from smartregion.base import written
from smartregion.base.public_news import (
    VISITOR,
    Choice,
    Life,
    News,
    Topic,
    choices_of,
    key_of,
    lives,
    source,
    topics,
)

COMMITTEES = "gremien"


@topics(COMMITTEES, label=gettext_lazy("Gremien"), order=30)
def committees(keys: Collection[str] | None) -> dict[str, Choice]:
    return choices_of(Committee.objects.visible_to(VISITOR), keys)


@source("committees")
def tell(since: datetime) -> Iterator[News]:
    bodies = lives(Committee.objects.visible_to(VISITOR), since, _is_public)
    yield from _resolutions(bodies, lives(Resolution.objects.visible_to(VISITOR), since, _is_public))
    yield from _meetings(bodies, lives(Meeting.objects.visible_to(VISITOR), since, _is_public))


def _is_public(event: Any, newest: Any) -> bool:
    return bool(event.visibility == Visibility.PUBLIC)


def _news(row: Any, event: Any, text: str, also: Iterable[Topic] = (), **is_what: bool) -> News:
    return News(
        key=key_of(event),
        at=event.pgh_created_at,
        about=_("%(committee)s: %(title)s") % {"committee": row.committee.name, "title": row},
        text=text,
        url=row.get_absolute_url(),
        subject=subject_of(row),
        topics=frozenset({Topic(COMMITTEES, row.committee.slug), *also}),
        is_example=row.is_example,
        **is_what,
    )


def _resolutions(bodies: dict[int, Life], found: dict[int, Life]) -> Iterator[News]:
    """A resolution never changes, so only a new one is told."""
    new = {key: life for key, life in found.items() if life.is_new(bodies.get(life.newest.committee_id))}
    rows = Resolution.objects.filter(pk__in=new).select_related("committee")
    about = _measures_of(new)
    for row in rows:
        text = _("Beschluss vom %(day)s: %(outcome)s.") % {
            "day": written.day(row.resolved_on),
            "outcome": row.get_outcome_display(),
        }
        yield _news(row, new[row.pk].shown, text, about[row.pk])


def _measures_of(resolutions: Iterable[int]) -> dict[int, set[Topic]]:
    visible = Measure.objects.visible_to(VISITOR)
    links = ResolutionMeasure.objects.filter(resolution__in=list(resolutions), measure__in=visible)
    found: dict[int, set[Topic]] = defaultdict(set)
    for link in links.select_related("measure__field"):
        found[link.resolution_id] |= topics_of(link.measure)
    return found


def _meetings(bodies: dict[int, Life], found: dict[int, Life]) -> Iterator[News]:
    rows = Meeting.objects.filter(pk__in=found).select_related("committee").in_bulk()
    for key, life in found.items():
        body = bodies.get(life.newest.committee_id)
        if life.is_new(body):
            is_to_come = rows[key].status in Meeting.AGENDA_IS_OPEN
            text = _("Sitzung am %(day)s.") if is_to_come else _("Sitzung am %(day)s, %(status)s.")
            yield _news(rows[key], life.shown, text % _values(rows[key]), is_new=True)
        for step in life.changes(body):
            if text := _moved(step.before, step.after):
                yield _news(rows[key], step.after, text, is_move=True)
            elif text := _turned(step.before, step.after):
                yield _news(rows[key], step.after, text)


def _moved(before: Any, after: Any) -> str:
    if before.starts_at != after.starts_at:
        values = {**_values(after), "before": _values(before)["day"]}
        return _("Sitzung jetzt am %(day)s, zuvor am %(before)s.") % values
    return ""


def _turned(before: Any, after: Any) -> str:
    """That the members are invited says nothing to others, so the public is not told of it."""
    if after.status not in (before.status, Meeting.Status.INVITED):
        return _("Sitzung am %(day)s, jetzt: %(status)s.") % _values(after)
    return ""


def _values(meeting: Any) -> dict[str, str]:
    return {
        "day": _moment(meeting),
        "status": str(Meeting.Status(meeting.status).label),
    }


def _moment(meeting: Meeting) -> str:
    starts = localtime(meeting.starts_at)
    return f"{written.day(starts)}, {starts:%H:%M}"
