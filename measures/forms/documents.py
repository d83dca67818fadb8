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
from smartregion.base.files import upload_field
from smartregion.base.text import german_slug
from smartregion.base.widgets import date_input

WHO_SEES = gettext_lazy("Entwurf: nur die Koordination. Intern: alle mit Konto. Öffentlich: alle.")


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
