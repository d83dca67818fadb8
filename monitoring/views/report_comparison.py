"""Two sealed reports side by side."""

import json
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from monitoring.models import Report
from monitoring.snapshot.comparison import compare, last_as_long
from monitoring.snapshot.schema import Snapshot
from monitoring.views.base import crumbs_of
from smartregion.base.access import PUBLIC, RuledView

A, B = "a", "b"


class ReportComparisonView(RuledView, TemplateView):
    """Of any two that the reader may see; a report that is not to be seen is not there."""

    permission = PUBLIC
    template_name = "monitoring/comparison.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sealed = self.sealed()
        a, b = self.chosen(A, sealed), self.chosen(B, sealed)
        if a and b:
            snapshots = [json.loads(report.snapshot) for report in (a, b)]
            kwargs.update(
                comparison=compare(*snapshots), notes=[*notes_on(a, b), *notes_on_periods(*snapshots)]
            )
        return super().get_context_data(
            crumbs=crumbs_of((_("Vergleich"), "")), reports=sealed, a=a, b=b, **kwargs
        )

    def sealed(self) -> QuerySet[Report]:
        visible = Report.objects.visible_to(self.request.user).sealed()
        return visible.for_list().order_by("-as_of", "kind", "audience", "pk")

    def chosen(self, name: str, sealed: QuerySet[Report]) -> Report | None:
        """Raises:
        Http404: the address names a report that the reader cannot see.
        """
        key = self.request.GET.get(name, "")
        if not key:
            return None
        found = next((report for report in sealed if str(report.pk) == key), None)
        if found is None:
            raise Http404
        return found


def notes_on_periods(a: Snapshot, b: Snapshot) -> list[str]:
    if last_as_long(a, b):
        return []
    return [
        _(
            "Die Zeiträume sind verschieden lang: Was in ihnen geschah, Meilensteine und Beschlüsse, steht "
            "ohne Unterschied nebeneinander."
        )
    ]


def notes_on(a: Report, b: Report) -> list[str]:
    """What it means that two reports are not of one kind."""
    notes = []
    if a.pk == b.pk:
        notes.append(_("Sie vergleichen einen Bericht mit sich selbst."))
    if a.audience != b.audience:
        notes.append(
            _(
                "Die Berichte sind für verschiedene Empfänger: Was nur der eine enthält, kann intern sein "
                "und muss nicht neu sein."
            )
        )
    if (a.kind, a.scope) != (b.kind, b.scope):
        notes.append(
            _(
                "Die Berichte sind von verschiedener Art: Was nur der eine enthält, kann an seiner Auswahl "
                "liegen."
            )
        )
    return notes
