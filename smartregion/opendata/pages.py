"""The pages about open data for people, and the files and catalogues that they lead to."""

from typing import Any, Final

from django import forms
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from fields.models import ActionField
from network.models import Region
from smartregion.base.access import PUBLIC, RuledView
from smartregion.opendata import licence
from smartregion.opendata.answers import OpenView, only, with_etag
from smartregion.opendata.datasets.measures import visible
from smartregion.opendata.embed import LOOKS
from smartregion.opendata.formats import XLSX, Format, formats_of
from smartregion.opendata.resource import Resource, absolute, collections, datasets

PREVIEWED: Final = 8
MOST_OFFERED: Final = 500
"""Measures in the choice of what to embed; a select of more is of no use."""
CATALOGUE_TYPES: Final = {
    "ttl": "text/turtle; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
    "jsonld": "application/ld+json",
}


class OpenDataView(RuledView, TemplateView):
    permission = PUBLIC
    template_name = "opendata/index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = EmbedForm(self.request.GET)
        return super().get_context_data(
            crumbs=[(_("Offene Daten"), "")],
            datasets=[(row, downloads_of(row)) for row in datasets().values()],
            catalogues=[(ending, f"open_catalogue_{ending}") for ending in CATALOGUE_TYPES],
            api_url=absolute(reverse("api_index")),
            map_url=absolute(reverse("ogc_landing")),
            licence=licence,
            form=form,
            embedded=form.embedded(),
            **kwargs,
        )


class EmbedForm(forms.Form):
    """Which small page somebody wants on their own website; a choice that there is not is the first one."""

    zeigen = forms.ChoiceField(label=gettext_lazy("Was soll gezeigt werden?"), required=False)
    darstellung = forms.ChoiceField(label=gettext_lazy("Helligkeit"), choices=LOOKS, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        measures = visible().order_by("no").values_list("slug", "no", "title")[:MOST_OFFERED]
        self.pages = {
            reverse("embed_rollout"): _("Roll-out-Karte aller Maßnahmen"),
            **{
                reverse("embed_field", args=[field.slug]): _("Handlungsfeld: %s") % field.name
                for field in ActionField.objects.all()
            },
            **{
                reverse("embed_measure", args=[slug]): _("Roll-out-Karte: %(no)s %(title)s")
                % {"no": no, "title": title}
                for slug, no, title in measures
            },
        }
        self.fields["zeigen"].choices = list(self.pages.items())  # type: ignore[attr-defined]

    def embedded(self) -> dict[str, str]:
        """Address and title of the small page."""
        self.is_valid()
        chosen = self.cleaned_data.get("zeigen") or next(iter(self.pages))
        look = self.cleaned_data.get("darstellung")
        query = f"?{urlencode({'darstellung': look})}" if look else ""
        return {"path": f"{chosen}{query}", "url": absolute(f"{chosen}{query}"), "title": self.pages[chosen]}


def dataset_called(slug: str) -> Resource:
    try:
        return datasets()[slug]
    except KeyError:
        raise Http404 from None


def downloads_of(dataset: Resource) -> list[tuple[Format, str]]:
    """Each kind of file with the name of its address."""
    return [(row, f"open_data_{row.ending}") for row in formats_of(dataset)]


class DatasetView(RuledView, TemplateView):
    permission = PUBLIC
    template_name = "opendata/dataset.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        dataset = dataset_called(self.kwargs["dataset"])
        shown = dataset.rows(dataset.filters({}))[:PREVIEWED]
        region = Region.objects.first()
        return super().get_context_data(
            shown=dataset,
            crumbs=[(_("Offene Daten"), reverse("open_data")), (dataset.title, "")],
            downloads=downloads_of(dataset),
            preview=[
                [column.in_words(record[column.key]) for column in dataset.columns]
                for record in dataset.records(shown)
            ],
            page_url=reverse(dataset.page),
            api_url=absolute(reverse("api_list", args=[dataset.name])),
            map_url=absolute(reverse("ogc_items", args=[dataset.name]))
            if dataset.name in collections()
            else "",
            licence=licence,
            source=licence.source_note(region, with_outlines=bool(dataset.place_column)) if region else "",
            **kwargs,
        )


class DownloadView(OpenView):
    """A whole dataset as a file that bears the day in its name."""

    file_format: Format | None = None

    def get(self, request: HttpRequest, dataset: str) -> HttpResponseBase:
        only(request, ())
        asked, wanted = dataset_called(dataset), self.file_format
        if wanted is None or wanted not in formats_of(asked) or not Region.objects.exists():
            raise Http404
        content = wanted.write(asked)
        response: StreamingHttpResponse
        if wanted is XLSX:
            response = FileResponse(content, content_type=wanted.content_type)
        else:
            response = StreamingHttpResponse(content, content_type=wanted.content_type)
        name = f"{asked.slug}-{localdate():%Y-%m-%d}.{wanted.ending}"
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
        response["Cache-Control"] = "no-cache"
        return response


class CatalogueView(OpenView):
    ending = "ttl"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        from smartregion.opendata.catalog import catalogue  # reading rdflib takes a third of a second

        only(request, ())
        if not Region.objects.exists():
            raise Http404
        response = HttpResponse(catalogue(self.ending), content_type=CATALOGUE_TYPES[self.ending])
        return with_etag(request, response)
