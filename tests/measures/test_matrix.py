"""The matrix: what moved since the last report, presets and filters, columns, and a cell's drawer."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import get_current_timezone, localdate, now

from measures.matrix import State
from measures.models import RolloutCell
from measures.models.rollout import STUCK_AFTER, RolloutFigures
from measures.services.rollout import confirm_cells, date_stage_changes
from measures.views.rollout import COLUMNS_AT_ONCE, MOST_COLUMNS, ROWS_AT_ONCE
from network.models import Role
from smartregion.base.history import event_model
from tests.factories import make_committee, make_measure, make_municipality, make_region, make_user, set_cell
from tests.governance.rows import make_meeting
from tests.measures.sealed_reports import seal_report

pytestmark = pytest.mark.django_db
SUMMER = datetime(2024, 6, 30, tzinfo=get_current_timezone())
LIVE = {"stage": "live", "since": "2025-01-01", "evidence": "Beschluss"}


def titles(client: Client, query: str = "") -> list[str]:
    return [row.measure.title for row in client.get(f"/roll-out/{query}").context["rows"]]


def text_of(client: Client, address: str = "/roll-out/") -> str:
    return client.get(address).content.decode()


def happened_before(moment: datetime) -> None:
    """Date the whole history so far to a day before that moment."""
    event_model(RolloutCell)._base_manager.update(pgh_created_at=moment - timedelta(days=1))
    date_stage_changes()


# What has moved


@pytest.mark.parametrize(
    ("then", "stage", "direction"),
    [
        ("interested", "live", 1),
        ("live", "preparing", -1),
        ("unknown", "interested", 0),
        ("preparing", "rejected", 0),
        ("live", "live", None),
        ("", "live", None),
    ],
)
def test_a_step_on_the_way_leads_forward_or_back_and_any_other_has_no_direction(
    then: str, stage: str, direction: int | None
) -> None:
    assert State(stage, stage_then=then).direction == direction


def test_the_matrix_marks_what_moved_since_the_last_report_that_the_reader_may_see(client: Client) -> None:
    place, measure = make_municipality("Aadorf"), make_measure()
    set_cell(measure, place, stage="interested")
    happened_before(SUMMER)
    seal_report(as_of=date(2024, 6, 30), audience="public")
    set_cell(measure, place, **LIVE)

    assert "▲</em><i>, zu bestätigen, weiter, zuvor „Interesse bekundet“</i>" in text_of(client)
    assert "Bericht zum Stichtag 30.06.2024" in text_of(client)

    seal_report(as_of=date(2024, 9, 30), audience="internal")
    assert "Stichtag 30.06.2024" in text_of(client)
    client.force_login(make_user(Role.STEERING))
    assert "Stichtag 30.09.2024" in text_of(client)


def test_without_a_report_the_legend_says_why_nothing_is_marked(client: Client) -> None:
    place = make_municipality("Aadorf")
    set_cell(make_measure(), place, **LIVE)
    text = text_of(client)

    assert "Es gibt noch keinen versiegelten Bericht" in text
    assert "</em>" not in text


def test_a_confirmation_is_no_change_of_stage() -> None:
    place, user = make_municipality("Aadorf"), make_user()
    cell = set_cell(make_measure(), place, stage="interested")

    confirm_cells(municipality=place, versions={cell.pk: cell.version}, by=user)

    assert RolloutCell.objects.get().stage_changed_at == cell.stage_changed_at
    assert cell.stage_changed_at is not None


def test_the_days_of_changes_can_be_read_from_the_history() -> None:
    place, moment = make_municipality("Aadorf"), SUMMER
    changed, untouched = (set_cell(make_measure(), place, stage=stage) for stage in ("interested", "unknown"))

    happened_before(moment)

    found = dict(RolloutCell.objects.values_list("pk", "stage_changed_at"))
    assert found == {changed.pk: moment - timedelta(days=1), untouched.pk: None}


# Filters and presets


def make_four(on: date) -> None:
    """One measure of each kind in Aadorf, and in Bedorf nothing but confirmed disinterest."""
    aadorf, bedorf = make_municipality("Aadorf"), make_municipality("Bedorf")
    values: dict[str, dict[str, Any]] = {
        "Ruhig": {"stage": "interested"},
        "Abgelehnt": {"stage": "rejected", "reason": "Kein Geld"},
        "Steckt fest": {"stage": "preparing", "since": on - STUCK_AFTER - timedelta(days=1)},
        "Braucht noch": {"stage": "preparing", "since": on - STUCK_AFTER},
        "Ohne Datum": {"stage": "introducing"},
    }
    for title, of_cell in values.items():
        measure = make_measure(title)
        set_cell(measure, aadorf, confirmed_at=now(), **of_cell)
        set_cell(measure, bedorf, confirmed_at=now(), stage="not_started")


def test_blocked_is_what_was_refused_or_takes_longer_than_two_quarters(client: Client) -> None:
    make_four(localdate())

    assert titles(client, "?blocked=on") == ["Abgelehnt", "Steckt fest"]
    assert titles(client, "?blocked=on&municipality=bedorf") == []
    assert "länger als zwei Quartale (183 Tage)" in text_of(client)


def test_at_least_n_live_counts_the_chosen_municipalities(client: Client) -> None:
    places = [make_municipality(name) for name in ("Aadorf", "Bedorf", "Cedorf")]
    for number, title in enumerate(["Keine", "Eine", "Zwei"]):
        measure = make_measure(title)
        for place in places[:number]:
            set_cell(measure, place, **LIVE)

    assert titles(client, "?live=1") == ["Eine", "Zwei"]
    assert titles(client, "?live=2") == ["Zwei"]
    assert titles(client, "?live=1&municipality=bedorf&municipality=cedorf") == ["Zwei"]
    assert titles(client, "?live=0") == ["Keine", "Eine", "Zwei"]
    assert "kennt den Wert „0“ nicht" in text_of(client, "/roll-out/?live=0")


def test_changed_asks_since_the_last_steering_meeting_that_was_held(client: Client) -> None:
    place, committee = make_municipality("Aadorf"), make_committee()
    set_cell(make_measure("Früher"), place, stage="interested")
    meeting = make_meeting(committee, status="held", starts_at=SUMMER)
    happened_before(meeting.starts_at)
    make_meeting(committee, starts_at=now() + timedelta(days=7))
    make_meeting(make_committee("Rat", kind="council"), status="held")
    set_cell(make_measure("Seitdem"), place, stage="interested")

    assert titles(client, "?changed=on") == ["Seitdem"]
    assert "Lenkungskreis am 30.06.2024" in text_of(client)


def test_without_meeting_changed_asks_since_the_last_report_and_without_either_is_not_offered(
    client: Client,
) -> None:
    place = make_municipality("Aadorf")
    set_cell(make_measure("Früher"), place, stage="interested")
    moment = SUMMER
    happened_before(moment)

    assert titles(client, "?changed=on") == ["Früher"]
    assert "changed" not in client.get("/roll-out/").context["filter"].form.fields

    seal_report(as_of=moment.date(), audience="public")
    set_cell(make_measure("Seitdem"), place, stage="interested")
    assert titles(client, "?changed=on") == ["Seitdem"]


def test_a_meeting_behind_closed_doors_is_told_to_members_only(client: Client) -> None:
    make_municipality("Aadorf")
    make_measure()
    make_meeting(make_committee(), status="held", visibility="internal")

    assert "Geändert seit" not in text_of(client)
    client.force_login(make_user(Role.COORDINATION))
    assert "Geändert seit Lenkungskreis am" in text_of(client)


def test_each_preset_chooses_what_its_name_says(client: Client) -> None:
    make_four(localdate())
    make_measure("Nie bestätigt")
    make_measure("Geheim", visibility="internal")
    for places in ("", "&municipality=aadorf"):
        presets = client.get(f"/roll-out/?q=egal{places}").context["filter"].presets
        found = {}
        for preset in presets:
            answer = client.get(f"/roll-out/{preset.query}")
            found[preset.label] = len(answer.context["rows"])
            current = [each.label for each in answer.context["filter"].presets if each.is_current]
            assert current == [preset.label]
            assert len(answer.context["municipalities"]) == (1 if places else 2)
        assert found == {
            "Alle Maßnahmen": 6,
            "Zu bestätigen": 1,
            "Blockiert": 2,
            "Mindestens 10 im Regelbetrieb": 0,
        }


def test_the_filters_exchange_the_results_alone_and_their_address_has_no_empty_values(client: Client) -> None:
    make_municipality("Aadorf")
    make_measure()

    answer = client.get("/roll-out/?q=&stage=unknown&live=", headers={"hx-request": "true"})

    assert "<html" not in answer.content.decode()
    assert answer["HX-Push-Url"] == "/roll-out/?stage=unknown"
    assert "1 Maßnahme" in answer.content.decode()


# Columns


def test_chosen_municipalities_are_the_columns_and_the_figures_stay_those_of_all(client: Client) -> None:
    aadorf, bedorf = make_municipality("Aadorf", 30), make_municipality("Bedorf", 70)
    make_municipality("Cedorf", 900)
    measure = make_measure()
    set_cell(measure, aadorf, **LIVE)
    set_cell(measure, bedorf, stage="not_affected")

    everything = client.get("/roll-out/").context
    chosen = client.get("/roll-out/?municipality=bedorf&municipality=aadorf").context

    assert [place.name for place in chosen["municipalities"]] == ["Aadorf", "Bedorf"]
    assert [len(row.cells) for row in chosen["rows"]] == [2]
    assert chosen["rows"][0].figures == everything["rows"][0].figures
    assert everything["rows"][0].figures == RolloutFigures(affected=2, live=1, share=3)


def test_a_region_of_many_municipalities_is_shown_in_windows_of_columns(client: Client) -> None:
    for number in range(MOST_COLUMNS + 1):
        make_municipality(f"Dorf {number:02}")
    for _number in range(ROWS_AT_ONCE + 1):
        make_measure()

    first, last = client.get("/roll-out/"), client.get("/roll-out/?columns=3&q=Sensor")

    assert [window["label"] for window in first.context["columns"]] == [
        "Dorf 00 – Dorf 19",
        "Dorf 20 – Dorf 39",
        "Dorf 40 – Dorf 40",
    ]
    assert [len(row.cells) for row in first.context["rows"]] == [COLUMNS_AT_ONCE] * ROWS_AT_ONCE
    assert [place.name for place in last.context["municipalities"]] == ["Dorf 40"]
    assert 'href="?q=Sensor&amp;columns=2"' in last.content.decode()
    assert first.context["rows"][0].figures == RolloutFigures(affected=41, live=0, share=0)


# The drawer


def drawer(client: Client, address: str = "/roll-out/zelle/aadorf/sensornetz/") -> str:
    answer = client.get(address, headers={"hx-request": "true"})
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def test_the_drawer_tells_each_reader_as_much_as_the_municipalitys_page(client: Client) -> None:
    place, other = make_municipality("Aadorf"), make_municipality("Bedorf")
    editor = make_user(Role.MUNICIPALITY, place, name="Name der Person")
    values = {"contact": "Die Kontaktstelle", "note": "Das Interne", "reason": "Der Grund"}
    set_cell(make_measure(), place, confirmed_at=now(), confirmed_by=editor, **values)

    def seen(who: Any) -> list[bool]:
        if who:
            client.force_login(who)
        texts = ["Der Grund", "Die Kontaktstelle", "Name der Person", "Das Interne", "Verlauf", "Unverändert"]
        return [text in drawer(client) for text in texts]

    assert seen(None) == [True, False, False, False, False, False]
    assert seen(make_user(Role.MUNICIPALITY, other)) == [True, True, True, False, False, False]
    assert seen(editor) == [True] * 6
    assert seen(make_user(Role.COORDINATION)) == [True] * 6


def test_the_drawer_of_an_invisible_measure_is_missing(client: Client) -> None:
    make_municipality("Aadorf")
    make_measure("Geheime Sache", visibility="internal")

    assert drawer(client, "/roll-out/zelle/aadorf/geheime-sache/") == "404"
    assert client.get("/roll-out/?zelle=aadorf/geheime-sache").status_code == 404
    client.force_login(make_user(Role.STEERING))
    assert "Geheime Sache" in drawer(client, "/roll-out/zelle/aadorf/geheime-sache/")


def test_a_deep_link_opens_the_matrix_with_the_drawer(client: Client) -> None:
    make_region()
    make_municipality("Aadorf")
    make_measure()

    answer = client.get("/roll-out/zelle/aadorf/sensornetz/")
    assert answer.headers["location"] == "/roll-out/?zelle=aadorf/sensornetz"
    opened = client.get("/roll-out/?stage=unknown&zelle=aadorf/sensornetz")
    assert opened.context["closed"] == "/roll-out/?stage=unknown"
    assert " open>" in opened.content.decode()


def test_confirming_in_the_drawer_leads_back_to_it(client: Client) -> None:
    place = make_municipality("Aadorf")
    make_measure()
    client.force_login(make_user(Role.MUNICIPALITY, place))
    back = client.get("/roll-out/?stage=unknown&zelle=aadorf/sensornetz").context["back"]

    answer = client.post(
        "/kommunen/aadorf/bestaetigen/", {"cell": f"{RolloutCell.objects.get().pk}:1", "next": back}
    )

    assert answer.headers["location"] == "/roll-out/?stage=unknown&zelle=aadorf/sensornetz"
    assert RolloutCell.objects.get().is_stale is False


def test_after_confirming_a_word_that_is_no_address_leads_to_the_municipality(client: Client) -> None:
    place = make_municipality("Aadorf")
    make_measure()
    client.force_login(make_user(Role.MUNICIPALITY, place))
    cell = f"{RolloutCell.objects.get().pk}:1"

    answer = client.post("/kommunen/aadorf/bestaetigen/", {"cell": cell, "next": "0"})

    assert answer.headers["location"] == "/kommunen/aadorf/"


@pytest.mark.parametrize("address", ["/roll-out/zelle/aadorf/sensornetz/", "/roll-out/", "/massnahmen/"])
def test_the_page_on_which_htmx_asks_need_be_no_address(client: Client, address: str) -> None:
    make_municipality("Aadorf")
    make_measure()

    answer = client.get(address, headers={"HX-Request": "true", "HX-Current-URL": "http://["})

    assert answer.status_code == 200
