"""Addresses of what readers take home."""

from django.urls import URLPattern, path

from measures.views import export


def both(address: str, view: type[export.ExportView], name: str) -> list[URLPattern]:
    """The view as a workbook and as a CSV."""
    return [
        path(
            f"{address}export.{file_format}",
            view.as_view(file_format=file_format),
            name=f"{name}_{file_format}",
        )
        for file_format in (export.WORKBOOK, export.CSV)
    ]


urlpatterns = [
    *both("massnahmen/", export.MeasureExportView, "measures"),
    *both("roll-out/", export.RolloutExportView, "matrix"),
    *both("kommunen/<slug:slug>/", export.MunicipalityExportView, "municipality"),
]
