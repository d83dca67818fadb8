"""The form of a resolution: what is required, and the choice of measures, likely ones first."""

from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils.timezone import now

from governance.agenda import measures_on
from governance.models import Meeting
from network.models import Role
from tests.factories import make_committee, make_measure, make_user
from tests.governance.rows import make_item, make_meeting, make_red, make_resolution

pytestmark = pytest.mark.django_db


class Checks(HTMLParser):
    """The values of the checkboxes named `measures`, those that stand open and those that are folded."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.folded: list[str] = []
        self.checked: list[str] = []
        self._is_folded = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "details":
            self._is_folded = True
        elif tag == "input" and given.get("name") == "measures":
            value = str(given["value"])
            (self.folded if self._is_folded else self.shown).append(value)
            if "checked" in given:
                self.checked.append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "details":
            self._is_folded = False


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def make_agenda(meeting: Meeting) -> None:
    for number, kind in enumerate(["topic", "red_measures", "control"], start=1):
        make_item(meeting, number, kind, kind=kind)


def test_measures_of_the_agenda_stand_open_and_the_others_in_a_list_that_unfolds(coordinator: Client) -> None:
    committee = make_committee()
    others = [make_measure(f"Weitere {number}") for number in range(9)]
    red, checked, resolved = make_red(), make_measure("Offen"), make_measure("Eben")
    make_resolution(committee, "LK 1", resolved_on=now().date() - timedelta(days=90)).measures.add(checked)
    meeting = make_meeting(committee)
    make_agenda(meeting)
    make_resolution(committee, "LK 2", item=meeting.items.get(number=1)).measures.add(resolved)
    address = f"{meeting.get_absolute_url()}top/{meeting.items.get(number=1).pk}/beschluss/"

    found = Checks(coordinator.get(address).content.decode())

    assert measures_on(meeting) == {red.pk, checked.pk, resolved.pk}
    assert set(found.shown) == {str(row.pk) for row in (red, checked, resolved)}
    assert set(found.folded) == {str(row.pk) for row in others}
    sent = {"measures": [others[0].pk, red.pk], "title": "", "wording": "", "outcome": ""}
    again = Checks(coordinator.post(address, sent).content.decode())
    assert set(again.checked) == {str(red.pk), str(others[0].pk)} <= set(again.shown)


def test_an_agenda_names_only_what_its_items_list() -> None:
    committee = make_committee()
    make_red()
    meeting = make_meeting(committee)
    make_item(meeting)

    assert measures_on(meeting) == set()


def test_few_measures_are_not_folded(coordinator: Client) -> None:
    make_measure()
    item = make_item(make_meeting(make_committee()))

    page = coordinator.get(f"{item.meeting.get_absolute_url()}top/{item.pk}/beschluss/").content.decode()

    assert (len(Checks(page).shown), Checks(page).folded) == (1, [])
    assert "Strg-Taste" not in page


def test_the_form_says_which_fields_have_to_be_filled(coordinator: Client) -> None:
    item = make_item(make_meeting(make_committee()))

    page = coordinator.get(f"{item.meeting.get_absolute_url()}top/{item.pk}/beschluss/")

    form = page.context["form"]
    required = [name for name, field in form.fields.items() if field.required]
    assert required == ["title", "wording", "outcome", "visibility"]
    assert page.content.decode().count("– Pflichtfeld") == len(required)
