"""`manage.py doctor`: row security, rights and triggers of the database, each of which somebody took away."""

import pytest
from django.db import connection

from smartregion.base.row_security import create_policies
from tests import databases
from tests.smartregion.doctor import FAIL, OK, done_as_postgres, levels, text

pytestmark = pytest.mark.django_db
TRIGGERS = "Auslöser in der Datenbank"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("done", "undone", "told"),
    [
        (
            "ALTER TABLE measures_wish DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE measures_wish ENABLE ROW LEVEL SECURITY",
            "Ohne Zeilenschutz: measures_wish",
        ),
        (
            "ALTER POLICY adding ON measures_wish RENAME TO other",
            "ALTER POLICY other ON measures_wish RENAME TO adding",
            "Ohne Zeilenschutz: measures_wish",
        ),
        (
            "CREATE POLICY open ON measures_wish USING (true)",
            "DROP POLICY open ON measures_wish",
            'DROP POLICY "open" ON measures_wish;',
        ),
        (
            f"GRANT DELETE ON base_auditentry TO {databases.APP_ROLE}",
            f"REVOKE DELETE ON base_auditentry FROM {databases.APP_ROLE}",
            "base_auditentry (UPDATE, DELETE, TRUNCATE)",
        ),
    ],
)
def test_a_guard_of_the_database_that_is_missing_is_caught(
    owner_runs_doctor: None, done: str, undone: str, told: str
) -> None:
    assert levels("Schutz in der Datenbank") == [OK]
    with done_as_postgres(done, undone_by=undone):
        assert told in text("Schutz in der Datenbank") and set(levels("Schutz in der Datenbank")) == {FAIL}


def changed(statement: str) -> str:
    """What doctor says of triggers after that."""
    assert levels(TRIGGERS) == [OK]
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert levels(TRIGGERS) == [FAIL]
    return text(TRIGGERS)


def test_triggers_that_are_disabled_are_caught_and_said_how_to_put_right() -> None:
    told = changed("ALTER TABLE base_auditentry DISABLE TRIGGER USER")

    assert "ALTER TABLE base_auditentry ENABLE TRIGGER ALL;" in told
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE base_auditentry ENABLE TRIGGER USER")
    assert levels(TRIGGERS) == [OK]


@pytest.mark.parametrize("mode", ["DISABLE", "ENABLE REPLICA"])
def test_a_trigger_of_the_search_that_does_not_fire_is_caught_too(mode: str) -> None:
    told = changed(f"ALTER TABLE measures_measure {mode} TRIGGER search_massnahmen_texts")

    assert "Ausgeschaltet auf: measures_measure." in told


@pytest.mark.parametrize("statement", ["DROP TRIGGER {} ON {}", "COMMENT ON TRIGGER {} ON {} IS 'another'"])
def test_a_trigger_that_is_missing_or_another_is_caught(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'base_auditentry'::regclass AND NOT tgisinternal"
        )
        (name,) = cursor.fetchone()

    assert f"{name} auf base_auditentry" in changed(statement.format(name, "base_auditentry"))


def test_triggers_that_every_role_may_pass_by_are_caught_until_the_next_migration() -> None:
    assert "Jede Rolle" in changed(
        "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean "
        "AS 'BEGIN RETURN true; END' LANGUAGE plpgsql"
    )

    create_policies()

    assert levels(TRIGGERS) == [OK]
