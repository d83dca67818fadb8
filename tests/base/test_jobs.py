"""A job is done once: claims, leases, fences, attempts."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import DatabaseError, connection, transaction
from django.utils.timezone import now

from smartregion.base import jobs
from smartregion.base.job_kinds import KINDS
from smartregion.base.jobs import Finish, JobError, JobLost
from smartregion.base.models import Job, LegalText

pytestmark = pytest.mark.django_db(transaction=True)
KIND = "tests.job"


@pytest.fixture(autouse=True)
def no_handler_left() -> Iterator[None]:
    yield
    KINDS.pop(KIND, None)


def queued() -> Job:
    return Job.objects.create(kind=KIND, steps=3)


def publish(slug: str) -> Finish:
    return lambda: LegalText.objects.create(slug=slug, title=slug, body="")  # type: ignore[return-value]


def lose_lease(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=now() - timedelta(seconds=1))


def published() -> list[str]:
    return list(LegalText.objects.order_by("slug").values_list("slug", flat=True))


def test_a_job_is_done_and_its_work_published_in_one_transaction() -> None:
    jobs.handler(KIND, title="Test")(lambda job: publish("fertig"))
    job = queued()

    jobs.run(job.pk)
    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.status, job.attempts, job.step, job.lease_until) == ("done", 1, 3, None)
    assert published() == ["fertig"]


def test_of_two_workers_at_the_same_moment_one_gets_the_job() -> None:
    job = queued()
    barrier = threading.Barrier(2)
    claims = []

    def work() -> None:
        barrier.wait()
        claims.append(jobs.claim(job.pk))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(claim is None for claim in claims) == [False, True]


def test_a_claim_waits_for_nobody() -> None:
    job = queued()
    with transaction.atomic():
        Job.objects.select_for_update().get(pk=job.pk)
        found = []
        other = threading.Thread(target=lambda: (found.append(jobs.claim(job.pk)), connection.close()))
        other.start()
        other.join(timeout=5)
        waited = other.is_alive()
    other.join()

    assert (waited, found) == (False, [None])


def taken_over_while_working(job: Job) -> Finish:
    """The first worker stands still so long that a second one takes the job over and finishes it."""
    if job.attempts == 1:
        lose_lease(job)
        jobs.run(job.pk)
        return publish("vom ersten")
    return publish("vom zweiten")


def test_a_worker_that_lost_its_job_changes_nothing() -> None:
    jobs.handler(KIND, title="Test")(taken_over_while_working)
    job = queued()

    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.status, job.attempts, job.fence) == ("done", 2, 2)
    assert published() == ["vom zweiten"]


def test_without_the_fence_the_same_job_would_be_published_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the test before: it fails as soon as `held` looks at the row alone."""
    queryset = type(Job.objects.all())
    monkeypatch.setattr(queryset, "held", lambda self, job: self.filter(pk=job.pk))
    jobs.handler(KIND, title="Test")(taken_over_while_working)

    jobs.run(queued().pk)

    assert published() == ["vom ersten", "vom zweiten"]


def test_progress_of_a_lost_job_is_refused() -> None:
    job = queued()
    first = jobs.claim(job.pk)
    assert first is not None
    lose_lease(job)
    jobs.claim(job.pk)

    with pytest.raises(JobLost):
        jobs.progress(first, 1, "Schritt")

    job.refresh_from_db()
    assert (job.step, job.step_label) == (0, "")


def test_a_failing_loser_does_not_fail_the_winners_job() -> None:
    def work(job: Job) -> Finish:
        if job.attempts == 1:
            lose_lease(job)
            jobs.run(job.pk)
            raise JobError("zu spät")
        return publish("vom zweiten")

    jobs.handler(KIND, title="Test")(work)
    job = queued()

    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.status, job.error, published()) == ("done", "", ["vom zweiten"])


def test_a_publication_that_breaks_leaves_nothing_and_is_tried_again() -> None:
    def work(job: Job) -> Finish:
        def finish() -> None:
            publish("halb")()
            if job.attempts == 1:
                raise DatabaseError

        return finish

    jobs.handler(KIND, title="Test")(work)
    job = queued()

    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.lease_until, published()) == ("queued", None, [])

    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempts, published()) == ("done", 2, ["halb"])


def test_an_unexpected_error_is_tried_three_times_and_then_named() -> None:
    def work(job: Job) -> Finish:
        raise ZeroDivisionError

    jobs.handler(KIND, title="Test")(work)
    job = queued()

    states = []
    for _attempt in range(4):
        jobs.run(job.pk)
        job.refresh_from_db()
        states.append((job.status, job.attempts))

    assert states == [("queued", 1), ("queued", 2), ("failed", 3), ("failed", 3)]
    assert job.error == "Unerwarteter Fehler (ZeroDivisionError). Bitte die Administration verständigen."


def test_a_full_disk_is_named_as_such() -> None:
    def work(job: Job) -> Finish:
        with Path("/dev/full").open("wb", buffering=0) as full:
            full.write(b"x")
        return publish("nie")

    jobs.handler(KIND, title="Test")(work)
    job = queued()

    for _attempt in range(3):
        jobs.run(job.pk)

    job.refresh_from_db()
    assert job.error == "Auf dem Server ist kein Speicherplatz mehr frei."
    assert [row.outcome for row in job.tries.all()] == ["error", "error", "error"]
    assert "No space left on device" in job.tries.latest("fence").technical


def test_a_full_disk_is_named_where_a_library_wraps_the_error_too() -> None:
    def work(job: Job) -> Finish:
        book = xlsxwriter.Workbook("/dev/full")
        book.add_worksheet()
        book.close()
        return publish("nie")

    jobs.handler(KIND, title="Test")(work)
    job = queued()

    for _attempt in range(3):
        jobs.run(job.pk)

    job.refresh_from_db()
    assert "FileCreateError" in job.tries.latest("fence").technical
    assert job.error == "Auf dem Server ist kein Speicherplatz mehr frei."


def test_a_known_error_fails_at_once_with_its_cause() -> None:
    def work(job: Job) -> Finish:
        raise JobError("Zum Stichtag waren keine Daten erfasst.")

    jobs.handler(KIND, title="Test")(work)
    job = queued()

    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "Zum Stichtag waren keine Daten erfasst.")


def test_a_job_whose_worker_dies_three_times_fails() -> None:
    job = queued()
    for _attempt in range(3):
        assert jobs.claim(job.pk) is not None
        lose_lease(job)

    assert jobs.claim(job.pk) is None

    job.refresh_from_db()
    assert (job.status, job.attempts) == ("failed", 3)
    assert job.error == "Der Auftrag wurde dreimal abgebrochen und nicht wieder aufgenommen."


def test_the_lease_of_a_long_step_is_prolonged(settings) -> None:
    """The handler goes on only after it has seen the lease move; without heartbeat it would wait in vain."""
    settings.JOB_LEASE_SECONDS = 0.3

    def work(job: Job) -> Finish:
        deadline = now() + timedelta(seconds=20)
        while now() < deadline and Job.objects.get(pk=job.pk).lease_until == job.lease_until:
            assert jobs.claim(job.pk) is None
        return publish("fertig")

    jobs.handler(KIND, title="Test")(work)
    job = queued()

    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.status, job.attempts, published()) == ("done", 1, ["fertig"])
    assert job.finished_at is not None
    assert job.started_at is not None
    assert job.finished_at - job.started_at < timedelta(seconds=15)


def test_the_lease_is_prolonged_again_after_the_database_was_away(settings: Any) -> None:
    settings.JOB_LEASE_SECONDS = 0.3

    def moved(job: Job) -> bool:
        before = Job.objects.get(pk=job.pk).lease_until
        deadline = now() + timedelta(seconds=20)
        while now() < deadline and Job.objects.get(pk=job.pk).lease_until == before:
            pass
        return now() < deadline

    def work(job: Job) -> Finish:
        first = moved(job)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
            )
            ended = len(cursor.fetchall())
        return publish(f"{first} {ended} {moved(job)}")

    jobs.handler(KIND, title="Test")(work)
    jobs.run(queued().pk)

    assert published() == ["True 1 True"]


def test_the_tick_finds_what_waits_and_what_lost_its_worker() -> None:
    waiting, orphan, running = queued(), queued(), queued()
    for job in (orphan, running):
        jobs.claim(job.pk)
    lose_lease(orphan)

    assert set(Job.objects.claimable()) == {waiting, orphan}
    assert running not in Job.objects.claimable()


def test_a_consistent_read_sees_one_state_and_cannot_write() -> None:
    seen = []
    with jobs.consistent_read():
        seen.append(Job.objects.count())
        other = threading.Thread(target=lambda: (queued(), connection.close()))
        other.start()
        other.join()
        seen.append(Job.objects.count())
        with pytest.raises(DatabaseError), transaction.atomic():
            queued()

    assert (seen, Job.objects.count()) == ([0, 0], 1)
