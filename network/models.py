"""Who: the region, its organisations and municipalities, and the accounts of people with their role."""

from datetime import date, timedelta
from typing import Any, ClassVar, Self

import rules
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Prefetch, Q, Sum
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from smartregion.base import clock
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked, tracked_without
from smartregion.base.models import Job
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


class Role(models.TextChoices):
    """What an account is for; an account has one role."""

    COORDINATION = "coordination", _("Koordination")
    MUNICIPALITY = "municipality", _("Kommune")
    STEERING = "steering", _("Lenkungskreis")
    TEAM = "team", _("Entwicklungsteam")
    ADMINISTRATION = "administration", _("Administration")


PURPOSES = {
    Role.COORDINATION: _("Maßnahmen und Gremien pflegen, Berichte schreiben und freigeben."),
    Role.MUNICIPALITY: _("Den eigenen Roll-out-Stand sehen, bestätigen und bearbeiten."),
    Role.STEERING: _("Sitzungen und Beschlüsse lesen, Berichte herunterladen."),
    Role.TEAM: _("Sachstände der eigenen Maßnahmen schreiben."),
    Role.ADMINISTRATION: _("Konten und Rollen verwalten."),
}


class DigestRhythm(models.TextChoices):
    """How often an account is reminded by mail, at most."""

    DAILY = "daily", _("an jedem Arbeitstag, wenn etwas Neues ansteht")
    WEEKLY = "weekly", _("einmal in der Woche, am Montag")
    NEVER = "never", _("nie")


READING = ("view_", "read_", "see_", "follow_")
"""How the names of those permissions begin that change nothing."""


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **values: Any) -> "User":
        """An account; without a password nobody can sign in with one until it is reset by e-mail."""
        user = self.model(email=self.normalize_email(email).lower(), **values)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **values: Any) -> "User":
        """An account of the administration, for `manage.py createsuperuser`."""
        return self.create_user(email, password, **{**values, "role": Role.ADMINISTRATION})

    def administrators(self) -> models.QuerySet["User"]:
        """Who can manage accounts at the moment."""
        return self.filter(role=Role.ADMINISTRATION, is_active=True)

    def addresses_of(self, role: str, municipality: Municipality | None = None) -> list[str]:
        """Where the active accounts of this role (and municipality) get their mail."""
        accounts = self.filter(role=role, municipality=municipality, is_active=True)
        return list(accounts.order_by("email").values_list("email", flat=True))

    def never_used(self) -> models.QuerySet["User"]:
        """Active accounts with which nobody has ever signed in."""
        return self.filter(is_active=True, last_login=None)

    def demo(self) -> models.QuerySet["User"]:
        """The accounts that the demo's sign-in page offers, in the order in which they were made."""
        return self.filter(is_demo=True, is_active=True).select_related("municipality").order_by("pk")


@tracked_without("password", "last_login")
class User(AbstractBaseUser):
    """An account. What it may do follows from its role alone, see the apps' `rules.py`."""

    always_present = True

    email = models.EmailField(_("E-Mail"), unique=True)
    name = models.CharField(_("Name oder Funktion"), max_length=120)
    role = models.CharField(_("Rolle"), max_length=20, choices=Role.choices)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="editors", verbose_name=_("Kommune")
    )
    digest = models.CharField(
        _("Erinnerungen per E-Mail"),
        max_length=6,
        choices=DigestRhythm.choices,
        default=DigestRhythm.DAILY,
    )
    digest_muted = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("keine Erinnerungen per E-Mail an"),
        default=list,
        blank=True,
        editable=False,
    )
    """Kinds of the worklist; what is not named here comes by mail, so that a new kind is not missed."""
    is_active = models.BooleanField(_("aktiv"), default=True)
    is_demo = models.BooleanField(_("Demokonto"), default=False, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("Konto")
        verbose_name_plural = _("Konten")
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role="municipality", municipality__isnull=False)
                | (~Q(role="municipality") & Q(municipality=None)),
                name="user_municipality_goes_with_role",
                violation_error_message=_(
                    "Die Rolle Kommune braucht eine Kommune; alle anderen Rollen haben keine."
                ),
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_in_any_case",
                violation_error_message=_("Ein Konto mit dieser E-Mail gibt es schon."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def purpose(self) -> str:
        """What the account's role is for, in one sentence."""
        return str(PURPOSES[Role(self.role)])

    @property
    def is_staff(self) -> bool:
        """What Django's administration site asks for."""
        return self.role == Role.ADMINISTRATION

    def has_perm(self, permission: str, subject: object = None) -> bool:
        """By the rules alone: the sign-in backends ask for groups, which these accounts do not have.

        While an earlier state is shown nobody may do more than read.
        """
        if clock.is_past() and not permission.partition(".")[2].startswith(READING):
            return False
        return self.is_active and bool(rules.has_perm(permission, self, subject))

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and bool(rules.has_perm(app_label, self))


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
