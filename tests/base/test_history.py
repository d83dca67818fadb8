"""What the history says of a moment, and that this never changes afterwards; undoing and restoring."""

import threading
from datetime import datetime

import pytest
from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, OperationalError, connection, transaction

from network.models import Region
from smartregion.base import jobs, past_rows
from smartregion.base.models import LegalText
from smartregion.base.past_rows import rows_as_of
from smartregion.base.undo import restore_deleted
from tests.beside import threads, waiting_for_locks
from tests.factories import make_region
from tests.monitoring.worker import until

pytestmark = pytest.mark.django_db(transaction=True)


def clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def titles_as_of(moment: datetime) -> list[str]:
    return [row["title"] for row in rows_as_of(LegalText, moment)]


def imprint(title: str = "Vorher") -> LegalText:
    return LegalText.objects.create(slug="imprint", title=title, body="Text")


def test_every_history_is_read_whatever_its_columns_are_called() -> None:
    """The region has a column `key`, as the query has one for the primary keys."""
    region = make_region()
    for model in (model for model in apps.get_models() if hasattr(model, "pgh_event_model")):
        rows_as_of(model, clock())

    expected = [{"pgh_obj_id": region.pk, "key": region.key}]
    assert rows_as_of(Region, clock(), ["key"]) == expected
    assert rows_as_of(Region, clock(), ["key"], keys=[region.pk]) == expected


def test_a_transaction_open_over_midnight_changes_nothing_of_the_day_before() -> None:
    imprint()
    with transaction.atomic():
        LegalText.objects.get()
        midnight = clock()
        LegalText.objects.update(title="Nachher")

    assert (titles_as_of(midnight), titles_as_of(clock())) == (["Vorher"], ["Nachher"])


def test_of_two_writers_the_later_one_is_the_newest_though_its_transaction_began_first() -> None:
    imprint()
    with transaction.atomic():
        LegalText.objects.get()
        with threads() as start:
            start(lambda: LegalText.objects.update(title="Zwischendurch")).result()
        LegalText.objects.update(title="Zuletzt")

    assert titles_as_of(clock()) == ["Zuletzt"] == [text.title for text in LegalText.objects.all()]


def read_while_a_change_is_not_committed() -> tuple[list[str], list[str]]:
    """What a reader finds of a moment while a change before it is open, and what is found afterwards."""
    imprint()
    changed, commit = threading.Event(), threading.Event()

    def change() -> datetime:
        with transaction.atomic():
            LegalText.objects.update(title="Vor Mitternacht geändert")
            moment = clock()
            changed.set()
            commit.wait(60)
        return moment

    def read() -> list[str]:
        changed.wait(60)
        moment = clock()
        with jobs.consistent_read():
            return titles_as_of(moment)

    with threads() as start:
        writer, reader = start(change), start(read)
        until(lambda: waiting_for_locks() or reader.done(), "the reader waits or has read")
        commit.set()
        return reader.result(60), titles_as_of(writer.result(60))


def test_what_a_report_reads_of_the_past_is_what_anybody_reads_later() -> None:
    then, later = read_while_a_change_is_not_committed()

    assert then == later == ["Vor Mitternacht geändert"]


def test_without_waiting_for_writers_a_report_would_miss_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "settle", lambda: None)

    assert read_while_a_change_is_not_committed() == (["Vorher"], ["Vor Mitternacht geändert"])


def test_whoever_never_commits_holds_a_report_back_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past_rows, "WAIT_FOR_WRITERS", past_rows.WAIT_FOR_WRITERS.replace("'5s'", "'50ms'"))
    imprint()
    with transaction.atomic():
        LegalText.objects.update(title="Offen")
        with threads() as start, pytest.raises(OperationalError, match="lock timeout"):
            start(past_rows.settle).result()

    past_rows.settle()


def test_a_deleted_row_comes_back_as_it_was_and_only_once() -> None:
    text = imprint()
    pk, before = text.pk, LegalText.objects.values().get()
    text.delete()

    restore_deleted(LegalText, pk, by=None)

    assert LegalText.objects.values().get() == before
    with pytest.raises(ObjectDoesNotExist):
        restore_deleted(LegalText, pk, by=None)


def test_a_row_is_not_restored_where_its_place_is_taken_or_its_owner_is_another() -> None:
    text = imprint()
    pk = text.pk
    text.delete()
    imprint("Ersatz")

    with pytest.raises(IntegrityError):
        restore_deleted(LegalText, pk, by=None)
    with pytest.raises(ObjectDoesNotExist):
        restore_deleted(LegalText, pk, by=None, slug="privacy")
    assert [row.title for row in LegalText.objects.all()] == ["Ersatz"]
