"""The fields of action, for those who read other datasets."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from fields.models import ActionField
from smartregion.opendata.columns import Column, Kind, Record
from smartregion.opendata.datasets.measures import NAMED, visible
from smartregion.opendata.modified import Source
from smartregion.opendata.resource import Resource, absolute, registered


@registered
class Fields(Resource):
    name = "fields"
    position = 6
    title = _("Handlungsfelder")
    description = _("Die Handlungsfelder des Konzepts mit der Zahl ihrer öffentlichen Maßnahmen.")
    key = key_lookup = "slug"
    page = "concept"
    columns = (
        Column("slug", _("Kürzel"), _("Wort in der Adresse des Handlungsfeldes")),
        Column("name", _("Handlungsfeld"), _("Name")),
        Column("position", _("Reihenfolge"), _("Platz im Konzept"), Kind.WHOLE),
        Column("measures", _("Maßnahmen"), _("Zahl der öffentlichen Maßnahmen"), Kind.WHOLE),
        Column("green", _("grün"), _("davon mit grüner Ampel"), Kind.WHOLE),
        Column("yellow", _("gelb"), _("davon mit gelber Ampel"), Kind.WHOLE),
        Column("red", _("rot"), _("davon mit roter Ampel"), Kind.WHOLE),
        Column("grey", _("grau"), _("davon nicht bewertet"), Kind.WHOLE),
        Column("url", _("Adresse"), _("Seite des Handlungsfeldes im Portal"), Kind.ADDRESS),
    )

    def rows(self, chosen: Any) -> Any:
        return ActionField.objects.all()

    def records(self, rows: Any) -> Iterator[Record]:
        counts = Counter(visible().order_by().values_list("field", "light"))
        for field in rows:
            lights = {light: counts[field.pk, light] for light in ("green", "yellow", "red", "grey")}
            yield {
                "slug": field.slug,
                "name": field.name,
                "position": field.position,
                "measures": sum(lights.values()),
                **lights,
                "url": absolute(field.get_absolute_url()),
            }

    def sources(self) -> Iterable[Source]:
        yield Source(ActionField.objects.all(), ("slug", "name", "position"))
        yield Source(visible(), (*NAMED, "light"))

    def has_examples(self) -> bool:
        return visible().filter(is_example=True).exists()
