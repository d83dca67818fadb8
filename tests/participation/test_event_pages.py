"""What visitors, accounts and the coordinator find of events."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils.timezone import localdate, localtime, now

from network.models import Role
from participation.models import Event, EventFile, Session
from participation.services.events import add_event_file
from smartregion.base.panels import panels_for
from smartregion.base.uploads import Upload
from smartregion.base.worklist import entries_of
from tests.factories import make_field, make_region, make_user
from tests.participation.event_rows import make_event, make_session, put, say
from tests.participation.open import stamp

pytestmark = pytest.mark.django_db
LIST = "/veranstaltungen/"


@pytest.fixture(autouse=True)
def region(db: None) -> None:
    make_region()


def client_of(role: Role | None) -> Client:
    client = Client()
    if role:
        client.force_login(make_user(role))
    return client


def titles(client: Client, query: str = "") -> list[str]:
    return [event.title for event in client.get(f"{LIST}{query}").context["page_obj"].object_list]


def panel(subject: str, row: Any, user: Any) -> list[str] | None:
    found = [each for each in panels_for(subject, row, user) if each["key"] == "events"]
    return [event.title for event in found[0]["events"]] if found else None


SEEN = {
    None: ["Öffentlich"],
    Role.TEAM: ["Öffentlich", "Intern"],
    Role.COORDINATION: ["Öffentlich", "Intern", "Entwurf"],
}


@pytest.fixture
def three(db: None) -> list[Event]:
    """One of each visibility, the public one first."""
    kinds = [("Öffentlich", "public"), ("Intern", "internal"), ("Entwurf", "draft")]
    field = make_field()
    return [
        make_event(title, days=days, visibility=visibility, field=field)
        for days, (title, visibility) in enumerate(kinds, start=5)
    ]


@pytest.mark.parametrize("role", list(SEEN))
def test_what_a_reader_may_not_see_is_on_no_page_and_in_no_calendar(
    role: Role | None, three: list[Event]
) -> None:
    client = client_of(role)
    user = make_user(role) if role else AnonymousUser()
    hidden = [event for event in three if event.title not in SEEN[role]]
    file = EventFile(event=three[2], title="Geheim", visibility="public")
    add_event_file(document=file, file=Upload("a.pdf", "pdf", b"%PDF-"), by=None)

    assert titles(client) == titles(client, "?field=mobilitaet") == SEEN[role]
    assert panel("home", None, user) == panel("field", make_field(), user) == SEEN[role]
    for event in hidden:
        own = event.get_absolute_url()
        rest = ["", "kalender.ics", "anmelden/", "rueckmeldung/", "gesendet/"]
        assert {client.get(f"{own}{word}").status_code for word in rest} == {404}
    for_all = client.get(f"{LIST}kalender.ics").content.decode()
    assert [title in for_all for title in ("Öffentlich", "Intern", "Entwurf")] == [True, False, False]
    address = f"{three[2].get_absolute_url()}dateien/{file.pk}/"
    assert client.get(address).status_code == (200 if role == Role.COORDINATION else 404)


def test_pages_that_keep_events_are_for_the_coordinator_alone(three: list[Event]) -> None:
    event = three[0]
    own = event.get_absolute_url()
    session, row = make_session(event), put(event, "Ada")
    file = EventFile(event=event, title="A", visibility="internal")
    add_event_file(document=file, file=Upload("a.pdf", "pdf", b"%PDF-"), by=None)
    pages = [
        *[f"{LIST}neu/", f"{LIST}reihen/neu/", f"{own}bearbeiten/", f"{own}absagen/"],
        *[f"{own}programm/neu/", f"{own}programm/{session.pk}/bearbeiten/", f"{own}dateien/neu/"],
        *[f"{own}dateien/{file.pk}/bearbeiten/", f"{own}teilnahme/", f"{own}teilnahme/mail/"],
        *[f"{own}teilnahme/export.csv", f"{own}teilnahme/export.xlsx", f"{own}teilnahme/namensschilder.pdf"],
    ]
    posts = [f"{own}rueckgaengig/", f"{own}teilnahme/{row.pk}/", f"{own}rueckmeldung/veroeffentlichen/"]

    assert {client_of(None).get(page).status_code for page in pages} == {302}
    assert {client_of(None).post(page).status_code for page in posts} == {302}
    for role in (Role.TEAM, Role.STEERING, Role.ADMINISTRATION):
        client = client_of(role)
        assert {client.get(page).status_code for page in pages} == {403}
        assert {client.post(page).status_code for page in posts} == {403}
    coordinator = client_of(Role.COORDINATION)
    assert {coordinator.get(page).status_code for page in pages} == {200}


def test_the_list_parts_what_comes_from_what_was_and_filters(client: Client) -> None:
    water = make_field("Wasser")
    make_event("Später", days=9, kind="conference")
    make_event("Bald", days=2, field=water)
    make_event("Jetzt", days=0, starts_at=now() - timedelta(hours=1), kind="week")
    make_event("Gestern", days=-1)
    make_event("Früher", days=-9)
    make_session(Event.objects.get(title="Später"), field=water)

    assert titles(client) == ["Jetzt", "Bald", "Später"]
    assert titles(client, "?zeit=vergangen") == ["Gestern", "Früher"]
    assert titles(client, "?field=wasser") == ["Bald", "Später"]
    assert titles(client, "?field=wasser&kind=conference") == ["Später"]
    assert titles(client, "?kind=unfug&field=unfug") == ["Jetzt", "Bald", "Später"]


def test_an_event_tells_its_programme_place_access_and_free_places(client: Client) -> None:
    event = make_event(capacity=3, accessibility="Aufzug und Induktionsschleife")
    make_session(event, "Sensornetz", speakers="Leitung Tiefbau", room="Saal 1", field=make_field())
    put(event, "Ada")

    page = client.get(event.get_absolute_url()).content.decode()

    for words in (
        "Kreishaus",
        "Aufzug und Induktionsschleife",
        "Noch 2 Plätze frei.",
        "Leitung Tiefbau",
        "Saal 1",
    ):
        assert words in page
    assert "Ada" not in page


def test_a_cancelled_event_says_so_and_why_and_takes_nobody(client: Client) -> None:
    event = make_event(is_cancelled=True, cancelled_because="Sturm")

    page = client.get(event.get_absolute_url()).content.decode()

    assert ("Diese Veranstaltung ist abgesagt." in page, "Sturm" in page) == (True, True)
    assert "Jetzt anmelden" not in page
    assert titles(client) == ["Digitaltag"]
    assert panel("home", None, AnonymousUser()) is None


def test_the_coordinator_makes_changes_and_undoes_an_event() -> None:
    client = client_of(Role.COORDINATION)
    typed = {
        "kind": "conference",
        "title": "Konferenz",
        "summary": "Für alle.",
        "starts_at": "2030-05-01T10:00",
        "ends_at": "2030-05-01T16:00",
        "place": "Kreishaus",
        "audience": "everyone",
        "visibility": "public",
    }

    answer = client.post(f"{LIST}neu/", typed)
    event = Event.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, event.get_absolute_url())

    own = event.get_absolute_url()
    client.post(f"{own}bearbeiten/", {**typed, "title": "Tagung", "version": 1})
    event.refresh_from_db()
    assert (event.title, event.version) == ("Tagung", 2)
    conflict = client.post(f"{own}bearbeiten/", {**typed, "title": "Treffen", "version": 1})
    assert (conflict.status_code, "Treffen" in conflict.content.decode()) == (409, True)

    client.post(f"{own}rueckgaengig/?version=2")
    event.refresh_from_db()
    assert event.title == "Konferenz"
    client.post(f"{own}absagen/", {"version": 3, "reason": "Sturm"})
    event.refresh_from_db()
    assert (event.is_cancelled, event.cancelled_because) == (True, "Sturm")


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("ends_at", "2030-05-01T09:00", "Das Ende liegt vor dem Beginn."),
        ("place", "", "Bitte nennen Sie einen Ort oder einen Online-Zugang."),
        ("starts_at", "0204-05-01T10:00", "Bitte prüfen Sie das Jahr 0204."),
        ("online_url", "http://x.example.org/", "https://"),
        ("capacity", "0", "größer oder gleich 1"),
    ],
)
def test_a_form_says_what_is_wrong(field: str, value: str, problem: str) -> None:
    typed = {
        "kind": "workshop",
        "title": "T",
        "summary": "S",
        "place": "Haus",
        "audience": "everyone",
        "starts_at": "2030-05-01T10:00",
        "ends_at": "2030-05-01T16:00",
        "visibility": "public",
    }

    answer = client_of(Role.COORDINATION).post(f"{LIST}neu/", {**typed, field: value})

    assert (answer.status_code, Event.objects.count()) == (200, 0)
    assert problem in answer.content.decode()


def test_a_part_of_the_programme_is_added_removed_and_brought_back() -> None:
    client, event = client_of(Role.COORDINATION), make_event()
    own = f"{event.get_absolute_url()}programm/"
    too_early, begin, end = (
        localtime(event.starts_at + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M")
        for minutes in (-90, 60, 90)
    )

    refused = client.post(f"{own}neu/", {"title": "Auftakt", "starts_at": too_early, "ends_at": begin})
    assert "nicht während der Veranstaltung" in refused.content.decode()
    client.post(f"{own}neu/", {"title": "Auftakt", "starts_at": begin, "ends_at": end})
    session = Session.objects.get()
    assert (
        client.post(f"{own}{session.pk}/entfernen/", {"version": 1, "reason": "Doppelt"}).status_code == 302
    )
    assert Session.objects.count() == 0
    client.post(f"{own}{session.pk}/wiederherstellen/")

    assert Session.objects.get().title == "Auftakt"


def test_feedback_is_open_for_four_weeks_and_its_figures_stay_hidden_until_they_are_published(
    client: Client,
) -> None:
    event = make_event(days=-3)
    own = event.get_absolute_url()

    def send(**values: Any) -> Any:
        return client.post(f"{own}rueckmeldung/", {**stamp(), **values})

    assert "Bitte wählen Sie" in send().content.decode()
    assert send(overall=1, comment="Mehr Pausen").status_code == 302
    assert send(overall=2, access=5).status_code == 302
    assert "Mehr Pausen" not in client.get(own).content.decode()
    assert client.get(own).context["feedback"] is None

    coordinator = client_of(Role.COORDINATION)
    page = coordinator.get(own)
    assert "Mehr Pausen" in page.content.decode()
    coordinator.post(f"{own}rueckmeldung/veroeffentlichen/", {"version": 1})

    few = client.get(own)
    assert [(answers.question, answers.counts) for answers in few.context["feedback"]] == [
        ("Insgesamt", []),
        ("Zugang und Barrierefreiheit", []),
    ]
    assert "erst, wenn sie 5 Menschen beantwortet haben" in few.content.decode()
    for _number in range(3):
        say(event, overall=1)

    shown = client.get(own)
    assert [
        (answers.question, answers.total, bool(answers.counts)) for answers in shown.context["feedback"]
    ] == [
        ("Insgesamt", 5, True),
        ("Zugang und Barrierefreiheit", 1, False),
    ]
    assert shown.context["feedback"][0].counts[:3] == [
        ("sehr gut", 4, 80),
        ("gut", 1, 20),
        ("teils, teils", 0, 0),
    ]
    assert "Mehr Pausen" not in shown.content.decode()
    assert dict(client.cookies) == {}


@pytest.mark.parametrize("values", [{"days": 3}, {"days": -40}, {"days": -3, "is_cancelled": True}])
def test_feedback_is_taken_of_what_has_just_taken_place_only(client: Client, values: dict[str, Any]) -> None:
    event = make_event(**values)

    answer = client.post(f"{event.get_absolute_url()}rueckmeldung/", {**stamp(), "overall": 1})

    assert (answer.status_code, event.feedback.count()) == (200, 0)


def test_the_worklist_names_events_without_programme_and_feedback_to_publish() -> None:
    make_event("Woche", kind="week", days=20)
    make_event("Bald", kind="conference", days=3)
    make_session(make_event("Fertig", kind="week", days=20))
    make_event("Workshop", days=3)
    make_event("Fern", kind="week", days=60)
    old, young = make_event("Alt", days=-20), make_event("Neu", days=-5)
    for event in (old, old, young):
        say(event)
    keeper, member = make_user(Role.COORDINATION), make_user(Role.TEAM)

    def found(key: str, user: Any) -> list[tuple[str, str]]:
        return [(entry.title, entry.severity.label) for entry in entries_of(key, user, localdate())]

    assert found("programm", keeper) == [("Bald", "dringend"), ("Woche", "bald")]
    assert found("rueckmeldungen", keeper) == [("Alt", "Hinweis")]
    assert found("programm", member) == found("rueckmeldungen", member) == []


def facts(client: Client, event: Event) -> str:
    return (
        client.get(event.get_absolute_url()).content.decode().partition("<aside")[2].partition("</aside>")[0]
    )


def test_an_event_without_registration_says_that_none_is_needed(client: Client) -> None:
    assert "Sie brauchen sich nicht anzumelden" in facts(client, make_event(takes_registrations=False))
    assert "Sie brauchen sich nicht anzumelden" not in facts(client, make_event())


@pytest.mark.parametrize("takes_registrations", [True, False])
def test_what_is_over_says_nothing_of_a_coming_registration_or_access(
    client: Client, takes_registrations: bool
) -> None:
    """Negative control: the same event says it before."""
    values = {
        "takes_registrations": takes_registrations,
        "online_url": "https://stream.example.org/",
        "accessibility": "Bitte bei der Anmeldung angeben.",
    }
    words = ("anmelden", "Anmeldung", "Zugang", "Zum Stream", "In den Kalender")
    said = [
        [word for word in words if word in facts(client, make_event(days=days, **values))]
        for days in (30, -30)
    ]

    assert (len(said[0]) > 2, said[1]) == (True, [])


def test_a_full_event_counts_nobody_who_does_not_wait(client: Client) -> None:
    event = make_event(capacity=1)
    put(event, "Ada")
    alone = facts(client, event)
    put(event, "Bea", has_place=False)

    assert ("Alle Plätze sind vergeben. Wird" in alone, "Person" in alone) == (True, False)
    assert "Alle Plätze sind vergeben; 1 Person wartet." in facts(client, event)


def test_no_address_of_the_list_ends_with_a_bare_question_mark(client: Client) -> None:
    context = client.get(LIST).context

    assert (context["coming_url"], context["past_url"]) == (LIST, f"{LIST}?zeit=vergangen")
