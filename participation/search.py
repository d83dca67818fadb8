"""What of the public's part can be found."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from participation.models import Event, EventFile, Idea, Session, Survey
from smartregion.base.search import Shown, register


def _show_idea(pk: int, title: str, field: str | None) -> Shown:
    return Shown(title, reverse("idea", args=[pk]), field or "")


def _show_survey(slug: str, title: str, field: str | None) -> Shown:
    return Shown(title, reverse("survey", args=[slug]), field or "")


def _show_event(pk: int, title: str) -> Shown:
    return Shown(title, reverse("event", args=[pk]))


def _show_session(pk: int, title: str, event: str) -> Shown:
    return Shown(title, f"{reverse('event', args=[pk])}#programm", event)


def _show_event_file(pk: int, title: str, event: str) -> Shown:
    return Shown(title, f"{reverse('event', args=[pk])}#unterlagen", event)


register(
    key="ideen",
    label=_("Ideen"),
    model=Idea,
    seen_by=Idea.objects.visible_to,
    texts={"A": ["title"], "C": ["text", "answer"]},
    values=["pk", "title", "field__name"],
    show=_show_idea,
    field="field",
    on="published_at",
    is_example="is_example",
)
register(
    key="umfragen",
    label=_("Umfragen"),
    model=Survey,
    seen_by=Survey.objects.visible_to,
    texts={"A": ["title"], "C": ["intro"]},
    values=["slug", "title", "field__name"],
    show=_show_survey,
    field="field",
    on="closes_at",
    is_example="is_example",
)
register(
    key="veranstaltungen",
    label=_("Veranstaltungen"),
    model=Event,
    seen_by=Event.objects.visible_to,
    texts={"A": ["title"], "B": ["kind", "summary", "starts_at"], "C": ["text", "results"], "D": ["place"]},
    values=["pk", "title"],
    show=_show_event,
    field="field",
    on="starts_at",
    visibility="visibility",
    is_example="is_example",
)
register(
    key="programmpunkte",
    label=_("Programmpunkte"),
    model=Session,
    seen_by=Session.objects.visible_to,
    texts={"A": ["title"], "B": ["starts_at"], "C": ["text", "speakers"], "D": ["room"]},
    values=["event_id", "title", "event__title"],
    show=_show_session,
    field=["field", "event__field"],
    on="starts_at",
    visibility="event__visibility",
    is_example="event__is_example",
)
register(
    key="veranstaltungsunterlagen",
    label=_("Unterlagen von Veranstaltungen"),
    model=EventFile,
    seen_by=EventFile.objects.visible_to,
    texts={"A": ["title"]},
    values=["event_id", "title", "event__title"],
    show=_show_event_file,
    field="event__field",
    on="uploaded_at",
    visibility="visibility",
    is_example="event__is_example",
)
