"""The county's own case, as its statement tells it: motion, answer, concept, measures, roll-out, no more."""

import re

import pytest
from django.conf import settings
from django.test import Client

from governance.models import Consultation, Paper, Resolution
from smartregion.regions.region import setup_region
from tests.factories import make_committee
from tests.governance.rows import make_item, make_meeting, make_paper, make_resolution, make_station

pytestmark = pytest.mark.django_db


@pytest.fixture
def motion() -> Paper:
    setup_region(settings.BASE_DIR / "fixtures" / "region.json")
    return Paper.objects.get(kind="motion")


def text_of(page: str) -> str:
    """The words between the page's heading and its end, without tags."""
    main = page[page.index("<h1>") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_the_records_say_no_more_than_the_statement(motion: Paper) -> None:
    statement = Paper.objects.get(kind="statement")
    resolution = Resolution.objects.get()

    assert (str(motion.dated), statement.dated) == ("2024-02-04", None)
    assert [(row.number, row.proposed_resolution, row.cost) for row in (motion, statement)] == [
        ("", "", None)
    ] * 2
    assert statement.answers == motion
    assert statement.refers_to == resolution
    assert (str(resolution.resolved_on), resolution.committee.name) == ("2023-12-07", "Kreistag")
    assert (resolution.votes_for, resolution.votes_against, resolution.abstentions) == (None, None, None)
    assert resolution.vote == "mit breiter Mehrheit (Stimmenzahlen nennt die Quelle nicht)"
    assert Consultation.objects.count() == 0
    assert "Die Stellungnahme nennt weder das Gremium" in motion.way_note


def test_one_page_tells_the_story_with_each_link(motion: Paper, client: Client) -> None:
    statement, resolution = Paper.objects.get(kind="statement"), Resolution.objects.get()

    page = client.get(f"{motion.get_absolute_url()}geschichte/")

    assert page.status_code == 200
    main = page.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    story = main[main.index('<ol class="story">') :]
    links = re.findall(r'href="([^"]+)"', story)
    assert links == [
        motion.get_absolute_url(),
        statement.get_absolute_url(),
        resolution.get_absolute_url(),
        "/konzept/",
        "/massnahmen/",
        "/roll-out/",
    ]
    assert {client.get(link).status_code for link in links} == {200}


def test_the_story_reads_word_for_word_as_the_records_allow(motion: Paper, client: Client) -> None:
    told = text_of(client.get(f"{motion.get_absolute_url()}geschichte/").content.decode())

    assert told == (
        "Was daraus wurde Digitalisierung beschleunigen, Vernetzung verbessern – Smart Region Convention: "
        "Jährliche offene Digitalkonferenz für den Kreis Borken "
        "Erzählt wird, was im Portal belegt ist. Wo nichts eingetragen ist, steht das da. "
        "04.02.2024 Antrag Digitalisierung beschleunigen, Vernetzung verbessern – Smart Region Convention: "
        "Jährliche offene Digitalkonferenz für den Kreis Borken "
        "Quelle: Stellungnahme der Verwaltung zum Antrag vom 04.02.2024 "
        "ohne Datum Stellungnahme der Verwaltung antwortet darauf: "
        "Stellungnahme der Verwaltung zum Antrag vom 04.02.2024 "
        "Quelle: Öffentliches Dokument der Kreisverwaltung "
        "Beratung in den Gremien Die Stellungnahme nennt weder das Gremium, das Antrag und Stellungnahme "
        "beraten hat, noch eine Nummer oder ein Ergebnis. Im Portal liegen beide beim Kreistag, weil die "
        "Stellungnahme dessen Beschluss anführt. "
        "07.12.2023 · Kreistag Beschluss, auf den sich die Vorlage bezieht "
        "Smart Region Konzept für den Kreis Borken beschlossen "
        "mit breiter Mehrheit (Stimmenzahlen nennt die Quelle nicht) "
        "Zum Konzept: Smart Region Konzept für den Kreis Borken "
        "Maßnahmen Es sind noch keine Maßnahmen eingetragen. Zu den Maßnahmen "
        "Roll-out Welche Kommune welche Maßnahme übernommen hat, zeigt der Roll-out. Zum Roll-out"
    )


def test_the_story_is_found_from_motion_statement_and_concept(motion: Paper, client: Client) -> None:
    statement = Paper.objects.get(kind="statement")
    story = f'href="{motion.get_absolute_url()}geschichte/"'

    for page in (motion.get_absolute_url(), statement.get_absolute_url(), "/konzept/"):
        assert story in client.get(page).content.decode()


def test_setting_the_region_up_again_changes_nothing_of_it(motion: Paper) -> None:
    before = [list(model.objects.order_by("pk").values()) for model in (Paper, Resolution)]

    setup_region(settings.BASE_DIR / "fixtures" / "region.json")

    assert [list(model.objects.order_by("pk").values()) for model in (Paper, Resolution)] == before


def test_the_story_names_what_was_resolved_at_each_station(client: Client) -> None:
    committee = make_committee()
    paper, meeting = make_paper(committee), make_meeting(committee)
    resolution = make_resolution(committee, item=make_item(meeting, paper=paper), outcome="noted")
    make_station(paper, committee, item=resolution.item)

    told = text_of(client.get(f"{paper.get_absolute_url()}geschichte/").content.decode())

    assert f"{committee} · {resolution.number} , zur Kenntnis genommen" in told
