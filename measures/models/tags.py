"""Free tags of measures (Schlagworte), from a vocabulary that all measures share."""

from typing import Any, Self

from django.contrib.postgres.aggregates import StringAgg
from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from measures.models.measure import Measure
from smartregion.base.history import tracked
from smartregion.base.text import german_order

LONGEST_TAG = 40


class TagQuerySet(models.QuerySet["Tag"]):
    def of(self, measures: QuerySet[Measure]) -> Self:
        """Those that at least one of the measures bears, in German order."""
        links = MeasureTag.objects.filter(measure__in=measures.order_by().values("pk"))
        return self.filter(pk__in=links.values("tag")).order_by(*german_order("name"))


@tracked
class Tag(models.Model):
    """A word of the vocabulary; `slug` is what makes two spellings the same."""

    name = models.CharField(_("Schlagwort"), max_length=LONGEST_TAG)
    slug = models.SlugField(max_length=80, unique=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("Schlagwort")
        verbose_name_plural = _("Schlagworte")
        ordering = ["slug"]
        constraints = [models.CheckConstraint(condition=~Q(slug=""), name="tag_has_letters")]

    def __str__(self) -> str:
        return self.name


@tracked
class MeasureTag(models.Model):
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="tag_links")
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="measure_links", verbose_name=_("Schlagwort"))

    class Meta:
        verbose_name = _("Schlagwort der Maßnahme")
        verbose_name_plural = _("Schlagworte der Maßnahmen")
        ordering = ["tag__slug"]
        constraints = [models.UniqueConstraint(fields=["measure", "tag"], name="measuretag_unique")]

    def __str__(self) -> str:
        return str(self.tag)

    def get_absolute_url(self) -> str:
        return f"{self.measure.get_absolute_url()}#profil"


def with_tags(measures: Any) -> Any:
    """Adds `tag_names`, separated by commas; None without tags."""
    links = MeasureTag.objects.filter(measure=OuterRef("pk")).order_by().values("measure")
    names = links.annotate(names=StringAgg("tag__name", ", ", order_by="tag__slug")).values("names")
    return measures.annotate(tag_names=Subquery(names))
