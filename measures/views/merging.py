"""Merging a measure into another: first the choice, then what will move, then the deed."""

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

from measures.forms.merging import MergeForm
from measures.models import Measure, Visibility
from measures.services.archive import Takeover, merge_measure
from measures.views.archive import undo_together_url
from smartregion.base.access import SIGNED_IN, RuledView
from smartregion.base.editing import TAKEN
from smartregion.base.versioned import EditConflict, version_in

OPENNESS: list[str] = [Visibility.DRAFT, Visibility.INTERNAL, Visibility.PUBLIC]
CHANGED = gettext_lazy("Inzwischen hat jemand eine der beiden geändert. Bitte prüfen Sie noch einmal.")


class MeasureMergeView(RuledView):
    permission = SIGNED_IN
    writes = ("post",)

    @cached_property
    def source(self) -> Measure:
        visible = Measure.objects.visible_to(self.request.user)
        source = get_object_or_404(visible, slug=self.kwargs["slug"])
        self.require("measures.change_measure", source)
        return source

    def form(self, data: Any) -> MergeForm:
        others = Measure.objects.visible_to(self.request.user).exclude(pk=self.source.pk).order_by("no")
        return MergeForm(data, targets=others)

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        form = self.form(request.GET if "target" in request.GET else None)
        return self.show(form)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        source, form = self.source, self.form(request.POST)
        if not form.is_valid():
            return self.show(form)
        target: Measure = form.cleaned_data["target"]
        versions = {
            f"{name}_version": version_in(request.POST.get(f"{name}_version", ""))
            for name in ("source", "target")
        }
        try:
            sign = merge_measure(source=source, target=target, by=request.user, **versions)
        except EditConflict:
            return self.refuse(target, str(CHANGED))
        except ValidationError as refusal:
            why = " ".join(refusal.messages)
            return self.refuse(target, _("Das ließ sich nicht zusammenführen: %s") % why)
        except IntegrityError:
            return self.refuse(target, str(TAKEN))
        text = _("„%(source)s“ ist in „%(target)s“ aufgegangen.")
        messages.success(
            request,
            text % {"source": source.title, "target": target.title},
            extra_tags=f"undo {undo_together_url(sign)}",
        )
        return HttpResponseRedirect(target.get_absolute_url())

    def refuse(self, target: Measure, why: str) -> HttpResponse:
        messages.warning(self.request, why)
        return HttpResponseRedirect(f"{self.request.path}?target={target.slug}")

    def show(self, form: MergeForm) -> HttpResponse:
        source = self.source
        title = _("„%s“ zusammenführen") % source.title
        context: dict[str, Any] = {
            "title": title,
            "form": form,
            "source": source,
            "crumbs": [
                (_("Maßnahmen"), reverse("measures")),
                (source.title, source.get_absolute_url()),
                (_("Zusammenführen"), ""),
            ],
        }
        if form.is_bound and form.is_valid():
            target = form.cleaned_data["target"]
            wider = OPENNESS.index(target.visibility) > OPENNESS.index(source.visibility)
            context |= {"target": target, "takeover": Takeover(source, target), "becomes_visible": wider}
        return render(self.request, "measures/measure_merge.html", context)
