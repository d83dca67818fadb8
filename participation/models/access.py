"""A request by mail to see what is stored about an address."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _


class AccessRequestQuerySet(models.QuerySet["AccessRequest"]):
    def open(self) -> Self:
        """Those whose links work."""
        return self.filter(asked_at__gte=now() - AccessRequest.VALID_FOR)

    def outdated(self) -> Self:
        return self.filter(asked_at__lt=now() - AccessRequest.VALID_FOR)

    def just_now(self, email: str) -> Self:
        """So young that another mail to this address would only be a nuisance."""
        return self.filter(email__iexact=email, asked_at__gte=now() - AccessRequest.PAUSE)


class AccessRequest(models.Model):
    """The address to which a link went; whoever has the link sees what is stored about the address."""

    VALID_FOR = timedelta(days=7)
    PAUSE = timedelta(minutes=15)

    email = models.EmailField(_("E-Mail"))
    asked_at = models.DateTimeField(_("angefragt am"), default=now)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("Anfrage nach eigenen Daten")
        verbose_name_plural = _("Anfragen nach eigenen Daten")

    def __str__(self) -> str:
        return f"{self.pk}"
