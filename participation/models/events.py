"""Events: what, when, where and for whom, and the series that they come from."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Self
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.formats import date_format, time_format
from django.utils.timezone import localdate, make_aware, make_naive, now
from django.utils.translation import gettext_lazy as _

from fields.models import ActionField
from governance.recurrence import RuleField, days_of, in_words, left_out_in
from measures.models import Visibility
from network.models import Role
from participation.models.guards import NO_LESS_THAN_TAKEN
from smartregion.base.fields import HTTPS_ONLY, LONG, LONGEST, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.versioned import Versioned

PLACES: Final = [MinValueValidator(1), MaxValueValidator(5000)]


def open_to(user: Any) -> Q:
    """Public rows for all, internal ones for accounts, drafts for the coordinator."""
    if not user.is_authenticated:
        return Q(visibility=Visibility.PUBLIC)
    return Q() if user.role == Role.COORDINATION else ~Q(visibility=Visibility.DRAFT)


class Audience(models.TextChoices):
    """Who may register."""

    EVERYONE = "everyone", _("alle, ohne Konto")
    ADMINISTRATIONS = "administrations", _("nur Verwaltungen, mit Konto")


class Occasion(Versioned):
    """What an event and the series that makes events say alike."""

    title = models.CharField(_("Titel"), max_length=160)
    summary = models.CharField(
        _("Kurz gesagt"), max_length=300, help_text=_("Ein Satz für die Liste: worum es geht und für wen.")
    )
    place = models.CharField(
        _("Ort"),
        max_length=200,
        blank=True,
        help_text=_("Gebäude, Straße, Ort; bei mehreren Räumen das Haus."),
    )
    online_url = models.CharField(
        _("Online-Zugang"),
        max_length=500,
        blank=True,
        validators=[HTTPS_ONLY],
        help_text=_("Muss man sich anmelden, steht er nur in den Mails an alle, die einen Platz haben."),
    )
    accessibility = LongText(
        _("Hinweise zur Barrierefreiheit"),
        max_length=LONG,
        blank=True,
        help_text=_("Zugang, Toilette, Induktionsschleife, Gebärdensprache, Untertitel, Begleitung."),
    )
    takes_registrations = models.BooleanField(_("Man meldet sich an"), default=False)
    audience = models.CharField(
        _("Anmelden können sich"), max_length=15, choices=Audience.choices, default=Audience.EVERYONE
    )
    capacity = models.PositiveSmallIntegerField(
        _("Plätze"), null=True, blank=True, validators=PLACES, help_text=_("Leer: so viele, wie kommen.")
    )
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=Visibility.choices, default=Visibility.DRAFT
    )
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """What holds of it however it came to be so: by form, by a verb, or by undoing."""
        if not self.place and not self.online_url:
            raise ValidationError({"place": _("Bitte nennen Sie einen Ort oder einen Online-Zugang.")})


@tracked
class EventSeries(Occasion):
    """A rule by which events recur, in the local time of the region."""

    FROM_SERIES: Final = (
        *("title", "summary", "place", "online_url", "accessibility"),
        *("takes_registrations", "audience", "capacity", "visibility"),
    )
    rule = RuleField(_("Wiederholung"), max_length=200, help_text=_("RRULE nach RFC 5545"))
    starts_on = models.DateField(_("erster Tag"))
    at = models.TimeField(_("Uhrzeit"))
    minutes = models.PositiveSmallIntegerField(
        _("Dauer in Minuten"), default=60, validators=[MinValueValidator(5), MaxValueValidator(1440)]
    )
    left_out = LongText(
        _("Ausgelassene Tage"),
        max_length=LONG,
        blank=True,
        help_text=_("Je Zeile ein Tag und der Grund, zum Beispiel „24.12.2026 Heiligabend“."),
    )

    class Meta:
        verbose_name = _("Veranstaltungsreihe")
        verbose_name_plural = _("Veranstaltungsreihen")
        ordering = ["starts_on", "pk"]
        constraints = limits("eventseries", left_out=LONG, accessibility=LONG)

    def get_absolute_url(self) -> str:
        return f"{reverse('events')}#reihen"

    def clean(self) -> None:
        super().clean()
        if not self.days():
            raise ValidationError(_("Diese Reihe ergibt keinen Termin. Bitte prüfen Sie Beginn und Ende."))
        if day := self.day_without_that_hour():
            words = {"day": date_format(day, "d.m.Y"), "at": time_format(self.at, "H:i")}
            sentence = _("Am %(day)s gibt es %(at)s Uhr nicht: In dieser Nacht werden die Uhren vorgestellt.")
            raise ValidationError({"at": sentence % words})

    def days(self) -> list[date]:
        """On which days there is an event.

        Raises:
            ValidationError: the rule gives too many, or what is left out cannot be read.
        """
        left_out = left_out_in(self.left_out)
        return [day for day in days_of(self.rule, self.starts_on) if day not in left_out]

    def event_on(self, day: date) -> dict[str, Any]:
        """What its event of that day says: the same hour on the clock, summer and winter."""
        begin = make_aware(datetime.combine(day, self.at)).astimezone(UTC)
        return {
            **{name: getattr(self, name) for name in self.FROM_SERIES},
            "kind": Event.Kind.ROUND,
            "starts_at": begin,
            "ends_at": begin + timedelta(minutes=self.minutes),
        }

    def day_without_that_hour(self) -> date | None:
        """The first day on which the clocks leave the hour out, as in a night in March."""
        return next((day for day in self.days() if not _exists(datetime.combine(day, self.at))), None)

    @property
    def rhythm(self) -> str:
        return in_words(self.rule)


def _exists(clock: datetime) -> bool:
    """Whether the clocks of the region show it at all."""
    return make_naive(make_aware(clock).astimezone(UTC)) == clock


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(open_to(user))

    def coming(self) -> Self:
        """Those that have not ended, the next one first; what is called off stays among them."""
        return self.filter(ends_at__gte=now()).order_by("starts_at", "pk")

    def next_of_each_series(self) -> Self:
        """Of what comes, of each series only the next one, so that a list is not full of it."""
        first = self.coming().taking_place().order_by("series_id", "starts_at", "pk").distinct("series_id")
        return self.coming().filter(Q(series=None) | Q(pk__in=first.values("pk")))

    def past(self) -> Self:
        return self.filter(ends_at__lt=now()).order_by("-starts_at", "-pk")

    def taking_place(self) -> Self:
        return self.filter(is_cancelled=False)

    def of_field(self, slug: str) -> Self:
        """Those that are about the field, or have a part of their programme about it."""
        in_programme = Event.objects.filter(sessions__field__slug=slug)
        return self.filter(Q(field__slug=slug) | Q(pk__in=in_programme.values("pk")))

    def with_counts(self) -> Self:
        """Each with `taken` places, how many confirmed people are `waiting`, and how many were `present`."""
        has_place = Q(registrations__has_place=True)
        confirmed = Q(registrations__confirmed_at__isnull=False)
        return self.annotate(
            taken=Count("registrations", has_place),
            waiting=Count("registrations", ~has_place & confirmed),
            present=Count("registrations", Q(registrations__checked_in_at__isnull=False)),
        )

    def begin_within(self, first: date, last: date) -> Self:
        """Those that took place or will, beginning on one of these local days."""
        begin, end = (make_aware(datetime.combine(day, time())) for day in (first, last + timedelta(days=1)))
        return self.taking_place().filter(starts_at__gte=begin, starts_at__lt=end)

    def participants(self) -> int:
        """How many people had a place in these events, also long after their names were deleted."""
        have = Count(
            "registrations", Q(registrations__has_place=True, registrations__confirmed_at__isnull=False)
        )
        counted = self.annotate(people=Coalesce("participant_count", have))
        return int(counted.aggregate(total=Sum("people"))["total"] or 0)

    def to_be_counted(self) -> Self:
        """Those that are over, whose numbers nobody has kept yet."""
        return self.past().filter(participant_count=None, registrations__isnull=False).distinct()

    def without_programme(self, until: date) -> Self:
        """Those to come by then that live from a programme and have none."""
        soon = self.coming().taking_place().filter(starts_at__date__lte=until)
        return soon.filter(kind__in=Event.HAVE_A_PROGRAMME, sessions=None)

    def with_feedback_to_publish(self, ended_until: date) -> Self:
        ended = self.past().filter(ends_at__date__lte=ended_until, feedback_published_at=None)
        return ended.filter(feedback__isnull=False).distinct()

    def to_be_asked_for_feedback(self) -> Self:
        """Those that have just ended with people who registered, and whom nobody has asked."""
        ended = (
            self.past().taking_place().filter(ends_at__gt=now() - Event.ASKED_WITHIN, feedback_asked_at=None)
        )
        return ended.filter(takes_registrations=True).exclude(visibility=Visibility.DRAFT)


@tracked
class Event(Occasion):
    """A gathering on one or several days, with place or stream."""

    class Kind(models.TextChoices):
        WEEK = "week", _("Themenwoche")
        CONFERENCE = "conference", _("Öffentliche Konferenz")
        WORKSHOP = "workshop", _("Workshop")
        ROUND = "round", _("Austauschrunde")

    HAVE_A_PROGRAMME = (Kind.WEEK, Kind.CONFERENCE)
    TOLD: Final = ("title", "starts_at", "ends_at", "place", "online_url", "is_cancelled")
    """What people who registered are told when it changes."""
    KEEPS_REGISTRATIONS: Final = timedelta(weeks=6)
    ASKED_WITHIN: Final = timedelta(days=7)
    TAKES_FEEDBACK_FOR: Final = timedelta(days=28)

    kind = models.CharField(_("Art"), max_length=10, choices=Kind.choices, default=Kind.WORKSHOP)
    field = models.ForeignKey(
        ActionField,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="occasions",
        verbose_name=_("Handlungsfeld"),
        help_text=_("Leer: alle Handlungsfelder."),
    )
    text = LongText(_("Beschreibung (Markdown)"), max_length=LONGEST, blank=True)
    starts_at = models.DateTimeField(_("Beginn"))
    ends_at = models.DateTimeField(_("Ende"))
    registration_ends_at = models.DateTimeField(
        _("Anmeldeschluss"), null=True, blank=True, help_text=_("Leer: bis zum Beginn.")
    )
    results = LongText(
        _("Ergebnisse (Markdown)"),
        max_length=LONGEST,
        blank=True,
        help_text=_("Was herauskam; steht nach der Veranstaltung auf ihrer Seite."),
    )
    is_cancelled = models.BooleanField(_("abgesagt"), default=False, editable=False)
    cancelled_because = models.CharField(_("Grund der Absage"), max_length=300, blank=True, editable=False)
    series = models.ForeignKey(
        EventSeries, models.SET_NULL, null=True, blank=True, editable=False, related_name="occasions"
    )
    series_day = models.DateField(null=True, blank=True, editable=False)
    """The day by the series' rule, whatever the event was moved to since."""
    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    """Names the event in calendars."""
    feedback_asked_at = models.DateTimeField(
        _("um Rückmeldung gebeten am"), null=True, blank=True, editable=False
    )
    feedback_published_at = models.DateTimeField(
        _("Rückmeldungen veröffentlicht am"), null=True, blank=True, editable=False
    )
    participant_count = models.PositiveSmallIntegerField(
        _("Zahl der Angemeldeten"), null=True, blank=True, editable=False
    )
    """Kept when the event is over, so that it stays whatever becomes of the names; so is the next one."""
    present_count = models.PositiveSmallIntegerField(
        _("Zahl der Anwesenden"), null=True, blank=True, editable=False
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("Veranstaltung")
        verbose_name_plural = _("Veranstaltungen")
        ordering = ["starts_at", "pk"]
        constraints = [
            *limits("event", text=LONGEST, results=LONGEST, accessibility=LONG),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="event_ends_after_start",
                violation_error_message=_("Das Ende liegt vor dem Beginn."),
            ),
            models.UniqueConstraint(fields=["series", "series_day"], name="event_one_per_series_day"),
        ]
        indexes = [models.Index(fields=["ends_at"])]
        triggers = [NO_LESS_THAN_TAKEN]

    def get_absolute_url(self) -> str:
        return reverse("event", args=[self.pk])

    def clean(self) -> None:
        super().clean()
        self._keep_taken_places()

    def save_over(self, version: int | None) -> Self:
        """Write the row; the database would refuse too few places without a word that people read."""
        self._keep_taken_places()
        return super().save_over(version)

    def _keep_taken_places(self) -> None:
        taken = 0 if self._state.adding else self.registrations.filter(has_place=True).count()
        if self.capacity is not None and self.capacity < taken:
            raise ValidationError({"capacity": _("Es sind schon %d Plätze vergeben.") % taken})

    @property
    def day(self) -> date:
        return localdate(self.starts_at)

    @property
    def is_one_day(self) -> bool:
        return localdate(self.ends_at) == self.day

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= now()

    @property
    def has_ended(self) -> bool:
        return self.ends_at < now()

    @property
    def keeps_names(self) -> bool:
        return now() < self.ends_at + self.KEEPS_REGISTRATIONS

    @property
    def is_for_administrations(self) -> bool:
        return self.audience == Audience.ADMINISTRATIONS

    @property
    def open_stream(self) -> str:
        """Where everybody may watch; who has to register gets the address by mail."""
        return "" if self.takes_registrations else self.online_url

    @property
    def last_moment_to_register(self) -> datetime:
        return self.registration_ends_at or self.starts_at

    @property
    def is_open_for_registration(self) -> bool:
        return (
            self.takes_registrations
            and not self.is_cancelled
            and self.visibility != Visibility.DRAFT
            and now() < self.last_moment_to_register
        )

    @property
    def takes_feedback(self) -> bool:
        end = self.ends_at + self.TAKES_FEEDBACK_FOR
        return not self.is_cancelled and self.has_begun and now() < end

    def free_places(self) -> int | None:
        """How many are left; None where there is no limit."""
        if self.capacity is None:
            return None
        return max(0, self.capacity - self.registrations.filter(has_place=True).count())
