"""Edit conflicts: a row is written only over the version that its editor has read."""

from typing import Any, Self

from django.db import models
from django.db.models import F


def version_in(text: str) -> int | None:
    """The version that a request names; None where it names nothing that could be one."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


class EditConflict(Exception):
    """Someone else saved the row meanwhile.

    Attributes:
        saved: the row as it now stands in the database.
    """

    def __init__(self, saved: models.Model) -> None:
        super().__init__(f"{saved._meta.label} {saved.pk}")
        self.saved = saved


class Versioned(models.Model):
    """A row with a version that grows by one with each edit."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def save_over(self, version: int | None) -> Self:
        """Write every field of this row, provided that the stored row still has `version`.

        What was not loaded, as the bytes of a file, was not changed either and is left alone.
        Every edit passes here, by form, service or undo; so what the model's `clean` demands is checked here,
        while the written row is locked. Call it in the transaction that a refusal shall take back.

        Raises:
            EditConflict: the stored version is another one, or no version was given.
            ValidationError: the rules forbid what was written.
        """
        left_alone = {"version", *self.get_deferred_fields()}
        values: dict[str, Any] = {
            field.attname: getattr(self, field.attname)
            for field in self._meta.concrete_fields
            if not field.primary_key and not field.generated and field.attname not in left_alone
        }
        rows = type(self)._base_manager.filter(pk=self.pk, version=version) if version else None
        if rows is None or not rows.update(**values, version=F("version") + 1):
            raise EditConflict(type(self)._base_manager.get(pk=self.pk))
        self.version = (version or 0) + 1
        self.clean()
        return self

    def delete_over(self, version: int | None) -> None:
        """Delete this row, provided that the stored row still has `version`. Call it in a transaction.

        Raises:
            EditConflict: the stored version is another one, or no version was given.
            ObjectDoesNotExist: the row was deleted meanwhile.
        """
        stored = type(self)._base_manager.select_for_update().get(pk=self.pk)
        if stored.version != version:
            raise EditConflict(stored)
        self.delete()
