"""Addresses of measures, of what belongs to them and of the roll-out, one file per subject.

Fixed words come before the address of a single measure, which would take them for its own.
"""

from django.urls import include, path

urlpatterns = [
    path("", include("measures.urls.export")),
    path("", include("measures.urls.waves")),
    path("", include("measures.urls.imports")),
    path("", include("measures.urls.rollout")),
    path("", include("measures.urls.experience")),
    path("", include("measures.urls.overview")),
    path("", include("measures.urls.rounds")),
    path("", include("measures.urls.solutions")),
    path("", include("measures.urls.money")),
    path("", include("measures.urls.prerequisites")),
    path("", include("measures.urls.plan")),
    path("", include("measures.urls.team")),
    path("", include("measures.urls.documents")),
    path("", include("measures.urls.saved_views")),
    path("", include("measures.urls.editing")),
    path("", include("measures.urls.measures")),
]
