"""`manage.py doctor`: row security, rights and triggers of the database, each of which somebody took away."""

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from smartregion.base.row_security import create_policies
from smartregion.base.search_index import create_index
from tests import databases
from tests.smartregion.doctor import APP, FAIL, OK, done_as_postgres, levels, text

pytestmark = pytest.mark.django_db
TRIGGERS = "Auslöser in der Datenbank"
SEALED = "pgtrigger_sealed_minutes_never_change_5c7eb"
KEPT = "pgtrigger_audit_is_kept_6e79d"


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
            "base_auditentry (DELETE)",
        ),
        (
            f"GRANT UPDATE (number) ON base_audithead TO {databases.APP_ROLE}",
            f"REVOKE UPDATE (number) ON base_audithead FROM {databases.APP_ROLE}",
            "base_audithead (UPDATE)",
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


@pytest.mark.parametrize(
    ("table", "name", "old", "new"),
    [
        ("base_auditentry", KEPT, "FOR EACH ROW", "FOR EACH ROW WHEN (false)"),
        ("base_auditentry", KEPT, "DELETE OR UPDATE", "DELETE"),
        ("base_auditentry", KEPT, f"FUNCTION {KEPT}", "FUNCTION pgtrigger_erasures_are_kept_d2fc2"),
        ("governance_minutes", SEALED, "old.sealed_at IS NOT NULL", "false"),
        ("measures_measure", "search_massnahmen_rows", "FOR EACH ROW", "FOR EACH ROW WHEN (false)"),
    ],
)
def test_a_trigger_that_does_something_else_under_its_old_name_is_caught(
    table: str, name: str, old: str, new: str
) -> None:
    """Its comment stays, whatever replaces it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s",
            [table, name],
        )
        (statement,) = cursor.fetchone()
    assert old in statement

    told = changed(statement.replace(old, new).replace("CREATE", "CREATE OR REPLACE", 1))

    assert f"{name} auf {table}" in told


def test_a_function_of_a_trigger_that_somebody_has_rewritten_is_caught() -> None:
    assert f"{KEPT} auf base_auditentry" in changed(
        f"CREATE OR REPLACE FUNCTION {KEPT}() RETURNS trigger AS 'BEGIN RETURN NEW; END' LANGUAGE plpgsql"
    )


@pytest.mark.parametrize("name", ["rows", "texts", "none"])
def test_a_trigger_of_the_search_that_is_missing_is_caught_and_comes_back_as_doctor_says(name: str) -> None:
    told = changed(f"DROP TRIGGER search_massnahmen_{name} ON measures_measure")

    assert f"search_massnahmen_{name} auf measures_measure" in told and "DROP SCHEMA search CASCADE;" in told
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA search CASCADE")
    create_index()
    assert levels(TRIGGERS) == [OK]


@pytest.mark.django_db(transaction=True)
def test_a_role_whose_sessions_pass_for_a_copy_of_the_database_is_caught(owner_runs_doctor: None) -> None:
    role = f"ALTER ROLE {databases.APP_ROLE} IN DATABASE {connection.settings_dict['NAME']}"
    assert levels(TRIGGERS) == [OK]
    with done_as_postgres(
        f"{role} SET session_replication_role = replica",
        undone_by=f"{role} RESET session_replication_role",
    ):
        assert levels(TRIGGERS) == [FAIL] and "keiner wird ausgelöst" in text(TRIGGERS)


@pytest.mark.django_db(transaction=True)
def test_a_role_that_may_let_its_sessions_pass_for_such_a_copy_is_caught(
    owner_runs_doctor: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A role of its own, since tests that run meanwhile have the other."""
    role = f"{connection.settings_dict['NAME']}_probe"
    monkeypatch.setenv("DATABASE_URL", make_conninfo(APP, user=role))
    with done_as_postgres(f"CREATE ROLE {role} LOGIN", undone_by=f"DROP ROLE {role}"):
        assert levels(TRIGGERS) == [OK]
        right, parameter = "SET ON PARAMETER", "session_replication_role"
        with done_as_postgres(
            f"GRANT {right} {parameter} TO {role}", undone_by=f"REVOKE {right} {parameter} FROM {role}"
        ):
            assert levels(TRIGGERS) == [FAIL]
            assert f"REVOKE SET ON PARAMETER session_replication_role FROM {role};" in text(TRIGGERS)


def test_triggers_that_every_role_may_pass_by_are_caught_until_the_next_migration() -> None:
    assert "Jede Rolle" in changed(
        "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean "
        "AS 'BEGIN RETURN true; END' LANGUAGE plpgsql"
    )

    create_policies()

    assert levels(TRIGGERS) == [OK]
