"""Meetings: planned one by one or as a series, with who takes part."""

from datetime import date, datetime, time, timedelta
from typing import Any, Self
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.timezone import localdate, make_aware, now
from django.utils.translation import gettext_lazy as _

from governance.models.approved import APPROVED, MEETING_STAYS, PART_STAYS, TOLD_BY_MINUTES
from governance.models.committee import PUBLICITY, Committee, Seat, open_to
from governance.recurrence import RuleField, days_of, in_words, left_out_in
from measures.models import Visibility
from network.models import Role
from smartregion.base.fields import HTTPS_ONLY, LONG, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.versioned import Versioned


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(open_to(user, "committee"), committee__in=Committee.objects.visible_to(user))

    def internal_to(self, user: Any) -> Self:
        """Those whose internal matters the user may read: of the own committees, for the coordinator all."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.COORDINATION:
            return self
        return self.of_member(user)

    def with_approved_minutes(self) -> Self:
        """Those of which the agenda, the attendance and the texts stay as they are."""
        return self.filter(minutes__approved_on__isnull=False)

    def of_member(self, user: Any) -> Self:
        """Those of the committees in which the account has a seat."""
        return self.filter(committee__in=Committee.objects.with_member(user))

    def since(self, day: date) -> Self:
        return self.filter(starts_at__gte=make_aware(datetime.combine(day, time())))

    def upcoming(self) -> Self:
        return (
            self.filter(starts_at__gte=now()).exclude(status=Meeting.Status.CANCELLED).order_by("starts_at")
        )

    def between(self, first: date, last: date) -> Self:
        """Those that begin on one of these local days, in their order."""
        begin, end = (make_aware(datetime.combine(day, time())) for day in (first, last + timedelta(days=1)))
        return self.filter(starts_at__gte=begin, starts_at__lt=end).order_by("starts_at", "pk")

    def held_by(self, kind: str) -> Self:
        """Those that took place, of committees of that kind."""
        return self.filter(status__in=Meeting.TOOK_PLACE, committee__kind=kind)

    def have_come(self) -> Self:
        """Those of today or before that were not cancelled."""
        tomorrow = make_aware(datetime.combine(localdate() + timedelta(days=1), time()))
        return self.filter(starts_at__lt=tomorrow).exclude(status=Meeting.Status.CANCELLED)

    def held_before(self, meeting: "Meeting") -> "Meeting | None":
        """The last one of the same committee that took place before it."""
        earlier = self.filter(committee=meeting.committee_id, starts_at__lt=meeting.starts_at)
        return earlier.filter(status__in=Meeting.TOOK_PLACE).order_by("-starts_at").first()

    def next_of_each_committee(self) -> Self:
        """Of each committee the meeting that comes next."""
        first = self.upcoming().order_by("committee_id", "starts_at").distinct("committee_id")
        return self.filter(pk__in=first.values("pk"))

    def with_open_agenda(self) -> Self:
        return self.upcoming().filter(status__in=Meeting.AGENDA_IS_OPEN)

    def without_topics(self) -> Self:
        """Those whose agenda has at most what comes there by itself."""
        items: Any = self.model._meta.get_field("items").related_model
        return self.filter(~Exists(items.objects.topics().filter(meeting=OuterRef("pk"))))

    def unanswered_by(self, user: Any) -> Self:
        """Those to which a seat of the account is invited and has not said whether it comes."""
        return self.filter(Exists(_silent_seats_of(user).regular()), status=Meeting.Status.INVITED)

    def unanswered_by_deputy(self, user: Any) -> Self:
        """Those in which the account may have to step in for a seat that has not accepted."""
        answers = Attendance.objects.filter(meeting=OuterRef(OuterRef("pk")), seat=OuterRef("deputy_for"))
        comes = answers.exclude(state=Attendance.State.EXCUSED)
        asked = _silent_seats_of(user).deputising().filter(~Exists(comes))
        return self.filter(Exists(asked), status=Meeting.Status.INVITED)

    def with_changed_agenda(self) -> Self:
        """Those whose agenda was changed after the invitation."""
        changed = Q(agenda_changed_at__isnull=False) | Q(internal_agenda_changed_at__isnull=False)
        return self.filter(changed).exclude(status=Meeting.Status.CANCELLED)

    def with_minutes_to_read(self, since: date) -> Self:
        """Those held since that day whose minutes are there and not yet approved."""
        return self.filter(status=Meeting.Status.MINUTES_READY, starts_at__date__gte=since)

    def past_or_cancelled(self) -> Self:
        return self.filter(Q(starts_at__lt=now()) | Q(status=Meeting.Status.CANCELLED)).order_by("-starts_at")


def _silent_seats_of(user: Any) -> Any:
    """The account's seats in a meeting's committee, a deputy's too, that have not answered."""
    answers = Attendance.objects.filter(meeting=OuterRef(OuterRef("pk")), seat=OuterRef("pk"))
    own = Seat.objects.current().filter(user=user, committee=OuterRef("committee"))
    return own.filter(~Exists(answers))


@tracked
class Series(Versioned):
    """A rule by which meetings recur (Terminreihe), in the local time of the region."""

    committee = models.ForeignKey(Committee, models.CASCADE, related_name="series", verbose_name=_("Gremium"))
    title = models.CharField(_("Titel"), max_length=160)
    rule = RuleField(_("Wiederholung"), max_length=200, help_text=_("RRULE nach RFC 5545"))
    starts_on = models.DateField(_("erster Tag"))
    at = models.TimeField(_("Uhrzeit"))
    minutes = models.PositiveSmallIntegerField(
        _("Dauer in Minuten"), default=120, validators=[MinValueValidator(5), MaxValueValidator(1440)]
    )
    place = models.CharField(_("Ort"), max_length=200, blank=True)
    online_url = models.CharField(_("Online-Zugang"), max_length=500, blank=True, validators=[HTTPS_ONLY])
    left_out = LongText(
        _("Ausgelassene Tage"),
        max_length=LONG,
        blank=True,
        help_text=_("Je Zeile ein Tag und der Grund, zum Beispiel „24.12.2026 Heiligabend“."),
    )
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=PUBLICITY, default=Visibility.INTERNAL
    )
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    class Meta:
        verbose_name = _("Terminreihe")
        verbose_name_plural = _("Terminreihen")
        ordering = ["starts_on", "pk"]
        constraints = limits("series", left_out=LONG)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{self.committee.get_absolute_url()}#terminreihen"

    def clean(self) -> None:
        if not self.days():
            raise ValidationError(_("Diese Reihe ergibt keinen Termin. Bitte prüfen Sie Beginn und Ende."))

    def days(self) -> list[date]:
        """On which days it meets.

        Raises:
            ValidationError: the rule gives too many, or what is left out cannot be read.
        """
        left_out = left_out_in(self.left_out)
        return [day for day in days_of(self.rule, self.starts_on) if day not in left_out]

    def meeting_on(self, day: date) -> dict[str, Any]:
        """What its meeting of that day says: the same hour on the clock, summer and winter."""
        begin = datetime.combine(day, self.at)
        return {
            "title": self.title,
            "starts_at": make_aware(begin),
            "ends_at": make_aware(begin + timedelta(minutes=self.minutes)),
            "place": self.place,
            "online_url": self.online_url,
            "visibility": self.visibility,
        }

    @property
    def rhythm(self) -> str:
        return in_words(self.rule)


@tracked
class Meeting(Versioned):
    """A meeting of a committee (Sitzung)."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("geplant")
        INVITED = "invited", _("eingeladen")
        HELD = "held", _("durchgeführt")
        MINUTES_READY = "minutes_ready", _("Niederschrift liegt vor")
        MINUTES_APPROVED = "minutes_approved", _("Niederschrift genehmigt")
        CANCELLED = "cancelled", _("abgesagt")

    TOOK_PLACE = (Status.HELD, Status.MINUTES_READY, Status.MINUTES_APPROVED)
    AGENDA_IS_OPEN = (Status.PLANNED, Status.INVITED)
    committee = models.ForeignKey(
        Committee, models.CASCADE, related_name="meetings", verbose_name=_("Gremium")
    )
    title = models.CharField(_("Titel"), max_length=160)
    starts_at = models.DateTimeField(_("Beginn"))
    ends_at = models.DateTimeField(_("Ende"), null=True, blank=True)
    place = models.CharField(_("Ort"), max_length=200, blank=True)
    online_url = models.CharField(_("Online-Zugang"), max_length=500, blank=True, validators=[HTTPS_ONLY])
    series = models.ForeignKey(
        Series, models.SET_NULL, null=True, blank=True, editable=False, related_name="meetings"
    )
    series_day = models.DateField(null=True, blank=True, editable=False)
    """The day by the series' rule, whatever the meeting was moved to since."""
    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    """Names the meeting in calendars."""
    invited_at = models.DateTimeField(_("eingeladen am"), null=True, blank=True, editable=False)
    agenda_changed_at = models.DateTimeField(
        _("Tagesordnung geändert am"), null=True, blank=True, editable=False
    )
    """Since the invitation, in what the public may read of it."""
    internal_agenda_changed_at = models.DateTimeField(
        _("nichtöffentliche Tagesordnung geändert am"), null=True, blank=True, editable=False
    )
    status = models.CharField(_("Stand"), max_length=16, choices=Status.choices, default=Status.PLANNED)
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=PUBLICITY, default=Visibility.INTERNAL
    )
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("Sitzung")
        verbose_name_plural = _("Sitzungen")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_start",
                violation_error_message=_("Das Ende liegt vor dem Beginn."),
            ),
            models.UniqueConstraint(fields=["series", "series_day"], name="meeting_one_per_series_day"),
        ]
        triggers = [MEETING_STAYS]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[self.committee.slug, self.pk])

    def save_over(self, version: int | None) -> Self:
        """Write the row; of a meeting whose minutes are approved only what they do not tell."""
        stored = Meeting.objects.filter(pk=self.pk, status=self.Status.MINUTES_APPROVED).first()
        if stored and any(getattr(stored, name) != getattr(self, name) for name in TOLD_BY_MINUTES):
            raise ValidationError(APPROVED)
        return super().save_over(version)

    def clean(self) -> None:
        """What holds of a meeting however it came to be so: by form, by a verb, or by undoing."""
        approved = Meeting.objects.with_approved_minutes().filter(pk=self.pk)
        if self.status == self.Status.MINUTES_APPROVED and not approved.exists():
            raise ValidationError({"status": _("Genehmigt wird auf der Seite der Niederschrift.")})
        if self.status in self.TOOK_PLACE and self.day > localdate():
            raise ValidationError(
                {"status": _("Eine Sitzung in der Zukunft kann noch nicht durchgeführt sein.")}
            )
        if not self._state.adding:
            self._keep_to_its_results()

    def _resolved_something(self) -> bool:
        return self.items.filter(resolutions__isnull=False).exists()

    def _keep_to_its_results(self) -> None:
        """Once something was resolved or noted as done in it, it took place, and on this day."""
        items = self.items.filter(resolutions__isnull=False)
        resolved = set(items.values_list("resolutions__resolved_on", flat=True))
        noted = set(self.noted_follow_ups.values_list("resolution__resolved_on", flat=True))
        if self.status == self.Status.CANCELLED and (resolved or noted):
            raise ValidationError(
                {"status": _("Diese Sitzung hat stattgefunden und lässt sich nicht mehr absagen.")}
            )
        if resolved - {self.day}:
            raise ValidationError(
                {"starts_at": _("Es gibt Beschlüsse von diesem Tag; der Tag lässt sich nicht mehr ändern.")}
            )
        if noted and not max(noted) <= self.day <= localdate():
            raise ValidationError(
                {
                    "starts_at": _(
                        "Hier wurde ein Beschluss als erledigt festgestellt; der Tag passt nicht dazu."
                    )
                }
            )

    @property
    def day(self) -> date:
        """The local day: resolutions of the meeting are of this day."""
        return localdate(self.starts_at)

    @property
    def agenda_is_open(self) -> bool:
        """Its items are numbered anew with each change; once it was held or resolved, they stay for good."""
        return self.status in self.AGENDA_IS_OPEN and not self._resolved_something()

    @property
    def has_come(self) -> bool:
        return self.status != self.Status.CANCELLED and self.day <= localdate()

    @property
    def took_place(self) -> bool:
        return self.status in self.TOOK_PLACE

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def takes_answers(self) -> bool:
        """Whether members can still say that they come."""
        return not self.is_cancelled and not self.took_place and self.starts_at > now()

    @property
    def ends_same_day(self) -> bool:
        return self.ends_at is not None and localdate(self.ends_at) == self.day

    @property
    def last_day_of_invitation(self) -> date:
        return self.day - timedelta(days=self.committee.notice_days)


class ToldByMinutes(Versioned):
    """A part of a meeting that its minutes tell: it stays as it is once they are approved."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_once_approved()
        super().save(*args, **kwargs)

    def save_over(self, version: int | None) -> Self:
        self._refuse_once_approved()
        return super().save_over(version)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_once_approved()
        return super().delete(*args, **kwargs)

    def _refuse_once_approved(self) -> None:
        if Meeting.objects.with_approved_minutes().filter(pk=self.meeting_id).exists():  # type: ignore[attr-defined]
            raise ValidationError(APPROVED)


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def present(self) -> Self:
        """Seats that are there, in person or by their deputy."""
        return self.filter(state=Attendance.State.PRESENT)

    def of_members(self) -> Self:
        """Without what deputies have answered for themselves: that only says whether they would step in."""
        return self.filter(seat__deputy_for=None)


@tracked
class Attendance(ToldByMinutes):
    """Whether the holder of a seat takes part in a meeting; a deputy who steps in has the seat's vote.

    A deputy's seat has a row only before the meeting, which says whether they would step in. Who then was
    there stands at the seat that is deputised.
    """

    class State(models.TextChoices):
        ACCEPTED = "accepted", _("zugesagt")
        EXCUSED = "excused", _("entschuldigt")
        PRESENT = "present", _("anwesend")
        ABSENT = "absent", _("nicht erschienen")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="attendances", verbose_name=_("Sitz"))
    state = models.CharField(_("Teilnahme"), max_length=8, choices=State.choices)
    deputy = models.ForeignKey(
        Seat,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stood_in",
        verbose_name=_("vertreten durch"),
    )
    note = models.CharField(_("Anmerkung"), max_length=160, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("Teilnahme")
        verbose_name_plural = _("Teilnahmen")
        ordering = ["seat__group", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "seat"], name="attendance_once"),
            models.CheckConstraint(
                condition=Q(deputy=None) | ~Q(deputy=F("seat")), name="attendance_deputy_is_another_seat"
            ),
        ]
        triggers = [PART_STAYS]

    def __str__(self) -> str:
        return f"{self.seat}: {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("attendance", args=[self.meeting.committee.slug, self.meeting_id])

    def clean(self) -> None:
        """What holds of an attendance however it came to be so."""
        if self.seat.committee_id != self.meeting.committee_id:
            raise ValidationError(_("Dieser Sitz gehört zu einem anderen Gremium."))
        if self.deputy and (self.deputy.deputy_for_id != self.seat_id or self.state != self.State.PRESENT):
            raise ValidationError(_("Vertreten wird ein Sitz nur von seiner eigenen Stellvertretung."))
        if self.seat.deputy_for_id and self.state not in {self.State.ACCEPTED, self.State.EXCUSED}:
            raise ValidationError(_("Wer vertritt, steht bei dem Sitz, der vertreten wird."))
        if self.state in {self.State.PRESENT, self.State.ABSENT} and not self.meeting.has_come:
            raise ValidationError(_("Wer da war, lässt sich erst am Tag der Sitzung festhalten."))
