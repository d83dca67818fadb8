"""Documents and links of a measure (Unterlagen). Bytes stand in the database, docs/decisions/0002."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from measures.models.measure import Measure, Visibility, visibilities_for
from smartregion.base.fields import HTTPS_ONLY
from smartregion.base.history import tracked, tracked_without
from smartregion.base.uploads import KINDS
from smartregion.base.versioned import Versioned


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: Any) -> Self:
        """Of measures and in a visibility that the user may see; removed ones for nobody."""
        return self.filter(
            removed_at=None,
            visibility__in=visibilities_for(user),
            measure__in=Measure.objects.visible_to(user),
        )

    def with_files(self) -> Self:
        """With the versions, newest first, without their bytes."""
        return self.prefetch_related(Prefetch("files", DocumentFile.objects.without_content()))


@tracked
class Document(Versioned):
    """A document with one or more versions of its file. Removed ones stay, since the history has no bytes."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="documents")
    title = models.CharField(_("Titel"), max_length=160)
    dated = models.DateField(_("Datum"), default=localdate)
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=Visibility.choices, default=Visibility.INTERNAL
    )
    removed_at = models.DateTimeField(_("entfernt am"), null=True, blank=True, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Dokument")
        verbose_name_plural = _("Dokumente")
        ordering = ["-dated", "title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{documents_url(self.measure)}#dokumente"

    @property
    def newest(self) -> "DocumentFile":
        """Of a row that `with_files` has found; there is no document without a file."""
        return self.files.all()[0]


class DocumentFileQuerySet(models.QuerySet["DocumentFile"]):
    def without_content(self) -> Self:
        return self.defer("content")


@tracked_without("content")
class DocumentFile(models.Model):
    """One version of a document's file; it is written once."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="files")
    number = models.PositiveSmallIntegerField(_("Fassung"))
    name = models.CharField(_("Dateiname"), max_length=120)
    kind = models.CharField(_("Format"), max_length=4, choices=[(kind, kind.upper()) for kind in KINDS])
    content = models.BinaryField()
    size = models.PositiveIntegerField(_("Größe"))
    sha256 = models.CharField("SHA-256", max_length=64)
    uploaded_at = models.DateTimeField(_("hochgeladen am"), default=now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="uploaded_files",
        verbose_name=_("hochgeladen von"),
    )

    objects = DocumentFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("Fassung")
        verbose_name_plural = _("Fassungen")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="documentfile_number_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=list(KINDS)),
                name="documentfile_known_kind",
                violation_error_message=_("Dieses Format wird nicht angenommen."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LinkQuerySet(models.QuerySet["MeasureLink"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(
            visibility__in=visibilities_for(user), measure__in=Measure.objects.visible_to(user)
        )


@tracked
class MeasureLink(Versioned):
    """A page elsewhere that tells more about a measure."""

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="links")
    title = models.CharField(_("Titel"), max_length=160)
    url = models.CharField(_("Adresse"), max_length=500, validators=[HTTPS_ONLY])
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=Visibility.choices, default=Visibility.INTERNAL
    )

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("Verweis")
        verbose_name_plural = _("Verweise")
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(url__startswith="https://"),
                name="measurelink_https_only",
                violation_error_message=_("Die Adresse beginnt mit https://."),
            ),
            models.UniqueConstraint(
                fields=["measure", "url"],
                name="measurelink_unique",
                violation_error_message=_("Diese Adresse ist schon eingetragen."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{documents_url(self.measure)}#verweise"


def documents_url(measure: Measure) -> str:
    return reverse("measure_documents", args=[measure.slug])
