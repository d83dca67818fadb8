"""Pages of mirrors: kept by the coordinator, read by everybody, harmless whatever the source has sent."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from governance.jobs import compare
from governance.models import Committee, Mirror, MirroredObject, MirrorLink, MirrorRun
from governance.oparl.shown import shown
from governance.services.mirror import request_run
from network.models import Role
from smartregion.base.models import Job
from tests.factories import make_committee, make_region, make_user

pytestmark = pytest.mark.django_db
ORGANIZATION = "https://ris.example.org/organization/1"


@pytest.fixture
def coordinator() -> Client:
    client = Client()
    client.force_login(make_user(Role.COORDINATION))
    return client


@pytest.fixture
def committee() -> Iterator[Committee]:
    make_region()
    yield make_committee("Kreistag", kind="council")


def make_mirror(committee: Committee | None = None, **values: Any) -> Mirror:
    mirror = Mirror.objects.create(
        **{"name": "Kreis-RIS", "endpoint": "https://ris.example.org/system", **values}
    )
    if committee:
        MirrorLink.objects.create(mirror=mirror, committee=committee, organization=ORGANIZATION)
    return mirror


def make_copy(mirror: Mirror, key: int = 1, kind: str = "Meeting", **data: Any) -> MirroredObject:
    address = f"https://ris.example.org/{kind.lower()}/{key}"
    return MirroredObject.objects.create(
        mirror=mirror,
        foreign_id=address,
        kind=kind,
        data={"id": address, "name": f"{kind} {key}", **data},
        organizations=[ORGANIZATION],
        seen_at=now(),
    )


def test_the_committee_shows_what_it_has_in_the_other_system_with_source_and_day(
    committee: Committee,
) -> None:
    mirror = make_mirror(committee)
    make_copy(mirror, name="Kreistagssitzung", web="https://ris.example.org/si/1")
    gone = make_copy(mirror, 2, name="Gelöscht")
    gone.is_deleted = True
    gone.save()

    page = Client().get("/gremien/kreistag/").content.decode()

    assert "Aus dem Ratsinformationssystem" in page
    assert f"Quelle: Kreis-RIS, Stand {localdate():%d.%m.%Y}" in page
    assert (
        '<a href="https://ris.example.org/si/1" rel="noopener noreferrer nofollow">Kreistagssitzung</a>'
        in page
    )
    assert "Gelöscht" not in page


def test_a_committee_without_a_link_shows_nothing_of_it(committee: Committee) -> None:
    make_copy(make_mirror(), name="Kreistagssitzung")

    assert "Ratsinformationssystem" not in Client().get("/gremien/kreistag/").content.decode()
    page = Client().get("/gremien/kreistag/ratsinformation/").content.decode()
    assert "Aus der Quelle ist hier nichts" in page


def test_an_organization_of_one_source_does_not_answer_for_another_source(committee: Committee) -> None:
    make_mirror(committee)
    stranger = make_mirror(name="Fremd", endpoint="https://fremd.example.org/system")
    make_copy(stranger, name="Untergeschoben")

    assert "Untergeschoben" not in Client().get("/gremien/kreistag/ratsinformation/").content.decode()


def test_agenda_and_files_stand_on_the_page_of_all(committee: Committee) -> None:
    mirror = make_mirror(committee)
    item = {"number": "4", "name": "Haushalt", "result": "beschlossen", "resolutionText": "Er gilt."}
    make_copy(mirror, agendaItem=[item, {"name": "weg", "deleted": True}, "https://ris.example.org/top/9"])
    file = {"name": "Anlage", "accessUrl": "https://ris.example.org/a.pdf"}
    make_copy(mirror, 2, "Paper", mainFile=file, auxiliaryFile=[{"accessUrl": "javascript:alert(1)"}])

    meetings = Client().get("/gremien/kreistag/ratsinformation/").content.decode()
    papers = Client().get("/gremien/kreistag/ratsinformation/?art=vorlagen").content.decode()

    assert "TOP 4: Haushalt" in meetings and "Er gilt." in meetings and ">weg<" not in meetings
    assert '<a href="https://ris.example.org/a.pdf" rel="noopener noreferrer nofollow">Anlage</a>' in papers
    assert "javascript:" not in papers


@pytest.mark.parametrize(
    "bad",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//elsewhere.example.org/",
        "https://user:word@ris.example.org/",
        "http://[",
        "https://ris.example.org/ onclick=x",
        7,
        None,
        ["https://ris.example.org/"],
    ],
)
def test_only_plain_web_addresses_become_links(committee: Committee, bad: Any) -> None:
    row = make_copy(make_mirror(committee), web=bad, agendaItem=bad, location=bad, start=bad, name=bad)
    row.data["id"] = bad

    entry = shown(row)

    assert (entry.url, entry.files, entry.at) == ("", [], None)


def test_what_the_source_sends_is_text_and_turns_nothing_around(committee: Committee) -> None:
    make_copy(make_mirror(committee), name="<script>alert(1)</script>\u202egnp", meetingState={"a": 1})

    page = Client().get("/gremien/kreistag/ratsinformation/").content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;gnp" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("role", [None, Role.STEERING, Role.TEAM, Role.ADMINISTRATION])
def test_only_the_coordinator_keeps_mirrors(committee: Committee, role: Role | None) -> None:
    mirror, client = make_mirror(committee), Client()
    if role:
        client.force_login(make_user(role))
    expected = 403 if role else 302
    link = mirror.links.get()

    for address in ("", "neu/", f"{mirror.pk}/", f"{mirror.pk}/bearbeiten/", f"{mirror.pk}/zuordnungen/neu/"):
        assert client.get(f"/gremien/spiegel/{address}").status_code == expected
    for address in ("abgleichen/", f"zuordnungen/{link.pk}/loesen/", "rueckgaengig/"):
        assert client.post(f"/gremien/spiegel/{mirror.pk}/{address}").status_code == expected
    assert (Job.objects.count(), MirrorLink.objects.count()) == (0, 1)
    page = client.get("/gremien/").content.decode()
    assert "/gremien/spiegel/" not in page


def test_the_coordinator_adds_a_mirror_and_asks_for_a_comparison(
    committee: Committee, coordinator: Client
) -> None:
    values = {"name": "RIS", "endpoint": "https://ris.example.org/system", "is_active": "on"}
    coordinator.post("/gremien/spiegel/neu/", values)
    mirror = Mirror.objects.get()

    for _twice in range(2):
        coordinator.post(f"/gremien/spiegel/{mirror.pk}/abgleichen/")

    run = MirrorRun.objects.get()
    assert (mirror.is_internal, run.job and run.job.status) == (False, "queued")
    page = coordinator.get(mirror.get_absolute_url()).content.decode()
    assert "Der Auftrag steht in der Warteschlange." in page
    progress = coordinator.get(f"{mirror.get_absolute_url()}fortschritt/")
    assert (progress.status_code, "0 %" in progress.content.decode()) == (200, True)


def test_the_coordinator_renames_a_mirror_and_takes_that_back(
    committee: Committee, coordinator: Client
) -> None:
    mirror = make_mirror()
    page = f"/gremien/spiegel/{mirror.pk}/"
    there = mirror.endpoint

    coordinator.post(
        f"{page}bearbeiten/", {"name": "Neu", "version": 1, "endpoint": "https://x.example.org/"}
    )
    mirror.refresh_from_db()
    assert (mirror.name, mirror.is_active, mirror.endpoint) == ("Neu", False, there)
    coordinator.post(f"{page}rueckgaengig/?version=2")
    mirror.refresh_from_db()
    assert (mirror.name, mirror.is_active) == ("Kreis-RIS", True)


@pytest.mark.parametrize(
    "wrong", ["ftp://ris.example.org/", "ris.example.org", "https://a:b@ris.example.org/"]
)
def test_an_endpoint_that_is_no_web_address_is_refused(
    committee: Committee, coordinator: Client, wrong: str
) -> None:
    answer = coordinator.post("/gremien/spiegel/neu/", {"name": "RIS", "endpoint": wrong})

    assert "ist keine Adresse mit http:// oder https://." in answer.content.decode()
    assert Mirror.objects.count() == 0


def test_the_page_tells_why_the_last_comparison_broke_off(committee: Committee, coordinator: Client) -> None:
    mirror = make_mirror(committee)
    job = Job.objects.create(kind="governance.mirror", status="failed", error="Quelle antwortet nicht.")
    MirrorRun.objects.create(mirror=mirror, endpoint=mirror.endpoint, job=job)

    for address in (mirror.get_absolute_url(), "/gremien/spiegel/", "/arbeitsplatz/"):
        assert "Quelle antwortet nicht." in coordinator.get(address).content.decode()


def test_a_committee_is_linked_and_unlinked(committee: Committee, coordinator: Client) -> None:
    mirror = make_mirror()
    make_copy(mirror, 1, "Organization", name="Kreistag der Quelle")
    chosen = {"organization": ORGANIZATION, "committee": committee.pk}

    coordinator.post(f"/gremien/spiegel/{mirror.pk}/zuordnungen/neu/", chosen)

    assert "in der Quelle: Kreistag der Quelle" in coordinator.get(mirror.get_absolute_url()).content.decode()
    link = mirror.links.get()
    assert link.committee == committee
    coordinator.post(f"/gremien/spiegel/{mirror.pk}/zuordnungen/{link.pk}/loesen/")
    assert mirror.links.count() == 0


def test_the_pages_ask_as_often_for_20_copies_as_for_2(
    committee: Committee, coordinator: Client, count_queries: Callable[[], Any]
) -> None:
    mirror = make_mirror(committee)

    def costs(number: int) -> list[int]:
        for key in range(MirroredObject.objects.count(), number):
            make_copy(mirror, key, "Paper" if key % 2 else "Meeting", agendaItem=[{"name": "TOP"}])
        found = []
        for address in (
            mirror.get_absolute_url(),
            "/gremien/kreistag/",
            "/gremien/kreistag/ratsinformation/",
        ):
            with count_queries() as queries:
                assert coordinator.get(address).status_code == 200
            found.append(len(queries))
        return found

    costs(2)
    assert costs(2) == costs(20)


def test_a_mirror_is_deleted_after_saying_what_is_lost(coordinator: Client, committee: Committee) -> None:
    mirror = make_mirror(committee)
    other = make_mirror(name="Zweite", endpoint="https://b.example.org/system")
    make_copy(mirror)
    make_copy(mirror, kind="Paper")
    make_copy(other)
    address = f"{mirror.get_absolute_url()}loeschen/"

    asked = coordinator.get(address).content.decode()
    page = coordinator.post(address, {"version": 1, "reason": "Abgeschaltet"}, follow=True)

    assert "(0 Gremien, 1 Sitzungen, 1 Vorlagen)" in asked and "nicht mehr: Kreistag." in asked
    assert "Der Spiegel ist gelöscht." in page.content.decode()
    assert (list(Mirror.objects.all()), MirrorLink.objects.count()) == ([other], 0)
    assert [row.mirror for row in MirroredObject.objects.all()] == [other]
    event = Mirror.pgh_event_model.objects.get(pgh_label="delete")
    assert event.pgh_context.metadata["reason"] == "Abgeschaltet"


def test_a_mirror_that_was_changed_meanwhile_is_not_deleted(coordinator: Client) -> None:
    make_region()
    mirror = make_mirror()
    mirror.save_over(1)

    page = coordinator.post(f"{mirror.get_absolute_url()}loeschen/", {"version": 1, "reason": "Weg"})

    assert (page.status_code, Mirror.objects.count()) == (409, 1)


def test_a_comparison_that_waited_for_a_deleted_mirror_ends_quietly(coordinator: Client) -> None:
    make_region()
    mirror = make_mirror()
    request_run(mirror)
    job = Job.objects.get()

    coordinator.post(f"{mirror.get_absolute_url()}loeschen/", {"version": 1, "reason": "Weg"})
    compare(job)()

    assert (Mirror.objects.count(), MirrorRun.objects.count(), Job.objects.count()) == (0, 0, 1)
