"""The roll-out: a row for each measure and municipality."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from measures.export.rollout import STALE_RULE
from measures.filters import MatrixFilter
from measures.models import COUNTING_RULE, RolloutCell
from measures.models.rollout import CONFIRMATION_VALID_FOR, Office, RolloutCellQuerySet
from smartregion.base.text import german_order
from smartregion.opendata.columns import Column, Kind, Record, Words
from smartregion.opendata.datasets.measures import NAMED, visible
from smartregion.opendata.modified import Source
from smartregion.opendata.resource import ANYBODY, ROWS_AT_ONCE, Resource, Spatial, absolute, registered

SHOWN = [
    *("stage", "since", "reason", "confirmed_at", "confirmed_in", "version", "confirmed_by__role"),
    *("measure__slug", "measure__no", "measure__title", "measure__is_example", "measure__field__slug"),
    *("municipality__slug", "municipality__name", "municipality__ags"),
]


@registered
class Rollout(Resource):
    name = "rollout"
    slug = "roll-out"
    position = 2
    title = _("Roll-out je Maßnahme und Kommune")
    description = _(
        "Wie weit jede öffentliche Maßnahme in jeder Kommune ist, seit wann, und wann der Stand zuletzt "
        "bestätigt wurde. Eine Zeile ist eine Maßnahme in einer Kommune."
    )
    keywords = (_("Smart Region"), _("Roll-out"), _("Kommunen"), _("Digitalisierung"))
    key = key_lookup = "id"
    page = "matrix"
    place_column = "ags"
    spatial = Spatial(
        "municipality__ags",
        {
            "measure": "measure__slug",
            "measure_no": "measure__no",
            "field": "measure__field__slug",
            "municipality": "municipality__slug",
            "ags": "municipality__ags",
            "stage": "stage",
        },
    )
    columns = (
        Column("id", _("Schlüssel"), _("Nummer der Zeile; sie bleibt"), Kind.WHOLE),
        Column("measure", _("Maßnahme (Kürzel)"), _("Wort in der Adresse der Maßnahme")),
        Column("measure_no", _("Nr."), _("Nummer der Maßnahme im Portal")),
        Column("measure_title", _("Maßnahme"), _("Name der Maßnahme")),
        Column("field", _("Handlungsfeld (Kürzel)"), _("Kürzel des Handlungsfeldes")),
        Column("municipality", _("Kommune (Kürzel)"), _("Wort in der Adresse der Kommune")),
        Column("municipality_name", _("Kommune"), _("Name der Kommune")),
        Column("ags", _("Amtlicher Gemeindeschlüssel"), _("Achtstellig, mit führender Null, als Text")),
        Column("stage", _("Stufe"), _("Wie weit die Kommune ist"), Kind.CHOICE, RolloutCell.Stage),
        Column("since", _("Seit"), _("Seit wann diese Stufe gilt"), Kind.DAY, may_be_empty=True),
        Column("reason", _("Begründung"), _("Bei „abgelehnt“ und „zurückgezogen“; sonst meist leer")),
        Column("confirmed_on", _("Bestätigt am"), _("Wann zuletzt bestätigt"), Kind.DAY, may_be_empty=True),
        Column(
            "confirmed_by",
            _("Bestätigt durch"),
            _("Welche Stelle bestätigt hat; leer: niemand"),
            Kind.CHOICE,
            Office,
            may_be_empty=True,
        ),
        Column("needs_confirmation", _("Zu bestätigen"), _("Die Bestätigung ist alt oder fehlt"), Kind.FLAG),
        Column("is_example", _("Beispieldaten"), _("Frei erfunden, kein wirklicher Stand"), Kind.FLAG),
        Column("url", _("Adresse"), _("Seite der Maßnahme im Portal"), Kind.ADDRESS),
    )

    @property
    def rules(self) -> tuple[tuple[Words, Words], ...]:  # type: ignore[override]
        return (
            (_("Die drei Zahlen"), COUNTING_RULE),
            (_("Zu bestätigen"), str(STALE_RULE) % {"days": CONFIRMATION_VALID_FOR.days}),
        )

    def filters(self, query: Mapping[str, Any]) -> MatrixFilter:
        return MatrixFilter(query, visible().order_by("no"), user=ANYBODY)

    def rows(self, chosen: Any) -> RolloutCellQuerySet:
        """The matrix shows all cells of a measure that has one of the wanted kind; here only that kind is."""
        cells = RolloutCell.objects.visible_to(ANYBODY).filter(
            measure__in=chosen.qs.order_by(), municipality__in=[place.pk for place in chosen.places]
        )
        wanted = chosen.active
        if wanted.get("stage"):
            cells = cells.filter(stage=wanted["stage"])
        if wanted.get("stale"):
            cells = cells.stale()
        if wanted.get("blocked"):
            cells = cells.refused() | cells.stuck()
        return cells.order_by("measure__no", *german_order("municipality__name"))

    def records(self, rows: RolloutCellQuerySet) -> Iterator[Record]:
        related = rows.select_related("measure__field", "municipality", "confirmed_by").only(*SHOWN)
        for cell in related.iterator(chunk_size=ROWS_AT_ONCE):
            measure, place = cell.measure, cell.municipality
            yield {
                "id": cell.pk,
                "measure": measure.slug,
                "measure_no": measure.no,
                "measure_title": measure.title,
                "field": measure.field.slug,
                "municipality": place.slug,
                "municipality_name": place.name,
                "ags": place.ags,
                "stage": cell.stage,
                "since": cell.since,
                "reason": cell.reason,
                "confirmed_on": localtime(cell.confirmed_at).date() if cell.confirmed_at else None,
                "confirmed_by": cell.confirming_office.value if cell.confirming_office else None,
                "needs_confirmation": cell.is_stale,
                "is_example": measure.is_example,
                "url": absolute(measure.get_absolute_url()),
            }

    def sources(self) -> Iterable[Source]:
        yield Source(visible(), NAMED)
        cells = RolloutCell.objects.visible_to(ANYBODY)
        yield Source(cells, ("stage", "since", "reason", "confirmed_at"))

    def has_examples(self) -> bool:
        return visible().filter(is_example=True).exists()
