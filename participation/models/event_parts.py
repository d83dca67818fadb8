"""What belongs to an event: its programme, its files, and what people said about it afterwards."""

from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from fields.models import ActionField
from measures.models import Visibility
from participation.models.events import Event, open_to
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked, tracked_without
from smartregion.base.uploads import KINDS
from smartregion.base.versioned import Versioned


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(event__in=Event.objects.visible_to(user))


@tracked
class Session(Versioned):
    """A part of an event's programme. Who speaks is named by function, never by name."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="sessions")
    starts_at = models.DateTimeField(_("Beginn"))
    ends_at = models.DateTimeField(_("Ende"))
    title = models.CharField(_("Titel"), max_length=200)
    field = models.ForeignKey(
        ActionField,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("Handlungsfeld"),
    )
    room = models.CharField(_("Raum"), max_length=120, blank=True)
    speakers = models.CharField(
        _("Es sprechen"),
        max_length=300,
        blank=True,
        help_text=_("Funktionen, keine Namen: „Leitung Tiefbau einer Kommune, Betreiber des Sensornetzes“."),
    )
    text = LongText(_("Worum es geht (Markdown)"), max_length=LONG, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Programmpunkt")
        verbose_name_plural = _("Programmpunkte")
        ordering = ["starts_at", "room", "pk"]
        constraints = [
            *limits("session", text=LONG),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_start",
                violation_error_message=_("Das Ende liegt vor dem Beginn."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{self.event.get_absolute_url()}#programm"

    def clean(self) -> None:
        if self.starts_at and not self.event.starts_at <= self.starts_at <= self.event.ends_at:
            raise ValidationError(
                {"starts_at": _("Der Programmpunkt beginnt nicht während der Veranstaltung.")}
            )


class EventFileQuerySet(models.QuerySet["EventFile"]):
    def visible_to(self, user: Any) -> Self:
        """Of events that the user may see, as far as the file itself is open to them; removed for nobody."""
        events = Event.objects.visible_to(user)
        return self.filter(open_to(user), event__in=events, removed_at=None)

    def without_content(self) -> Self:
        return self.defer("content")


@tracked_without("content")
class EventFile(Versioned):
    """A document of an event; its bytes are written once, docs/decisions/0002."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="files")
    title = models.CharField(_("Titel"), max_length=160)
    name = models.CharField(_("Dateiname"), max_length=120)
    kind = models.CharField(_("Format"), max_length=4, choices=[(kind, kind.upper()) for kind in KINDS])
    content = models.BinaryField()
    size = models.PositiveIntegerField(_("Größe"))
    sha256 = models.CharField("SHA-256", max_length=64)
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=Visibility.choices, default=Visibility.INTERNAL
    )
    uploaded_at = models.DateTimeField(_("hochgeladen am"), default=now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="uploaded_event_files",
        verbose_name=_("hochgeladen von"),
    )
    removed_at = models.DateTimeField(_("entfernt am"), null=True, blank=True, editable=False)

    objects = EventFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("Unterlage einer Veranstaltung")
        verbose_name_plural = _("Unterlagen von Veranstaltungen")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=list(KINDS)),
                name="eventfile_known_kind",
                violation_error_message=_("Dieses Format wird nicht angenommen."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{self.event.get_absolute_url()}#unterlagen"


class Feedback(models.Model):
    """What somebody said about an event afterwards, without saying who they are."""

    class Rating(models.IntegerChoices):
        VERY_GOOD = 1, _("sehr gut")
        GOOD = 2, _("gut")
        FAIR = 3, _("teils, teils")
        POOR = 4, _("eher nicht gut")
        BAD = 5, _("nicht gut")

    event = models.ForeignKey(Event, models.CASCADE, related_name="feedback")
    overall = models.PositiveSmallIntegerField(_("Insgesamt"), choices=Rating.choices)
    content = models.PositiveSmallIntegerField(_("Inhalt"), choices=Rating.choices, null=True, blank=True)
    access = models.PositiveSmallIntegerField(
        _("Zugang und Barrierefreiheit"), choices=Rating.choices, null=True, blank=True
    )
    comment = LongText(_("Was sollen wir beim nächsten Mal anders machen?"), max_length=LONG, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = _("Rückmeldung")
        verbose_name_plural = _("Rückmeldungen")
        ordering = ["-created_at", "-pk"]
        constraints = [
            *limits("feedback", comment=LONG),
            models.CheckConstraint(
                condition=Q(overall__range=(1, 5))
                & (Q(content=None) | Q(content__range=(1, 5)))
                & (Q(access=None) | Q(access__range=(1, 5))),
                name="feedback_known_ratings",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_overall_display())
