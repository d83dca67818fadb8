"""A person's private calendar address. Its secret is shown once; the database knows its hash."""

from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from smartregion.base.hashed import hash_of
from smartregion.base.history import tracked_without


class CalendarLinkQuerySet(models.QuerySet["CalendarLink"]):
    def opening(self, secret: str) -> Self:
        """The link with this secret, as long as its account is active.

        It is found by the hash, so that the time it takes tells nothing about the secret.
        """
        return self.filter(token_hash=hash_of(secret), user__is_active=True)


@tracked_without("token_hash")
class CalendarLink(models.Model):
    """One per account. Deleting it revokes it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="calendar_link"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("erstellt am"), default=now)

    objects = CalendarLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("Kalenderadresse")
        verbose_name_plural = _("Kalenderadressen")

    def __str__(self) -> str:
        return f"{self.user_id}"

    def get_absolute_url(self) -> str:
        return reverse("calendar_link")
