"""Money of a measure in the browser: who sees it, who changes it, and what contradicts."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.timezone import localdate

from measures.funding_clock import alarms
from measures.models import BudgetLine, CallOff, FundingProgramme, Grant, Measure, Milestone, Movement
from network.models import Municipality, Role, User
from smartregion.base.worklist import worklist_for
from tests.factories import (
    make_budget_line,
    make_call_off,
    make_field,
    make_grant,
    make_measure,
    make_movement,
    make_municipality,
    make_region,
    make_user,
)

pytestmark = pytest.mark.django_db
MONEY = "/massnahmen/netz/geld/"
TOLD_IN_MONEY = ["4.711,08", "Geheimprogramm", "AZ-4711", "Geheimer Auftrag"]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def coordinator() -> Client:
    return signed_in(make_user(Role.COORDINATION, name="Ada"))


@pytest.fixture
def measure() -> Measure:
    return make_measure("Netz")


def with_money(measure: Measure, place: Municipality | None = None) -> Grant:
    """Rows that bear every one of `TOLD_IN_MONEY`."""
    programme = FundingProgramme.objects.create(name="Geheimprogramm", funding_body="Land")
    grant = make_grant(measure, programme=programme, reference="AZ-4711", ends_on=localdate())
    make_call_off(grant, amount=Decimal("4711.08"))
    make_movement(measure, note="Geheimer Auftrag", amount=Decimal("4711.08"), grant=grant)
    if place:
        values = {"source": "municipality", "municipality": place, "amount": Decimal("4711.08")}
        make_budget_line(measure, **values)
    return grant


def said(page: Any) -> str:
    return [str(message) for message in page.context["messages"]][-1]


def whole(response: Any) -> str:
    return b"".join(response).decode(errors="replace")


def test_nothing_of_money_reaches_a_visitor(client: Client, measure: Measure) -> None:
    make_region()
    place = make_municipality("Aadorf")
    with_money(measure, place)
    Milestone.objects.create(measure=measure, title="Ende", planned_date=localdate() + timedelta(days=9))
    pages = [
        "/",
        "/massnahmen/",
        "/massnahmen/netz/",
        "/massnahmen/zeitplan/",
        "/massnahmen/export.csv",
        "/roll-out/",
        "/roll-out/export.csv",
        "/kommunen/aadorf/",
    ]

    seen = {page: whole(client.get(page)) for page in pages}

    words = [*TOLD_IN_MONEY, "/foerderung/", "/geld/", "Eigenanteil", "Ende der Förderung"]
    assert [(page, word) for page in pages for word in words if word in seen[page]] == []
    for closed in (MONEY, "/foerderung/", "/foerderung/export.xlsx", "/foerderung/export.csv"):
        assert client.get(closed)["Location"] == f"/anmelden/?next={closed}"
    account = signed_in(make_user(Role.COORDINATION))
    assert [word for word in TOLD_IN_MONEY if word not in whole(account.get(MONEY))] == []
    assert "Ende der Förderung" in whole(account.get("/massnahmen/netz/"))


def test_money_of_a_draft_is_known_to_the_coordinator_alone(coordinator: Client) -> None:
    make_region()
    place = make_municipality("Aadorf")
    grant = with_money(make_measure("Netz", visibility="draft"), place)
    FundingProgramme.objects.filter(pk=grant.programme_id).update(name="Programm")
    editor = signed_in(make_user(Role.MUNICIPALITY, place))

    assert editor.get(MONEY).status_code == 404
    for page in ("/foerderung/", "/foerderung/export.csv", "/kommunen/aadorf/"):
        assert [word for word in TOLD_IN_MONEY if word in whole(editor.get(page))] == []
        assert "4711,08" not in whole(editor.get(page))
    assert "4.711,08" in whole(coordinator.get("/foerderung/"))
    assert "4711,08" in whole(coordinator.get("/foerderung/export.csv"))


def test_every_account_sees_money_and_only_the_coordinator_changes_it(measure: Measure) -> None:
    place = make_municipality("Aadorf")
    line = make_budget_line(measure)
    below = ["ansaetze/neu/", *(f"ansaetze/{line.pk}/{verb}" for verb in ("", "loeschen/", "rueckgaengig/"))]
    for role in Role:
        account = signed_in(make_user(role, place if role == Role.MUNICIPALITY else None))
        page = account.get(MONEY)
        may_change = role == Role.COORDINATION
        assert page.status_code == 200
        assert (b"/ansaetze/" in page.content) == may_change
        for address in below:
            assert (account.post(MONEY + address).status_code == 404) == (not may_change), (role, address)
        assert (account.get("/foerderung/programme/neu/").status_code == 200) == may_change
    assert BudgetLine.objects.count() == 1


def form_of(kind: str, grant: Grant) -> dict[str, Any]:
    return {
        "ansaetze": {"year": 2025, "source": "grant", "grant": grant.pk, "amount": "1.573,45"},
        "zuwendungen": {
            "programme": grant.programme_id,
            "reference": "DR-9",
            "starts_on": "2024-01-01",
            "ends_on": "2025-12-31",
            "amount": "1573,45 €",
        },
        "abrufe": {"grant": grant.pk, "due_on": "2025-03-31", "amount": "1573.45"},
        "buchungen": {"kind": "outflow", "on": "2025-03-31", "amount": "1.573,45", "note": "Rechnung"},
    }[kind]


@pytest.mark.parametrize(
    ("kind", "model"),
    [("ansaetze", BudgetLine), ("zuwendungen", Grant), ("abrufe", CallOff), ("buchungen", Movement)],
)
def test_each_kind_of_row_is_added_edited_undone_deleted_and_restored(
    coordinator: Client, measure: Measure, kind: str, model: Any
) -> None:
    typed = form_of(kind, make_grant(measure))

    assert coordinator.get(f"{MONEY}{kind}/neu/").status_code == 200
    added = coordinator.post(f"{MONEY}{kind}/neu/", typed)
    row = model.objects.order_by("pk").last()
    assert added["Location"] == f"{MONEY}#{model.anchor}"
    assert (row.measure, row.amount) == (measure, Decimal("1573.45"))

    address = f"{MONEY}{kind}/{row.pk}/"
    assert 'value="1.573,45"' in coordinator.get(address).content.decode()
    coordinator.post(address, {**typed, "amount": "20", "version": 1, "reason_for_change": "Nachtrag"})
    last = coordinator.get("/massnahmen/netz/").context["changes"][0]
    assert (last.by, last.reason) == ("Ada", "Nachtrag")
    assert [(field.before, field.after) for field in last.fields] == [("1.573,45\u00a0€", "20,00\u00a0€")]
    conflict = coordinator.post(address, {**typed, "amount": "30", "version": 1})
    assert conflict.status_code == 409
    assert 'value="30"' in conflict.content.decode()

    coordinator.post(f"{address}rueckgaengig/?version=2")
    assert model.objects.get(pk=row.pk).amount == Decimal("1573.45")

    assert coordinator.get(f"{address}loeschen/").status_code == 200
    coordinator.post(f"{address}loeschen/", {"version": 2})
    assert model.objects.filter(pk=row.pk).exists()
    removed = coordinator.post(f"{address}loeschen/", {"version": 3})
    assert removed["Location"] == f"{MONEY}#{model.anchor}"
    assert not model.objects.filter(pk=row.pk).exists()
    coordinator.post(f"{address}wiederherstellen/")
    assert model.objects.get(pk=row.pk).amount == Decimal("1573.45")


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("ansaetze", {"amount": "viel"}, "amount"),
        ("ansaetze", {"amount": "-1"}, "amount"),
        ("ansaetze", {"amount": "1.000.000.000"}, "amount"),
        ("ansaetze", {"year": "20244"}, "year"),
        ("ansaetze", {"grant": ""}, "grant"),
        ("ansaetze", {"source": "municipality"}, "municipality"),
        ("ansaetze", {"source": "other"}, "grant"),
        ("zuwendungen", {"amount": "0"}, "amount"),
        ("zuwendungen", {"ends_on": "2023-12-31"}, "ends_on"),
        ("abrufe", {"done_on": str(localdate() + timedelta(days=1))}, "done_on"),
        ("buchungen", {"on": str(localdate() + timedelta(days=1))}, "on"),
        ("buchungen", {"note": ""}, "note"),
    ],
)
def test_a_row_that_cannot_be_is_refused_at_its_field(
    coordinator: Client, measure: Measure, kind: str, values: dict[str, str], field: str
) -> None:
    typed = {**form_of(kind, make_grant(measure)), **values}

    page = coordinator.post(f"{MONEY}{kind}/neu/", typed)

    assert list(page.context["form"].errors)[:1] == [field]


def test_a_grant_of_another_measure_is_no_choice_and_no_row(coordinator: Client, measure: Measure) -> None:
    foreign = make_grant(make_measure("Karte"))

    page = coordinator.post(f"{MONEY}ansaetze/neu/", form_of("ansaetze", foreign))
    assert list(page.context["form"].errors)[:1] == ["grant"]

    for make, values in (
        (make_budget_line, {"source": "grant"}),
        (make_movement, {}),
        (CallOff.objects.create, {"due_on": date(2024, 5, 1), "amount": 1}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make(measure=measure, grant=foreign, **values)


def test_the_database_refuses_what_no_row_may_be(measure: Measure) -> None:
    place, grant = make_municipality(), make_grant(measure)
    make_budget_line(measure)
    make_call_off(grant)
    wrong: list[tuple[Any, dict[str, Any]]] = [
        (make_budget_line, {"year": 2024}),
        (make_budget_line, {"year": 1999}),
        (make_budget_line, {"year": 2025, "amount": Decimal("-0.01")}),
        (make_budget_line, {"year": 2025, "amount": 1_000_000_000}),
        (make_budget_line, {"year": 2025, "municipality": place}),
        (make_budget_line, {"year": 2025, "source": "municipality"}),
        (make_budget_line, {"year": 2025, "source": "grant"}),
        (make_budget_line, {"year": 2025, "source": "other", "grant": grant}),
        (make_movement, {"amount": 0}),
        (make_movement, {"on": date(1999, 12, 31)}),
        (make_grant, {"amount": -5}),
        (make_grant, {"ends_on": date(2023, 12, 31)}),
        (make_grant, {"reference": grant.reference}),
    ]
    for make, values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            make(measure, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_call_off(grant)

    make_budget_line(measure, year=2025, amount=0)
    make_budget_line(measure, year=2025, source="municipality", municipality=place, grant=grant)


def test_a_grant_with_rows_of_its_own_stays_and_says_why(coordinator: Client, measure: Measure) -> None:
    grant = make_grant(measure)
    make_call_off(grant)
    make_movement(measure, grant=grant)

    page = coordinator.post(f"{MONEY}zuwendungen/{grant.pk}/loeschen/", {"version": 1}, follow=True)

    assert "2 Ansätze, Abrufe oder Buchungen gehören dazu" in said(page)
    assert Grant.objects.get() == grant


def test_what_several_rows_contradict_is_shown(coordinator: Client, measure: Measure) -> None:
    grant = make_grant(measure, reference="DR-1")
    make_budget_line(measure, source="grant", grant=grant, amount=10_000)
    make_call_off(grant, amount=10_000, done_on=date(2024, 7, 1))
    make_movement(measure, amount=500)
    make_movement(measure, kind="outflow", amount=500, grant=grant)
    assert coordinator.get(MONEY).context["contradictions"] == []

    make_budget_line(measure, year=2025, source="grant", grant=grant, amount=Decimal("0.01"))
    make_call_off(grant, due_on=date(2024, 8, 1), amount=Decimal("0.01"))
    make_movement(measure, kind="outflow", amount=Decimal("0.01"), grant=grant, on=date(2025, 1, 1))

    assert [
        sentence.replace("\u00a0", " ") for sentence in coordinator.get(MONEY).context["contradictions"]
    ] == [
        "Aus „Digitale Region, DR-1“ sind 10.000,01 € geplant, bewilligt sind 10.000,00 €.",
        "Die Abrufe aus „Digitale Region, DR-1“ ergeben 10.000,01 €, bewilligt sind 10.000,00 €.",
        "Abgeflossen sind 500,01 €, gebunden nur 500,00 €. Fehlt eine Mittelbindung?",
        "Ein Mittelabfluss über 0,01 € liegt außerhalb des Bewilligungszeitraums seiner Zuwendung.",
    ]


def clock(on: date) -> list[tuple[str, str]]:
    return [
        (alarm.severity.name, alarm.text.replace("\u00a0", " ")) for alarm in alarms(Grant.objects.all(), on)
    ]


def test_the_clock_tells_of_milestones_past_the_grants_end(measure: Measure) -> None:
    grant = make_grant(measure, reference="DR-1")
    milestone = Milestone.objects.create(measure=measure, title="Netz", planned_date=date(2024, 12, 31))
    long_before = date(2024, 1, 1)
    assert clock(long_before) == []

    Milestone.objects.filter(pk=milestone.pk).update(forecast_date=date(2025, 1, 1))
    text = (
        "Der Meilenstein „Netz“ wird am 01.01.2025 erwartet, 1 Tag nach dem Ende der Bewilligung am "
        "31.12.2024 (Digitale Region, DR-1)."
    )
    assert clock(long_before) == [("NOW", text)]

    make_call_off(grant, amount=10_000, done_on=long_before)
    assert clock(long_before) == [("INFO", text)]
    for change in ({"actual_date": date(2025, 1, 1)}, {"actual_date": None}):
        Milestone.objects.filter(pk=milestone.pk).update(**change)
        assert len(clock(long_before)) == (change["actual_date"] is None)
    Measure.objects.update(status="completed")
    assert clock(long_before) == []


def test_the_clock_tells_of_money_that_is_not_called_off(measure: Measure) -> None:
    grant = make_grant(measure, reference="DR-1")
    assert clock(date(2024, 10, 1)) == []
    assert clock(date(2024, 10, 2)) == [
        (
            "SOON",
            "Die Bewilligung (Digitale Region, DR-1) endet in 90 Tagen am 31.12.2024; "
            "10.000,00 € sind noch nicht abgerufen.",
        )
    ]
    assert clock(date(2025, 1, 1)) == [
        (
            "NOW",
            "Die Bewilligung (Digitale Region, DR-1) ist seit 1 Tag abgelaufen; "
            "10.000,00 € sind nicht abgerufen.",
        )
    ]
    make_call_off(grant, amount=10_000, due_on=date(2024, 6, 30), done_on=date(2024, 6, 1))
    assert clock(date(2025, 1, 1)) == []


def test_the_workplace_leads_the_coordinator_to_the_fix(measure: Measure) -> None:
    today = localdate()
    grant = make_grant(measure, ends_on=today + timedelta(days=400))
    due = make_call_off(grant, due_on=today + timedelta(days=10))
    make_call_off(grant, due_on=today + timedelta(days=31))
    late = Milestone.objects.create(measure=measure, title="Netz", planned_date=today + timedelta(days=401))

    [group] = [
        group for group in worklist_for(make_user(Role.COORDINATION), today) if group.key == "foerderung"
    ]

    assert [entry.url for entry in group.entries] == [
        f"{MONEY}abrufe/{due.pk}/",
        f"/massnahmen/netz/meilensteine/{late.pk}/",
    ]
    for role in (Role.TEAM, Role.STEERING, Role.ADMINISTRATION):
        groups = worklist_for(make_user(role), today)
        assert "foerderung" not in [group.key for group in groups]


def test_a_municipality_finds_its_own_shares_and_nobody_elses(measure: Measure) -> None:
    make_region()
    own, other = make_municipality("Aadorf"), make_municipality("Bedorf")
    for place, amount in ((own, Decimal("1573.45")), (other, Decimal("99.99"))):
        make_budget_line(measure, source="municipality", municipality=place, amount=amount)
    editor = signed_in(make_user(Role.MUNICIPALITY, own))

    page = editor.get("/kommunen/aadorf/").content.decode()
    assert ("Ihr Eigenanteil" in page, "1.573,45\u00a0€" in page, "99,99" in page) == (True, True, False)
    assert "99,99" not in editor.get("/kommunen/bedorf/").content.decode()
    for role in (Role.TEAM, Role.STEERING):
        assert "1.573,45" not in signed_in(make_user(role)).get("/kommunen/aadorf/").content.decode()
    assert "99,99" in signed_in(make_user(Role.COORDINATION)).get("/kommunen/bedorf/").content.decode()


def test_a_programme_is_created_edited_and_the_edit_undone(coordinator: Client) -> None:
    make_region()
    coordinator.post("/foerderung/programme/neu/", {"name": "Neu", "funding_body": "Land"})
    programme = FundingProgramme.objects.get()
    address = f"/foerderung/programme/{programme.pk}/"
    twice = coordinator.post("/foerderung/programme/neu/", {"name": "Neu", "funding_body": "Land"})
    assert list(twice.context["form"].errors) == ["name"]

    coordinator.post(address, {"name": "Anders", "funding_body": "Land", "version": 1})
    assert coordinator.post(address, {"name": "X", "funding_body": "Y", "version": 1}).status_code == 409
    coordinator.post(f"{address}rueckgaengig/?version=2")

    assert FundingProgramme.objects.get().name == "Neu"
    assert "Neu" in coordinator.get("/foerderung/").content.decode()


def test_municipalities_stand_in_alphabetical_order_whatever_they_bear(
    coordinator: Client, measure: Measure
) -> None:
    for name, amount in (("Zehdorf", 9_000), ("Ähdorf", 1), ("Bedorf", 500)):
        share = {"source": "municipality", "municipality": make_municipality(name), "amount": amount}
        make_budget_line(measure, **share)
    make_budget_line(measure)

    assert [row.head for row in coordinator.get(MONEY).context["plan"].rows] == [
        "Eigenmittel des Kreises",
        "Eigenanteil: Ähdorf",
        "Eigenanteil: Bedorf",
        "Eigenanteil: Zehdorf",
    ]


def test_the_overview_and_its_files_show_the_money_of_the_chosen_field_alone(client: Client) -> None:
    make_region()
    client.force_login(make_user(Role.COORDINATION))
    for name in ("Energie", "Wasser"):
        measure = make_measure(f"Netz {name}", field=make_field(name))
        make_budget_line(measure, amount=100)
        make_grant(measure)

    page = client.get("/foerderung/?field=energie")
    table = b"".join(client.get("/foerderung/export.csv?field=energie")).decode()  # type: ignore[arg-type]

    overview = page.context["overview"]
    assert [measure.title for measure, _figures in overview.by_measure] == ["Netz Energie"]
    assert [sheet.grant.measure.title for sheet in overview.grants] == ["Netz Energie"]
    assert ["Netz Energie" in table, "Netz Wasser" in table] == [True, False]
    assert 'href="/foerderung/export.csv?field=energie"' in page.content.decode()
    unknown = client.get("/foerderung/?field=mond")
    assert "kennt den Wert „mond“ nicht" in unknown.content.decode()
    assert len(unknown.context["overview"].by_measure) == 2
