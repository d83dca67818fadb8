"""Sealed public minutes by OParl: a file of their meeting, and of nothing that is not for all."""

import json
from typing import Any

import pytest
from django.test import Client

from governance.models import Meeting
from governance.oparl.catalogue import Catalogue
from smartregion.base.history import recorded
from tests.factories import make_committee, make_region
from tests.governance.oparl_client import SCHEMA, Json
from tests.governance.oparl_rows import CANARY, make_everything, make_sealed
from tests.governance.rows import approve, make_meeting, seal
from tests.monitoring.pdf_text import pdf_text

pytestmark = pytest.mark.django_db


def read(address: str) -> Any:
    return json.loads(Client().get(f"/oparl/v1/{address}").content)


def files(query: str = "") -> list[Json]:
    found: list[Json] = read(f"body/1/file{query}")["data"]
    return found


def test_sealed_minutes_are_a_file_of_their_meeting_and_of_its_body(client: Client) -> None:
    make_everything()
    minutes = make_sealed()
    word = f"protocol/{minutes.pk}"

    told = read(word)

    assert (told["id"].endswith(f"/{word}"), told["type"]) == (True, f"{SCHEMA}File")
    assert read(f"meeting/{minutes.meeting_id}")["resultsProtocol"] == told
    assert [entry["id"] for entry in files()][-1] == told["id"]
    answer = client.get(f"/oparl/v1/{word}/content")
    sealed = minutes.files.get(edition="public", format="pdf")
    assert (answer.content, answer["Content-Type"]) == (bytes(sealed.content), "application/pdf")
    assert (len(answer.content), told["fileName"]) == (
        told["size"],
        f"niederschrift-kreistag-{minutes.meeting.day}-oeffentlich.pdf",
    )
    assert CANARY not in pdf_text(answer.content)


def test_minutes_that_are_not_sealed_for_all_are_nowhere(client: Client) -> None:
    make_region()
    committee = make_committee()
    hidden = seal(make_meeting(committee, "Klausur", status="held", visibility="internal"))
    waiting = approve(make_meeting(committee, "Wartet", status="held"))
    Meeting.objects.update(visibility="public")

    for minutes in (hidden, waiting):
        assert "resultsProtocol" not in read(f"meeting/{minutes.meeting_id}")
        for address in (f"protocol/{minutes.pk}", f"protocol/{minutes.pk}/content"):
            assert client.get(f"/oparl/v1/{address}").status_code == 404
    assert files("?modified_since=2000-01-01T00%3A00%3A00%2B01%3A00") == []


def test_sealing_changes_the_meetings_time_and_hiding_it_leaves_a_tombstone(client: Client) -> None:
    make_region()
    meeting = make_meeting(make_committee(), status="held")
    before = Catalogue().life(Meeting, meeting.pk)
    minutes = seal(meeting)
    after = Catalogue().life(Meeting, meeting.pk)
    assert before and after and before.modified < after.modified

    with recorded(by=None):
        shown = Meeting.objects.get()
        shown.visibility = "internal"
        shown.save_over(shown.version)

    gone = read(f"protocol/{minutes.pk}")
    assert set(gone) == {"id", "type", "created", "modified", "deleted"}
    assert (gone["type"], gone["deleted"]) == (f"{SCHEMA}File", True)
    assert client.get(f"/oparl/v1/protocol/{minutes.pk}/content").status_code == 404
