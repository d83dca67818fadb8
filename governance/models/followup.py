"""What has to be done after a resolution, until the committee notes it as done (Beschlusskontrolle)."""

from datetime import date
from typing import Any, Self

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from governance.models.meeting import Meeting
from governance.models.resolution import Resolution
from smartregion.base import clock
from smartregion.base.fields import HTTPS_ONLY, LONG, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.versioned import Versioned
from smartregion.base.worklist import days_between

URGENCY = (F("due_on").asc(nulls_last=True), "resolution__resolved_on", "pk")


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visible_to(self, user: Any) -> Self:
        """Whoever may read a resolution may read what became of it."""
        return self.filter(resolution__in=Resolution.objects.visible_to(user))

    def open(self) -> Self:
        """Of resolutions in force, not yet noted as done; the most urgent first."""
        return self.filter(noted_in=None, resolution__superseded_by=None).by_urgency()

    def with_resolution(self) -> Self:
        """With what a list shows of it, asked for once."""
        return self.select_related("resolution__committee", "resolution__superseded_by", "noted_in")

    def by_urgency(self) -> Self:
        return self.order_by(*URGENCY)

    def by_committee(self) -> Self:
        """Committee by committee, in each the most urgent first."""
        return self.order_by("resolution__committee__position", "resolution__committee_id", *URGENCY)

    def noted(self) -> Self:
        """Those that a committee has noted as done, the latest first."""
        return self.exclude(noted_in=None).order_by("-noted_in__starts_at", "pk")

    def in_numbers(self, on: date) -> dict[str, int]:
        """How many there are, are overdue on that day, are reported; one may be both."""
        overdue, reported = Q(due_on__lt=on), Q(reported_on__isnull=False)
        return self.aggregate(all=Count("pk"), overdue=Count("pk", overdue), reported=Count("pk", reported))

    def overdue(self, on: date) -> Self:
        return self.filter(due_on__lt=on)

    def due_by(self, day: date) -> Self:
        return self.filter(due_on__lte=day)

    def to_be_checked_in(self, meeting: Meeting) -> Self:
        """What the meeting has to check: of earlier resolutions of its committee, not noted before it."""
        still_valid = Q(resolution__superseded_by=None) | Q(
            resolution__superseded_by__resolved_on__gte=meeting.day
        )
        not_noted_before = Q(noted_in=None) | Q(noted_in__starts_at__gte=meeting.starts_at)
        return self.filter(
            still_valid,
            not_noted_before,
            resolution__committee=meeting.committee_id,
            resolution__resolved_on__lt=meeting.day,
        ).by_urgency()


@tracked
class FollowUp(Versioned):
    """One thing to do after a resolution. Who does it reports it as done; only the committee notes that."""

    APPROVAL = _("Nachträgliche Genehmigung durch das Gremium")
    WHOLE = _("Umsetzung des Beschlusses")
    """What is to be done where nobody says it more precisely."""

    resolution = models.ForeignKey(Resolution, models.PROTECT, related_name="follow_ups")
    what = models.CharField(_("Auftrag"), max_length=300)
    responsible = models.CharField(_("zuständig"), max_length=160, blank=True)
    due_on = models.DateField(_("umzusetzen bis"), null=True, blank=True)
    reported_on = models.DateField(_("als umgesetzt gemeldet am"), null=True, blank=True)
    evidence = LongText(_("Nachweis"), max_length=LONG, blank=True)
    evidence_url = models.CharField(
        _("Adresse des Nachweises"), max_length=500, blank=True, validators=[HTTPS_ONLY]
    )
    noted_in = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="noted_follow_ups",
        verbose_name=_("als erledigt festgestellt in"),
    )
    is_approval = models.BooleanField(_("nachträgliche Genehmigung"), default=False, editable=False)
    """Of an urgent decision: noted by the resolution that approves it, and by nothing else."""
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("Auftrag")
        verbose_name_plural = _("Aufträge")
        ordering = ["resolution", "pk"]
        constraints = [
            *limits("followup", evidence=LONG),
            models.CheckConstraint(
                condition=Q(reported_on=None) | ~Q(evidence=""),
                name="followup_report_needs_evidence",
                violation_error_message=_("Bitte sagen Sie, womit die Umsetzung belegt ist."),
            ),
            models.UniqueConstraint(
                fields=["resolution"], condition=Q(is_approval=True), name="followup_one_approval"
            ),
        ]
        triggers = [pgtrigger.Protect(name="followup_is_never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.what

    def clean(self) -> None:
        """What holds of a follow-up however it came to be so: by form, by a verb, or by undoing."""
        if self.due_on and self.due_on < self.resolution.resolved_on:
            raise ValidationError({"due_on": _("Die Frist kann nicht vor dem Beschluss liegen.")})

    def get_absolute_url(self) -> str:
        committee = self.resolution.committee
        return f"{reverse('resolution', args=[committee.slug, self.resolution_id])}#auftrag-{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.noted_in_id is None and not self.resolution.is_superseded

    @property
    def overdue_since(self) -> str:
        """In words, as "seit 3 Tagen"."""
        return days_between(self.due_on, clock.today()) if self.is_overdue and self.due_on else ""

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < clock.today()
