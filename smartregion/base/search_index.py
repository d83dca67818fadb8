"""The schema `search`: for each kind that can be found a table of its rows' words, kept by triggers.

It holds what the rows' own columns say and nothing about who may see them; that is asked of the rows while
somebody searches (`search_hits`). It is made after each migration, from what the apps register, and dropped
before it, like the views of past days: whatever a migration did to the rows is in it.

`search.word` knows every word that stands in some row, for what a reader misspelt or meant as a part of a
compound. A word is gone with the last row that has it.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.utils import translation
from django.utils.dates import MONTHS

from smartregion.base.app_role import rights_in
from smartregion.base.search import Kind, kinds

SCHEMA: Final = "search"
CONFIGURATION: Final = "pg_catalog.german"
APART: Final = "-+./&<>_*|@#[]()"
"""These part words; PostgreSQL would read "Umwelt&Klima" as one, and in "B-07" a number below zero."""
IS_WORD: Final = "~ '^[[:alpha:]]{3,60}$'"

MAKE: Final = [
    'CREATE TABLE search."{key}" (id bigint PRIMARY KEY, text text NOT NULL, document tsvector NOT NULL)',
    'INSERT INTO search."{key}" SELECT {columns} FROM "{table}" row',
    'CREATE INDEX ON search."{key}" USING gin (document) WITH (fastupdate = off)',
    'ANALYZE search."{key}"',
    "INSERT INTO search.word SELECT '{key}', word "
    """FROM ts_stat('SELECT document FROM search."{key}"') WHERE word {is_word}""",
]
KEEP: Final = """
CREATE FUNCTION search."keep_{key}"() RETURNS trigger LANGUAGE plpgsql AS $keep$
DECLARE
    before tsvector := '';
    after tsvector := '';
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        TRUNCATE search."{key}";
        DELETE FROM search.word WHERE kind = '{key}';
        RETURN NULL;
    ELSIF TG_OP = 'DELETE' THEN
        DELETE FROM search."{key}" WHERE id = OLD.id RETURNING document INTO before;
    ELSE
        SELECT document INTO before FROM search."{key}" WHERE id = NEW.id;
        INSERT INTO search."{key}" SELECT {columns} FROM (SELECT NEW.*) row
        ON CONFLICT (id) DO UPDATE SET text = EXCLUDED.text, document = EXCLUDED.document
        RETURNING document INTO after;
    END IF;
    INSERT INTO search.word SELECT '{key}', lexeme
    FROM (
        SELECT unnest(tsvector_to_array(after)) EXCEPT SELECT unnest(tsvector_to_array(before))
    ) come(lexeme)
    WHERE lexeme {is_word} AND NOT EXISTS (
        SELECT FROM search.word known WHERE known.kind = '{key}' AND known.lexeme = come.lexeme
    );
    DELETE FROM search.word WHERE ctid IN (
        SELECT word.ctid
        FROM (
            SELECT unnest(tsvector_to_array(before)) EXCEPT SELECT unnest(tsvector_to_array(after))
        ) gone(lexeme)
        JOIN search.word ON word.kind = '{key}' AND word.lexeme = gone.lexeme
        WHERE NOT EXISTS (
            SELECT FROM search."{key}" WHERE document @@ ('''' || gone.lexeme || '''')::tsquery
        )
        FOR UPDATE OF word SKIP LOCKED
    );
    RETURN NULL;
END $keep$
"""
"""Nobody waits for another who writes the same word: it may be known twice, and who removes it may do so."""

CALL: Final = [
    """CREATE TRIGGER "search_{key}_rows" AFTER INSERT OR DELETE ON "{table}"
    FOR EACH ROW EXECUTE FUNCTION search."keep_{key}"()""",
    """CREATE TRIGGER "search_{key}_texts" AFTER UPDATE ON "{table}"
    FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION search."keep_{key}"()""",
    """CREATE TRIGGER "search_{key}_none" AFTER TRUNCATE ON "{table}"
    FOR EACH STATEMENT EXECUTE FUNCTION search."keep_{key}"()""",
]


def drop_index(**_signal: Any) -> None:
    """With the functions go the triggers that call them."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def create_index(**_signal: Any) -> None:
    """Make and fill all tables anew in one transaction; none, if they are there as they shall be."""
    statements = list(_statements())
    mark = hashlib.sha256("\n".join(statements).encode()).hexdigest()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regnamespace(%s), 'pg_namespace')", [SCHEMA])
        if cursor.fetchone() == (mark,):
            return
        drop_index()
        for statement in statements:
            cursor.execute(statement)
        cursor.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{mark}'")
        for statement in rights_in(SCHEMA):
            cursor.execute(statement)


def _statements() -> Iterator[str]:
    yield f"CREATE SCHEMA {SCHEMA}"
    yield "CREATE TABLE search.word (kind text NOT NULL, lexeme text NOT NULL)"
    with translation.override(settings.LANGUAGE_CODE):
        for kind in kinds():
            yield from _of_kind(kind)
    yield "CREATE INDEX word_known ON search.word (kind, lexeme)"
    yield "CREATE INDEX word_alike ON search.word USING gin (lexeme gin_trgm_ops)"
    yield "ANALYZE search.word"


def triggers() -> Iterator[tuple[Kind, str, list[str]]]:
    """For each kind the source of the function that keeps its table, and what makes the triggers."""
    with translation.override(settings.LANGUAGE_CODE):
        for kind in kinds():
            facts = _facts(kind)
            yield kind, KEEP.format(**facts).split("$keep$")[1], [each.format(**facts) for each in CALL]


def _of_kind(kind: Kind) -> Iterator[str]:
    facts = _facts(kind)
    yield from (statement.format(**facts) for statement in (*MAKE, KEEP, *CALL))


def _facts(kind: Kind) -> dict[str, str]:
    columns = [kind.model._meta.get_field(name).column for name in _columns(kind)]  # type: ignore[union-attr]
    return {
        "key": kind.key,
        "table": kind.model._meta.db_table,
        "columns": f"row.id, {_shown(kind)}, {_document(kind)}",
        "changed": " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns),
        "is_word": IS_WORD,
    }


def _columns(kind: Kind) -> list[str]:
    return [name for names in kind.texts.values() for name in names]


def _shown(kind: Kind) -> str:
    """The text in which the passages are looked for: all that people wrote, but for the heading."""
    written = [
        _words(kind, name)
        for weight, names in kind.texts.items()
        for name in names
        if weight != "A" and _is_written(kind.model._meta.get_field(name))
    ]
    return f"concat_ws(E'\\n\\n', {', '.join(written)})" if written else "''"


def _document(kind: Kind) -> str:
    parts = []
    for weight, names in kind.texts.items():
        text = f"concat_ws(' ', {', '.join(_words(kind, name) for name in names)})"
        apart = f"translate({text}, '{APART}', '{' ' * len(APART)}')"
        parts.append(f"setweight(to_tsvector('{CONFIGURATION}', {apart}), '{weight}')")
    return " || ".join(parts)


def _is_written(field: Any) -> bool:
    return isinstance(field, models.CharField | models.TextField | ArrayField) and not field.choices


def _words(kind: Kind, name: str) -> str:
    """The words of a column: those of people as they are, choices and dates as people say them."""
    field: Any = kind.model._meta.get_field(name)
    column = f'row."{field.column}"'
    if field.choices:
        cases = " ".join(f"WHEN {_quoted(value)} THEN {_quoted(label)}" for value, label in field.flatchoices)
        return f"CASE {column} {cases} END"
    if isinstance(field, ArrayField):
        return f"array_to_string({column}, ' ')"
    if isinstance(field, models.DateTimeField):
        column = f"({column} AT TIME ZONE {_quoted(settings.TIME_ZONE)})"
    if isinstance(field, models.DateField):
        months = ", ".join(_quoted(month) for month in MONTHS.values())
        return f"to_char({column}, 'DD.MM.YYYY ') || (ARRAY[{months}])[extract(month FROM {column})::int]"
    return f"NULLIF({column}, '')"


def _quoted(value: Any) -> str:
    return "'" + str(value).replace("'", "''") + "'"
