"""The guards in the database: row security, what is only added to, and the triggers that hold rows."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final, cast

import pgtrigger
from django.conf import settings
from django.db import connection

from smartregion.backup.programs import connect
from smartregion.base.guards import SWITCH_NAME, switch
from smartregion.base.models import AuditEntry
from smartregion.base.row_security import COMMANDS, OWNED
from smartregion.doctor import Finding, check, fail, ok, warn
from smartregion.doctor.database import portal_address

CLOSED: Final = {
    AuditEntry._meta.db_table: "UPDATE, DELETE, TRUNCATE",
    "django_migrations": "INSERT, UPDATE, DELETE",
}
"""What the portal's role may not do (smartregion/base/row_security.py)."""
POLICIES: Final = """
    SELECT relname, array_agg(polname::text) FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid
    WHERE relrowsecurity AND relnamespace = 'public'::regnamespace GROUP BY relname
"""
TRIGGERS: Final = """
    SELECT relname, tgname, obj_description(pg_trigger.oid, 'pg_trigger'), tgenabled IN ('O', 'A')
    FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname NOT LIKE 'pg\\_%' ORDER BY 1, 2
"""
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
            f"{table} ({rights})"
            for table, rights in CLOSED.items()
            if database.execute("SELECT has_table_privilege(%s, %s)", [table, rights]).fetchone() == (True,)
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


@check("Auslöser in der Datenbank")
def triggers() -> Iterator[Finding]:
    """Those that write the history and keep the audit log, reports and resolutions as they are."""
    wanted = {
        (model._meta.db_table, trigger.get_pgid(model)): trigger.compile(model).hash
        for model, trigger in cast(list[Any], pgtrigger.registered())
    }
    found, disabled = {}, defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        for table, name, version, is_on in cursor.fetchall():
            found[table, name] = version
            if not is_on:
                disabled[table].append(name)
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [SWITCH_NAME])
        switches = [source for (source,) in cursor.fetchall()]
    if disabled:
        repairs = " ".join(f"ALTER TABLE {table} ENABLE TRIGGER ALL;" for table in disabled)
        yield fail(f"Ausgeschaltet auf: {', '.join(disabled)}.", f"{BREAK_IN} Als postgres: {repairs}")
    if others := sorted(place for place, version in wanted.items() if found.get(place) != version):
        told = ", ".join(f"{name} auf {table}" for table, name in others[:SHOWN])
        yield fail(
            f"Es fehlen oder sind andere ({len(others)}): {told}{' …' if others[SHOWN:] else ''}.",
            f"{BREAK_IN} Als Besitzer der Tabellen: manage.py pgtrigger install, dann manage.py migrate",
        )
    if switches != [switch()]:
        yield fail("Jede Rolle kann sie umgehen.", PUT_RIGHT)
    if not disabled and not others and switches == [switch()]:
        yield ok(f"alle {len(wanted)} da und eingeschaltet")
