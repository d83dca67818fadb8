"""An agenda on the wall of the meeting room: one item per screen."""

from typing import Any
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from governance.models import Meeting
from governance.reading import agenda_for
from governance.views.base import InCommittee
from measures.models import Visibility
from smartregion.base.access import PUBLIC

PUBLIC_PART = "oeffentlich"


class PresentationPage(InCommittee, TemplateView):
    """`?top=3` shows that item, `?teil=oeffentlich` nothing but what everybody may read."""

    permission = PUBLIC
    template_name = "governance/presentation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meeting = get_object_or_404(self.visible(Meeting), pk=self.kwargs["meeting"])
        public_only = self.request.GET.get("teil") == PUBLIC_PART
        items = agenda_for(meeting, self.request.user, public_only=public_only)
        shown = self._shown(items)
        place = items.index(shown) if shown else 0
        return {
            **super().get_context_data(**kwargs),
            "committee": self.committee,
            "meeting": meeting,
            "items": items,
            "shown": shown,
            "last": max((item.number for item in items), default=0),
            "steps": self._steps(items, place, public_only),
            "switch": self._switch(items, shown, public_only),
        }

    def _shown(self, items: list[Any]) -> Any:
        """The item that the address names, or the first one."""
        wanted = self.request.GET.get("top", "")
        return next((item for item in items if str(item.number) == wanted), items[0] if items else None)

    def _steps(self, items: list[Any], place: int, public_only: bool) -> list[dict[str, str]]:
        """The links of the bar, each with its key; "" where there is nowhere to go."""
        last = len(items) - 1
        ways = [
            ("Home", _("Erster TOP"), 0 if place > 0 else None),
            ("ArrowLeft", _("Zurück"), place - 1 if place > 0 else None),
            ("ArrowRight", _("Weiter"), place + 1 if place < last else None),
            ("End", _("Letzter TOP"), last if place < last else None),
        ]
        return [
            {"key": key, "label": label, "url": "" if to is None else _address(items[to].number, public_only)}
            for key, label, to in ways
        ]

    def _switch(self, items: list[Any], shown: Any, public_only: bool) -> dict[str, str] | None:
        """To the public part alone and back; who sees nothing else is offered no choice."""
        if public_only:
            if not self.request.user.has_perm("governance.read_internals", self.committee):
                return None
            return {"label": _("Alle Teile"), "url": _address(shown.number if shown else 1, False)}
        public = [item for item in items if item.visibility == Visibility.PUBLIC]
        if len(public) == len(items):
            return None
        here = shown if shown in public else None
        return {"label": _("Nur öffentlicher Teil"), "url": _address(here.number if here else 1, True)}


def _address(number: int, public_only: bool) -> str:
    return "?" + urlencode({"top": number} | ({"teil": PUBLIC_PART} if public_only else {}))
