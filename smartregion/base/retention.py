"""The daily deletion of what was kept long enough, per data type."""

import logging

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils.timezone import now

from smartregion.base.models import RetentionRun
from smartregion.base.personal import DataType, data_types

log = logging.getLogger(__name__)


def delete_outdated() -> None:
    """One data type that cannot be deleted keeps no other from being so; the run then counts as failed."""
    failed = [each.key for each in data_types() if each.outdated and not _is_done(each)]
    if failed:
        raise RuntimeError(f"not deleted: {', '.join(failed)}")


def forget_expired_counts() -> int:
    """What was counted under a hash of a network address is gone when it counts no more. Returns how many."""
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now()])  # noqa: S608 - a name of ours
        return int(cursor.rowcount)


def _is_done(data_type: DataType) -> bool:
    try:
        with transaction.atomic():
            deleted, moment = data_type.drop_outdated(), now()
            last = {"deleted_at": moment} if deleted else {}
            RetentionRun.objects.update_or_create(
                data_type=data_type.key, defaults={"ran_at": moment, "deleted": deleted, **last}
            )
    except DatabaseError:
        log.exception("Data type %s could not be deleted", data_type.key)
        return False
    return True
