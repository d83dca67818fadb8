"""A saved view: filters of a page over all measures, kept by an account under a name."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smartregion.base.history import tracked
from smartregion.base.versioned import Versioned


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def offered_to(self, user: Any) -> Self:
        """The account's own ones and those that are offered to all accounts, own ones first."""
        if not user.is_authenticated:
            return self.none()
        offered = self.filter(Q(owner=user) | Q(is_shared=True))
        return offered.annotate(is_own=Q(owner=user)).order_by("-is_own", "name", "pk")

    def of(self, user: Any) -> Self:
        return self.filter(owner=user)


@tracked
class SavedView(Versioned):
    """Where it leads is one of the known pages and a query that their filters understand."""

    always_present = True

    class Page(models.TextChoices):
        LIST = "measures", _("Liste")
        TIMELINE = "measure_timeline", _("Zeitplan")
        BOARD = "measure_phases", _("Phasen")
        MATRIX = "matrix", _("Roll-out")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="saved_views"
    )
    name = models.CharField(_("Name"), max_length=80)
    page = models.CharField(_("Seite"), max_length=20, choices=Page.choices)
    query = models.CharField(_("Filter"), max_length=1000, blank=True)
    is_default = models.BooleanField(_("Eigene Startansicht dieser Seite"), default=False)
    is_shared = models.BooleanField(_("Allen Konten anbieten"), default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("Ansicht")
        verbose_name_plural = _("Ansichten")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="saved_view_name_unique",
                violation_error_message=_("Eine Ansicht mit diesem Namen haben Sie schon."),
            ),
            models.UniqueConstraint(
                fields=["owner", "page"], condition=Q(is_default=True), name="saved_view_one_default"
            ),
            models.CheckConstraint(
                condition=Q(page__in=["measures", "measure_timeline", "measure_phases", "matrix"]),
                name="saved_view_known_page",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse(self.page)}?{self.query}"
