"""The agenda of a meeting, and the backlog of topics that wait for one (docs/decisions/0007)."""

from collections.abc import Iterable
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Case, Deferrable, F, Q, Value, When
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from governance.models.approved import APPROVED, PART_STAYS
from governance.models.committee import PUBLICITY, Committee, open_to
from governance.models.meeting import Meeting, ToldByMinutes
from governance.models.paper import Paper
from measures.models import Visibility
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.versioned import Versioned

ORDER_OF_PARTS: list[str] = [Visibility.PUBLIC, Visibility.INTERNAL, Visibility.DRAFT]
"""Drafts come last, so that no gap in the numbers tells a member that there is one."""
AT_THE_END = 32_000
"""The number of an item that has no place yet."""
PRINTED = ["title", "text", "paper_id", "visibility", "number"]
"""What an invitation says of an item."""


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def topics(self) -> Self:
        """Without the automatic ones: what people put there."""
        return self.filter(kind=AgendaItem.Kind.TOPIC)

    def visible_to(self, user: Any) -> Self:
        return self.filter(open_to(user, "meeting__committee"), meeting__in=Meeting.objects.visible_to(user))


@tracked
class AgendaItem(ToldByMinutes):
    """A numbered item of an agenda (TOP)."""

    class Kind(models.TextChoices):
        """A topic of people, or one of the automatic ones, which gather their matter themselves."""

        TOPIC = "topic", _("Thema")
        MINUTES = "minutes", _("Genehmigung der Niederschrift")
        CONTROL = "control", _("Beschlusskontrolle")
        RED_MEASURES = "red_measures", _("Maßnahmen mit roter Ampel")
        WISHES = "wishes", _("Wünsche der Kommunen")
        IDEAS = "ideas", _("Ideen aus der Bevölkerung")
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
        _("Sichtbarkeit"), max_length=8, choices=PUBLICITY, default=Visibility.INTERNAL
    )

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("Tagesordnungspunkt")
        verbose_name_plural = _("Tagesordnungspunkte")
        ordering = ["number"]
        constraints = [
            *limits("agendaitem", text=LONG, minutes=LONG),
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

    @property
    def part(self) -> int:
        return ORDER_OF_PARTS.index(self.visibility)

    def save_over(self, version: int | None) -> Self:
        """The visibility says in which part the item stands; the others make room for it."""
        self.take_place()
        return super().save_over(version)

    def take_place(self) -> None:
        """Get the number under which the item is to be stored. Call it in the transaction that stores it.

        In an open agenda it goes before those of its part that have its number or a higher one. Otherwise it
        keeps its number. Only one that is new to its readers, or whose number was given away, goes behind
        those that they know, for a gap would tell them what stands there.
        """
        meeting = lock_meeting(self.meeting_id)
        stored = AgendaItem.objects.filter(pk=self.pk).first()
        others = list(meeting.items.exclude(pk=self.pk))
        if meeting.agenda_is_open:
            by_number = sorted([self, *others], key=lambda item: item.number)
            arrange(by_number, stored_by_caller=self)
        elif self._is_new_to_readers(stored) or self.number in {other.number for other in others}:
            self._go_behind_its_part(others)
        if stored is None or any(getattr(stored, name) != getattr(self, name) for name in PRINTED):
            note_change(meeting, [self, *filter(None, [stored])])

    def _is_new_to_readers(self, stored: "AgendaItem | None") -> bool:
        return self.number == AT_THE_END or (stored is not None and self.part < stored.part)

    def _go_behind_its_part(self, others: list["AgendaItem"]) -> None:
        """What fewer people may read makes room: as few of these as possible get another number."""
        self.number = max((other.number for other in others if other.part <= self.part), default=0) + 1
        pushed, taken = [], self.number
        for other in sorted(others, key=lambda other: other.number):
            if other.number == taken:
                taken = other.number = other.number + 1
                pushed.append(other)
        renumber(pushed)


def lock_meeting(pk: int) -> Meeting:
    """Keep the meeting and its agenda as they are until the end of the transaction.

    Raises:
        ValidationError: its minutes are approved.
    """
    meeting = Meeting.objects.select_for_update().get(pk=pk)
    if meeting.status == Meeting.Status.MINUTES_APPROVED:
        raise ValidationError(APPROVED)
    return meeting


def arrange(items: Iterable[AgendaItem], *, stored_by_caller: AgendaItem | None = None) -> list[AgendaItem]:
    """Number a meeting's items 1..n: part by part, within a part as they are given. Return who moved.

    Until the caller has stored its own item, two may have the same number: that is checked at the end.
    """
    ordered = sorted(items, key=lambda item: item.part)
    moved = [(number, item) for number, item in enumerate(ordered, start=1) if item.number != number]
    for number, item in moved:
        item.number = number
    renumber(item for _number, item in moved if item is not stored_by_caller)
    return [item for _number, item in moved]


def renumber(items: Iterable[AgendaItem]) -> None:
    """Store the numbers of these items, which are checked at the end of the transaction."""
    cases = {item.pk: item.number for item in items}
    if cases:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS agenda_number_unique DEFERRED")
        numbers = Case(*(When(pk=pk, then=Value(number)) for pk, number in cases.items()))
        AgendaItem.objects.filter(pk__in=cases).update(number=numbers, version=F("version") + 1)


def note_change(meeting: Meeting, items: Iterable[AgendaItem]) -> None:
    """After the invitation: remember when the part that these items stand in was changed.

    The two parts are told apart, for the public must not learn that something changed which it cannot read.
    """
    fields = {Visibility.PUBLIC: "agenda_changed_at", Visibility.INTERNAL: "internal_agenda_changed_at"}
    parts = {fields[Visibility(item.visibility)] for item in items if item.visibility in fields}
    if meeting.status == Meeting.Status.INVITED and parts:
        Meeting.objects.filter(pk=meeting.pk).update(**dict.fromkeys(parts, now()), version=F("version") + 1)


class TopicQuerySet(models.QuerySet["Topic"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(open_to(user, "committee"), committee__in=Committee.objects.visible_to(user))

    def waiting(self) -> Self:
        """Those that are on no agenda yet."""
        return self.filter(item=None)

    def placed(self) -> Self:
        """Those that are or were on an agenda, the latest first."""
        return self.filter(item__isnull=False).order_by("-item__meeting__starts_at", "item__number")


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
        _("Sichtbarkeit"), max_length=8, choices=PUBLICITY, default=Visibility.INTERNAL
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
        return f"{reverse('topics', args=[self.committee.slug])}#thema-{self.pk}"
