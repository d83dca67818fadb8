"""The erasure of a person, from rows, history and every text.

First each data type takes the person out of its own rows. Then addresses and names are looked for in every
text of every table, the history and its reasons too, and replaced. Guards that keep decided texts as they are
are passed by here and nowhere else, for these replacements alone (docs/decisions/0025); what stands under a
checksum is left and named. `erasure_replay.py` repeats it over a restored backup.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final, cast

import pghistory
import pgtrigger
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils.translation import gettext as _

from smartregion.base import audit
from smartregion.base.acting import SYSTEM, acting
from smartregion.base.erasure_log import keep_outside
from smartregion.base.file_texts import Unreadable, text_of_file
from smartregion.base.guards import ModelType, guards_of
from smartregion.base.history import recorded
from smartregion.base.models import AuditEntry, AuditHead, Erasure
from smartregion.base.personal import Person, data_types, repeats_searched_texts, sealed_fields
from smartregion.base.versioned import Versioned
from smartregion.base.wordings import IN_JSON_STRING, OF_ACCOUNT, Wordings, sign_of_account

GONE: Final = "[gelöscht]"
GONE_OF_ROW: Final = "rtrim(%s, ']') || ' ' || {key} || ']'"
"""With the row's key, so that two of them in a unique column do not collide."""
LEAST_LETTERS: Final = 4
BATCH: Final = 2_000
FILES_AT_ONCE: Final = 5


def erase(*, person: Person, names: Iterable[str], reason: str, by: Any, office: str) -> Erasure:
    """Take the person out of everything. Decisions, votes and approvals stay, with offices and functions."""
    wordings = Wordings(person.addresses, tuple(names))
    signs = [*wordings.signs, (OF_ACCOUNT, sign_of_account(person.account))]
    return erase_wordings(
        person, wordings, Erasure.Scope.ALL, reason=reason, by=by, office=office, signs=signs
    )


def erase_visitor(*, email: str, reason: str, office: str, with_published: bool = False) -> Erasure:
    """Take out what somebody left without an account; what an account of this address did stays.

    So does what is published, without the address, unless it is taken back as well.
    """
    wordings = Wordings((email.strip().lower(),))
    scope = Erasure.Scope.WORKS if with_published else Erasure.Scope.VISITOR
    return erase_wordings(Person.of(email), wordings, scope, reason=reason, by=None, office=office)


def erase_wordings(
    person: Person | None,
    wordings: Wordings,
    scope: str,
    *,
    by: Any,
    reason: str,
    office: str,
    **log: Any,
) -> Erasure:
    is_all = scope == Erasure.Scope.ALL
    with acting(SYSTEM), recorded(by=by, reason=_("Personenbezogene Daten gelöscht"), office=office):
        counts = {}
        if person:
            counts = erase_rows(person, scope)
        if is_all and wordings.pattern:
            counts["texts"] = sum(_replace(model, wordings.pattern) for model in models_with_texts())
        log = {"signs": wordings.signs} | log
        erasure = Erasure.objects.create(
            scope=scope,
            reason=_without(reason, wordings)[:300],
            office=office,
            counts=counts,
            left=still_held(wordings) if is_all else {},
            **log,
        )
        audit.note(audit.Kind.ERASED, by=by, about=person and person.account, scope=scope)
        keep_outside(erasure)
    return erasure


def erase_rows(person: Person, scope: str) -> dict[str, int]:
    """By data type how many."""
    types = data_types(of_visitors=scope != Erasure.Scope.ALL)
    for each in types if scope == Erasure.Scope.WORKS else ():
        if each.take_back:
            each.take_back(person)
    return {each.key: number for each in types if (number := each.erase_person(person))}


def _without(text: str, wordings: Wordings) -> str:
    if not wordings.pattern:
        return text
    with connection.cursor() as cursor:
        cursor.execute("SELECT regexp_replace(%s, %s, %s, 'gi')", [text, wordings.pattern, GONE])
        return str(cursor.fetchone()[0])


def occurrences(wordings: Wordings) -> dict[ModelType, int]:
    """In how many rows of which models the wordings stand, those of the history with their models."""
    found: dict[ModelType, int] = {}
    for model in models_with_texts() if wordings.pattern else ():
        condition, parameters = _matching(model, texts_of(model), wordings.pattern)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {_table(model)} WHERE {condition}", parameters)
            number = cursor.fetchone()[0]
        if number:
            owner = cast(Any, model).pgh_tracked_model if issubclass(model, pghistory.models.Event) else model
            found[owner] = found.get(owner, 0) + number
    return found


def still_held(wordings: Wordings) -> dict[str, int]:
    """By model, in how many sealed texts and files the wordings stand; no erasure reaches those.

    Files whose words cannot be read are counted apart, since nobody knows.
    """
    found: Counter[str] = Counter()
    for model in apps.get_models() if wordings.pattern else ():
        name = str(model._meta.verbose_name_plural)
        sealed = [field for field in model._meta.concrete_fields if field.name in sealed_fields(model)]
        if texts := [field for field in sealed if not isinstance(field, models.BinaryField)]:
            condition, parameters = _matching(model, texts, wordings.pattern)
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {_table(model)} WHERE {condition}", parameters)
                found[name] += cursor.fetchone()[0]
        for field in [] if repeats_searched_texts(model) else model._meta.concrete_fields:
            if isinstance(field, models.BinaryField):
                found.update(_held_in_files(model, field.attname, name, wordings.pattern))
    return {name: number for name, number in found.items() if number}


def _held_in_files(model: ModelType, column: str, name: str, pattern: str) -> Iterator[str]:
    """The model's name for each file with the wordings, and a word for each that cannot be read."""
    contents = model._base_manager.order_by().exclude(**{column: None}).values_list(column, flat=True)
    for content in contents.iterator(FILES_AT_ONCE):
        try:
            text = text_of_file(bytes(content)).replace("\0", "")
        except Unreadable:
            yield _("Dateien, die sich nicht durchsuchen lassen (PDF, Bilder)")
        else:
            if _stands_in(text, pattern):
                yield name


def _stands_in(text: str, pattern: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT normalize(%s) ~* %s", [text, pattern])
        return bool(cursor.fetchone()[0])


def models_with_texts() -> Iterator[ModelType]:
    """Every table with a text, those of the logs apart: they name nobody."""
    for model in apps.get_models(include_auto_created=True):
        if (
            model._meta.managed
            and not model._meta.proxy
            and model not in {Erasure, AuditEntry, AuditHead}
            and texts_of(model)
        ):
            yield model


def texts_of(model: ModelType) -> list[models.Field[Any, Any]]:
    owner = getattr(model, "pgh_tracked_model", model)
    kinds = (models.CharField, models.TextField, models.JSONField, ArrayField)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, kinds)
        and not field.primary_key
        and not field.choices
        and not field.generated
        and field.name not in sealed_fields(owner)
        and not (isinstance(field, ArrayField) and not isinstance(field.base_field, kinds))
    ]


def _table(model: ModelType) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _column(field: Any) -> str:
    return connection.ops.quote_name(field.column)


def _matching(model: ModelType, fields: list[Any], pattern: str) -> tuple[str, list[Any]]:
    columns = (f"normalize({_column(field)}::text)" for field in fields)
    return " OR ".join(f"{column} ~* %s" for column in columns), [_within(field, pattern) for field in fields]


def _within(field: Any, pattern: str) -> str:
    """In JSON only strings are texts: no null, true or number is a name."""
    return f"(?:{pattern}){IN_JSON_STRING}" if isinstance(field, models.JSONField) else pattern


def _unique_texts(model: ModelType) -> set[str]:
    """The names of fields that a constraint keeps apart from those of other rows."""
    found = {field.name for field in model._meta.concrete_fields if field.unique}
    found.update(*model._meta.unique_together)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            parts = models.Func(*constraint.expressions).flatten()
            names = [cast(Any, part).name for part in parts if isinstance(part, models.F)]
            found.update(constraint.fields, names)
    return found


def _replace(model: ModelType, pattern: str) -> int:
    """Replace the wordings in the model's texts; a row that people edit gets a new version."""
    fields, unique = texts_of(model), _unique_texts(model)
    key = connection.ops.quote_name(str(cast(Any, model._meta.pk).column))
    values, parameters = [], []
    for field in fields:
        gone = GONE_OF_ROW if field.name in unique else "%s"
        value = f"regexp_replace(normalize({_column(field)}::text), %s, {gone.format(key=key)}, 'gi')"
        parameters += [_within(field, pattern), GONE]
        if isinstance(field, models.JSONField | ArrayField):
            value = f"({value})::{field.db_type(connection)}"
        elif field.max_length and not isinstance(field, models.TextField):
            value = f"left({value}, {field.max_length})"
        values.append(f"{_column(field)} = {value}")
    if issubclass(model, Versioned):
        values.append("version = version + 1")
    condition, matching = _matching(model, fields, pattern)
    statement = f"UPDATE {_table(model)} SET {', '.join(values)} WHERE {condition}"
    with _guards_passed_by(model), connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, *matching])
        return int(cursor.rowcount)


def _guards_passed_by(model: ModelType) -> AbstractContextManager[Any]:
    """Without the model's own guards; what writes its history goes on."""
    guards = [guard.get_uri(model) for guard in guards_of(model)]
    return pgtrigger.ignore(*guards) if guards else nullcontext()
