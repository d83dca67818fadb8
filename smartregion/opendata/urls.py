"""Addresses of open data: pages, files, catalogue, API, map interface, pages to be embedded.

The last address of API and of map interface catches every other one below, so they stand after all apps'.
"""

from django.urls import path, re_path

from smartregion.opendata import api, embed, ogc, pages
from smartregion.opendata.answers import NothingView
from smartregion.opendata.formats import FORMATS

COLLECTION = "ogc/v1/collections/<slug:collection>"

urlpatterns = [
    path("open-data/", pages.OpenDataView.as_view(), name="open_data"),
    *(
        path(
            f"open-data/catalog.{ending}",
            pages.CatalogueView.as_view(ending=ending),
            name=f"open_catalogue_{ending}",
        )
        for ending in pages.CATALOGUE_TYPES
    ),
    *(
        path(
            f"open-data/<slug:dataset>.{row.ending}",
            pages.DownloadView.as_view(file_format=row),
            name=f"open_data_{row.ending}",
        )
        for row in FORMATS
    ),
    path("open-data/<slug:dataset>/", pages.DatasetView.as_view(), name="open_dataset"),
    path("einbetten/rollout/", embed.RolloutEmbedView.as_view(), name="embed_rollout"),
    path("einbetten/rollout/<slug:measure>/", embed.MeasureEmbedView.as_view(), name="embed_measure"),
    path("einbetten/feld/<slug:field_of_action>/", embed.FieldEmbedView.as_view(), name="embed_field"),
    path("api/v1/", api.IndexView.as_view(), name="api_index"),
    path("api/v1/openapi.json", api.OpenApiView.as_view(), name="api_openapi"),
    path("api/v1/<slug:resource>", api.ListView.as_view(), name="api_list"),
    path("api/v1/<slug:resource>/<slug:row>", api.RowView.as_view(), name="api_row"),
    re_path(r"^api/", NothingView.as_view()),
    path("ogc/v1/", ogc.LandingView.as_view(), name="ogc_landing"),
    path("ogc/v1/conformance", ogc.ConformanceView.as_view(), name="ogc_conformance"),
    path("ogc/v1/collections", ogc.CollectionsView.as_view(), name="ogc_collections"),
    path(COLLECTION, ogc.CollectionView.as_view(), name="ogc_collection"),
    path(f"{COLLECTION}/items", ogc.ItemsView.as_view(), name="ogc_items"),
    path(f"{COLLECTION}/items/<slug:feature>", ogc.ItemView.as_view(), name="ogc_item"),
    re_path(r"^ogc/", NothingView.as_view()),
]
