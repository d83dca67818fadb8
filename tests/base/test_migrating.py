"""Operations that are applied at once end where they end one after the other, forwards and back."""

from collections.abc import Iterator

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from smartregion.base.migrating import AtOnce

pytestmark = pytest.mark.django_db(transaction=True)

CREATED = [
    migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True))], options={}),
    migrations.CreateModel(
        "Book",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("shelf", models.ForeignKey("base.Shelf", models.CASCADE)),
        ],
    ),
]
CHANGED = [
    migrations.AddField("Book", "title", models.CharField(max_length=20, default="")),
    migrations.AddConstraint(
        "Book", models.UniqueConstraint(models.functions.Lower("title"), "shelf", name="book_once")
    ),
]
SHAPE = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_name IN ('base_shelf', 'base_book')
UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE tablename IN ('base_shelf', 'base_book')
ORDER BY 1, 2
"""


def shape() -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(SHAPE)
        return cursor.fetchall()


def migrated(operations: list[migrations.operations.base.Operation]) -> Iterator[list[tuple[str, ...]]]:
    """The tables after all of them, and after all were taken back."""
    migration = migrations.Migration("0001_books", "base")
    migration.operations = operations
    with connection.schema_editor() as editor:
        migration.apply(ProjectState(), editor)
    yield shape()
    with connection.schema_editor() as editor:
        migration.unapply(ProjectState(), editor)
    yield shape()


def test_at_once_and_one_by_one_make_the_same_tables_and_leave_none() -> None:
    one_by_one = list(migrated([*CREATED, *CHANGED]))

    assert len(one_by_one[0]) == 8
    assert list(migrated([AtOnce(CREATED), AtOnce(CHANGED)])) == one_by_one
    assert one_by_one[1] == []
