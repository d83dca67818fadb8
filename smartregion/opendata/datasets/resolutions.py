"""What the committees resolved in public."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from governance.export import OPEN_RULE, follow_up_in_words
from governance.filters import ResolutionFilter
from governance.models import FollowUp, Resolution
from governance.models.resolution import ResolutionQuerySet
from measures.models import Measure
from smartregion.opendata.columns import Column, Kind, Record
from smartregion.opendata.modified import Source
from smartregion.opendata.resource import ANYBODY, ROWS_AT_ONCE, Resource, absolute, registered


def _number(key: str, label: Any, text: Any) -> Column:
    return Column(key, label, text, Kind.WHOLE, may_be_empty=True)


@registered
class Resolutions(Resource):
    name = "resolutions"
    slug = "beschluesse"
    position = 7
    title = _("Beschlüsse")
    description = _(
        "Die öffentlichen Beschlüsse der Gremien mit Wortlaut, Ergebnis, Stimmen und Aufträgen, und ob sie "
        "erledigt sind. Eine Zeile ist ein Beschluss."
    )
    keywords = (_("Smart Region"), _("Beschlüsse"), _("Gremien"), _("Politik"))
    themes = ("GOVE",)
    key = key_lookup = "id"
    page = "resolutions"
    rules = ((_("Noch offen"), OPEN_RULE),)
    columns = (
        Column("id", _("Schlüssel"), _("Nummer der Zeile; sie bleibt"), Kind.WHOLE),
        Column("number", _("Nummer"), _("Beschlussnummer, eindeutig im Gremium")),
        Column("committee", _("Gremium (Kürzel)"), _("Wort in der Adresse des Gremiums")),
        Column("committee_name", _("Gremium"), _("Name des Gremiums")),
        Column("resolved_on", _("Beschlossen am"), _("Tag des Beschlusses"), Kind.DAY),
        Column("procedure", _("Verfahren"), _("Wie beschlossen wurde"), Kind.CHOICE, Resolution.Procedure),
        Column(
            "is_recommendation", _("Beschlussempfehlung"), _("Empfehlung an ein anderes Gremium"), Kind.FLAG
        ),
        Column("title", _("Titel"), _("Worum es geht")),
        Column("wording", _("Wortlaut"), _("Der ganze Text")),
        Column("outcome", _("Ergebnis"), _("Was beschlossen wurde"), Kind.CHOICE, Resolution.Outcome),
        _number("votes_for", _("Ja"), _("Ja-Stimmen; leer, wenn nicht gezählt wurde")),
        _number("votes_against", _("Nein"), _("Nein-Stimmen")),
        _number("abstentions", _("Enthaltungen"), _("Enthaltungen; sie zählen nicht als Nein")),
        _number("present", _("Anwesend"), _("Anwesende Stimmberechtigte")),
        _number("excluded", _("Befangen"), _("Davon wegen Befangenheit ausgeschlossen")),
        _number("entitled", _("Stimmberechtigte"), _("Stimmberechtigte Mitglieder an diesem Tag")),
        Column("vote_note", _("Hinweis zur Abstimmung"), _("Meist leer")),
        Column("follow_ups", _("Aufträge"), _("Was zu tun ist, wer zuständig ist, bis wann"), Kind.TEXTS),
        Column(
            "next_due_on",
            _("Nächste Frist"),
            _("Frist des nächsten offenen Auftrags"),
            Kind.DAY,
            may_be_empty=True,
        ),
        Column(
            "is_open", _("Noch offen"), _("Nicht alle Aufträge sind als erledigt festgestellt"), Kind.FLAG
        ),
        Column("is_in_force", _("In Kraft"), _("Kein späterer Beschluss hat ihn ersetzt"), Kind.FLAG),
        Column("measures", _("Maßnahmen"), _("Nummern der betroffenen öffentlichen Maßnahmen"), Kind.TEXTS),
        Column("is_example", _("Beispieldaten"), _("Frei erfunden"), Kind.FLAG),
        Column("url", _("Adresse"), _("Seite des Beschlusses im Portal"), Kind.ADDRESS),
    )

    def filters(self, query: Mapping[str, Any]) -> ResolutionFilter:
        return ResolutionFilter(query, ANYBODY)

    def rows(self, chosen: Any) -> ResolutionQuerySet:
        return chosen.qs

    def records(self, rows: ResolutionQuerySet) -> Iterator[Record]:
        named = Measure.objects.reachable_by(ANYBODY).order_by("no")
        measures = Prefetch("measures", named, to_attr="visible_measures")
        found = rows.with_control().prefetch_related(measures)
        for row in found.iterator(chunk_size=ROWS_AT_ONCE):
            record = {**{name: getattr(row, name) for name in PLAIN}, **_made(row)}
            yield {column.key: record[column.key] for column in self.columns}

    def sources(self) -> Iterable[Source]:
        resolutions = Resolution.objects.visible_to(ANYBODY)
        yield Source(resolutions, ("number", "title", "wording", "outcome", "visibility"))
        follow_ups = FollowUp.objects.filter(resolution__in=resolutions)
        yield Source(follow_ups, ("what", "responsible", "due_on", "noted_in"))

    def has_examples(self) -> bool:
        return Resolution.objects.visible_to(ANYBODY).filter(is_example=True).exists()


PLAIN = [
    *("number", "resolved_on", "procedure", "is_recommendation", "title", "wording", "outcome"),
    *("votes_for", "votes_against", "abstentions", "present", "excluded", "entitled", "vote_note"),
    *("next_due_on", "is_open", "is_example"),
]


def _made(row: Any) -> Record:
    return {
        "id": row.pk,
        "committee": row.committee.slug,
        "committee_name": row.committee.name,
        "follow_ups": [follow_up_in_words(each) for each in row.follow_ups.all()],
        "is_in_force": not row.is_superseded,
        "measures": [measure.no for measure in row.visible_measures],
        "url": absolute(row.get_absolute_url()),
    }
