"""Papers: their numbers, their page, and the list of all."""

from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.timezone import localdate

from governance.models import Committee, Paper
from governance.services.papers import add_paper, next_paper_number
from network.models import Role
from tests.beside import threads
from tests.factories import make_committee, make_municipality, make_user
from tests.governance.rows import make_item, make_meeting, make_paper, make_resolution, make_station

pytestmark = pytest.mark.django_db
YEAR = localdate().year


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def typed(**values: Any) -> dict[str, Any]:
    return {"kind": "proposal", "title": "Ausbau", "visibility": "public", **values}


def draft_of(committee: Committee, **values: Any) -> Paper:
    return Paper(committee=committee, **typed(**values))


def test_a_number_counts_on_within_year_and_body() -> None:
    committee = make_committee()
    place = make_municipality()
    council = make_committee("Rat", kind="municipal_council", municipality=place)
    for number in ("0324/2023/KREIS", "0007/2024/KREIS", "VO 12/2023", f"0041/2023/{place.abbreviation}"):
        make_paper(committee, number=number)

    def following(of: Committee, year: int) -> str:
        return next_paper_number(committee=of, day=localdate().replace(year=year, month=5, day=1))

    assert [following(committee, year) for year in (2023, 2024, 2025)] == [
        "0325/2023/KREIS",
        "0008/2024/KREIS",
        "0001/2025/KREIS",
    ]
    assert following(council, 2023) == f"0042/2023/{place.abbreviation}"


def test_a_paper_without_a_number_gets_the_one_that_its_form_proposes(coordinator: Client) -> None:
    make_committee()
    address = "/gremien/lenkungskreis/vorlagen/neu/"
    assert f"die nächste freie: 0001/{YEAR}/KREIS." in coordinator.get(address).content.decode()

    coordinator.post(address, typed(dated=localdate()))
    coordinator.post(address, typed(dated="2023-05-01", title="Älter"))

    assert list(Paper.objects.values_list("title", "number").order_by("pk")) == [
        ("Ausbau", f"0001/{YEAR}/KREIS"),
        ("Älter", "0001/2023/KREIS"),
    ]


def test_a_committee_whose_records_are_kept_elsewhere_gets_no_invented_number(coordinator: Client) -> None:
    make_committee(keeps_register=False)
    address = "/gremien/lenkungskreis/vorlagen/neu/"

    assert "die nächste freie" not in coordinator.get(address).content.decode()
    coordinator.post(address, typed())

    assert Paper.objects.get().number == ""


def test_an_edit_that_leaves_the_number_empty_invents_none(coordinator: Client) -> None:
    paper = make_paper(make_committee())

    coordinator.post(f"{paper.get_absolute_url()}bearbeiten/", typed(title="Anders", version=1))

    assert list(Paper.objects.values_list("title", "number")) == [("Anders", "")]


def test_a_foreign_number_is_taken_as_it_is_and_only_once(coordinator: Client) -> None:
    make_committee()
    address = "/gremien/lenkungskreis/vorlagen/neu/"

    coordinator.post(address, typed(number="Drs. 17/4-b"))
    second = coordinator.post(address, typed(number="Drs. 17/4-b"))

    assert Paper.objects.get().number == "Drs. 17/4-b"
    assert "Diese Nummer trägt schon eine andere Vorlage." in second.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_paper(Committee.objects.get(), number="Drs. 17/4-b")


@pytest.mark.django_db(transaction=True)
def test_twenty_papers_at_the_same_moment_get_twenty_numbers() -> None:
    committees = [make_committee(), make_committee("Beirat")]
    drafts = [draft_of(committees[number % 2], title=f"Vorlage {number}") for number in range(20)]

    with threads(20) as start:
        answers = [start(partial(add_paper, paper=draft, by=None)) for draft in drafts]
        for answer in answers:
            answer.result(60)

    numbers = Paper.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [f"{number:04d}/{YEAR}/KREIS" for number in range(1, 21)]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_number_would_be_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the test above: the database refuses some of the twenty."""
    monkeypatch.setattr("governance.services.papers._one_after_the_other", lambda: None)
    drafts = [draft_of(make_committee(f"Kreis {number}")) for number in range(20)]

    with threads(20) as start:
        answers = [start(partial(add_paper, paper=draft, by=None)) for draft in drafts]
        failures = [answer.exception(60) for answer in answers]

    assert IntegrityError in {type(failure) for failure in failures}


def test_the_page_shows_facts_proposal_cost_and_where_it_was_dealt_with(client: Client) -> None:
    committee = make_committee()
    paper = make_paper(
        committee,
        body="**Lage**",
        proposed_resolution="Es wird gebaut.",
        cost="1573.45",
        cost_note="einmalig",
    )
    item = make_item(make_meeting(committee), paper=paper)

    page = client.get(paper.get_absolute_url()).content.decode()

    assert "<strong>Lage</strong>" in page
    assert '<blockquote class="proposal"><p>Es wird gebaut.</p></blockquote>' in page
    assert "1.573,45\u00a0€" in page and "einmalig" in page
    assert item.get_absolute_url() in page


def test_what_is_not_stated_is_not_shown_as_nothing(client: Client) -> None:
    paper = make_paper(make_committee())

    page = client.get(paper.get_absolute_url()).content.decode()

    assert [word in page for word in ("Kosten", "Beschlussvorschlag", "Anlagen")] == [False] * 3
    assert "Es ist keine Beratungsfolge eingetragen." in page


def found(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/vorlagen/{query}")
    assert page.status_code == 200
    return [paper.title for paper in page.context["page_obj"]]


def test_the_list_finds_by_words_kind_committee_and_year(client: Client) -> None:
    committee, other = make_committee(), make_committee("Kreistag")
    make_paper(committee, "Sensornetz", number="0007/2023/KREIS", dated="2023-05-01")
    make_paper(
        committee, "Beleuchtung", kind="proposal", body="Neue Lampen am Marktplatz", dated="2024-05-01"
    )
    make_paper(other, "Convention", proposed_resolution="Jährlich tagen", dated="2024-06-01")

    assert found(client) == ["Convention", "Beleuchtung", "Sensornetz"]
    assert found(client, "?q=0007/2023") == ["Sensornetz"]
    assert found(client, "?q=lampen+MARKTPLATZ") == ["Beleuchtung"]
    assert found(client, "?q=tagen") == ["Convention"]
    assert found(client, "?kind=proposal") == ["Beleuchtung"]
    assert found(client, "?committee=kreistag") == ["Convention"]
    make_station(Paper.objects.get(title="Sensornetz"), make_committee("Konferenz"))
    assert found(client, "?committee=konferenz") == ["Sensornetz"]
    assert found(client, "?year=2024&committee=lenkungskreis") == ["Beleuchtung"]
    assert found(client, "?year=1999") == ["Convention", "Beleuchtung", "Sensornetz"]
    assert "kennt den Wert „1999“ nicht" in client.get("/vorlagen/?year=1999").content.decode()
    assert "Keine Vorlage passt zu allen Filtern" in client.get("/vorlagen/?q=Fähre").content.decode()


def test_a_committee_lists_its_own_papers_and_those_whose_way_leads_to_it(client: Client) -> None:
    committee, other = make_committee(), make_committee("Kreistag")
    make_paper(committee, "Eigene")
    make_station(make_paper(other, "Zugeleitet"), committee)
    make_paper(other, "Fremde")

    for page in (committee.get_absolute_url(), f"{committee.get_absolute_url()}vorlagen/"):
        text = client.get(page).content.decode()
        assert [word in text for word in ("Eigene", "Zugeleitet", "Fremde")] == [True, True, False]


def test_the_list_comes_in_pages_that_keep_the_filters(client: Client) -> None:
    committee = make_committee()
    for number in range(21):
        make_paper(committee, f"Vorlage {number}")

    first, second = (client.get(f"/vorlagen/?kind=motion&page={page}") for page in (1, 2))

    assert [len(page.context["page_obj"]) for page in (first, second)] == [20, 1]
    assert "?kind=motion&amp;page=2" in first.content.decode()


def test_the_results_alone_are_sent_where_only_they_change(client: Client) -> None:
    make_paper(make_committee())

    answer = client.get("/vorlagen/?kind=motion", headers={"hx-request": "true"})

    assert "<html" not in answer.content.decode()
    assert answer["HX-Push-Url"] == "/vorlagen/?kind=motion"


def test_a_resolution_to_which_a_paper_refers_is_linked(client: Client) -> None:
    committee = make_committee()
    resolution = make_resolution(committee)
    paper = make_paper(committee, refers_to=resolution)

    assert resolution.get_absolute_url() in client.get(paper.get_absolute_url()).content.decode()


def test_a_cost_below_nothing_is_refused() -> None:
    with pytest.raises(ValidationError):
        draft_of(make_committee(), cost=-1).full_clean()
