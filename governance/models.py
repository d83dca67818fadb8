"""Steering: committees with their members, meetings with agenda, papers and resolutions."""

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from measures.models import Measure, Visibility
from network.models import Organisation, Role
from smartregion.base.history import tracked
from smartregion.base.text import german_order
from smartregion.base.versioned import Versioned


def open_to(user: Any, committee: str) -> Q:
    """Public matters for all; internal ones for members of the committee; all for the coordinator.

    Args:
        committee: the lookup path from the filtered model to its committee, "" for the committee itself.
    """
    if not user.is_authenticated:
        return Q(visibility=Visibility.PUBLIC)
    if user.role == Role.COORDINATION:
        return Q()
    members = Seat.objects.filter(user=user).values("committee")
    return Q(visibility=Visibility.PUBLIC) | Q(
        visibility=Visibility.INTERNAL, **{f"{committee or 'pk'}__in": members}
    )


class CommitteeQuerySet(models.QuerySet["Committee"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(open_to(user, ""))


@tracked
class Committee(Versioned):
    """A body that steers, decides or exchanges (Gremium)."""

    class Kind(models.TextChoices):
        STEERING = "steering", _("Lenkungskreis")
        MAYORS = "mayors", _("Bürgermeisterkonferenz")
        COUNCIL = "council", _("Politisches Gremium")
        WORKING_GROUP = "working_group", _("Arbeitskreis")
        EXCHANGE = "exchange", _("Austauschformat")

    name = models.CharField(_("Name"), max_length=160, unique=True)
    slug = models.SlugField(_("Adresse"), max_length=80, unique=True)
    kind = models.CharField(_("Art"), max_length=14, choices=Kind.choices)
    host = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="committees",
        verbose_name=_("ausgerichtet von"),
    )
    task = models.TextField(_("Aufgabe"), blank=True)
    rhythm = models.CharField(_("Turnus"), max_length=120, blank=True)
    source = models.CharField(_("Quelle"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC
    )

    objects = CommitteeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Gremium")
        verbose_name_plural = _("Gremien")
        ordering = ["position", *german_order("name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("committee", args=[self.slug])


@tracked
class Seat(models.Model):
    """A seat in a committee, shown by group and function; the account behind it is optional."""

    class Group(models.TextChoices):
        MUNICIPALITIES = "municipalities", _("Kommunen")
        COUNTY = "county", _("Kreisverwaltung")
        ASSOCIATIONS = "associations", _("Verbände")
        POLITICS = "politics", _("Politik")
        OTHERS = "others", _("Weitere")

    committee = models.ForeignKey(Committee, models.CASCADE, related_name="seats")
    group = models.CharField(_("Gruppe"), max_length=14, choices=Group.choices)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="seats",
        verbose_name=_("Organisation"),
    )
    function = models.CharField(_("Funktion"), max_length=160)
    is_chair = models.BooleanField(_("Vorsitz"), default=False)
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="seats",
        verbose_name=_("Konto"),
    )

    class Meta:
        verbose_name = _("Sitz")
        verbose_name_plural = _("Sitze")
        ordering = ["group", *german_order("function")]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "organisation", "function"],
                name="seat_unique",
                nulls_distinct=False,
                violation_error_message=_("Diesen Sitz gibt es schon."),
            ),
            models.UniqueConstraint(
                fields=["committee"],
                condition=Q(is_chair=True),
                name="seat_one_chair",
                violation_error_message=_("Das Gremium hat schon einen Vorsitz."),
            ),
        ]

    def __str__(self) -> str:
        return self.function


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(open_to(user, "committee"), committee__in=Committee.objects.visible_to(user))

    def upcoming(self) -> Self:
        return self.filter(starts_at__gte=now()).exclude(status=Meeting.Status.CANCELLED).order_by("starts_at")


@tracked
class Meeting(Versioned):
    """A meeting of a committee (Sitzung)."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("geplant")
        INVITED = "invited", _("eingeladen")
        HELD = "held", _("durchgeführt")
        CANCELLED = "cancelled", _("abgesagt")

    committee = models.ForeignKey(Committee, models.CASCADE, related_name="meetings", verbose_name=_("Gremium"))
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
    body = models.TextField(_("Text (Markdown)"), blank=True)
    answers = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="answered_by", verbose_name=_("antwortet auf")
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
    text = models.TextField(_("Erläuterung"), blank=True)
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
            models.UniqueConstraint(
                fields=["meeting", "number"],
                name="agenda_number_unique",
                violation_error_message=_("Diese TOP-Nummer ist in der Sitzung schon vergeben."),
            )
        ]

    def __str__(self) -> str:
        return f"TOP {self.number}: {self.title}"

    def get_absolute_url(self) -> str:
        return f"{self.meeting.get_absolute_url()}#top-{self.number}"


class ResolutionQuerySet(models.QuerySet["Resolution"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(open_to(user, "committee"), committee__in=Committee.objects.visible_to(user))

    def in_force(self) -> Self:
        return self.filter(superseded_by=None)

    def open_for_control(self) -> Self:
        """Decisions that the committee has not yet noted as done: they return on every agenda."""
        return self.in_force().filter(outcome__in=Resolution.BINDING, noted_done_in=None)


@tracked
class Resolution(Versioned):
    """What a committee resolved (Beschluss). Its wording, outcome and votes never change; a correction is a
    new resolution that supersedes it. It is closed only when the committee notes it as done."""

    class Outcome(models.TextChoices):
        ADOPTED = "adopted", _("ungeändert beschlossen")
        ADOPTED_AMENDED = "adopted_amended", _("geändert beschlossen")
        NOTED = "noted", _("zur Kenntnis genommen")
        REJECTED = "rejected", _("abgelehnt")
        POSTPONED = "postponed", _("vertagt")
        REFERRED = "referred", _("verwiesen")
        WITHDRAWN = "withdrawn", _("zurückgezogen")

    BINDING = (Outcome.ADOPTED, Outcome.ADOPTED_AMENDED)
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="resolutions", verbose_name=_("Gremium")
    )
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="resolutions", verbose_name=_("TOP")
    )
    number = models.CharField(_("Beschlussnummer"), max_length=40)
    title = models.CharField(_("Titel"), max_length=200)
    wording = models.TextField(_("Wortlaut"))
    resolved_on = models.DateField(_("beschlossen am"))
    outcome = models.CharField(_("Ergebnis"), max_length=16, choices=Outcome.choices)
    votes_for = models.PositiveSmallIntegerField(_("Ja"), null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(_("Nein"), null=True, blank=True)
    abstentions = models.PositiveSmallIntegerField(_("Enthaltungen"), null=True, blank=True)
    vote_note = models.CharField(_("Hinweis zur Abstimmung"), max_length=160, blank=True)
    responsible = models.CharField(_("zuständig für die Umsetzung"), max_length=160, blank=True)
    due_on = models.DateField(_("umzusetzen bis"), null=True, blank=True)
    noted_done_in = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="noted_as_done",
        verbose_name=_("als erledigt festgestellt in"),
    )
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("ersetzt")
    )
    measures = models.ManyToManyField(
        Measure, through="ResolutionMeasure", related_name="resolutions", blank=True, verbose_name=_("Maßnahmen")
    )
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=Visibility.choices, default=Visibility.INTERNAL
    )
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Beschluss")
        verbose_name_plural = _("Beschlüsse")
        ordering = ["-resolved_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "number"],
                name="resolution_number_unique",
                violation_error_message=_("Diese Beschlussnummer gibt es in dem Gremium schon."),
            ),
            models.CheckConstraint(
                condition=Q(votes_for=None, votes_against=None, abstentions=None)
                | Q(votes_for__isnull=False, votes_against__isnull=False, abstentions__isnull=False),
                name="resolution_votes_all_or_none",
                violation_error_message=_("Bitte Ja, Nein und Enthaltungen angeben, oder keines davon."),
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["adopted", "adopted_amended"])
                | Q(votes_for=None)
                | Q(votes_for__gt=models.F("votes_against")),
                name="resolution_adopted_by_majority",
                violation_error_message=_("Beschlossen heißt: mehr Ja- als Nein-Stimmen."),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="resolution_is_append_only",
                fields=[
                    "committee",
                    "item",
                    "number",
                    "title",
                    "wording",
                    "resolved_on",
                    "outcome",
                    "votes_for",
                    "votes_against",
                    "abstentions",
                    "vote_note",
                    "supersedes",
                ],
            ),
            pgtrigger.Protect(name="resolution_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("resolution", args=[self.committee.slug, self.pk])

    @property
    def is_open(self) -> bool:
        return self.outcome in self.BINDING and self.noted_done_in_id is None

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < localdate()

    @property
    def vote(self) -> str:
        """The vote in words: "einstimmig" is no votes against; abstentions are counted apart (glossary)."""
        if self.votes_for is None:
            return self.vote_note
        kind = _("mehrheitlich") if self.votes_against else _("einstimmig")
        return _("%(kind)s (%(yes)s Ja, %(no)s Nein, %(abstain)s Enthaltungen)") % {
            "kind": kind,
            "yes": self.votes_for,
            "no": self.votes_against,
            "abstain": self.abstentions,
        }


@tracked
class ResolutionMeasure(models.Model):
    """A measure that a resolution is about."""

    resolution = models.ForeignKey(Resolution, models.CASCADE, related_name="measure_links")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="resolution_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resolution", "measure"], name="resolution_measure_unique")
        ]

    def __str__(self) -> str:
        return f"{self.resolution_id} – {self.measure_id}"
