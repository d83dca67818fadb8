"""The indicators with where they stand today, and their values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter

from monitoring.export import RULES
from monitoring.filters import IndicatorFilter
from monitoring.indicator_math import OnTarget, Trend
from monitoring.indicators import Shown
from monitoring.models import Indicator, IndicatorTarget, IndicatorValue
from smartregion.base import clock
from smartregion.base.text import german_order
from smartregion.opendata.columns import Column, Kind, Record
from smartregion.opendata.datasets.measures import NAMED, visible
from smartregion.opendata.modified import Source
from smartregion.opendata.resource import ANYBODY, ROWS_AT_ONCE, Resource, absolute, registered

KEYWORDS = (_("Smart Region"), _("Indikatoren"), _("Monitoring"), _("Wirkung"))


def visible_indicators() -> Any:
    return Indicator.objects.visible_to(ANYBODY)


@registered
class Indicators(Resource):
    name = "indicators"
    slug = "indikatoren"
    position = 4
    title = _("Indikatoren")
    description = _(
        "Woran Fortschritt und Wirkung gemessen werden: Definition, Quelle, Ausgangswert, neuester Wert, "
        "Zielwert und Zielerreichung. Eine Zeile ist ein Indikator."
    )
    keywords = KEYWORDS
    key = key_lookup = "key"
    page = "indicators"
    rules = RULES
    columns = (
        Column("key", _("Kürzel"), _("Wort in der Adresse des Indikators; es bleibt")),
        Column("name", _("Indikator"), _("Name")),
        Column("definition", _("Definition"), _("Was genau gemessen wird; kann leer sein")),
        Column("level", _("Ebene"), _("Ebene im Wirkungsmodell"), Kind.CHOICE, Indicator.Level),
        Column("measure", _("Maßnahme (Kürzel)"), _("Zu welcher Maßnahme er gehört"), may_be_empty=True),
        Column(
            "field",
            _("Handlungsfeld (Kürzel)"),
            _("Zu welchem Handlungsfeld er gehört, auch über seine Maßnahme; leer: zum ganzen Konzept"),
            may_be_empty=True,
        ),
        Column("unit", _("Einheit"), _("Einheit der Werte")),
        Column("direction", _("Richtung"), _("Wohin er sich bewegen soll"), Kind.CHOICE, Indicator.Direction),
        Column("baseline", _("Ausgangswert"), _("Wert am Anfang"), Kind.NUMBER, may_be_empty=True),
        Column(
            "baseline_on", _("Ausgangswert vom"), _("Tag des Ausgangswertes"), Kind.DAY, may_be_empty=True
        ),
        Column("value", _("Wert"), _("Neuester Wert"), Kind.NUMBER, may_be_empty=True),
        Column("value_on", _("Wert vom"), _("Tag des neuesten Wertes"), Kind.DAY, may_be_empty=True),
        Column(
            "counted",
            _("Kommunen mit Wert"),
            _("Aus wie vielen Kommunen der Gesamtwert stammt"),
            Kind.WHOLE,
            may_be_empty=True,
        ),
        Column("counted_of", _("Kommunen"), _("Von wie vielen"), Kind.WHOLE, may_be_empty=True),
        Column("target", _("Zielwert"), _("Zielwert, der gerade gilt"), Kind.NUMBER, may_be_empty=True),
        Column("target_on", _("Zielwert bis"), _("Bis wann er gilt"), Kind.DAY, may_be_empty=True),
        Column("attainment", _("Zielerreichung"), _("Siehe Zählregel"), Kind.PERCENT, may_be_empty=True),
        Column("on_target", _("Soll-Ist"), _("Ob der Wert im Soll ist"), Kind.CHOICE, OnTarget),
        Column("trend", _("Trend"), _("Wohin er sich bewegt"), Kind.CHOICE, Trend),
        Column("is_overdue", _("Wert überfällig"), _("Ein fälliger Wert fehlt noch"), Kind.FLAG),
        Column("rhythm", _("Erhebungsrhythmus"), _("Wie oft erhoben wird"), Kind.CHOICE, Indicator.Rhythm),
        Column("source", _("Quelle"), _("Woher die Werte kommen")),
        Column("tags", _("Bezüge"), _("Nachhaltigkeitsziele (SDG), DIN SPEC 91387, U4SSC"), Kind.TEXTS),
        Column("is_example", _("Beispieldaten"), _("Frei erfunden"), Kind.FLAG),
        Column("url", _("Adresse"), _("Seite des Indikators im Portal"), Kind.ADDRESS),
    )

    def filters(self, query: Mapping[str, Any]) -> IndicatorFilter:
        return IndicatorFilter(query, ANYBODY, clock.today())

    def rows(self, chosen: Any) -> list[Shown]:
        return chosen.rows

    def with_key(self, rows: Any, key: str) -> list[Shown]:
        return [row for row in rows if row.indicator.key == key]

    def records(self, rows: Sequence[Shown]) -> Iterator[Record]:
        for row in rows:
            record = {**_definition(row.indicator), **_standing(row)}
            yield {column.key: record[column.key] for column in self.columns}

    def sources(self) -> Iterable[Source]:
        own = ("name", "definition", "level", "measure", "field", "unit", "direction", "baseline")
        more = ("baseline_on", "rhythm", "source", "sdgs", "din_spec_91387", "u4ssc", "visibility")
        yield Source(visible_indicators(), (*own, *more))
        yield Source(IndicatorTarget.objects.filter(indicator__in=visible_indicators()), ("on", "value"))
        yield from Values().sources()

    def has_examples(self) -> bool:
        return visible_indicators().filter(is_example=True).exists()


def _definition(indicator: Indicator) -> Record:
    field = indicator.field or (indicator.measure.field if indicator.measure else None)
    plain = ("key", "name", "definition", "level", "unit", "direction", "baseline", "baseline_on")
    return {
        **{name: getattr(indicator, name) for name in (*plain, "rhythm", "source", "tags", "is_example")},
        "measure": indicator.measure.slug if indicator.measure else None,
        "field": field.slug if field else None,
        "url": absolute(indicator.get_absolute_url()),
    }


def _standing(row: Shown) -> Record:
    standing = row.standing
    return {
        "value": standing.value,
        "value_on": standing.on,
        "counted": standing.counted if standing.of else None,
        "counted_of": standing.of or None,
        "target": standing.target.value if standing.target else None,
        "target_on": standing.target.on if standing.target else None,
        "attainment": standing.attainment,
        "on_target": standing.on_target.value,
        "trend": standing.trend.value,
        "is_overdue": standing.is_overdue,
    }


class ValueFilter(IndicatorFilter):
    """The list's filters, and the one indicator that is asked for."""

    indicator = ChoiceFilter(field_name="key", label=_("Indikator"))

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._offer("indicator", ((row.key, row.name) for row in self.everything))


@registered
class Values(Resource):
    name = "values"
    slug = "indikatorwerte"
    position = 5
    title = _("Werte der Indikatoren")
    description = _(
        "Alle Werte der öffentlichen Indikatoren mit Tag und, wo sie je Kommune erhoben werden, der Kommune. "
        "Eine Zeile ist ein Wert; fehlt er, steht in der Anmerkung, warum."
    )
    keywords = KEYWORDS
    key = key_lookup = "id"
    page = "indicators"
    place_column = "ags"
    rules = (
        (
            _("Kein Wert"),
            _("Ein leerer Wert heißt, dass keiner erhoben werden konnte. Er ist nicht 0."),
        ),
    )
    columns = (
        Column("id", _("Schlüssel"), _("Nummer der Zeile; sie bleibt"), Kind.WHOLE),
        Column("indicator", _("Indikator (Kürzel)"), _("Kürzel des Indikators")),
        Column("indicator_name", _("Indikator"), _("Name des Indikators")),
        Column("unit", _("Einheit"), _("Einheit des Wertes")),
        Column("municipality", _("Kommune"), _("Name; leer bei Werten der Region"), may_be_empty=True),
        Column(
            "ags",
            _("Amtlicher Gemeindeschlüssel"),
            _("Achtstellig, als Text; leer bei Werten der Region"),
            may_be_empty=True,
        ),
        Column("on", _("Wert vom"), _("Tag, für den der Wert gilt"), Kind.DAY),
        Column("value", _("Wert"), _("Leer, wenn es keinen gibt"), Kind.NUMBER, may_be_empty=True),
        Column("note", _("Anmerkung"), _("Was zum Wert zu sagen ist; meist leer")),
        Column("is_example", _("Beispieldaten"), _("Frei erfunden"), Kind.FLAG),
        Column("url", _("Adresse"), _("Seite des Indikators im Portal"), Kind.ADDRESS),
    )

    def filters(self, query: Mapping[str, Any]) -> ValueFilter:
        return ValueFilter(query, ANYBODY, clock.today())

    def rows(self, chosen: Any) -> Any:
        kept = [row.indicator.pk for row in chosen.rows]
        found = IndicatorValue.objects.filter(indicator__in=kept)
        return found.order_by(*german_order("indicator__name"), "indicator", "on", "municipality__ags", "pk")

    def records(self, rows: Any) -> Iterator[Record]:
        found = rows.select_related("indicator", "municipality").defer("municipality__boundary")
        for value in found.iterator(chunk_size=ROWS_AT_ONCE):
            indicator, place = value.indicator, value.municipality
            yield {
                "id": value.pk,
                "indicator": indicator.key,
                "indicator_name": indicator.name,
                "unit": indicator.unit,
                "municipality": place.name if place else None,
                "ags": place.ags if place else None,
                "on": value.on,
                "value": value.value,
                "note": value.note,
                "is_example": value.is_example or indicator.is_example,
                "url": absolute(indicator.get_absolute_url()),
            }

    def sources(self) -> Iterable[Source]:
        yield Source(visible(), NAMED)
        yield Source(visible_indicators(), ("name", "unit", "measure", "visibility"))
        values = IndicatorValue.objects.filter(indicator__in=visible_indicators())
        yield Source(values, ("on", "value", "note", "municipality"))

    def has_examples(self) -> bool:
        return visible_indicators().filter(is_example=True).exists()
