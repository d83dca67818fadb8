"""The way of a paper from station to station (Beratungsfolge)."""

from typing import Any, Self

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _

from governance.models.agenda import AgendaItem
from governance.models.committee import Committee
from governance.models.paper import Paper
from smartregion.base.history import tracked
from smartregion.base.versioned import Versioned

ONE_DECIDES = _("Es entscheidet schon ein anderes Gremium; nur das letzte der Beratungsfolge entscheidet.")
LAST_DECIDES = _("Nur die letzte Station entscheidet. Bitte schieben Sie sie erst ans Ende.")
FOREIGN_ITEM = _("Dieser TOP gehört nicht zu diesem Gremium und dieser Vorlage.")
NO_STATION_AFTER_THE_DECISION = """
    PERFORM 1 FROM governance_paper WHERE id = NEW.paper_id FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM governance_consultation decides
        JOIN governance_consultation later USING (paper_id)
        WHERE paper_id = NEW.paper_id AND decides.role = 'decide' AND later.position > decides.position
    ) THEN
        RAISE EXCEPTION 'only the last station decides' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""
ITEM_OF_COMMITTEE_AND_PAPER = """
    IF NEW.item_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM governance_agendaitem item
        JOIN governance_meeting meeting ON meeting.id = item.meeting_id
        WHERE item.id = NEW.item_id AND item.paper_id = NEW.paper_id
        AND meeting.committee_id = NEW.committee_id
    ) THEN
        RAISE EXCEPTION 'the item is of another committee or paper' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def visible_to(self, user: Any) -> Self:
        """Of papers that the user may read, at committees that they may know."""
        return self.filter(
            paper__in=Paper.objects.visible_to(user).values("pk"),
            committee__in=Committee.objects.visible_to(user),
        )

    def recommending(self) -> Self:
        """Stations whose resolutions only recommend something to the committee that decides."""
        return self.exclude(role=Consultation.Role.DECIDE)


@tracked
class Consultation(Versioned):
    """A station on a paper's way: a committee that advises or decides, and the agenda item where it did."""

    class Role(models.TextChoices):
        PREPARE = "prepare", _("Vorberatung")
        NOTE = "note", _("Kenntnisnahme")
        DECIDE = "decide", _("Entscheidung")

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="consultations")
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="consultations", verbose_name=_("Gremium")
    )
    position = models.PositiveSmallIntegerField(_("Station"), editable=False)
    role = models.CharField(_("Aufgabe"), max_length=7, choices=Role.choices)
    planned_on = models.DateField(_("geplant am"), null=True, blank=True)
    item = models.OneToOneField(
        AgendaItem,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="consultation",
        verbose_name=_("beraten unter TOP"),
    )

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Station")
        verbose_name_plural = _("Beratungsfolge")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["paper", "position"],
                name="consultation_position_unique",
                deferrable=Deferrable.IMMEDIATE,
            ),
            models.UniqueConstraint(
                fields=["paper"],
                condition=Q(role="decide"),
                name="consultation_one_decides",
                violation_error_message=ONE_DECIDES,
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="consultation_last_decides",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("position", "role", "paper_id"),
                when=pgtrigger.After,
                func=NO_STATION_AFTER_THE_DECISION,
            ),
            pgtrigger.Trigger(
                name="consultation_item_fits",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("item_id", "committee_id", "paper_id"),
                when=pgtrigger.After,
                func=ITEM_OF_COMMITTEE_AND_PAPER,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.committee}: {self.get_role_display()}"

    def get_absolute_url(self) -> str:
        return f"{self.paper.get_absolute_url()}#beratungsfolge"

    def clean(self) -> None:
        """What holds of a station however it came to be so: by form, by a verb, or by undoing."""
        others = self.paper.consultations.exclude(pk=self.pk)
        if self.decides and others.filter(role=self.Role.DECIDE).exists():
            raise ValidationError({"role": ONE_DECIDES})
        if self.decides and self.position and others.filter(position__gt=self.position).exists():
            raise ValidationError({"role": LAST_DECIDES})
        if self.item and self.item.paper_id != self.paper_id:
            raise ValidationError({"item": FOREIGN_ITEM})
        if self.item and self.item.meeting.committee_id != self.committee_id:
            raise ValidationError({"item": FOREIGN_ITEM})

    @property
    def decides(self) -> bool:
        return self.role == self.Role.DECIDE

    @property
    def is_recommendation(self) -> bool:
        """Whether what is resolved here only recommends something to the committee that decides."""
        return not self.decides
