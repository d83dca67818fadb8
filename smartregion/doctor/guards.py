"""The guards in the database: row security, what is only added to, and the triggers that hold rows."""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, cast

import pgtrigger
from django.conf import settings
from django.db import connection

from smartregion.backup.programs import connect
from smartregion.base.guards import SWITCH_NAME, switch
from smartregion.base.row_security import CLOSED, COMMANDS, OWNED
from smartregion.base.search_index import SCHEMA
from smartregion.base.search_index import triggers as triggers_of_search
from smartregion.doctor import Finding, check, fail, ok, warn
from smartregion.doctor.database import portal_address

MAY: Final = """
    SELECT CASE WHEN %(right)s IN ('INSERT', 'UPDATE') THEN has_any_column_privilege(%(table)s, %(right)s)
    ELSE has_table_privilege(%(table)s, %(right)s) END
"""
"""A right to one column is enough."""
POLICIES: Final = """
    SELECT relname, array_agg(polname::text) FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid
    WHERE relrowsecurity AND relnamespace = 'public'::regnamespace GROUP BY relname
"""
TRIGGERS: Final = """
    SELECT n.nspname, relname, tgname, tgenabled IN ('O', 'A'), obj_description(pg_trigger.oid, 'pg_trigger'),
        pg_get_triggerdef(pg_trigger.oid), pronamespace::regnamespace || '.' || proname, prosrc
    FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid JOIN pg_namespace n ON n.oid = relnamespace
    JOIN pg_proc ON tgfoid = pg_proc.oid
    WHERE n.nspname NOT LIKE 'pg\\_%' ORDER BY 1, 2, 3
"""
UNTRIGGERED: Final = """
    SELECT current_user, current_setting('session_replication_role') <> 'origin',
        has_parameter_privilege(current_user, 'session_replication_role', 'SET')
"""
DEFINITION: Final = re.compile(
    r"TRIGGER \S+\s+(?P<at>BEFORE|AFTER)\s+(?P<events>.+?)\s+ON\s.+?"
    r"FOR EACH\s+(?P<level>ROW|STATEMENT)\s+(?:WHEN\s+(?P<condition>.+)\s+)?EXECUTE",
    re.S,
)
NAMED: Final = re.compile(r"'[^']*'|\b(?:true|false|\d+)\b|\b(?:old|new)\b(?:\.\w+)?")
"""Of a condition: columns and values; PostgreSQL writes the rest in its own way."""
FUNCTION: Final = re.compile(r"RETURNS TRIGGER AS \$\$(.*?)\$\$", re.S)
SHOWN: Final = 3
PUT_RIGHT: Final = "Als Besitzer der Tabellen: manage.py migrate"
TWO_ROLES: Final = (
    "Geben Sie den Tabellen eine eigene Rolle (docs/operations.md, „Two roles of the database“)."
)
BREAK_IN: Final = "Gehen Sie von einem Eingriff aus (docs/operations.md, „What to do when“)."


@check("Schutz in der Datenbank")
def guards() -> Iterator[Finding]:
    """Row security of what belongs to a municipality, and the tables that the portal only adds to."""
    names = {model._meta.db_table for model in OWNED}
    with connect(portal_address()) as database:
        policies = {table: set(held) for table, held in database.execute(POLICIES).fetchall()}
        open_ones = [
            f"{table} ({right})"
            for table, rights in CLOSED.items()
            for right in rights
            if database.execute(MAY, {"table": table, "right": right}).fetchone() == (True,)
        ]
    unguarded = sorted(name for name in names if COMMANDS.keys() - policies.get(name, set()))
    strangers = sorted(
        (table, policy) for table in names for policy in policies.get(table, set()) - COMMANDS.keys()
    )
    if unguarded:
        yield fail(f"Ohne Zeilenschutz: {', '.join(unguarded)}.", PUT_RIGHT)
    for table, policy in strangers:
        yield fail(
            f"Die Regel {policy} auf {table} ist nicht vom Portal und kann dessen Zeilenschutz aufheben.",
            f'Als Besitzer der Tabellen: DROP POLICY "{policy}" ON {table};',
        )
    if open_ones:
        yield warn_or_fail(f"Die Rolle des Portals darf zu viel: {', '.join(open_ones)}.", PUT_RIGHT)
    if not unguarded and not strangers and not open_ones:
        yield ok(f"Zeilenschutz auf {len(names)} Tabellen; das Protokoll lässt sich nicht ändern")


def warn_or_fail(text: str, do: str) -> Finding:
    """With one role for everything it is so by design (docs/operations.md)."""
    return fail(text, do) if settings.OWNER_DATABASE_URL else warn(text, TWO_ROLES)


class Held(NamedTuple):
    """A trigger by what it does, as far as this can be compared with what the portal made."""

    version: str | None
    shape: tuple[str, ...]
    function: str
    source: str


def wanted() -> dict[tuple[str, str], Held]:
    """By table and name."""
    found = {}
    for model, trigger in cast(list[Any], pgtrigger.registered()):
        made = trigger.compile(model)
        (source,) = FUNCTION.findall(made.install_sql)
        place = model._meta.db_table, made.sql.pgid
        found[place] = Held(made.hash, shape(made.install_sql), f"public.{made.sql.pgid}", source)
    for kind, source, statements in triggers_of_search():
        for statement in statements:
            name = statement.split('"')[1]
            function = f"{SCHEMA}.keep_{kind.key}"
            found[kind.model._meta.db_table, name] = Held(None, shape(statement), function, source)
    return found


def shape(statement: str) -> tuple[str, ...]:
    """When it fires and for what, and which columns and values its condition names."""
    told = DEFINITION.search(statement.replace('"', ""))
    if told is None:
        return ()
    events = sorted(set(re.findall(r"\w+", told["events"])) - {"OR", "OF"})
    condition = (told["condition"] or "").replace("OLD", "old").replace("NEW", "new")
    return (told["at"], told["level"], *events, "WHEN", *sorted(set(NAMED.findall(condition))))


@check("Auslöser in der Datenbank")
def triggers() -> Iterator[Finding]:
    """Those that write the history, keep the audit log, reports and resolutions, and lead the search."""
    expected = wanted()
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        rows = cursor.fetchall()
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [SWITCH_NAME])
        switches = [source for (source,) in cursor.fetchall()]
    found = {
        (table, name): Held(version, shape(definition), function, source)
        for schema, table, name, _is_on, version, definition, function, source in rows
        if schema == "public"
    }
    findings = [
        *_disabled(sorted({table for _schema, table, _name, is_on, *_rest in rows if not is_on})),
        *_others(sorted(place for place, held in expected.items() if found.get(place) != held)),
        *_passed_by_all(),
    ]
    if switches != [switch()]:
        findings.append(fail("Jede Rolle kann sie umgehen.", PUT_RIGHT))
    yield from findings or [ok(f"alle {len(expected)} da und eingeschaltet")]


def _disabled(tables: list[str]) -> Iterator[Finding]:
    if tables:
        repairs = " ".join(f"ALTER TABLE {table} ENABLE TRIGGER ALL;" for table in tables)
        yield fail(f"Ausgeschaltet auf: {', '.join(tables)}.", f"{BREAK_IN} Als postgres: {repairs}")


def _others(places: list[tuple[str, str]]) -> Iterator[Finding]:
    of_search = [place for place in places if place[1].startswith("search_")]
    again = {
        "manage.py pgtrigger install": [place for place in places if place not in of_search],
        f"DROP SCHEMA {SCHEMA} CASCADE; und was dann noch da ist, DROP TRIGGER …": of_search,
    }
    for do, some in again.items():
        if some:
            told = ", ".join(f"{name} auf {table}" for table, name in some[:SHOWN])
            yield fail(
                f"Es fehlen oder sind andere ({len(some)}): {told}{' …' if some[SHOWN:] else ''}.",
                f"{BREAK_IN} Als Besitzer der Tabellen: {do}, dann manage.py migrate",
            )


def _passed_by_all() -> Iterator[Finding]:
    """A session that passes for a copy of the database fires none."""
    with connect(portal_address()) as database:
        role, is_off, may_turn_off = database.execute(UNTRIGGERED).fetchone() or ("", False, False)
    if is_off:
        yield fail(
            f"Für {role} ist session_replication_role nicht origin: keiner wird ausgelöst.",
            f"{BREAK_IN} Als postgres, je nachdem, wo es steht (\\drds, SHOW): ALTER ROLE {role} RESET "
            f"session_replication_role; ALTER ROLE {role} IN DATABASE … RESET …; ALTER DATABASE … RESET …; "
            "dann Web und Worker neu starten",
        )
    if may_turn_off:
        yield fail(
            f"{role} darf session_replication_role setzen und damit alle umgehen.",
            f"{BREAK_IN} Als postgres: REVOKE SET ON PARAMETER session_replication_role FROM {role}; "
            f"ALTER ROLE {role} NOSUPERUSER;",
        )
