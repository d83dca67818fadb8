"""Which contacts an address chooses; list, export and mailing read the same."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy
from django_filters import CharFilter, ChoiceFilter, FilterSet

from fields.models import ActionField
from network.models import Contact, Sector

ALL: Final = gettext_lazy("alle")
CONSENT: Final = [
    ("yes", gettext_lazy("darf angeschrieben werden")),
    ("no", gettext_lazy("ohne gültige Einwilligung")),
    ("soon", gettext_lazy("Frist endet bald")),
]


class ContactFilter(FilterSet):
    """A value that a filter does not know is ignored."""

    q = CharFilter(method="keep_matching", label=gettext_lazy("Suchwort"), max_length=100)
    feld = ChoiceFilter(method="keep_interested", label=gettext_lazy("Handlungsfeld"), empty_label=ALL)
    sektor = ChoiceFilter(
        field_name="organisation__sector",
        choices=Sector.choices,
        label=gettext_lazy("Sektor"),
        empty_label=ALL,
    )
    einwilligung = ChoiceFilter(
        method="keep_by_consent", choices=CONSENT, label=gettext_lazy("Einwilligung"), empty_label=ALL
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data=data, queryset=Contact.objects.with_details())
        self.filters["feld"].extra["choices"] = list(ActionField.objects.values_list("slug", "name"))

    @property
    def values(self) -> dict[str, str]:
        """What was chosen, by the names in the address."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def in_words(self) -> str:
        """What was chosen, for people."""
        parts = []
        for name, value in self.values.items():
            choices = {key: str(label) for key, label in self.filters[name].extra.get("choices", ())}
            parts.append(f"{self.filters[name].label}: {choices.get(value, value)}")
        return "; ".join(parts)

    def keep_matching(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.matching(value.replace("\0", ""))

    def keep_interested(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(interest_links__field__slug=value)

    def keep_by_consent(self, queryset: Any, name: str, value: str) -> Any:
        if value == "soon":
            return queryset.soon_outdated(localdate())
        reachable = Contact.objects.reachable()
        return queryset.filter(pk__in=reachable) if value == "yes" else queryset.exclude(pk__in=reachable)
