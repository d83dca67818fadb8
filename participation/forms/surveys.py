"""The forms of consultations: what visitors answer, and how the coordinator asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.forms.base import RecordForm
from participation.models import Event, Question, Reply, Survey
from participation.models.surveys import FREE_TEXT, MOST_OPTIONS, SCALE
from participation.open_forms import OpenForm
from smartregion.base.templatetags.base_tags import german

Kind = Question.Kind


@dataclass(frozen=True)
class Part:
    """A question with its fields: one, or one for each option."""

    question: Question
    fields: list[BoundField]

    @property
    def has_one_field(self) -> bool:
        return self.question.kind not in (Kind.POINTS, Kind.RANKING)

    @property
    def errors(self) -> list[str]:
        return [str(error) for field in self.fields for error in field.errors]


class AnswerForm(OpenForm):
    """Made of the survey's questions; `replies` gives what was answered, as rows."""

    def __init__(self, *args: Any, survey: Survey, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields.update(_fields_of(question))
        if survey.asks_for_email:
            self.fields["email"] = forms.EmailField(
                label=_("E-Mail"),
                help_text=_(
                    "Sie bekommen einen Link zur Bestätigung. Gespeichert wird nur ein Kennzeichen, aus dem "
                    "sich Ihre Adresse nicht ablesen lässt, und das bis 30 Tage nach dem Ende."
                ),
                widget=forms.EmailInput(attrs={"autocomplete": "email"}),
            )

    @property
    def parts(self) -> list[Part]:
        return [Part(question, [self[name] for name in _names(question)]) for question in self.questions]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for question in self.questions:
            if question.kind in (Kind.POINTS, Kind.RANKING):
                self._check_numbers(question)
        return data

    def _check_numbers(self, question: Question) -> None:
        names = _names(question)
        given = [self.cleaned_data.get(name) for name in names]
        numbers = [number for number in given if number]
        if question.kind == Kind.POINTS and sum(numbers) > question.points:
            words = {"given": sum(numbers), "most": question.points}
            self.add_error(
                names[0], _("Sie haben %(given)d Punkte verteilt; es sind höchstens %(most)d.") % words
            )
        if question.kind == Kind.RANKING and len(set(numbers)) < len(numbers):
            self.add_error(names[0], _("Bitte geben Sie jeden Rang nur einmal."))
        if question.is_required and not numbers and not any(name in self.errors for name in names):
            self.add_error(names[0], _("Bitte beantworten Sie diese Frage."))

    def replies(self) -> Iterator[Reply]:
        for question in self.questions:
            values = [self.cleaned_data.get(name) for name in _names(question)]
            yield from replies_to(question, values)


def _names(question: Question) -> list[str]:
    if question.kind in (Kind.POINTS, Kind.RANKING):
        return [f"q{question.pk}_{index}" for index in range(len(question.options))]
    return [f"q{question.pk}"]


def _fields_of(question: Question) -> dict[str, forms.Field]:
    if question.kind in (Kind.POINTS, Kind.RANKING):
        return {
            name: _number_field(question, option)
            for name, option in zip(_names(question), question.options, strict=True)
        }
    return {f"q{question.pk}": _field_of(question)}


def _number_field(question: Question, option: str) -> forms.Field:
    if question.kind == Kind.POINTS:
        number = {"min": 0, "max": question.points, "inputmode": "numeric"}
        return forms.IntegerField(
            label=german(option),
            required=False,
            min_value=0,
            max_value=question.points,
            widget=forms.NumberInput(number),
        )
    ranks = [("", "–"), *((rank, str(rank)) for rank in range(1, len(question.options) + 1))]
    return forms.TypedChoiceField(
        label=german(option), required=False, choices=ranks, coerce=int, empty_value=None
    )


def _field_of(question: Question) -> forms.Field:
    common: dict[str, Any] = {
        "label": german(question.text),
        "help_text": german(question.hint),
        "required": question.is_required,
        "error_messages": {"required": _("Bitte beantworten Sie diese Frage.")},
    }
    if question.kind == Kind.TEXT:
        return forms.CharField(max_length=FREE_TEXT, widget=forms.Textarea({"rows": 4}), **common)
    choices = [(number, german(option)) for number, option in enumerate(question.options)]
    if question.kind == Kind.MULTIPLE:
        return forms.TypedMultipleChoiceField(
            choices=choices, coerce=int, widget=forms.CheckboxSelectMultiple, **common
        )
    if question.kind == Kind.SCALE:
        choices = [(step, german(label)) for step, label in zip(SCALE, scale_labels(question), strict=True)]
    return forms.TypedChoiceField(
        choices=choices, coerce=int, empty_value=None, widget=forms.RadioSelect, **common
    )


def scale_labels(question: Question) -> list[str]:
    """The steps in figures, the first and the last with what they mean."""
    labels = [str(step) for step in SCALE]
    if question.options:
        labels[0], labels[-1] = (f"{labels[end]} – {question.options[end]}" for end in (0, -1))
    return labels


def replies_to(question: Question, values: list[Any]) -> Iterator[Reply]:
    """The rows for what was answered: a number for each option in points and rankings, else one value."""
    if question.kind in (Kind.POINTS, Kind.RANKING):
        for option, number in enumerate(values):
            if number:
                yield Reply(question=question, option=option, value=number)
        return
    (value,) = values
    if value in (None, "", []):
        return
    if question.kind == Kind.TEXT:
        yield Reply(question=question, text=value)
    elif question.kind == Kind.SCALE:
        yield Reply(question=question, value=value)
    else:
        for option in value if question.kind == Kind.MULTIPLE else [value]:
            yield Reply(question=question, option=option)


def _moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


class EventChoiceField(forms.ModelChoiceField[Event]):
    """Events with their day, the latest first: of a series all have the same title."""

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        super().__init__(queryset.order_by("-starts_at", "-pk"), **kwargs)

    def label_from_instance(self, obj: Event) -> str:
        return f"{date_format(obj.day, 'd.m.Y')} {obj.title}"


class SurveyForm(RecordForm):
    class Meta:
        model = Survey
        fields = [
            *["title", "intro", "field", "event", "way", "opens_at", "closes_at", "is_published"],
            "conclusion",
        ]
        field_classes = {"event": EventChoiceField}
        widgets = {
            "intro": forms.Textarea({"rows": 5}),
            "conclusion": forms.Textarea({"rows": 4}),
            "opens_at": _moment_input(),
            "closes_at": _moment_input(),
        }
        help_texts = {"way": gettext_lazy("Lässt sich nicht mehr ändern, sobald es Antworten gibt.")}


class LinesField(forms.CharField):
    """A list of texts, one in each line."""

    widget = forms.Textarea({"rows": 6})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]

    def clean(self, value: Any) -> Any:
        lines = self.to_python(value)
        if len(lines) > MOST_OPTIONS or any(len(line) > 120 or "\0" in line for line in lines):
            raise ValidationError(_("Höchstens zwölf Zeilen mit je höchstens 120 Zeichen."))
        return lines


class QuestionForm(RecordForm):
    options = LinesField(
        label=gettext_lazy("Antworten"),
        required=False,
        help_text=Question._meta.get_field("options").help_text,
    )

    class Meta:
        model = Question
        fields = ["text", "hint", "kind", "options", "points", "is_required", "position"]
