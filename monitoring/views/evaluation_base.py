"""What the pages of an evaluation share: its frame, and the forms on which the coordinator keeps it."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import CreateView, FormView

from governance.forms.base import ReasonForm
from monitoring.models import (
    Evaluation,
)
from monitoring.services import evaluation as verbs
from monitoring.views.base import steering_crumbs
from smartregion.base.access import RuledView
from smartregion.base.changes import changes_of
from smartregion.base.drafts import DraftedForm
from smartregion.base.editing import GONE, TAKEN, VersionedEditView
from smartregion.base.versioned import EditConflict

MANAGE = "monitoring.manage_evaluation"


def crumbs_to(*further: tuple[Any, str]) -> list[tuple[Any, str]]:
    return steering_crumbs((gettext("Evaluation"), reverse("evaluations") if further else ""), *further)


class InEvaluation(RuledView):
    """A page below an evaluation that the user sees."""

    page_title: Any = ""
    lead: Any = ""
    submit_label: Any = ""

    @cached_property
    def evaluation(self) -> Evaluation:
        return get_object_or_404(
            Evaluation.objects.visible_to(self.request.user), pk=self.kwargs["evaluation"]
        )

    def get_back_url(self) -> str:
        return self.evaluation.get_absolute_url()

    def get_success_url(self) -> str:
        return self.get_back_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = crumbs_to((str(self.evaluation), self.evaluation.get_absolute_url()), (self.page_title, ""))
        values = {
            "page_title": self.page_title,
            "lead": self.lead,
            "submit_label": self.submit_label,
            "cancel_url": self.get_back_url(),
            "evaluation": self.evaluation,
            "crumbs": crumbs,
        }
        return super().get_context_data(**{**values, **kwargs})  # type: ignore[misc]


class KeepingPage(InEvaluation):
    permission = MANAGE
    writes = ("post",)
    template_name: Any = "governance/form.html"


class AddPage(KeepingPage, DraftedForm, CreateView[Any, Any]):
    """Adds one row; a refusal of the evaluation's state stands above the form."""

    def new_row(self) -> Any:
        return self.model(evaluation=self.evaluation)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.new_row()}

    def store(self, row: Any) -> None:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.store(form.instance)
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        messages.success(self.request, gettext("Angelegt."))
        return HttpResponseRedirect(form.instance.get_absolute_url())


class EditPage(KeepingPage, VersionedEditView):
    change_permission = MANAGE
    page_title = _("Bearbeiten")

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.filter(evaluation=self.evaluation)
        return rows.select_related("evaluation")

    def form_valid(self, form: Any) -> HttpResponse:
        """Ended meanwhile, the evaluation takes no more changes; what was typed stays in the form."""
        try:
            with transaction.atomic():
                verbs.lock_open(self.evaluation)
                return super().form_valid(form)
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)

    def get_undo_url(self, saved: Any) -> str:
        return f"{self.request.path.removesuffix('bearbeiten/')}rueckgaengig/?version={saved.version}"

    def get_success_url(self) -> str:
        return str(self.object.get_absolute_url())


class AskPage(KeepingPage, FormView[ReasonForm]):
    """Asks for a reason before something is ended or taken away; a subclass does it in `act`."""

    form_class = ReasonForm
    done_message: Any = ""

    @cached_property
    def subject(self) -> Any:
        return self.evaluation

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.subject.version}

    def act(self, *, reason: str, version: int | None) -> None:
        raise NotImplementedError

    def get_undo_url(self) -> str:
        return ""

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        back = self.get_success_url()
        try:
            self.act(reason=form.cleaned_data.get("reason", ""), version=form.cleaned_data["version"])
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
            return self.form_invalid(form)
        except EditConflict:
            return self.show_conflict(form)
        except ObjectDoesNotExist:
            messages.warning(self.request, str(GONE))
            return HttpResponseRedirect(back)
        undo = self.get_undo_url()
        messages.success(self.request, str(self.done_message), extra_tags=f"undo {undo}" if undo else "")
        return HttpResponseRedirect(back)

    def show_conflict(self, form: ReasonForm) -> HttpResponse:
        for name in ("evaluation", "subject"):
            self.__dict__.pop(name, None)
        data = form.data.copy()  # type: ignore[attr-defined]
        data["version"] = self.subject.version
        form.data = data
        form.add_error(
            None, gettext("Jemand anderes hat inzwischen gespeichert. Bitte sehen Sie noch einmal nach.")
        )
        context = self.get_context_data(form=form, last_change=changes_of(self.subject, limit=1))
        return render(self.request, "governance/form.html", context, status=HTTPStatus.CONFLICT)
