"""A series of meetings: its dates are shown before anything is saved."""

from hashlib import sha256
from typing import Any

from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from governance.forms.series import SeriesForm
from governance.models import Series
from governance.recurrence import words_of
from governance.services.series import Alignment, alignment_of, create_series, undo_series
from governance.views.base import AddPage, EditPage, InCommittee, UndoPage
from smartregion.base.undo import row_in_version
from smartregion.base.versioned import Versioned

SAVE = _("So speichern")


def sign_of(found: Alignment) -> str:
    """Tells whether what was shown is what would be saved."""
    parts = (found.new, found.changed, found.cancelled, found.unchanged, found.touched)
    text = repr([[str(meeting.series_day) for meeting in part] for part in parts])
    return sha256(text.encode()).hexdigest()[:16]


class PreviewedSeries(InCommittee):
    """Before the form's own view among the bases."""

    template_name: Any = "governance/series_form.html"
    submit_label = _("Termine ansehen")

    def stored(self) -> Any:
        raise NotImplementedError

    def alignment(self, series: Any) -> Alignment:
        """What saving it would do."""
        return alignment_of(series, before=self.stored(), on=localdate())

    def form_valid(self, form: Any) -> HttpResponse:
        found = self.alignment(form.instance)
        if self.request.POST.get("previewed") == sign_of(found):
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            return response
        context = self.get_context_data(form=form, found=found, previewed=sign_of(found))  # type: ignore[attr-defined]
        context["submit_label"] = SAVE
        return self.render_to_response(context)  # type: ignore[attr-defined]


class SeriesAddPage(PreviewedSeries, AddPage):
    form_class = SeriesForm
    page_title = _("Terminreihe anlegen")

    def new_row(self) -> Series:
        return Series(committee=self.committee)

    def stored(self) -> None:
        return None

    def store(self, row: Series) -> None:
        create_series(series=row, by=self.request.user)


class SeriesEditPage(PreviewedSeries, EditPage):
    form_class: Any = SeriesForm
    page_title = _("Terminreihe bearbeiten")

    def get_queryset(self) -> Any:
        return self.committee.series.select_related("committee")

    def stored(self) -> Any:
        return Series.objects.filter(pk=self.kwargs["pk"]).first()

    def show_conflict(self, form: Any, saved: models.Model) -> HttpResponse:
        """Who left the rule alone does not take back the rule of someone else."""
        read: Any = row_in_version(form.instance, form.cleaned_data.get("version"))
        stored: Any = type(saved)._base_manager.get(pk=saved.pk)
        if read and read.rule == form.instance.rule:
            data = form.data.copy()
            words = form.fields["until"].widget.format_value
            for name, value in words_of(stored.rule).items():
                data[name] = words(value) if name == "until" else str(value)
            form.data = data
        return super().show_conflict(form, saved)


class SeriesUndoPage(UndoPage):
    def get_object(self) -> Series:
        return get_object_or_404(self.committee.series.select_related("committee"), pk=self.kwargs["pk"])

    def undo(self, row: Versioned, version: int | None) -> Versioned:
        return undo_series(series=self.get_object(), version=version, by=self.request.user)
