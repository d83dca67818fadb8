"""Hidden rows change nothing of what a reader gets, and what is hidden now is hidden now."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from measures.models import Measure, StatusUpdate
from measures.models.measure import MeasureQuerySet
from smartregion.base.search_hits import Asked, search
from tests.factories import make_committee, make_field, make_measure, make_region
from tests.governance.rows import make_meeting, make_paper, make_resolution
from tests.measures.solution_rows import make_solution
from tests.monitoring.indicator_rows import make_indicator

pytestmark = pytest.mark.django_db


def make_shown() -> None:
    make_region()
    make_field("Verkehr")
    field = make_field("Energie")
    make_measure("Ladesäuleninfrastruktur", field=field, summary="Säulen zum Laden.", visibility="public")
    make_measure("Ladestationen", field=field, summary="Strom für Räder.", visibility="public")
    make_solution("Ladekarte", summary="Zeigt freie Ladesäulen.", visibility="public")
    make_paper(make_committee(), "Ausbau der Ladepunkte", visibility="public")


def make_hidden() -> None:
    """Rows whose words are like the shown ones', or the very same."""
    field = make_field("Verkehr")
    titles = ["Ladesäule", "Ladesäulen", "Ladesaeulenkataster", "Ladesäulenpark", "Ladeseule", "Ladesohle"]
    for title, state in zip(titles, ["draft", "internal"] * 3, strict=True):
        measure = make_measure(title, field=field, summary="Ladesäulen, Laden, Strom", visibility=state)
        StatusUpdate.objects.create(measure=measure, on="2026-01-01", text="Ladesäulen", visibility="public")
        make_solution(f"Lösung {title}", visibility=state)
        make_indicator(f"Zahl der {title}", visibility=state)
    make_measure("Geheimnis", field=field, visibility="draft")
    secret = make_committee("Ladesäulenrat", visibility="draft")
    make_paper(secret, "Ladesäulen", visibility="public")
    make_resolution(secret, title="Ladesäulen", visibility="public")
    make_meeting(secret, "Ladesäulen", visibility="public")


TYPED = [
    "Ladesäulen",
    "Ladesaeulen",
    "Säule",
    "Ladeseulen",
    "Ladesäluen",
    "Ladesäulenkataster",
    "Ladesäulen Strom",
    "Ladesohle Karte",
    "Ladesäulenrat",
    "Lade",
    "Zahl der Ladesäulen im Verkehr",
    "Ladestationen Stromgeheimnis",
]


@pytest.mark.parametrize("guarded", [True, False])
def test_hidden_rows_change_nothing_of_what_the_page_says(
    client: Client, guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a hit, a number, an order, a mark or a suggestion; without the guard they do."""

    def read() -> list[bytes]:
        return [client.get("/suche/", {"q": typed}).content for typed in TYPED]

    make_shown()
    before = read()
    make_hidden()
    if not guarded:
        monkeypatch.setattr(MeasureQuerySet, "visible_to", lambda self, user: self.all())
    after = read()

    changed = [typed for typed, *pages in zip(TYPED, before, after, strict=True) if len(set(pages)) > 1]
    assert (changed == []) is guarded, changed


def test_what_is_hidden_or_changed_is_so_at_once() -> None:
    """No index lags behind: it is one statement later."""
    measure = make_measure("Quellcode", summary="Brunnen", visibility="public")
    visitor = AnonymousUser()

    def hits(words: str) -> int:
        return search(Asked(words), visitor).total

    assert [hits("Brunnen"), hits("Quellcode")] == [1, 1]
    Measure.objects.filter(pk=measure.pk).update(summary="Teich")
    assert [hits("Brunnen"), hits("Teich")] == [0, 1]
    Measure.objects.filter(pk=measure.pk).update(visibility="internal")
    assert hits("Teich") == 0
