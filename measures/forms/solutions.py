"""The coordinator's forms for solutions and their links to measures, and the filters of the catalogue."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import CharFilter, ChoiceFilter

from fields.models import ActionField
from measures.filters import ListFilter
from measures.forms.publishing import PublishingForm
from measures.models import Level, Measure, Solution, SolutionLink, Visibility
from network.models import Municipality
from smartregion.base.widgets import MarkdownInput

ORGANISATION_ONLY = gettext_lazy("Eine Organisation, keine Person: Die Angabe ist öffentlich.")
NOT_ZERO = gettext_lazy("Leer heißt „keine Angabe“, nicht 0.")


class SolutionForm(PublishingForm):
    """Everything about a solution but its maturity and its measures."""

    PUBLISH = (
        gettext_lazy("Ja, diese Lösung soll öffentlich sein"),
        gettext_lazy("Alle können sie dann lesen, auch ihre Bewertungen und ihre öffentlichen Maßnahmen."),
    )
    WITHDRAW = (
        gettext_lazy("Ja, diese Lösung soll nicht mehr öffentlich sein"),
        gettext_lazy("Sie verschwindet aus dem Katalog und von den Seiten der Maßnahmen."),
    )
    GROUPS = (
        (gettext_lazy("Steckbrief"), ["title", "summary", "problem"]),
        (gettext_lazy("Wer dahinter steht"), ["provider", "provider_name", "operator", "hosting"]),
        (gettext_lazy("Technik und Recht"), ["licence", "source_url", "interfaces", "privacy"]),
        (gettext_lazy("Übernehmen"), ["effort_days", "cost_once", "cost_yearly", "reuse"]),
        (gettext_lazy("Veröffentlichung"), ["visibility", "confirm_visibility", "reason_for_change"]),
    )

    class Meta:
        model = Solution
        fields = [
            "title",
            "summary",
            "problem",
            "provider",
            "provider_name",
            "operator",
            "hosting",
            "licence",
            "source_url",
            "interfaces",
            "privacy",
            "effort_days",
            "cost_once",
            "cost_yearly",
            "reuse",
            "visibility",
        ]
        widgets = {"problem": MarkdownInput, "privacy": MarkdownInput, "reuse": MarkdownInput}
        help_texts = {
            "summary": gettext_lazy("Ein bis drei Sätze für den Katalog."),
            "provider": gettext_lazy("Wenn sie zum Netzwerk gehört."),
            "provider_name": ORGANISATION_ONLY,
            "operator": ORGANISATION_ONLY,
            "hosting": gettext_lazy("Zum Beispiel „Rechenzentrum in Deutschland“."),
            "licence": gettext_lazy("Offene Lizenzen stehen mit ihrem SPDX-Kürzel da."),
            "interfaces": gettext_lazy(
                "Mit Komma getrennt, bei Standards deren Name: NGSI-LD, OGC SensorThings API, OParl, MQTT, "
                "DCAT-AP.de, GBFS, FIT-Connect …"
            ),
            "privacy": gettext_lazy("Welche personenbezogenen Daten, auf welcher Grundlage, wie lange?"),
            "effort_days": NOT_ZERO,
            "cost_once": NOT_ZERO,
            "cost_yearly": NOT_ZERO,
            "reuse": gettext_lazy(
                "Was braucht, wer sie übernehmen will: Voraussetzungen, erster Schritt, Ansprechstelle (eine "
                "Funktion)."
            ),
            "visibility": gettext_lazy(
                "Entwurf: nur die Koordination. Intern: alle mit Konto. Öffentlich: alle."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["licence"].choices = [("", _("keine Angabe")), *Solution.Licence.choices]  # type: ignore[attr-defined]

    def clean_interfaces(self) -> list[str]:
        """Each once, whatever its capitals; the first spelling stands."""
        names = {name.casefold(): name for name in reversed(self.cleaned_data["interfaces"])}
        return sorted(names.values(), key=str.casefold)


class SolutionAddForm(SolutionForm):
    """A new solution has no version and no change to give a reason for."""

    version = None  # type: ignore[assignment]
    reason_for_change = None  # type: ignore[assignment]


class SolutionLinkForm(forms.ModelForm[SolutionLink]):
    """A measure that the solution is not linked to yet."""

    class Meta:
        model = SolutionLink
        fields = ["measure", "kind"]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        linked = self.instance.solution.links.values("measure")
        measure = self.fields["measure"]
        measure.queryset = Measure.objects.visible_to(user).exclude(pk__in=linked).order_by("no")  # type: ignore[attr-defined]
        measure.empty_label = _("Bitte wählen")  # type: ignore[attr-defined]
        measure.error_messages["required"] = _("Bitte wählen Sie eine Maßnahme.")


OPEN, PROPRIETARY = "open", "proprietary"


class SolutionFilter(ListFilter):
    """Filters of the catalogue. What they offer and find rests only on what the user may see."""

    q = CharFilter(method="keep_matching", label=gettext_lazy("Suchwort"))
    field = ChoiceFilter(method="keep_of_field", label=gettext_lazy("Handlungsfeld"))
    maturity = ChoiceFilter(
        method="keep_mature",
        choices=[(str(level.value), format_lazy("{} {}", level.value, level.label)) for level in Level],
        label=gettext_lazy("Reifegrad mindestens"),
    )
    licence = ChoiceFilter(
        method="keep_licensed",
        choices=[(OPEN, gettext_lazy("offen")), (PROPRIETARY, gettext_lazy("proprietär"))],
        label=gettext_lazy("Lizenz"),
    )
    interface = ChoiceFilter(method="keep_speaking", label=gettext_lazy("Schnittstelle"))
    municipality = ChoiceFilter(method="keep_live_in", label=gettext_lazy("Läuft in"))
    visibility = ChoiceFilter(choices=Visibility.choices, label=gettext_lazy("Sichtbarkeit"))

    def __init__(self, data: Mapping[str, Any], user: Any) -> None:
        visible = Solution.objects.visible_to(user)
        super().__init__(data=data, queryset=visible)
        self.user = user
        self._offer("field", ActionField.objects.values_list("slug", "name"))
        self._offer("interface", ((name, name) for name in visible.known_interfaces()))
        self._offer("municipality", Municipality.objects.values_list("slug", "name"))
        if not user.has_perm("measures.manage_solutions"):
            del self.filters["visibility"]

    def _offer(self, name: str, choices: Any) -> None:
        self.filters[name].extra["choices"] = list(choices)

    def keep_matching(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.matching(value)

    def keep_of_field(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.of_field(value, self.user)

    def keep_mature(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.with_maturity().filter(maturity__gte=int(value))

    def keep_licensed(self, queryset: Any, name: str, value: str) -> Any:
        if value == OPEN:
            return queryset.open_source()
        return queryset.filter(licence=Solution.Licence.PROPRIETARY)

    def keep_speaking(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.speaking(value)

    def keep_live_in(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.live_in(value, self.user)
