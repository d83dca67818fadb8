"""Contacts at organisations: an office, and only with its person's consent also who that is.

Name, address and telephone are in no history: what is deleted or corrected here is gone.
"""

from datetime import date, timedelta
from typing import Final, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from fields.models import ActionField
from network.models.region import Organisation
from smartregion.base.fields import LongText, limits
from smartregion.base.history import tracked, tracked_without
from smartregion.base.text import german_order
from smartregion.base.versioned import Versioned

PERSONAL: Final = ("name", "email", "phone")
REMINDED_BEFORE: Final = timedelta(days=30)
USUALLY_KEPT: Final = timedelta(days=730)
NOBODY: Final = Q(name="", email="", phone="")


def in_two_years() -> date:
    return localdate() + USUALLY_KEPT


class ContactQuerySet(models.QuerySet["Contact"]):
    def with_details(self) -> Self:
        """What a list shows of each, in a fixed number of questions."""
        return self.select_related("organisation").prefetch_related("interests")

    def of_persons(self) -> Self:
        """Those that hold something about a person."""
        return self.exclude(NOBODY)

    def reachable(self) -> Self:
        """Those who may get a mail."""
        return self.exclude(email="").filter(
            consented_on__isnull=False, withdrawn_on=None, kept_until__gte=localdate()
        )

    def outdated(self) -> Self:
        return self.of_persons().filter(kept_until__lt=localdate())

    def soon_outdated(self, on: date) -> Self:
        return self.of_persons().filter(kept_until__gte=on, kept_until__lte=on + REMINDED_BEFORE)

    def matching(self, word: str) -> Self:
        columns = ("function", "name", "email", "organisation__name", "organisation__short_name")
        found = Q()
        for column in columns:
            found |= Q(**{f"{column}__icontains": word})
        return self.filter(found)


@tracked_without(*PERSONAL)
class Contact(Versioned):
    """An office at an organisation, and whom the region may speak to there."""

    class Way(models.TextChoices):
        FORM = "form", _("Formular")
        MAIL = "mail", _("E-Mail")
        TALK = "talk", _("Gespräch")
        EVENT = "event", _("Veranstaltung")

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="contacts", verbose_name=_("Organisation")
    )
    function = models.CharField(_("Funktion"), max_length=160)
    name = models.CharField(_("Name der Person"), max_length=120, blank=True)
    email = models.EmailField(_("E-Mail"), blank=True)
    phone = models.CharField(_("Telefon"), max_length=40, blank=True)
    interests = models.ManyToManyField(
        ActionField,
        through="ContactInterest",
        related_name="contacts",
        blank=True,
        verbose_name=_("Interessen (Handlungsfelder)"),
    )
    note = LongText(_("Notiz zur Zusammenarbeit"), max_length=1000, blank=True)
    consented_on = models.DateField(_("Einwilligung vom"), null=True, blank=True)
    consent_way = models.CharField(_("erteilt durch"), max_length=5, choices=Way.choices, blank=True)
    consent_taken_by = models.CharField(_("eingeholt von (Funktion)"), max_length=120, blank=True)
    withdrawn_on = models.DateField(_("widerrufen am"), null=True, blank=True, editable=False)
    kept_until = models.DateField(_("aufbewahren bis"), null=True, blank=True)
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("Kontakt")
        verbose_name_plural = _("Kontakte")
        ordering = [*german_order("organisation__name"), *german_order("function")]
        constraints = [
            *limits("contact", note=1000),
            models.UniqueConstraint(
                fields=["organisation", "function", "email"],
                condition=~Q(email=""),
                name="contact_once",
                violation_error_message=_("Diesen Kontakt gibt es schon."),
            ),
            models.CheckConstraint(
                condition=NOBODY
                | (Q(consented_on__isnull=False, kept_until__isnull=False) & ~Q(consent_way="")),
                name="contact_person_has_consented",
                violation_error_message=_(
                    "Name, E-Mail und Telefon brauchen eine Einwilligung: von wann, wie erteilt, und bis "
                    "wann sie aufbewahrt werden."
                ),
            ),
            models.CheckConstraint(
                condition=NOBODY | Q(withdrawn_on=None),
                name="contact_withdrawn_is_nobody",
                violation_error_message=_("Die Einwilligung ist widerrufen."),
            ),
            models.CheckConstraint(
                condition=Q(kept_until=None) | Q(consented_on=None) | Q(kept_until__gt=F("consented_on")),
                name="contact_kept_after_consent",
                violation_error_message=_("Die Aufbewahrung endet nach der Einwilligung."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.function}, {self.organisation}"

    def get_absolute_url(self) -> str:
        return reverse("contact", args=[self.pk])

    def clean(self) -> None:
        """What holds of a contact however it came to be so: by form, by a verb, or by undoing."""
        if self.consented_on and self.consented_on > localdate():
            raise ValidationError({"consented_on": _("Die Einwilligung liegt in der Zukunft.")})

    @property
    def is_person(self) -> bool:
        return bool(self.name or self.email or self.phone)

    @property
    def state(self) -> str:
        """How it stands with the consent, in words."""
        if self.withdrawn_on:
            return str(_("widerrufen"))
        if not self.is_person:
            return str(_("nur Funktion"))
        return str(_("erteilt"))

    @property
    def is_soon_outdated(self) -> bool:
        ends = self.kept_until
        return bool(self.is_person and ends and ends <= localdate() + REMINDED_BEFORE)


@tracked
class ContactInterest(models.Model):
    """A field that a contact is interested in."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="interest_links")
    field = models.ForeignKey(ActionField, models.CASCADE, related_name="interest_links")

    class Meta:
        verbose_name = _("Interesse")
        verbose_name_plural = _("Interessen")
        constraints = [models.UniqueConstraint(fields=["contact", "field"], name="contactinterest_once")]

    def __str__(self) -> str:
        return f"{self.contact_id} – {self.field_id}"
