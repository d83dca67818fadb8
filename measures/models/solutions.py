"""Solutions (Lösungen) that measures produced or use, for others to take over."""

from decimal import Decimal
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.models.maturity import Level, MaturityAssessment, level_of
from measures.models.measure import Measure, Visibility, visibilities_for
from measures.models.rollout import RolloutCell
from network.models import Organisation
from smartregion.base.fields import LONG, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.money import MOST, MoneyField
from smartregion.base.text import german_order
from smartregion.base.versioned import Versioned

MOST_INTERFACES = 20


class SolutionQuerySet(models.QuerySet["Solution"]):
    def visible_to(self, user: Any) -> Self:
        """Public ones for all, internal ones for every account, drafts for the coordinator."""
        return self.filter(visibility__in=visibilities_for(user))

    def with_maturity(self) -> Self:
        """Adds `maturity`, the overall level of the newest assessment; None without a whole one."""
        newest = MaturityAssessment.objects.filter(solution=OuterRef("pk")).with_overall()
        return self.annotate(maturity=Subquery(newest.values("overall")[:1]))  # type: ignore[misc]

    def for_list(self) -> Self:
        return self.select_related("provider").with_maturity()

    def matching(self, words: str) -> Self:
        """Those with every one of the words in name, texts, provider or interfaces, whatever the accents."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(title__unaccent__icontains=word)
                | Q(summary__unaccent__icontains=word)
                | Q(problem__unaccent__icontains=word)
                | Q(provider__name__unaccent__icontains=word)
                | Q(provider_name__unaccent__icontains=word)
                | Q(interfaces__icontains=word)
            )
        return found

    def of_field(self, slug: str, user: Any) -> Self:
        """Those of a measure in the field, as far as the user may see the measure."""
        links = SolutionLink.objects.visible_to(user).filter(measure__field__slug=slug)
        return self.filter(pk__in=links.values("solution"))

    def live_in(self, municipality_slug: str, user: Any) -> Self:
        """Those that run in the municipality through a measure that the user may see."""
        cells = RolloutCell.objects.visible_to(user).filter(
            municipality__slug=municipality_slug, stage=RolloutCell.Stage.LIVE
        )
        links = SolutionLink.objects.filter(measure__in=cells.values("measure"))
        return self.filter(pk__in=links.values("solution"))

    def open_source(self) -> Self:
        return self.exclude(licence__in=["", Solution.Licence.PROPRIETARY])

    def speaking(self, interface: str) -> Self:
        return self.filter(interfaces__contains=[interface])

    def known_interfaces(self) -> list[str]:
        """Every interface that one of these solutions names. One query."""
        named = self.order_by().values_list("interfaces", flat=True)
        return sorted({name for names in named for name in names}, key=str.casefold)


@tracked
class Solution(Versioned):
    """Software, a device network or a method that solves a problem for more than one municipality."""

    class Licence(models.TextChoices):
        """Open ones by their SPDX identifier."""

        EUPL = "EUPL-1.2", "EUPL-1.2"
        AGPL = "AGPL-3.0-or-later", "AGPL-3.0-or-later"
        GPL = "GPL-3.0-or-later", "GPL-3.0-or-later"
        GPL_2 = "GPL-2.0-or-later", "GPL-2.0-or-later"
        LGPL = "LGPL-3.0-or-later", "LGPL-3.0-or-later"
        MPL = "MPL-2.0", "MPL-2.0"
        APACHE = "Apache-2.0", "Apache-2.0"
        MIT = "MIT", "MIT"
        BSD = "BSD-3-Clause", "BSD-3-Clause"
        PROPRIETARY = "proprietary", _("proprietär")

    title = models.CharField(_("Name"), max_length=160)
    slug = models.SlugField(_("Adresse"), max_length=90, unique=True)
    summary = LongText(_("Kurzbeschreibung"), max_length=1000)
    problem = LongText(_("Welches Problem löst sie?"), max_length=LONG, blank=True)
    provider = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="provided_solutions",
        verbose_name=_("Anbieter oder Entwickler"),
    )
    provider_name = models.CharField(_("anderer Anbieter oder Entwickler"), max_length=200, blank=True)
    operator = models.CharField(_("Betreiber"), max_length=200, blank=True)
    hosting = models.CharField(_("Ort des Hostings"), max_length=200, blank=True)
    interfaces = ArrayField(
        models.CharField(max_length=60),
        verbose_name=_("Schnittstellen"),
        default=list,
        blank=True,
        size=MOST_INTERFACES,
    )
    licence = models.CharField(_("Lizenz"), max_length=20, choices=Licence.choices, blank=True)
    source_url = models.URLField(_("Adresse des Quelltexts"), blank=True)
    privacy = LongText(_("Datenschutz"), max_length=LONG, blank=True)
    effort_days = models.DecimalField(
        _("Aufwand der Einführung in Personentagen"),
        max_digits=7,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    cost_once = MoneyField(_("einmalige Kosten"), least=Decimal(0), null=True, blank=True)  # type: ignore[misc]
    cost_yearly = MoneyField(_("jährliche Kosten"), least=Decimal(0), null=True, blank=True)  # type: ignore[misc]
    reuse = LongText(_("Wiederverwenden"), max_length=LONG, blank=True)
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=Visibility.choices, default=Visibility.DRAFT
    )
    measures = models.ManyToManyField(Measure, through="SolutionLink", related_name="solutions")

    objects = SolutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Lösung")
        verbose_name_plural = _("Lösungen")
        ordering = [*german_order("title"), "pk"]
        constraints = [
            *limits("solution", summary=1000, problem=LONG, privacy=LONG, reuse=LONG),
            models.CheckConstraint(
                condition=Q(provider=None) | Q(provider_name=""),
                name="solution_one_provider",
                violation_error_message=_(
                    "Der Anbieter ist eine Organisation des Netzwerks oder eine andere, nicht beides."
                ),
            ),
            models.CheckConstraint(
                condition=Q(interfaces__len__lte=MOST_INTERFACES),
                name="solution_interfaces_few_enough",
                violation_error_message=_("Es sind zu viele Schnittstellen."),
            ),
            *[
                models.CheckConstraint(
                    condition=Q(**{name: None}) | Q(**{f"{name}__gte": 0, f"{name}__lte": MOST}),
                    name=f"solution_{name}_in_range",
                    violation_error_message=_("Aufwand und Kosten sind nie negativ."),
                )
                for name in ("effort_days", "cost_once", "cost_yearly")
            ],
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("solution", args=[self.slug])

    @property
    def level(self) -> Level | None:
        """The maturity of a row that `with_maturity` has made; None where it is not assessed."""
        return level_of(self.maturity)  # type: ignore[attr-defined]

    @property
    def provided_by(self) -> str:
        """The organisation's name; "" where nobody has named one."""
        return self.provider.name if self.provider else self.provider_name


class SolutionLinkQuerySet(models.QuerySet["SolutionLink"]):
    def visible_to(self, user: Any) -> Self:
        """Of measures that the user may see; whether the solution is visible is another question."""
        return self.filter(measure__in=Measure.objects.visible_to(user))


@tracked
class SolutionLink(models.Model):
    """A measure that produced a solution, or that uses it."""

    class Kind(models.TextChoices):
        PRODUCED = "produced", _("hat sie hervorgebracht")
        USES = "uses", _("setzt sie ein")

    solution = models.ForeignKey(Solution, models.CASCADE, related_name="links", verbose_name=_("Lösung"))
    measure = models.ForeignKey(
        Measure, models.CASCADE, related_name="solution_links", verbose_name=_("Maßnahme")
    )
    kind = models.CharField(_("Verbindung"), max_length=8, choices=Kind.choices, default=Kind.USES)

    objects = SolutionLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("Verknüpfung von Lösung und Maßnahme")
        verbose_name_plural = _("Verknüpfungen von Lösungen und Maßnahmen")
        ordering = ["measure__no"]
        constraints = [
            models.UniqueConstraint(
                fields=["solution", "measure"],
                name="solution_link_unique",
                violation_error_message=_("Diese Maßnahme ist schon verknüpft."),
            )
        ]

    def __str__(self) -> str:
        return str(self.measure)

    def get_absolute_url(self) -> str:
        return f"{self.solution.get_absolute_url()}#massnahmen"
