"""The region, its organisations and municipalities."""

from typing import Self

from django.db import models
from django.db.models import Prefetch, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.text import german_order


@tracked
class Region(models.Model):
    """The county that runs this portal. There is exactly one."""

    name = models.CharField(_("Name"), max_length=120)
    portal_title = models.CharField(_("Titel des Portals"), max_length=120)
    key = models.CharField(_("Kreisschlüssel"), max_length=5)
    coordination_office = models.CharField(_("Koordinierungsstelle"), max_length=200)
    website = models.URLField(_("Website"), blank=True)
    address = models.CharField(_("Anschrift"), max_length=200, blank=True)
    boundary_note = models.CharField(_("Quelle der Grenzen"), max_length=200, blank=True)
    residents_note = models.CharField(_("Quelle der Einwohnerzahlen"), max_length=200)
    example_notice = LongText(_("Hinweis auf Beispieldaten"), max_length=LONG, blank=True)

    class Meta:
        verbose_name = _("Region")
        verbose_name_plural = _("Regionen")
        constraints = [
            models.UniqueConstraint(models.Value(1), name="region_only_one"),
            *limits("region", example_notice=LONG),
        ]

    def __str__(self) -> str:
        return self.name


class Sector(models.TextChoices):
    """The four sectors that a development team draws on (county's statement)."""

    MUNICIPAL = "municipal", _("Kommunen")
    BUSINESS = "business", _("Wirtschaft")
    SCIENCE = "science", _("Wissenschaft")
    CIVIL = "civil", _("Zivilgesellschaft")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def network(self) -> Self:
        """Those beside the municipalities that really take part, each with its `parts`."""
        real = self.filter(is_example=False)
        return real.filter(municipality=None, parent=None).prefetch_related(Prefetch("parts", real))


@tracked
class Organisation(models.Model):
    """A body that takes part: county, municipality, association, company, working group."""

    name = models.CharField(_("Name"), max_length=200, unique=True)
    short_name = models.CharField(_("Kurzname"), max_length=60)
    slug = models.SlugField(_("Adresse"), unique=True, max_length=80)
    sector = models.CharField(_("Sektor"), max_length=10, choices=Sector.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("gehört zu")
    )
    description = LongText(_("Beschreibung"), max_length=LONG, blank=True)
    website = models.URLField(_("Website"), blank=True)
    is_example = models.BooleanField(_("Beispieldaten"), default=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Organisation")
        verbose_name_plural = _("Organisationen")
        ordering = [*german_order("name")]
        constraints = limits("organisation", description=LONG)

    def __str__(self) -> str:
        return self.short_name


class MunicipalityQuerySet(models.QuerySet["Municipality"]):
    def residents(self) -> int:
        return int(self.aggregate(total=Sum("residents"))["total"] or 0)


@tracked
class Municipality(models.Model):
    """A town or municipality of the county. Always listed in alphabetical order, never ranked."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="municipality")
    name = models.CharField(_("Name"), max_length=120, unique=True)
    official_name = models.CharField(_("amtlicher Name"), max_length=160)
    slug = models.SlugField(_("Adresse"), unique=True)
    abbreviation = models.CharField(_("Kürzel"), max_length=4, unique=True)
    ags = models.CharField(_("Amtlicher Gemeindeschlüssel"), max_length=8, unique=True)
    ars = models.CharField(_("Regionalschlüssel"), max_length=12, unique=True)
    residents = models.PositiveIntegerField(_("Einwohnerzahl"))
    residents_on = models.DateField(_("Stand der Einwohnerzahl"))
    area_km2 = models.DecimalField(_("Fläche in km²"), max_digits=8, decimal_places=2)
    latitude = models.DecimalField(_("Breite"), max_digits=8, decimal_places=5)
    longitude = models.DecimalField(_("Länge"), max_digits=8, decimal_places=5)
    tile_column = models.PositiveSmallIntegerField(_("Kachelspalte"))
    tile_row = models.PositiveSmallIntegerField(_("Kachelzeile"))
    boundary = models.JSONField(_("Grenze (GeoJSON-Geometrie)"), null=True, blank=True)
    website = models.URLField(_("Website"), blank=True)
    neighbours = models.ManyToManyField(
        "self", through="Neighbour", blank=True, verbose_name=_("Nachbarkommunen")
    )

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        verbose_name = _("Kommune")
        verbose_name_plural = _("Kommunen")
        ordering = [*german_order("name")]
        constraints = [
            models.CheckConstraint(condition=Q(residents__gt=0), name="municipality_has_residents"),
            models.UniqueConstraint(fields=["tile_column", "tile_row"], name="municipality_tile_unique"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("municipality", args=[self.slug])


@tracked
class Neighbour(models.Model):
    """Two municipalities share a border; the pair stands here in both directions."""

    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="+")
    neighbour = models.ForeignKey(Municipality, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipality", "neighbour"], name="neighbour_once"),
            models.CheckConstraint(
                condition=~Q(municipality=models.F("neighbour")), name="neighbour_is_another_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality} – {self.neighbour}"
