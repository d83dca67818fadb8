"""Forms of papers and their attachments."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import CharFilter, ChoiceFilter

from governance.forms.base import RecordForm
from governance.models import Committee, Consultation, Paper, PaperFile, Resolution
from measures.filters import ListFilter
from smartregion.base.files import upload_field
from smartregion.base.widgets import MarkdownInput, date_input

WHO_SEES = gettext_lazy(
    "Entwurf: nur die Koordination. Nichtöffentlich: die Mitglieder der Gremien der Beratungsfolge. "
    "Öffentlich: alle."
)


class PaperChoice(forms.ModelChoiceField[Paper]):
    def label_from_instance(self, obj: Paper) -> str:
        return " · ".join(filter(None, [obj.number, obj.title, obj.committee.name]))


class ResolutionChoice(forms.ModelChoiceField[Resolution]):
    def label_from_instance(self, obj: Resolution) -> str:
        return f"{obj.resolved_on:%d.%m.%Y} · {obj} · {obj.committee}"


class PaperForm(RecordForm):
    answers = PaperChoice(
        Paper.objects.select_related("committee"), label=gettext_lazy("antwortet auf"), required=False
    )
    refers_to = ResolutionChoice(
        Resolution.objects.select_related("committee"),
        label=gettext_lazy("bezieht sich auf den Beschluss"),
        required=False,
    )

    class Meta:
        model = Paper
        fields = [
            *["kind", "number", "title", "dated", "originator", "answers", "refers_to"],
            *["body", "proposed_resolution", "cost", "cost_note"],
            *["source", "way_note", "visibility"],
        ]
        widgets = {
            "dated": date_input(),
            "body": MarkdownInput({"rows": 16}),
            "proposed_resolution": forms.Textarea({"rows": 5}),
        }
        help_texts = {
            "cost": gettext_lazy("Wie 1.573,45. Leer heißt „keine Angabe“, nicht 0 €."),
            "visibility": WHO_SEES,
        }

    def __init__(self, *args: Any, next_number: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if next_number:
            self.fields["number"].help_text = (
                _("Bleibt sie leer, wird es die nächste freie: %s.") % next_number
            )
        if self.instance.pk:
            others = Paper.objects.exclude(pk=self.instance.pk).exclude(answers=self.instance.pk)
            self.fields["answers"].queryset = others.select_related("committee")  # type: ignore[attr-defined]

    @property
    def groups(self) -> list[dict[str, Any]]:
        split = {
            _("Vorlage"): ["kind", "number", "title", "dated", "originator", "answers", "refers_to"],
            _("Inhalt"): ["body", "proposed_resolution"],
            _("Kosten"): ["cost", "cost_note"],
            _("Herkunft und Sichtbarkeit"): ["source", "way_note", "visibility", "reason_for_change"],
        }
        return [
            {"legend": legend, "fields": [self[name] for name in names if name in self.fields]}
            for legend, names in split.items()
        ]


class FileForm(RecordForm):
    class Meta:
        model = PaperFile
        fields = ["title", "visibility"]
        help_texts = {"visibility": WHO_SEES}


class FileAddForm(FileForm):
    file = upload_field()
    field_order = ("file", "title", "visibility")


class PaperFilter(ListFilter):
    """Filters of all papers. What they offer and find rests only on what the user may see."""

    q = CharFilter(method="keep_matching", label=gettext_lazy("Suchwort"), max_length=100)
    kind = ChoiceFilter(choices=Paper.Kind.choices, label=gettext_lazy("Art"))
    committee = ChoiceFilter(method="keep_before", label=gettext_lazy("Gremium"))
    year = ChoiceFilter(field_name="dated__year", label=gettext_lazy("Jahr"))

    def __init__(self, data: Mapping[str, Any], user: Any) -> None:
        visible = Paper.objects.visible_to(user)
        super().__init__(data=data, queryset=visible)
        stations = Consultation.objects.visible_to(user)
        committees = Committee.objects.visible_to(user).filter(
            Q(pk__in=visible.values("committee")) | Q(pk__in=stations.values("committee"))
        )
        self.filters["committee"].extra["choices"] = list(committees.values_list("slug", "name"))
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in visible.years()]

    def keep_before(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.before(value)

    def keep_matching(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.matching(value)
