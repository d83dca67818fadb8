"""The forms of ideas: what visitors send, and what the coordinator does with it."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Topic
from measures.models import Measure
from network.models import Municipality
from participation.models import Idea
from participation.open_forms import OpenForm
from participation.place_map import municipality_at
from participation.services.ideas import decide, edit_idea
from smartregion.base.editing import VersionedModelForm
from smartregion.base.versioned import Versioned
from smartregion.base.widgets import MarkdownInput

UNSEEN: Final = {"homepage", "stamp", "latitude", "longitude"}


def shown(form: forms.BaseForm) -> list[BoundField]:
    """The fields that people fill in; those of the open form and the point have places of their own."""
    return [field for field in form if field.name not in UNSEEN]


class IdeaForm(OpenForm, forms.ModelForm[Idea]):
    """What a visitor proposes. Nothing of it is told to others before it was looked at."""

    email = forms.EmailField(
        label=gettext_lazy("E-Mail"),
        required=False,
        help_text=gettext_lazy(
            "Nur, wenn Sie hören möchten, was aus Ihrer Idee wird. Sie wird nicht veröffentlicht."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    wants_news = forms.BooleanField(
        label=gettext_lazy("Schreiben Sie mir auch später, wenn es mit der Idee weitergeht."), required=False
    )

    class Meta:
        model = Idea
        fields = ["title", "text", "field", "municipality", "latitude", "longitude"]
        widgets = {
            "text": forms.Textarea({"rows": 6}),
            "latitude": forms.HiddenInput,
            "longitude": forms.HiddenInput,
        }
        help_texts = {
            "title": gettext_lazy("In wenigen Worten: Was soll besser werden?"),
            "text": gettext_lazy(
                "Wem hilft das, und wie könnte es gehen? Bitte nennen Sie keine Namen: Der Text wird "
                "nach der Prüfung veröffentlicht."
            ),
            "municipality": gettext_lazy("Leer, wenn die Idee die ganze Region betrifft."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].empty_label = _("weiß ich nicht")  # type: ignore[attr-defined]
        self.fields["municipality"].empty_label = _("ganze Region")  # type: ignore[attr-defined]
        self.fields["municipality"].queryset = Municipality.objects.all()  # type: ignore[attr-defined]

    @property
    def shown(self) -> list[BoundField]:
        return shown(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        longitude, latitude = data.get("longitude"), data.get("latitude")
        if longitude is None or latitude is None:
            data["longitude"] = data["latitude"] = None
            return data
        chosen: Municipality | None = data.get("municipality")
        here = municipality_at((longitude, latitude), Municipality.objects.all())
        if here is None:
            self.add_error(None, _("Der Punkt auf der Karte liegt nicht in der Region."))
        elif chosen and chosen != here:
            self.add_error("municipality", _("Der Punkt auf der Karte liegt in %s.") % here.name)
        else:
            data["municipality"] = here
        return data


class SupportForm(OpenForm):
    email = forms.EmailField(
        label=gettext_lazy("E-Mail"),
        help_text=gettext_lazy(
            "Sie bekommen einen Link zur Bestätigung. Gespeichert wird danach nur ein Kennzeichen, aus dem "
            "sich Ihre Adresse nicht ablesen lässt."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    @property
    def shown(self) -> list[BoundField]:
        return shown(self)


class OwnIdeaForm(forms.ModelForm[Idea]):
    """The author writes anew what the coordinator asked about."""

    class Meta:
        model = Idea
        fields = ["title", "text"]
        widgets = {"text": forms.Textarea({"rows": 6})}


class ModerationForm(VersionedModelForm):
    """Whether an idea appears. The author reads the reason or the question, if an address is there."""

    DECISIONS: Final = (Idea.State.PUBLISHED, Idea.State.ASKED, Idea.State.REJECTED)
    LABELS: Final = (
        gettext_lazy("veröffentlichen"),
        gettext_lazy("mit einer Frage zurückgeben"),
        gettext_lazy("nicht veröffentlichen"),
    )

    class Meta:
        model = Idea
        fields = ["state", "note"]
        widgets = {"state": forms.RadioSelect}
        labels = {"state": gettext_lazy("Entscheidung")}
        help_texts = {
            "note": gettext_lazy(
                "Nötig bei einer Rückfrage und wenn die Idee nicht erscheint. Nur wer die Idee eingereicht "
                "hat, liest es."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = list(zip(map(str, self.DECISIONS), self.LABELS, strict=True))
        self.fields["state"].choices = choices  # type: ignore[attr-defined]
        del self.fields["reason_for_change"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("state") in (Idea.State.ASKED, Idea.State.REJECTED) and not data.get("note"):
            self.add_error("note", _("Bitte sagen Sie, was fehlt oder warum die Idee nicht erscheint."))
        return data

    def save_over_read_version(self, *, by: Any) -> Versioned:
        values = self.cleaned_data
        return decide(
            idea=self.instance, version=values["version"], state=values["state"], note=values["note"], by=by
        )


class MeasureChoice(forms.ModelChoiceField[Measure]):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.no} {obj.title}"


class IdeaEditForm(VersionedModelForm):
    """The coordinator takes names out of a text, sorts it in, answers it and links it."""

    measure = MeasureChoice(
        Measure.objects.none(),
        label=gettext_lazy("Maßnahme"),
        required=False,
        help_text=gettext_lazy("In der die Idee aufgegriffen wird. Sichtbar, soweit die Maßnahme es ist."),
    )

    class Meta:
        model = Idea
        fields = ["title", "text", "field", "municipality", "answer", "measure"]
        widgets = {"text": forms.Textarea({"rows": 6}), "answer": MarkdownInput({"rows": 5})}
        help_texts = {"answer": gettext_lazy("Steht öffentlich bei der Idee.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].queryset = Measure.objects.current().order_by("no")  # type: ignore[attr-defined]

    def save_over_read_version(self, *, by: Any) -> Versioned:
        values = self.cleaned_data
        return edit_idea(
            idea=self.instance, version=values["version"], by=by, reason=values["reason_for_change"]
        )


class VersionForm(forms.Form):
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class IdeaMergeForm(VersionForm):
    target = forms.ModelChoiceField(
        Idea.objects.published(),
        label=gettext_lazy("Nummer der Idee, die bleibt"),
        widget=forms.NumberInput({"min": 1}),
        help_text=gettext_lazy("Sie steht am Ende ihrer Adresse."),
        error_messages={
            "required": gettext_lazy("Bitte geben Sie die Nummer der Idee an, die bleibt."),
            "invalid_choice": gettext_lazy("Eine veröffentlichte Idee mit dieser Nummer gibt es nicht."),
        },
    )

    def __init__(self, *args: Any, source: Idea, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source

    def clean_target(self) -> Idea:
        target: Idea = self.cleaned_data["target"]
        if target.pk == self.source.pk:
            raise ValidationError(_("Das ist diese Idee selbst."))
        return target


class IdeaTopicForm(forms.ModelForm[Topic]):
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    class Meta:
        model = Topic
        fields = ["committee", "title", "text", "visibility"]
