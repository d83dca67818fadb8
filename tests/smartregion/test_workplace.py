"""Mein Arbeitsplatz as a page: who gets it, and that each number on it is the number of what one gets to."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from measures.models import Milestone, StatusUpdate, TeamMember
from network.models import Role, User
from smartregion.base.models import Job
from smartregion.base.worklist import kinds
from tests.factories import (
    make_committee,
    make_measure,
    make_municipality,
    make_organisation,
    make_region,
    make_user,
    set_cell,
)
from tests.governance.rows import make_meeting, make_resolution
from tests.monitoring.indicator_rows import make_indicator

pytestmark = pytest.mark.django_db
WORKPLACE = "/arbeitsplatz/"
NUMBERED = re.compile(r'href="(?:#|\?art=)([a-z-]+)"[^>]*>[^<]*<span class="kinds__count">(\d+)<')


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def entries_on(response: Any) -> int:
    return response.content.decode().count('class="row__why"')


def numbers_on(response: Any) -> dict[str, int]:
    """What the list of kinds says there is of each."""
    return {kind: int(number) for kind, number in NUMBERED.findall(response.content.decode())}


def entries_of(client: Client, kind: str) -> int:
    """How many entries the pages of a kind really show, from the first to the last."""
    total, address = 0, f"?art={kind}"
    while address:
        response = client.get(WORKPLACE + address)
        total += entries_on(response)
        following = re.search(r'href="([^"]+)" rel="next"', response.content.decode())
        address = following[1].replace("&amp;", "&") if following else ""
    return total


def overdue_milestones(number: int, days: int = 1) -> None:
    measure = make_measure("Sensornetz")
    for count in range(number):
        on = localdate() - timedelta(days=days)
        Milestone.objects.create(measure=measure, title=f"Schritt {count}", planned_date=on)
    StatusUpdate.objects.create(measure=measure, on=localdate(), text="Gut", visibility="public")


def test_a_visitor_is_asked_to_sign_in(client: Client) -> None:
    for address in (WORKPLACE, f"{WORKPLACE}anzahl/"):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (302, f"/anmelden/?next={address}")


@pytest.mark.parametrize("role", [Role.COORDINATION, Role.STEERING, Role.TEAM, Role.ADMINISTRATION])
def test_who_has_nothing_to_do_is_told_so(client: Client, role: Role) -> None:
    client.force_login(make_user(role))

    response = client.get(WORKPLACE)

    assert "Heute nichts zu tun" in text_of(response)
    assert numbers_on(response) == {}


def test_the_administration_finds_its_pages_there_and_nobody_else_does(client: Client) -> None:
    pages = ["/konten/", "/auftraege/", "/datenschutz/daten/"]
    found = {}
    for role in (Role.ADMINISTRATION, Role.COORDINATION, Role.STEERING, Role.TEAM):
        client.force_login(make_user(role))
        main = client.get(WORKPLACE).content.decode().partition("<main")[2].partition("</main>")[0]
        found[role] = [page for page in pages if f'<p class="row__title"><a href="{page}">' in main]

    assert found == {Role.ADMINISTRATION: pages, Role.COORDINATION: [], Role.STEERING: [], Role.TEAM: []}


def test_each_number_is_that_of_the_entries_one_gets_to(client: Client) -> None:
    for name in ("Aadorf", "Bedorf", "Cedorf"):
        make_municipality(name)
    overdue_milestones(58)
    make_measure("Entwurf", visibility="draft", light="red", light_reason="Geld", review_on=localdate())
    committee = make_committee()
    make_meeting(committee, starts_at=now() + timedelta(days=3))
    make_resolution(committee, due_on=localdate() - timedelta(days=1))
    client.force_login(make_user(Role.COORDINATION))

    response = client.get(WORKPLACE)
    numbers = numbers_on(response)

    assert numbers == {
        "meilensteine": 58,
        "roll-out": 3,
        "ampel": 1,
        "sachstand": 1,
        "wiedervorlage": 1,
        "entwuerfe": 1,
        "beschluesse": 1,
        "tagesordnung": 1,
        "einladungen-faellig": 1,
        "alle": 68,
    }
    assert {kind: entries_of(client, kind) for kind in numbers} == numbers
    assert "68 Einträge, davon 62 dringend." in text_of(response)
    assert client.get(f"{WORKPLACE}anzahl/").content.decode().count(">68<") == 1


def test_a_long_group_says_how_many_more_there_are_and_leads_to_them(client: Client) -> None:
    overdue_milestones(17)
    client.force_login(make_user(Role.COORDINATION))

    response = client.get(WORKPLACE)

    assert numbers_on(response) == {"meilensteine": 17, "ampel": 1, "alle": 18}
    assert entries_on(response) == 5 + 1
    assert '<a href="?art=meilensteine">12 weitere anzeigen' in response.content.decode()
    assert entries_on(client.get(f"{WORKPLACE}?art=meilensteine")) == 17


def test_the_group_with_the_most_urgent_entry_comes_first(client: Client) -> None:
    make_resolution(make_committee(), due_on=localdate() - timedelta(days=9))
    overdue_milestones(1, days=10)
    make_measure("Ohne Eile", status="planned", review_on=localdate() - timedelta(days=8))
    client.force_login(make_user(Role.COORDINATION))

    kinds = [kind for kind in numbers_on(client.get(WORKPLACE)) if kind != "alle"]
    assert kinds == ["meilensteine", "beschluesse", "wiedervorlage", "ampel"]

    make_resolution(make_committee("Beirat"), "B 1", due_on=localdate() - timedelta(days=11))
    kinds = [kind for kind in numbers_on(client.get(WORKPLACE)) if kind != "alle"]
    assert kinds == ["beschluesse", "meilensteine", "wiedervorlage", "ampel"]


def test_all_entries_stand_in_one_order_across_the_apps(client: Client) -> None:
    committee = make_committee()
    make_resolution(committee, "LK 1", title="Zweiter", due_on=localdate() - timedelta(days=20))
    make_resolution(committee, "LK 2", title="Vierter", due_on=localdate() - timedelta(days=2))
    make_measure("Erste", status="planned", review_on=localdate() - timedelta(days=21))
    make_measure("Dritte", status="planned", review_on=localdate() - timedelta(days=3))
    client.force_login(make_user(Role.COORDINATION))

    page = client.get(f"{WORKPLACE}?art=alle").content.decode()

    titles = re.findall(r'class="row__title">(?:<a [^>]*>)?([^<]+)<', page)
    assert titles == ["Erste", "LK 1: Zweiter", "Dritte", "LK 2: Vierter"]


@pytest.mark.parametrize(
    "query", ["?art=gibtesnicht", "?art=", "?art=alle&page=x", "?art=alle&page=-1", "?art=%00", "?page=9"]
)
def test_an_address_that_makes_no_sense_shows_what_there_is(client: Client, query: str) -> None:
    overdue_milestones(1)
    client.force_login(make_user(Role.COORDINATION))

    response = client.get(WORKPLACE + query)

    assert response.status_code == 200
    assert "Schritt 0" in text_of(response)


def test_a_kind_that_has_become_empty_says_so(client: Client) -> None:
    overdue_milestones(1)
    client.force_login(make_user(Role.COORDINATION))

    assert "Hier ist nichts zu tun" in text_of(client.get(f"{WORKPLACE}?art=wiedervorlage"))


def test_what_is_fixed_with_one_button_leads_back_and_is_gone(client: Client) -> None:
    overdue_milestones(1)
    client.force_login(make_user(Role.COORDINATION))
    page = client.get(f"{WORKPLACE}?art=meilensteine").content.decode()
    action = re.search(r'<form method="post" action="(/massnahmen/[^"]+)"', page)
    fields = dict(re.findall(r'<input type="hidden" name="(next|version)" value="([^"]+)"', page))

    assert action is not None
    response = client.post(action[1], fields)

    assert (response.status_code, response["Location"]) == (302, f"{WORKPLACE}?art=meilensteine")
    assert Milestone.objects.get().actual_date == localdate()
    assert "Hier ist nichts zu tun" in text_of(client.get(WORKPLACE, {"art": "meilensteine"})) or (
        "Heute nichts zu tun" in text_of(client.get(WORKPLACE))
    )


def test_a_button_leads_back_to_this_portal_only(client: Client) -> None:
    overdue_milestones(1)
    milestone = Milestone.objects.get()
    client.force_login(make_user(Role.COORDINATION))

    response = client.post(
        f"/massnahmen/{milestone.measure.slug}/meilensteine/{milestone.pk}/erreicht/",
        {"version": milestone.version, "next": "https://example.org/"},
    )

    assert response["Location"] == f"/massnahmen/{milestone.measure.slug}/#meilensteine"


def test_signing_in_leads_to_the_workplace_and_a_municipality_to_its_own_page(client: Client) -> None:
    place = make_municipality("Aadorf")
    addresses = {}
    for account in (make_user(Role.COORDINATION), make_user(Role.MUNICIPALITY, place)):
        account.set_password("ein langes Passwort")
        account.save()
        signed_in = Client().post("/anmelden/", {"login": account.email, "password": "ein langes Passwort"})
        addresses[account.role] = signed_in["Location"]

    assert addresses == {Role.COORDINATION: WORKPLACE, Role.MUNICIPALITY: "/kommunen/aadorf/"}


def test_only_the_own_municipality_page_leads_to_the_workplace(client: Client) -> None:
    place, other = make_municipality("Aadorf"), make_municipality("Bedorf")
    client.force_login(make_user(Role.MUNICIPALITY, place))
    button = 'kern-btn--secondary" href="/arbeitsplatz/"'

    assert button in client.get(place.get_absolute_url()).content.decode()
    assert button not in client.get(other.get_absolute_url()).content.decode()


def test_a_public_page_costs_a_visitor_nothing_for_the_workplace(
    client: Client, count_queries: Callable[[], Any]
) -> None:
    make_region()
    overdue_milestones(3)
    client.get("/impressum/")

    with count_queries() as queries:
        page = client.get("/massnahmen/")

    assert "arbeitsplatz" not in page.content.decode()
    assert [query["sql"] for query in queries if "measures_milestone" in query["sql"]][1:] == []


def grow_to(number: int, user: User) -> None:
    """So many of everything that makes entries, for each of the roles."""
    place = user.municipality or make_municipality(f"Ort {number}")
    committee = make_committee(f"Kreis {number}", visibility="public")
    committee.seats.create(group="county", function="Mitglied", user=user)
    days_ago = localdate() - timedelta(days=200)
    for count in range(number):
        measure = make_measure("Netz", review_on=days_ago, visibility=["public", "draft"][count % 2])
        Milestone.objects.create(measure=measure, title="Aufbau", planned_date=days_ago)
        StatusUpdate.objects.create(measure=measure, on=days_ago, text="Gut", visibility="draft")
        TeamMember.objects.create(
            measure=measure, organisation=make_organisation(), sector="civil", function="Leitung", user=user
        )
        confirmed = now() - timedelta(days=200)
        set_cell(measure, place, stage="live", since=days_ago, evidence="Netz", confirmed_at=confirmed)
        make_resolution(committee, f"{number}-{count}", due_on=days_ago)
        Job.objects.create(kind="test", status="failed", error="Kaputt", finished_at=confirmed)
        make_user(Role.STEERING)
        make_indicator("Zählung", measure=measure, per_municipality=True)
    make_meeting(committee, starts_at=now() + timedelta(days=3))


@pytest.mark.parametrize("role", list(Role))
def test_the_workplace_asks_as_often_with_many_rows_as_with_few(
    client: Client, count_queries: Callable[[], Any], role: Role
) -> None:
    make_region()
    user = make_user(role, make_municipality("Aadorf") if role == Role.MUNICIPALITY else None)
    client.force_login(user)

    def costs(number: int) -> list[tuple[int, int]]:
        grow_to(number, user)
        found = []
        for address in (WORKPLACE, f"{WORKPLACE}?art=alle", f"{WORKPLACE}anzahl/"):
            with count_queries() as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    grow_to(2, user)
    client.get(WORKPLACE)
    few = numbers_on(client.get(WORKPLACE))["alle"]

    assert costs(3) == costs(30)
    assert numbers_on(client.get(WORKPLACE))["alle"] > few + 20


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len(set(kinds().values())) == len(kinds())
