"""Estimates rest on what jobs of the same kind needed from the same step on; without any there is none."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from smartregion.base.durations import durations, in_words, remaining, remaining_in_words
from smartregion.base.models import Job

pytestmark = pytest.mark.django_db


def done(seconds: float, **values: Any) -> Job:
    end = now()
    defaults = {"kind": "test", "status": "done", "steps": 4, "marks": {"0": 0, "50": seconds / 2}}
    return Job.objects.create(
        started_at=end - timedelta(seconds=seconds), finished_at=end, **{**defaults, **values}
    )


def running(since: float, **values: Any) -> Job:
    defaults = {"kind": "test", "status": "running", "steps": 4, "marks": {"0": 0}}
    started = now() - timedelta(seconds=since)
    return Job.objects.create(started_at=started, lease_until=now(), **{**defaults, **values})


def test_the_first_job_of_a_kind_gets_no_estimate() -> None:
    done(20, kind="other")

    assert remaining(running(1)) is None
    assert remaining_in_words(running(1)) == ""


def test_a_job_needs_what_the_middle_one_of_its_kind_needed_less_what_has_passed() -> None:
    for seconds in (20, 30, 400):
        done(seconds)

    assert round(remaining(running(5)) or 0) == 25
    assert remaining_in_words(running(5)) == "noch etwa 25 Sekunden"


def test_from_a_later_step_on_only_the_rest_counts() -> None:
    done(40)
    job = running(31, step=2, marks={"0": 0, "50": 30})

    assert round(remaining(job) or 0) == 19


def test_a_job_of_twice_the_steps_is_taken_to_need_twice_the_time() -> None:
    done(40)

    assert round(remaining(running(0, steps=8)) or 0) == 80


def test_a_job_that_takes_longer_than_any_before_says_so() -> None:
    done(10)

    assert remaining_in_words(running(60)) == "dauert länger als sonst"


def test_a_job_that_waits_gets_no_estimate() -> None:
    done(10)

    assert remaining_in_words(Job.objects.create(kind="test")) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (4, "noch wenige Sekunden"),
        (18, "noch etwa 20 Sekunden"),
        (64, "noch etwa 60 Sekunden"),
        (95, "noch etwa 2 Minuten"),
    ],
)
def test_an_estimate_is_rounded_as_a_person_would(seconds: float, words: str) -> None:
    done(seconds + 0.5)

    assert remaining_in_words(running(0)) == words


def test_durations_tell_number_median_and_slowest_of_each_kind() -> None:
    for seconds in (1, 2, 30):
        done(seconds)
    done(7, kind="other")
    running(3)

    assert [
        (row.kind, row.count, row.median.total_seconds(), row.slowest.total_seconds()) for row in durations()
    ] == [("other", 1, 7, 7), ("test", 3, 2, 30)]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "–"), (0.44, "0,4 s"), (12.4, "12 s"), (185, "3 min 5 s"), (7300, "2 h 1 min")],
)
def test_a_duration_in_words(seconds: float | None, words: str) -> None:
    assert in_words(seconds) == words
