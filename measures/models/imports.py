"""Imports: a table that was uploaded, what it would change, and what became of it."""

import hashlib
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from django.utils.translation import gettext_lazy as _

from smartregion.base.history import tracked
from smartregion.base.models import Job

LARGEST_FILE = 10 * 2**20


class TableImportQuerySet(models.QuerySet["TableImport"]):
    def for_list(self) -> Self:
        """With job and people, but without the file and what was found in it."""
        return self.defer("content", "found", "result").select_related("job", "uploaded_by")

    def waiting(self) -> Self:
        """Checked, but neither applied nor discarded."""
        return self.filter(state=TableImport.State.CHECKED)


class TableImport(models.Model):
    """A file on its way into the portal. Its own states and times are its record.

    Attributes:
        mapping: columns of a foreign list and what they stand for; empty for a file of our own.
        applied_by, undone_by: who asked for it; it was done when its moment is set.
        found: what the last check has found: changes, errors, remarks (`measures.imports.check`).
        result: the rows that were written, each with its version, so that all can be taken back.
        refusal: sentences that say why the last step was not done.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("hochgeladen")
        UNREADABLE = "unreadable", _("nicht lesbar")
        MAPPING = "mapping", _("Spalten zuordnen")
        CHECKED = "checked", _("geprüft")
        APPLIED = "applied", _("übernommen")
        UNDONE = "undone", _("zurückgenommen")

    file_name = models.CharField(_("Datei"), max_length=200)
    content = models.BinaryField(_("Inhalt"))
    size = models.PositiveIntegerField(_("Größe"))
    sha256 = models.CharField(_("Prüfsumme"), max_length=64)
    state = models.CharField(_("Stand"), max_length=10, choices=State.choices, default=State.UPLOADED)
    job = models.OneToOneField(Job, models.PROTECT, related_name="table_import")
    mapping = models.JSONField(default=dict)
    found = models.JSONField(default=dict)
    changes = models.PositiveIntegerField(_("Änderungen"), default=0)
    result = models.JSONField(default=list)
    refusal = models.JSONField(default=list)
    error = models.CharField(max_length=1000, blank=True)
    uploaded_at = models.DateTimeField(_("hochgeladen am"), default=now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("von")
    )
    applied_at = models.DateTimeField(_("übernommen am"), null=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(_("zurückgenommen am"), null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = TableImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("Import")
        verbose_name_plural = _("Importe")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(size__lte=LARGEST_FILE),
                name="tableimport_size",
                violation_error_message=_("Die Datei ist größer als 10 MB."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["applied", "undone"], applied_at__isnull=False)
                | (~Q(state__in=["applied", "undone"]) & Q(applied_at=None)),
                name="tableimport_applied_has_date",
                violation_error_message=_("Ein übernommener Import hat einen Zeitpunkt."),
            ),
        ]

    def __str__(self) -> str:
        moment = date_format(localtime(self.uploaded_at), "d.m.Y, H:i")
        return str(_("Import vom %(moment)s (%(file)s)") % {"moment": moment, "file": self.file_name})

    def get_absolute_url(self) -> str:
        return reverse("import", args=[self.pk])

    @property
    def is_busy(self) -> bool:
        return self.job.is_open

    @property
    def is_written(self) -> bool:
        """Whether what it holds stands in the portal, or stood there until it was taken back."""
        return self.state in {self.State.APPLIED, self.State.UNDONE}


@tracked
class ColumnMapping(models.Model):
    """How the columns of a foreign list were understood, for the next file with the same headings."""

    headings = models.CharField(max_length=64, unique=True)
    mapping = models.JSONField()

    def __str__(self) -> str:
        return self.headings

    @staticmethod
    def key_of(headings: list[str]) -> str:
        return hashlib.sha256("\0".join(headings).encode()).hexdigest()

    @classmethod
    def remembered(cls, headings: list[str]) -> dict[str, Any] | None:
        found = cls.objects.filter(headings=cls.key_of(headings)).first()
        return found.mapping if found else None
