"""The history told in words: who changed what, when and why."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.formats import date_format, localize
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from smartregion.base.history import event_model, tracked_fields

SILENT_FIELDS = {"id", "version", "position", "merged_into"}
"""What no history tells: technical values, and a row that its reader may not be allowed to see."""
SHOWN = 30
DAY, DAY_AND_TIME = "d.m.Y", "d.m.Y, H:i"


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One entry of a row's history, ready to be shown."""

    at: datetime
    by: str
    reason: str
    kind: str
    fields: list[FieldChange]
    subject: str = ""


def changes_of(instance: models.Model, limit: int = 50) -> list[Change]:
    """The row's history, newest first. Costs a fixed number of queries."""
    events = event_model(type(instance))._base_manager.filter(pgh_obj_id=instance.pk)
    newest = events.select_related("pgh_context").order_by("-pgh_id")
    return changes_in(type(instance), newest[: limit + 1])[:limit]


@dataclass(frozen=True)
class Source:
    """Rows of one model that belong to a journal: their events, newest first, and what the rows are called.

    `subject` names the row of an event; None for the one that the journal itself is about.
    """

    model: type[models.Model]
    events: models.QuerySet[Any]
    subject: Callable[[Any], str] | None = None


def journal(sources: Iterable[Source]) -> list[Change]:
    """The newest changes of several kinds of rows, told as one. Costs a fixed number of queries."""
    changes = [
        change for source in sources for change in changes_in(source.model, source.events, source.subject)
    ]
    return sorted(changes, key=lambda change: change.at, reverse=True)[:SHOWN]


def changes_in(
    model: type[models.Model], events: Iterable[models.Model], subject: Callable[[Any], str] | None = None
) -> list[Change]:
    """The history told by these events of one or more rows, which come newest first.

    Costs a fixed number of queries.

    Args:
        subject: names the row of an event, where rows of several kinds are shown together.
    """
    events = list(events)
    people = _people(events)
    texts = _Texts(model, events)
    later: dict[int, models.Model] = {}
    befores: dict[int, models.Model] = {}
    for event in events:
        row: int = event.pgh_obj_id  # type: ignore[attr-defined]
        if row in later:
            befores[later[row].pk] = event
        later[row] = event
    changes = []
    for event in events:
        before = befores.get(event.pk)
        by, reason = _who_and_why(event, people)
        changes.append(
            Change(
                at=event.pgh_created_at,  # type: ignore[attr-defined]
                by=by,
                reason=reason,
                kind=event.pgh_label,  # type: ignore[attr-defined]
                fields=texts.differences(before, event) if before else [],
                subject=subject(event) if subject else "",
            )
        )
    return changes


def _who_and_why(event: Any, people: dict[int, str]) -> tuple[str, str]:
    metadata: dict[str, Any] = event.pgh_context.metadata if event.pgh_context else {}
    by = people.get(metadata.get("user", 0)) or metadata.get("office") or _("Systemdienst")
    return by, metadata.get("reason", "")


def _people(events: list[models.Model]) -> dict[int, str]:
    ids = {event.pgh_context.metadata.get("user") for event in events if event.pgh_context}  # type: ignore[attr-defined]
    users = get_user_model()._base_manager.filter(pk__in=ids - {None})
    return {user.pk: str(user) for user in users}


class _Texts:
    """The words that a field's stored value is shown with; looks up each related table once."""

    def __init__(self, model: type[models.Model], events: list[models.Model]) -> None:
        self.fields = [
            field
            for field in tracked_fields(model)
            if field.name not in SILENT_FIELDS and not field.primary_key
        ]
        self.related: dict[str, dict[Any, str]] = {}
        for field in self.fields:
            if field.related_model:
                ids = {getattr(event, field.attname) for event in events} - {None}
                found = field.related_model._base_manager.select_related()
                rows = found.in_bulk(ids) if ids else {}
                self.related[field.name] = {pk: str(row) for pk, row in rows.items()}

    def differences(self, before: models.Model, after: models.Model) -> list[FieldChange]:
        return [
            FieldChange(str(field.verbose_name), self._show(field, before), self._show(field, after))
            for field in self.fields
            if getattr(before, field.attname) != getattr(after, field.attname)
        ]

    def _show(self, field: Any, row: models.Model) -> str:
        value = getattr(row, field.attname)
        if value in (None, "", []):
            return "–"
        if field.name in self.related:
            return self.related[field.name].get(value, _("gelöscht"))
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        in_words = getattr(field, "in_words", _in_words)
        return str(in_words(value))


def _in_words(value: Any) -> str:
    """A value of a field that does not say itself how it is written."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if isinstance(value, datetime):
        return date_format(localtime(value), DAY_AND_TIME)
    return date_format(value, DAY) if isinstance(value, date) else str(localize(value))


def show_differences(saved: models.Model, mine: models.Model, names: Iterable[str]) -> list[FieldChange]:
    """Where the stored row and an editor's unsaved one differ in these fields."""
    texts = _Texts(type(saved), [saved, mine])
    texts.fields = [field for field in texts.fields if field.name in names]
    return texts.differences(saved, mine)


def differences(
    model: type[models.Model], pairs: Iterable[tuple[models.Model, models.Model]], names: Iterable[str]
) -> dict[Any, list[FieldChange]]:
    """By primary key, where two states of each row differ in these fields; rows alike are left out."""
    pairs, names = list(pairs), set(names)
    texts = _Texts(model, [row for pair in pairs for row in pair])
    texts.fields = [field for field in texts.fields if field.name in names]
    found = {before.pk: texts.differences(before, after) for before, after in pairs}
    return {key: changes for key, changes in found.items() if changes}


def last_changes(
    model: type[models.Model], keys: Iterable[Any], since: datetime, until: datetime
) -> dict[Any, tuple[str, str]]:
    """By primary key, who changed the row last in that time, and why."""
    events = event_model(model)._base_manager.filter(
        pgh_obj_id__in=set(keys), pgh_created_at__gt=since, pgh_created_at__lte=until
    )
    newest = events.order_by("pgh_obj_id", "-pgh_created_at", "-pgh_id").distinct("pgh_obj_id")
    changes = list(newest.select_related("pgh_context"))
    people = _people(changes)
    return {
        event.pgh_obj_id: _who_and_why(event, people)  # type: ignore[attr-defined]
        for event in changes
    }
