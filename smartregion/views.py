"""Pages of no single subject: home, health, legal texts, the answer to a forged or aged form."""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, TemplateView

from fields.models import Concept
from measures.latest import latest_for
from measures.public_figures import overview_for
from measures.rollout_map import map_of_counts
from measures.views.field import with_figures
from network.models import Municipality, Organisation
from smartregion.base import audit
from smartregion.base.access import PUBLIC, SIGNED_IN, RuledView
from smartregion.base.changes import changes_of
from smartregion.base.editing import UndoView, VersionedEditView, VersionedModelForm
from smartregion.base.fields import LONGEST
from smartregion.base.models import LegalText
from smartregion.base.panels import panels_for
from smartregion.base.versioned import Versioned
from smartregion.base.widgets import MarkdownInput
from smartregion.operation import queue_answers
from smartregion.operator_pages import is_doctor


class HealthView(RuledView):
    """200 with {"web": "ok", "database": "ok", "queue": "ok"}, or 503 naming what does not answer.

    `manage.py doctor` is also told what the proxies before the portal wrote.
    """

    permission = PUBLIC
    is_kept = False
    only_german = True

    def get(self, request: HttpRequest) -> JsonResponse:
        state = {"web": "ok", "database": _state(_database_answers), "queue": _state(queue_answers)}
        healthy = all(value == "ok" for value in state.values())
        told = _told_to_doctor(request) if is_doctor(request) else {}
        return JsonResponse({**state, **told}, status=200 if healthy else 503)


def _state(answers: Callable[[], bool]) -> str:
    return "ok" if answers() else "antwortet nicht"


def _told_to_doctor(request: HttpRequest) -> dict[str, Any]:
    forwarded = request.headers.get("X-Forwarded-For", "")
    return {"forwarded": forwarded, "proxies": settings.TRUSTED_PROXIES}


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


BESIDE_THE_NEWS: Final = ("events", "reports")
"""Keys of the panels that stand in the front page's side column: the next event, the latest report."""
NEWS: Final = 6
TAKE_PART: Final = [
    (
        "idea_add",
        gettext_lazy("Idee einreichen"),
        gettext_lazy("Was soll in der Region smarter werden? Ohne Konto, in zwei Minuten."),
    ),
    (
        "events",
        gettext_lazy("Dabei sein"),
        gettext_lazy("Themenwoche, Konferenzen und Werkstätten: Melden Sie sich an."),
    ),
    (
        "subscribe",
        gettext_lazy("Auf dem Laufenden bleiben"),
        gettext_lazy("Einmal in der Woche per E-Mail, was es zu Ihren Themen Neues gibt."),
    ),
    ("measures", gettext_lazy("Frag nach"), gettext_lazy("Zu jeder Maßnahme können Sie eine Frage stellen.")),
    (
        "calendar",
        gettext_lazy("Sitzungen verfolgen"),
        gettext_lazy("Alle öffentlichen Termine der Gremien, auch für Ihren Kalender."),
    ),
    (
        "barrier",
        gettext_lazy("Barriere melden"),
        gettext_lazy("Etwas ist für Sie nicht zugänglich? Sagen Sie es uns."),
    ),
]
"""Name of the address, what can be done, and in one sentence how."""


class HomeView(RuledView, TemplateView):
    """What this is, what is going on, what is new, where it runs, and how to take part."""

    permission = PUBLIC
    template_name = "smartregion/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, places = self.request.user, list(Municipality.objects.all())
        overview, panels = overview_for(user), panels_for("home", None, user)
        as_tiles = not (places and all(place.boundary for place in places))
        total = overview.all
        return super().get_context_data(
            concept=Concept.objects.first(),
            fields=with_figures(overview.by_field),
            total=total,
            number_of_places=len(places),
            map=map_of_counts(overview.live_by_place, total.measures, places, as_tiles=as_tiles),
            as_tiles=as_tiles,
            news=latest_for(user, NEWS),
            side=[panel for panel in panels if panel["key"] in BESIDE_THE_NEWS],
            panels=[panel for panel in panels if panel["key"] not in BESIDE_THE_NEWS],
            take_part=[
                {"url": reverse(name), "label": label, "text": text} for name, label, text in TAKE_PART
            ],
            **kwargs,
        )


class ConceptView(RuledView, TemplateView):
    """The strategy: vision, guidelines, fields, and who works on it."""

    permission = PUBLIC
    template_name = "smartregion/concept.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        concept = get_object_or_404(Concept.objects.prefetch_related("guidelines", "fields"))
        return super().get_context_data(
            crumbs=[(_("Konzept"), "")],
            concept=concept,
            organisations=Organisation.objects.network(),
            panels=panels_for("concept", concept, self.request.user),
            **kwargs,
        )


class PreviewView(RuledView):
    """The sent field, named by `preview`, as its Markdown will be shown."""

    permission = SIGNED_IN
    writes = ("post",)
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        text = request.POST.get(request.POST.get("preview", ""), "")
        return render(request, "base/_preview.html", {"text": text, "too_long": len(text) > LONGEST})


class LegalTextView(RuledView, DetailView[LegalText]):
    permission = PUBLIC
    model = LegalText
    template_name = "smartregion/legal_text.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(edit_url=reverse(f"{self.object.slug}_edit"), **kwargs)


class LegalTextForm(VersionedModelForm):
    class Meta:
        model = LegalText
        fields = ["title", "body"]
        widgets = {"body": MarkdownInput({"rows": 16})}

    def save_over_read_version(self, *, by: Any) -> Versioned:
        saved = super().save_over_read_version(by=by)
        audit.note(audit.Kind.SETTINGS_CHANGED, by=by, what=f"text:{self.instance.slug}")
        return saved


class LegalTextEditView(VersionedEditView):
    permission = change_permission = "base.change_legaltext"
    model = LegalText
    form_class = LegalTextForm
    template_name = "smartregion/legal_text_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(changes=changes_of(self.object), **kwargs)

    def get_undo_url(self, saved: Versioned) -> str:
        return f"{reverse(f'{self.object.slug}_undo')}?version={saved.version}"


class LegalTextUndoView(UndoView):
    permission = change_permission = "base.change_legaltext"

    def get_object(self) -> LegalText:
        return get_object_or_404(LegalText, slug=self.kwargs["slug"])


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was sent from elsewhere or had aged: say what to do, lose nothing."""
    return render(request, "403_csrf.html", status=403)
