"""The public events, and what is not for everybody of them in no column."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.utils.translation import gettext_lazy as _

from participation.forms.events import EventFilter
from participation.models import Event, Session
from participation.models.events import EventQuerySet
from smartregion.opendata.columns import Column, Kind, Record
from smartregion.opendata.modified import Source
from smartregion.opendata.resource import ANYBODY, ROWS_AT_ONCE, Resource, absolute, registered


def visible_events() -> EventQuerySet:
    return Event.objects.visible_to(ANYBODY)


@registered
class Events(Resource):
    name = "events"
    slug = "veranstaltungen"
    position = 8
    title = _("Veranstaltungen")
    description = _(
        "Die öffentlichen Veranstaltungen, kommende und vergangene, mit Art, Zeit, Ort, Hinweisen zur "
        "Barrierefreiheit und freien Plätzen. Eine Zeile ist eine Veranstaltung; abgesagte bleiben stehen "
        "und sagen es."
    )
    keywords = (_("Smart Region"), _("Veranstaltungen"), _("Termine"), _("Beteiligung"))
    themes = ("GOVE", "REGI", "EDUC")
    key = key_lookup = "id"
    page = "events"
    rules = (
        (
            _("Freie Plätze"),
            _(
                "Plätze, die noch niemand hat, solange man sich anmelden kann. Leer heißt: keine Anmeldung, "
                "nicht mehr oder nicht begrenzt. 0 heißt: Wer sich anmeldet, kommt auf die Warteliste."
            ),
        ),
        (_("Filter Handlungsfeld"), _("Gefunden wird auch, was nur im Programm dazu einen Punkt hat.")),
    )
    columns = (
        Column("id", _("Schlüssel"), _("Nummer der Veranstaltung; sie bleibt"), Kind.WHOLE),
        Column("title", _("Titel"), _("Name der Veranstaltung")),
        Column("kind", _("Art"), _("Art der Veranstaltung"), Kind.CHOICE, Event.Kind),
        Column("summary", _("Kurzbeschreibung"), _("Worum es geht und für wen")),
        Column("starts_at", _("Beginn"), _("Tag und Uhrzeit, mit Abstand zu UTC"), Kind.MOMENT),
        Column("ends_at", _("Ende"), _("Tag und Uhrzeit, mit Abstand zu UTC"), Kind.MOMENT),
        Column("place", _("Ort"), _("Gebäude, Straße, Ort; leer: nur online")),
        Column(
            "stream",
            _("Stream"),
            _("Wo alle ohne Anmeldung zusehen können; sonst leer"),
            Kind.ADDRESS,
            may_be_empty=True,
        ),
        Column(
            "fields",
            _("Handlungsfelder (Kürzel)"),
            _("Kürzel der Handlungsfelder, auch aus dem Programm; leer: alle"),
            Kind.TEXTS,
        ),
        Column(
            "series",
            _("Reihe"),
            _("Termine mit derselben Nummer gehören zu einer Reihe"),
            Kind.WHOLE,
            may_be_empty=True,
        ),
        Column("accessibility", _("Barrierefreiheit"), _("Hinweise zum Zugang; kann leer sein")),
        Column(
            "is_open", _("Anmeldung offen"), _("Man kann sich anmelden, mindestens zum Warten"), Kind.FLAG
        ),
        Column(
            "for_administrations",
            _("Für Verwaltungen"),
            _("Anmelden können sich nur Verwaltungen"),
            Kind.FLAG,
        ),
        Column("free_places", _("Freie Plätze"), _("Siehe Zählregel"), Kind.WHOLE, may_be_empty=True),
        Column("is_cancelled", _("Abgesagt"), _("Sie findet nicht statt"), Kind.FLAG),
        Column("cancelled_because", _("Grund der Absage"), _("Meist leer")),
        Column("is_example", _("Beispieldaten"), _("Frei erfunden"), Kind.FLAG),
        Column("url", _("Adresse"), _("Seite der Veranstaltung im Portal"), Kind.ADDRESS),
    )

    def filters(self, query: Mapping[str, Any]) -> EventFilter:
        return EventFilter(query, visible_events().order_by("starts_at", "pk"))

    def rows(self, chosen: Any) -> EventQuerySet:
        return chosen.qs

    def records(self, rows: EventQuerySet) -> Iterator[Record]:
        about = Session.objects.filter(event=OuterRef("pk"), field__isnull=False)
        programme = ArraySubquery(about.order_by("field__position").values("field__slug"))
        found = rows.with_counts().annotate(in_programme=programme).select_related("field")
        for event in found.iterator(chunk_size=ROWS_AT_ONCE):
            record = {**{name: getattr(event, name) for name in PLAIN}, **_made(event)}
            yield {column.key: record[column.key] for column in self.columns}

    def sources(self) -> Iterable[Source]:
        """Who registers is nobody's to follow: that places are taken moves no date."""
        own = (
            "title",
            "kind",
            "summary",
            "field",
            "starts_at",
            "ends_at",
            "place",
            "accessibility",
            "series",
        )
        more = ("takes_registrations", "audience", "capacity", "registration_ends_at", "visibility")
        yield Source(visible_events(), (*own, *more, "is_cancelled", "cancelled_because"))
        yield Source(visible_events().filter(takes_registrations=False), ("online_url",))
        yield Source(Session.objects.visible_to(ANYBODY).filter(field__isnull=False), ("field",))

    def has_examples(self) -> bool:
        return visible_events().filter(is_example=True).exists()


PLAIN = [
    *("title", "kind", "summary", "starts_at", "ends_at", "place", "accessibility"),
    *("is_cancelled", "cancelled_because", "is_example"),
]


def _made(event: Any) -> Record:
    is_open, own = event.is_open_for_registration, [event.field.slug] if event.field else []
    return {
        "id": event.pk,
        "stream": None if event.is_cancelled else event.open_stream or None,
        "fields": list(dict.fromkeys([*own, *event.in_programme])),
        "series": event.series_id,
        "is_open": is_open,
        "for_administrations": event.takes_registrations and event.is_for_administrations,
        "free_places": max(0, event.capacity - event.taken) if is_open and event.capacity else None,
        "url": absolute(event.get_absolute_url()),
    }
