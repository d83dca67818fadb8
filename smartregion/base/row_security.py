"""The second line of defence: row security in PostgreSQL for what belongs to a municipality, the rights of
the role under which the portal works, and the triggers that it cannot pass by. All are made anew after each
migration (docs/decisions/0028).
"""

from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.db import connection, models, transaction

from smartregion.base import guards, past_tables, search_index
from smartregion.base.app_role import rights_in
from smartregion.base.models import AuditEntry, AuditHead

ROLE: Final = "current_setting('smartregion.role', true)"
ACCOUNT: Final = "NULLIF(current_setting('smartregion.account', true), '')::bigint"
MUNICIPALITY: Final = (
    f"(CASE WHEN {ROLE} = 'municipality' "
    "THEN NULLIF(current_setting('smartregion.municipality', true), '')::bigint END)"
)
WRITES_ALL: Final = f"{ROLE} IN ('coordination', 'system')"
OWNED: Final[dict[type[models.Model], str]] = {}
CLOSED: Final = {
    AuditEntry._meta.db_table: ("UPDATE", "DELETE", "TRUNCATE"),
    AuditHead._meta.db_table: ("UPDATE", "DELETE", "TRUNCATE"),
    "django_migrations": ("INSERT", "UPDATE", "DELETE"),
}
"""What the portal's role may not do with a table."""
COMMANDS: Final = {
    "reading": "FOR SELECT USING (true)",
    "adding": "FOR INSERT WITH CHECK ({condition})",
    "changing": "FOR UPDATE USING ({condition}) WITH CHECK ({condition})",
    "removing": "FOR DELETE USING ({condition})",
}


def owned(model: type[models.Model], condition: str) -> None:
    """Rows of this model can only be written by the coordinator, the system, and whom the condition lets.

    Args:
        condition: SQL about a row; {account} and {municipality} stand for the keys of who acts.
    """
    OWNED[model] = condition.format(account=ACCOUNT, municipality=MUNICIPALITY)


def create_policies() -> None:
    """Table by table, since each is locked until its policies are made."""
    for statements in (*map(_policies, OWNED), _rights(), guards.statements()):
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def _policies(model: type[models.Model]) -> Iterator[str]:
    table = _quoted(model._meta.db_table)
    condition = f"{WRITES_ALL} OR {OWNED[model]}"
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    for name, command in COMMANDS.items():
        yield f"DROP POLICY IF EXISTS {name} ON {table}"
        yield f"CREATE POLICY {name} ON {table} {command.format(condition=condition)}"


def _rights() -> Iterator[str]:
    """Also in the other schemas: the role may be younger than they are."""
    if not settings.DATABASE_APP_ROLE:
        return
    role = _quoted(settings.DATABASE_APP_ROLE)
    for schema in ("public", past_tables.SCHEMA, search_index.SCHEMA):
        yield from rights_in(schema)
    for table, rights in CLOSED.items():
        yield f"REVOKE {', '.join(rights)} ON {_quoted(table)} FROM {role}"


def _quoted(name: Any) -> str:
    return connection.ops.quote_name(name)
