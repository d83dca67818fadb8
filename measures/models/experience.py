"""What a municipality has learnt with a measure (Erfahrung), for others who want the same."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from measures.models.rollout import RolloutCell
from smartregion.base.fields import HTTPS_ONLY, LONG, LongText, limits
from smartregion.base.history import tracked
from smartregion.base.money import MOST, MoneyField
from smartregion.base.versioned import Versioned

MOST_LINKS: Final = 10
MOST_DAYS: Final = Decimal("9999.5")


class DocumentKeys(ArrayField):  # type: ignore[type-arg]
    """Keys of documents of the cell's measure. Documents are never deleted, and each reader's own
    `Document.objects.visible_to` decides which of them are shown."""

    def in_words(self, value: list[int]) -> str:
        return ngettext("%d Dokument", "%d Dokumente", len(value)) % len(value)


@dataclass(frozen=True)
class ReuseLink:
    title: str
    url: str

    @classmethod
    def read(cls, line: str) -> Self:
        """A line "Titel https://…"; without a title the address stands for itself.

        Raises:
            ValidationError: the line does not end in an address that begins with https://.
        """
        words = line.split()
        HTTPS_ONLY(words[-1])
        return cls(" ".join(words[:-1]) or words[-1], words[-1])


class ExperienceQuerySet(models.QuerySet["Experience"]):
    def visible_to(self, user: Any) -> Self:
        """Of cells that the user may see: all for accounts, for others those that are published."""
        visible = self.filter(cell__in=RolloutCell.objects.visible_to(user))
        return visible if user.is_authenticated else visible.filter(is_public=True)


@tracked
class Experience(Versioned):
    """One municipality's experience with one measure. An empty field says "keine Angabe", never 0."""

    class Transferability(models.IntegerChoices):
        HARDLY = 1, _("1 – kaum übertragbar")
        PARTLY = 2, _("2 – teilweise übertragbar")
        LARGELY = 3, _("3 – mit Anpassungen übertragbar")
        FULLY = 4, _("4 – unverändert übertragbar")

    cell = models.OneToOneField(RolloutCell, models.CASCADE, related_name="experience")
    supplier = models.CharField(_("Anbieter oder Betreiber"), max_length=200, blank=True)
    person_days = models.DecimalField(
        _("Aufwand in Personentagen"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    cost_once = MoneyField(_("Kosten einmalig"), least=Decimal(0), null=True, blank=True)  # type: ignore[misc]
    cost_yearly = MoneyField(_("Kosten je Jahr"), least=Decimal(0), null=True, blank=True)  # type: ignore[misc]
    lessons = LongText(_("Was wir gelernt haben"), max_length=LONG, blank=True)
    transferability = models.PositiveSmallIntegerField(
        _("Übertragbarkeit"), choices=Transferability.choices, null=True, blank=True
    )
    transferability_reason = models.CharField(_("Grund dafür"), max_length=300, blank=True)
    documents = DocumentKeys(
        models.IntegerField(), verbose_name=_("Dokumente zum Nachnutzen"), default=list, blank=True
    )
    links = LongText(_("eigene Verweise"), max_length=3000, blank=True)
    is_public = models.BooleanField(_("öffentlich"), default=False)

    objects = ExperienceQuerySet.as_manager()

    class Meta:
        verbose_name = _("Erfahrung")
        verbose_name_plural = _("Erfahrungen")
        constraints = [
            *limits("experience", lessons=LONG, links=3000),
            models.CheckConstraint(
                condition=Q(person_days=None) | Q(person_days__gte=0, person_days__lte=MOST_DAYS),
                name="experience_days_in_range",
                violation_error_message=_("Der Aufwand liegt zwischen 0 und 9.999,5 Personentagen."),
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{name: None}) | Q(**{f"{name}__gte": 0, f"{name}__lte": MOST}),
                    name=f"experience_{name}_in_range",
                    violation_error_message=_("Dieser Betrag ist nicht möglich."),
                )
                for name in ("cost_once", "cost_yearly")
            ),
            models.CheckConstraint(
                condition=Q(transferability=None) | Q(transferability__gte=1, transferability__lte=4),
                name="experience_transferability_in_range",
                violation_error_message=_("Die Übertragbarkeit hat vier Stufen."),
            ),
            models.CheckConstraint(
                condition=Q(transferability=None) | ~Q(transferability_reason=""),
                name="experience_transferability_needs_reason",
                violation_error_message=_("Die Übertragbarkeit braucht einen Grund."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Erfahrung: %s") % self.cell)

    def get_absolute_url(self) -> str:
        return f"{reverse('who_has_it', args=[self.cell.measure.slug])}#{self.cell.municipality.slug}"

    def clean(self) -> None:
        """Every line of `links` can be read, and not only by the form."""
        try:
            links = self.reuse_links
        except ValidationError as error:
            raise ValidationError({"links": error.messages}) from error
        if len(links) > MOST_LINKS:
            raise ValidationError(
                {
                    "links": ngettext("Höchstens %d Verweis.", "Höchstens %d Verweise.", MOST_LINKS)
                    % MOST_LINKS
                }
            )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said, or all of it was taken back."""
        texts = self.supplier, self.lessons, self.links, self.documents
        numbers = self.person_days, self.cost_once, self.cost_yearly, self.transferability
        return not any(texts) and all(number is None for number in numbers)

    @property
    def reuse_links(self) -> list[ReuseLink]:
        return [ReuseLink.read(line) for line in self.links.splitlines() if line.strip()]
