"""One change to many measures: choose in the list, give the value, see what will change, do it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from measures.filters import filter_for
from measures.forms.bulk import ACTIONS, ARCHIVE, BulkForm
from measures.models import Measure
from measures.models.measure import MeasureQuerySet
from measures.services.archive import undo_changes
from measures.services.bulk import ChangedMeanwhile, bulk_edit, differs
from measures.views.archive import undo_together_url
from smartregion.base.access import RuledView
from smartregion.base.changes import DAY
from smartregion.base.editing import TAKEN
from smartregion.base.versioned import EditConflict, version_in

MOST = 500


@dataclass(frozen=True)
class Line:
    """A measure in the preview, with label, value before and after of each field that changes."""

    measure: Measure
    changes: list[tuple[str, str, str]]


class BulkView(RuledView):
    """The address says which measures and what to do; the sent form carries the versions that were read."""

    permission = "measures.change_measure"
    writes = ("post",)

    def get(self, request: HttpRequest) -> HttpResponse:
        measures = list(self.chosen().select_related("field", "lead").order_by("no")[: MOST + 1])
        action = request.GET.get("action", "")
        if problem := self.problem(measures, action):
            messages.warning(request, problem)
            return HttpResponseRedirect(reverse("measures"))
        return self.show(BulkForm(action=action, measures=measures), measures)

    def chosen(self) -> MeasureQuerySet:
        """Those with a mark, or all that the filters in the address find."""
        query = self.request.GET
        if "all" in query:
            found: MeasureQuerySet = filter_for(self.request.user, query).qs.current()
            return found
        keys = [version_in(key) for key in query.getlist("measure")]
        return Measure.objects.visible_to(self.request.user).filter(pk__in=[key for key in keys if key])

    def problem(self, measures: list[Measure], action: str) -> str:
        if action not in ACTIONS:
            return _("Bitte wählen Sie, was geändert werden soll.")
        if not measures:
            return _("Bitte wählen Sie mindestens eine Maßnahme aus.")
        if len(measures) > MOST:
            return _("Höchstens %d Maßnahmen lassen sich auf einmal ändern.") % MOST
        return ""

    def post(self, request: HttpRequest) -> HttpResponse:
        action, versions = request.POST.get("action", ""), self.versions_read()
        if action not in ACTIONS or not 0 < len(versions) <= MOST:
            raise Http404
        reachable = Measure.objects.reachable_by(request.user).filter(pk__in=versions)
        measures = list(reachable.select_related("field", "lead").order_by("no"))
        if len(measures) != len(versions):
            raise Http404
        form = BulkForm(request.POST, action=action, measures=measures)
        step = request.POST.get("step")
        if not form.is_valid() or step == "back":
            return self.show(form, measures, versions)
        if step == "apply":
            return self.apply(form, measures, versions)
        return self.show(form, measures, versions, lines=[_line(each, form) for each in measures])

    def versions_read(self) -> dict[int, int]:
        pairs = (word.partition(":")[::2] for word in self.request.POST.getlist("selected"))
        versions = {version_in(key): version_in(version) for key, version in pairs}
        return {key: version for key, version in versions.items() if key and version}

    def apply(self, form: BulkForm, measures: list[Measure], versions: dict[int, int]) -> HttpResponse:
        request = self.request
        reason = form.cleaned_data.get("reason_for_change", "")
        try:
            sign, count = bulk_edit(versions=versions, values=form.values, by=request.user, reason=reason)
        except ChangedMeanwhile as refusal:
            return self.show(form, measures, changed=refusal.measures, status=409)
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.show(form, measures, versions)
        if count:
            text = ngettext("%d Maßnahme ist geändert.", "%d Maßnahmen sind geändert.", count) % count
            messages.success(request, text, extra_tags=f"undo {undo_together_url(sign)}")
        else:
            messages.info(request, _("Es gab nichts zu ändern."))
        return HttpResponseRedirect(reverse("measures"))

    def show(
        self,
        form: BulkForm,
        measures: list[Measure],
        versions: dict[int, int] | None = None,
        *,
        lines: list[Line] | None = None,
        changed: list[Measure] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """The form, or with `lines` the preview; `versions` are those of the page before, else the stored."""
        read = versions or {}
        context = {
            "form": form,
            "title": ACTIONS[form.action],
            "action": form.action,
            "measures": measures,
            "selected": [f"{each.pk}:{read.get(each.pk, each.version)}" for each in measures],
            "lines": lines,
            "to_change": sum(bool(line.changes) for line in lines or []),
            "changed": changed,
            "crumbs": [(_("Maßnahmen"), reverse("measures")), (_("Sammelbearbeitung"), "")],
        }
        return render(self.request, "measures/bulk.html", context, status=status)


def _line(measure: Measure, form: BulkForm) -> Line:
    if form.action == ARCHIVE:
        return Line(measure, [(_("Archiv"), _("nein"), _("ja"))])
    changes = [
        (str(form.fields[name].label), _shown(name, getattr(measure, name)), _shown(name, value))
        for name, value in form.values.items()
        if differs(measure, {name: value})
    ]
    return Line(measure, changes)


def _shown(name: str, value: Any) -> str:
    if value in (None, ""):
        return "–"
    choices = dict(Measure._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    return date_format(value, DAY) if isinstance(value, date) else str(choices.get(value, value))


class TogetherUndoView(RuledView):
    """POST takes back what was changed together, if nothing of it has been changed since."""

    permission = "measures.change_measure"
    writes = ("post",)

    def post(self, request: HttpRequest, sign: Any) -> HttpResponse:
        try:
            undo_changes(sign, by=request.user)
        except ObjectDoesNotExist:
            raise Http404 from None
        except (EditConflict, IntegrityError, ValidationError):
            messages.warning(
                request,
                _("Inzwischen wurde weiter bearbeitet; diese Änderung lässt sich nicht zurücknehmen."),
            )
        else:
            messages.success(request, _("Alles ist wieder wie vor der Änderung."))
        return HttpResponseRedirect(reverse("measures"))
