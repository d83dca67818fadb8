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

        Raises:
            EditConflict: the stored version is another one, or no version was given.
        """
        values: dict[str, Any] = {
            field.attname: getattr(self, field.attname)
            for field in self._meta.concrete_fields
            if not field.primary_key and not field.generated and field.name != "version"
        }
        rows = type(self)._base_manager.filter(pk=self.pk, version=version) if version else None
        if rows is None or not rows.update(**values, version=F("version") + 1):
            raise EditConflict(type(self)._base_manager.get(pk=self.pk))
        self.version = (version or 0) + 1
        return self
