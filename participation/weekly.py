"""The news of the week by mail, at most one for each subscriber and week, and none if nothing is new.

A mail is composed when it is handed over: what was hidden until then is not in it. It counts as sent only
after the mail server took it, so a worker that is killed loses none; killed between these two moments it
sends that one mail twice, under the same Message-ID.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import ngettext

from network.models import Region
from participation.following import news_about
from participation.links import link_to
from participation.mails import problem_of_sending
from participation.models import Subscriber, WeeklyDigest
from participation.services.subscriptions import CHANGE, END
from smartregion.base import jobs
from smartregion.base.languages import in_language
from smartregion.base.mails import message_id, text_of
from smartregion.base.models import Job
from smartregion.base.public_news import News, condensed

SEND: Final = "participation.send_weekly_digests"
PIECE: Final = 200
"""So many subscribers a job serves, well within its time limit."""
SHOWN: Final = 60
"""So many news a mail tells; the rest is counted."""


def request_weekly_digests(on: date) -> int:
    """Ask for the digests of the week; returns how many are new. What failed is tried again."""
    WeeklyDigest.objects.outdated().delete()
    monday = on - timedelta(days=on.weekday())
    for job in Job.objects.failed().filter(weekly_digests__in=WeeklyDigest.objects.waiting()).distinct():
        jobs.requeue(job)
    return sum(_request(piece, monday) for piece in _pieces(monday))


def _pieces(monday: date) -> Iterator[list[int]]:
    keys = list(Subscriber.objects.waiting_for(monday).values_list("pk", flat=True))
    return (keys[start : start + PIECE] for start in range(0, len(keys), PIECE))


@transaction.atomic
def _request(keys: list[int], monday: date) -> int:
    """Whoever unsubscribes meanwhile waits until it is written; who has a digest by now keeps that one."""
    found = list(Subscriber.objects.filter(pk__in=keys).select_for_update().values_list("pk", flat=True))
    job = jobs.enqueue(SEND, steps=len(keys))
    digests = (WeeklyDigest(subscriber_id=key, week=monday, job=job) for key in found)
    WeeklyDigest.objects.bulk_create(digests, ignore_conflicts=True)
    count = WeeklyDigest.objects.filter(job=job).count()
    if not count:
        transaction.set_rollback(True)
    return count


@transaction.atomic
def hand_over(key: int) -> None:
    """Tell one subscriber what is new to them.

    Raises:
        SMTPException: the mail server does not take the mail now.
    """
    held = WeeklyDigest.objects.waiting().select_for_update(of=("self",), skip_locked=True)
    digest = held.select_related("subscriber").filter(pk=key).first()
    if digest is None:
        return
    subscriber = digest.subscriber
    with in_language(subscriber.language):
        found = condensed(news_about(subscriber.topics, since=subscriber.told_until, until=digest.until))
        if found:
            digest.problem = problem_of_sending(compose(digest, found))
    digest.told, digest.done_at = len(found), now()
    digest.save(update_fields=["told", "done_at", "problem"])
    Subscriber.objects.filter(pk=subscriber.pk, told_until__lt=digest.until).update(told_until=digest.until)


def compose(digest: WeeklyDigest, found: list[News]) -> EmailMessage:
    unsubscribe = link_to("subscription_end", digest.subscriber, END)
    region = Region.objects.first()
    context = {
        **told(found),
        "change": link_to("subscription", digest.subscriber, CHANGE),
        "unsubscribe": unsubscribe,
        "region": region,
    }
    what = ngettext("%d Neuigkeit der Woche", "%d Neuigkeiten der Woche", len(found)) % len(found)
    return EmailMessage(
        subject=f"{region.portal_title}: {what}" if region else what,
        body=text_of("participation/mails/weekly.txt", context),
        to=[digest.subscriber.email],
        headers={
            "Auto-Submitted": "auto-generated",
            "Message-ID": message_id(digest),
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def told(found: list[News], most: int | None = None) -> dict[str, Any]:
    """What the template of the list of news needs; unless told otherwise, as many as a weekly mail tells."""
    most = SHOWN if most is None else most
    return {"groups": _by_subject(found[:most]), "more": len(found) - most}


def _by_subject(found: list[News]) -> list[list[News]]:
    """What is about one thing stands together, in the order of what is newest."""
    first = {each.subject: place for place, each in reversed(list(enumerate(found)))}
    together = sorted(found, key=lambda each: first[each.subject])
    return [list(group) for _subject, group in groupby(together, key=lambda each: each.subject)]
