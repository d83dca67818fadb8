"""Forms of mirrors."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from governance.forms.base import RecordForm
from governance.models import Committee, Mirror
from governance.oparl.shown import text
from governance.oparl.source import SourceError, origin_of


def web_address(value: str) -> str:
    try:
        origin_of(value)
    except SourceError as error:
        raise ValidationError(str(error)) from error
    return value


class MirrorAddForm(RecordForm):
    class Meta:
        model = Mirror
        fields = ["name", "endpoint", "body", "is_active"]

    def clean_endpoint(self) -> str:
        return web_address(self.cleaned_data["endpoint"])

    def clean_body(self) -> str:
        return web_address(self.cleaned_data["body"]) if self.cleaned_data["body"] else ""


class MirrorForm(RecordForm):
    """Another endpoint is another mirror: what was copied is of this one."""

    class Meta:
        model = Mirror
        fields = ["name", "is_active"]


class LinkForm(forms.Form):
    organization = forms.ChoiceField(label=_("Gremium der Quelle"))
    committee = forms.ModelChoiceField(
        Committee.objects.none(), label=_("Gremium im Portal"), empty_label=_("Bitte wählen")
    )

    def __init__(self, *args: Any, mirror: Mirror, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = mirror.objects_there.of_type("Organization").there()
        names = [(row.foreign_id, text(row.data, "name") or row.foreign_id) for row in there]
        choices = [("", _("Bitte wählen")), *sorted(names, key=lambda choice: choice[1].lower())]
        self.fields["organization"].choices = choices  # type: ignore[attr-defined]
        self.fields["committee"].queryset = Committee.objects.visible_to(user)  # type: ignore[attr-defined]
