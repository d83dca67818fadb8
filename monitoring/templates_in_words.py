"""What templates of custom reports choose, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from fields.models import ActionField
from measures.models import Measure
from monitoring.models import ReportTemplate, Section
from network.models import Municipality


@dataclass(frozen=True)
class InWords:
    template: ReportTemplate
    sections: list[str]
    choice: list[str]
    """A sentence part for each filter; empty when the template takes all measures."""


def in_words(templates: Iterable[ReportTemplate]) -> list[InWords]:
    """Two queries, whatever the number of templates."""
    labels: dict[str, dict[str, Any]] = {
        "fields": dict(ActionField.objects.values_list("slug", "name")),
        "phases": dict(Measure.Phase.choices),
        "statuses": dict(Measure.Status.choices),
        "lights": dict(Measure.Light.choices),
    }
    places = dict(Municipality.objects.values_list("slug", "name"))
    titles = dict(Section.choices)
    return [
        InWords(template, [str(titles[key]) for key in template.sections], _choice(template, labels, places))
        for template in templates
    ]


def _choice(template: ReportTemplate, labels: dict[str, dict[str, Any]], places: dict[str, str]) -> list[str]:
    names = {
        "fields": _("Handlungsfelder"),
        "phases": _("Phasen"),
        "statuses": _("Status"),
        "lights": _("Ampel"),
    }
    chosen = [
        f"{names[name]}: " + ", ".join(str(labels[name].get(code, code)) for code in template.filters[name])
        for name in names
        if template.filters.get(name)
    ]
    if slug := template.filters.get("municipality"):
        chosen.append(_("Kommune: %s") % places.get(slug, slug))
    if template.filters.get("starters"):
        chosen.append(_("nur Startermaßnahmen"))
    return chosen
