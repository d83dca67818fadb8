"""One field of a measure, edited where it stands; without JavaScript on a page of its own."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.forms.inline import FIELDS, MeasureFieldForm
from measures.models import Measure
from smartregion.base.access import SIGNED_IN
from smartregion.base.editing import VersionedEditView
from smartregion.base.versioned import Versioned


class MeasureFieldView(VersionedEditView):
    """The form alone for htmx; what is sent is saved like any other form's, back to the field's place."""

    permission = SIGNED_IN
    change_permission = "measures.change_measure"
    model = Measure
    form_class = MeasureFieldForm
    success_message = gettext_lazy("Gespeichert.")
    keeps_drafts = False

    @property
    def field_name(self) -> str:
        if self.kwargs["name"] not in FIELDS:
            raise Http404
        return str(self.kwargs["name"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def get_template_names(self) -> list[str]:
        in_place = self.request.htmx and self.request.method == "GET"  # type: ignore[attr-defined]
        return ["measures/_inline_form.html" if in_place else "measures/measure_form.html"]

    def get_queryset(self) -> QuerySet[Measure]:
        return Measure.objects.visible_to(self.request.user)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "name": self.field_name}

    def get_success_url(self) -> str:
        return f"{self.object.get_absolute_url()}#feld-{self.field_name}"

    def get_keep_url(self, saved: Any) -> str:
        return self.get_success_url()

    def get_undo_url(self, saved: Versioned) -> str:
        return f"{reverse('measure_undo', args=[self.object.slug])}?version={saved.version}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        saved = Measure.objects.get(pk=self.object.pk)
        label = kwargs["form"].fields[FIELDS[self.field_name][0]].label if "form" in kwargs else ""
        return super().get_context_data(
            title=_("„%s“ bearbeiten") % saved.title,
            crumbs=[
                (_("Maßnahmen"), reverse("measures")),
                (saved.title, saved.get_absolute_url()),
                (str(label) or _("Bearbeiten"), ""),
            ],
            field_name=self.field_name,
            cancel_url=f"{saved.get_absolute_url()}#feld-{self.field_name}",
            **kwargs,
        )
