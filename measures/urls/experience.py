"""Addresses of "Wer hat das schon?", of experiences, and of wishes."""

from django.urls import path

from measures.views import experience, wishes

CELL = "kommunen/<slug:slug>/<slug:measure_slug>/"
WISH = "roll-out/wuensche/<int:pk>/"

urlpatterns = [
    path("massnahmen/<slug:slug>/wer-hat-das/", experience.WhoHasItView.as_view(), name="who_has_it"),
    path(f"{CELL}erfahrung/", experience.ExperienceView.as_view(), name="experience"),
    path(f"{CELL}erfahrung/rueckgaengig/", experience.ExperienceUndoView.as_view(), name="experience_undo"),
    path(f"{CELL}wunsch/", wishes.WishAddView.as_view(), name="wish_add"),
    path(WISH, wishes.WishView.as_view(), name="wish"),
    path(f"{WISH}zuruecknehmen/", wishes.WishWithdrawView.as_view(), name="wish_withdraw"),
    path(f"{WISH}rueckgaengig/", wishes.WishUndoView.as_view(), name="wish_undo"),
]
