"""The coordinator's pages of status rounds, and what others see of a running one."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from measures.models import (
    RolloutCell,
    RoundContact,
    StatusRound,
)
from measures.round_progress import progress_of
from measures.services.rounds import close_round, remind
from network.models import Role
from smartregion.base.jobs import run
from smartregion.base.models import Job
from tests.factories import make_measure, make_municipality, make_user
from tests.measures.status_rounds import begin, cell_of, link_for, read, send_mails

pytestmark = pytest.mark.django_db


def test_the_coordinator_opens_a_round_and_sees_who_has_no_address(places, client) -> None:
    client.force_login(make_user())
    form = client.get("/roll-out/abfragen/neu/")
    assert [(place.name, address) for place, address in form.context["recipients"]] == [
        ("Aadorf", "aadorf@example.org"),
        ("Bedorf", "bedorf@example.org"),
        ("Cedorf", ""),
    ]

    values = {"title": "Herbst", "closes_on": localdate(), "message": ""}
    opened = client.post("/roll-out/abfragen/neu/", values, follow=True)
    again = client.post("/roll-out/abfragen/neu/", values)

    assert opened.context["round"].portal_url == "http://testserver/"
    assert [measure.title for measure in opened.context["round"].measures.all()] == ["Netz", "Radweg"]
    assert again.context["form"].non_field_errors() == [
        "Es läuft schon eine Abfrage. Schließen Sie sie zuerst."
    ]
    assert StatusRound.objects.count() == 1


@pytest.mark.parametrize("days", [-1, 400])
def test_a_last_day_that_makes_no_sense_is_refused(places, client, days) -> None:
    client.force_login(make_user())
    values = {"title": "Herbst", "closes_on": localdate() + timedelta(days=days)}

    assert list(client.post("/roll-out/abfragen/neu/", values).context["form"].errors) == ["closes_on"]


def test_an_address_that_was_missing_is_entered_and_gets_its_mail_by_a_new_link(places, client) -> None:
    opened = begin()
    send_mails()
    client.force_login(make_user())

    client.post("/roll-out/abfragen/adressen/cedorf/", {"email": "post@cedorf.example", "version": 1})
    client.post(f"/roll-out/abfragen/{opened.pk}/kommunen/cedorf/neuer-link/")

    assert [each.to for each in send_mails()] == [["post@cedorf.example"]]


COORDINATORS_ONLY = [
    ("get", ""),
    ("get", "neu/"),
    ("get", "adressen/aadorf/"),
    ("get", "{pk}/"),
    ("get", "{pk}/stand/"),
    ("get", "{pk}/mails/"),
    ("get", "{pk}/schliessen/"),
    ("post", "{pk}/schliessen/"),
    ("post", "{pk}/erinnern/"),
    ("post", "{pk}/senden/"),
    ("post", "{pk}/kommunen/aadorf/neuer-link/"),
    ("post", "{pk}/kommunen/aadorf/zurueckziehen/"),
]


@pytest.mark.parametrize(("method", "address"), COORDINATORS_ONLY)
def test_only_the_coordinator_manages_rounds(places, client, method, address) -> None:
    url = "/roll-out/abfragen/" + address.format(pk=begin().pk)
    assert getattr(client, method)(url).url.split("?")[0] == "/anmelden/"

    for role in (Role.MUNICIPALITY, Role.STEERING, Role.TEAM, Role.ADMINISTRATION):
        client.force_login(make_user(role, places[0] if role == Role.MUNICIPALITY else None))
        assert getattr(client, method)(url).status_code == 403


def test_the_progress_says_nothing_while_nothing_changes_and_ends_with_the_round(places, client) -> None:
    opened = begin()
    page = link_for(places[0])
    client.force_login(make_user())
    address = f"/roll-out/abfragen/{opened.pk}/stand/"
    state = progress_of(opened).state

    assert client.get(address, {"state": state}).status_code == 204
    client.post(page, read(cell_of(places[0])))
    assert "1 von 2" in client.get(address, {"state": state}).text
    close_round(status_round=opened, by=None)
    assert client.get(address).headers["HX-Refresh"] == "true"


def test_the_mails_with_their_links_are_shown_in_demo_mode_only(places, client, settings) -> None:
    opened = begin()
    client.force_login(make_user())
    address = f"/roll-out/abfragen/{opened.pk}/mails/"

    answers = []
    for settings.MAILS_ARE_FILES in (True, False):
        answers.append(client.get(address).status_code)

    assert answers == [200, 404]


def test_demo_mails_are_read_back_from_their_files_and_only_those_of_the_round(
    places, client, settings, tmp_path
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    opened = begin(title="Frühjahr")
    for key in Job.objects.claimable().values_list("pk", flat=True):
        run(key)
    (tmp_path / "other.log").write_text("Subject: Kennwort\nTo: jemand@example.org\n\n/abfrage/fremd/\n")
    client.force_login(make_user())

    shown = client.get(f"/roll-out/abfragen/{opened.pk}/mails/").context["mails"]

    assert [(each.to, each.subject) for each in shown] == [
        ("aadorf@example.org", "Frühjahr"),
        ("bedorf@example.org", "Frühjahr"),
    ]
    assert client.get(shown[0].link).context["municipality"] == places[0]


def test_an_editor_with_an_account_sees_the_round_on_its_own_page_and_answers_there(places, client) -> None:
    opened = begin()
    cells = [cell_of(places[0]), cell_of(places[0], "Radweg")]
    RolloutCell.objects.update(confirmed_at=now() - timedelta(days=1))
    client.force_login(make_user(Role.MUNICIPALITY, places[0]))

    page = client.get("/kommunen/aadorf/")
    assert (page.context["round"], page.context["round_open"]) == (opened, 2)
    client.post("/kommunen/aadorf/bestaetigen/", read(*cells))

    assert client.get("/kommunen/aadorf/").context["round_open"] == 0
    assert [part.is_complete for part in progress_of(opened).parts] == [True, False, False]


def test_visitors_and_others_learn_nothing_of_a_running_round(places, client) -> None:
    begin(title="Herbstabfrage")

    texts = [client.get("/kommunen/aadorf/").text]
    for role, place in ((Role.STEERING, None), (Role.MUNICIPALITY, places[1])):
        client.force_login(make_user(role, place))
        texts.append(client.get("/kommunen/aadorf/").text)

    assert ["Herbstabfrage" in text for text in texts] == [False, False, False]


def test_the_pages_ask_as_often_for_many_municipalities_and_measures(places, client, count_queries) -> None:
    coordinator = Client()
    coordinator.force_login(make_user())

    def costs() -> list[int]:
        StatusRound.objects.update(closed_at=now())
        opened = begin()
        page = link_for(places[0], f"wort{opened.pk}")
        send_mails()
        remind(status_round=opened, by=None)
        client.get(page)
        found = []
        for who, address in (
            (client, page),
            (coordinator, "/roll-out/abfragen/"),
            (coordinator, "/roll-out/abfragen/neu/"),
            (coordinator, f"/roll-out/abfragen/{opened.pk}/"),
            (coordinator, f"/roll-out/abfragen/{opened.pk}/stand/"),
        ):
            with count_queries() as queries:
                assert who.get(address).status_code == 200
            found.append(len(queries))
        return found

    few = costs()
    for number in range(10):
        place = make_municipality(f"Ort {number}")
        RoundContact.objects.create(municipality=place, email=f"ort{number}@example.org")
    for number in range(10):
        make_measure(f"Maßnahme {number}")

    assert costs() == few
