"""A status round whose mails a job sends, and what the mail server got of it."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django.utils.timezone import localdate

from measures.models import Measure, RoundContact, RoundMail, StatusRound
from measures.services.rounds import close_round, open_round
from network.models import Municipality
from smartregion.base.models import Job
from tests.mail_server import MailServer


def fill_in_addresses() -> None:
    for municipality in Municipality.objects.filter(round_contact=None).defer("boundary"):
        RoundContact.objects.create(municipality=municipality, email=f"{municipality.slug}@example.org")
    RoundContact.objects.filter(email="").update(email="leer@example.org")


def open_next(number: int) -> StatusRound:
    """There is one open round at a time, so the one before ends; all its mails have been sent by then."""
    for before in StatusRound.objects.filter(closed_at=None):
        close_round(status_round=before, by=None)
    return open_round(
        title=f"Drill {number}",
        closes_on=localdate() + timedelta(days=7),
        measures=Measure.objects.filter(visibility="public", archived_at=None)[:1],
        portal_url="http://127.0.0.1:8000",
        by=None,
    )


def damage(key: int, sink: MailServer) -> Iterator[str]:
    """Each mail that was wanted went to the mail server; none went there as two different mails."""
    asked = StatusRound.objects.get(pk=key)
    wanted = RoundMail.objects.filter(invitation__round=asked).select_related("job")
    got = {str(mail["Message-ID"]): str(mail["To"]) for mail in sink.mails if mail["Subject"] == asked.title}
    name = f"round {key}"
    if more := [address for address, number in Counter(got.values()).items() if number > 1]:
        yield f"{name}: more than one mail to {more}"
    for mail in wanted:
        if mail.job.status != Job.Status.DONE:
            continue
        if mail.sent_at is None:
            yield f"{name}: the mail to {mail.address} was not sent although its job is done"
        elif mail.address not in got.values():
            yield f"{name}: the mail to {mail.address} counts as sent but never arrived"


def repeats(sink: MailServer) -> int:
    """How often the mail server got a mail again that it had taken already, known by its Message-ID."""
    return len(sink.mails) - len({str(mail["Message-ID"]) for mail in sink.mails})
