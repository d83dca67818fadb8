"""Minutes of a meeting: a draft, approved by the committee, sealed as files, corrected by notes."""

import hashlib
from datetime import date
from typing import Any, Self

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from governance.models.approved import differ
from governance.models.committee import PUBLICITY, open_to
from governance.models.meeting import Meeting
from measures.models import Visibility
from network.models import Role
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.models import Job
from smartregion.base.versioned import Versioned

NEVER_CHANGED = ["meeting_id", "chair", "minute_taker", "opened_at", "closed_at"]
NEVER_CHANGED += ["approved_on", "approved_in_id"]
"""Once approved; the job and the moment of the seal come after it."""


class Edition(models.TextChoices):
    """For whom a file is made: it contains what they may see, and they may read it."""

    PUBLIC = Visibility.PUBLIC.value, _("öffentliche Fassung")
    INTERNAL = Visibility.INTERNAL.value, _("nichtöffentliche Fassung")


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def visible_to(self, user: Any) -> Self:
        """The coordinator's all; for members once they are presented, for all others once approved."""
        visible = self.filter(meeting__in=Meeting.objects.visible_to(user))
        if user.is_authenticated and user.role == Role.COORDINATION:
            return visible
        presented = Q(meeting__status=Meeting.Status.MINUTES_READY) & Q(
            meeting__in=Meeting.objects.internal_to(user)
        )
        return visible.filter(presented | Q(approved_on__isnull=False))

    def sealed_for_all(self) -> Self:
        """Those with a public edition; each has it as the one of its `public_files`, without the bytes."""
        public = MinutesFile.objects.without_content().for_all()
        sealed = self.filter(sealed_at__isnull=False, pk__in=public.values("minutes"))
        return sealed.prefetch_related(Prefetch("files", public, to_attr="public_files"))


@tracked
class Minutes(Versioned):
    """What a meeting did (Niederschrift). The texts stand at the items; once approved nothing changes."""

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="minutes", editable=False)
    chair = models.CharField(
        _("Sitzungsleitung"),
        max_length=160,
        blank=True,
        help_text=_("Die Funktion, nicht der Name einer Person."),
    )
    minute_taker = models.CharField(
        _("Schriftführung"),
        max_length=160,
        blank=True,
        help_text=_("Die Funktion, nicht der Name einer Person."),
    )
    opened_at = models.TimeField(_("Beginn"), null=True, blank=True)
    closed_at = models.TimeField(_("Ende"), null=True, blank=True)
    approved_on = models.DateField(_("genehmigt am"), null=True, blank=True)
    approved_in = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="approved_minutes",
        verbose_name=_("genehmigt in der Sitzung"),
    )
    job = models.OneToOneField(
        Job, models.PROTECT, null=True, blank=True, editable=False, related_name="minutes"
    )
    sealed_at = models.DateTimeField(_("versiegelt am"), null=True, blank=True, editable=False)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name = _("Niederschrift")
        verbose_name_plural = _("Niederschriften")
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_in=None) | Q(approved_on__isnull=False),
                name="minutes_approved_in_has_day",
            ),
            models.CheckConstraint(
                condition=Q(sealed_at=None) | (Q(approved_on__isnull=False) & Q(job__isnull=False)),
                name="minutes_sealed_are_approved",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="approved_minutes_never_change",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"OLD.approved_on IS NOT NULL AND {differ(NEVER_CHANGED)}"),
            ),
            pgtrigger.Protect(
                name="sealed_minutes_never_change",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__sealed_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="approved_minutes_are_never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__approved_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{_('Niederschrift')}: {self.meeting}"

    def get_absolute_url(self) -> str:
        return reverse("minutes", args=[self.meeting.committee.slug, self.meeting_id])

    def save_over(self, version: int | None) -> Self:
        """Write the row, unless the committee has approved the minutes."""
        if not self.sealed_at and Minutes.objects.filter(pk=self.pk, approved_on__isnull=False).exists():
            raise ValidationError(_("Die Niederschrift ist genehmigt und ändert sich nicht mehr."))
        return super().save_over(version)

    def clean(self) -> None:
        """What holds of minutes however they came to be so: by form, by a verb, or by undoing."""
        if self.approved_on and not self.meeting.day <= self.approved_on <= localdate():
            raise ValidationError({"approved_on": _("Der Tag muss zwischen der Sitzung und heute liegen.")})

    @property
    def is_approved(self) -> bool:
        return self.approved_on is not None

    @property
    def is_sealed(self) -> bool:
        return self.sealed_at is not None


class MinutesFileQuerySet(models.QuerySet["MinutesFile"]):
    def visible_to(self, user: Any) -> Self:
        """The public edition of what the user may see; the other one for members and the coordinator."""
        return self.filter(
            Q(edition=Edition.PUBLIC) | Q(minutes__meeting__in=Meeting.objects.internal_to(user)),
            minutes__in=Minutes.objects.visible_to(user),
        )

    def without_content(self) -> Self:
        return self.defer("content")

    def for_all(self) -> Self:
        """The public edition in the format that stays as it is on every machine."""
        return self.filter(edition=Edition.PUBLIC, format=MinutesFile.Format.PDF)


class MinutesFile(models.Model):
    """One format of one edition of sealed minutes; its bytes are written once, docs/decisions/0002."""

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "Word (DOCX)"

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="files")
    edition = models.CharField(_("Fassung"), max_length=8, choices=Edition.choices)
    format = models.CharField(_("Format"), max_length=4, choices=Format.choices)
    content = models.BinaryField()
    size = models.PositiveIntegerField(_("Größe"))
    sha256 = models.CharField("SHA-256", max_length=64)

    objects = MinutesFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("Datei der Niederschrift")
        verbose_name_plural = _("Dateien der Niederschrift")
        ordering = ["-edition", "-format"]
        constraints = [
            models.UniqueConstraint(fields=["minutes", "edition", "format"], name="minutesfile_once"),
            models.CheckConstraint(
                condition=Q(edition__in=["public", "internal"], format__in=["pdf", "docx"]),
                name="minutesfile_known_kind",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="minutesfile_never_changes", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.minutes} ({self.edition}, {self.format})"


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(
            open_to(user, "minutes__meeting__committee"), minutes__in=Minutes.objects.visible_to(user)
        )


@tracked
class Amendment(models.Model):
    """A dated note that corrects sealed minutes (Berichtigung). It never changes; another note may follow."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="amendments", editable=False)
    on = models.DateField(_("berichtigt am"))
    text = LongText(_("Berichtigung"), max_length=LONG)
    visibility = models.CharField(
        _("Sichtbarkeit"),
        max_length=8,
        choices=[choice for choice in PUBLICITY if choice[0] != Visibility.DRAFT],
        default=Visibility.INTERNAL,
    )
    sha256 = models.CharField("SHA-256", max_length=64, editable=False)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Berichtigung")
        verbose_name_plural = _("Berichtigungen")
        ordering = ["pk"]
        constraints = limits("amendment", text=LONG)
        triggers = [
            pgtrigger.Protect(name="amendment_never_changes", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{_('Berichtigung')} {self.on:%d.%m.%Y}"

    def get_absolute_url(self) -> str:
        return self.minutes.get_absolute_url()

    @staticmethod
    def checksum(on: date, text: str) -> str:
        """Of the day and the words, one line after the other, so that anyone can work it out again."""
        return hashlib.sha256(f"{on.isoformat()}\n{text}\n".encode()).hexdigest()
