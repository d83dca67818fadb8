"""Addresses of the matrix, the map and the municipalities' own pages."""

from django.urls import path

from measures.views import cell_drawer, diffusion, municipality, profile, rollout

urlpatterns = [
    path("roll-out/", rollout.MatrixView.as_view(), name="matrix"),
    path("roll-out/karte/", rollout.MapView.as_view(), name="map"),
    path(
        "roll-out/zelle/<slug:slug>/<slug:measure_slug>/",
        cell_drawer.CellDrawerView.as_view(),
        name="cell_drawer",
    ),
    path("massnahmen/<slug:slug>/verbreitung/", diffusion.DiffusionView.as_view(), name="measure_diffusion"),
    path("kommunen/<slug:slug>/", municipality.MunicipalityView.as_view(), name="municipality"),
    path("kommunen/<slug:slug>/profil.pdf", profile.ProfileView.as_view(), name="municipality_profile"),
    path("kommunen/<slug:slug>/bestaetigen/", municipality.ConfirmView.as_view(), name="confirm_cells"),
    path("kommunen/<slug:slug>/<slug:measure_slug>/", municipality.CellView.as_view(), name="cell"),
    path(
        "kommunen/<slug:slug>/<slug:measure_slug>/rueckgaengig/",
        municipality.CellUndoView.as_view(),
        name="cell_undo",
    ),
]
