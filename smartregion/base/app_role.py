"""What the role under which the portal works may do: rows of all tables, but nothing with the tables."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection


def rights_in(schema: str) -> Iterator[str]:
    """Statements; none where one role does everything."""
    if not settings.DATABASE_APP_ROLE:
        return
    role = connection.ops.quote_name(settings.DATABASE_APP_ROLE)
    yield f"GRANT USAGE ON SCHEMA {schema} TO {role}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"
