"""The jobs of participation."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from participation.mails import SEND, hand_over
from participation.models import VisitorMail
from smartregion.base.jobs import Finish, handler, progress
from smartregion.base.models import Job


@handler(SEND, title=gettext_lazy("Mails an die Öffentlichkeit senden"))
def send_mails(job: Job) -> Finish:
    waiting = list(VisitorMail.objects.waiting().filter(job=job).order_by("pk").values_list("pk", flat=True))
    for step, key in enumerate(waiting, start=max(0, job.steps - len(waiting))):
        progress(job, step, _("Mails senden"))
        hand_over(key)
    return lambda: None
