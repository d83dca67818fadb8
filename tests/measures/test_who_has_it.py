""" "Wer hat das schon?": the order, what each reader learns, and how an experience is edited."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from measures.models import Document, Experience, Measure, RolloutCell
from measures.neighbours import adopters_of, ahead_of, is_like_size
from measures.services.documents import add_document
from network.models import Municipality, Role
from smartregion.base.uploads import Upload
from tests.factories import make_measure, make_municipality, make_region, make_user, set_cell

pytestmark = pytest.mark.django_db
PAGE = "/massnahmen/netz/wer-hat-das/"
EDIT = "/kommunen/bedorf/netz/erfahrung/"
FACTS = {
    "supplier": "Stadtwerk Nord",
    "person_days": "12,5",
    "cost_once": "1.573,45",
    "cost_yearly": "",
    "lessons": "Wir haben **früh** gefragt.",
    "transferability": "3",
    "transferability_reason": "Passt fast überall",
    "links": "Vertrag https://example.org/vertrag",
    "reason_for_change": "",
    "version": "1",
}


@pytest.fixture
def places() -> dict[str, Municipality]:
    sizes = {"Aadorf": 10_000, "Bedorf": 40_000, "Cedorf": 15_000, "Dedorf": 15_001, "Eedorf": 9_000}
    make_region()
    return {name: make_municipality(name, residents) for name, residents in sizes.items()}


@pytest.fixture
def measure(places: dict[str, Municipality]) -> Measure:
    """Everyone but Aadorf has it, Dedorf is introducing it."""
    measure = make_measure("Netz")
    for name in ("Bedorf", "Cedorf", "Dedorf", "Eedorf"):
        stage = "introducing" if name == "Dedorf" else "live"
        values = {"since": date(2024, 5, 1), "evidence": "Netz", "contact": f"Hauptamt {name}"}
        set_cell(measure, places[name], stage=stage, **values)
    return measure


def signed_in(role: Role, place: Municipality | None = None) -> Client:
    client = Client()
    client.force_login(make_user(role, place))
    return client


def order(client: Client, query: str = "") -> list[tuple[str, list[str]]]:
    adopters = client.get(f"{PAGE}{query}").context["adopters"]
    return [(each.cell.municipality.name, [str(reason) for reason in each.why]) for each in adopters]


def experience(measure: Measure, place: str, **values: Any) -> Experience:
    return Experience.objects.create(cell=measure.cells.get(municipality__name=place), **values)


def test_neighbours_come_first_then_like_sizes_then_the_alphabet(
    places: dict[str, Municipality], measure: Measure
) -> None:
    places["Aadorf"].neighbours.add(places["Dedorf"], places["Eedorf"])
    expected = [
        ("Dedorf", ["Nachbarkommune"]),
        ("Eedorf", ["Nachbarkommune", "ähnliche Größe"]),
        ("Cedorf", ["ähnliche Größe"]),
        ("Bedorf", []),
    ]

    assert order(signed_in(Role.MUNICIPALITY, places["Aadorf"])) == expected
    assert order(Client(), "?sicht=aadorf") == expected
    assert order(signed_in(Role.STEERING), "?sicht=aadorf") == expected
    alphabet = [(name, []) for name in ("Bedorf", "Cedorf", "Dedorf", "Eedorf")]
    assert order(Client()) == order(Client(), "?sicht=unsinn") == order(signed_in(Role.TEAM)) == alphabet


def test_the_own_municipality_is_the_only_point_of_view_of_its_editor(
    places: dict[str, Municipality], measure: Measure
) -> None:
    client = signed_in(Role.MUNICIPALITY, places["Aadorf"])

    assert order(client, "?sicht=bedorf") == order(client)
    assert client.get(PAGE).context["places"] == []


def test_like_size_is_one_and_a_half_times_both_ways() -> None:
    assert [is_like_size(*pair) for pair in ((10_000, 15_000), (15_000, 10_000), (10_000, 15_001))] == [
        True,
        True,
        False,
    ]


def test_neighbourhood_holds_both_ways(places: dict[str, Municipality]) -> None:
    places["Aadorf"].neighbours.add(places["Bedorf"])

    assert [str(place) for place in places["Bedorf"].neighbours.all()] == ["Aadorf"]


def test_the_page_writes_its_rule_and_numbers_as_germans_do(
    places: dict[str, Municipality], measure: Measure
) -> None:
    experience(measure, "Bedorf", person_days=Decimal("12.5"), cost_once=Decimal("1573.45"))
    text = signed_in(Role.MUNICIPALITY, places["Aadorf"]).get(PAGE).content.decode()

    assert "höchstens anderthalbmal so viele" in text
    assert ("12,5 Personentage" in text, "1.573,45\u00a0€" in text) == (True, True)


def test_no_value_is_not_zero_and_zero_is_zero(places: dict[str, Municipality], measure: Measure) -> None:
    experience(measure, "Bedorf", cost_once=Decimal(0))
    text = signed_in(Role.TEAM).get(PAGE).content.decode()

    assert ("0,00\u00a0€" in text, "je Jahr: keine Angabe" in text) == (True, True)


INTERNAL = {
    "supplier": "Geheime Lieferantin",
    "lessons": "Geheime Lehre",
    "transferability": 2,
    "transferability_reason": "Geheimer Grund",
    "links": "Geheimer Verweis https://example.org/geheim",
    "person_days": Decimal("77.5"),
    "cost_once": Decimal("4711.00"),
}
LEAKS = ["Geheim", "77,5", "4.711", "Hauptamt", "keine Angabe", "Erfahrung"]


def test_visitors_see_who_and_since_when_and_no_experience(
    places: dict[str, Municipality], measure: Measure
) -> None:
    experience(measure, "Bedorf", **INTERNAL)
    text = Client().get(PAGE).content.decode()

    assert ("Bedorf" in text, "01.05.2024" in text) == (True, True)
    assert [word for word in LEAKS if word in text] == []
    account = signed_in(Role.STEERING).get(PAGE).content.decode()
    assert [word for word in LEAKS if word not in account] == []


def test_visitors_see_a_published_experience_but_neither_contact_nor_internal_documents(
    places: dict[str, Municipality], measure: Measure
) -> None:
    papers = [
        add_document(
            document=Document(measure=measure, title=title, visibility=visibility),
            file=Upload("a.pdf", "pdf", b"%PDF-"),
            by=None,
        )
        for title, visibility in (("Offen", "public"), ("Intern", "internal"))
    ]
    experience(
        measure, "Bedorf", lessons="Früh fragen", is_public=True, documents=[paper.pk for paper in papers]
    )
    experience(measure, "Cedorf", lessons="Geheim")

    def seen(client: Client) -> list[str]:
        text = client.get(PAGE).content.decode()
        words = ["Früh fragen", "Offen", "Intern", "Geheim", "Hauptamt"]
        return [word for word in words if f">{word}" in text or f" {word}" in text]

    assert seen(Client()) == ["Früh fragen", "Offen"]
    assert seen(signed_in(Role.TEAM)) == ["Früh fragen", "Offen", "Intern", "Geheim", "Hauptamt"]


@pytest.mark.parametrize(("visibility", "codes"), [("draft", (404, 404, 200)), ("internal", (404, 200, 200))])
def test_the_page_of_a_hidden_measure_is_missing(
    places: dict[str, Municipality], measure: Measure, visibility: str, codes: tuple[int, ...]
) -> None:
    Measure.objects.update(visibility=visibility)
    clients = Client(), signed_in(Role.MUNICIPALITY, places["Bedorf"]), signed_in(Role.COORDINATION)

    assert tuple(client.get(PAGE).status_code for client in clients) == codes


def test_an_archived_measure_tells_no_experience_and_takes_none(
    places: dict[str, Municipality], measure: Measure
) -> None:
    experience(measure, "Bedorf", lessons="Geheime Lehre", is_public=True)
    measure.archived_at, measure.archive_reason = "2024-06-01T00:00Z", "Zusammengelegt"
    Measure.objects.filter(pk=measure.pk).update(archived_at=measure.archived_at)
    client = signed_in(Role.COORDINATION)

    assert ["Geheim" in each.get(PAGE).content.decode() for each in (Client(), client)] == [False, False]
    assert {client.get(EDIT).status_code, client.post(EDIT, FACTS).status_code} == {404}


@pytest.mark.parametrize("role", [Role.MUNICIPALITY, Role.COORDINATION])
def test_municipality_and_coordinator_edit_and_undo(
    places: dict[str, Municipality], measure: Measure, role: Role
) -> None:
    client = signed_in(role, places["Bedorf"] if role == Role.MUNICIPALITY else None)
    assert client.post(EDIT, {**FACTS, "is_public": "on"}).url == f"{PAGE}#bedorf"

    stored = Experience.objects.get()
    assert (stored.cell.municipality, stored.version) == (places["Bedorf"], 2)
    assert (stored.person_days, stored.cost_once, stored.cost_yearly) == (
        Decimal("12.5"),
        Decimal("1573.45"),
        None,
    )
    assert stored.is_public is (role == Role.MUNICIPALITY)
    client.post(EDIT, {**FACTS, "supplier": "Anderer", "version": "2"})
    client.post(f"{EDIT}rueckgaengig/?version=3")
    stored.refresh_from_db()
    assert (stored.supplier, stored.version) == ("Stadtwerk Nord", 4)
    assert "Stadtwerk Nord" in client.get(EDIT).content.decode()


def test_the_coordinator_does_not_publish_by_undoing(
    places: dict[str, Municipality], measure: Measure
) -> None:
    own, coordinator = signed_in(Role.MUNICIPALITY, places["Bedorf"]), signed_in(Role.COORDINATION)
    own.post(EDIT, {**FACTS, "is_public": "on"})
    own.post(EDIT, {**FACTS, "version": "2"})
    assert not Experience.objects.get().is_public

    assert coordinator.post(f"{EDIT}rueckgaengig/?version=3").status_code == 404
    assert not Experience.objects.get().is_public
    own.post(f"{EDIT}rueckgaengig/?version=3")
    assert Experience.objects.get().is_public


@pytest.mark.parametrize("role", [None, Role.MUNICIPALITY, Role.STEERING, Role.TEAM, Role.ADMINISTRATION])
def test_nobody_else_edits_an_experience(
    places: dict[str, Municipality], measure: Measure, role: Role | None
) -> None:
    experience(measure, "Bedorf", lessons="Alt", version=3)
    client = signed_in(role, places["Aadorf"] if role == Role.MUNICIPALITY else None) if role else Client()
    answers = [
        client.get(EDIT),
        client.post(EDIT, {**FACTS, "version": "3"}),
        client.post(f"{EDIT}rueckgaengig/?version=3"),
    ]

    assert {answer.status_code for answer in answers} == {404 if role else 302}
    assert list(Experience.objects.values_list("lessons", "version")) == [("Alt", 3)]


def test_who_saves_second_sees_both_versions_even_of_the_first_saving(
    places: dict[str, Municipality], measure: Measure
) -> None:
    first, second = signed_in(Role.MUNICIPALITY, places["Bedorf"]), signed_in(Role.COORDINATION)
    first.post(EDIT, FACTS)
    conflict = second.post(EDIT, {**FACTS, "supplier": "Anderer"})

    assert conflict.status_code == 409
    assert Experience.objects.get().supplier == "Stadtwerk Nord"
    shown = [(each.before, each.after) for each in conflict.context["differences"]]
    assert shown == [("Stadtwerk Nord", "Anderer")]


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("transferability_reason", "", "Bitte nennen Sie den Grund für die Einstufung."),
        (
            "links",
            "Vertrag http://example.org/",
            "Bitte geben Sie eine Adresse an, die mit https:// beginnt.",
        ),
        ("links", "javascript:alert(1)", "Bitte geben Sie eine Adresse an, die mit https:// beginnt."),
        ("links", "https://example.org/\n" * 11, "Höchstens 10 Verweise."),
        ("cost_once", "-1", "Bitte geben Sie einen Betrag ab 0,00\u00a0€ ein."),
        (
            "cost_once",
            "viel",
            "Das ist kein Betrag. Bitte schreiben Sie ihn wie 1.573,45 – mit Komma vor den Cent.",
        ),
        ("person_days", "-1", "Der Aufwand liegt zwischen 0 und 9.999,5 Personentagen."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_stored(
    places: dict[str, Municipality], measure: Measure, field: str, value: str, error: str
) -> None:
    form = signed_in(Role.COORDINATION).post(EDIT, {**FACTS, field: value}).context["form"]

    assert [text for texts in form.errors.values() for text in texts] == [error]
    assert Experience.objects.count() == 0


def test_the_database_holds_what_the_form_says(places: dict[str, Municipality], measure: Measure) -> None:
    for values in ({"cost_once": -1}, {"person_days": -1}, {"transferability": 5}, {"transferability": 2}):
        with pytest.raises(IntegrityError), transaction.atomic():
            experience(measure, "Bedorf", **values)
    with pytest.raises(ValidationError):
        experience(measure, "Bedorf", links="kaputt").save_over(1)


def test_neighbours_ahead_are_those_with_what_the_municipality_has_not_begun(
    places: dict[str, Municipality], measure: Measure
) -> None:
    places["Aadorf"].neighbours.add(places["Cedorf"], places["Dedorf"])
    user = make_user(Role.COORDINATION)
    own = RolloutCell.objects.filter(municipality=places["Aadorf"]).select_related("measure")

    assert [(each.measure, each.places) for each in ahead_of(own, places["Aadorf"], user)] == [
        (measure, ["Cedorf", "Dedorf"])
    ]
    set_cell(measure, places["Aadorf"], stage="committed")
    assert ahead_of(own.all(), places["Aadorf"], user) == []


def test_an_experience_without_any_word_is_none(places: dict[str, Municipality], measure: Measure) -> None:
    experience(measure, "Bedorf")

    assert [each.experience for each in adopters_of(measure, make_user(), None)] == [None] * 4
