"""Addresses of what readers take home."""

from django.urls import URLPattern, path

from measures.views import export


def formats(address: str, view: type[export.ExportView], name: str) -> list[URLPattern]:
    """The view as workbooks of both formats and as a CSV."""
    return [
        path(
            f"{address}export.{file_format}",
            view.as_view(file_format=file_format),
            name=f"{name}_{file_format}",
        )
        for file_format in (export.XLSX, export.ODS, export.CSV)
    ]


urlpatterns = [
    *formats("massnahmen/", export.MeasureExportView, "measures"),
    *formats("roll-out/", export.RolloutExportView, "matrix"),
    *formats("kommunen/<slug:slug>/", export.MunicipalityExportView, "municipality"),
]
