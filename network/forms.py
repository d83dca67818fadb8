"""The form of a contact."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.models import Contact
from network.models.contacts import PERSONAL, in_two_years
from smartregion.base.editing import VersionedModelForm
from smartregion.base.widgets import date_input

CONSENT = ("consented_on", "consent_way", "consent_taken_by", "kept_until")


class ContactForm(VersionedModelForm):
    """Whoever enters a person enters the consent too; a withdrawn one needs a newer one."""

    class Meta:
        model = Contact
        fields = ["organisation", "function", *PERSONAL, "interests", "note", *CONSENT]
        widgets = {
            "interests": forms.CheckboxSelectMultiple,
            "note": forms.Textarea({"rows": 3}),
            "consented_on": date_input(),
            "kept_until": date_input(),
        }
        help_texts = {
            "name": gettext_lazy("Nur mit Einwilligung der Person."),
            "note": gettext_lazy("Bitte nichts über die Person, nur über die Zusammenarbeit."),
            "kept_until": gettext_lazy(
                "Danach werden die Angaben zur Person gelöscht; vorher wird erinnert."
            ),
            "consent_taken_by": gettext_lazy("Zum Beispiel „Koordinierungsstelle“."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial.setdefault("kept_until", in_two_years())

    @property
    def groups(self) -> list[dict[str, Any]]:
        parts = [
            (_("Wer"), ["organisation", "function", *PERSONAL]),
            (_("Worum es geht"), ["interests", "note"]),
            (_("Einwilligung"), [*CONSENT]),
            (_("Änderung"), ["reason_for_change"]),
        ]
        return [
            {"legend": legend, "fields": [self[name] for name in names if name in self.fields]}
            for legend, names in parts
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        withdrawn = self.instance.withdrawn_on
        if withdrawn and any(values.get(name) for name in PERSONAL):
            if not values.get("consented_on") or values["consented_on"] < withdrawn:
                raise ValidationError(
                    _("Die Einwilligung ist widerrufen. Name, E-Mail und Telefon brauchen eine neue.")
                )
            self.instance.withdrawn_on = None
        return values


class ContactAddForm(ContactForm):
    """Of a new one nothing changes, so there is no reason to ask for."""

    reason_for_change = None  # type: ignore[assignment]
