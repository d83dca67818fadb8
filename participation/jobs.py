"""The jobs of participation."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from participation import mails, weekly
from participation.models import VisitorMail, WeeklyDigest
from smartregion.base.jobs import Finish, handler
from smartregion.base.models import Job


@handler(mails.SEND, title=gettext_lazy("Mails an die Öffentlichkeit senden"))
def send_mails(job: Job) -> Finish:
    waiting = VisitorMail.objects.waiting().filter(job=job).order_by("pk")
    mails.each(job, waiting.values_list("pk", flat=True), _("Mails senden"), mails.hand_over)
    return lambda: None


@handler(weekly.SEND, title=gettext_lazy("Neuigkeiten der Woche senden"))
def send_weekly_digests(job: Job) -> Finish:
    waiting = WeeklyDigest.objects.waiting().filter(job=job).order_by("pk")
    mails.each(job, waiting.values_list("pk", flat=True), _("Neuigkeiten senden"), weekly.hand_over)
    return lambda: None
