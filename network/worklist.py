"""What the administration looks after: accounts, and jobs that failed. Contacts that end soon."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.models import Contact, User
from smartregion.base.models import Job
from smartregion.base.worklist import Entry, Post, Severity, day_or_dash, days_between, may, source


@source("auftraege", gettext_lazy("Fehlgeschlagene Aufträge"))
def failed_jobs(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm("base.retry_job"):
        return
    for job in Job.objects.failed():
        day = localdate(job.finished_at) if job.finished_at else None
        when = f"{date_format(day, 'd.m.Y')} ({days_between(day, on)}): " if day else ""
        yield Entry(
            title=_("Auftrag %(number)d, %(kind)s") % {"number": job.pk, "kind": job.title},
            why=f"{when}{job.error}",
            severity=Severity.NOW,
            on=day,
            url=job.get_absolute_url(),
            action=_("Auftrag ansehen"),
            post=Post(label=_("Erneut versuchen"), url=reverse("job_retry", args=[job.pk])),
        )


@source("konten", gettext_lazy("Nie benutzte Konten"))
def unused_accounts(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm("network.view_user"):
        return
    for account in User.objects.never_used():
        yield Entry(
            title=account.name,
            why=_("%(email)s, %(role)s: Mit diesem Konto hat sich noch niemand angemeldet.")
            % {"email": account.email, "role": account.get_role_display()},
            severity=Severity.INFO,
            url=reverse("account", args=[account.pk]),
            action=_("Konto prüfen"),
        )


@source("kontakte", gettext_lazy("Kontakte, deren Frist endet"), reminds=True, concerns=may("network.care"))
def ending_contacts(user: Any, on: date) -> Iterator[Entry]:
    if not user.has_perm("network.care"):
        return
    for contact in Contact.objects.soon_outdated(on).select_related("organisation"):
        yield Entry(
            title=str(contact),
            why=_(
                "Am %s werden Name, E-Mail und Telefon gelöscht, wenn die Einwilligung nicht erneuert wird."
            )
            % day_or_dash(contact.kept_until),
            severity=Severity.SOON,
            on=contact.kept_until,
            url=reverse("contact_edit", args=[contact.pk]),
            action=_("Einwilligung erneuern"),
            page=contact.get_absolute_url(),
            is_example=contact.is_example,
        )
