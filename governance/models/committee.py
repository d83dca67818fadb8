"""Committees with their seats, and who may see what of a committee."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from measures.models import Visibility
from network.models import Municipality, Organisation, Role
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.text import german_order
from smartregion.base.versioned import Versioned

MOST_NOTICE_DAYS: Final = 90
MOST_WISHES: Final = 100
PUBLICITY: Final = [
    (Visibility.DRAFT.value, Visibility.DRAFT.label),
    (Visibility.INTERNAL.value, _("nichtöffentlich")),
    (Visibility.PUBLIC.value, Visibility.PUBLIC.label),
]
"""The visibilities in the words of committees: their meetings have a public and a non-public part."""
FROM_HIDDEN_TO_OPEN: Final[list[str]] = [Visibility.DRAFT, Visibility.INTERNAL, Visibility.PUBLIC]


def period(model: str) -> models.CheckConstraint:
    """What ends does not end before it starts."""
    return models.CheckConstraint(
        condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
        name=f"{model}_ends_after_start",
        violation_error_message=_("Das Ende liegt vor dem Beginn."),
    )


@dataclass(frozen=True)
class AnyMember:
    """For whom files are compiled that every member gets: whoever has a seat in this committee alone."""

    committee: "Committee"
    is_authenticated = True
    role = Role.STEERING

    def has_perm(self, permission: str, subject: object = None) -> bool:
        return permission == "governance.read_internals" and subject == self.committee


def open_to(user: Any, committee: str) -> Q:
    """Public matters for all; internal ones for members of the committee; all for the coordinator.

    Args:
        committee: the lookup path from the filtered model to its committee, "" for the committee itself.
    """
    if not user.is_authenticated:
        return Q(visibility=Visibility.PUBLIC)
    if user.role == Role.COORDINATION:
        return Q()
    return Q(visibility=Visibility.PUBLIC) | Q(
        visibility=Visibility.INTERNAL, **{f"{committee or 'pk'}__in": _memberships(user)}
    )


def _memberships(user: Any) -> Any:
    if isinstance(user, AnyMember):
        return [user.committee.pk]
    return Seat.objects.current().filter(user=user).values("committee")


class CommitteeQuerySet(models.QuerySet["Committee"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(open_to(user, ""))

    def with_member(self, user: Any) -> Self:
        """Those in which the account has a seat."""
        return self.filter(pk__in=_memberships(user))


@tracked
class Committee(Versioned):
    """A body that steers, decides or exchanges (Gremium)."""

    class Kind(models.TextChoices):
        STEERING = "steering", _("Lenkungskreis")
        MAYORS = "mayors", _("Bürgermeisterkonferenz")
        COUNCIL = "council", _("Kreistag")
        COUNTY_COMMITTEE = "county_committee", _("Ausschuss des Kreistags")
        MUNICIPAL_COUNCIL = "municipal_council", _("Rat einer Kommune")
        COMPETENCE_CENTRE = "competence_centre", _("Kompetenzzentrum")
        WORKING_GROUP = "working_group", _("Arbeitskreis")
        EXCHANGE = "exchange", _("Austauschformat")

    class Quorum(models.TextChoices):
        MAJORITY = "majority", _("mehr als die Hälfte der Stimmberechtigten anwesend")
        HALF = "half", _("mindestens die Hälfte der Stimmberechtigten anwesend")
        NONE = "none", _("keine Regel")

    name = models.CharField(_("Name"), max_length=160, unique=True)
    slug = models.SlugField(_("Adresse"), max_length=80, unique=True)
    kind = models.CharField(_("Art"), max_length=17, choices=Kind.choices)
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="councils",
        verbose_name=_("Kommune"),
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("gehört zu")
    )
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
    quorum = models.CharField(
        _("Beschlussfähigkeit"), max_length=8, choices=Quorum.choices, default=Quorum.MAJORITY
    )
    notice_days = models.PositiveSmallIntegerField(
        _("Ladungsfrist in Tagen"), default=14, validators=[MaxValueValidator(MOST_NOTICE_DAYS)]
    )
    number_prefix = models.CharField(_("Kürzel der Beschlussnummern"), max_length=12, blank=True)
    keeps_register = models.BooleanField(
        _("Beschlüsse werden hier geführt"),
        default=True,
        help_text=_(
            "Das Portal vergibt die Beschlussnummern lückenlos. Ohne Haken gilt die Nummer aus der Quelle."
        ),
    )
    wish_threshold = models.PositiveSmallIntegerField(
        _("Wünsche ab dieser Zahl auf die Tagesordnung"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_WISHES)],
    )
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=PUBLICITY, default=Visibility.PUBLIC
    )

    objects = CommitteeQuerySet.as_manager()
    _visibility_as_read: str | None = None

    class Meta:
        verbose_name = _("Gremium")
        verbose_name_plural = _("Gremien")
        ordering = ["position", *german_order("name")]
        constraints = [
            *limits("committee", task=LONG),
            models.CheckConstraint(
                condition=Q(kind="municipal_council", municipality__isnull=False)
                | (~Q(kind="municipal_council") & Q(municipality=None)),
                name="committee_municipality_goes_with_kind",
                violation_error_message=_(
                    "Der Rat einer Kommune braucht eine Kommune; andere Gremien haben keine."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("committee", args=[self.slug])

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        row = super().from_db(*args, **kwargs)
        row._visibility_as_read = row.__dict__.get("visibility")
        return row

    def clean(self) -> None:
        """What holds of a committee however it came to be so: by form, by a verb, or by undoing."""
        if self.pk:
            self._check_circulars()
        above, seen = self.parent, {self.pk}
        while above:
            if above.pk in seen:
                raise ValidationError({"parent": _("Ein Gremium kann nicht zu sich selbst gehören.")})
            seen.add(above.pk)
            above = above.parent

    def _check_circulars(self) -> None:
        """Nothing may keep those entitled from voting, or a circular from being closed."""
        if self.kind != self.Kind.STEERING and self.circulars.exists():
            raise ValidationError(
                {"kind": _("Das Gremium hat Umlaufbeschlüsse; es muss ein Lenkungskreis bleiben.")}
            )
        if not self.circulars.filter(state="open").exists():
            return
        if not self.keeps_register:
            raise ValidationError(
                {"keeps_register": _("Solange ein Umlauf läuft, müssen die Beschlüsse hier geführt werden.")}
            )
        before = self._visibility_as_read or self.visibility
        if FROM_HIDDEN_TO_OPEN.index(self.visibility) < FROM_HIDDEN_TO_OPEN.index(before):
            raise ValidationError(
                {"visibility": _("Solange ein Umlauf läuft, lässt sich die Sichtbarkeit nicht verringern.")}
            )


@tracked
class Term(Versioned):
    """For how long the seats of a committee are given (Wahlperiode, Amtszeit)."""

    always_present = True

    committee = models.ForeignKey(Committee, models.CASCADE, related_name="terms")
    name = models.CharField(_("Bezeichnung"), max_length=80)
    starts_on = models.DateField(_("Beginn"))
    ends_on = models.DateField(_("Ende"), null=True, blank=True)

    class Meta:
        verbose_name = _("Amtszeit")
        verbose_name_plural = _("Amtszeiten")
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "name"],
                name="term_unique",
                violation_error_message=_("Diese Amtszeit gibt es schon."),
            ),
            period("term"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return self.committee.get_absolute_url()


class SeatQuerySet(models.QuerySet["Seat"]):
    def current(self, on: date | None = None) -> Self:
        """Those that are held on that day, today by default."""
        day = on or localdate()
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gte=day))

    def regular(self) -> Self:
        """Without the deputies, who have no place of their own at the table."""
        return self.filter(deputy_for=None)

    def deputising(self) -> Self:
        return self.exclude(deputy_for=None)

    def voting(self) -> Self:
        return self.filter(votes=True)

    def chairing(self, kind: str) -> Self:
        """Chair and deputy chair of committees of that kind."""
        return self.filter(Q(is_chair=True) | Q(is_deputy_chair=True), committee__kind=kind)


@tracked
class Seat(Versioned):
    """A seat in a committee, shown by group and function; the account behind it is optional."""

    always_present = True

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
    is_deputy_chair = models.BooleanField(_("stellvertretender Vorsitz"), default=False)
    votes = models.BooleanField(_("stimmberechtigt"), default=True)
    deputy_for = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deputies",
        verbose_name=_("vertritt"),
    )
    term = models.ForeignKey(
        Term, models.PROTECT, null=True, blank=True, related_name="seats", verbose_name=_("Amtszeit")
    )
    starts_on = models.DateField(_("Mitglied seit"), null=True, blank=True)
    ends_on = models.DateField(_("Mitglied bis"), null=True, blank=True)
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="seats",
        verbose_name=_("Konto"),
    )

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("Sitz")
        verbose_name_plural = _("Sitze")
        ordering = ["group", *german_order("function")]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "organisation", "function"],
                condition=Q(ends_on=None),
                name="seat_unique",
                nulls_distinct=False,
                violation_error_message=_("Diesen Sitz gibt es schon."),
            ),
            models.UniqueConstraint(
                fields=["committee"],
                condition=Q(is_chair=True, ends_on=None),
                name="seat_one_chair",
                violation_error_message=_("Das Gremium hat schon einen Vorsitz."),
            ),
            models.CheckConstraint(
                condition=Q(deputy_for=None) | Q(votes=False, is_chair=False, is_deputy_chair=False),
                name="seat_deputy_votes_only_in_place",
                violation_error_message=_(
                    "Eine Stellvertretung hat keine eigene Stimme; sie stimmt für den Sitz, den sie vertritt."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(is_chair=True, is_deputy_chair=True),
                name="seat_chair_is_not_deputy_chair",
                violation_error_message=_("Vorsitz und stellvertretender Vorsitz sind zwei Sitze."),
            ),
            period("seat"),
        ]

    def __str__(self) -> str:
        return self.function

    def get_absolute_url(self) -> str:
        return self.committee.get_absolute_url()

    def clean(self) -> None:
        """What holds of a seat however it came to be so: by form, by a verb, or by undoing."""
        if self.term and self.term.committee_id != self.committee_id:
            raise ValidationError({"term": _("Diese Amtszeit gehört zu einem anderen Gremium.")})
        if self.deputy_for:
            self._check_place(self.deputy_for)

    def _check_place(self, other: "Seat") -> None:
        if other.committee_id != self.committee_id:
            raise ValidationError({"deputy_for": _("Dieser Sitz gehört zu einem anderen Gremium.")})
        if other.deputy_for_id or other.pk == self.pk:
            raise ValidationError(
                {"deputy_for": _("Vertreten wird ein ordentlicher Sitz, keine Stellvertretung.")}
            )
        if self.pk and self.deputies.exists():
            raise ValidationError({"deputy_for": _("Dieser Sitz hat selbst Stellvertretungen.")})

    @property
    def is_former(self) -> bool:
        return self.ends_on is not None and self.ends_on < localdate()

    @property
    def is_current(self) -> bool:
        return not self.is_former and (self.starts_on is None or self.starts_on <= localdate())
