"""A municipality's page, confirming its cells, and editing one of them."""

import re
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import DetailView

from measures.forms.rollout import CellForm
from measures.models import BudgetLine, PlannedStart, RolloutCell, StatusRound, Wish
from measures.models.ladder import UNDER_WAY
from measures.money import Grid, grid
from measures.neighbours import ahead_of
from measures.news import novelties_for
from measures.round_progress import running_round_for
from measures.services.rollout import Confirmation, confirm_cells, undo_cell_change
from measures.steps import steps_of
from network.models import Municipality
from smartregion.base.access import PUBLIC, SIGNED_IN, RuledView, next_url
from smartregion.base.changes import changes_of
from smartregion.base.editing import UndoView, VersionedEditView
from smartregion.base.panels import panels_for
from smartregion.base.text import german_order
from smartregion.base.versioned import Versioned

Stage = RolloutCell.Stage
READ_VERSION = re.compile(r"(\d{1,18}):(\d{1,9})")


def cells_context(municipality: Municipality, user: Any) -> dict[str, Any]:
    """What `_rollout_cells.html` shows: three groups, and for its editors what is to be confirmed."""
    cells = list(
        RolloutCell.objects.visible_to(user)
        .filter(municipality=municipality)
        .select_related("measure__field", "confirmed_by")
        .order_by("measure__field__position", "measure__no")
    )
    starts = _planned(municipality, user)
    by_measure = {start.measure_id: start for start in starts}
    for cell in cells:
        cell.municipality = municipality
        cell.start = by_measure.get(cell.measure_id)  # type: ignore[attr-defined]
    may_edit = user.has_perm("measures.confirm_cells", municipality)
    status_round = running_round_for(municipality) if may_edit else None
    asked = _asked(status_round, municipality) if status_round else set()
    live = [cell for cell in cells if cell.stage == Stage.LIVE]
    under_way = [cell for cell in cells if cell.stage in UNDER_WAY]
    return {
        "municipality": municipality,
        "user": user,
        "may_edit": may_edit,
        "planned": starts,
        "cells": cells,
        "to_confirm": [cell for cell in cells if cell.is_stale or cell.pk in asked] if may_edit else [],
        "round": status_round,
        "round_open": len(asked),
        "groups": [
            ("live", _("Im Regelbetrieb"), live),
            ("under-way", _("Auf dem Weg"), under_way),
            (
                "others",
                _("Offen oder ohne Beteiligung"),
                [c for c in cells if c not in live and c not in under_way],
            ),
        ],
    }


def _planned(municipality: Municipality, user: Any) -> list[PlannedStart]:
    starts = PlannedStart.objects.visible_to(user).in_municipality(municipality).awaited().in_order()
    return list(starts.defer("municipality__boundary"))


def _asked(status_round: StatusRound, municipality: Municipality) -> set[int]:
    """Keys of the cells that the round waits for: not confirmed since it was opened."""
    waiting = status_round.cells().filter(municipality=municipality)
    return {cell.pk for cell in waiting if not status_round.is_answered(cell)}


def shares_context(municipality: Municipality, user: Any) -> Grid | None:
    """Own shares for `_money_shares.html` by measure and year; None for those whom they do not concern."""
    if not user.has_perm("measures.view_shares", municipality):
        return None
    return grid(BudgetLine.objects.visible_to(user).shares_of(municipality), lambda line: line.measure)


class MunicipalityView(RuledView, DetailView[Municipality]):
    permission = PUBLIC
    model = Municipality
    template_name = "measures/rollout_municipality.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        municipality, user = self.object, self.request.user
        is_own = user.is_authenticated and user.municipality_id == municipality.pk
        rows = cells_context(municipality, user)
        return super().get_context_data(
            crumbs=[(_("Kommunen"), reverse("municipalities")), (municipality.name, "")],
            panels=panels_for("municipality", municipality, user),
            shares=shares_context(municipality, user),
            is_own=is_own,
            news=novelties_for(user) if is_own else [],
            wishes=list(Wish.objects.visible_to(user).of(municipality).with_names()),
            ahead=ahead_of(rows["cells"], municipality, user),
            **rows,
            **kwargs,
        )


class ConfirmView(RuledView):
    """POST `cell=<key>:<version>`, as often as there are cells to confirm: a partial, or back to the page."""

    permission = SIGNED_IN
    writes = ("post",)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        municipality = get_object_or_404(Municipality, slug=slug)
        self.require("measures.confirm_cells", municipality)
        try:
            done = confirm_cells(municipality=municipality, versions=read_versions(request), by=request.user)
        except RolloutCell.DoesNotExist:
            raise Http404 from None
        if request.htmx:  # type: ignore[attr-defined]
            context = {**cells_context(municipality, request.user), "notices": notices_of(done)}
            return render(request, "measures/_rollout_cells.html", context)
        for level, text in notices_of(done):
            messages.add_message(request, messages.constants.DEFAULT_LEVELS[level.upper()], text)
        return redirect(next_url(request) or municipality)


def read_versions(request: HttpRequest) -> dict[int, int]:
    """Which cells are to be confirmed, and in which version they were read."""
    pairs = [READ_VERSION.fullmatch(value) for value in request.POST.getlist("cell")]
    if not pairs or None in pairs:
        raise Http404
    return {int(pair[1]): int(pair[2]) for pair in pairs if pair}


def notices_of(done: Confirmation) -> list[tuple[str, str]]:
    """Level and sentence: what was confirmed, and what was left because someone had changed it."""
    notices = []
    if count := len(done.confirmed):
        text = ngettext("„%(title)s“ ist bestätigt.", "%(number)s Stände sind bestätigt.", count) % {
            "title": done.confirmed[0].measure.title,
            "number": count,
        }
        notices.append(("success", text))
    if done.changed:
        titles = ", ".join(f"„{cell.measure.title}“" for cell in done.changed)
        text = (
            _("Inzwischen geändert und deshalb nicht bestätigt: %s. Bitte prüfen Sie den neuen Stand.")
            % titles
        )
        notices.append(("warning", text))
    return notices


class CellView(VersionedEditView):
    """A municipality's state in one measure, for its own editor and the coordinator."""

    permission = SIGNED_IN
    change_permission = "measures.change_cell"
    model = RolloutCell
    form_class = CellForm
    slug_field = "municipality__slug"
    template_name = "measures/rollout_cell.html"
    success_message = gettext_lazy("Der Stand ist gespeichert und bestätigt.")

    def get_queryset(self) -> QuerySet[RolloutCell]:
        visible = RolloutCell.objects.visible_to(self.request.user)
        return visible.filter(measure__slug=self.kwargs["measure_slug"]).select_related(
            "measure__field", "municipality", "confirmed_by"
        )

    def get_success_url(self) -> str:
        return str(self.object.municipality.get_absolute_url())

    def get_undo_url(self, saved: Versioned) -> str:
        url = reverse("cell_undo", args=[self.kwargs["slug"], self.kwargs["measure_slug"]])
        return f"{url}?version={saved.version}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cell: RolloutCell = self.object
        page = cell.municipality.get_absolute_url()
        elsewhere = RolloutCell.objects.filter(
            measure=cell.measure, stage__in=[Stage.LIVE, Stage.INTRODUCING]
        )
        return super().get_context_data(
            crumbs=[
                (_("Kommunen"), reverse("municipalities")),
                (cell.municipality.name, page),
                (cell.measure.title, ""),
            ],
            cell=RolloutCell.objects.select_related("confirmed_by", "measure__field", "municipality").get(
                pk=cell.pk
            ),
            elsewhere=elsewhere.exclude(pk=cell.pk)
            .select_related("municipality")
            .order_by(*german_order("municipality__name")),
            changes=changes_of(cell),
            steps=steps_of(cell),
            cancel_url=page,
            **kwargs,
        )


class CellUndoView(UndoView):
    permission = SIGNED_IN
    change_permission = "measures.change_cell"

    def undo(self, row: Versioned, version: int | None) -> Versioned:
        return undo_cell_change(cell=row, version=version, by=self.request.user)

    def get_object(self) -> RolloutCell:
        visible = RolloutCell.objects.visible_to(self.request.user).select_related("municipality", "measure")
        return get_object_or_404(
            visible, municipality__slug=self.kwargs["slug"], measure__slug=self.kwargs["measure_slug"]
        )
