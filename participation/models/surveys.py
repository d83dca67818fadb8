"""Consultations of the public: short surveys and prioritising rounds, with their questions and answers."""

from datetime import timedelta
from typing import Any, Final, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from fields.models import ActionField
from network.models import Role
from participation.models.events import Event
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.versioned import Versioned

MOST_OPTIONS: Final = 12
SCALE: Final = range(1, 6)
FREE_TEXT: Final = 1000
SMALLEST_NUMBER: Final = 5
"""Results of fewer answers are not shown: they could tell who said what."""
MOST_POINTS: Final = 100
ENDED: Final = _("Die Umfrage ist zu Ende, und die Ergebnisse stehen da; das Ende bleibt jetzt, wie es ist.")
ANSWERED: Final = _("Es gibt schon Antworten; Fragen und Teilnahme bleiben jetzt, wie sie sind.")


class SurveyQuerySet(models.QuerySet["Survey"]):
    def visible_to(self, user: Any) -> Self:
        """Published ones for all, drafts for the coordinator."""
        if user.is_authenticated and user.role == Role.COORDINATION:
            return self.all()
        return self.filter(is_published=True)

    def running(self) -> Self:
        return self.filter(is_published=True, opens_at__lte=now(), closes_at__gt=now())

    def with_names(self, user: Any) -> Self:
        """Each with its field, and with its event where the user may see that; else `event` is None."""
        seen = Event.objects.visible_to(user)
        return self.select_related("field").prefetch_related(Prefetch("event", seen))


@tracked
class Survey(Versioned):
    """A consultation: it is answered from its beginning to its end, and its results are open afterwards."""

    class Phase(models.TextChoices):
        DRAFT = "draft", _("Entwurf")
        COMING = "coming", _("beginnt bald")
        RUNNING = "running", _("läuft")
        ENDED = "ended", _("beendet")

    class Way(models.TextChoices):
        """Who may answer how often. Decided before it begins, and told on its page."""

        EMAIL = "email", _("eine Antwort je E-Mail-Adresse, mit Bestätigung")
        ANONYMOUS = "anonymous", _("ohne Angabe einer Adresse")

    title = models.CharField(_("Titel"), max_length=120)
    slug = models.SlugField(_("Adresse"), max_length=90, unique=True, editable=False)
    intro = LongText(_("Worum es geht"), max_length=LONG)
    field = models.ForeignKey(
        ActionField,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="surveys",
        verbose_name=_("Handlungsfeld"),
    )
    event = models.ForeignKey(
        Event,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="surveys",
        verbose_name=_("Veranstaltung"),
        help_text=_("Dann steht die Umfrage auch auf der Seite der Veranstaltung."),
    )
    way = models.CharField(_("Teilnahme"), max_length=9, choices=Way.choices, default=Way.EMAIL)
    opens_at = models.DateTimeField(_("Beginn"))
    closes_at = models.DateTimeField(_("Ende"))
    is_published = models.BooleanField(
        _("veröffentlicht"), default=False, help_text=_("Vorher sieht sie nur die Koordination.")
    )
    conclusion = LongText(
        _("Was daraus folgt"),
        max_length=LONG,
        blank=True,
        help_text=_("Steht nach dem Ende über den Ergebnissen."),
    )
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Umfrage")
        verbose_name_plural = _("Umfragen")
        ordering = ["-closes_at", "pk"]
        constraints = [
            *limits("survey", intro=LONG, conclusion=LONG),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="survey_ends_after_beginning",
                violation_error_message=_("Das Ende liegt vor dem Beginn."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="way_stays_once_answered",
                operation=pgtrigger.UpdateOf("way"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__way__df=pgtrigger.F("new__way")),
                func=(
                    "IF EXISTS (SELECT FROM participation_sheet WHERE survey_id = NEW.id) THEN "
                    "RAISE EXCEPTION 'survey % has answers', NEW.id USING ERRCODE = 'check_violation'; "
                    "END IF; RETURN NEW;"
                ),
            ),
            pgtrigger.Trigger(
                name="end_stays_once_over",
                operation=pgtrigger.UpdateOf("closes_at"),
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(
                    "OLD.closes_at <= now() AND "
                    "date_trunc('minute', OLD.closes_at) <> date_trunc('minute', NEW.closes_at)"
                ),
                func=(
                    "IF EXISTS (SELECT FROM participation_sheet WHERE survey_id = NEW.id) THEN "
                    "RAISE EXCEPTION 'survey % has ended', NEW.id USING ERRCODE = 'check_violation'; "
                    "END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("survey", args=[self.slug])

    def clean(self) -> None:
        stored = Survey.objects.filter(pk=self.pk).exclude(way=self.way)
        if stored.filter(sheets__isnull=False).exists():
            raise ValidationError({"way": ANSWERED})
        self.check_end()

    def check_end(self) -> None:
        """Who has read the results shall not answer after them.

        Raises:
            ValidationError: the stored end has passed and the new one is another minute.
        """
        over = Survey.objects.filter(pk=self.pk, closes_at__lte=now(), sheets__isnull=False).first()
        if over and over.closes_at.replace(second=0, microsecond=0) != self.closes_at.replace(
            second=0, microsecond=0
        ):
            raise ValidationError({"closes_at": ENDED})

    def save_over(self, version: int | None) -> Self:
        """Write the row; the database would refuse a moved end without a word that people read."""
        self.check_end()
        return super().save_over(version)

    @property
    def phase(self) -> "Survey.Phase":
        if not self.is_published:
            return Survey.Phase.DRAFT
        if now() < self.opens_at:
            return Survey.Phase.COMING
        return Survey.Phase.RUNNING if now() < self.closes_at else Survey.Phase.ENDED

    @property
    def asks_for_email(self) -> bool:
        return self.way == Survey.Way.EMAIL


QUESTIONS_STAY = """
IF EXISTS (SELECT FROM participation_sheet WHERE survey_id = COALESCE(NEW.survey_id, OLD.survey_id)) THEN
    RAISE EXCEPTION 'the survey has answers' USING ERRCODE = 'check_violation';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


@tracked
class Question(Versioned):
    """One question of a survey. Once there are answers it stays as it was when they were given."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("eine Antwort wählen")
        MULTIPLE = "multiple", _("mehrere Antworten wählen")
        SCALE = "scale", _("Skala von 1 bis 5")
        POINTS = "points", _("Punkte verteilen")
        RANKING = "ranking", _("Rangfolge bilden")
        TEXT = "text", _("freier Text")

    WITH_OPTIONS = ("single", "multiple", "points", "ranking")

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(
        _("Reihenfolge"), default=1, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    text = models.CharField(_("Frage"), max_length=200)
    hint = models.CharField(_("Hinweis"), max_length=300, blank=True)
    kind = models.CharField(_("Art"), max_length=8, choices=Kind.choices, default=Kind.SINGLE)
    options = ArrayField(
        models.CharField(max_length=120),
        verbose_name=_("Antworten"),
        default=list,
        blank=True,
        size=MOST_OPTIONS,
        help_text=_(
            "Eine je Zeile, höchstens zwölf. Bei der Skala zwei Zeilen: was 1 und was 5 bedeutet. "
            "Beim freien Text keine."
        ),
    )
    points = models.PositiveSmallIntegerField(
        _("Punkte"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_POINTS)],
        help_text=_("So viele kann jede und jeder verteilen."),
    )
    is_required = models.BooleanField(_("Pflichtfrage"), default=False)

    class Meta:
        verbose_name = _("Frage")
        verbose_name_plural = _("Fragen")
        ordering = ["position", "pk"]
        triggers = [
            pgtrigger.Trigger(
                name="questions_stay_once_answered",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=QUESTIONS_STAY,
            )
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return f"{self.survey.get_absolute_url()}#frage-{self.pk}"

    def clean(self) -> None:
        if self.survey.sheets.exists():
            raise ValidationError(ANSWERED)
        number = len(self.options)
        if self.kind in Question.WITH_OPTIONS and not 2 <= number <= MOST_OPTIONS:
            raise ValidationError(
                {"options": _("Bitte geben Sie zwei bis zwölf Antworten an, eine je Zeile.")}
            )
        if self.kind == Question.Kind.SCALE and number not in (0, 2):
            raise ValidationError({"options": _("Die Skala braucht zwei Zeilen: was 1 und was 5 bedeutet.")})
        if len({option.casefold() for option in self.options}) < number:
            raise ValidationError({"options": _("Eine Antwort steht doppelt da.")})


class SheetQuerySet(models.QuerySet["Sheet"]):
    def counted(self) -> Self:
        """All answers that count: those without an address, and those whose address was confirmed."""
        return self.filter(confirmed_at__isnull=False)

    def outdated(self) -> Self:
        return self.filter(confirmed_at=None, made_at__lt=now() - Sheet.CONFIRMED_WITHIN)

    def to_be_anonymous(self) -> Self:
        """After the end nobody can answer twice any more, so nobody needs to be told apart."""
        return self.exclude(who=None).filter(survey__closes_at__lt=now() - Sheet.KNOWN_AFTER_END)


class Sheet(models.Model):
    """What one person answered. Of their address only a pseudonym is kept, and that not for long."""

    CONFIRMED_WITHIN = timedelta(days=7)
    KNOWN_AFTER_END = timedelta(days=30)
    PURPOSE = "survey"

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="sheets")
    who = models.CharField(_("Pseudonym"), max_length=64, null=True)  # noqa: DJ001 - several nobodies
    made_at = models.DateTimeField(_("abgegeben am"), default=now)
    confirmed_at = models.DateTimeField(_("bestätigt am"), null=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("Antwortbogen")
        verbose_name_plural = _("Antwortbögen")
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "who"],
                name="sheet_once_per_address",
                violation_error_message=_("Von dieser Adresse gibt es schon eine Antwort."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.survey_id}"


class ReplyQuerySet(models.QuerySet["Reply"]):
    def counted(self) -> Self:
        return self.filter(sheet__confirmed_at__isnull=False)

    def published(self) -> Self:
        return self.counted().filter(state=Reply.State.PUBLISHED).order_by("pk")


class Reply(models.Model):
    """One value of a sheet: the option with its points or rank, the step of a scale, or a free text."""

    class State(models.TextChoices):
        WAITING = "waiting", _("ungeprüft")
        PUBLISHED = "published", _("veröffentlicht")
        REJECTED = "rejected", _("nicht veröffentlicht")

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="replies")
    question = models.ForeignKey(Question, models.PROTECT, related_name="replies")
    option = models.PositiveSmallIntegerField(null=True)
    value = models.PositiveSmallIntegerField(null=True)
    text = LongText(_("Text"), max_length=FREE_TEXT, blank=True)
    state = models.CharField(_("Stand"), max_length=9, choices=State.choices, default=State.WAITING)
    """Of a free text, which is moderated; nothing else is."""

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Antwort")
        verbose_name_plural = _("Antworten")
        constraints = [
            *limits("reply", text=FREE_TEXT),
            models.UniqueConstraint(
                fields=["sheet", "question", "option"], nulls_distinct=False, name="reply_option_once"
            ),
        ]
        indexes = [models.Index(fields=["question", "option"], name="reply_of_question")]

    def __str__(self) -> str:
        """What was answered, in the words of the question."""
        if self.option is None:
            return self.text or str(self.value)
        chosen = self.question.options[self.option]
        return chosen if self.value is None else f"{chosen}: {self.value}"
