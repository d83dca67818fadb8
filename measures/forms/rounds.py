"""Forms of status rounds: opening one, where a municipality's mail goes, and editing a cell by its link."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fields.models import ActionField
from measures.forms.rollout import CellForm
from measures.models import Measure, RoundContact, StatusRound, Visibility
from measures.services.rounds import save_by_link
from smartregion.base.editing import VersionedModelForm
from smartregion.base.history import recorded
from smartregion.base.versioned import Versioned
from smartregion.base.widgets import date_input

USUAL_TIME = timedelta(days=14)
LONGEST_TIME = timedelta(days=183)


class RoundForm(forms.ModelForm[StatusRound]):
    action_fields = forms.ModelMultipleChoiceField(
        ActionField.objects.all(),
        label=gettext_lazy("Nur diese Handlungsfelder"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Ohne Auswahl wird nach allen Maßnahmen gefragt, die keine Entwürfe sind."),
    )

    class Meta:
        model = StatusRound
        fields = ["title", "closes_on", "message"]
        widgets = {
            "closes_on": date_input(),
            "message": forms.Textarea(attrs={"rows": 5}),
        }
        help_texts = {
            "title": gettext_lazy("Steht im Betreff der Mail."),
            "closes_on": gettext_lazy("Bis zum Ende dieses Tages gelten die Links."),
            "message": gettext_lazy("Steht in der Mail nach Anrede, Link und Frist."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = localdate()
        self.initial.setdefault("title", usual_title(today))
        self.initial.setdefault("closes_on", today + USUAL_TIME)

    def clean_closes_on(self) -> date:
        day: date = self.cleaned_data["closes_on"]
        if day < localdate():
            raise forms.ValidationError(_("Die Frist liegt in der Vergangenheit."))
        if day > localdate() + LONGEST_TIME:
            raise forms.ValidationError(_("Eine Abfrage läuft höchstens ein halbes Jahr."))
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        asked = Measure.objects.current().exclude(visibility=Visibility.DRAFT)
        if values.get("action_fields"):
            asked = asked.filter(field__in=values["action_fields"])
        values["measures"] = list(asked)
        if not values["measures"]:
            raise forms.ValidationError(_("Es gibt keine Maßnahme, nach der zu fragen wäre."))
        return values


def usual_title(today: date) -> str:
    quarter = (today.month + 2) // 3
    return _("Statusabfrage %(quarter)s. Quartal %(year)s") % {
        "quarter": quarter,
        "year": today.year,
    }


class RoundContactForm(VersionedModelForm):
    class Meta:
        model = RoundContact
        fields = ["email"]

    def save_over_read_version(self, *, by: Any) -> Versioned:
        """The first address of a municipality is a new row; IntegrityError, if someone was faster."""
        if self.instance.pk is not None:
            return super().save_over_read_version(by=by)
        with recorded(by=by, reason=self.cleaned_data["reason_for_change"]):
            self.instance.save()
        return self.instance


class AnswerForm(CellForm):
    """The same form and rules as with an account; whose link it is stands in the history."""

    def __init__(self, *args: Any, token: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.token = token

    def save_over_read_version(self, *, by: Any) -> Versioned:
        """Whoever is signed in beside the link plays no part: the link alone is asked, once more."""
        return save_by_link(
            token=self.token,
            cell=self.instance,
            version=self.cleaned_data.get("version"),
            reason=self.cleaned_data["reason_for_change"],
        )
