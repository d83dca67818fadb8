"""Papers before committees, and their attachments."""

from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from governance.models.committee import PUBLICITY, Committee, open_to
from measures.models import Visibility
from smartregion.base.fields import LONGEST, LongText, limits
from smartregion.base.history import tracked, tracked_without
from smartregion.base.money import MoneyField, amounts
from smartregion.base.uploads import KINDS
from smartregion.base.versioned import Versioned


def handed_to(user: Any) -> models.QuerySet["Paper"]:
    """Papers, but for drafts, that lie before a committee of the user; its members read them as their own."""
    if not user.is_authenticated:
        return Paper._base_manager.none()
    committees = Committee.objects.visible_to(user).with_member(user)
    return Paper._base_manager.filter(consultations__committee__in=committees).exclude(
        visibility=Visibility.DRAFT
    )


class PaperQuerySet(models.QuerySet["Paper"]):
    def visible_to(self, user: Any) -> Self:
        """Those of the user's own committees and of those on the way; for others what is public."""
        own = open_to(user, "committee") & Q(committee__in=Committee.objects.visible_to(user))
        return self.filter(own | Q(pk__in=handed_to(user).values("pk")))

    def with_committee_for(self, user: Any) -> Self:
        """Each with its committee as `shown_committee`, None where the user must not know it."""
        committees = Committee.objects.visible_to(user)
        return self.prefetch_related(Prefetch("committee", committees, to_attr="shown_committee"))

    def matching(self, words: str) -> Self:
        """Those that have each of the words in number, title, facts or proposal."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(number__icontains=word)
                | Q(title__icontains=word)
                | Q(body__icontains=word)
                | Q(proposed_resolution__icontains=word)
            )
        return found

    def before(self, slug: str) -> Self:
        """Those of the committee at this address, and those whose way leads to it."""
        handed = Paper._base_manager.filter(consultations__committee__slug=slug)
        return self.filter(Q(committee__slug=slug) | Q(pk__in=handed.values("pk")))

    def years(self) -> list[int]:
        """In which there are papers, the latest first."""
        return [day.year for day in self.order_by().dates("dated", "year", order="DESC")]


@tracked
class Paper(Versioned):
    """A written document before a committee (Vorlage): motion, statement, proposal, report."""

    class Kind(models.TextChoices):
        MOTION = "motion", _("Antrag")
        STATEMENT = "statement", _("Stellungnahme der Verwaltung")
        PROPOSAL = "proposal", _("Beschlussvorlage")
        INFORMATION = "information", _("Mitteilungsvorlage")

    committee = models.ForeignKey(Committee, models.CASCADE, related_name="papers", verbose_name=_("Gremium"))
    kind = models.CharField(_("Art"), max_length=12, choices=Kind.choices)
    number = models.CharField(_("Nummer"), max_length=40, blank=True)
    title = models.CharField(_("Titel"), max_length=300)
    dated = models.DateField(_("Datum"), null=True, blank=True)
    originator = models.CharField(_("Urheber"), max_length=160, blank=True)
    body = LongText(_("Sachdarstellung (Markdown)"), max_length=LONGEST, blank=True)
    proposed_resolution = LongText(_("Beschlussvorschlag"), max_length=LONGEST, blank=True)
    cost = MoneyField(_("Kosten"), least=Decimal(0), null=True, blank=True)  # type: ignore[misc]
    cost_note = models.CharField(_("Anmerkung zu den Kosten"), max_length=200, blank=True)
    answers = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="answered_by",
        verbose_name=_("antwortet auf"),
    )
    refers_to = models.ForeignKey(
        "Resolution",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="referring_papers",
        verbose_name=_("bezieht sich auf den Beschluss"),
    )
    source = models.CharField(_("Quelle"), max_length=200, blank=True)
    way_note = models.CharField(
        _("Hinweis zur Beratungsfolge"),
        max_length=300,
        blank=True,
        help_text=_("Zum Beispiel, was die Quelle über die Beratung offen lässt."),
    )
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=PUBLICITY, default=Visibility.INTERNAL
    )
    is_example = models.BooleanField(_("Beispieldaten"), default=False, editable=False)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("Vorlage")
        verbose_name_plural = _("Vorlagen")
        ordering = [F("dated").desc(nulls_last=True), "-pk"]
        constraints = [
            *limits("paper", body=LONGEST, proposed_resolution=LONGEST),
            amounts("paper", Decimal(0), field="cost"),
            models.UniqueConstraint(
                fields=["number"],
                condition=~Q(number=""),
                name="paper_number_unique",
                violation_error_message=_("Diese Nummer trägt schon eine andere Vorlage."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("paper", args=[self.pk])


class PaperFileQuerySet(models.QuerySet["PaperFile"]):
    def visible_to(self, user: Any) -> Self:
        """Of papers that the user may see; internal ones for committees on the way; removed for nobody."""
        read = Q(paper__in=Paper.objects.visible_to(user).values("pk"))
        handed = Q(visibility=Visibility.INTERNAL, paper__in=handed_to(user).values("pk"))
        return self.filter((open_to(user, "paper__committee") & read) | handed, removed_at=None)

    def without_content(self) -> Self:
        return self.defer("content")


@tracked_without("content")
class PaperFile(Versioned):
    """An attachment of a paper (Anlage); its bytes are written once, docs/decisions/0002."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="files")
    title = models.CharField(_("Titel"), max_length=160)
    name = models.CharField(_("Dateiname"), max_length=120)
    kind = models.CharField(_("Format"), max_length=4, choices=[(kind, kind.upper()) for kind in KINDS])
    content = models.BinaryField()
    size = models.PositiveIntegerField(_("Größe"))
    sha256 = models.CharField("SHA-256", max_length=64)
    visibility = models.CharField(
        _("Sichtbarkeit"), max_length=8, choices=PUBLICITY, default=Visibility.INTERNAL
    )
    uploaded_at = models.DateTimeField(_("hochgeladen am"), default=now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="uploaded_attachments",
        verbose_name=_("hochgeladen von"),
    )
    removed_at = models.DateTimeField(_("entfernt am"), null=True, blank=True, editable=False)

    objects = PaperFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("Anlage")
        verbose_name_plural = _("Anlagen")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=list(KINDS)),
                name="paperfile_known_kind",
                violation_error_message=_("Dieses Format wird nicht angenommen."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{self.paper.get_absolute_url()}#anlagen"
