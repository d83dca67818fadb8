"""The portal's role cannot pass the triggers by that write history and the audit log, whatever it sets."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from network.models import Role, User
from smartregion.base import audit, guards
from smartregion.base.changes import changes_of
from smartregion.base.models import AuditEntry
from tests.databases import as_app_role
from tests.factories import make_user

pytestmark = pytest.mark.django_db
ALL_NAMES = "SELECT array_agg(tgname)::text FROM pg_trigger WHERE NOT tgisinternal"
ELEVATE = "UPDATE public.network_user SET role = 'administration' WHERE id = %s"
LIKE_OURS = """
    CREATE TEMP TABLE {table} (LIKE public.{table} INCLUDING DEFAULTS);
    GRANT ALL ON {table} TO PUBLIC;
"""


@contextmanager
def passing_all_by() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT set_config('pgtrigger.ignore', ({ALL_NAMES}), true)")
        yield
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")


def elevated() -> tuple[int, int]:
    """How many entries of the audit log and of the history a stolen role leaves."""
    user = make_user(Role.TEAM)
    entries, changes = AuditEntry.objects.count(), len(changes_of(user))
    with passing_all_by(), as_app_role(), connection.cursor() as cursor:
        cursor.execute(ELEVATE, [user.pk])
    assert User.objects.get(pk=user.pk).role == Role.ADMINISTRATION
    return AuditEntry.objects.count() - entries, len(changes_of(user)) - changes


def test_the_portals_role_cannot_change_a_role_unseen() -> None:
    assert elevated() == (1, 1)


def test_without_the_switch_of_ours_it_could() -> None:
    """Negative control: the library's own function lets anybody pass."""
    body = guards.switch().split("AND (")[0] + "; END "
    open_to_all = guards.MAKE_SWITCH.format(name=guards.SWITCH_NAME, body=body)
    with connection.cursor() as cursor:
        cursor.execute(open_to_all)

    assert elevated() == (0, 0)


def test_an_entry_of_the_audit_log_is_numbered_whatever_the_portals_role_sets() -> None:
    audit.note(audit.Kind.SETTINGS_CHANGED, what="region")
    with passing_all_by(), as_app_role(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO base_auditentry (number, at, kind, facts, previous_hash, hash) "
            "VALUES (9223372036854775807, '2020-01-01', 'denied', '{}', 'x', 'y')"
        )

    assert isinstance(audit.verify(), audit.Head)
    assert AuditEntry.objects.order_by("-number")[0].at.year > 2020


def test_the_owner_can_pass_them_by() -> None:
    user = make_user(Role.TEAM)
    changes = len(changes_of(user))
    with passing_all_by():
        User.objects.filter(pk=user.pk).update(name="Anders")

    assert len(changes_of(user)) == changes


def test_a_table_of_the_same_name_is_not_taken_for_ours() -> None:
    user = make_user(Role.TEAM)
    entries = AuditEntry.objects.count()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LIKE_OURS.format(table="base_auditentry"))
        with as_app_role():
            cursor.execute(ELEVATE, [user.pk])
        cursor.execute("DROP TABLE pg_temp.base_auditentry")

    assert AuditEntry.objects.count() == entries + 1
