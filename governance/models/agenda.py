"""The agenda of a meeting, and the backlog of topics that wait for one."""

from typing import Any, Self

from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _

from governance.models.approved import PART_STAYS
from governance.models.committee import Committee, open_to
from governance.models.meeting import Meeting, ToldByMinutes
from governance.models.paper import Paper
from measures.models import Visibility
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.versioned import Versioned


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(open_to(user, "meeting__committee"), meeting__in=Meeting.objects.visible_to(user))


@tracked
class AgendaItem(ToldByMinutes):
    """A numbered item of an agenda (TOP)."""

    class Kind(models.TextChoices):
        """A topic of people, or one of the automatic ones, which gather their matter themselves."""

        TOPIC = "topic", _("Thema")
        CONTROL = "control", _("Beschlusskontrolle")
        RED_MEASURES = "red_measures", _("Maßnahmen mit roter Ampel")
        WISHES = "wishes", _("Wünsche der Kommunen")
        REPORT = "report", _("Bericht zur Kenntnis")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    kind = models.CharField(_("Art"), max_length=12, choices=Kind.choices, default=Kind.TOPIC, editable=False)
    number = models.PositiveSmallIntegerField(_("TOP"))
    title = models.CharField(_("Titel"), max_length=200)
    text = LongText(_("Erläuterung"), max_length=LONG, blank=True)
    minutes = LongText(_("Niederschrift zum TOP"), max_length=LONG, blank=True)
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
            models.UniqueConstraint(
                fields=["meeting", "kind"],
                condition=~Q(kind="topic"),
                name="agenda_automatic_item_once",
                violation_error_message=_("Diesen automatischen Punkt hat die Tagesordnung schon."),
            ),
        ]
        triggers = [PART_STAYS]

    def __str__(self) -> str:
        return f"TOP {self.number}: {self.title}"

    def get_absolute_url(self) -> str:
        return f"{self.meeting.get_absolute_url()}#top-{self.number}"


class TopicQuerySet(models.QuerySet["Topic"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(open_to(user, "committee"), committee__in=Committee.objects.visible_to(user))

    def waiting(self) -> Self:
        """Those that are on no agenda yet."""
        return self.filter(item=None)


@tracked
class Topic(Versioned):
    """A matter that a committee shall deal with some time (Themenspeicher)."""

    committee = models.ForeignKey(Committee, models.CASCADE, related_name="topics", verbose_name=_("Gremium"))
    title = models.CharField(_("Titel"), max_length=200)
    text = LongText(_("Erläuterung"), max_length=LONG, blank=True)
    proposed_by = models.CharField(_("vorgeschlagen von"), max_length=160, blank=True)
    paper = models.ForeignKey(
        Paper, models.SET_NULL, null=True, blank=True, related_name="topics", verbose_name=_("Vorlage")
    )
    item = models.ForeignKey(
        AgendaItem, models.SET_NULL, null=True, blank=True, editable=False, related_name="topics"
    )
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=Visibility.choices, default=Visibility.INTERNAL
    )
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("Thema")
        verbose_name_plural = _("Themenspeicher")
        ordering = ["pk"]
        constraints = limits("topic", text=LONG)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return self.committee.get_absolute_url()
