"""Committees with their seats, and who may see what of a committee."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.models import Visibility
from network.models import Organisation, Role
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.text import german_order
from smartregion.base.versioned import Versioned


def open_to(user: Any, committee: str) -> Q:
    """Public matters for all; internal ones for members of the committee; all for the coordinator.

    Args:
        committee: the lookup path from the filtered model to its committee, "" for the committee itself.
    """
    if not user.is_authenticated:
        return Q(visibility=Visibility.PUBLIC)
    if user.role == Role.COORDINATION:
        return Q()
    members = Seat.objects.filter(user=user).values("committee")
    return Q(visibility=Visibility.PUBLIC) | Q(
        visibility=Visibility.INTERNAL, **{f"{committee or 'pk'}__in": members}
    )


class CommitteeQuerySet(models.QuerySet["Committee"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(open_to(user, ""))

    def with_member(self, user: Any) -> Self:
        """Those in which the account has a seat."""
        return self.filter(Exists(Seat.objects.filter(committee=OuterRef("pk"), user=user)))


@tracked
class Committee(Versioned):
    """A body that steers, decides or exchanges (Gremium)."""

    class Kind(models.TextChoices):
        STEERING = "steering", _("Lenkungskreis")
        MAYORS = "mayors", _("Bürgermeisterkonferenz")
        COUNCIL = "council", _("Politisches Gremium")
        WORKING_GROUP = "working_group", _("Arbeitskreis")
        EXCHANGE = "exchange", _("Austauschformat")

    name = models.CharField(_("Name"), max_length=160, unique=True)
    slug = models.SlugField(_("Adresse"), max_length=80, unique=True)
    kind = models.CharField(_("Art"), max_length=14, choices=Kind.choices)
    host = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="committees",
        verbose_name=_("ausgerichtet von"),
    )
    task = LongText(_("Aufgabe"), max_length=LONG, blank=True)
    rhythm = models.CharField(_("Turnus"), max_length=120, blank=True)
    source = models.CharField(_("Quelle"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC
    )

    objects = CommitteeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Gremium")
        verbose_name_plural = _("Gremien")
        ordering = ["position", *german_order("name")]
        constraints = limits("committee", task=LONG)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("committee", args=[self.slug])


@tracked
class Seat(Versioned):
    """A seat in a committee, shown by group and function; the account behind it is optional."""

    class Group(models.TextChoices):
        MUNICIPALITIES = "municipalities", _("Kommunen")
        COUNTY = "county", _("Kreisverwaltung")
        ASSOCIATIONS = "associations", _("Verbände")
        POLITICS = "politics", _("Politik")
        OTHERS = "others", _("Weitere")

    committee = models.ForeignKey(Committee, models.CASCADE, related_name="seats")
    group = models.CharField(_("Gruppe"), max_length=14, choices=Group.choices)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="seats",
        verbose_name=_("Organisation"),
    )
    function = models.CharField(_("Funktion"), max_length=160)
    is_chair = models.BooleanField(_("Vorsitz"), default=False)
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="seats",
        verbose_name=_("Konto"),
    )

    class Meta:
        verbose_name = _("Sitz")
        verbose_name_plural = _("Sitze")
        ordering = ["group", *german_order("function")]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "organisation", "function"],
                name="seat_unique",
                nulls_distinct=False,
                violation_error_message=_("Diesen Sitz gibt es schon."),
            ),
            models.UniqueConstraint(
                fields=["committee"],
                condition=Q(is_chair=True),
                name="seat_one_chair",
                violation_error_message=_("Das Gremium hat schon einen Vorsitz."),
            ),
        ]

    def __str__(self) -> str:
        return self.function

    def get_absolute_url(self) -> str:
        return self.committee.get_absolute_url()
