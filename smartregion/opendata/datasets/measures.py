"""The measures, with the columns of their profile."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.utils.translation import gettext_lazy as _

from measures.export.measures import LIGHT_RULE, PROGRESS_RULE
from measures.filters import MUNICIPALITY_RULE, MeasureFilter, filter_for
from measures.models import Measure, MeasureTag, Milestone
from measures.models.measure import MeasureQuerySet
from smartregion.opendata.columns import Column, Kind, Record
from smartregion.opendata.modified import Source
from smartregion.opendata.resource import ANYBODY, ROWS_AT_ONCE, Resource, absolute, registered


def visible() -> MeasureQuerySet:
    return Measure.objects.visible_to(ANYBODY)


NAMED = ("no", "title", "slug", "field", "is_example", "visibility", "archived_at")
"""What other datasets tell of a measure, or what decides that they do."""


@registered
class Measures(Resource):
    name = "measures"
    slug = "massnahmen"
    position = 1
    title = _("Maßnahmen")
    description = _(
        "Alle öffentlichen Maßnahmen mit Handlungsfeld, Federführung, Phase, Status, Ampel, Zeitraum, "
        "Fortschritt und nächstem Meilenstein. Eine Zeile ist eine Maßnahme."
    )
    keywords = (_("Smart Region"), _("Digitalisierung"), _("Maßnahmen"), _("Projekte"))
    key = key_lookup = "slug"
    page = "measures"
    rules = (
        (_("Fortschritt"), PROGRESS_RULE),
        (_("Ampel"), LIGHT_RULE),
        (_("Filter Kommune"), MUNICIPALITY_RULE),
    )
    columns = (
        Column("no", _("Nr."), _("Nummer der Maßnahme im Portal, zum Beispiel M-07")),
        Column("slug", _("Kürzel"), _("Wort in der Adresse der Maßnahme")),
        Column("title", _("Titel"), _("Name der Maßnahme")),
        Column("summary", _("Kurzbeschreibung"), _("Worum es geht, in wenigen Sätzen")),
        Column("field", _("Handlungsfeld (Kürzel)"), _("Kürzel des Handlungsfeldes")),
        Column("field_name", _("Handlungsfeld"), _("Handlungsfeld des Konzepts, zu dem sie gehört")),
        Column("lead", _("Federführung"), _("Organisation, die federführend ist")),
        Column("phase", _("Phase"), _("Wo sie im Lebensweg steht"), Kind.CHOICE, Measure.Phase),
        Column("status", _("Status"), _("Verwaltungsstand"), Kind.CHOICE, Measure.Status),
        Column(
            "status_reason", _("Begründung zum Status"), _("Warum sie ruht oder eingestellt ist; sonst leer")
        ),
        Column("light", _("Ampel"), _("Einschätzung der Federführung"), Kind.CHOICE, Measure.Light),
        Column("light_reason", _("Begründung zur Ampel"), _("Begründung bei gelb und rot")),
        Column("needed_decision", _("Entscheidungsbedarf"), _("Was zu entscheiden ist; meist leer")),
        Column("starts_on", _("Beginn"), _("Geplanter oder wirklicher Beginn"), Kind.DAY, may_be_empty=True),
        Column("ends_on", _("Ende"), _("Geplantes oder wirkliches Ende"), Kind.DAY, may_be_empty=True),
        Column(
            "progress",
            _("Fortschritt"),
            _("Erreichte Meilensteine nach Gewicht; leer ohne Meilensteine"),
            Kind.PERCENT,
            may_be_empty=True,
        ),
        Column(
            "next_milestone",
            _("Nächster Meilenstein"),
            _("Offener Meilenstein, der als nächster fällig ist"),
            may_be_empty=True,
        ),
        Column("next_milestone_on", _("Fällig am"), _("Wann er fällig ist"), Kind.DAY, may_be_empty=True),
        Column("is_starter", _("Startermaßnahme"), _("Gehört zu den ersten Maßnahmen"), Kind.FLAG),
        Column("tags", _("Schlagworte"), _("Freie Schlagworte"), Kind.TEXTS),
        Column("is_example", _("Beispieldaten"), _("Frei erfunden, kein wirkliches Vorhaben"), Kind.FLAG),
        Column("url", _("Adresse"), _("Seite der Maßnahme im Portal"), Kind.ADDRESS),
    )

    def filters(self, query: Mapping[str, Any]) -> MeasureFilter:
        return filter_for(ANYBODY, query)

    def rows(self, chosen: Any) -> MeasureQuerySet:
        return chosen.qs

    def records(self, rows: MeasureQuerySet) -> Iterator[Record]:
        tags = MeasureTag.objects.filter(measure=OuterRef("pk")).order_by("tag__slug")
        with_tags = rows.for_list().annotate(tag_names=ArraySubquery(tags.values("tag__name")))
        for measure in with_tags.iterator(chunk_size=ROWS_AT_ONCE):
            record = {**{name: getattr(measure, name) for name in PLAIN}, **_joined(measure)}
            yield {column.key: record[column.key] for column in self.columns}

    def sources(self) -> Iterable[Source]:
        told = ("summary", "lead", "phase", "status", "status_reason", "light", "light_reason")
        more = ("needed_decision", "starts_on", "ends_on", "is_starter")
        yield Source(visible(), (*NAMED, *told, *more))
        milestones = Milestone.objects.filter(measure__in=visible())
        yield Source(milestones, ("title", "planned_date", "forecast_date", "actual_date", "weight"))
        yield Source(MeasureTag.objects.filter(measure__in=visible()), ("tag",))

    def has_examples(self) -> bool:
        return visible().filter(is_example=True).exists()


PLAIN = [
    *("no", "slug", "title", "summary", "phase", "status", "status_reason", "light", "light_reason"),
    *("needed_decision", "starts_on", "ends_on", "progress", "next_milestone", "next_milestone_on"),
    *("is_starter", "is_example"),
]


def _joined(measure: Any) -> Record:
    return {
        "field": measure.field.slug,
        "field_name": measure.field.name,
        "lead": measure.lead.name,
        "tags": measure.tag_names,
        "url": absolute(measure.get_absolute_url()),
    }
