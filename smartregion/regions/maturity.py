"""The scale of maturity that a region begins with; later versions are published in the browser."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from measures.models import Level, MaturityCriterion, MaturityScale
from measures.services.solutions import publish_scale
from smartregion.regions.reader import Entry


def read_scale(file: Entry, on: date) -> None:
    """Publish the file's scale as version 1, unless the portal has a scale."""
    if "maturity_scale" not in file:
        return
    entry = file.entry("maturity_scale")
    note = entry.values(MaturityScale, ["note"])["note"]
    criteria = [
        _criterion(part, position) for position, part in enumerate(entry.entries("criteria"), start=1)
    ]
    entry.finish()
    if not MaturityScale.objects.exists():
        publish_scale(
            number=1, note=note, on=on, criteria=criteria, by=None, reason=_("Einrichtung der Region")
        )


def _criterion(entry: Entry, position: int) -> MaturityCriterion:
    values: dict[str, Any] = entry.values(MaturityCriterion, ["name", "question"])
    levels = entry.take("levels", list)
    if len(levels) != len(Level):
        raise entry.wrong("levels", _("Hier müssen %(number)s Texte stehen.") % {"number": len(Level)})
    for number, text in enumerate(levels):
        name = f"level_{number}"
        values[name] = entry.check("levels", MaturityCriterion._meta.get_field(name), text)
    entry.finish()
    return MaturityCriterion(position=position, **values)
