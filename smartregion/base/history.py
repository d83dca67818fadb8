"""Who changed what, when and why: written by PostgreSQL triggers, read here."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar, cast

import pghistory
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, models, transaction
from django.utils.formats import date_format, localize
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from smartregion.base.languages import SOURCE, in_language
from smartregion.base.versioned import EditConflict, Versioned

SILENT_FIELDS = {"id", "version", "position", "merged_into"}
"""What no history tells: technical values, and a row that its reader may not be allowed to see."""
SHOWN = 30
DAY, DAY_AND_TIME = "d.m.Y", "d.m.Y, H:i"
UNDO_REASON = "Rückgängig gemacht"
LONGEST_WAIT = "5s"
WAIT_FOR_WRITERS = f"""
DO $$
DECLARE event_table text;
BEGIN
  FOREACH event_table IN ARRAY ARRAY[{{tables}}] LOOP
    PERFORM set_config('lock_timeout', '{LONGEST_WAIT}', true);
    EXECUTE format('LOCK TABLE %I IN SHARE MODE', event_table);
    COMMIT;
  END LOOP;
END $$
"""


LONG_HISTORY = 8
"""So many events a row: from then on it is quicker to look for each row's newest one by itself."""
AS_OF = """
SELECT {columns} FROM {events} WHERE pgh_label <> 'delete' AND pgh_id IN (
    WITH RECURSIVE asked(moment, is_long) AS MATERIALIZED (SELECT %s::timestamptz, {is_long}),
    keys(key) AS ({keys})
    SELECT pgh_id FROM (
        SELECT DISTINCT ON (pgh_obj_id) pgh_id FROM {events}
        WHERE pgh_created_at <= (SELECT moment FROM asked)
        ORDER BY pgh_obj_id DESC, pgh_created_at DESC, pgh_id DESC
    ) newest WHERE NOT (SELECT is_long FROM asked)
    UNION ALL
    SELECT newest.pgh_id FROM keys CROSS JOIN LATERAL (
        SELECT pgh_id FROM {events}
        WHERE pgh_obj_id = keys.key AND pgh_created_at <= (SELECT moment FROM asked)
        ORDER BY pgh_created_at DESC, pgh_id DESC LIMIT 1
    ) newest WHERE (SELECT is_long FROM asked)
)
"""
"""The newest event of each row before a moment: of all events in one go, or key by key through the index."""
IS_LONG = """
(SELECT reltuples FROM pg_class WHERE oid = '{events}'::regclass)
    > {long} * (SELECT GREATEST(reltuples, 1) FROM pg_class WHERE oid = '{rows}'::regclass)
"""
ALL_KEYS = """
SELECT MIN(pgh_obj_id) FROM {events} UNION ALL
SELECT (SELECT MIN(pgh_obj_id) FROM {events} WHERE pgh_obj_id > keys.key)
FROM keys WHERE keys.key IS NOT NULL
"""


ModelClass = TypeVar("ModelClass", bound=type[models.Model])


def tracked_without(*left_out: str) -> Callable[[ModelClass], ModelClass]:
    """Class decorator: keep every insert, update and delete of the model's rows, but for these fields.

    The index serves `rows_as_of`, which asks for the newest event of each row before a moment.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(left_out),
        meta={"indexes": [models.Index(fields=["pgh_obj", "pgh_created_at", "pgh_id"])]},
    )


def tracked(model: ModelClass) -> ModelClass:
    """Class decorator: keep every insert, update and delete of the model's rows, with all fields."""
    return tracked_without()(model)


@contextmanager
def recorded(*, by: Any, reason: str | Promise = "", office: str | Promise = "") -> Iterator[None]:
    """One transaction whose changes are kept in the history under this user and reason.

    Args:
        reason: kept in German, whatever the page that it comes from, if it is translated lazily.
        office: who acted, where it was nobody with an account; likewise.
    """
    user_id = None if by is None or isinstance(by, AnonymousUser) else by.pk
    with in_language(SOURCE):
        acting = {"office": str(office)} if office else {}
        why = str(reason).strip()
    with transaction.atomic(), pghistory.context(user=user_id, reason=why, **acting):
        yield


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


def event_model(model: type[models.Model]) -> type[models.Model]:
    return cast(type[models.Model], model.pgh_event_model)  # type: ignore[attr-defined]


def tracked_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    kept = {field.name for field in event_model(model)._meta.concrete_fields}
    return [field for field in model._meta.concrete_fields if field.name in kept]


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


def events_of(model: type[models.Model], **of: Any) -> models.QuerySet[Any]:
    """Every event of the model's rows that have these values, newest first."""
    events = event_model(model)._base_manager.select_related("pgh_context").order_by("-pgh_id")
    return events.filter(**of)


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


def row_in_version(instance: Versioned, version: int | None) -> models.Model | None:
    """The row as it stood in that version, by the history; None where the history knows no such version."""
    events = event_model(type(instance))._base_manager.filter(pgh_obj_id=instance.pk, version=version)
    return events.order_by("pgh_id").last()


def undo_last_change(
    instance: Versioned, *, version: int | None, by: Any, reason: str = UNDO_REASON
) -> Versioned:
    """Give the row its values from before its last change; the undoing is itself a change.

    Raises:
        EditConflict: the row was changed after the change that the user wants to undo.
        ValidationError: the rules forbid by now what the row would be again.
    """
    model = type(instance)
    events = event_model(model)._base_manager.filter(pgh_obj_id=instance.pk).order_by("-pgh_id")[:2]
    rows = list(events)
    if len(rows) < 2 or rows[0].version != version:  # type: ignore[attr-defined]
        raise EditConflict(model._base_manager.get(pk=instance.pk))
    restored = model._base_manager.get(pk=instance.pk)
    for field in tracked_fields(model):
        if not field.primary_key and field.name != "version":
            setattr(restored, field.attname, getattr(rows[1], field.attname))
    with recorded(by=by, reason=reason):
        return restored.save_over(version)


def restore_deleted(
    model: type[models.Model],
    pk: int,
    *,
    by: Any,
    adjust: Callable[[Any], None] = lambda row: None,
    **owner: Any,
) -> Any:
    """Bring a deleted row back, as it last was, under the primary key that it had.

    Args:
        adjust: changes the row before it is stored, where it cannot be just what it was.
        owner: what the row has to belong to, so that nothing else is brought back.

    Raises:
        ObjectDoesNotExist: no such row was deleted, or it is there again.
        IntegrityError: what made the row unique, or what it belonged to, was taken or deleted meanwhile.
    """
    event: Any = event_model(model)._base_manager.filter(pgh_obj_id=pk, **owner).order_by("pgh_id").last()
    if event is None or event.pgh_label != "delete":
        raise ObjectDoesNotExist(f"{model._meta.label} {pk}")
    with recorded(by=by, reason=UNDO_REASON):
        row = model(**{field.attname: getattr(event, field.attname) for field in tracked_fields(model)})
        adjust(row)
        row.save(force_insert=True)
        return row


def rows_as_of(
    model: type[models.Model],
    moment: datetime,
    names: Sequence[str] | None = None,
    *,
    keys: Collection[int] | None = None,
) -> list[dict[str, Any]]:
    """The model's rows as they stood at `moment`, by the history alone, in order of their primary key.

    One query, whatever the number of rows; a row that was deleted by then is left out. Two readers agree on a
    past moment if both read after `settle`.

    Args:
        names: the columns to read, by their attribute; all of them where it is None.
        keys: of which rows; of all of them where it is None.
    """
    fields = {field.attname: field for field in tracked_fields(model)}
    names = ["pgh_obj_id", *(fields if names is None else names)]
    # A report asks this of every model; the ORM takes longer to write it than PostgreSQL to answer.
    with connection.cursor() as cursor:
        query, chosen = as_of_query(model, names, of_keys=keys is not None), [] if keys is None else [[*keys]]
        cursor.execute(f"{query} ORDER BY pgh_obj_id", [moment, *chosen])
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for name in names:
        if isinstance(fields.get(name), models.JSONField):
            for row in rows:
                row[name] = row[name] and json.loads(row[name])
    return rows


def hidden_since(model: type[models.Model], moment: datetime, seen: models.Q) -> set[int]:
    """The keys of rows of which `seen` did not hold at some time after the moment. One query."""
    later = event_model(model)._base_manager.filter(pgh_created_at__gt=moment)
    return set(later.exclude(seen).order_by().values_list("pgh_obj_id", flat=True))


def as_of_query(model: type[models.Model], names: Iterable[str], *, of_keys: bool = False) -> str:
    """The query for these columns of the rows as they stood at a moment, its parameter.

    Args:
        of_keys: a second parameter says of which rows.
    """
    quote = connection.ops.quote_name
    events, rows = quote(event_model(model)._meta.db_table), quote(model._meta.db_table)
    return AS_OF.format(
        columns=", ".join(map(quote, names)),
        events=events,
        is_long="TRUE" if of_keys else IS_LONG.format(events=events, rows=rows, long=LONG_HISTORY),
        keys="SELECT UNNEST(%s::bigint[])" if of_keys else ALL_KEYS.format(events=events),
    )


def settle() -> datetime:
    """Wait until each change that was begun before this call has been committed or given up.

    Returns the moment of the call, by the clock that the events go by.

    An event carries the moment of its row's change, but is seen only after its transaction's commit. Each
    writer holds a lock on the event's table from before that moment until the commit; so whoever gets a SHARE
    lock knows that no event of an earlier moment will appear any more (docs/decisions/0003). Each lock is let
    go at once, within the statement, so that nobody waits for two of them or for a client that stands still.

    Raises:
        OperationalError: someone kept a transaction open for longer than `LONGEST_WAIT`.
    """
    events = [model for model in apps.get_models() if issubclass(model, pghistory.models.Event)]
    tables = ", ".join(f"'{model._meta.db_table}'" for model in events if model._meta.managed)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
        cursor.execute(WAIT_FOR_WRITERS.replace("{tables}", tables))
    return moment
