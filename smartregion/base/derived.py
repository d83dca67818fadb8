"""What is made from the tables as they are: views of past days, the index of the search, policies and rights.

An earlier version may serve while a migration runs. So what it reads stays as long as no migration alters
what it was made from, and is exchanged for the new one in a moment.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.contrib.postgres.operations import CreateExtension
from django.db import connection, migrations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from smartregion.base import past_tables, row_security, search, search_index
from smartregion.base.migrating import AtOnce

ADDING: Final = (
    migrations.CreateModel,
    migrations.AddField,
    migrations.AddIndex,
    migrations.AddConstraint,
    migrations.AlterModelOptions,
    AddTrigger,
    RemoveTrigger,
    CreateExtension,
)
"""What can be done to a table on whose columns views and triggers depend."""


def drop_derived(plan: Sequence[Any], **_signal: Any) -> None:
    if any(map(_is_in_the_way, plan)):
        past_tables.drop_views()
        search_index.drop_index()


def create_derived(**_signal: Any) -> None:
    """Nothing where the tables are those of an earlier version, which makes what belongs to it by itself."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    past_tables.create_views()
    search_index.create_index()
    row_security.create_policies()


def _is_in_the_way(step: tuple[Any, bool]) -> bool:
    """Whether PostgreSQL would refuse it while the views and triggers are there."""
    migration, is_backwards = step
    models = [*past_tables.shadowed_models(), *(kind.model for kind in search.kinds())]
    if migration.app_label not in {model._meta.app_label for model in models}:
        return False
    return is_backwards or not all(isinstance(each, ADDING) for each in _single(migration.operations))


def _single(operations: Sequence[Operation]) -> Iterator[Operation]:
    for operation in operations:
        yield from operation.operations if isinstance(operation, AtOnce) else [operation]
