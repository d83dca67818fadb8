"""The coordinator creates, edits, publishes and takes back in the browser; nobody else changes a measure."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from fields.models import Guideline
from measures.models import Measure, RolloutCell
from network.models import Role
from tests.factories import (
    make_field,
    make_measure,
    make_municipality,
    make_organisation,
    make_region,
    make_user,
    set_cell,
)

pytestmark = pytest.mark.django_db
FURTHER_EDIT = "Inzwischen wurde weiter bearbeitet; diese Änderung lässt sich nicht zurücknehmen."


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION, name="Ada"))
    return client


def profile(**values: Any) -> dict[str, Any]:
    """What the coordinator types into the form of a measure."""
    typed = {
        "no": "M-01",
        "title": "Sensornetz für Städte",
        "field": make_field().pk,
        "lead": make_organisation().pk,
        "summary": "Kurz gesagt.",
        "phase": "idea",
        "status": "planned",
        "light": "grey",
        "visibility": "draft",
    }
    return {**typed, **values}


def form_of(client: Client, measure: Measure) -> dict[str, Any]:
    """The measure's form as it stands in the browser."""
    form = client.get(f"{measure.get_absolute_url()}bearbeiten/").context["form"]
    return {name: value for name in form.fields if (value := form[name].value()) not in (None, False)}


def edit(client: Client, measure: Measure, **values: Any) -> Any:
    return client.post(f"{measure.get_absolute_url()}bearbeiten/", {**form_of(client, measure), **values})


def undo(client: Client, measure: Measure, version: int | str) -> str:
    """Take back the change that led to the version; what the portal says to it."""
    page = client.post(f"{measure.get_absolute_url()}rueckgaengig/?version={version}", follow=True)
    return [str(message) for message in page.context["messages"]][-1]


def guideline(title: str, position: int) -> Guideline:
    return Guideline.objects.create(concept=make_field().concept, title=title, position=position)


def test_a_new_measure_gets_an_address_and_a_cell_for_each_municipality(coordinator: Client) -> None:
    places = [make_municipality("Aadorf"), make_municipality("Bedorf")]
    chosen = guideline("Digital", 1)

    answer = coordinator.post("/massnahmen/neu/", profile(guidelines=[chosen.pk]))

    measure = Measure.objects.get()
    assert answer["Location"] == "/massnahmen/sensornetz-fuer-staedte/"
    assert (measure.visibility, measure.version, list(measure.guidelines.all())) == ("draft", 1, [chosen])
    assert [(cell.municipality, cell.stage) for cell in RolloutCell.objects.order_by("pk")] == [
        (place, "unknown") for place in places
    ]


@pytest.mark.parametrize(
    ("titles", "addresses"),
    [
        (["Netz", "Netz", "netz!"], ["netz", "netz-2", "netz-3"]),
        (["Neu"], ["neu-2"]),
        (["?", "🌍"], ["m-0", "m-1"]),
        (["Ä" * 160, "Ä" * 160], [("ae" * 40), f"{'ae' * 40}-2"]),
    ],
)
def test_every_title_gets_an_address_of_its_own(
    coordinator: Client, titles: list[str], addresses: list[str]
) -> None:
    for number, title in enumerate(titles):
        coordinator.post("/massnahmen/neu/", profile(title=title, no=f"M-{number}"))

    assert list(Measure.objects.order_by("no").values_list("slug", flat=True)) == addresses
    assert {coordinator.get(measure.get_absolute_url()).status_code for measure in Measure.objects.all()} == {
        200
    }


def test_a_measure_without_any_letter_has_an_address_too(coordinator: Client) -> None:
    coordinator.post("/massnahmen/neu/", profile(title="?", no="!"))

    assert Measure.objects.get().slug == "massnahme"


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"light": "yellow"}, "light_reason", "Bitte begründen Sie die gelbe oder rote Ampel."),
        ({"light": "red"}, "light_reason", "Bitte begründen Sie die gelbe oder rote Ampel."),
        (
            {"status": "on_hold"},
            "status_reason",
            "Bitte begründen Sie, warum die Maßnahme ruht oder eingestellt ist.",
        ),
        (
            {"status": "discontinued"},
            "status_reason",
            "Bitte begründen Sie, warum die Maßnahme ruht oder eingestellt ist.",
        ),
        (
            {"starts_on": "2024-05-02", "ends_on": "2024-05-01"},
            "ends_on",
            "Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Tage.",
        ),
        ({"starts_on": "0204-05-02"}, "starts_on", "Bitte prüfen Sie das Jahr 0204."),
        ({"no": "M-00"}, "no", "Diese Nummer ist vergeben. Bitte wählen Sie eine andere."),
    ],
)
def test_what_is_missing_is_asked_for_and_what_was_typed_stays(
    coordinator: Client, values: dict[str, Any], field: str, message: str
) -> None:
    make_measure("Andere", no="M-00")
    measure = make_measure("Vorher", no="M-01", visibility="draft")

    pages = [
        coordinator.post("/massnahmen/neu/", profile(**{"no": "M-02", "goal": "Getipptes Ziel", **values})),
        edit(coordinator, measure, **{"title": "Nachher", "goal": "Getipptes Ziel", **values}),
    ]

    assert [page.context["form"].errors.get_json_data()[field][0]["message"] for page in pages] == [
        message
    ] * 2
    assert ["Getipptes Ziel" in page.content.decode() for page in pages] == [True, True]
    assert list(Measure.objects.order_by("no").values_list("title", flat=True)) == ["Andere", "Vorher"]


ADDRESSES = ["bearbeiten/", "rueckgaengig/?version=2", "meilensteine/neu/", "team/neu/", "sachstand/neu/"]


def answers_to(user: Any, address: str) -> list[int]:
    client = Client()
    if user:
        client.force_login(user)
    return [client.get(address).status_code, client.post(address).status_code]


@pytest.mark.parametrize("suffix", ADDRESSES)
def test_nobody_but_the_coordinator_may_edit(suffix: str) -> None:
    """Whoever has an account learns no more of it than of a page that is not there."""
    address = f"{make_measure().get_absolute_url()}{suffix}"
    reading = 405 if "rueckgaengig" in suffix else 404
    place = make_municipality()

    assert answers_to(None, address) == [302, 302]
    for role in set(Role) - {Role.COORDINATION}:
        user = make_user(role, place if role == Role.MUNICIPALITY else None)
        assert (role, answers_to(user, address)) == (role, [reading, 404])
    assert Measure.objects.get().version == 1


def test_nobody_but_the_coordinator_creates() -> None:
    place = make_municipality()

    assert answers_to(None, "/massnahmen/neu/") == [302, 302]
    for role in set(Role) - {Role.COORDINATION}:
        user = make_user(role, place if role == Role.MUNICIPALITY else None)
        assert (role, answers_to(user, "/massnahmen/neu/")) == (role, [403, 403])
    assert Measure.objects.count() == 0


def test_a_visitor_cannot_tell_a_draft_from_nothing_by_its_edit_page() -> None:
    draft = make_measure("Entwurf", visibility="draft")

    for address in (f"{draft.get_absolute_url()}bearbeiten/", "/massnahmen/gibt-es-nicht/bearbeiten/"):
        assert answers_to(None, address) == [302, 302]
        assert answers_to(make_user(Role.STEERING), address) == [404, 404]


@pytest.mark.parametrize(("before", "after"), [("draft", "public"), ("public", "internal")])
def test_becoming_public_and_ceasing_to_be_has_to_be_confirmed(
    coordinator: Client, before: str, after: str
) -> None:
    measure = make_measure(visibility=before)

    asked = edit(coordinator, measure, visibility=after, goal="Getipptes Ziel")
    page = asked.content.decode()
    question = "soll öffentlich sein" if after == "public" else "soll nicht mehr öffentlich sein"
    assert ('type="checkbox" name="confirm_visibility"' in page, "Getipptes Ziel" in page) == (True, True)
    assert (question in page, "Confirm visibility" in page) == (True, False)
    assert Measure.objects.get().visibility == before

    edit(coordinator, measure, visibility=after, confirm_visibility="on")
    assert Measure.objects.get().visibility == after


def test_an_edit_that_changes_no_visibility_is_not_asked_about_it(coordinator: Client) -> None:
    measure = make_measure(visibility="public")
    form = coordinator.get(f"{measure.get_absolute_url()}bearbeiten/").content.decode()

    assert edit(coordinator, measure, title="Neuer Titel").status_code == 302
    assert form.count('name="confirm_visibility"') == 1
    assert edit(coordinator, make_measure(visibility="draft"), visibility="internal").status_code == 302


def test_a_change_is_told_with_who_and_why(coordinator: Client) -> None:
    measure = make_measure("Vorher")

    edit(coordinator, measure, title="Nachher", phase="pilot", reason_for_change=" Beschluss vom 12.03. ")

    change = coordinator.get(measure.get_absolute_url()).context["changes"][0]
    assert (change.by, change.reason) == ("Ada", "Beschluss vom 12.03.")
    assert [(field.label, field.before, field.after) for field in change.fields] == [
        ("Titel", "Vorher", "Nachher"),
        ("Phase", "Idee", "Pilot"),
    ]


def test_undo_takes_back_the_last_change_with_its_guidelines(coordinator: Client) -> None:
    first, second = guideline("Digital", 1), guideline("Nachhaltig", 2)
    measure = make_measure("Vorher")
    edit(coordinator, measure, guidelines=[first.pk])

    page = coordinator.post(
        f"{measure.get_absolute_url()}bearbeiten/",
        {**form_of(coordinator, measure), "title": "Nachher", "guidelines": [second.pk]},
        follow=True,
    )
    assert f'action="{measure.get_absolute_url()}rueckgaengig/?version=3"' in page.content.decode()
    assert undo(coordinator, measure, 3) == "Die letzte Änderung wurde zurückgenommen."

    measure.refresh_from_db()
    assert (measure.title, measure.version, list(measure.guidelines.all())) == ("Vorher", 4, [first])
    assert undo(coordinator, measure, 4) == "Die letzte Änderung wurde zurückgenommen."
    measure.refresh_from_db()
    assert (measure.title, list(measure.guidelines.all())) == ("Nachher", [second])


@pytest.mark.parametrize("version", ["2", "", "0", "-1", "x", "9" * 5000, "%00", "²"])
def test_undo_is_refused_after_a_further_edit_and_without_the_right_version(
    coordinator: Client, version: str
) -> None:
    measure = make_measure("Erste")
    edit(coordinator, measure, title="Zweite")
    edit(coordinator, measure, title="Dritte")

    assert undo(coordinator, measure, version) == FURTHER_EDIT
    assert Measure.objects.get().title == "Dritte"


def test_a_measure_that_was_just_created_has_nothing_to_undo(coordinator: Client) -> None:
    coordinator.post("/massnahmen/neu/", profile())

    assert undo(coordinator, Measure.objects.get(), 1) == FURTHER_EDIT


def test_undo_says_so_where_the_earlier_value_is_taken_by_now(coordinator: Client) -> None:
    measure = make_measure(no="M-01")
    edit(coordinator, measure, no="M-02")
    make_measure(no="M-01")

    assert undo(coordinator, measure, 2) == (
        "Das lässt sich nicht zurücknehmen: Ein früherer Wert ist inzwischen anderswo vergeben."
    )
    assert Measure.objects.get(pk=measure.pk).no == "M-02"


PAGES = [
    "/",
    "/massnahmen/",
    "/massnahmen/?q=Biber",
    "/massnahmen/?visibility=draft",
    "/handlungsfelder/mobilitaet/",
    "/roll-out/",
    "/roll-out/karte/",
    "/roll-out/karte/?massnahme=alle",
    "/roll-out/karte/?massnahme=biberdamm",
    "/kommunen/aadorf/",
    "/massnahmen/biberdamm/",
]


def everything_shown(client: Client) -> dict[str, str]:
    """The pages by address, without the token that is another one in each answer."""
    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    return {page: token.sub("", client.get(page).content.decode()) for page in PAGES}


@pytest.mark.parametrize(
    ("role", "changed"),
    [
        (None, []),
        (Role.STEERING, []),
        (Role.TEAM, []),
        (Role.MUNICIPALITY, []),
        (Role.ADMINISTRATION, []),
        (Role.COORDINATION, PAGES),
    ],
)
def test_a_draft_leaves_no_trace_but_on_the_coordinators_pages(
    client: Client, role: Role | None, changed: list[str]
) -> None:
    """For the others each page is the same, letter for letter, with a draft as without it."""
    make_region()
    place = make_municipality("Aadorf")
    set_cell(make_measure("Offen"), place, stage="interested")
    if role:
        client.force_login(make_user(role, place if role == Role.MUNICIPALITY else None))
    before = everything_shown(client)

    draft = make_measure("Biberdamm", visibility="draft", is_starter=True, light="red", light_reason="x")
    set_cell(draft, place, stage="live", since=date(2024, 1, 1), evidence="Beschluss")

    after = everything_shown(client)
    assert [page for page in PAGES if before[page] != after[page]] == changed
