"""All addresses. German words, each with a policy (see `smartregion.base.access`)."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from smartregion import (
    audit_pages,
    job_pages,
    operator_pages,
    personal_pages,
    robots,
    search_page,
    views,
    workplace,
)
from smartregion.languages import in_other_languages


def legal_text(address: str, slug: str) -> list[URLPattern]:
    """A legal text's page, its editing and the undoing of its last change."""
    which = {"slug": slug}
    return [
        path(f"{address}/", views.LegalTextView.as_view(), which, name=slug),
        path(f"{address}/bearbeiten/", views.LegalTextEditView.as_view(), which, name=f"{slug}_edit"),
        path(f"{address}/rueckgaengig/", views.LegalTextUndoView.as_view(), which, name=f"{slug}_undo"),
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.HomeView.as_view(), name="home"),
    path("robots.txt", robots.RobotsView.as_view(), name="robots"),
    path("sitemap.xml", robots.SitemapView.as_view(), name="sitemap"),
    path("favicon.ico", robots.FaviconView.as_view(), name="favicon"),
    path("konzept/", views.ConceptView.as_view(), name="concept"),
    path("arbeitsplatz/", workplace.WorkplaceView.as_view(), name="workplace"),
    path("arbeitsplatz/anzahl/", workplace.WorkplaceCountView.as_view(), name="workplace_count"),
    path("auftraege/", job_pages.JobListView.as_view(), name="jobs"),
    path("auftraege/<int:pk>/", job_pages.JobView.as_view(), name="job"),
    path("auftraege/<int:pk>/stand/", job_pages.JobProgressView.as_view(), name="job_progress"),
    path("auftraege/<int:pk>/erneut/", job_pages.JobRetryView.as_view(), name="job_retry"),
    path("datenschutz/daten/", personal_pages.PersonalDataView.as_view(), name="personal_data"),
    path("datenschutz/daten/person/", personal_pages.PersonView.as_view(), name="person"),
    path("datenschutz/daten/person/loeschen/", personal_pages.PersonEraseView.as_view(), name="person_erase"),
    path(
        "datenschutz/daten/person/daten.<slug:file_format>",
        personal_pages.PersonFileView.as_view(),
        name="person_file",
    ),
    path("konto/meine-daten/", personal_pages.OwnDataView.as_view(), name="own_data"),
    path(
        "konto/meine-daten/daten.<slug:file_format>",
        personal_pages.OwnFileView.as_view(),
        name="own_file",
    ),
    path("suche/", search_page.SearchView.as_view(), name="search"),
    path("vorschau/", views.PreviewView.as_view(), name="preview"),
    path("gesundheit/", views.HealthView.as_view(), name="health"),
    path("bereit/", operator_pages.ReadyView.as_view(), name="ready"),
    path("metrics", operator_pages.MetricsView.as_view(), name="metrics"),
    *legal_text("impressum", "imprint"),
    *legal_text("datenschutz", "privacy"),
    *legal_text("barrierefreiheit", "accessibility"),
    *legal_text("leichte-sprache", "plain_language"),
    *legal_text("gebaerdensprache", "sign_language"),
    path("", include("network.urls")),
    path("", include("measures.urls")),
    path("", include("governance.urls")),
    path("", include("participation.urls")),
    path("", include("monitoring.urls")),
    path("", include("smartregion.opendata.urls")),
    path("verwaltung/protokoll/", audit_pages.AuditView.as_view(), name="audit"),
    path("verwaltung/protokoll/protokoll.csv", audit_pages.AuditCsvView.as_view(), name="audit_csv"),
    path("verwaltung/", admin.site.urls),
]
urlpatterns.append(in_other_languages(urlpatterns))
