"""What people ask the coordination office: about a measure ("Frag nach"), or that a page keeps them out."""

from datetime import timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from measures.models import Measure
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.languages import language_field
from smartregion.base.versioned import Versioned

MOST_CHARACTERS = 2000


class PublicQuestionQuerySet(models.QuerySet["Enquiry"]):
    def published(self, measure: Measure) -> Self:
        """What everyone reads below the measure, newest answer first."""
        return self.filter(measure=measure).exclude(public_text="").order_by("-answered_on", "-pk")

    def open(self) -> Self:
        return self.filter(state=Enquiry.State.OPEN).order_by("asked_on", "pk")

    def outdated(self) -> Self:
        """Dealt with long enough ago that nobody needs any more who asked, and in which words."""
        return self.filter(answered_on__lt=localdate() - Enquiry.KEPT_FOR).exclude(text=Enquiry.FORGOTTEN)


@tracked
class Enquiry(Versioned):
    """A question to the coordination office; without a measure it reports a barrier of the portal."""

    class State(models.TextChoices):
        OPEN = "open", _("offen")
        ANSWERED = "answered", _("beantwortet")
        DROPPED = "dropped", _("ohne Antwort geschlossen")

    KEPT_FOR: ClassVar = timedelta(days=90)
    FORGOTTEN: ClassVar = "–"
    """Stands in place of what was asked, once that is no longer kept."""

    measure = models.ForeignKey(
        Measure, models.CASCADE, null=True, blank=True, editable=False, related_name="questions"
    )
    page = models.CharField(_("Seite"), max_length=300, blank=True)
    text = LongText(_("Frage"), max_length=MOST_CHARACTERS)
    email = models.EmailField(_("E-Mail"), blank=True)
    language = language_field()
    asked_on = models.DateField(_("gefragt am"), default=localdate, editable=False)
    state = models.CharField(_("Stand"), max_length=8, choices=State.choices, default=State.OPEN)
    answer = LongText(_("Antwort"), max_length=LONG, blank=True)
    answered_on = models.DateField(_("beantwortet am"), null=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="answered_questions",
    )
    public_text = LongText(_("Frage, wie sie veröffentlicht wird"), max_length=MOST_CHARACTERS, blank=True)
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    objects = PublicQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Frage")
        verbose_name_plural = _("Fragen")
        ordering = ["asked_on", "pk"]
        constraints = [
            *limits("question", text=MOST_CHARACTERS, answer=LONG, public_text=MOST_CHARACTERS),
            models.CheckConstraint(
                condition=~Q(state="answered") | ~Q(answer=""),
                name="question_answered_has_answer",
                violation_error_message=_("Bitte schreiben Sie eine Antwort."),
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_on=None)
                | (~Q(state="open") & Q(answered_on__isnull=False)),
                name="question_dealt_with_has_day",
            ),
            models.CheckConstraint(
                condition=Q(public_text="") | Q(state="answered", measure__isnull=False),
                name="question_published_is_answered_and_of_measure",
                violation_error_message=_(
                    "Veröffentlicht wird nur eine beantwortete Frage zu einer Maßnahme."
                ),
            ),
        ]
        indexes = [models.Index(fields=["measure", "-answered_on"])]

    def __str__(self) -> str:
        return str(_("Frage zu „%s“") % self.measure.title if self.measure else _("Gemeldete Barriere"))

    def get_absolute_url(self) -> str:
        return reverse("question", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
