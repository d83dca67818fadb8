"""Wishes: a municipality wants what others have already ("Wir wollen das auch")."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from measures.models.ladder import BOUND
from measures.models.rollout import RolloutCell
from network.models import Municipality
from smartregion.base.fields import LongText, limits
from smartregion.base.history import tracked
from smartregion.base.versioned import Versioned

MESSAGE, NOTE = 1000, 500


class WishQuerySet(models.QuerySet["Wish"]):
    def visible_to(self, user: Any) -> Self:
        """For the coordinator and the municipality whose wish it is, of measures that they may see."""
        return self.filter(cell__in=RolloutCell.objects.editable_by(user))

    def of(self, municipality: Municipality) -> Self:
        """The open and the handled ones, newest first; who takes a wish back does not want to read of it."""
        mine = self.filter(cell__municipality=municipality).exclude(state=Wish.State.WITHDRAWN)
        return mine.order_by("-made_on", "-pk")

    def asking(self, municipality: Municipality, user: Any) -> Self:
        """Open wishes whose municipality would like to talk to this one."""
        return self.open().filter(asked=municipality, cell__in=RolloutCell.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(state=Wish.State.OPEN)

    def with_names(self) -> Self:
        return self.select_related("cell__measure", "cell__municipality", "asked").defer(
            "cell__municipality__boundary", "asked__boundary"
        )


@tracked
class Wish(Versioned):
    """A municipality's wish for a measure. It sets no stage by itself; there is one open wish per cell."""

    class State(models.TextChoices):
        OPEN = "open", _("offen")
        WITHDRAWN = "withdrawn", _("zurückgenommen")
        HANDLED = "handled", _("erledigt")

    cell = models.ForeignKey(RolloutCell, models.CASCADE, related_name="wishes")
    made_on = models.DateField(_("geäußert am"), default=localdate, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="wishes",
        verbose_name=_("geäußert von"),
    )
    message = LongText(_("Nachricht"), max_length=MESSAGE, blank=True)
    asked = models.ForeignKey(
        Municipality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="wishes_to_talk",
        verbose_name=_("Kontakt gewünscht mit"),
    )
    state = models.CharField(_("Stand"), max_length=9, choices=State.choices, default=State.OPEN)
    note = LongText(_("Notiz der Koordinierungsstelle"), max_length=NOTE, blank=True)

    objects = WishQuerySet.as_manager()

    class Meta:
        verbose_name = _("Wunsch")
        verbose_name_plural = _("Wünsche")
        ordering = ["made_on", "pk"]
        constraints = [
            *limits("wish", message=MESSAGE, note=NOTE),
            models.UniqueConstraint(
                fields=["cell"],
                condition=Q(state="open"),
                name="wish_one_open_per_cell",
                violation_error_message=_("Dieser Wunsch ist schon geäußert."),
            ),
            models.CheckConstraint(
                condition=~Q(state="handled") | ~Q(note=""),
                name="wish_handled_needs_note",
                violation_error_message=_("Bitte sagen Sie, was aus dem Wunsch geworden ist."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cell.measure.title} – {self.cell.municipality.name}"

    def get_absolute_url(self) -> str:
        return f"{self.cell.municipality.get_absolute_url()}#wuensche"


def may_be_wished(cell: RolloutCell) -> bool:
    """Who has committed, or is further, needs no wish any more."""
    return cell.stage not in BOUND
