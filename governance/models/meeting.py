"""Meetings with their agenda, and the papers before a committee."""

from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Deferrable, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from governance.models.committee import Committee, open_to
from measures.models import Visibility
from smartregion.base.fields import LONG, LONGEST, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.versioned import Versioned


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(open_to(user, "committee"), committee__in=Committee.objects.visible_to(user))

    def upcoming(self) -> Self:
        return (
            self.filter(starts_at__gte=now()).exclude(status=Meeting.Status.CANCELLED).order_by("starts_at")
        )

    def held_by(self, kind: str) -> Self:
        """Those that took place, of committees of that kind."""
        return self.filter(status=Meeting.Status.HELD, committee__kind=kind)

    def next_of_each_committee(self) -> Self:
        """Of each committee the meeting that comes next."""
        first = self.upcoming().order_by("committee_id", "starts_at").distinct("committee_id")
        return self.filter(pk__in=first.values("pk"))

    def without_agenda(self) -> Self:
        return self.filter(~Exists(AgendaItem.objects.filter(meeting=OuterRef("pk"))))

    def past_or_cancelled(self) -> Self:
        return self.filter(Q(starts_at__lt=now()) | Q(status=Meeting.Status.CANCELLED)).order_by("-starts_at")


@tracked
class Meeting(Versioned):
    """A meeting of a committee (Sitzung)."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("geplant")
        INVITED = "invited", _("eingeladen")
        HELD = "held", _("durchgeführt")
        CANCELLED = "cancelled", _("abgesagt")

    committee = models.ForeignKey(
        Committee, models.CASCADE, related_name="meetings", verbose_name=_("Gremium")
    )
    title = models.CharField(_("Titel"), max_length=160)
    starts_at = models.DateTimeField(_("Beginn"))
    place = models.CharField(_("Ort"), max_length=200, blank=True)
    status = models.CharField(_("Stand"), max_length=10, choices=Status.choices, default=Status.PLANNED)
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=Visibility.choices, default=Visibility.INTERNAL
    )
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("Sitzung")
        verbose_name_plural = _("Sitzungen")
        ordering = ["-starts_at"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[self.committee.slug, self.pk])

    def clean(self) -> None:
        """What holds of a meeting however it came to be so: by form, by a verb, or by undoing."""
        if self.status == self.Status.HELD and self.day > localdate():
            raise ValidationError(
                {"status": _("Eine Sitzung in der Zukunft kann noch nicht durchgeführt sein.")}
            )
        if not self._state.adding:
            self._keep_to_its_results()

    def _keep_to_its_results(self) -> None:
        """Once something was resolved or noted as done in it, it took place, and on this day."""
        items = self.items.filter(resolutions__isnull=False)
        resolved = set(items.values_list("resolutions__resolved_on", flat=True))
        noted = set(self.noted_as_done.values_list("resolved_on", flat=True))
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
    def has_come(self) -> bool:
        return self.status != self.Status.CANCELLED and self.day <= localdate()


class PaperQuerySet(models.QuerySet["Paper"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(open_to(user, "committee"), committee__in=Committee.objects.visible_to(user))


@tracked
class Paper(Versioned):
    """A written document before a committee (Vorlage): motion, statement, proposal, report."""

    class Kind(models.TextChoices):
        MOTION = "motion", _("Antrag")
        STATEMENT = "statement", _("Stellungnahme der Verwaltung")
        PROPOSAL = "proposal", _("Beschlussvorlage")
        INFORMATION = "information", _("Mitteilungsvorlage")

    committee = models.ForeignKey(Committee, models.CASCADE, related_name="papers", verbose_name=_("Gremium"))
    kind = models.CharField(_("Art"), max_length=12, choices=Kind.choices)
    number = models.CharField(_("Nummer"), max_length=40, blank=True)
    title = models.CharField(_("Titel"), max_length=300)
    dated = models.DateField(_("Datum"), null=True, blank=True)
    originator = models.CharField(_("Urheber"), max_length=160, blank=True)
    body = LongText(_("Text (Markdown)"), max_length=LONGEST, blank=True)
    answers = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="answered_by",
        verbose_name=_("antwortet auf"),
    )
    source = models.CharField(_("Quelle"), max_length=200, blank=True)
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=Visibility.choices, default=Visibility.INTERNAL
    )

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("Vorlage")
        verbose_name_plural = _("Vorlagen")
        ordering = ["-dated", "-pk"]
        constraints = limits("paper", body=LONGEST)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("paper", args=[self.committee.slug, self.pk])


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(open_to(user, "meeting__committee"), meeting__in=Meeting.objects.visible_to(user))


@tracked
class AgendaItem(Versioned):
    """A numbered item of an agenda (TOP)."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField(_("TOP"))
    title = models.CharField(_("Titel"), max_length=200)
    text = LongText(_("Erläuterung"), max_length=LONG, blank=True)
    paper = models.ForeignKey(
        Paper, models.SET_NULL, null=True, blank=True, related_name="agenda_items", verbose_name=_("Vorlage")
    )
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=Visibility.choices, default=Visibility.INTERNAL
    )

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("Tagesordnungspunkt")
        verbose_name_plural = _("Tagesordnungspunkte")
        ordering = ["number"]
        constraints = [
            *limits("agendaitem", text=LONG),
            models.UniqueConstraint(
                fields=["meeting", "number"],
                name="agenda_number_unique",
                deferrable=Deferrable.IMMEDIATE,  # checked after a statement, so that two items can swap
                violation_error_message=_("Diese TOP-Nummer ist in der Sitzung schon vergeben."),
            ),
        ]

    def __str__(self) -> str:
        return f"TOP {self.number}: {self.title}"

    def get_absolute_url(self) -> str:
        return f"{self.meeting.get_absolute_url()}#top-{self.number}"
