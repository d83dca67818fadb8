"""The erasure of a person, from rows, history and every text, and its replay over a restored backup.

First each data type takes the person out of its own rows. Then addresses and names are looked for in every
text of every table, the history and its reasons too, and replaced. Guards that keep decided texts as they are
are passed by here and nowhere else, for these replacements alone (docs/decisions/0025); what stands under a
checksum is left and named.

The log holds keyed hashes. A backup from before the erasure holds the clear texts: to replay, the hashes of
all its addresses and of all runs of so many words are compared with the log.
"""

import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, cast
from uuid import UUID

import pghistory
import pgtrigger
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from smartregion.base import audit
from smartregion.base.acting import SYSTEM, acting
from smartregion.base.file_texts import Unreadable, text_of_file
from smartregion.base.guards import ModelType, guards_of
from smartregion.base.history import event_model, recorded
from smartregion.base.models import AuditEntry, AuditHead, Erasure
from smartregion.base.personal import Person, data_types, repeats_searched_texts, sealed_fields
from smartregion.base.text import ADDRESS
from smartregion.base.versioned import Versioned

GONE: Final = "[gelöscht]"
LEAST_LETTERS: Final = 4
INNER_START: Final = re.compile(r"(?<=\W)(?=.)")
WORD: Final = re.compile(r"[^\W_]+")
ESCAPED: Final = r"\\[nrtbf]"
"""A line break or tab as JSON writes it."""
BETWEEN: Final = rf'(?:[^[:alnum:]"{{}}\[\]:]|{ESCAPED}){{1,8}}'
"""What may stand between the words of a name: markup and line breaks too, but no end of a JSON string."""
BATCH: Final = 2_000
FILES_AT_ONCE: Final = 5
MOST_REMEMBERED: Final = 500_000


def words_of(name: str) -> list[str]:
    return WORD.findall(composed(name).lower())


def composed(text: str) -> str:
    """With ü as one character, however it was typed."""
    return unicodedata.normalize("NFC", text)


@dataclass(frozen=True)
class Wordings:
    """The addresses and names by which somebody is written; names also as "Family, Given"."""

    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @cached_property
    def runs(self) -> list[list[str]]:
        """The names as words, in every order in which they are looked for."""
        found = [words for name in self.names if (words := words_of(name))]
        return found + [words[::-1] for words in found if len(words) == 2]

    @cached_property
    def pattern(self) -> str:
        """For PostgreSQL, in any case; a name may have its genitive."""
        addresses = [re.escape(address).replace("@", "(?:@|%40)") for address in self.addresses]
        names = [BETWEEN.join(map(re.escape, words)) for words in self.runs]
        parts = [rf"(?:(?<![\w.+%-])|(?<={ESCAPED})){address}(?!\w|[.-]\w)" for address in addresses]
        parts += [rf"(?:(?<![[:alnum:]])|(?<={ESCAPED})){name}(?:['’]?s)?(?![[:alnum:]])" for name in names]
        return "|".join(parts)

    @property
    def signs(self) -> list[tuple[int, str]]:
        signs = {(0, keyed(address)) for address in self.addresses}
        return sorted(signs | {(len(words), keyed(" ".join(words))) for words in self.runs})


def keyed(wording: str) -> str:
    return salted_hmac("smartregion.erasure", wording.lower(), algorithm="sha256").hexdigest()


def sign_of_key() -> str:
    """Differs where another secret key made the hashes, which then match nobody."""
    return keyed("")


def erase(*, person: Person, names: Iterable[str], reason: str, by: Any, office: str) -> Erasure:
    """Take the person out of everything. Decisions, votes and approvals stay, with offices and functions."""
    wordings = Wordings(tuple(sorted(_addresses_of(person))), tuple(names))
    return _erase(person, wordings, Erasure.Scope.ALL, reason=reason, by=by, office=office)


def erase_visitor(*, email: str, reason: str, office: str, with_published: bool = False) -> Erasure:
    """Take out what somebody left without an account; what an account of this address did stays.

    So does what is published, without the address, unless it is taken back as well.
    """
    wordings = Wordings((email.strip().lower(),))
    scope = Erasure.Scope.WORKS if with_published else Erasure.Scope.VISITOR
    return _erase(Person.of(email), wordings, scope, reason=reason, by=None, office=office)


def _addresses_of(person: Person) -> set[str]:
    """Also those that the account had before."""
    if person.account is None:
        return {person.email}
    events = event_model(type(person.account))._base_manager.filter(pgh_obj_id=person.account.pk)
    return {person.email, *(email.lower() for email in events.values_list("email", flat=True))}


def _erase(
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
            counts = _erase_rows(person, scope)
        if is_all and wordings.pattern:
            counts["texts"] = sum(_replace(model, wordings.pattern) for model in _models())
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


def _erase_rows(person: Person, scope: str) -> dict[str, int]:
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
    for model in _models() if wordings.pattern else ():
        condition, parameters = _matching(model, _texts_of(model), wordings.pattern)
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


def _models() -> Iterator[ModelType]:
    """Every table with a text, those of the logs apart: they name nobody."""
    for model in apps.get_models(include_auto_created=True):
        if (
            model._meta.managed
            and not model._meta.proxy
            and model not in {Erasure, AuditEntry, AuditHead}
            and _texts_of(model)
        ):
            yield model


def _texts_of(model: ModelType) -> list[models.Field[Any, Any]]:
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
    return " OR ".join(f"{column} ~* %s" for column in columns), [pattern] * len(fields)


def _replace(model: ModelType, pattern: str) -> int:
    """Replace the wordings in the model's texts; a row that people edit gets a new version."""
    fields = _texts_of(model)
    values, parameters = [], []
    for field in fields:
        value = f"regexp_replace(normalize({_column(field)}::text), %s, %s, 'gi')"
        parameters += [pattern, GONE]
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


def line_of(erasure: Erasure) -> str:
    """The entry as a line of the file that is kept beside the backups."""
    names = ("scope", "reason", "office", "signs", "counts", "left")
    values = {name: getattr(erasure, name) for name in names}
    dated = {"id": str(erasure.pk), "erased_at": erasure.erased_at.isoformat()}
    return json.dumps({**dated, **values}, ensure_ascii=False, sort_keys=True) + "\n"


def begin_log() -> None:
    """Make the file, empty, for a portal that begins: from then on it is an alarm that it is missing.

    Web adds to it, and so does a restore, which runs as another user of the same group.
    """
    settings.ERASURE_LOG.parent.mkdir(parents=True, exist_ok=True)
    if not settings.ERASURE_LOG.exists():
        settings.ERASURE_LOG.touch()
        settings.ERASURE_LOG.chmod(0o660)


def add_to_log(*lines: str) -> None:
    """They are on the disk when this returns."""
    begin_log()
    with settings.ERASURE_LOG.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())


def keep_outside(erasure: Erasure) -> None:
    """Add the entry to the file at once: a backup that is restored tomorrow does not know of it.

    It is called before the transaction ends: an entry too many only repeats what was asked for, but an
    erasure that the file does not know would be undone by the next restore.
    """
    add_to_log(line_of(erasure).rstrip("\n"))


def is_whole(line: str) -> bool:
    """Whether it says all that `replay` needs."""
    try:
        entry = json.loads(line)
        UUID(entry["id"])
        return (
            parse_datetime(entry["erased_at"]) is not None
            and entry["scope"] in Erasure.Scope.values
            and all(isinstance(entry[name], str) for name in ("reason", "office"))
            and all(isinstance(words, int) and isinstance(sign, str) for words, sign in entry["signs"])
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def replay(lines: Iterable[str]) -> list[Erasure]:
    """Erase again who was erased after this backup was made; returns the entries that it did not know."""
    entries = [json.loads(line) for line in lines if line.strip()]
    known = {str(pk) for pk in Erasure.objects.values_list("pk", flat=True)}
    unknown = {entry["id"]: entry for entry in entries if entry["id"] not in known}
    clear = _clear_texts({(words, sign) for entry in unknown.values() for words, sign in entry["signs"]})
    return [_replay(entry, clear) for entry in unknown.values()]


def _replay(entry: dict[str, Any], clear: dict[str, str]) -> Erasure:
    found = [(words, clear[sign]) for words, sign in entry["signs"] if sign in clear]
    wordings = Wordings(
        tuple(text for words, text in found if not words), tuple(text for words, text in found if words)
    )
    log = {
        "id": UUID(entry["id"]),
        "erased_at": parse_datetime(entry["erased_at"]),
        "signs": entry["signs"],
    }
    persons: list[Person | None] = [Person.of(address) for address in wordings.addresses]
    with transaction.atomic():
        for person in persons[1:]:
            _erase_rows(cast(Person, person), entry["scope"])
        return _erase(
            (persons or [None])[0],
            wordings,
            entry["scope"],
            by=None,
            reason=entry["reason"],
            office=entry["office"],
            **log,
        )


def _clear_texts(signs: set[tuple[int, str]]) -> dict[str, str]:
    """By keyed hash, the wordings of this database that have one of these hashes."""
    wanted = {sign for _words, sign in signs}
    lengths = {words for words, _sign in signs if words}
    found: dict[str, str] = {}
    seen: set[str] = set()
    for text in _all_texts() if signs else ():
        fresh = set(_wordings_in(text, lengths)) - seen
        if len(seen) > MOST_REMEMBERED:
            seen.clear()
        seen |= fresh
        found |= {sign: wording for wording in fresh if (sign := keyed(wording)) in wanted}
    return found


def _wordings_in(text: str, lengths: set[int]) -> Iterator[str]:
    text = composed(text).lower()
    for name, host in ADDRESS.findall(text.replace("%40", "@")):
        yield from (f"{name[start.start() :]}{host}" for start in INNER_START.finditer(name))
        yield name + host
    words = words_of(text) if lengths else []
    for length in lengths:
        for start in range(len(words) - length + 1):
            run = " ".join(words[start : start + length])
            yield run
            yield run.removesuffix("s")


def _all_texts() -> Iterator[str]:
    for model in _models():
        names = [field.attname for field in _texts_of(model)]
        for row in model._base_manager.order_by().values_list(*names).iterator(BATCH):
            for value in row:
                yield from _strings_in(value)


def _strings_in(value: Any) -> Iterator[str]:
    """The texts within a value of a text, list or JSON column, with line breaks as they were typed."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings_in(inner)
