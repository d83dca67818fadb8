"""Status updates (Sachstand): written by the team, approved by the coordinator."""

from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from measures.models.measure import Measure, Visibility, visibilities_for
from measures.models.parts import TeamMember
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.versioned import Versioned


class StatusUpdateQuerySet(models.QuerySet["StatusUpdate"]):
    def approved(self) -> Self:
        return self.exclude(visibility=Visibility.DRAFT)

    def submitted(self) -> Self:
        return self.filter(review=StatusUpdate.Review.SUBMITTED)

    def visible_to(self, user: Any) -> Self:
        """The approved ones, as far as the user may see them: what counts."""
        return self.approved().filter(visibility__in=visibilities_for(user))

    def reachable_by(self, user: Any) -> Self:
        """With those that are not approved: the coordinator's all, a team's own."""
        if not user.is_authenticated or user.has_perm("measures.publish_statusupdate"):
            return self.filter(visibility__in=visibilities_for(user))
        seats = TeamMember.objects.filter(user=user, measure=OuterRef("measure"))
        return self.filter(
            Q(visibility__in=visibilities_for(user)) | Q(Exists(seats), visibility=Visibility.DRAFT)
        )


@tracked
class StatusUpdate(Versioned):
    """What happened in a measure and what comes next.

    The visibility says whether it is approved: a draft is not, and `review` tells how far it is on its way.
    """

    class Review(models.TextChoices):
        SUBMITTED = "submitted", _("eingereicht")
        RETURNED = "returned", _("zurückgegeben")

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="status_updates")
    on = models.DateField(_("Stand vom"))
    text = LongText(_("Was ist geschehen?"), max_length=LONG)
    next_steps = LongText(_("Was kommt als Nächstes?"), max_length=LONG, blank=True)
    support_needed = LongText(_("Was wird gebraucht?"), max_length=1000, blank=True)
    progress_felt = models.PositiveSmallIntegerField(
        _("Fortschritt nach eigener Einschätzung in Prozent"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
    )
    proposed_light = models.CharField(
        _("Vorschlag zur Ampel"), max_length=6, choices=Measure.Light.choices, blank=True
    )
    proposed_reason = LongText(_("Begründung des Vorschlags"), max_length=1000, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="status_updates"
    )
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=Visibility.choices, default=Visibility.INTERNAL
    )
    for_public = models.BooleanField(_("für die Öffentlichkeit bestimmt"), default=False)
    review = models.CharField(_("Prüfung"), max_length=9, choices=Review.choices, blank=True, editable=False)
    review_comment = LongText(_("Rückmeldung der Koordination"), max_length=1000, blank=True)

    objects = StatusUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("Sachstand")
        verbose_name_plural = _("Sachstände")
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["measure", "-on"]), models.Index(fields=["-on", "-id"])]
        constraints = [
            *limits("statusupdate", text=LONG, next_steps=LONG, support_needed=1000),
            *limits("statusupdate", proposed_reason=1000, review_comment=1000),
            models.CheckConstraint(
                condition=Q(review="") | Q(visibility="draft"),
                name="statusupdate_approved_is_reviewed",
                violation_error_message=_("Was freigegeben ist, wird nicht mehr geprüft."),
            ),
            models.CheckConstraint(
                condition=~Q(review="returned") | ~Q(review_comment=""),
                name="statusupdate_returned_has_comment",
                violation_error_message=_("Bitte schreiben Sie, was noch fehlt."),
            ),
            models.CheckConstraint(
                condition=Q(progress_felt=None) | Q(progress_felt__lte=100),
                name="statusupdate_progress_in_percent",
                violation_error_message=_("Der Fortschritt liegt zwischen 0 und 100."),
            ),
            models.CheckConstraint(
                condition=~Q(proposed_light__in=["yellow", "red"]) | ~Q(proposed_reason=""),
                name="statusupdate_proposal_needs_reason",
                violation_error_message=_("Eine gelbe oder rote Ampel braucht eine Begründung."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.on}"

    def get_absolute_url(self) -> str:
        return f"{self.measure.get_absolute_url()}#sachstand"

    @property
    def is_approved(self) -> bool:
        return self.visibility != Visibility.DRAFT

    @property
    def is_submitted(self) -> bool:
        return self.review == self.Review.SUBMITTED

    @property
    def state(self) -> str:
        """In words: the step of its review, else who may see it."""
        return str(self.get_review_display() or self.get_visibility_display())
