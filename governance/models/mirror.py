"""A read-only copy of what another council information system serves by OParl (Spiegel)."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from governance.models.committee import Committee
from smartregion.base.history import tracked
from smartregion.base.models import Job
from smartregion.base.versioned import Versioned

LONGEST_ADDRESS = 500


class MirrorQuerySet(models.QuerySet["Mirror"]):
    def kept_up(self) -> Self:
        """Those that are compared with their source day by day."""
        return self.filter(is_active=True, is_example=False)

    def with_last_run(self) -> Self:
        """`last_started` and `last_error` of the newest comparison, `copied_at` of the last complete one."""
        runs = MirrorRun.objects.filter(mirror=OuterRef("pk"))
        complete = runs.exclude(finished_at=None)
        failure = Coalesce(NullIf(F("error"), Value("", output_field=models.TextField())), F("job__error"))
        return self.annotate(
            last_started=Subquery(runs.values("started_at")[:1]),
            last_error=Subquery(runs.values(failure=failure)[:1]),
            copied_at=Subquery(complete.values("started_at")[:1]),
        )


@tracked
class Mirror(Versioned):
    """An endpoint whose meetings and papers are copied: one body of one foreign system."""

    name = models.CharField(_("Name der Quelle"), max_length=120, unique=True)
    endpoint = models.CharField(
        _("OParl-Endpunkt"),
        max_length=LONGEST_ADDRESS,
        help_text=_("Die Adresse des System-Objekts, zum Beispiel https://ris.example.org/oparl/v1/system"),
    )
    body = models.CharField(
        _("Körperschaft"),
        max_length=LONGEST_ADDRESS,
        blank=True,
        help_text=_("Ihre OParl-Adresse. Bleibt leer, wenn der Endpunkt nur eine Körperschaft hat."),
    )
    is_active = models.BooleanField(_("täglich abgleichen"), default=True)
    is_internal = models.BooleanField(_("im eigenen Netz"), default=False, editable=False)
    """Set by whoever runs the server; otherwise an address that is not public is never asked."""
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    objects = MirrorQuerySet.as_manager()

    class Meta:
        verbose_name = _("Spiegel")
        verbose_name_plural = _("Spiegel")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "body"],
                name="mirror_unique",
                violation_error_message=_("Diesen Endpunkt spiegelt das Portal schon."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("mirror", args=[self.pk])


@tracked
class MirrorLink(models.Model):
    """Which foreign organization is which committee here."""

    mirror = models.ForeignKey(Mirror, models.CASCADE, related_name="links")
    committee = models.ForeignKey(
        Committee, models.CASCADE, related_name="mirror_links", verbose_name=_("Gremium")
    )
    organization = models.CharField(_("Gremium der Quelle"), max_length=LONGEST_ADDRESS)

    class Meta:
        verbose_name = _("Verknüpfung")
        verbose_name_plural = _("Verknüpfungen")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mirror", "organization"],
                name="mirrorlink_one_committee",
                violation_error_message=_("Dieses Gremium der Quelle ist schon verknüpft."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.committee}: {self.organization}"


class MirrorRun(models.Model):
    """One comparison with the source, page by page; one that broke off goes on where it was."""

    mirror = models.ForeignKey(Mirror, models.CASCADE, related_name="runs")
    job = models.OneToOneField(Job, models.SET_NULL, null=True, blank=True, related_name="mirror_run")
    endpoint = models.CharField(max_length=LONGEST_ADDRESS)
    body = models.CharField(max_length=LONGEST_ADDRESS, blank=True)
    since = models.DateTimeField(null=True, blank=True)
    """Only what changed since then was asked for."""
    lists = models.JSONField(default=dict)
    """By list: the page that comes next, and which pages were read."""
    pages = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.mirror} {self.started_at:%d.%m.%Y}"

    @property
    def trouble(self) -> str:
        """Why it broke off, in words for people."""
        return self.error or (self.job.error if self.job else "")


class MirroredQuerySet(models.QuerySet["MirroredObject"]):
    def there(self) -> Self:
        return self.filter(is_deleted=False)

    def of_type(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def of_committee(self, committee: Committee) -> Self:
        """What the source says to belong to the organizations that are this committee."""
        mine = Q(pk__in=[])
        for link in MirrorLink.objects.filter(committee=committee):
            mine |= Q(mirror=link.mirror_id, organizations__contains=[link.organization])
        return self.there().filter(mine).select_related("mirror")

    def with_day_of_copy(self) -> Self:
        """`copied_at`: until when the copy is known to be what the source serves."""
        runs = MirrorRun.objects.filter(mirror=OuterRef("mirror")).exclude(finished_at=None)
        return self.annotate(copied_at=Coalesce(Subquery(runs.values("started_at")[:1]), F("seen_at")))


class MirroredObject(models.Model):
    """What the source serves under one address, word for word."""

    class Kind(models.TextChoices):
        BODY = "Body", _("Körperschaft")
        ORGANIZATION = "Organization", _("Gremium")
        MEETING = "Meeting", _("Sitzung")
        PAPER = "Paper", _("Vorlage")

    mirror = models.ForeignKey(Mirror, models.CASCADE, related_name="objects_there")
    foreign_id = models.CharField(max_length=LONGEST_ADDRESS)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    data = models.JSONField()
    organizations = ArrayField(models.CharField(max_length=LONGEST_ADDRESS), default=list)
    """The foreign organizations that it names; by them it is shown with a committee."""
    day = models.DateField(null=True, blank=True)
    created = models.DateTimeField(null=True, blank=True)
    modified = models.DateTimeField(null=True, blank=True)
    is_deleted = models.BooleanField(default=False)
    seen_at = models.DateTimeField()
    """When it was first seen as it stands here."""

    objects = MirroredQuerySet.as_manager()

    class Meta:
        ordering = [F("day").desc(nulls_last=True), "-pk"]
        constraints = [models.UniqueConstraint(fields=["mirror", "foreign_id"], name="mirrored_once")]
        indexes = [GinIndex(fields=["organizations"], name="mirrored_organizations")]

    def __str__(self) -> str:
        return self.foreign_id
