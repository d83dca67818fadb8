"""Reminders by mail: what the worklist newly asks of an account, at most one mail a day.

First the mails that are wanted become rows, one per account and day (the database refuses a second one), then
a job sends them. A mail counts as sent only after the mail server took it, so a worker that is killed loses
none; killed between these two moments it sends that one mail twice.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from network.digests import unsubscribe_path
from network.models import Digest, DigestRhythm, Region, User
from smartregion.base import jobs
from smartregion.base.jobs import Finish, handler, progress
from smartregion.base.mails import message_id, text_of
from smartregion.base.models import Job
from smartregion.base.working_days import begins_week, is_working_day
from smartregion.base.worklist import Entry, reminders_for, some_of

SEND_DIGESTS: Final = "site.send_digests"
SHOWN: Final = 30
"""So many entries a mail names; the rest is counted and waits at the workplace."""


def request_digests(on: date) -> int:
    """Ask for the mails of the day; returns how many. Doing it again adds only what is new since then."""
    Digest.objects.outdated().delete()
    if not is_working_day(on):
        return 0
    told = Digest.objects.told(on)
    wanted = [
        Digest(user=user, on=on, entries=entries)
        for user in _recipients(on)
        if (entries := list(_fresh(user, on, told.get(user.pk, {}))))
    ]
    return enqueue(wanted)


@dataclass(frozen=True)
class Reminded:
    """How many accounts get a mail now, had theirs today already, and want none of it."""

    told: int
    told_today: int
    silent: int


def remind_now(*, kinds: Collection[str], on: date, by: User) -> Reminded:
    """Remind everybody but who asks of what these kinds hold for them, whatever their rhythm.

    Nobody gets a second mail on a day, and nobody one that they do not want.
    """
    wanted, told_today, silent = _reminders(kinds, on, by)
    return Reminded(enqueue(wanted), told_today, silent)


def who_is_reminded(*, kinds: Collection[str], on: date, by: User) -> Reminded:
    """What `remind_now` would do at this moment."""
    wanted, told_today, silent = _reminders(kinds, on, by)
    return Reminded(len(wanted), told_today, silent)


def _reminders(kinds: Collection[str], on: date, by: User) -> tuple[list[Digest], int, int]:
    """The mails, how many accounts had theirs today, and how many want none."""
    wanted, told_today, silent = [], 0, 0
    had_mail = set(Digest.objects.filter(on=on).values_list("user", flat=True))
    accounts = User.objects.filter(is_active=True).exclude(pk=by.pk)
    for user in accounts.select_related("municipality").defer("municipality__boundary"):
        entries = [
            _told(group.key, group.label, entry)
            for group in some_of((kind for kind in kinds if kind not in user.digest_muted), user, on)
            for entry in group.entries
        ]
        if not entries:
            continue
        if user.digest == DigestRhythm.NEVER:
            silent += 1
        elif user.pk in had_mail:
            told_today += 1
        else:
            wanted.append(Digest(user=user, on=on, entries=entries))
    return wanted, told_today, silent


def enqueue(wanted: list[Digest]) -> int:
    """Store the mails with the job that sends them; returns how many."""
    if not wanted:
        return 0
    with transaction.atomic():
        job = jobs.enqueue(SEND_DIGESTS, steps=len(wanted))
        for digest in wanted:
            digest.job = job
        Digest.objects.bulk_create(wanted, ignore_conflicts=True)  # who got theirs at the same moment has it
        count = Digest.objects.filter(job=job).count()
        if not count:
            transaction.set_rollback(True)
    return count


def _recipients(on: date) -> QuerySet[User]:
    rhythms = [DigestRhythm.DAILY, DigestRhythm.WEEKLY] if begins_week(on) else [DigestRhythm.DAILY]
    wanting = User.objects.filter(is_active=True, digest__in=rhythms)
    return wanting.exclude(digests__on=on).select_related("municipality").defer("municipality__boundary")


def _fresh(user: User, on: date, told: dict[str, int]) -> Iterator[dict[str, Any]]:
    """The entries that were not told within the last week, or have become more urgent since."""
    for group in reminders_for(user, on, without=user.digest_muted):
        for entry in group.entries:
            key = _key(group.key, entry)
            if key not in told or entry.severity < told[key]:
                yield _told(group.key, group.label, entry)


def _told(kind: str, label: str, entry: Entry) -> dict[str, Any]:
    """The entry as the mail's row keeps it."""
    return {
        "key": _key(kind, entry),
        "severity": int(entry.severity),
        "kind": label,
        "title": entry.title,
        "why": entry.why,
        "url": entry.url or entry.page,
    }


def _key(kind: str, entry: Entry) -> str:
    """What makes an entry the same one on another day."""
    return f"{kind} {entry.url} {entry.title} {entry.on or ''}"


@handler(SEND_DIGESTS, title=gettext_lazy("Erinnerungen senden"))
def send_digests(job: Job) -> Finish:
    waiting = Digest.objects.filter(job=job, sent_at=None, problem="").order_by("pk")
    sent_before = job.steps - waiting.count()
    for step, key in enumerate(list(waiting.values_list("pk", flat=True)), start=max(0, sent_before)):
        progress(job, step, _("Erinnerungen senden"))
        _send(key)
    return lambda: None


@transaction.atomic
def _send(key: int) -> None:
    locked = Digest.objects.select_for_update(of=("self",), skip_locked=True).select_related("user")
    digest = locked.filter(pk=key, sent_at=None, problem="").first()
    if digest:
        Digest.objects.filter(pk=key).update(**_hand_over(digest))


def _hand_over(digest: Digest) -> dict[str, object]:
    user = digest.user
    if user is None or not user.is_active or user.digest == DigestRhythm.NEVER:
        return {"problem": _("Das Konto bekommt keine Erinnerungen mehr.")}
    try:
        compose(digest, user).send()
    except (SMTPRecipientsRefused, SMTPDataError):
        return {"problem": _("Der Mailserver hat die Mail an diese Adresse abgelehnt.")}
    return {"sent_at": now()}


def compose(digest: Digest, user: User) -> EmailMessage:
    entries, count = digest.entries[:SHOWN], len(digest.entries)
    unsubscribe = settings.PORTAL_URL + unsubscribe_path(user)
    region = Region.objects.first()
    context = {
        "name": user.name,
        "groups": [(kind, list(rows)) for kind, rows in groupby(entries, key=lambda entry: entry["kind"])],
        "more": count - len(entries),
        "workplace": settings.PORTAL_URL + reverse("workplace"),
        "choice": settings.PORTAL_URL + reverse("digest"),
        "unsubscribe": unsubscribe,
        "region": region,
    }
    what = ngettext("%d Sache wartet auf Sie", "%d Sachen warten auf Sie", count) % count
    return EmailMessage(
        subject=f"{region.portal_title}: {what}" if region else what,
        body=text_of("network/mails/digest.txt", context),
        to=[user.email],
        headers={
            "Auto-Submitted": "auto-generated",
            "Message-ID": message_id(digest),
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
