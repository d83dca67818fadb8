"""The mirror of a foreign OParl endpoint: word for word, once, from where it was, and never led astray."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from governance.models import Meeting, Mirror, MirroredObject, MirrorRun
from governance.oparl import source as source_module
from governance.oparl.source import Source, SourceError, is_public
from governance.services.mirror import Walk, request_due_runs, request_run, run_to_go_on_with
from smartregion.base import jobs
from smartregion.base.models import Job
from smartregion.bootstrap import ROOT
from tests.factories import make_committee, make_region
from tests.governance.oparl_client import get, pages
from tests.governance.oparl_rows import make_everything
from tests.governance.oparl_server import Endpoint, endpoint
from tests.monitoring.worker import conninfo

MIRRORED = ("organization", "meeting", "paper")


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    settings.OPARL_PAUSE_SECONDS = 0


@pytest.fixture
def source() -> Iterator[Endpoint]:
    with endpoint() as there:
        yield there


def make_mirror(there: str, **values: Any) -> Mirror:
    return Mirror.objects.create(endpoint=there, **{"name": "RIS", "is_internal": True, **values})


def compare(mirror: Mirror) -> MirrorRun:
    run = run_to_go_on_with(mirror)
    assert Walk(run).go()
    run.refresh_from_db()
    return run


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
    words = [sys.executable, "manage.py", "import_oparl", source.system, "--internal"]
    child = subprocess.Popen(words, cwd=ROOT, env={**os.environ, "DATABASE_URL": conninfo()})
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


HOSTILE: list[tuple[str, Callable[[Endpoint], Any], str]] = [
    (
        "redirect elsewhere",
        lambda there: there.answers.update({"/meeting": (302, {"Location": "http://example.org/x"}, b"")}),
        "Die Quelle verweist auf einen fremden Rechner (http://example.org/x); dem folgt der Abgleich nicht.",
    ),
    (
        "redirects in a circle",
        lambda there: there.answers.update({"/meeting": (302, {"Location": "/meeting"}, b"")}),
        "{url}/meeting leitet immer wieder weiter.",
    ),
    (
        "a list elsewhere",
        lambda there: there.body.update(paper="http://169.254.169.254/latest"),
        "Die Quelle verweist auf einen fremden Rechner (http://169.254.169.254/latest); dem folgt der "
        "Abgleich nicht.",
    ),
    (
        "a file",
        lambda there: there.body.update(paper="file:///etc/passwd"),
        "„file:///etc/passwd“ ist keine Adresse mit http:// oder https://.",
    ),
    (
        "a password",
        lambda there: there.body.update(paper="http://a:b@127.0.0.1/"),
        "„http://a:b@127.0.0.1/“ ist keine Adresse mit http:// oder https://.",
    ),
    (
        "pages in a circle",
        lambda there: there.answers.update(
            {"/meeting": there.page([], "/meeting?2"), "/meeting?2": there.page([], "/meeting")}
        ),
        "Die Liste „meeting“ führt im Kreis.",
    ),
    (
        "pages without end",
        lambda there: setattr(there, "otherwise", there_is_always_more(there)),
        "Die Liste „meeting“ nimmt kein Ende.",
    ),
    (
        "a huge answer",
        lambda there: there.answers.update({"/meeting": (200, {}, b'{"data": "' + b"x" * 11_000_000)}),
        "Eine Antwort ist größer als 10 MB.",
    ),
    (
        "no JSON",
        lambda there: there.answers.update({"/meeting": (200, {}, b"<html>")}),
        "{url}/meeting liefert kein JSON-Objekt.",
    ),
    (
        "deep JSON",
        lambda there: there.answers.update({"/meeting": (200, {}, b'{"a":' * 100_000)}),
        "{url}/meeting liefert kein JSON-Objekt.",
    ),
    (
        "what no database keeps",
        lambda there: there.answers.update({"/meeting": (200, {}, b'{"data": [{"name": "\\u0000"}]}')}),
        "{url}/meeting liefert kein JSON-Objekt.",
    ),
    (
        "half a character",
        lambda there: there.answers.update({"/meeting": (200, {}, b'{"data": [{"name": "\\ud800"}]}')}),
        "{url}/meeting liefert kein JSON-Objekt.",
    ),
    (
        "a number without end",
        lambda there: there.answers.update({"/meeting": (200, {}, b'{"data": [{"name": 1e400}]}')}),
        "{url}/meeting liefert kein JSON-Objekt.",
    ),
    (
        "another type",
        lambda there: there.answers.update({"/meeting": there.page([there.object("Person", "/person/1")])}),
        "Die Quelle hält sich nicht an OParl: statt „Meeting“ kam „https://schema.oparl.org/1.1/Person“.",
    ),
    (
        "no list",
        lambda there: there.answers.update({"/meeting": {"data": {"a": 1}, "links": {}}}),
        "Die Quelle hält sich nicht an OParl: Eine Liste hat keine Objekte.",
    ),
    (
        "no address",
        lambda there: there.answers.update(
            {"/meeting": there.page([{**there.object("Meeting", ""), "id": 7}])}
        ),
        "Die Quelle hält sich nicht an OParl: „id“ fehlt oder ist keine Adresse.",
    ),
    (
        "a failure",
        lambda there: there.answers.update({"/meeting": (500, {}, b"")}),
        "{url}/meeting antwortet mit dem Fehler 500.",
    ),
]


def there_is_always_more(there: Endpoint) -> Callable[[str], Any]:
    there.answers["/meeting"] = there.page([], "/meeting?page=2")

    def more(path: str) -> Any:
        number = int(path.rpartition("=")[2])
        entry = there.object("Meeting", f"/meeting/{number}")
        return there.page([entry], f"/meeting?page={number + 1}")

    return more


@pytest.mark.parametrize(
    ("act", "message"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE]
)
def test_an_endpoint_that_leads_astray_is_refused_in_words(
    transactional_db: None, source: Endpoint, settings: Any, act: Callable[[Endpoint], Any], message: str
) -> None:
    settings.OPARL_MOST_PAGES = 20
    act(source)
    mirror = make_mirror(source.system)

    with pytest.raises(SourceError) as refusal:
        compare(mirror)

    assert str(refusal.value) == message.replace("{url}", source.url)
    assert mirror.runs.get().error == str(refusal.value)
    assert mirror.runs.get().finished_at is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433"])
def test_a_source_in_the_own_network_is_not_asked_unless_that_was_allowed(
    transactional_db: None, source: Endpoint, host: str
) -> None:
    there = source.system.replace("127.0.0.1", host)

    with pytest.raises(SourceError) as refusal:
        compare(make_mirror(there, is_internal=False))

    assert (
        str(refusal.value) == f"„{host}“ liegt nicht im öffentlichen Internet und wird deshalb nicht gefragt."
    )
    assert source.asked == []


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


def test_an_answer_that_drips_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "SLOWEST_SECONDS", 1)
    begin = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=[server], daemon=True).start()
        there = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(SourceError, match=r"^Eine Antwort dauert länger als 1 Sekunden\.$"):
            Source(there, is_internal=True).get(there)

    assert time.monotonic() - begin < 5


def drip(server: socket.socket) -> None:
    with suppress(OSError), server.accept()[0] as caller:
        caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        for _byte in range(100):
            caller.sendall(b" ")
            time.sleep(0.1)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        *(("9.9.9.9", True), ("2620:fe::9", True), ("10.0.0.1", False), ("fe80::1%eth0", False)),
        *(("::ffff:9.9.9.9", True), ("::ffff:10.0.0.1", False)),
        *(("2002:909:909::", True), ("2002:7f00:1::", False)),
        *(("64:ff9b::909:909", True), ("64:ff9b::7f00:1", False)),
    ],
)
def test_an_address_is_as_public_as_the_one_that_it_wraps(address: str, expected: bool) -> None:
    assert is_public(address) is expected
