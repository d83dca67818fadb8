"""Migrations of many small steps: what Django makes of them takes most of a first start."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import AddConstraint
from django.db.migrations.operations.base import Operation


class AtOnce(Operation):
    """Operations applied one after another with the state that all of them lead to.

    Between two operations Django builds the classes of all related models anew, and each of our tables has
    an index, constraints and triggers. Here the classes are built once. Models are created in one such
    operation and changed in the next: they would be created with what is added to them.
    """

    reduces_to_sql = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.clear_delayed_apps_cache()
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        _build_classes(from_state, to_state)
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        _build_classes(from_state, to_state)
        for operation in reversed(self.operations):
            # What it removes a constraint from must still have the columns that the constraint names.
            until = from_state if isinstance(operation, AddConstraint) else to_state
            operation.database_backwards(app_label, schema_editor, from_state, until)

    def describe(self) -> str:
        return f"{len(self.operations)} operations at once"


def _build_classes(*states: Any) -> None:
    """Takes seconds. Nobody shall wait for it, as they would once a table is locked."""
    for state in states:
        _classes = state.apps
