"""A measure's page: who may open it, what stands on it, and that nothing hidden shows through."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate

from measures.models import Measure, Milestone, RolloutCell, StatusUpdate, TeamMember
from measures.services.measures import create_measure
from network.models import Role
from smartregion.base.history import recorded
from tests.factories import (
    make_field,
    make_measure,
    make_municipality,
    make_organisation,
    make_region,
    make_user,
)

pytestmark = pytest.mark.django_db

ROLES = [None, Role.STEERING, Role.TEAM, Role.ADMINISTRATION, Role.MUNICIPALITY, Role.COORDINATION]


def sign_in(client: Client, role: Role | None) -> None:
    if role:
        place = make_municipality("Cedorf") if role == Role.MUNICIPALITY else None
        client.force_login(make_user(role, place))


@pytest.mark.parametrize(
    ("visibility", "expected"),
    [
        ("public", [200, 200, 200, 200, 200, 200]),
        ("internal", [404, 200, 200, 200, 200, 200]),
        ("draft", [404, 404, 404, 404, 404, 200]),
    ],
)
def test_a_measure_is_missing_for_those_who_may_not_see_it(visibility: str, expected: list[int]) -> None:
    url = make_measure(visibility=visibility).get_absolute_url()

    answers = []
    for role in ROLES:
        client = Client()
        sign_in(client, role)
        answers.append(client.get(url).status_code)

    assert answers == expected


def test_the_page_shows_progress_by_weight_and_delay_in_days(client: Client) -> None:
    measure = make_measure()
    Milestone.objects.create(
        measure=measure, title="Start", planned_date=date(2024, 1, 1), actual_date=date(2024, 1, 11), weight=1
    )
    Milestone.objects.create(
        measure=measure, title="Später", planned_date=localdate() + timedelta(days=50), weight=3
    )

    context = client.get(measure.get_absolute_url()).context

    assert context["measure"].progress == 25
    assert [(point.milestone.title, point.state, point.delay) for point in context["timeline"].points] == [
        ("Start", "done", 10),
        ("Später", "open", 0),
    ]


def test_no_milestones_is_a_dash_and_not_zero_percent(client: Client) -> None:
    response = client.get(make_measure().get_absolute_url())

    assert (response.context["measure"].progress, response.context["timeline"]) == (None, None)
    assert "Fortschritt: –" in response.content.decode()


def test_the_stated_and_the_computed_ampel_may_disagree(client: Client) -> None:
    measure = make_measure(light="green")
    Milestone.objects.create(measure=measure, title="Alt", planned_date=localdate() - timedelta(days=100))
    StatusUpdate.objects.create(measure=measure, on=localdate(), text="Läuft.", visibility="public")

    response = client.get(measure.get_absolute_url())

    assert (response.context["measure"].light, response.context["computed"].light) == ("green", "red")
    assert "Meilenstein „Alt“ ist seit 100 Tagen überfällig." in response.content.decode()


def test_every_sector_of_the_team_is_shown_even_without_a_seat(client: Client) -> None:
    measure = make_measure()
    TeamMember.objects.create(
        measure=measure, organisation=make_organisation("Hochschule"), sector="science", function="Begleitung"
    )

    sectors = client.get(measure.get_absolute_url()).context["sectors"]

    assert [(str(sector.label), [seat.function for seat in seats]) for sector, seats in sectors] == [
        ("Kommunen", []),
        ("Wirtschaft", []),
        ("Wissenschaft", ["Begleitung"]),
        ("Zivilgesellschaft", []),
    ]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (None, ["öffentlicher Text"]),
        (Role.STEERING, ["interner Text", "öffentlicher Text"]),
        (Role.COORDINATION, ["entworfener Text", "interner Text", "öffentlicher Text"]),
    ],
)
def test_status_updates_show_by_their_own_visibility(
    client: Client, role: Role | None, expected: list[str]
) -> None:
    measure = make_measure()
    for day, (visibility, text) in enumerate(
        [("public", "öffentlicher Text"), ("internal", "interner Text"), ("draft", "entworfener Text")],
        start=1,
    ):
        StatusUpdate.objects.create(measure=measure, on=date(2024, 1, day), text=text, visibility=visibility)
    sign_in(client, role)

    response = client.get(measure.get_absolute_url())

    assert [update.text for update in response.context["updates"]] == expected
    texts = ["entworfener Text", "interner Text", "öffentlicher Text"]
    assert [text for text in texts if text in response.content.decode()] == expected


def test_the_internal_note_of_a_cell_does_not_show(client: Client) -> None:
    place = make_municipality()
    measure = make_measure()
    RolloutCell.objects.filter(measure=measure, municipality=place).update(note="nur intern gedacht")

    assert "nur intern gedacht" not in client.get(measure.get_absolute_url()).content.decode()


def test_example_data_says_so(client: Client) -> None:
    example, real = make_measure(is_example=True), make_measure(is_example=False)

    pages = [client.get(measure.get_absolute_url()).content.decode() for measure in (example, real)]

    assert ['<span class="example">Beispieldaten</span>' in page for page in pages] == [True, False]


def test_written_markup_is_shown_as_text_or_harmless(client: Client) -> None:
    measure = make_measure("<b>Titel</b>", goal="**fett** <script>alert(1)</script>")

    page = client.get(measure.get_absolute_url()).content.decode()

    assert ("<strong>fett</strong>" in page, "<script>alert" in page, "<b>Titel</b>" in page) == (
        True,
        False,
        False,
    )


def entries(client: Client, measure: Measure) -> list[tuple[str, str, str]]:
    changes = client.get(measure.get_absolute_url()).context["changes"]
    return [(change.subject, change.kind, change.reason) for change in changes]


def test_the_history_tells_of_the_measure_and_of_all_that_belongs_to_it(client: Client) -> None:
    user = make_user(Role.COORDINATION)
    measure = make_measure()
    with recorded(by=user, reason="Projektplan"):
        milestone = Milestone.objects.create(measure=measure, title="Start", planned_date=date(2024, 1, 1))
    with recorded(by=user, reason="Ziel erreicht"):
        milestone.actual_date = date(2024, 1, 2)
        milestone.save_over(1)
    with recorded(by=user, reason="Neue Lage"):
        measure.phase = "pilot"
        measure.save_over(1)
    client.force_login(user)

    changes = client.get(measure.get_absolute_url()).context["changes"]

    assert [(c.subject, c.kind, c.reason, c.by) for c in changes] == [
        ("", "update", "Neue Lage", "Koordination"),
        ("Meilenstein „Start“", "update", "Ziel erreicht", "Koordination"),
        ("Meilenstein „Start“", "insert", "Projektplan", "Koordination"),
        ("", "insert", "", "Systemdienst"),
    ]
    assert [(f.label, f.before, f.after) for f in changes[0].fields] == [("Phase", "Idee", "Pilot")]


def test_visitors_see_no_history(client: Client) -> None:
    assert client.get(make_measure().get_absolute_url()).context["changes"] is None


def test_what_happened_while_a_measure_was_a_draft_stays_with_the_coordinator() -> None:
    coordinator, member = make_user(Role.COORDINATION), make_user(Role.STEERING)
    measure = create_measure(
        measure=Measure(
            no="M-1", title="Titel", summary="geheime Fassung", lead=make_organisation(), field=make_field()
        ),
        by=coordinator,
    )
    with recorded(by=coordinator, reason="geheimer Grund"):
        milestone = Milestone.objects.create(measure=measure, title="geheim", planned_date=date(2024, 1, 1))
    with recorded(by=coordinator):
        milestone.delete()
    with recorded(by=coordinator, reason="Freigabe"):
        measure.summary, measure.visibility = "Offene Fassung.", "internal"
        measure.save_over(1)

    pages = []
    for user in (coordinator, member):
        client = Client()
        client.force_login(user)
        pages.append(client.get(measure.get_absolute_url()).content.decode())

    assert [("geheim" in page, "Freigabe" in page) for page in pages] == [(True, True), (False, True)]


def test_a_page_among_200_measures_asks_as_often_as_one_among_20(client: Client, count_queries) -> None:
    make_region()
    place = make_municipality()
    client.force_login(make_user(Role.COORDINATION))

    def measure_with_parts(number: int) -> Measure:
        measure = make_measure()
        for part in range(number):
            Milestone.objects.create(measure=measure, title=f"{part}", planned_date=date(2024, 1, 1))
            StatusUpdate.objects.create(measure=measure, on=date(2024, 1, 1), text="Text")
            TeamMember.objects.create(
                measure=measure, organisation=place.organisation, sector="municipal", function=f"{part}"
            )
        return measure

    def cost(measure: Measure) -> int:
        with count_queries() as queries:
            assert client.get(measure.get_absolute_url()).status_code == 200
        return len(queries)

    small = measure_with_parts(2)
    for _ in range(19):
        make_measure()
    cost(small)
    first = cost(small)
    for _ in range(179):
        make_measure()

    assert (first, cost(small), cost(measure_with_parts(20))) == (first, first, first)
