"""Whether the background work runs: what worker, beat, queue and schedule were last heard of."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import redis
from celery.schedules import maybe_schedule
from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from smartregion.base.models import Job, Sign
from smartregion.celery import TICK_SECONDS, app
from smartregion.signs import SIGN_SECONDS

MISSED: Final = 4
"""So many signs in a row may be missed before a process is taken for dead."""
HALF_A_SECOND: Final = timedelta(seconds=0.5)
"""Celery's estimate falls short by a fraction of a second, which would show as 05:04:59."""
BACKUP_DUE: Final = timedelta(hours=26)
DRILL_DUE: Final = timedelta(days=8)
"""A daily and a weekly timer, each with some time to run."""
TITLES: Final = {
    "base.wake_waiting_jobs": _("Wartende Aufträge wecken"),
    "base.note_audit_head": _("Stand des Protokolls festhalten"),
    "base.delete_outdated": _("Daten nach Ablauf ihrer Frist löschen"),
    "base.forget_counts": _("Abgelaufene Zählungen gegen Missbrauch löschen"),
    "governance.close_due_circulars": _("Abgelaufene Umlaufbeschlüsse schließen"),
    "governance.request_mirrors": _("Abgleich der Spiegel beauftragen"),
    "monitoring.request_due_reports": _("Fällige Berichte anfordern"),
    "monitoring.verify_reports": _("Berichte prüfen"),
    "participation.tend_events": _("Anmeldungen und Veranstaltungen pflegen"),
    "participation.forget_requests": _("Unbestätigte Abonnements vergessen"),
    "participation.request_weekly_digests": _("Neuigkeiten der Woche beauftragen"),
    "participation.tell_authors": _("Einsender von Ideen unterrichten"),
    "site.request_digests": _("Erinnerungen beauftragen"),
}


@dataclass(frozen=True)
class Part:
    """One part of the operation. `seen_at` is None where it never gave a sign."""

    name: str
    is_alive: bool
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Tick:
    """A task of the schedule: when it last ended well, and when it is due next."""

    title: str
    seen_at: datetime | None
    due_at: datetime

    @property
    def is_late(self) -> bool:
        return self.due_at < now() - timedelta(seconds=MISSED * TICK_SECONDS)


@dataclass(frozen=True)
class Operation:
    parts: list[Part]
    safeguards: list[Part]
    """Backup and drill of a restore: alive is what is not overdue."""
    ticks: list[Tick]
    oldest: Job | None
    """The job that waits longest."""

    @property
    def is_sound(self) -> bool:
        return all(part.is_alive for part in self.parts)


def operation() -> Operation:
    """Two questions to the database and one to the queue."""
    signs = dict(Sign.objects.values_list("name", "seen_at"))
    parts = [
        _part(str(_("Worker")), signs.get(Sign.WORKER), MISSED * SIGN_SECONDS),
        _part(str(_("Zeitplan")), signs.get(Sign.BEAT), MISSED * TICK_SECONDS),
        Part(str(_("Warteschlange (Redis)")), queue_answers()),
    ]
    safeguards = [
        _part(str(_("Letzte Sicherung")), signs.get(Sign.BACKUP), BACKUP_DUE.total_seconds()),
        _part(str(_("Letzte Rückspielprobe")), signs.get(Sign.RESTORE_DRILL), DRILL_DUE.total_seconds()),
    ]
    return Operation(
        parts, safeguards, sorted(_ticks(signs), key=lambda tick: tick.due_at), Job.objects.waiting().first()
    )


def _part(name: str, seen_at: datetime | None, seconds: float) -> Part:
    is_alive = seen_at is not None and seen_at > now() - timedelta(seconds=seconds)
    return Part(name, is_alive, seen_at)


def _ticks(signs: dict[str, datetime]) -> Iterator[Tick]:
    for entry in app.conf.beat_schedule.values():
        seen_at = signs.get(entry["task"])
        schedule: Any = maybe_schedule(entry["schedule"], app=app)
        due_at = now() + schedule.remaining_estimate(seen_at or now()) + HALF_A_SECOND
        yield Tick(str(TITLES.get(entry["task"], entry["task"])), seen_at, due_at)


def queue_answers() -> bool:
    with (
        suppress(redis.RedisError),
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as queue,
    ):
        return bool(queue.ping())
    return False
