"""The search page and its index: what is found how, what the address can say, and that the index keeps up."""

import re
from random import randrange
from time import time
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.urls import resolve

from governance.models import Meeting
from measures.models import Measure
from network.models import Organisation
from smartregion.base.search import kinds
from smartregion.base.search_hits import MOST_OF_KIND, Asked, Found, search
from smartregion.base.search_index import create_index, drop_index
from smartregion.base.search_words import Word, words_of
from tests.factories import make_committee, make_field, make_measure, make_municipality, make_region
from tests.governance.rows import make_meeting, make_paper

pytestmark = pytest.mark.django_db


def found(words: str, **asked: Any) -> Found:
    return search(Asked(words, **asked), AnonymousUser())


def titles(words: str, **asked: Any) -> list[str]:
    return [hit.shown.title for hit in found(words, **asked).hits]


def words_known() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lexeme FROM search.word")
        return {lexeme for (lexeme,) in cursor.fetchall()}


@pytest.mark.parametrize(
    "typed",
    ["Säule", "saeule", "Ladesäulen", "LADESÄULE", "Ladesaulen", "Ladeseule", "Ladesäulen-Infrastruktur"],
)
def test_a_compound_is_found_by_its_parts_however_they_are_written(typed: str) -> None:
    make_measure("Ladesäuleninfrastruktur")

    assert titles(typed) == ["Ladesäuleninfrastruktur"]


def test_a_compound_finds_where_its_parts_stand_alone() -> None:
    make_measure("Infrastruktur für Ladesäulen")

    assert titles("Ladesäuleninfrastrukturen") == ["Infrastruktur für Ladesäulen"]
    assert titles("Ladesäulenkataster") == []


def test_what_is_called_so_comes_before_what_only_tells_of_it() -> None:
    make_measure("Wege", summary="Auch der Dorfplatz wird neu.")
    make_measure("Der Dorfplatz im Ort")
    make_measure("Dorfplatz")

    assert titles("Dorfplatz") == ["Dorfplatz", "Der Dorfplatz im Ort", "Wege"]


def test_the_newer_comes_first_among_equals() -> None:
    committee = make_committee()
    make_meeting(committee, "Werkstatt", starts_at="2025-01-01T10:00+01:00", visibility="public")
    newer = make_meeting(committee, "Werkstatt", starts_at="2026-01-01T10:00+01:00", visibility="public")

    assert found("Werkstatt").hits[0].shown.url == newer.get_absolute_url()


def test_dates_and_choices_are_found_as_people_say_them() -> None:
    committee = make_committee("Kreistag", kind="council")
    make_meeting(committee, "Sitzung", starts_at="2026-03-31T23:30+02:00", visibility="public")
    make_paper(committee, "Radwege", kind="motion", visibility="public")

    assert titles("Sitzung März 2026") == ["Sitzung"]
    assert titles("31.03.2026") == ["Sitzung"]
    assert titles("Antrag Radwege") == ["Radwege"]


def test_words_that_every_text_has_find_nothing_alone_and_do_no_harm_beside_others() -> None:
    make_measure("Der Platz")

    assert titles("der die das und") == []
    assert titles("wo ist der Platz und die Linde") == ["Der Platz"]


def test_what_was_found_is_marked_and_nothing_of_the_text_becomes_markup() -> None:
    make_measure(
        "<b>Brunnen</b> & Teich", summary="Der <script>alert(1)</script> **Brunnen** \ue000im Ort\ue001."
    )

    [hit] = found("Brunnen").hits

    assert hit.title == "&lt;b&gt;<mark>Brunnen</mark>&lt;/b&gt; &amp; Teich"
    assert re.findall("<mark>(.*?)</mark>", hit.passages) == ["Brunnen"]
    assert "<script>" not in hit.passages and "**" not in hit.passages


def test_a_slip_leads_to_what_was_meant() -> None:
    make_measure("Straßenbeleuchtung")

    slip, right = found("Strasenbeleuchtung neben"), found("Straßenbeleuchtung")

    assert (slip.is_meant, slip.meant) == (True, "Straßenbeleuchtung neben")
    assert (right.is_meant, right.meant) == (False, "")


def test_the_page_narrows_by_kind_and_field_and_tells_how_many_there_are(client: Client) -> None:
    make_region()
    make_measure("Brunnen Nord", field=make_field("Umwelt"))
    make_measure("Brunnen Süd", field=make_field("Energie"))
    make_paper(make_committee(), "Brunnen", visibility="public")

    def facets(address: str) -> dict[str, int]:
        return {
            facet.label: facet.number
            for _, choices in client.get(address).context["facets"]
            for facet in choices
        }

    kinds = {"Maßnahmen": 2, "Vorlagen": 1}
    fields = {"Energie": 1, "Umwelt": 1}
    everything = {"Alle Arten": 3, **kinds, "Alle Handlungsfelder": 3, **fields}
    of_measures = {"Alle Arten": 3, **kinds, "Alle Handlungsfelder": 2, **fields}
    of_field = {"Alle Arten": 1, "Maßnahmen": 1, "Alle Handlungsfelder": 3, **fields}
    assert facets("/suche/?q=Brunnen") == everything
    assert facets("/suche/?q=Brunnen&art=massnahmen") == of_measures
    assert facets("/suche/?q=Brunnen&feld=umwelt") == of_field


def test_a_link_leads_deep_into_the_hits_and_past_the_end_to_the_last_page(client: Client) -> None:
    make_region()
    for number in range(12):
        make_measure(f"Brunnen {number}")

    def page(address: str) -> tuple[int, int]:
        shown = client.get(address).context
        return shown["page_obj"].number, len(shown["found"].hits)

    assert page("/suche/?q=Brunnen") == (1, 10)
    assert page("/suche/?q=Brunnen&page=2") == (2, 2)
    assert page("/suche/?q=Brunnen&page=99") == (2, 2)
    assert page("/suche/?q=Brunnen&page=x") == (1, 10)


def test_where_there_is_nothing_the_page_leads_on(client: Client) -> None:
    make_region()
    make_measure("Brunnen")

    nothing = client.get("/suche/?q=Quastenflosser").content.decode()
    assert "Zu „Quastenflosser“ gibt es nichts." in nothing
    onward = nothing[nothing.index("Oder gehen Sie") : nothing.index("</main>")]
    assert re.findall('href="([^"]+)"', onward) == [
        "/massnahmen/",
        "/kommunen/",
        "/veranstaltungen/",
        "/ideen/neu/",
    ]
    narrowed = client.get("/suche/?q=Brunnen&art=berichte").content.decode()
    assert "Hier gibt es dazu nichts." in narrowed and 'href="/suche/?q=Brunnen"' in narrowed


def test_more_hits_than_are_counted_are_told_as_such() -> None:
    measure = make_measure("Brunnen")
    [values] = Measure.objects.filter(pk=measure.pk).values()
    Measure.objects.bulk_create(
        Measure(**{**values, "id": None, "no": f"Z-{number}", "slug": f"z-{number}"})
        for number in range(MOST_OF_KIND)
    )

    assert (found("Brunnen").total, found("Brunnen").is_cut) == (MOST_OF_KIND, True)
    assert found("Brunnen Z-7").is_cut is False


def test_a_search_asks_a_fixed_number_of_questions_fewer_than_there_are_kinds(
    client: Client, count_queries: Any
) -> None:
    make_region()

    def cost(words: str) -> int:
        with count_queries() as queries:
            client.get("/suche/", {"q": words})
        return len(queries)

    make_measure("Brunnen")
    one = cost("Brunnen")
    committee = make_committee()
    for number in range(5):
        make_measure(f"Brunnen {number}")
        make_paper(committee, f"Brunnen {number}", visibility="public")
        make_meeting(committee, f"Brunnen {number}", visibility="public")

    assert cost("Brunnen") == one
    assert cost("Quasten Flosser") < len(kinds())


def test_the_index_follows_each_way_in_which_rows_change() -> None:
    first, second = make_measure("Drossel"), make_measure("Drossel zwei")
    Measure.objects.bulk_update([first], ["title"])
    assert "drossel" in words_known()
    Measure.objects.filter(pk=first.pk).update(title="Amsel")
    assert "drossel" in words_known()
    Measure.objects.filter(pk=second.pk).delete()
    assert {"drossel", "amsel"} & words_known() == {"amsel"}
    assert titles("Drossel") == []


def test_a_word_is_forgotten_with_the_last_row_that_has_it() -> None:
    """Also what a person's name was must not stay in the index."""
    body = Organisation.objects.create(name="Mustermannbüro", short_name="M", slug="m", sector="civil")
    make_measure("Mustermannbüro")
    body.delete()
    assert "mustermannburo" in words_known()
    Measure.objects.update(title="Büro")
    assert "mustermannburo" not in words_known()


def test_the_index_made_anew_is_the_one_that_triggers_kept() -> None:
    make_municipality("Bedorf")
    make_measure("Brunnen", goal="Wasser für alle")
    make_meeting(make_committee(), "Sitzung am Brunnen")
    Meeting.objects.update(title="Sitzung im Rathaus")

    def state() -> dict[str, list[Any]]:
        rows = {}
        with connection.cursor() as cursor:
            for table in [*(kind.key for kind in kinds()), "word"]:
                cursor.execute(f'SELECT DISTINCT * FROM search."{table}" ORDER BY 1, 2')
                rows[table] = cursor.fetchall()
        return rows

    kept = state()
    drop_index()
    create_index()

    assert state() == kept


def test_while_the_index_is_away_the_page_says_so(client: Client) -> None:
    make_region()
    drop_index()

    answer = client.get("/suche/?q=Brunnen")

    assert (answer.status_code, "gerade neu aufgebaut" in answer.content.decode()) == (200, True)


def test_the_ways_to_write_a_word() -> None:
    assert Word("Suedlohn").forms == {"suedlohn", "südlohn"}
    assert Word("Größe").forms == {"größe", "groesse"}
    assert Word("Co-Working").forms == {"coworking"}
    assert words_of("und") == []


def test_one_line_searches_only_so_often_a_minute(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever of it: page, feed, similar ideas."""
    settings.SEARCHES_A_MINUTE = 3
    minute = time()
    monkeypatch.setattr("network.often.time", lambda: minute)
    client = Client(REMOTE_ADDR=f"2001:db8:{randrange(65536):x}:{randrange(65536):x}::1")
    asked = [
        *(client.get("/suche/", {"q": f"netz{number}"}) for number in range(2)),
        client.post("/ideen/aehnliche/", {"title": "Netz im Wald", "text": ""}),
        client.get("/suche/", {"q": "netz"}),
        client.get("/feeds/suche.atom", {"q": "netz"}),
        client.post("/ideen/aehnliche/", {"title": "Netz im Wald", "text": ""}),
    ]

    assert [answer.status_code for answer in asked] == [200] * 3 + [429] * 3
    assert ("Zu viele Suchen" in asked[3].content.decode(), asked[3]["Retry-After"]) == (True, "60")
    assert Client(REMOTE_ADDR="192.0.2.9").get("/suche/", {"q": "netz"}).status_code == 200


def test_comparing_ideas_writes_nothing(client: Client) -> None:
    assert "post" not in resolve("/ideen/aehnliche/").func.view_class.writes
