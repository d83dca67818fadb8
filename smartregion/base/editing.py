"""The one way to edit a versioned row in the browser: form, conflict page, message with undo."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, ProgrammingError, models, transaction
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import UpdateView
from psycopg.errors import InsufficientPrivilege

from smartregion.base.access import RuledView
from smartregion.base.changes import FieldChange, changes_of, show_differences
from smartregion.base.drafts import DraftedForm
from smartregion.base.fields import in_one_line
from smartregion.base.history import recorded
from smartregion.base.undo import restore_deleted, row_in_version, undo_last_change
from smartregion.base.versioned import EditConflict, Versioned, version_in

SENSIBLE_YEARS = range(1900, 2201)
TAKEN = gettext_lazy("Das ließ sich so nicht speichern: Ein Wert ist inzwischen vergeben.")
GONE = gettext_lazy("Das gibt es nicht mehr: Es wurde inzwischen entfernt.")


class VersionedModelForm(forms.ModelForm[Any]):
    """A model form that knows which version its editor has read, and asks why something changes."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason_for_change = forms.CharField(
        label=gettext_lazy("Grund der Änderung"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Steht im Verlauf, zum Beispiel „Beschluss vom 12.03.“"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        for field in self.fields.values():
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _("Bitte geben Sie „%s“ an.") % field.label
            if isinstance(field, forms.ModelChoiceField) and field.empty_label is not None:
                field.empty_label = _("Bitte wählen") if field.required else _("keine Angabe")

    def clean(self) -> dict[str, Any]:
        """Refuse a mistyped year: a page that draws from the year 204 to today is of use to nobody."""
        values = super().clean() or self.cleaned_data
        for name, value in list(values.items()):
            if isinstance(value, date) and value.year not in SENSIBLE_YEARS:
                self.add_error(name, _("Bitte prüfen Sie das Jahr %04d.") % value.year)
        return in_one_line(self, values)

    def save_over_read_version(self, *, by: Any) -> Versioned:
        """Write the row and its many-to-many values in one transaction.

        Raises:
            EditConflict: the row was saved by someone else since this form was opened.
            ValidationError: what someone else did since the form was checked forbids this row.
        """
        with recorded(by=by, reason=self.cleaned_data.get("reason_for_change", "")):
            saved: Versioned = self.instance.save_over(self.cleaned_data.get("version"))
            self._save_m2m()  # type: ignore[attr-defined]
        return saved


class VersionedEditView(RuledView, DraftedForm, UpdateView[Any, Any]):
    """Edit one row. A subclass states `model`, `form_class`, `permission`, `change_permission`,
    `template_name`, and finds its row among those that the user may see."""

    writes = ("post",)
    change_permission: str
    success_message = gettext_lazy("Gespeichert.")
    names_the_other = True
    """Whether a conflict names who saved meanwhile."""

    def get_object(self, queryset: models.QuerySet[Any] | None = None) -> Any:
        row = super().get_object(queryset)
        self.require(self.change_permission, row)
        return row

    def form_valid(self, form: VersionedModelForm) -> HttpResponse:
        try:
            saved = form.save_over_read_version(by=self.request.user)
        except EditConflict as conflict:
            return self.show_conflict(form, conflict.saved)
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        except ObjectDoesNotExist:
            raise Http404 from None
        undo = self.get_undo_url(saved)
        messages.success(self.request, str(self.success_message), extra_tags=f"undo {undo}" if undo else "")
        return HttpResponseRedirect(self.get_success_url())

    def get_undo_url(self, saved: Versioned) -> str:
        """Where the message's undo button posts to, with the version just written; "" offers none."""
        return ""

    def get_keep_url(self, saved: Any) -> str:
        """Where those go who give up their own version in a conflict."""
        return str(saved.get_absolute_url())

    def show_conflict(self, form: VersionedModelForm, saved: models.Model) -> HttpResponse:
        """Both versions side by side; the editor's own texts stay in the form and can be saved over.

        A field that the editor left as they read it takes the stored value: saving their version must not
        take back what someone else did elsewhere in the row.
        """
        fresh = type(saved)._base_manager.get(pk=saved.pk)
        kwargs = {**self.get_form_kwargs(), "instance": fresh}
        merged = type(form)(**{**kwargs, "data": None, "files": None})
        left_alone = _left_alone(form)
        data = form.data.copy()  # type: ignore[attr-defined]
        for name in ["version", *(field.name for field in left_alone)]:
            data.setlist(form.add_prefix(name), _as_sent(merged[name]))
        for field in left_alone:
            setattr(form.instance, field.attname, getattr(fresh, field.attname))
        last = changes_of(saved, limit=1) if self.names_the_other else []
        context = {
            "form": type(form)(**{**kwargs, "data": data}),
            "saved": saved,
            "differences": [
                *show_differences(fresh, form.instance, form.fields),
                *_other_choices(saved, form),
            ],
            "last": last[0] if last else None,
            "keep_url": self.get_keep_url(saved),
        }
        return render(self.request, "base/conflict.html", context, status=409)


def _left_alone(form: VersionedModelForm) -> list[models.Field[Any, Any]]:
    """The fields whose value is still the one of the version that the form was opened with.

    What the history does not keep counts as changed.
    """
    row = form.instance
    read = row_in_version(row, form.cleaned_data.get("version"))
    return [
        field
        for field in row._meta.concrete_fields
        if read and field.name in form.cleaned_data and field.name != "version"
        if hasattr(read, field.attname) and getattr(row, field.attname) == getattr(read, field.attname)
    ]


def _as_sent(field: BoundField) -> list[str]:
    """The field's value as a browser would send it."""
    if isinstance(field.field, forms.BooleanField):
        return ["on"] if field.value() else []
    shown = field.field.widget.format_value(field.value())
    return [str(item) for item in (shown if isinstance(shown, list | tuple) else [shown]) if item is not None]


def _other_choices(saved: models.Model, form: VersionedModelForm) -> list[FieldChange]:
    """Where several rows are chosen and the stored choice is another one than the editor's."""
    changes = []
    for field in saved._meta.many_to_many:
        if field.name in form.cleaned_data:
            stored, mine = (
                ", ".join(str(row) for row in rows) or "–"
                for rows in (getattr(saved, field.name).all(), form.cleaned_data[field.name])
            )
            if stored != mine:
                changes.append(FieldChange(str(field.verbose_name), stored, mine))
    return changes


class UndoView(RuledView):
    """POST takes back the row's last change, if it is still the one with the given `version`.

    The rules of the model hold of what comes out (`Versioned.save_over`); a rule about the step itself, or
    about who may take it, stands in `check_restored`.
    """

    writes = ("post",)
    change_permission: str

    def get_object(self) -> Versioned:
        raise NotImplementedError

    def undo(self, row: Versioned, version: int | None) -> Versioned:
        return undo_last_change(row, version=version, by=self.request.user)

    def check_restored(self, before: Any, restored: Any) -> None:
        """Look at the row before and after the undoing, in the same transaction.

        Raises:
            ValidationError: this must not be undone; the German message says why and nothing is changed.
        """

    def undo_and_check(self, row: Versioned, version: int | None) -> None:
        with transaction.atomic():
            before = type(row)._base_manager.select_for_update().get(pk=row.pk)
            self.check_restored(before, self.undo(row, version))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        self.require(self.change_permission, row)
        try:
            self.undo_and_check(row, version_in(request.GET.get("version", "")))
        except ValidationError as refusal:
            reasons = " ".join(refusal.messages)
            messages.warning(request, _("Das lässt sich nicht zurücknehmen: %s") % reasons)
        except ObjectDoesNotExist:
            messages.warning(request, str(GONE))
        except EditConflict:
            messages.warning(
                request,
                _("Inzwischen wurde weiter bearbeitet; diese Änderung lässt sich nicht zurücknehmen."),
            )
        except IntegrityError:
            messages.warning(
                request,
                _("Das lässt sich nicht zurücknehmen: Ein früherer Wert ist inzwischen anderswo vergeben."),
            )
        else:
            messages.success(request, _("Die letzte Änderung wurde zurückgenommen."))
        return HttpResponseRedirect(row.get_absolute_url())  # type: ignore[attr-defined]


class RestoreView(RuledView):
    """POST brings a removed row back, unless it is there again or its place is taken.

    A subclass states `model`, and in `owner` what the row must have belonged to.
    """

    writes = ("post",)
    model: type[models.Model]

    def owner(self) -> dict[str, Any]:
        raise NotImplementedError

    def get_back_url(self) -> str:
        """Where to go on when nothing could be brought back."""
        raise NotImplementedError

    def restore(self, pk: int) -> Any:
        return restore_deleted(self.model, pk, by=self.request.user, **self.owner())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            row = self.restore(self.kwargs["pk"])
        except ObjectDoesNotExist:
            raise Http404 from None
        except ProgrammingError as error:
            if isinstance(error.__cause__, InsufficientPrivilege):  # another municipality's row
                raise Http404 from None
            raise
        except ValidationError as refusal:
            reasons = " ".join(refusal.messages)
            messages.warning(request, _("Das lässt sich nicht wiederherstellen: %s") % reasons)
            return HttpResponseRedirect(self.get_back_url())
        except IntegrityError:
            messages.warning(request, _("Das lässt sich nicht wiederherstellen: Es gibt inzwischen Ersatz."))
            return HttpResponseRedirect(self.get_back_url())
        messages.success(request, _("„%s“ ist wieder da.") % row)
        return HttpResponseRedirect(row.get_absolute_url())
