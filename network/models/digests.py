"""The mails that remind accounts."""

from datetime import date, timedelta
from typing import Self

from django.db import models
from django.utils.timezone import localdate

from network.models.accounts import User
from smartregion.base.models import Job


class DigestQuerySet(models.QuerySet["Digest"]):
    def told(self, on: date) -> dict[int, dict[str, int]]:
        """By account the keys of what its mails told within the last week, with how urgent it was then."""
        found: dict[int, dict[str, int]] = {}
        recent = self.filter(on__gt=on - Digest.REPEATED_AFTER, on__lt=on, problem="").order_by("on")
        for user, entries in recent.values_list("user", "entries"):
            found.setdefault(user, {}).update((entry["key"], entry["severity"]) for entry in entries)
        return found

    def outdated(self) -> Self:
        return self.filter(on__lt=localdate() - Digest.KEPT_FOR)


class Digest(models.Model):
    """A mail that reminds an account: wanted, sent, or with the problem for which it will not be sent."""

    REPEATED_AFTER = timedelta(days=7)
    KEPT_FOR = timedelta(days=30)

    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="digests")
    on = models.DateField()
    entries = models.JSONField()
    job = models.ForeignKey(Job, models.PROTECT, related_name="digests")
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "on"], name="digest_one_per_account_and_day"),
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(problem=""), name="digest_sent_has_no_problem"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.on}"
