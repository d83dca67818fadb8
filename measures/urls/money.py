"""Addresses of money: the page of a measure with its rows, and the overview of all funding."""

from collections.abc import Iterator

from django.urls import URLPattern, path

from measures.urls.export import formats
from measures.views import funding, money

MONEY = "massnahmen/<slug:slug>/geld/"


def addresses(kind: money.Kind) -> Iterator[URLPattern]:
    """The five addresses of rows of one kind."""
    row = f"{MONEY}{kind.word}/<int:pk>/"
    for address, verb, view in (
        (f"{MONEY}{kind.word}/neu/", "add", money.MoneyAddView),
        (row, "edit", money.MoneyEditView),
        (f"{row}rueckgaengig/", "undo", money.MoneyUndoView),
        (f"{row}loeschen/", "delete", money.MoneyDeleteView),
        (f"{row}wiederherstellen/", "restore", money.MoneyRestoreView),
    ):
        yield path(address, view.as_view(kind=kind), name=f"{kind.name}_{verb}")


urlpatterns = [
    path(MONEY, money.MoneyView.as_view(), name="measure_money"),
    *(pattern for kind in money.KINDS for pattern in addresses(kind)),
    *formats("foerderung/", funding.FundingExportView, "funding"),
    path("foerderung/", funding.FundingView.as_view(), name="funding"),
    path("foerderung/programme/neu/", funding.ProgrammeAddView.as_view(), name="programme_add"),
    path("foerderung/programme/<int:pk>/", funding.ProgrammeEditView.as_view(), name="programme_edit"),
    path(
        "foerderung/programme/<int:pk>/rueckgaengig/",
        funding.ProgrammeUndoView.as_view(),
        name="programme_undo",
    ),
]
