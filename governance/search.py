"""What can be found of committees: themselves, meetings, what lies before them, what they resolve."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import AgendaItem, Committee, Meeting, Paper, PaperFile, Resolution
from smartregion.base import search
from smartregion.base.search import Shown


def _committee(name: str, slug: str) -> Shown:
    return Shown(name, reverse("committee", args=[slug]))


def _meeting(title: str, key: int, committee: str, slug: str) -> Shown:
    return Shown(title, reverse("meeting", args=[slug, key]), committee)


def _topics_seen_by(user: Any) -> QuerySet[AgendaItem]:
    """What automatic items gather is found where it comes from."""
    return AgendaItem.objects.visible_to(user).topics()


def _item(title: str, number: int, meeting: str, key: int, slug: str) -> Shown:
    place = _("TOP %(number)s, %(meeting)s") % {"number": number, "meeting": meeting}
    return Shown(title, f"{reverse('meeting', args=[slug, key])}#top-{number}", place)


def _paper(title: str, number: str, key: int) -> Shown:
    return Shown(title, reverse("paper", args=[key]), number)


def _attachment(title: str, paper: str, key: int) -> Shown:
    return Shown(title, f"{reverse('paper', args=[key])}#anlagen", paper)


def _resolution(title: str, number: str, key: int, committee: str, slug: str) -> Shown:
    return Shown(title, reverse("resolution", args=[slug, key]), f"{number} · {committee}")


search.register(
    key="gremien",
    label=gettext_lazy("Gremien"),
    model=Committee,
    seen_by=Committee.objects.visible_to,
    texts={"A": ["name"], "B": ["kind"], "C": ["task"], "D": ["rhythm"]},
    values=["name", "slug"],
    show=_committee,
    visibility="visibility",
)
search.register(
    key="sitzungen",
    label=gettext_lazy("Sitzungen"),
    model=Meeting,
    seen_by=Meeting.objects.visible_to,
    texts={"A": ["title"], "B": ["starts_at"], "D": ["place"]},
    values=["title", "pk", "committee__name", "committee__slug"],
    show=_meeting,
    on="starts_at",
    visibility="visibility",
    is_example="is_example",
)
search.register(
    key="tagesordnung",
    label=gettext_lazy("Tagesordnungspunkte"),
    model=AgendaItem,
    seen_by=_topics_seen_by,
    texts={"A": ["title"], "C": ["text"]},
    values=["title", "number", "meeting__title", "meeting__pk", "meeting__committee__slug"],
    show=_item,
    on="meeting__starts_at",
    visibility="visibility",
    is_example="meeting__is_example",
)
search.register(
    key="vorlagen",
    label=gettext_lazy("Vorlagen"),
    model=Paper,
    seen_by=Paper.objects.visible_to,
    texts={
        "A": ["number", "title"],
        "B": ["kind"],
        "C": ["body", "proposed_resolution"],
        "D": ["originator", "cost_note", "dated"],
    },
    values=["title", "number", "pk"],
    show=_paper,
    on="dated",
    visibility="visibility",
    is_example="is_example",
)
search.register(
    key="anlagen",
    label=gettext_lazy("Anlagen zu Vorlagen"),
    model=PaperFile,
    seen_by=PaperFile.objects.visible_to,
    texts={"A": ["title"]},
    values=["title", "paper__title", "paper__pk"],
    show=_attachment,
    on="uploaded_at",
    visibility="visibility",
    is_example="paper__is_example",
)
search.register(
    key="beschluesse",
    label=gettext_lazy("Beschlüsse"),
    model=Resolution,
    seen_by=Resolution.objects.visible_to,
    texts={"A": ["number", "title"], "B": ["outcome"], "C": ["wording"], "D": ["vote_note", "resolved_on"]},
    values=["title", "number", "pk", "committee__name", "committee__slug"],
    show=_resolution,
    on="resolved_on",
    visibility="visibility",
    is_example="is_example",
)
