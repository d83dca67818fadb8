"""Templates of custom reports: the sections and the measures that somebody wants to see again and again."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from monitoring.sections import Section
from smartregion.base.history import tracked
from smartregion.base.text import german_order
from smartregion.base.versioned import Versioned


def sections_field() -> ArrayField[Any, Any]:
    return ArrayField(
        models.CharField(max_length=13, choices=Section.choices), verbose_name=_("Abschnitte"), default=list
    )


@tracked
class ReportTemplate(Versioned):
    """A saved choice of sections and measures (Eigener Bericht).

    `filters` chooses measures: lists of codes under "fields" (slugs), "phases", "statuses" and "lights", a
    municipality's slug under "municipality", and True under "starters". What is missing does not choose.
    """

    name = models.CharField(_("Name"), max_length=120, unique=True)
    sections = sections_field()
    filters = models.JSONField(_("Auswahl der Maßnahmen"), default=dict, blank=True)
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    class Meta:
        verbose_name = _("Berichtsvorlage")
        verbose_name_plural = _("Berichtsvorlagen")
        ordering = [*german_order("name")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(sections=[]),
                name="template_has_sections",
                violation_error_message=_("Bitte wählen Sie mindestens einen Abschnitt."),
            )
        ]

    def save_over(self, version: int | None) -> Self:
        """What schedules were approved ahead for is another report by now; so that ends, undone or not."""
        saved = super().save_over(version)
        approved = self.schedules.exclude(released_as="")
        approved.update(
            released_by=None, released_as="", approved_by=None, approved_as="", version=F("version") + 1
        )
        return saved

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("report_template", args=[self.pk])
