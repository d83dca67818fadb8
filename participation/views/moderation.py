"""The coordinator's pages of ideas: look at what was sent, sort it in, answer it, lead it on."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import CreateView, FormView

from governance.models import Topic
from measures.forms.measures import MeasureAddForm
from measures.models import Measure
from participation.forms.ideas import IdeaEditForm, IdeaMergeForm, IdeaTopicForm, ModerationForm
from participation.models import Idea, IdeaAuthor
from participation.paging import bounded_page
from participation.services.ideas import make_measure_of, merge_idea, propose_topic, undo_idea
from participation.views.ideas import MANAGE
from smartregion.base.access import RuledView
from smartregion.base.changes import changes_of
from smartregion.base.editing import TAKEN, UndoView, VersionedEditView
from smartregion.base.versioned import EditConflict, Versioned, version_in

CHANGED = gettext_lazy("Jemand anderes hat die Idee inzwischen geändert. Bitte sehen Sie noch einmal nach.")
QUEUES = {
    "waiting": gettext_lazy("in Prüfung"),
    "asked": gettext_lazy("Rückfrage gestellt"),
    "supported": gettext_lazy("viel unterstützt, ohne Antwort"),
    "rejected": gettext_lazy("nicht veröffentlicht"),
}


def undo_url(idea: Idea) -> str:
    return f"undo {reverse('idea_undo', args=[idea.pk])}?version={idea.version}"


class QueuePage(RuledView):
    permission = MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("state", "")
        current = asked if asked in QUEUES else "waiting"
        queues = {name: _queue(name) for name in QUEUES}
        context = {
            "queues": [(name, QUEUES[name], rows.count(), name == current) for name, rows in queues.items()],
            "page_obj": bounded_page(request, queues[current].with_names()),
            "page_query": f"state={current}",
            "crumbs": [(_("Ideen"), reverse("ideas")), (_("Prüfen"), "")],
        }
        return render(request, "participation/queue.html", context)


def _queue(name: str) -> Any:
    if name == "waiting":
        return Idea.objects.waiting()
    if name == "supported":
        return Idea.objects.well_supported().most_supported()
    return Idea.objects.filter(state=name).order_by("-decided_at", "-pk")


class OneIdea(RuledView):
    """A page on which the coordinator does something with one idea."""

    permission = MANAGE
    writes = ("post",)
    page_title: Any = ""

    @cached_property
    def idea(self) -> Idea:
        return get_object_or_404(Idea.objects.with_names(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        idea = get_object_or_404(Idea.objects.with_names(), pk=self.kwargs["pk"])
        return super().get_context_data(  # type: ignore[misc]
            idea=idea,
            page_title=self.page_title,
            crumbs=[
                (_("Ideen"), reverse("ideas")),
                (idea.title, idea.get_absolute_url()),
                (self.page_title, ""),
            ],
            cancel_url=idea.get_absolute_url(),
            **kwargs,
        )


class EditingPage(OneIdea, VersionedEditView):
    change_permission = MANAGE
    queryset = Idea.objects.with_names()

    def get_undo_url(self, saved: Versioned) -> str:
        return f"{reverse('idea_undo', args=[saved.pk])}?version={saved.version}"


class DecidePage(EditingPage):
    """What was sent, beside those that say the same, with the decision below."""

    form_class = ModerationForm
    template_name = "participation/idea_decide.html"
    page_title = gettext_lazy("Prüfen")
    success_message = gettext_lazy("Die Entscheidung ist gespeichert.")

    def get_success_url(self) -> str:
        return reverse("idea_queue")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        idea = Idea.objects.get(pk=self.object.pk)
        others = Idea.objects.exclude(pk=idea.pk).alike(idea.title, idea.text)
        return super().get_context_data(
            alike=others,
            author=IdeaAuthor.objects.filter(idea=idea).first(),
            changes=changes_of(idea),
            **kwargs,
        )


class IdeaEditPage(EditingPage):
    form_class = IdeaEditForm
    template_name = "governance/form.html"
    page_title = gettext_lazy("Idee bearbeiten")


class IdeaUndoPage(UndoView):
    permission = change_permission = MANAGE

    def get_object(self) -> Idea:
        return get_object_or_404(Idea, pk=self.kwargs["pk"])

    def undo(self, row: Versioned, version: int | None) -> Versioned:
        return undo_idea(idea=row, version=version, by=self.request.user)  # type: ignore[arg-type]


class FormPage(OneIdea):
    """A form whose result is another row, or another idea; it is about the version that was read."""

    template_name: Any = "governance/form.html"
    done_message: Any = ""

    def act(self, form: Any) -> Any:
        """Do it; returns what to lead to."""
        raise NotImplementedError

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.idea.version}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            result = self.act(form)
        except EditConflict:
            form.add_error(None, str(CHANGED))
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
        except IntegrityError:
            form.add_error(None, str(TAKEN))
        else:
            messages.success(self.request, str(self.done_message), extra_tags=undo_url(self.idea))
            return HttpResponseRedirect(result.get_absolute_url())
        return self.form_invalid(form)  # type: ignore[attr-defined]


class IdeaMergePage(FormPage, FormView[IdeaMergeForm]):
    form_class = IdeaMergeForm
    template_name = "participation/idea_merge.html"
    page_title = gettext_lazy("Zusammenführen")
    done_message = gettext_lazy("Die Ideen sind zusammengeführt.")

    def get_initial(self) -> dict[str, Any]:
        target = version_in(self.request.GET.get("target", ""))
        return {**super().get_initial(), "target": target}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "source": self.idea}

    def act(self, form: IdeaMergeForm) -> Idea:
        values = form.cleaned_data
        merge_idea(source=self.idea, by=self.request.user, **values)
        target: Idea = values["target"]
        return target

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        alike = Idea.objects.exclude(pk=self.idea.pk).alike(self.idea.title, self.idea.text)
        return super().get_context_data(alike=alike, submit_label=_("Zusammenführen"), **kwargs)


class IdeaTopicPage(FormPage, CreateView[Topic, IdeaTopicForm]):
    form_class = IdeaTopicForm
    page_title = gettext_lazy("Als Thema vorschlagen")
    done_message = gettext_lazy("Das Thema steht im Themenspeicher.")

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "title": self.idea.title, "text": self.idea.text}

    def act(self, form: IdeaTopicForm) -> Topic:
        topic: Topic = form.instance
        topic.proposed_by, topic.is_example = _("Idee aus der Bevölkerung"), self.idea.is_example
        version = form.cleaned_data["version"]
        return propose_topic(idea=self.idea, topic=topic, version=version, by=self.request.user)


class IdeaMeasurePage(FormPage, CreateView[Measure, MeasureAddForm]):
    permission = "measures.add_measure"
    form_class = MeasureAddForm
    page_title = gettext_lazy("Maßnahme daraus machen")
    done_message = gettext_lazy("Die Maßnahme ist angelegt und mit der Idee verbunden.")

    def get_initial(self) -> dict[str, Any]:
        idea = self.idea
        return {"title": idea.title, "summary": idea.text[:1000], "field": idea.field_id}

    def act(self, form: MeasureAddForm) -> Measure:
        return make_measure_of(
            idea=self.idea,
            measure=form.instance,
            guidelines=form.cleaned_data["guidelines"],
            version=self.idea.version,
            by=self.request.user,
        )
