"""The municipalities, each with how many measures have got how far there."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from measures.models import RolloutCell
from network.models import Municipality
from smartregion.opendata.columns import Column, Kind, Record
from smartregion.opendata.datasets.measures import NAMED, visible
from smartregion.opendata.modified import Source
from smartregion.opendata.resource import ANYBODY, Resource, Spatial, absolute, registered

OWN = [
    *("ags", "ars", "slug", "name", "official_name", "residents", "residents_on", "area_km2"),
    *("latitude", "longitude", "website"),
]


@registered
class Municipalities(Resource):
    name = "municipalities"
    slug = "kommunen"
    position = 3
    title = _("Maßnahmen je Kommune")
    description = _(
        "Die Kommunen mit Schlüsseln, Einwohnerzahl, Fläche und Lage, und wie viele öffentliche Maßnahmen "
        "dort auf welcher Stufe stehen. Eine Zeile ist eine Kommune, in alphabetischer Folge."
    )
    keywords = (_("Smart Region"), _("Kommunen"), _("Gemeinden"), _("Roll-out"))
    key = key_lookup = "ags"
    page = "matrix"
    place_column = "ags"
    spatial = Spatial("ags", {"ags": "ags", "ars": "ars", "slug": "slug", "name": "name"})
    rules = (
        (
            _("Zahl der Maßnahmen"),
            _("Gezählt wird jede öffentliche Maßnahme genau einmal, bei der Stufe, die sie dort hat."),
        ),
    )
    columns = (
        Column("ags", _("Amtlicher Gemeindeschlüssel"), _("Achtstellig, mit führender Null, als Text")),
        Column("ars", _("Regionalschlüssel"), _("Zwölfstellig, mit führender Null, als Text")),
        Column("slug", _("Kürzel"), _("Wort in der Adresse der Kommune")),
        Column("name", _("Kommune"), _("Name")),
        Column("official_name", _("Amtlicher Name"), _("Name mit Bezeichnung wie Stadt oder Gemeinde")),
        Column("residents", _("Einwohnerzahl"), _("Amtliche Einwohnerzahl"), Kind.WHOLE),
        Column("residents_on", _("Einwohnerzahl vom"), _("Stand der Einwohnerzahl"), Kind.DAY),
        Column("area_km2", _("Fläche"), _("In Quadratkilometern"), Kind.NUMBER),
        Column("latitude", _("Breite"), _("Geografische Breite eines Punktes im Ort, WGS 84"), Kind.NUMBER),
        Column("longitude", _("Länge"), _("Geografische Länge eines Punktes im Ort, WGS 84"), Kind.NUMBER),
        Column("website", _("Website"), _("Eigene Website; kann leer sein")),
        *(
            Column(
                f"measures_{stage.value}",
                format_lazy(_("Maßnahmen „{stage}“"), stage=stage.label),
                _("Zahl der öffentlichen Maßnahmen auf dieser Stufe"),
                Kind.WHOLE,
            )
            for stage in RolloutCell.Stage
        ),
        Column("is_example", _("Beispieldaten"), _("Unter den gezählten sind Beispieldaten"), Kind.FLAG),
        Column("url", _("Adresse"), _("Seite der Kommune im Portal"), Kind.ADDRESS),
    )

    def rows(self, chosen: Any) -> Any:
        return Municipality.objects.defer("boundary")

    def records(self, rows: Any) -> Iterator[Record]:
        counts: dict[int, Counter[str]] = defaultdict(Counter)
        examples = set()
        cells = RolloutCell.objects.visible_to(ANYBODY).order_by()
        groups = cells.values_list("municipality", "stage", "measure__is_example").annotate(Count("pk"))
        for place, stage, is_example, number in groups:
            counts[place][stage] += number
            if is_example:
                examples.add(place)
        for row in rows:
            yield {
                **{name: getattr(row, name) for name in OWN},
                **{f"measures_{stage.value}": counts[row.pk][stage.value] for stage in RolloutCell.Stage},
                "is_example": row.pk in examples,
                "url": absolute(row.get_absolute_url()),
            }

    def sources(self) -> Iterable[Source]:
        yield Source(Municipality.objects.all(), tuple(OWN))
        yield Source(visible(), NAMED)
        yield Source(RolloutCell.objects.visible_to(ANYBODY), ("stage",))

    def has_examples(self) -> bool:
        return visible().filter(is_example=True).exists()
