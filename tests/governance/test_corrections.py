"""A resolution that was recorded is corrected by another one, which says no more than happened."""

from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.timezone import now

from governance.models import Attendance, Resolution, Seat
from governance.services.circulars import close_circular
from governance.services.resolutions import (
    floor_for,
    next_number,
    record_resolution,
    supersede_resolution,
)
from governance.views.resolutions import refuse
from network.models import Role
from tests.factories import make_committee, make_user
from tests.governance.circular_rows import make_seats, opened, vote
from tests.governance.rows import draft_of, make_item, make_meeting, make_present


@pytest.mark.django_db
def test_a_slip_of_the_pen_is_corrected_with_the_figures_of_its_vote() -> None:
    meeting = make_meeting(make_committee())
    make_present(meeting, 5)
    votes = {"votes_for": 5, "votes_against": 0, "abstentions": 0}
    old = record_resolution(resolution=draft_of(make_item(meeting), **votes), measures=[], by=None)
    new = draft_of(old.item, wording="Richtig.", **votes)
    new.item = None

    supersede_resolution(old=old, resolution=new, measures=[], by=None)

    assert [new.entitled, new.present, new.excluded, new.quorum_needed] == [5, 5, 0, 3]
    assert next_number(committee=meeting.committee, year=new.year)[0] == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "claimed", [{"outcome": "rejected"}, {"votes_for": 3, "votes_against": 2}, {"abstentions": None}]
)
def test_without_a_meeting_nobody_has_voted_otherwise(claimed: dict[str, Any]) -> None:
    meeting = make_meeting(make_committee())
    make_present(meeting, 5)
    votes = {"votes_for": 5, "votes_against": 0, "abstentions": 0}
    old = record_resolution(resolution=draft_of(make_item(meeting), **votes), measures=[], by=None)
    new = draft_of(old.item, **{**votes, **claimed})
    new.item = None

    with pytest.raises(ValidationError, match="Ohne TOP bleiben Ergebnis und Stimmen"):
        supersede_resolution(old=old, resolution=new, measures=[], by=None)


@pytest.mark.django_db
def test_a_circular_resolution_is_superseded_in_a_meeting_alone() -> None:
    committee = make_committee()
    users = make_seats(committee, 3)
    circular = opened(committee, closes_in=-1)
    for user in users:
        vote(circular, user, "no")
    old = close_circular(circular=circular, by=None).resolution
    item = make_item(make_meeting(committee, starts_at=now()))
    Attendance.objects.bulk_create(
        Attendance(meeting=item.meeting, seat=seat, state="present") for seat in Seat.objects.all()
    )
    figures = {"votes_for": 3, "votes_against": 0, "abstentions": 0, "procedure": "circular"}
    new = draft_of(item, **figures, visibility="public")
    new.item = None

    with pytest.raises(ValidationError, match="nur ein Beschluss in einer Sitzung"):
        supersede_resolution(old=old, resolution=new, measures=[], by=None)
    new.item = item
    supersede_resolution(old=old, resolution=new, measures=[], by=None)

    assert (new.procedure, new.present) == ("meeting", 3)


@pytest.mark.django_db
def test_a_correction_of_a_correction_keeps_who_was_biased() -> None:
    meeting = make_meeting(make_committee())
    seats = make_present(meeting, 5)
    votes = {"votes_for": 4, "votes_against": 0, "abstentions": 0}
    item = make_item(meeting)
    row = record_resolution(resolution=draft_of(item, **votes), measures=[], biased=seats[:1], by=None)
    for number in range(2):
        new = draft_of(item, wording=f"Fassung {number}", **votes)
        new.item = None
        row = supersede_resolution(old=row, resolution=new, measures=[], by=None)

        assert (row.excluded, list(row.biased.all())) == (1, seats[:1])
    again = Resolution(committee=meeting.committee, supersedes=row)
    assert {seat.pk for seat in floor_for(again).seats} == {seat.pk for seat in seats}  # type: ignore[union-attr]


@pytest.mark.django_db
def test_an_approving_resolution_is_superseded_without_approving_twice() -> None:
    item = make_item(make_meeting(make_committee()))
    urgent = draft_of(item, procedure="urgent")
    urgent.item = None
    record_resolution(resolution=urgent, measures=[], by=None)
    old = draft_of(item, title="Genehmigung", approves=urgent)
    record_resolution(resolution=old, measures=[], by=None)
    client = Client()
    client.force_login(make_user(Role.COORDINATION))
    values = {"resolved_on": old.resolved_on.isoformat(), "title": "Berichtigt", "wording": "Richtig."}
    values |= {"outcome": "adopted", "visibility": "public", "reason": "Schreibfehler", "step": "record"}

    client.post(f"{old.get_absolute_url()}ersetzen/", {**values, "approves": str(urgent.pk)})

    assert Resolution.objects.get(supersedes=old).approves == urgent
    assert urgent.follow_ups.get(is_approval=True).version == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "outcome"),
    [({"outcome": "rejected", "keeps": True}, "rejected"), ({"outcome": "adopted"}, "adopted")],
    ids=["no more agreed", "approves nothing any more"],
)
def test_an_urgent_decision_waits_again_when_its_approval_is_taken_back(
    sent: dict[str, Any], outcome: str
) -> None:
    first = make_item(make_meeting(make_committee()))
    later = make_item(make_meeting(first.meeting.committee, "Sommersitzung", starts_at=now()))
    urgent = draft_of(first, procedure="urgent")
    urgent.item = None
    record_resolution(resolution=urgent, measures=[], by=None)
    old = draft_of(first, title="Genehmigung", approves=urgent)
    record_resolution(resolution=old, measures=[], by=None)
    client = Client()
    client.force_login(make_user(Role.COORDINATION))
    values = {"resolved_on": later.meeting.day.isoformat(), "item": later.pk, "title": "Doch nicht"}
    values |= {"wording": "Nein.", "visibility": "public", "reason": "Neu beraten"}
    values["outcome"] = sent["outcome"]
    if "keeps" in sent:
        values["approves"] = str(urgent.pk)

    asked = client.post(f"{old.get_absolute_url()}ersetzen/", values).content.decode()
    for _click in range(2):
        client.post(f"{old.get_absolute_url()}ersetzen/", {**values, "step": "record"})

    assert "wartet danach wieder auf ihre Genehmigung" in asked
    new = Resolution.objects.get(supersedes=old)
    assert (new.outcome, new.approves) == (outcome, None)
    assert list(Resolution.objects.to_be_approved()) == [urgent]
    assert urgent.follow_ups.get(is_approval=True).noted_in is None


def test_a_refusal_at_a_field_that_the_form_lacks_stands_above_it() -> None:
    form = forms.Form({})

    refuse(form, ValidationError({"number": "Vergeben."}))

    assert form.non_field_errors() == ["Vergeben."]
