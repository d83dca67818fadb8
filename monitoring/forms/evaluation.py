"""Forms of evaluation: its frame, questions, ratings with their reasons, recommendations."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.forms.base import RecordForm
from governance.models import Committee
from monitoring.models import Evaluation, EvaluationQuestion, Rating, Recommendation
from monitoring.services.evaluation import Written
from smartregion.base.fields import LONG, UnclippedField
from smartregion.base.undo import row_in_version
from smartregion.base.widgets import date_input


class EvaluationForm(RecordForm):
    class Meta:
        model = Evaluation
        fields = ["kind", "period_start", "period_end", "answers_due_on", "visibility"]
        widgets = {name: date_input() for name in ("period_start", "period_end", "answers_due_on")}
        help_texts = {
            "visibility": gettext_lazy(
                "Wer das Ergebnis liest, sobald die Evaluation abgeschlossen ist. Vorher sehen Teams nur "
                "ihre eigenen Einschätzungen."
            )
        }


class QuestionForm(RecordForm):
    class Meta:
        model = EvaluationQuestion
        fields = ["criterion", "text", "field"]
        help_texts = {"field": gettext_lazy("Leer: an alle Maßnahmen.")}


class RecommendationForm(RecordForm):
    class Meta:
        model = Recommendation
        fields = ["title", "text", "field", "addressee"]
        help_texts = {
            "field": gettext_lazy("Leer: zum ganzen Konzept."),
            "addressee": gettext_lazy("Stelle oder Gremium, nicht der Name einer Person."),
        }


class ProposeForm(forms.Form):
    """In which committee's backlog a recommendation shall wait."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    committee = forms.ModelChoiceField(
        Committee.objects.none(), label=gettext_lazy("Gremium"), empty_label=None
    )

    def __init__(self, *args: Any, committees: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["committee"].queryset = committees  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Asked:
    """One thing to rate: a key for the form, its heading, a hint, and the row as it stands or a new one."""

    key: str
    heading: str
    hint: str
    row: Any


class RatingsForm(forms.Form):
    """A rating and its reason for each thing that is asked; nothing is required.

    What its writer left as it was read is not written, so that two people can rate different things at once.
    """

    def __init__(self, *args: Any, asked: Iterable[Asked], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = list(asked)
        for item in self.asked:
            self._ask_for(item)

    def _ask_for(self, item: Asked) -> None:
        key = item.key
        self.fields[f"rating_{key}"] = forms.TypedChoiceField(
            label=_("Einschätzung"),
            required=False,
            choices=[("", _("noch keine Einschätzung")), *Rating.choices],
            coerce=int,
            empty_value=None,
            widget=forms.RadioSelect,
            help_text=item.hint,
        )
        self.fields[f"text_{key}"] = UnclippedField(
            label=_("Begründung"),
            required=False,
            max_length=LONG,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.fields[f"version_{key}"] = forms.IntegerField(
            required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput
        )
        self.initial[f"rating_{key}"] = item.row.rating if item.row.rating is not None else ""
        self.initial[f"text_{key}"] = item.row.text
        self.initial[f"version_{key}"] = item.row.version if item.row.pk else 0

    @property
    def groups(self) -> list[dict[str, Any]]:
        return [
            {"legend": item.heading, "fields": [self[f"rating_{item.key}"], self[f"text_{item.key}"]]}
            for item in self.asked
        ]

    def written(self) -> Iterator[Written]:
        """What differs from the version that was read."""
        for item in self.asked:
            rating = self.cleaned_data[f"rating_{item.key}"]
            text = self.cleaned_data[f"text_{item.key}"].replace("\r\n", "\n")
            version = self.cleaned_data[f"version_{item.key}"]
            if (rating, text) not in {(item.row.rating, item.row.text), _as_read(item.row, version)}:
                item.row.rating, item.row.text = rating, text
                yield Written(item.row, version)

    def over(self, asked: Iterable[Asked]) -> "RatingsForm":
        """The same texts over what is stored by now, so that saving again means these words."""
        data = self.data.copy()  # type: ignore[attr-defined]
        for item in asked:
            data[f"version_{item.key}"] = item.row.version if item.row.pk else 0
        return type(self)(data, asked=asked)


def _as_read(row: Any, version: int | None) -> tuple[int | None, str]:
    """What stood in the form when it was opened: the row in that version, or nothing at all."""
    read: Any = row_in_version(row, version) if row.pk and version else None
    return (read.rating, read.text) if read else (None, "")
