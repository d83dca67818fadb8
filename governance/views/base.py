"""What the pages of a committee share."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.paginator import Page, Paginator
from django.db import IntegrityError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import CreateView, FormView

from governance.forms.base import ReasonForm
from governance.models import Committee
from smartregion.base.access import RuledView
from smartregion.base.changes import changes_of
from smartregion.base.drafts import DraftedForm
from smartregion.base.editing import GONE, TAKEN, RestoreView, UndoView, VersionedEditView
from smartregion.base.history import recorded
from smartregion.base.languages import German
from smartregion.base.versioned import EditConflict

CHANGE = "governance.change_committee"


class InCommittee(RuledView):
    """A page below `/gremien/<slug>/`. Whoever does not see the committee finds nothing."""

    page_title: Any = ""

    @cached_property
    def committee(self) -> Committee:
        committees = Committee.objects.visible_to(self.request.user)
        return get_object_or_404(committees, slug=self.kwargs["slug"])

    def visible(self, model: type[Any]) -> Any:
        """The committee's rows of a model that the user may see."""
        visible = model.objects.visible_to(self.request.user)
        return visible.filter(committee=self.committee).select_related("committee")

    def crumbs(self, *further: tuple[Any, str]) -> list[tuple[Any, str]]:
        own = (German(self.committee.name), self.committee.get_absolute_url())
        return [(_("Gremien"), reverse("committees")), own, *further]


class KeepingPage(InCommittee):
    """A page on which the coordinator writes: one form below a title."""

    permission = CHANGE
    change_permission = CHANGE
    writes = ("post",)
    template_name: Any = "governance/form.html"
    lead: Any = ""
    submit_label: Any = ""

    def get_back_url(self) -> str:
        return self.committee.get_absolute_url()

    def get_success_url(self) -> str:
        return self.get_back_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            page_title=self.page_title,
            lead=self.lead,
            submit_label=self.submit_label,
            cancel_url=self.get_back_url(),
            crumbs=self.crumbs((self.page_title, "")),
            **kwargs,
        )


class AddPage(KeepingPage, DraftedForm, CreateView[Any, Any]):
    """Adds one row; a subclass says in `new_row` what the address already gives."""

    def new_row(self) -> Model:
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.new_row()}

    def store(self, row: Any) -> None:
        with recorded(by=self.request.user):
            row.save()

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.store(form.instance)
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        messages.success(self.request, _("Angelegt."))
        return HttpResponseRedirect(form.instance.get_absolute_url())


class EditPage(KeepingPage, VersionedEditView):
    """Edits one row, with conflict page and undo."""

    undo_suffix = "rueckgaengig/"

    def get_back_url(self) -> str:
        url: str = self.object.get_absolute_url()
        return url

    def get_undo_url(self, saved: Any) -> str:
        own = self.request.path.removesuffix("bearbeiten/")
        return f"{own}{self.undo_suffix}?version={saved.version}"


class AskPage(KeepingPage, FormView[Any]):
    """Asks for a reason before something is taken away; a subclass does it in `act`."""

    form_class: Any = ReasonForm
    done_message: Any = ""

    def get_subject(self) -> Any:
        raise NotImplementedError

    def act(self, subject: Any, *, reason: str, version: int | None) -> None:
        raise NotImplementedError

    @cached_property
    def subject(self) -> Any:
        return self.get_subject()

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.subject.version}

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        values = form.cleaned_data
        back = self.get_success_url()
        try:
            self.act(self.subject, reason=values.get("reason", ""), version=values["version"])
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
            return self.form_invalid(form)
        except EditConflict:
            return self.show_conflict(form)
        except ObjectDoesNotExist:
            messages.warning(self.request, str(GONE))
            return HttpResponseRedirect(back)
        undo = self.get_undo_url()
        messages.success(self.request, str(self.done_message), extra_tags=f"undo {undo}" if undo else "")
        return HttpResponseRedirect(back)

    def get_undo_url(self) -> str:
        """Where the message's undo button posts to; "" offers none."""
        return ""

    def show_conflict(self, form: ReasonForm) -> HttpResponse:
        """The question once more, about the row as it stands now, with its last change; the reason stays."""
        del self.subject
        data = form.data.copy()  # type: ignore[attr-defined]
        data["version"] = self.subject.version
        form.data = data
        form.add_error(
            None, _("Jemand anderes hat inzwischen gespeichert. Bitte sehen Sie noch einmal nach.")
        )
        context = self.get_context_data(form=form, last_change=changes_of(self.subject, limit=1))
        return render(self.request, "governance/form.html", context, status=409)


class UndoPage(InCommittee, UndoView):
    """Takes back the last change of one row of the committee."""

    permission = CHANGE
    change_permission = CHANGE


class RestorePage(InCommittee, RestoreView):
    """Brings a removed row of the committee back."""

    permission = CHANGE

    def get_back_url(self) -> str:
        return self.committee.get_absolute_url()


def paged(request: HttpRequest, rows: Any, *, size: int = 10) -> Page[Any]:
    """One page of rows by `?page=`; a page that does not exist gives the nearest one."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
