"""Forms of documents, links and tags."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.forms.plan import PartOfMeasure
from measures.models import Document, MeasureLink, Visibility
from measures.models.tags import LONGEST_TAG
from smartregion.base.editing import VersionedModelForm
from smartregion.base.text import german_slug
from smartregion.base.uploads import KINDS, LARGEST, MEGABYTE, Refused, Upload, checked, names_of_kinds
from smartregion.base.widgets import date_input

WHO_SEES = gettext_lazy("Entwurf: nur die Koordination. Intern: alle mit Konto. Öffentlich: alle.")


class UploadField(forms.FileField):
    """A file that `smartregion.base.uploads` takes; its value is an `Upload`."""

    def __init__(self, **kwargs: Any) -> None:
        hint = _("%(kinds)s, höchstens %(size)s MB, ohne Makros.")
        kwargs.setdefault("help_text", hint % {"kinds": names_of_kinds(), "size": LARGEST // MEGABYTE})
        accept = ",".join(f".{ending}" for ending in [*KINDS, "jpeg"])
        super().__init__(widget=forms.FileInput(attrs={"accept": accept}), allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Upload:
        try:
            return checked(super().clean(data, initial))
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


def upload_field() -> UploadField:
    return UploadField(
        label=gettext_lazy("Datei"),
        error_messages={
            "required": gettext_lazy("Bitte wählen Sie eine Datei."),
            "max_length": gettext_lazy("Der Dateiname ist zu lang."),
        },
    )


class DocumentForm(VersionedModelForm):
    class Meta:
        model = Document
        fields = ["title", "dated", "visibility"]
        widgets = {"dated": date_input()}
        help_texts = {"visibility": WHO_SEES}


class DocumentAddForm(DocumentForm):
    version = None  # type: ignore[assignment]
    reason_for_change = None  # type: ignore[assignment]
    file = upload_field()
    field_order = ("file", "title", "dated", "visibility")


class DocumentVersionForm(forms.Form):
    file = upload_field()


class LinkForm(VersionedModelForm, PartOfMeasure):
    class Meta:
        model = MeasureLink
        fields = ["title", "url", "visibility"]
        help_texts = {"url": gettext_lazy("Beginnt mit https://."), "visibility": WHO_SEES}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial["visibility"] = Visibility.PUBLIC


class LinkAddForm(LinkForm):
    version = None  # type: ignore[assignment]
    reason_for_change = None  # type: ignore[assignment]


class TagForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Neues Schlagwort"),
        max_length=LONGEST_TAG,
        help_text=gettext_lazy("Ein Wort oder wenige; vorgeschlagen werden die schon vergebenen."),
        widget=forms.TextInput(attrs={"list": "known-tags", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Bitte nennen Sie ein Schlagwort.")},
    )

    def clean_name(self) -> str:
        name = " ".join(unicodedata.normalize("NFC", self.cleaned_data["name"]).split())
        if not german_slug(name):
            raise forms.ValidationError(_("Ein Schlagwort braucht Buchstaben oder Ziffern."))
        return name
