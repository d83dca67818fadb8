"""The verbs of prerequisites. They never close a circle, also where two are added at the same moment."""

from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from measures.models import Measure, Prerequisite
from smartregion.base.history import recorded
from smartregion.base.undo import restore_deleted


def add_prerequisite(*, prerequisite: Prerequisite, by: Any) -> Prerequisite:
    """Store a new prerequisite.

    Raises:
        ValidationError: it would close a circle.
        IntegrityError: the measure has that prerequisite already.
    """
    with recorded(by=by):
        _one_at_a_time()
        _check_no_circle(prerequisite)
        prerequisite.save()
    return prerequisite


def restore_prerequisite(*, pk: int, measure: Measure, by: Any) -> Prerequisite:
    """Bring a removed one back.

    Raises:
        ValidationError: by now it would close a circle.
        ObjectDoesNotExist, IntegrityError: see `restore_deleted`.
    """
    with recorded(by=by):
        _one_at_a_time()
        restored: Prerequisite = restore_deleted(
            Prerequisite, pk, by=by, adjust=_check_no_circle, measure_id=measure.pk
        )
    return restored


def _one_at_a_time() -> None:
    """Until the transaction ends nobody else writes prerequisites; reading them goes on."""
    table = connection.ops.quote_name(Prerequisite._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")


def _check_no_circle(new: Prerequisite) -> None:
    """Follow what the required measure itself requires, and see whether it leads back."""
    required: dict[int, set[int]] = defaultdict(set)
    for measure, other in Prerequisite.objects.values_list("measure", "required"):
        required[measure].add(other)
    seen, waiting = set(), [new.required_id]
    while waiting:
        if (measure := waiting.pop()) == new.measure_id:
            raise ValidationError(
                _("Das ergäbe einen Kreis: „%(required)s“ setzt „%(measure)s“ selbst voraus.")
                % {"required": new.required.title, "measure": new.measure.title}
            )
        if measure not in seen:
            seen.add(measure)
            waiting.extend(required[measure])
