"""A status update on its way from the team to the approval, its rhythm, and what counts of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from measures.assessment import assess
from measures.models import Measure, StatusUpdate, TeamMember
from network.models import Role, User
from smartregion.base.history import event_model
from smartregion.base.worklist import worklist_for
from tests.factories import make_measure, make_organisation, make_user

pytestmark = pytest.mark.django_db
NEW = "/massnahmen/netz/sachstand/neu/"


@pytest.fixture
def measure() -> Measure:
    return make_measure("Netz")


@pytest.fixture
def member(measure: Measure) -> User:
    user = make_user(Role.TEAM)
    TeamMember.objects.create(
        measure=measure, organisation=make_organisation(), sector="civil", function="Leitung", user=user
    )
    return user


@pytest.fixture
def coordinator() -> User:
    return make_user(Role.COORDINATION)


@pytest.mark.parametrize(("number", "folded"), [(3, 0), (4, 2), (6, 4)])
def test_visitors_find_the_older_updates_folded(
    client: Client, measure: Measure, number: int, folded: int
) -> None:
    for days in range(number):
        day = localdate() - timedelta(days=days)
        StatusUpdate.objects.create(measure=measure, on=day, text="Ereignis", visibility="public")

    page = client.get(measure.get_absolute_url()).content.decode()

    shown, _, older = page.partition("Frühere Sachstände")
    assert (shown.count("Ereignis"), older.count("Ereignis")) == (number - folded, folded)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def news(**values: Any) -> dict[str, Any]:
    return {"on": str(localdate()), "text": "Kanarie", **values}


def hand_in(member: User, **values: Any) -> StatusUpdate:
    signed_in(member).post(NEW, news(submit="on", **values))
    return StatusUpdate.objects.get()


def kinds(user: User) -> list[str]:
    return sorted(group.key for group in worklist_for(user, localdate()))


def sees(client: Client) -> bool:
    return "Kanarie" in client.get("/massnahmen/netz/").content.decode()


def test_what_is_not_approved_is_seen_by_team_and_coordinator_only_and_counts_for_nobody(
    measure: Measure, member: User, coordinator: User
) -> None:
    update = hand_in(member)

    assert (update.visibility, update.review) == ("draft", "submitted")
    readers = [Client(), signed_in(make_user(Role.STEERING)), signed_in(make_user(Role.TEAM))]
    assert [sees(client) for client in readers] == [False, False, False]
    assert [sees(signed_in(user)) for user in (member, coordinator)] == [True, True]
    told = Measure.objects.with_last_update(coordinator).get()
    assert told.last_update_on is None
    assert kinds(coordinator) == ["ampel", "freigabe", "sachstand"]


@pytest.mark.parametrize(("values", "visibility"), [({}, "internal"), ({"for_public": "on"}, "public")])
def test_one_click_approves_as_its_author_meant_it_and_can_be_undone(
    measure: Measure, member: User, coordinator: User, values: dict[str, str], visibility: str
) -> None:
    update = hand_in(member, **values)
    client = signed_in(coordinator)
    address = f"/massnahmen/netz/sachstand/{update.pk}/"

    client.post(f"{address}freigeben/", {"version": 1})
    update.refresh_from_db()
    assert (update.visibility, update.review) == (visibility, "")
    assert sees(Client()) == (visibility == "public")
    assert "freigabe" not in kinds(coordinator)
    client.post(f"{address}rueckgaengig/?version=2")

    update.refresh_from_db()
    assert (update.visibility, update.review) == ("draft", "submitted")


def test_only_the_version_that_was_read_is_approved_and_only_by_the_coordinator(
    measure: Measure, member: User, coordinator: User
) -> None:
    update = hand_in(member)
    address = f"/massnahmen/netz/sachstand/{update.pk}/"
    signed_in(member).post(address, news(text="Anders", submit="on", version=1))

    signed_in(coordinator).post(f"{address}freigeben/", {"version": 1})
    codes = [
        signed_in(member).post(f"{address}{step}/", {"version": 2}).status_code
        for step in ("freigeben", "zurueckgeben")
    ]

    update.refresh_from_db()
    assert (codes, update.visibility, update.review) == ([404, 404], "draft", "submitted")


def test_a_returned_update_comes_back_to_its_author_with_the_comment(
    measure: Measure, member: User, coordinator: User
) -> None:
    update = hand_in(member)
    address = f"/massnahmen/netz/sachstand/{update.pk}/"
    client = signed_in(coordinator)

    page = client.post(f"{address}zurueckgeben/", {"review_comment": "", "version": 1})
    assert list(page.context["form"].errors) == ["review_comment"]
    client.post(f"{address}zurueckgeben/", {"review_comment": "Zahlen fehlen", "version": 1})
    assert "rueckgabe" in kinds(member)
    assert "Zahlen fehlen" in signed_in(member).get(address).content.decode()
    signed_in(member).post(address, news(text="Kanarie mit Zahlen", submit="on", version=2))
    client.post(f"{address}freigeben/", {"version": 3})

    update.refresh_from_db()
    assert (update.visibility, update.review_comment) == ("internal", "")
    assert "Zahlen fehlen" not in signed_in(member).get("/massnahmen/netz/").content.decode()


def test_a_draft_that_is_not_handed_in_waits_for_its_author(
    measure: Measure, member: User, coordinator: User
) -> None:
    signed_in(member).post(NEW, news())

    assert StatusUpdate.objects.get().review == ""
    assert "freigabe" not in kinds(coordinator)


def test_the_approval_takes_the_proposed_light_over_and_both_can_be_undone(
    measure: Measure, member: User, coordinator: User
) -> None:
    client = signed_in(member)
    assert list(client.post(NEW, news(proposed_light="red")).context["form"].errors) == ["proposed_reason"]
    update = hand_in(member, proposed_light="red", proposed_reason="Geld fehlt")
    typed = news(
        proposed_light="red", proposed_reason="Geld fehlt", take_over_light="on", version=1, measure_version=1
    )
    address = f"/massnahmen/netz/sachstand/{update.pk}/"
    client = signed_in(coordinator)
    page = client.post(address, {**typed, "visibility": "draft"})
    assert list(page.context["form"].errors) == ["take_over_light"]

    page = client.post(address, {**typed, "visibility": "public"}, follow=True)

    measure.refresh_from_db()
    update.refresh_from_db()
    assert (measure.light, measure.light_reason, update.visibility) == ("red", "Geld fehlt", "public")
    undo = [message.extra_tags for message in page.context["messages"]]
    assert undo == [
        f"undo {address}rueckgaengig/?version=2",
        "undo /massnahmen/netz/rueckgaengig/?version=2",
    ]


def test_what_is_sent_twice_is_stored_once_but_the_same_words_handed_in_or_later_are_another_one(
    measure: Measure, member: User
) -> None:
    client = signed_in(member)
    for values in (news(), news(), news(submit="on"), news(submit="on"), news(submit="on", for_public="on")):
        client.post(NEW, values)

    def stored() -> list[tuple[str, bool]]:
        return list(StatusUpdate.objects.order_by("pk").values_list("review", "for_public"))

    assert stored() == [("", False), ("submitted", False), ("submitted", True)]
    event_model(StatusUpdate)._base_manager.update(pgh_created_at=now() - timedelta(minutes=6))
    client.post(NEW, news())
    assert stored() == [("", False), ("submitted", False), ("submitted", True), ("", False)]


def test_a_light_that_was_changed_meanwhile_is_not_taken_over_but_the_update_is_saved(
    measure: Measure, member: User, coordinator: User
) -> None:
    update = hand_in(member, proposed_light="red", proposed_reason="Geld fehlt")
    address = f"/massnahmen/netz/sachstand/{update.pk}/"
    client = signed_in(coordinator)
    read = client.get(address).context["form"]["measure_version"].value()
    measure.light, measure.light_reason = "yellow", "Personal fehlt"
    measure.save_over(read)

    typed = news(
        proposed_light="red", proposed_reason="Geld fehlt", take_over_light="on", visibility="public"
    )
    page = client.post(address, {**typed, "version": 1, "measure_version": read}, follow=True)

    measure.refresh_from_db()
    update.refresh_from_db()
    assert (measure.light, measure.light_reason, update.visibility) == ("yellow", "Personal fehlt", "public")
    assert [(message.level_tag, str(message)) for message in page.context["messages"]] == [
        ("success", "Der Sachstand ist gespeichert."),
        (
            "warning",
            "Die Maßnahme mit ihrer Ampel wurde inzwischen geändert; die Ampel ist „gelb“. Der Vorschlag "
            "wurde nicht übernommen.",
        ),
    ]


def test_a_return_is_taken_back_by_the_coordinator_and_not_by_the_author(
    measure: Measure, member: User, coordinator: User
) -> None:
    update = hand_in(member)
    address = f"/massnahmen/netz/sachstand/{update.pk}/"
    signed_in(coordinator).post(f"{address}zurueckgeben/", {"review_comment": "Zahlen fehlen", "version": 1})

    def undo(user: User, version: int) -> tuple[str, str]:
        signed_in(user).post(f"{address}rueckgaengig/?version={version}")
        update.refresh_from_db()
        return update.review, update.text

    assert undo(member, 2) == ("returned", "Kanarie")
    signed_in(member).post(address, news(text="Ergänzt", version=2))
    assert undo(member, 3) == ("returned", "Kanarie")
    signed_in(member).post(address, news(submit="on", version=4))
    signed_in(coordinator).post(f"{address}zurueckgeben/", {"review_comment": "Noch mehr", "version": 5})
    assert undo(coordinator, 6) == ("submitted", "Kanarie")


def test_what_is_needed_is_for_accounts_and_waits_at_the_coordinators_workplace(
    measure: Measure, coordinator: User
) -> None:
    values = {"measure": measure, "text": "Gut", "visibility": "public"}
    StatusUpdate.objects.create(on=localdate() - timedelta(days=1), support_needed="Kanarie", **values)

    assert "unterstuetzung" in kinds(coordinator)
    assert [sees(Client()), sees(signed_in(make_user(Role.STEERING)))] == [False, True]
    StatusUpdate.objects.create(on=localdate(), **values)
    assert "unterstuetzung" not in kinds(coordinator)


@pytest.mark.parametrize(
    ("rhythm", "yellow", "red"), [("monthly", 38, 69), ("quarterly", 100, 190), ("halfyearly", 192, 375)]
)
def test_silence_is_measured_by_the_rhythm_of_the_measure(
    coordinator: User, rhythm: str, yellow: int, red: int
) -> None:
    on = date(2024, 12, 1)
    lights = [
        assess("active", [], on - timedelta(days=age), on, rhythm).light.value
        for age in (yellow, yellow + 1, red, red + 1)
    ]
    assert lights == ["green", "yellow", "yellow", "red"]

    measure = make_measure("Takt", update_rhythm=rhythm)
    update = StatusUpdate.objects.create(measure=measure, on=localdate() - timedelta(days=yellow), text="Gut")
    assert "sachstand" not in kinds(coordinator)
    StatusUpdate.objects.filter(pk=update.pk).update(on=update.on - timedelta(days=1))
    assert "sachstand" in kinds(coordinator)
