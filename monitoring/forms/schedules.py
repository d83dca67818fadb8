"""The form of a report schedule."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.forms.base import RecordForm
from monitoring.models import ReportKind, ReportSchedule
from monitoring.services.schedules import withdraw_if_it_asks_otherwise
from smartregion.base.widgets import date_input


class ScheduleForm(RecordForm):
    class Meta:
        model = ReportSchedule
        fields = [
            "kind",
            "template",
            "audience",
            "rhythm",
            "first_period_start",
            "days_after",
            "remind_before",
            "is_active",
        ]
        widgets = {"first_period_start": date_input()}
        help_texts = {
            "template": gettext_lazy("Nur für „Eigener Bericht“."),
            "first_period_start": gettext_lazy(
                "Der Erste eines Monats. Der Stichtag ist immer der letzte Tag des Zeitraums: Beginnt ein "
                "Jahreszeitraum am 01.10., ist es der 30.09."
            ),
            "days_after": gettext_lazy("So viele Tage nach dem Stichtag wird der Bericht zusammengestellt."),
            "remind_before": gettext_lazy("0: keine Erinnerung."),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        is_custom = values.get("kind") == ReportKind.CUSTOM
        if is_custom and not values.get("template"):
            self.add_error("template", _("Ein eigener Bericht braucht eine Vorlage."))
        if not is_custom and values.get("template"):
            self.add_error("template", _("Nur ein eigener Bericht hat eine Vorlage."))
        first = values.get("first_period_start")
        if first and first.day != 1:
            self.add_error("first_period_start", _("Bitte wählen Sie den Ersten eines Monats."))
        return values

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.instance.pk and not self.errors:
            withdraw_if_it_asks_otherwise(self.instance)


class VersionForm(forms.Form):
    """Over which version a step is taken."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)
