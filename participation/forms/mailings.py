"""What is sent to a selection of contacts."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy

from participation.models import Mailing


class MailingForm(forms.ModelForm[Mailing]):
    """`key` and `count` come from the preview: what is sent once, and to how many it was shown to go."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    count = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=1_000_000)

    class Meta:
        model = Mailing
        fields = ["subject", "text", "with_news"]
        widgets = {"text": forms.Textarea({"rows": 12})}
        help_texts = {
            "text": gettext_lazy(
                "Reiner Text. Anrede, Absender, Grund des Schreibens und der Link zum Widerruf kommen dazu."
            ),
            "with_news": gettext_lazy(
                "Hängt bis zu zehn Neuigkeiten an, die seit dem letzten Rundschreiben öffentlich geworden "
                "sind; bei einer Auswahl nach Handlungsfeld nur die dieses Feldes."
            ),
        }
