"""Tokens by which a program reports values. The secret is shown once; the database knows its hash."""

from datetime import timedelta
from typing import Any, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from monitoring.models.indicators import Indicator
from network.models import Municipality
from smartregion.base.hashed import hash_of
from smartregion.base.history import tracked_without
from smartregion.base.text import german_order

LONGEST_LIFE: Final = timedelta(days=366)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def opening(self, secret: str) -> Self:
        """The token with this secret, as long as it runs and its account is active.

        It is found by the hash, so that the time it takes tells nothing about the secret.
        """
        return self.filter(token_hash=hash_of(secret), created_by__is_active=True).running()

    def running(self) -> Self:
        return self.filter(revoked_at=None, expires_on__gte=localdate())

    def kept_by(self, user: Any) -> Self:
        """The coordinator looks after all, everybody else after their own."""
        return self if user.has_perm("monitoring.manage_indicators") else self.filter(created_by=user)


@tracked_without("token_hash", "last_used_at")
class ApiToken(models.Model):
    """It may do what its account may do, but only with these indicators, until it expires or is revoked.

    `municipality`: it reports values of this one only.
    """

    name = models.CharField(_("Bezeichnung"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    indicators = models.ManyToManyField(Indicator, related_name="tokens", verbose_name=_("Indikatoren"))
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("Kommune")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="api_tokens"
    )
    created_on = models.DateField(_("erstellt am"), default=localdate, editable=False)
    expires_on = models.DateField(_("gültig bis"))
    revoked_at = models.DateTimeField(_("zurückgezogen am"), null=True, editable=False)
    last_used_at = models.DateTimeField(_("zuletzt benutzt"), null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("Zugang für Programme")
        verbose_name_plural = _("Zugänge für Programme")
        ordering = [F("revoked_at").desc(nulls_first=True), *german_order("name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__lte=F("created_on") + LONGEST_LIFE),
                name="apitoken_at_most_a_year",
                violation_error_message=_("Ein Zugang gilt höchstens ein Jahr."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("api_tokens")

    @property
    def state(self) -> str:
        """ "running", "expired" or "revoked"."""
        if self.revoked_at:
            return "revoked"
        return "running" if self.expires_on >= localdate() else "expired"
