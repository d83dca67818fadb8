"""The page that begins a new measure as a copy of another."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import CreateView

from measures.forms.copying import MeasureCopyForm
from measures.models import Measure
from measures.services.copying import copy_measure
from smartregion.base.access import RuledView
from smartregion.base.drafts import DraftedForm
from smartregion.base.editing import TAKEN


class MeasureCopyView(RuledView, DraftedForm, CreateView[Measure, MeasureCopyForm]):
    """An archived measure can be copied too: what was once done may begin anew."""

    permission = "measures.add_measure"
    writes = ("post",)
    form_class = MeasureCopyForm
    template_name = "measures/measure_form.html"

    @cached_property
    def source(self) -> Measure:
        return get_object_or_404(Measure.objects.reachable_by(self.request.user), slug=self.kwargs["slug"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": Measure(title=self.source.title)}

    def form_valid(self, form: MeasureCopyForm) -> HttpResponse:
        try:
            copy = copy_measure(source=self.source, by=self.request.user, **form.cleaned_data)
        except IntegrityError:
            form.add_error(None, str(TAKEN))
            return self.form_invalid(form)
        messages.success(self.request, _("Die Kopie ist als Entwurf angelegt."))
        return HttpResponseRedirect(copy.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        source = self.source
        return super().get_context_data(
            title=_("„%s“ kopieren") % source.title,
            crumbs=[
                (_("Maßnahmen"), reverse("measures")),
                (source.title, source.get_absolute_url()),
                (_("Kopieren"), ""),
            ],
            submit_label=_("Als Entwurf anlegen"),
            cancel_url=source.get_absolute_url(),
            **kwargs,
        )
