"""The mirror of a foreign OParl endpoint: word for word, once, from where it was, and never led astray."""

import os
import signal
import subprocess
import sys
import threading
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from governance.models import Meeting, Mirror, MirroredObject, MirrorRun
from governance.oparl.source import SourceError
from governance.services.mirror import Walk, request_due_runs, request_run, run_to_go_on_with
from smartregion.base import jobs
from smartregion.base.models import Job
from smartregion.bootstrap import ROOT
from tests import databases
from tests.factories import make_committee, make_region
from tests.governance.mirror_rows import compare, make_mirror
from tests.governance.oparl_client import get, pages
from tests.governance.oparl_rows import make_everything
from tests.governance.oparl_server import Endpoint

pytestmark = pytest.mark.usefixtures("without_pause")
MIRRORED = ("organization", "meeting", "paper")


def rows() -> list[dict[str, Any]]:
    return list(MirroredObject.objects.order_by("pk").values())


def test_a_copy_of_our_own_endpoint_is_what_was_served_and_a_second_run_changes_nothing(
    transactional_db: None, live_server: LiveServer, settings: Any
) -> None:
    settings.PORTAL_URL = live_server.url
    committee = make_everything()
    system = f"{live_server.url}/oparl/v1/system"
    body = f"{live_server.url}/oparl/v1/body/1"
    mirror = make_mirror(system, body=body)

    first = compare(mirror)

    served = [entry for name in MIRRORED for entry in pages(f"{body}/{name}")]
    assert list(MirroredObject.objects.order_by("pk").values_list("data", flat=True)) == [get(body), *served]
    assert first.changed == len(served)
    before = rows()
    second = compare(mirror)
    assert (second.changed, rows()) == (0, before)
    assert (first.since, second.since is None) == (None, False)

    meeting = Meeting.objects.get(committee=committee)
    Meeting.objects.filter(pk=meeting.pk).update(visibility="internal")
    compare(mirror)
    copy = MirroredObject.objects.get(foreign_id=f"{live_server.url}/oparl/v1/meeting/{meeting.pk}")
    assert copy.data == get(copy.foreign_id)
    assert copy.is_deleted


def test_people_are_not_copied(transactional_db: None, source: Endpoint, settings: Any) -> None:
    source.answers["/person"] = source.page([source.object("Person", "/person/1", name="Erika")])

    compare(make_mirror(source.system))

    assert source.asked == ["/system", "/bodies", "/body/1", "/organization", "/meeting", "/paper"]
    assert source.agents == {f"SmartRegion (+{settings.PORTAL_URL}/)"}


def test_a_run_asks_only_for_what_changed_since_the_last_complete_one(
    transactional_db: None, source: Endpoint
) -> None:
    source.serve_list("meeting", "Meeting", 2)
    mirror = make_mirror(source.system)
    compare(mirror)
    source.asked.clear()
    source.answers["/meeting"] = source.page(
        [
            source.object("Meeting", "/meeting/2", deleted=True),
            source.object("Meeting", "/meeting/3", name="neuer Name"),
        ]
    )

    run = compare(mirror)

    assert [path.partition("=")[0] for path in source.asked[3:]] == [
        f"/{name}?modified_since" for name in MIRRORED
    ]
    assert run.changed == 2
    names = {row.foreign_id: row.data.get("name") for row in mirror.objects_there.of_type("Meeting").there()}
    assert names == {
        f"{source.url}/meeting/3": "neuer Name",
        f"{source.url}/meeting/4": "Meeting 2",
        f"{source.url}/meeting/5": "Meeting 2",
    }


def test_an_import_that_was_killed_goes_on_where_it_was(transactional_db: None, source: Endpoint) -> None:
    source.serve_list("meeting", "Meeting", 6)
    reached, gate = threading.Event(), threading.Event()

    def hold(path: str) -> None:
        if path == "/meeting?page=4":
            reached.set()
            gate.wait(60)

    source.before = hold
    settings = databases.settings_of(str(connection.settings_dict["NAME"]))
    words = [sys.executable, "manage.py", "import_oparl", source.system, "--internal"]
    child = subprocess.Popen(words, cwd=ROOT, env={**os.environ, **settings})
    try:
        assert reached.wait(60)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        gate.set()
    assert MirroredObject.objects.filter(kind="Meeting").count() == 6
    asked_before = [path for path in source.asked if path.startswith("/meeting")]
    source.asked.clear()

    call_command("import_oparl", source.system, "--internal", stdout=StringIO())

    assert asked_before == ["/meeting", "/meeting?page=2", "/meeting?page=3", "/meeting?page=4"]
    again = [path for path in source.asked if path.startswith("/meeting")]
    assert again == ["/meeting?page=4", "/meeting?page=5", "/meeting?page=6"]
    assert "/organization" not in source.asked
    assert MirroredObject.objects.filter(kind="Meeting").count() == 12
    assert MirrorRun.objects.get().finished_at is not None


def test_a_source_that_asks_for_patience_gets_it(transactional_db: None, source: Endpoint) -> None:
    answers = iter([(429, {"Retry-After": "1"}, b""), (503, {}, b"")])
    empty = source.page([])
    source.answers["/meeting"] = lambda: next(answers, empty)

    compare(make_mirror(source.system))

    assert source.asked.count("/meeting") == 3


def test_of_several_bodies_one_has_to_be_chosen(transactional_db: None, source: Endpoint) -> None:
    other = source.object("Body", "/body/2", name="Stadt", **source._lists())
    source.answers["/bodies"] = source.page([source.body, other])
    source.answers["/body/2"] = other

    with pytest.raises(CommandError) as refusal:
        call_command("import_oparl", source.system, "--internal")

    assert str(refusal.value) == (
        f"Bitte wählen Sie eine Körperschaft; der Endpunkt hat: {source.url}/body/1, {source.url}/body/2"
    )
    call_command("import_oparl", source.system, "--internal", f"--body={other['id']}", "--name=Stadt")
    assert Mirror.objects.get(name="Stadt").runs.get().error == ""


def test_two_runs_at_the_same_time_do_not_write_over_each_other(
    transactional_db: None, source: Endpoint
) -> None:
    mirror = make_mirror(source.system)
    ours, theirs = (Walk(run_to_go_on_with(mirror)) for _ in range(2))

    def let_them_finish_first(path: str) -> None:
        source.before = lambda path: None
        theirs.go()

    source.before = let_them_finish_first

    with pytest.raises(SourceError, match="Ein anderer Abgleich dieser Quelle läuft gerade"):
        ours.go()


def test_the_daily_job_compares_what_is_kept_up_and_tells_what_is_wrong(
    transactional_db: None, source: Endpoint
) -> None:
    mirror = make_mirror(source.system)
    make_mirror(f"{source.url}/aus", name="aus", is_active=False)
    make_mirror(f"{source.url}/beispiel", name="Beispiel", is_example=True)

    request_due_runs()
    request_run(mirror)
    job = Job.objects.get()
    source.answers["/meeting"] = (500, {}, b"")
    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", f"{source.url}/meeting antwortet mit dem Fehler 500.")
    source.serve_list("meeting", "Meeting", 1)
    request_run(mirror)
    jobs.run(Job.objects.get(status="queued").pk)
    run = mirror.runs.get()
    assert (run.finished_at is not None, run.error, run.job.status) == (True, "", "done")
    assert source.asked.count("/organization") == 1


def test_a_run_that_takes_too_long_for_one_job_goes_on_in_the_next(
    transactional_db: None, source: Endpoint
) -> None:
    source.serve_list("meeting", "Meeting", 2)
    mirror = make_mirror(source.system)
    run = run_to_go_on_with(mirror)

    assert Walk(run, seconds=1e-9).go() is False
    assert compare(mirror).pk == run.pk
    assert mirror.objects_there.of_type("Meeting").count() == 4


def test_what_belongs_to_a_linked_organization_is_of_the_committee(
    transactional_db: None, source: Endpoint
) -> None:
    make_region()
    committee = make_committee("Kreistag", kind="council")
    own, other = f"{source.url}/organization/1", f"{source.url}/organization/2"
    source.answers["/meeting"] = source.page(
        [
            source.object("Meeting", "/meeting/1", organization=[own], start="2026-02-03T23:30:00+00:00"),
            source.object("Meeting", "/meeting/2", organization=[other, 7, None]),
            source.object("Meeting", "/meeting/3", organization="kein"),
        ]
    )
    station = {"organization": [own]}
    source.answers["/paper"] = source.page(
        [
            source.object("Paper", "/paper/1", consultation=[station, "x"], date="2026-01-05"),
            source.object("Paper", "/paper/2", underDirectionOf=[own]),
            source.object("Paper", "/paper/3", consultation=[{"organization": [other]}]),
        ]
    )

    call_command("import_oparl", source.system, "--internal", f"--link=kreistag={own}", stdout=StringIO())

    mine = MirroredObject.objects.of_committee(committee)
    assert {row.foreign_id.removeprefix(source.url): str(row.day) for row in mine} == {
        "/meeting/1": "2026-02-04",
        "/paper/1": "2026-01-05",
        "/paper/2": "None",
    }


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0204-05-06T00:00:00Z"]
)
def test_a_moment_that_no_calendar_shows_is_none(
    transactional_db: None, source: Endpoint, client: Client, moment: str
) -> None:
    make_region()
    own = f"{source.url}/organization/1"
    times = {"created": moment, "modified": moment}
    entries = [
        source.object("Meeting", f"/meeting/{number}", organization=[own], start=start) | times
        for number, start in enumerate([moment, moment[:10]])
    ]
    source.answers["/meeting"] = source.page(entries)
    make_committee("Kreistag", kind="council")

    call_command("import_oparl", source.system, "--internal", f"--link=kreistag={own}", stdout=StringIO())

    found = MirroredObject.objects.of_type("Meeting").values_list("day", "created", "modified")
    assert list(found) == [(None, None, None)] * 2
    assert client.get("/gremien/kreistag/").status_code == 200
