"""The form of a template of custom reports."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fields.models import ActionField
from measures.models import Measure
from monitoring.models import ReportTemplate, Section
from monitoring.sections import ALWAYS
from network.models import Municipality
from smartregion.base.editing import VersionedModelForm


def boxes(label: Any, choices: Any = (), **values: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple, **{"required": False, **values}
    )


class ReportTemplateForm(VersionedModelForm):
    """Sections in their fixed order, and what chooses measures; what is left open does not choose."""

    reason_for_change = None  # type: ignore[assignment]
    sections = boxes(
        _("Abschnitte"),
        [(section.value, section.label) for section in Section if section not in ALWAYS],
        required=True,
        help_text=_(
            "In dieser Reihenfolge. Jeder Bericht beginnt mit dem, was sich geändert hat, "
            "und endet mit der Methode."
        ),
        error_messages={"required": _("Bitte wählen Sie mindestens einen Abschnitt.")},
    )
    fields_chosen = boxes(_("nur Handlungsfelder"))
    phases = boxes(_("nur in den Phasen"), Measure.Phase.choices)
    statuses = boxes(_("nur mit dem Status"), Measure.Status.choices)
    lights = boxes(_("nur mit der Ampel"), Measure.Light.choices)
    municipality = forms.ModelChoiceField(
        label=_("nur mit der Kommune"),
        queryset=Municipality.objects.all(),
        to_field_name="slug",
        required=False,
        help_text=_("Maßnahmen, von denen diese Kommune betroffen ist."),
    )
    starters = forms.BooleanField(label=_("nur Startermaßnahmen"), required=False)

    class Meta:
        model = ReportTemplate
        fields = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["fields_chosen"]
        chosen.choices = ActionField.objects.values_list("slug", "name")  # type: ignore[attr-defined]
        filters = self.instance.filters
        self.initial.update(
            {name: filters.get(name) for name in ("phases", "statuses", "lights", "starters")}
        )
        self.initial.update(
            sections=self.instance.sections,
            fields_chosen=filters.get("fields"),
            municipality=filters.get("municipality"),
        )

    @property
    def groups(self) -> list[dict[str, Any]]:
        choosing = ["fields_chosen", "phases", "statuses", "lights", "municipality", "starters"]
        return [
            {"legend": _("Inhalt"), "fields": [self[name] for name in ("name", "sections")]},
            {"legend": _("Auswahl der Maßnahmen"), "fields": [self[name] for name in choosing]},
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        chosen_sections = values.get("sections", [])
        self.instance.sections = [key for key in Section.values if key in chosen_sections]
        municipality = values.get("municipality")
        chosen = {
            "fields": values.get("fields_chosen"),
            "phases": values.get("phases"),
            "statuses": values.get("statuses"),
            "lights": values.get("lights"),
            "municipality": municipality.slug if municipality else "",
            "starters": values.get("starters"),
        }
        self.instance.filters = {name: value for name, value in chosen.items() if value}
        return values
