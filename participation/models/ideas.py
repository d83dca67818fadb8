"""Ideas of the public: sent without an account, read by all once the coordinator has published them."""

import re
from datetime import datetime, timedelta
from typing import Any, Final, Self

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector, TrigramSimilarity
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from fields.models import ActionField
from governance.models import Topic
from measures.models import Measure
from network.models import Municipality, Role
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked_without
from smartregion.base.languages import language_field
from smartregion.base.versioned import Versioned

NOTE: Final = 1000
MOST_ALIKE: Final = 5
CANDIDATES: Final = 200
"""So many are compared at most, in each of two ways, to find those that are alike."""
CLOSE_ENOUGH: Final = 0.2
"""Some words in common, or titles of which about a third is spelt alike."""
MOST_WORDS: Final = 12
WORD: Final = re.compile(r"[^\W_]{4,}")
"""Shorter ones say little, and a mark before one would mean something to the search."""
ON_AGENDA_FROM: Final = 20
"""Supporters from whom on an idea that waits for an answer comes on the steering committees' agendas."""


def by_words() -> SearchVector:
    """What the index holds; the query must be written alike to be answered by it."""
    return SearchVector("title", "text", config="german")


class IdeaQuerySet(models.QuerySet["Idea"]):
    def visible_to(self, user: Any) -> Self:
        """Published ones for all; what was sent, for the coordinator alone."""
        if user.is_authenticated and user.role == Role.COORDINATION:
            return self.all()
        return self.published()

    def published_by(self, email: str) -> Self:
        """Of the person who has confirmed this address for them."""
        return self.published().filter(author__email__iexact=email, author__confirmed_at__isnull=False)

    def published(self) -> Self:
        return self.filter(state=Idea.State.PUBLISHED)

    def waiting(self) -> Self:
        """Those to be looked at, the oldest first."""
        return self.filter(state=Idea.State.WAITING).order_by("waiting_since", "pk")

    def newest(self) -> Self:
        return self.order_by("-published_at", "-pk")

    def most_supported(self) -> Self:
        return self.order_by("-supporters", "-published_at", "-pk")

    def unanswered(self) -> Self:
        """Nobody has said yet what becomes of them."""
        return self.filter(answer="", measure=None)

    def well_supported(self) -> Self:
        """Those that so many want that the steering committees shall say something to them."""
        return self.published().unanswered().filter(supporters__gte=ON_AGENDA_FROM)

    def taken_up(self, user: Any) -> Self:
        """Those of which a measure has come that the user may see."""
        return self.filter(measure__in=Measure.objects.reachable_by(user).order_by())

    def matching(self, words: str) -> Self:
        """Those about these words in any of their forms, or with a title that is spelt alike."""
        asked = SearchQuery(words, config="german", search_type="websearch")
        return self.alias(said=by_words()).filter(Q(said=asked) | Q(title__trigram_word_similar=words))

    def alike(self, title: str, text: str = "") -> Self:
        """The few published ones that seem to say the same, the closest first."""
        words = WORD.findall(f"{title} {text}")[:MOST_WORDS]
        asked = SearchQuery(" or ".join(words), config="german", search_type="websearch")
        published = self.published().order_by()
        spelt = published.filter(title__trigram_similar=title)[:CANDIDATES]
        said = published.alias(said=by_words()).filter(said=asked)[:CANDIDATES]
        closeness = TrigramSimilarity("title", title) + SearchRank(by_words(), asked)
        found = self.filter(Q(pk__in=spelt.values("pk")) | Q(pk__in=said.values("pk")))
        close = found.annotate(closeness=closeness).filter(closeness__gt=CLOSE_ENOUGH)
        return close.order_by("-closeness", "-pk")[:MOST_ALIKE]

    def with_names(self) -> Self:
        return self.select_related("field", "municipality").defer("municipality__boundary")

    def outdated(self) -> Self:
        """Those that nobody reads any more, and those whose author never answered, a while after that."""
        ended = [Idea.State.ASKED, Idea.State.REJECTED, Idea.State.MERGED, Idea.State.WITHDRAWN]
        return self.filter(state__in=ended, decided_at__lt=now() - Idea.KEPT_UNPUBLISHED)


def _since_publication(*first: str, name: str) -> models.Index:
    return models.Index(
        fields=[*first, "-published_at", "-id"], condition=Q(state="published"), name=f"idea_{name}"
    )


@tracked_without("supporters")
class Idea(Versioned):
    """What somebody proposes for the region. Nobody reads it before the coordinator has published it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("in Prüfung")
        ASKED = "asked", _("Rückfrage gestellt")
        PUBLISHED = "published", _("veröffentlicht")
        REJECTED = "rejected", _("nicht veröffentlicht")
        MERGED = "merged", _("zusammengeführt")
        WITHDRAWN = "withdrawn", _("zurückgezogen")

    KEPT_UNPUBLISHED = timedelta(days=180)

    title = models.CharField(_("Titel"), max_length=120)
    text = LongText(_("Ihre Idee"), max_length=LONG)
    field = models.ForeignKey(
        ActionField,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ideas",
        verbose_name=_("Handlungsfeld"),
    )
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="ideas", verbose_name=_("Kommune")
    )
    latitude = models.DecimalField(
        _("Breite"),
        max_digits=6,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("Länge"),
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    state = models.CharField(_("Stand"), max_length=9, choices=State.choices, default=State.WAITING)
    note = LongText(_("Begründung oder Rückfrage"), max_length=NOTE, blank=True)
    sent_at = models.DateTimeField(_("eingereicht am"), default=now, editable=False)
    waiting_since = models.DateTimeField(_("wartet seit"), default=now, editable=False)
    decided_at = models.DateTimeField(_("entschieden am"), null=True, editable=False)
    published_at = models.DateTimeField(_("veröffentlicht am"), null=True, editable=False)
    answer = LongText(_("Antwort der Koordinierungsstelle"), max_length=LONG, blank=True)
    answered_at = models.DateTimeField(_("beantwortet am"), null=True, editable=False)
    measure = models.ForeignKey(
        Measure, models.SET_NULL, null=True, blank=True, related_name="ideas", verbose_name=_("Maßnahme")
    )
    topic = models.ForeignKey(
        Topic, models.SET_NULL, null=True, editable=False, related_name="ideas", verbose_name=_("Thema")
    )
    merged_into = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="merged",
        verbose_name=_("geht auf in"),
    )
    supporters = models.PositiveIntegerField(_("Unterstützungen"), default=0, editable=False)
    """Counted by a trigger of `Support`."""
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    objects = IdeaQuerySet.as_manager()

    class Meta:
        verbose_name = _("Idee")
        verbose_name_plural = _("Ideen")
        constraints = [
            *limits("idea", text=LONG, note=NOTE, answer=LONG),
            models.CheckConstraint(
                condition=~Q(state__in=["asked", "rejected"]) | ~Q(note=""),
                name="idea_refusal_needs_note",
                violation_error_message=_("Bitte sagen Sie, was fehlt oder warum die Idee nicht erscheint."),
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False, decided_at__isnull=False),
                name="idea_published_by_decision",
                violation_error_message=_("Veröffentlicht wird nur, was geprüft ist."),
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="idea_point_is_whole",
                violation_error_message=_("Zu einem Punkt gehören Breite und Länge."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | (Q(state="merged") & ~Q(merged_into=F("pk"))),
                name="idea_merged_into_another",
                violation_error_message=_("Eine Idee geht nur in einer anderen auf."),
            ),
        ]
        indexes = [
            GinIndex(by_words(), name="idea_words"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="idea_spelling"),
            _since_publication(name="newest"),
            _since_publication("field", name="newest_of_field"),
            _since_publication("municipality", name="newest_of_place"),
            _since_publication("-supporters", name="supported"),
            models.Index(fields=["waiting_since", "id"], condition=Q(state="waiting"), name="idea_waiting"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="idea_begins_unpublished",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="waiting"),
            ),
            pgtrigger.Protect(
                name="idea_withdrawn_for_good",
                operation=pgtrigger.UpdateOf("state"),
                condition=pgtrigger.Q(old__state="withdrawn") & ~pgtrigger.Q(new__state="withdrawn"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("idea", args=[self.pk])

    def save_over(self, version: int | None) -> Self:
        """How many support the idea is not for its editor to write: it may be more by now."""
        self.__dict__.pop("supporters", None)
        return super().save_over(version)

    @property
    def is_published(self) -> bool:
        return self.state == Idea.State.PUBLISHED

    def end(self) -> "Idea":
        """The idea that this one went up in at last, by however many steps; itself where it did not."""
        last, seen = self, {self.pk}
        while last.merged_into_id and last.merged_into_id not in seen:
            seen.add(last.merged_into_id)
            last = last.merged_into  # type: ignore[assignment]
        return last

    @property
    def has_point(self) -> bool:
        return self.latitude is not None


class ForgottenIdea(models.Model):
    """That an idea was received, which is deleted with its history: only when, for those who count."""

    sent_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    """Since when the history knew it."""

    class Meta:
        verbose_name = _("gelöschte Idee")
        verbose_name_plural = _("gelöschte Ideen")

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d}"


class AuthorQuerySet(models.QuerySet["IdeaAuthor"]):
    def confirmed(self) -> Self:
        """Whose address is theirs; to others nothing is written but the mail that asks for it."""
        return self.filter(confirmed_at__isnull=False)

    def outdated(self) -> Self:
        """Those whom nothing is left to be told, those of long ago, and those that nobody has confirmed."""
        ended = [Idea.State.REJECTED, Idea.State.WITHDRAWN, Idea.State.MERGED]
        told_all = Q(idea__state__in=ended, idea__decided_at__lt=now() - IdeaAuthor.KEPT_AFTER_END)
        unknown = Q(confirmed_at=None, told_until__lt=now() - IdeaAuthor.CONFIRMED_WITHIN)
        return self.filter(told_all | unknown | Q(idea__sent_at__lt=now() - IdeaAuthor.KEPT_FOR))


class IdeaAuthor(models.Model):
    """Where somebody is told what becomes of their idea. No history keeps it."""

    KEPT_AFTER_END = timedelta(days=90)
    KEPT_FOR = timedelta(days=3 * 365)
    CONFIRMED_WITHIN = timedelta(days=7)

    idea = models.OneToOneField(Idea, models.CASCADE, related_name="author")
    email = models.EmailField(_("E-Mail"))
    wants_news = models.BooleanField(_("möchte Neuigkeiten"), default=False)
    confirmed_at = models.DateTimeField(_("bestätigt am"), null=True)
    told_until = models.DateTimeField(_("unterrichtet bis"), default=now)
    language = language_field()

    objects = AuthorQuerySet.as_manager()

    class Meta:
        verbose_name = _("Absender einer Idee")
        verbose_name_plural = _("Absender von Ideen")

    def __str__(self) -> str:
        return f"{self.idea_id}"


COUNT = """
IF TG_OP <> 'DELETE' AND NEW.confirmed_at IS NOT NULL AND NEW.withdrawn_at IS NULL THEN
    change := 1; about := NEW.idea_id;
END IF;
IF TG_OP <> 'INSERT' AND OLD.confirmed_at IS NOT NULL AND OLD.withdrawn_at IS NULL THEN
    change := change - 1; about := OLD.idea_id;
END IF;
IF change <> 0 THEN
    UPDATE participation_idea SET supporters = supporters + change WHERE id = about;
END IF;
RETURN NULL;
"""


class SupportQuerySet(models.QuerySet["Support"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)

    def confirmed(self) -> Self:
        return self.standing().filter(confirmed_at__isnull=False)

    def as_of(self, moment: datetime) -> Self:
        """Those that counted then."""
        standing = Q(withdrawn_at=None) | Q(withdrawn_at__gt=moment)
        return self.filter(standing, confirmed_at__lte=moment)

    def outdated(self) -> Self:
        """Those that nobody has confirmed."""
        return self.filter(confirmed_at=None, made_at__lt=now() - Support.CONFIRMED_WITHIN)

    def to_be_anonymous(self) -> Self:
        """Their voice counts on, but it is nobody's any more."""
        return self.confirmed().exclude(who=None).filter(confirmed_at__lt=now() - Support.KNOWN_FOR)


class Support(models.Model):
    """Somebody is for an idea: one voice per e-mail address, of which only a pseudonym is kept."""

    CONFIRMED_WITHIN = timedelta(days=7)
    KNOWN_FOR = timedelta(days=2 * 365)
    PURPOSE = "support"

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="voices")
    who = models.CharField(_("Pseudonym"), max_length=64, null=True)  # noqa: DJ001 - several nobodies
    made_at = models.DateTimeField(_("abgegeben am"), default=now)
    confirmed_at = models.DateTimeField(_("bestätigt am"), null=True)
    withdrawn_at = models.DateTimeField(_("zurückgenommen am"), null=True)
    """Then it is nobody's; it stays, so that a past day can be counted again."""
    came_with = models.ForeignKey(Idea, models.SET_NULL, null=True, related_name="brought_voices")
    """The idea whose supporter this was, before it was merged; the voice stays when that is forgotten."""

    objects = SupportQuerySet.as_manager()

    class Meta:
        verbose_name = _("Unterstützung")
        verbose_name_plural = _("Unterstützungen")
        constraints = [
            models.UniqueConstraint(
                fields=["idea", "who"],
                name="support_once_per_address",
                violation_error_message=_("Diese Idee wird von dieser Adresse schon unterstützt."),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(who=None, confirmed_at__isnull=False),
                name="support_withdrawn_is_nobodys",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="supporters_are_counted",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.After,
                declare=[("change", "integer := 0"), ("about", "bigint")],
                func=COUNT,
            )
        ]

    def __str__(self) -> str:
        return f"{self.idea_id}"
