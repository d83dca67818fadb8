"""What a reader may not see today is on no page of the past, in no count, filter, file, panel or history."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from governance.models import Resolution
from measures.models import Measure, MeasureTag, Milestone, StatusUpdate, Tag
from measures.services.archive import archive_measure, merge_measure
from measures.services.tags import add_tag
from network.models import Municipality, Role
from tests.factories import make_committee, make_measure, make_municipality, make_region, make_user, set_cell
from tests.governance.rows import make_resolution
from tests.measures.sealed_reports import seal_report
from tests.past import happened_on

pytestmark = pytest.mark.django_db
BEGIN, BEFORE, THEN, LATER = date(2024, 1, 2), date(2024, 1, 10), date(2024, 3, 31), date(2024, 5, 10)
SECRET = "Zitronenfalter"
LIST = [
    "/massnahmen/",
    "/massnahmen/?q=zitronenfalter",
    "/massnahmen/?municipality=aadorf",
    "/massnahmen/?archive=with",
    "/massnahmen/export.csv",
    "/massnahmen/export.xlsx",
    "/roll-out/",
    "/roll-out/?stage=live",
    "/roll-out/?q=zitronenfalter",
    "/roll-out/karte/",
    "/roll-out/karte/?massnahme=alle",
    "/roll-out/karte/?massnahme=zitronenfalter",
    "/roll-out/?zelle=aadorf/zitronenfalter",
    "/roll-out/export.csv",
    "/massnahmen/zitronenfalter/",
    "/massnahmen/anders/",
    f"/monitoring/aenderungen/?von={THEN}",
    f"/monitoring/aenderungen/?von={BEFORE - timedelta(days=1)}&bis={THEN}",
]


def hide(measure: Measure) -> None:
    measure.visibility = "internal"
    measure.save_over(measure.version)


def clean(measure: Measure) -> None:
    """Publish it without the word: what is on its page today is no secret."""
    measure.milestones.all().delete()
    measure.status_updates.all().delete()
    measure.cells.update(evidence="Netz", contact="")
    Tag.objects.update(name="Wort")
    measure.visibility, measure.title, measure.summary, measure.goal = "public", "Offen", "Offen", "Offen"
    measure.save_over(measure.version)


def hide_for_a_while(measure: Measure) -> None:
    """Taken back, cleaned, and published again under another name."""
    hide(measure)
    clean(measure)


def archive(measure: Measure) -> None:
    """The filter offers the words of archived measures to this day, so that word is no secret either."""
    MeasureTag.objects.all().delete()
    archive_measure(measure=measure, version=measure.version, by=None)


def merge(measure: Measure) -> None:
    target = Measure.objects.get(slug="anders")
    merge_measure(
        source=measure,
        target=target,
        source_version=measure.version,
        target_version=target.version,
        by=None,
    )
    target.refresh_from_db()
    clean(target)
    MeasureTag.objects.all().delete()


def make_secret(**values: Any) -> Measure:
    return make_measure(SECRET, summary=f"{SECRET} kurz", goal=f"{SECRET} lang", **values)


@contextmanager
def world(change: Callable[[Measure], object], visibility: str = "public") -> Iterator[Measure]:
    """A measure full of the planted word on THEN; after that it was changed."""
    with happened_on(BEGIN):
        make_region()
        place = make_municipality("Aadorf")
    with happened_on(BEFORE):
        measure = make_secret(visibility=visibility)
        make_measure("Anders")
        set_cell(measure, place, stage="live", since=BEFORE, evidence=SECRET, contact=SECRET)
        Milestone.objects.create(measure=measure, title=SECRET, planned_date=THEN)
        StatusUpdate.objects.create(measure=measure, on=BEFORE, text=SECRET, visibility="public")
        add_tag(measure=measure, name=SECRET, by=None)
    with happened_on(LATER):
        change(measure)
    yield measure


def tells(client: Client, address: str) -> bool:
    """Whether the planted word, or that there is one measure more, is told by the address on THEN."""
    glue = "&" if "?" in address else "?"
    response = client.get(f"{address}{glue}stand={THEN}")
    body = b"".join(response)
    if response.headers["Content-Type"].startswith("application/vnd"):
        return SECRET.encode() in _unpacked(body)
    text = body.decode()
    asked = re.sub(r'(value|href|title)="[^"]*"|Suchwort: \w+|zelle=[\w/]+', "", text)
    return SECRET.lower() in asked.lower() or "2 Maßnahmen" in asked


def _unpacked(book: bytes) -> bytes:
    from io import BytesIO
    from zipfile import ZipFile

    with ZipFile(BytesIO(book)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize("change", [hide, hide_for_a_while])
@pytest.mark.parametrize("address", LIST)
def test_what_was_taken_back_since_is_nowhere_in_a_visitor_s_past(
    client: Client, change: Callable[[Measure], object], address: str
) -> None:
    with world(change):
        assert not tells(client, address)


@pytest.mark.parametrize("address", [each for each in LIST if "zitronenfalter" not in each])
@pytest.mark.parametrize("change", [archive, merge])
def test_what_was_archived_or_merged_since_is_in_no_list_of_a_visitor_s_past(
    client: Client, change: Callable[[Measure], object], address: str
) -> None:
    with world(change):
        assert not tells(client, address)


@pytest.mark.parametrize("address", LIST)
def test_a_draft_of_then_stays_one(client: Client, address: str) -> None:
    with world(clean, "draft"):
        assert not tells(client, address)


@pytest.mark.parametrize(
    "address", [each for each in LIST if "aenderungen" not in each and "anders" not in each]
)
def test_what_stayed_public_is_told_everywhere(client: Client, address: str) -> None:
    """The negative control of all of the above: the very same addresses tell the word where they may."""

    def rename(measure: Measure) -> None:
        Measure.objects.filter(pk=measure.pk).update(title="Offen", summary="Offen", goal="Offen")

    with world(rename):
        assert tells(client, address) or address in SILENT


SILENT = {
    "/roll-out/karte/?massnahme=alle",  # names no measure
    "/roll-out/?zelle=aadorf/zitronenfalter",
}


def test_without_the_later_events_the_views_would_tell(client: Client) -> None:
    """The guard is the look at what came later: without it a public state of then is shown again."""
    with world(hide_for_a_while):
        assert not tells(client, "/massnahmen/")
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM measures_measureevent WHERE visibility <> 'public'")
        assert tells(client, "/massnahmen/")


def test_a_milestone_that_was_deleted_since_is_gone_for_visitors_and_told_to_accounts(client: Client) -> None:
    def delete(measure: Measure) -> None:
        measure.milestones.all().delete()

    with world(delete):
        address = f"/massnahmen/zitronenfalter/?stand={THEN}"
        visitor = client.get(address).content.decode()
        client.force_login(make_user(Role.STEERING))
        account = client.get(address).content.decode()

    row = f'<th scope="row">{SECRET}'
    assert (row in visitor, row in account) == (False, True)


def test_an_update_that_was_taken_back_is_gone(client: Client) -> None:
    def take_back(measure: Measure) -> None:
        update = measure.status_updates.get()
        update.visibility = "internal"
        update.save_over(update.version)

    with world(take_back):
        page = client.get(f"/massnahmen/zitronenfalter/?stand={THEN}").content.decode()

    assert "Noch kein Sachstand." in page


def test_a_resolution_that_was_made_internal_since_is_gone_from_the_measure(client: Client) -> None:
    def internal(measure: Measure) -> None:
        Resolution.objects.update(visibility="internal")

    with world(lambda measure: None) as measure:
        with happened_on(BEFORE + timedelta(days=1)):
            make_resolution(make_committee(), title="Ausbau").measures.add(measure)
        address = f"/massnahmen/zitronenfalter/?stand={THEN}"
        assert "Ausbau" in client.get(address).content.decode()
        with happened_on(LATER):
            internal(measure)
        assert "Ausbau" not in client.get(address).content.decode()


@pytest.mark.parametrize("role", [Role.STEERING, Role.MUNICIPALITY, Role.TEAM])
def test_what_is_a_draft_today_is_in_no_account_s_past_either(client: Client, role: Role) -> None:
    def draft(measure: Measure) -> None:
        measure.visibility = "draft"
        measure.save_over(measure.version)

    with world(draft):
        client.force_login(make_user(role, Municipality.objects.get() if role == Role.MUNICIPALITY else None))
        for address in LIST:
            assert not tells(client, address), address


def test_the_history_on_a_past_page_ends_with_its_day(client: Client) -> None:
    def note(measure: Measure) -> None:
        measure.goal = "Danach geschrieben"
        measure.save_over(measure.version)

    with world(note):
        client.force_login(make_user(Role.STEERING))
        then = client.get(f"/massnahmen/zitronenfalter/?stand={THEN}").content.decode()
        today = client.get("/massnahmen/zitronenfalter/").content.decode()

    assert ("Danach geschrieben" in then, "Danach geschrieben" in today) == (False, True)
    assert 'id="verlauf"' in then


def test_who_left_a_team_no_longer_reads_its_drafts_of_then(client: Client) -> None:
    left = make_user(Role.TEAM)

    def leave(measure: Measure) -> None:
        seat = measure.team.get()
        seat.user = None
        seat.save_over(seat.version)

    with world(lambda measure: None) as measure:
        with happened_on(BEFORE + timedelta(days=1)):
            measure.team.create(organisation=measure.lead, sector="civil", function="Leitung", user=left)
            StatusUpdate.objects.create(measure=measure, on=BEFORE, text="Entwurfstext", visibility="draft")
        client.force_login(left)
        address = f"/massnahmen/zitronenfalter/?stand={THEN}"
        assert "Entwurfstext" in client.get(address).content.decode()
        with happened_on(LATER):
            leave(measure)
        assert "Entwurfstext" not in client.get(address).content.decode()


def test_reports_of_later_are_no_occasion_of_then(client: Client) -> None:
    with world(lambda measure: None):
        seal_report(as_of=THEN, audience="public")
        fields = [
            re.findall(r'name="(\w+)"', client.get(address).content.decode())
            for address in (f"/roll-out/?stand={THEN}", "/roll-out/")
        ]

    assert ["changed" in names for names in fields] == [False, True]
