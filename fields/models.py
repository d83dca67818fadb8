"""The strategy: one concept with its vision, its guidelines and its fields of action."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked


@tracked
class Concept(models.Model):
    """The strategy that a political body has resolved; the frame of all measures."""

    title = models.CharField(_("Titel"), max_length=200)
    claim = models.CharField(_("Leitwort"), max_length=200)
    vision = LongText(_("Vision"), max_length=LONG)
    summary = LongText(_("Zusammenfassung"), max_length=LONG)
    resolved_on = models.DateField(_("beschlossen am"))
    resolved_by = models.CharField(_("beschlossen von"), max_length=120)
    source = models.CharField(_("Quelle"), max_length=300)

    class Meta:
        verbose_name = _("Konzept")
        verbose_name_plural = _("Konzepte")
        constraints = limits("concept", vision=LONG, summary=LONG)

    def __str__(self) -> str:
        return self.title


@tracked
class Guideline(models.Model):
    """A principle across all fields that a measure should serve (Leitlinie)."""

    concept = models.ForeignKey(Concept, models.CASCADE, related_name="guidelines")
    title = models.CharField(_("Leitlinie"), max_length=200)
    text = LongText(_("Erläuterung"), max_length=LONG, blank=True)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"))

    class Meta:
        verbose_name = _("Leitlinie")
        verbose_name_plural = _("Leitlinien")
        ordering = ["position"]
        constraints = [
            *limits("guideline", text=LONG),
            models.UniqueConstraint(fields=["concept", "position"], name="guideline_position_unique"),
        ]

    def __str__(self) -> str:
        return self.title


@tracked
class ActionField(models.Model):
    """A topic area of the concept (Handlungsfeld); each measure belongs to one."""

    concept = models.ForeignKey(Concept, models.CASCADE, related_name="fields")
    name = models.CharField(_("Handlungsfeld"), max_length=120)
    slug = models.SlugField(_("Adresse"), unique=True)
    text = LongText(_("Beschreibung"), max_length=LONG, blank=True)
    symbol = models.SlugField(_("Symbol"), help_text=_("Name einer Zeichnung in static/css/strategy.css"))
    position = models.PositiveSmallIntegerField(_("Reihenfolge"))

    class Meta:
        verbose_name = _("Handlungsfeld")
        verbose_name_plural = _("Handlungsfelder")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["concept", "position"], name="field_position_unique"),
            *limits("field", text=LONG),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("field", args=[self.slug])
