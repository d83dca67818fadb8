"""The hits for a reader: one statement asks all kinds, each joined with the rows that the reader may see now.

Who sees what is decided by each kind's `seen_by` in that very statement, and everything that is told (hits,
their number, facets, passages, what may have been meant) is made of the rows that it returns.
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CharField, DateTimeField, F, Func, JSONField, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.safestring import SafeString

from smartregion.base.search import Kind, Shown, kinds
from smartregion.base.search_marks import marked, meant_by
from smartregion.base.search_words import Query, Word, queries_of, words_of
from smartregion.base.text import plain_text

MOST_OF_KIND: Final = 200
"""So many rows of a kind are counted and put in order; whoever finds more of it should say more."""
EVERY: Final = 10_000
"""So many rows of a kind lead to pages, where nobody reads the hits."""
OF_KIND: Final = """
(SELECT '{key}' AS kind, entry.id, seen.field, seen.day, seen.told, entry.text,
    round((
        4 * ts_rank(entry.document, %s::tsquery) * %s + ts_rank(entry.document, %s::tsquery) * %s
        + CASE WHEN entry.document @@ %s::tsquery
            THEN 2.0 / length(ts_filter(entry.document, '{{a}}')) ELSE 0 END
    )::numeric, 4) AS rank
FROM (SELECT * FROM search."{key}" WHERE document @@ %s::tsquery OFFSET 0) entry
JOIN ({seen}) seen(id, field, day, told) ON seen.id = entry.id LIMIT %s)
"""
"""PostgreSQL divides a rank by the number of words in the query; undone, since hidden rows add to it.

`OFFSET 0` has it plan the search by itself: in hope to meet the LIMIT soon, it would read 100,000 rows for
one hit.
"""
ALL_KINDS: Final = """
SELECT kind, field, is_chosen, CASE WHEN is_shown THEN day END AS day,
    CASE WHEN is_shown THEN told END AS told, CASE WHEN is_shown THEN text END AS text
FROM (
    SELECT *, is_chosen AND place > %s AND place <= %s AS is_shown FROM (
        SELECT *, row_number() OVER (
            ORDER BY is_chosen DESC, rank DESC, day DESC NULLS FIRST, kind, id
        ) AS place
        FROM (
            SELECT *, (%s = '' OR kind = %s) AND (%s = '' OR field = %s) AS is_chosen FROM ({found}) found
        ) chosen
    ) placed
) shown ORDER BY place
"""


@dataclass(frozen=True)
class Asked:
    """What is searched for: the words, a kind and a field of action if it is only about one, and the page."""

    words: str
    kind: str = ""
    field: str = ""
    page: int = 1
    per_page: int = 10
    most_of_kind: int = MOST_OF_KIND


class Seen(NamedTuple):
    """The query for the rows of one kind that a user may see."""

    key: str
    sql: str
    params: tuple[Any, ...]


class Row(NamedTuple):
    kind: str
    field: str
    is_chosen: bool
    day: datetime | None
    told: str | None
    text: str | None


@dataclass(frozen=True)
class Hit:
    """What the page shows of a row: heading and passages with the words marked that were found."""

    kind: Kind
    shown: Shown
    title: SafeString
    passages: SafeString
    day: datetime | None
    visibility: str
    is_example: bool

    @property
    def is_hidden(self) -> bool:
        """Not for everybody."""
        return self.visibility not in ("", "public")

    @property
    def visibility_label(self) -> str:
        field: Any = self.kind.model._meta.get_field(self.kind.visibility)
        return str(dict(field.flatchoices)[self.visibility])


@dataclass(frozen=True)
class Found:
    """What a reader finds.

    Attributes:
        kinds, fields: how many hits there are of each, given the other that was chosen; "" is without field.
        is_meant: only what was probably meant was found, not what was typed.
        meant: then what was typed with the words found instead, as far as that can be told.
    """

    hits: list[Hit]
    total: int
    kinds: Counter[str]
    fields: Counter[str]
    is_meant: bool = False
    meant: str = ""

    @property
    def is_cut(self) -> bool:
        """Whether there may be more than was counted."""
        return any(number >= MOST_OF_KIND for number in self.kinds.values())


def search(asked: Asked, user: Any) -> Found:
    """What the user finds, by the first way of searching that finds anything at all.

    Raises:
        NoIndex: the index is being made.
    """
    words = words_of(asked.words)
    for query, rows in _ways(words, asked, user):
        return _found(rows, query, words, asked)
    return Found([], 0, Counter(), Counter())


def pages_found(words: str, user: Any) -> set[str]:
    """The addresses of all pages to which the same search leads, of hits without the place on the page.

    Raises:
        NoIndex: the index is being made.
    """
    asked = Asked(words, per_page=EVERY * len(kinds()), most_of_kind=EVERY)
    for _query, rows in _ways(words_of(words), asked, user):
        return {shown.url.partition("#")[0] for _kind, _values, shown in _told(rows)}
    return set()


def _ways(words: list[Word], asked: Asked, user: Any) -> Iterator[tuple[Query, list[Row]]]:
    """The ways of searching that find anything, each with what it finds."""
    seen = _all_seen(user) if words else []
    for query in queries_of(words) if words else []:
        if rows := _rows(query, asked, seen):
            yield query, rows


def _rows(query: Query, asked: Asked, seen: list[Seen]) -> list[Row]:
    branches: list[str] = []
    params: list[Any] = []
    for key, sql, seen_params in seen:
        branches.append(OF_KIND.format(key=key, seen=sql))
        params += [query.exact, query.exacts, query.wide, query.wides, query.named, query.wanted]
        params += [*seen_params, asked.most_of_kind]
    first = (asked.page - 1) * asked.per_page
    shown: list[Any] = [first, first + asked.per_page, asked.kind, asked.kind, asked.field, asked.field]
    with connection.cursor() as cursor:
        cursor.execute(ALL_KINDS.format(found=" UNION ALL ".join(branches)), [*shown, *params])
        return [Row(*row) for row in cursor.fetchall()]


def _all_seen(user: Any) -> list[Seen]:
    """The rows of each kind that the user may see, but for kinds of which the user sees none at all."""
    found = []
    for kind in kinds():
        with suppress(EmptyResultSet):
            found.append(Seen(kind.key, *_seen(kind, user)))
    return found


def _seen(kind: Kind, user: Any) -> tuple[str, tuple[Any, ...]]:
    """Each with field, day, and what `show` and the marks need, as a query that is not asked yet."""
    fields = [kind.field] if isinstance(kind.field, str) else kind.field
    slugs = [F(f"{name}__slug") for name in fields if name]
    told = [F(name) for name in (*kind.values, kind.visibility, kind.is_example) if name]
    rows = (
        kind.seen_by(user)
        .order_by()
        .annotate(
            seen_field=Coalesce(*slugs, Value("")) if slugs else Value("", CharField()),
            seen_day=Cast(F(kind.on) if kind.on else Value(None), DateTimeField()),
            seen_told=Func(*told, function="jsonb_build_array", output_field=JSONField()),
        )
    )
    names = ("pk", "seen_field", "seen_day", "seen_told")
    return rows.values_list(*names).query.sql_with_params()


def _found(rows: list[Row], query: Query, words: list[Word], asked: Asked) -> Found:
    hits = _hits([row for row in rows if row.told is not None], query, words)
    return Found(
        hits=hits,
        total=sum(row.is_chosen for row in rows),
        kinds=Counter(row.kind for row in rows if asked.field in ("", row.field)),
        fields=Counter(row.field for row in rows if asked.kind in ("", row.kind)),
        is_meant=query.is_meant,
        meant=meant_by(asked.words, words, [part for hit in hits for part in (hit.title, hit.passages)])
        if query.is_meant
        else "",
    )


def _told(rows: list[Row]) -> list[tuple[Kind, list[Any], Shown]]:
    """Of each row its kind, the values of which `show` makes what it says, with two more, and that."""
    by_key = {kind.key: kind for kind in kinds()}
    found = [(by_key[row.kind], json.loads(row.told or "[]")) for row in rows]
    return [(kind, values, kind.show(*values[: len(kind.values)])) for kind, values in found]


def _hits(rows: list[Row], query: Query, words: list[Word]) -> list[Hit]:
    told = _told(rows)
    texts = [plain_text(row.text or "") for row in rows]
    titles, passages = marked([shown.title for _kind, _values, shown in told], texts, query, words)
    return [
        Hit(
            kind=kind,
            shown=shown,
            title=title,
            passages=passage,
            day=row.day,
            visibility=values[len(kind.values)] if kind.visibility else "",
            is_example=bool(kind.is_example and values[-1]),
        )
        for row, (kind, values, shown), title, passage in zip(rows, told, titles, passages, strict=True)
    ]
