"""Who may enter and correct values, and that nothing typed is lost."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from measures.models import Measure, TeamMember
from monitoring.due import DueLines
from monitoring.forms.indicator_values import prefix_of
from monitoring.models import Indicator, IndicatorValue
from network.models import Municipality, Role, User
from smartregion.base.changes import changes_of
from smartregion.base.worklist import Entry, reminders_for, worklist_for
from tests.factories import make_measure, make_municipality, make_organisation, make_region, make_user
from tests.monitoring.indicator_rows import make_indicator, make_value

pytestmark = pytest.mark.django_db
END = date(2024, 12, 31)


@pytest.fixture(autouse=True)
def region() -> None:
    make_region()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def team_member(measure: Measure) -> User:
    user = make_user(Role.TEAM)
    TeamMember.objects.create(
        measure=measure, organisation=make_organisation(), sector="civil", function="Leitung", user=user
    )
    return user


def stored() -> list[tuple[date, Decimal | None, str]]:
    return list(IndicatorValue.objects.values_list("on", "value", "note"))


def test_the_coordinator_enters_a_value_and_says_when_there_is_none() -> None:
    indicator, client = make_indicator(decimals=1), client_of(make_user())
    address = f"{indicator.get_absolute_url()}werte/neu/"

    client.post(address, {"on": "2024-12-31", "value": "1.573,5"})
    client.post(address, {"on": "2025-12-31", "value": "", "none": "on", "note": "Zähler defekt"})

    assert stored() == [(END, Decimal("1573.5"), ""), (date(2025, 12, 31), None, "Zähler defekt")]


@pytest.mark.parametrize(
    ("sent", "field", "problem"),
    [
        ({"value": ""}, "value", "Bitte geben Sie den Wert an, oder dass es keinen gibt."),
        ({"none": "on"}, "note", "Bitte sagen Sie in einem Satz, warum es keinen Wert gibt."),
        (
            {"none": "on", "value": "1", "note": "x"},
            "none",
            "Bitte geben Sie entweder einen Wert an, oder dass es keinen gibt.",
        ),
        ({"value": "1,5"}, "value", "Dieser Indikator hat keine Nachkommastellen."),
        ({"value": "viele"}, "value", "Das ist keine Zahl. Bitte schreiben Sie sie wie 1.573,5."),
        ({"value": "NaN"}, "value", "Das ist keine Zahl. Bitte schreiben Sie sie wie 1.573,5."),
        (
            {"value": "1", "on": "2999-01-01"},
            "on",
            "Ein Wert kann nicht von einem Tag sein, der noch kommt.",
        ),
        ({"value": "1", "on": "0204-01-01"}, "on", "Bitte prüfen Sie das Jahr 0204."),
    ],
)
def test_a_mistake_is_said_at_its_field(sent: dict[str, str], field: str, problem: str) -> None:
    indicator, client = make_indicator(), client_of(make_user())

    page = client.post(f"{indicator.get_absolute_url()}werte/neu/", {"on": "2024-12-31", **sent})

    assert page.context["form"].errors == {field: [problem]}
    assert stored() == []


def test_the_same_value_once_more_changes_nothing_and_another_one_is_not_overwritten() -> None:
    indicator, client = make_indicator(), client_of(make_user())
    make_value(indicator, value=5)
    address = f"{indicator.get_absolute_url()}werte/neu/"

    client.post(address, {"on": "2024-12-31", "value": "5"})
    page = client.post(address, {"on": "2024-12-31", "value": "6"})

    assert page.context["form"].errors == {
        "on": ["Für diesen Tag gibt es schon einen anderen Wert. Berichtigen Sie ihn beim Indikator."]
    }
    assert stored() == [(END, Decimal(5), "")]
    assert IndicatorValue.objects.get().version == 1


def test_a_correction_needs_a_reason_and_keeps_before_after_and_who() -> None:
    indicator, user = make_indicator(), make_user()
    client, value = client_of(user), make_value(indicator, value=5)
    address = f"{indicator.get_absolute_url()}werte/{value.pk}/"
    sent = {"on": "2024-12-31", "value": "6", "note": "", "version": 1}

    page = client.post(address, sent)
    assert page.context["form"].errors == {"reason_for_change": ["Eine Berichtigung braucht einen Grund."]}
    client.post(address, {**sent, "reason_for_change": "Zahlendreher"})

    change = changes_of(value)[0]
    assert (change.by, change.reason) == (user.name, "Zahlendreher")
    assert [(field.label, field.before, field.after) for field in change.fields] == [("Wert", "5", "6")]
    assert client.post(address, {**sent, "reason_for_change": "Alt"}).status_code == 409
    client.post(f"{address}rueckgaengig/?version=2")
    assert IndicatorValue.objects.get().value == 5


def test_a_municipality_enters_and_corrects_only_its_own_values() -> None:
    own, other = make_municipality("Aadorf"), make_municipality("Bedorf")
    client = client_of(make_user(Role.MUNICIPALITY, own))
    indicator, whole = make_indicator(per_municipality=True), make_indicator("Ganz")
    mine, theirs = make_value(indicator, place=own), make_value(indicator, place=other)
    address = indicator.get_absolute_url()

    assert client.get(f"{address}werte/{mine.pk}/").status_code == 200
    assert client.get(f"{address}werte/{theirs.pk}/").status_code == 404
    sent = {"on": "2024-12-31", "value": "9", "version": 1, "reason_for_change": "x"}
    assert client.post(f"{address}werte/{theirs.pk}/", sent).status_code == 404
    assert client.post(f"{address}werte/{theirs.pk}/rueckgaengig/?version=1").status_code == 404
    assert client.get(f"{whole.get_absolute_url()}werte/neu/").status_code == 404
    refused = client.post(
        f"{address}werte/neu/", {"municipality": other.pk, "on": "2025-12-31", "value": "9"}
    )
    assert list(refused.context["form"].errors) == ["municipality"]
    client.post(f"{address}werte/neu/", {"municipality": own.pk, "on": "2025-12-31", "value": "9"})
    assert [value.value for value in IndicatorValue.objects.filter(municipality=own).order_by("on")] == [1, 9]
    assert IndicatorValue.objects.get(municipality=other).value == 1


@pytest.mark.parametrize("role", [Role.STEERING, Role.ADMINISTRATION, None])
def test_whoever_only_reads_enters_nothing(role: Role | None) -> None:
    indicator = make_indicator()
    value = make_value(indicator)
    client = client_of(make_user(role)) if role else Client()
    refused = 404 if role else 302

    address = indicator.get_absolute_url()
    assert client.post(f"{address}werte/neu/", {"on": "2023-12-31", "value": "1"}).status_code == refused
    assert client.get(f"{address}werte/{value.pk}/").status_code == refused
    assert client.get("/indikatoren/erfassen/").status_code == (403 if role else 302)
    assert len(stored()) == 1


def due_of(user: User) -> list[tuple[str, str, str]]:
    lines = DueLines(user, date(2025, 6, 30)).every
    return [
        (line.indicator.name, line.municipality.name if line.municipality else "", line.label)
        for line in lines
    ]


def test_everybody_gets_the_lines_that_they_may_enter() -> None:
    aadorf, bedorf = make_municipality("Aadorf"), make_municipality("Bedorf")
    net, other = make_measure("Netz"), make_measure("Anderes")
    make_indicator("Konzept")
    make_indicator("Netz", measure=net)
    make_indicator("Anderes", measure=other)
    per_place = make_indicator("Orte", measure=other, per_municipality=True)
    make_value(per_place, END, 1, bedorf)

    year = "Jahr 2024"
    assert due_of(make_user()) == [
        ("Anderes", "", year),
        ("Konzept", "", year),
        ("Netz", "", year),
        ("Orte", "Aadorf", year),
    ]
    assert due_of(team_member(net)) == [("Netz", "", year)]
    assert due_of(make_user(Role.MUNICIPALITY, aadorf)) == [("Orte", "Aadorf", year)]
    assert due_of(make_user(Role.MUNICIPALITY, bedorf)) == []
    assert due_of(make_user(Role.STEERING)) == []


def line(indicator: Indicator, place: Municipality | None = None, **sent: Any) -> dict[str, Any]:
    prefix = prefix_of(indicator, place.pk if place else None, END)
    values = {"on": "2024-12-31", **sent}
    return {"line": prefix, **{f"{prefix}-{name}": value for name, value in values.items()}}


def together(*lines: dict[str, Any]) -> dict[str, Any]:
    sent: dict[str, Any] = {"line": [each["line"] for each in lines]}
    for each in lines:
        sent |= {name: value for name, value in each.items() if name != "line"}
    return sent


def test_quick_entry_stores_line_by_line_and_loses_nothing() -> None:
    good, bad, empty = (make_indicator(name) for name in ("Gut", "Falsch", "Leer"))
    client = client_of(make_user())

    page = client.post(
        "/indikatoren/erfassen/",
        together(line(good, value="7"), line(bad, value="7,5", note="geschätzt"), line(empty)),
    )

    assert [(value.indicator, value.value) for value in IndicatorValue.objects.all()] == [(good, 7)]
    forms = {each.indicator: form for each, form in page.context["forms"]}
    assert set(forms) == {bad, empty}
    assert forms[bad].errors == {"value": ["Dieser Indikator hat keine Nachkommastellen."]}
    assert (forms[bad]["value"].value(), forms[bad]["note"].value()) == ("7,5", "geschätzt")
    assert page.context["wrong"] == 1


def test_quick_entry_keeps_what_was_typed_when_somebody_was_faster() -> None:
    indicator, client = make_indicator(), client_of(make_user())
    make_value(indicator, END, 5)

    page = client.post("/indikatoren/erfassen/", together(line(indicator, value="6")))

    [(_line, form)] = page.context["forms"]
    assert form.errors == {
        "on": ["Für diesen Tag gibt es schon einen anderen Wert. Berichtigen Sie ihn beim Indikator."]
    }
    assert form["value"].value() == "6"
    assert IndicatorValue.objects.get().value == 5


def test_quick_entry_takes_no_day_of_another_period_and_no_foreign_line() -> None:
    own, other = make_municipality("Aadorf"), make_municipality("Bedorf")
    indicator, whole = make_indicator(per_municipality=True), make_indicator("Ganz")
    client = client_of(make_user(Role.MUNICIPALITY, own))

    client.post(
        "/indikatoren/erfassen/",
        together(
            line(indicator, own, value="1", on="2023-12-31"),
            line(indicator, other, value="1"),
            line(whole, value="1"),
        ),
    )

    assert stored() == []


def told(user: User, on: date) -> list[Entry]:
    return [entry for group in worklist_for(user, on) if group.key == "werte" for entry in group.entries]


def test_the_workplace_and_the_digest_tell_what_is_due() -> None:
    aadorf, _bedorf = make_municipality("Aadorf"), make_municipality("Bedorf")
    make_indicator("Orte", per_municipality=True)
    coordinator, editor = make_user(), make_user(Role.MUNICIPALITY, aadorf)

    soon, late = END + timedelta(days=24), END + timedelta(days=31)
    assert [(entry.title, entry.why) for entry in told(coordinator, soon)] == [
        ("Orte", "2 Werte fehlen (2 Kommunen), fällig zum 31.12.2024 (seit 24 Tagen).")
    ]
    [entry] = told(editor, late)
    assert entry.why == "Ein Wert fehlt, der älteste zum 31.12.2024, überfällig seit dem 30.01.2025."
    assert entry.url == "/indikatoren/erfassen/?indikator=orte"
    assert "werte" in [group.key for group in reminders_for(editor, late)]
    assert told(make_user(Role.STEERING), late) == []
    assert told(editor, END - timedelta(days=1)) == []


def test_quick_entry_opens_with_what_is_due_and_says_so_when_nothing_is() -> None:
    client, indicator = client_of(make_user()), make_indicator(collected_from=localdate())
    assert "Nichts ist fällig" in client.get("/indikatoren/erfassen/").content.decode()

    Indicator.objects.filter(pk=indicator.pk).update(collected_from=date(2024, 1, 1))

    page = client.get("/indikatoren/erfassen/")
    assert next(each.label for each, _form in page.context["forms"]) == "Jahr 2024"


def test_the_query_and_the_rule_agree_on_who_enters_what() -> None:
    place, net = make_municipality(), make_measure("Netz")
    make_indicator("Konzept")
    make_indicator("Netz", measure=net)
    make_indicator("Orte", measure=make_measure("Anderes"), per_municipality=True)
    users = [make_user(role, place if role == Role.MUNICIPALITY else None) for role in Role]

    for user in [*users, team_member(net)]:
        by_rule = [
            row.key for row in Indicator.objects.all() if user.has_perm("monitoring.enter_values", row)
        ]
        assert [row.key for row in Indicator.objects.entered_by(user)] == by_rule
