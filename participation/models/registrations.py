"""Registrations: who takes part in an event. Personal data, which is deleted some weeks after it."""

from datetime import timedelta
from typing import Any, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from participation.models.events import Event
from participation.models.guards import NO_OVERBOOKING
from smartregion.base.fields import LongText, limits
from smartregion.base.languages import language_field
from smartregion.base.text import german_order

NEEDS: Final = 1_000


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def participants(self) -> Self:
        """Who has a place for certain, by name."""
        return self.filter(has_place=True, confirmed_at__isnull=False).order_by(*german_order("name"), "pk")

    def waiting(self) -> Self:
        """Who waits for a place and has confirmed it, in the order in which they registered."""
        return self.filter(has_place=False, confirmed_at__isnull=False).order_by("created_at", "pk")

    def reachable(self) -> Self:
        """Who can be written to."""
        return self.exclude(email="")

    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False)

    def unconfirmed(self) -> Self:
        return self.filter(confirmed_at=None).order_by("created_at", "pk")

    def lapsed(self) -> Self:
        """Those that nobody has confirmed in time."""
        return self.unconfirmed().filter(created_at__lt=now() - Registration.CONFIRM_WITHIN)

    def outdated(self) -> Self:
        """Those that have been kept long enough after their event."""
        return self.filter(event__ends_at__lt=now() - Event.KEEPS_REGISTRATIONS)

    def of_account(self, user: Any) -> Self:
        return self.filter(account=user.pk) if user.is_authenticated else self.none()


class Registration(models.Model):
    """One person's place in an event, or on its waiting list. Whoever withdraws is deleted."""

    CONFIRM_WITHIN: Final = timedelta(days=1)
    MOST_UNCONFIRMED: Final = 5
    """So many of one event may come from one line and wait for their confirmation: a household, no crowd."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="registrations")
    name = models.CharField(_("Name"), max_length=120, blank=True)
    email = models.EmailField(_("E-Mail"), blank=True)
    """Both may be missing of somebody who was entered at the door."""
    language = language_field()
    organisation = models.CharField(_("Organisation"), max_length=160, blank=True)
    needs = LongText(_("Was Sie brauchen, um gut teilnehmen zu können"), max_length=NEEDS, blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="registrations"
    )
    line = models.CharField(_("Kennzeichen des Anschlusses"), max_length=64, blank=True)
    """From where it was sent, under a keyed hash, as long as nobody has confirmed it."""
    has_place = models.BooleanField(_("hat einen Platz"))
    created_at = models.DateTimeField(_("angemeldet am"), default=now)
    confirmed_at = models.DateTimeField(_("bestätigt am"), null=True, blank=True)
    checked_in_at = models.DateTimeField(_("anwesend seit"), null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Anmeldung")
        verbose_name_plural = _("Anmeldungen")
        constraints = [
            *limits("registration", needs=NEEDS),
            models.UniqueConstraint(
                "event", Lower("email"), condition=~Q(email=""), name="registration_once"
            ),
            models.CheckConstraint(
                condition=Q(line="") | Q(confirmed_at=None), name="registration_line_until_confirmed"
            ),
            models.CheckConstraint(
                condition=Q(checked_in_at=None) | Q(has_place=True, confirmed_at__isnull=False),
                name="registration_only_participants_come",
            ),
        ]
        triggers = [NO_OVERBOOKING]

    def __str__(self) -> str:
        return self.name or str(_("ohne Namen"))

    @property
    def waits_as(self) -> int | None:
        """Which place it has on the waiting list; None where it is not on it."""
        waiting = list(
            Registration.objects.waiting().filter(event=self.event_id).values_list("pk", flat=True)
        )
        return waiting.index(self.pk) + 1 if self.pk in waiting else None

    @property
    def is_participant(self) -> bool:
        return self.has_place and self.confirmed_at is not None
