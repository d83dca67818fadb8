"""Pages of indicators: what they show, to whom, and how the coordinator edits them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.timezone import localdate

from measures.models import TeamMember
from monitoring.models import Indicator, IndicatorTarget, IndicatorValue
from network.models import Municipality, Role
from smartregion.base.panels import panels_for
from tests.factories import (
    make_field,
    make_measure,
    make_municipality,
    make_organisation,
    make_region,
    make_user,
)
from tests.monitoring.indicator_rows import make_indicator, make_target, make_value

pytestmark = pytest.mark.django_db
DAY = date(2024, 12, 31)


@pytest.fixture(autouse=True)
def region() -> None:
    make_region()


def signed_in(role: Role = Role.COORDINATION, **values: Any) -> Client:
    client = Client()
    client.force_login(make_user(role, **values))
    return client


def names(client: Client, query: str = "") -> list[str]:
    return [row.indicator.name for row in client.get(f"/indikatoren/{query}").context["rows"]]


def sent(**changed: Any) -> dict[str, Any]:
    """What the coordinator's form sends for a new indicator."""
    return {
        "name": "Fahrten",
        "level": "outcome",
        "unit": "Stück",
        "decimals": 0,
        "direction": "rise",
        "source": "Zähler",
        "rhythm": "yearly",
        "collected_from": "2024-01-01",
        "visibility": "internal",
        **changed,
    }


def test_a_visitor_sees_public_indicators_only_and_no_trace_of_others() -> None:
    hidden = make_measure("Geheimnetz", visibility="internal", field=make_field("Energie"))
    make_indicator("Offen")
    make_value(make_indicator("Intern", visibility="internal", sdgs=[7]))
    make_indicator("Entwurf", visibility="draft")
    make_indicator("Der Maßnahme", measure=hidden, u4ssc="Verborgen")
    visitor, member, coordinator = Client(), signed_in(Role.STEERING), signed_in()

    assert names(visitor) == ["Offen"]
    assert names(member) == ["Der Maßnahme", "Intern", "Offen"]
    assert names(coordinator) == ["Der Maßnahme", "Entwurf", "Intern", "Offen"]
    page = visitor.get("/indikatoren/").content.decode()
    assert [word for word in ("SDG 7", "Verborgen", "Geheimnetz", "Intern") if word in page] == []
    for address in ("/indikatoren/export.csv", "/indikatoren/werte/export.csv"):
        lines = b"".join(visitor.get(address)).decode().splitlines()
        assert [line for line in lines[1:] if "Offen" not in line] == []
    assert visitor.get("/indikatoren/intern/").status_code == 404
    assert visitor.get("/indikatoren/?level=output&visibility=draft").status_code == 200
    assert names(visitor, "?visibility=draft") == ["Offen"]


def test_panels_show_what_their_reader_may_see() -> None:
    place, measure = make_municipality(), make_measure()
    for visibility in ("public", "internal"):
        make_value(make_indicator(f"M {visibility}", measure=measure, visibility=visibility))
        make_value(make_indicator(f"F {visibility}", field=measure.field, visibility=visibility))
        make_value(make_indicator(f"K {visibility}", level="impact", visibility=visibility))
        make_indicator(f"P {visibility}", per_municipality=True, measure=measure, visibility=visibility)

    def shown(subject: str, row: Any, user: Any) -> list[str]:
        panel = next(panel for panel in panels_for(subject, row, user) if panel["key"] == "indicators")
        rows = panel.get("rows") or [place.shown for place in panel["places"]]
        return sorted(row.indicator.name for row in rows)

    visitor, member = AnonymousUser(), make_user(Role.STEERING)
    assert shown("measure", measure, visitor) == ["M public", "P public"]
    assert shown("measure", measure, member) == ["M internal", "M public", "P internal", "P public"]
    assert shown("field", measure.field, visitor) == ["F public"]
    assert shown("concept", measure.field.concept, visitor) == shown("home", None, visitor) == ["K public"]
    assert shown("municipality", place, visitor) == ["P public"]
    for address in ("/", "/konzept/", f"/handlungsfelder/{measure.field.slug}/", f"/kommunen/{place.slug}/"):
        assert Client().get(address).status_code == 200


def test_the_list_filters_by_what_is_computed_and_sorts() -> None:
    today = localdate()
    ahead = make_indicator(
        "Voran", baseline=0, baseline_on=DAY, collected_from=today, sdgs=[11, 2], level="impact"
    )
    behind = make_indicator("Zurück", baseline=0, baseline_on=DAY, collected_from=today, field=make_field())
    make_indicator("Überfällig", collected_from=date(2020, 1, 1), u4ssc="Wasser")
    for indicator, value in ((ahead, 10), (behind, -5)):
        make_target(indicator, today, 10)
        make_value(indicator, today, value)
    client = Client()

    assert names(client, "?on_target=yes") == ["Voran"]
    assert names(client, "?on_target=no") == ["Zurück"]
    assert names(client, "?due=overdue") == ["Überfällig"]
    assert names(client, "?tag=SDG 11") == ["Voran"]
    assert names(client, "?field=mobilitaet") == ["Zurück"]
    assert names(client, "?q=über") == ["Überfällig"]
    assert names(client, "?level=impact") == ["Voran"]
    assert names(client, "?o=attainment") == ["Zurück", "Voran", "Überfällig"]
    assert [
        tag for tag, _ in client.get("/indikatoren/").context["filter"].filters["tag"].extra["choices"]
    ] == [
        "SDG 2",
        "SDG 11",
        "U4SSC: Wasser",
    ]


def test_the_page_of_a_falling_target_tells_its_attainment_and_that_there_was_no_value() -> None:
    indicator = make_indicator(direction="fall", baseline=100, baseline_on=date(2024, 1, 1))
    make_target(indicator, date(2025, 12, 31), 60)
    make_value(indicator, DAY, 80)
    make_value(indicator, date(2025, 12, 31), None, note="Zähler defekt")

    page = Client().get(indicator.get_absolute_url())

    assert (page.context["standing"].attainment, page.context["standing"].on_target) == (50, "yes")
    text = page.content.decode()
    assert "Zum 31.12.2025 gab es keinen Wert." in text
    assert "Zähler defekt" in text


def test_municipalities_stand_in_alphabetical_order_whatever_their_values() -> None:
    for name in ("Bedorf", "Ädorf", "Cedorf"):
        make_municipality(name)
    indicator = make_indicator(per_municipality=True)
    places = {place.name: place for place in Municipality.objects.all()}
    for number, name in enumerate(("Cedorf", "Bedorf", "Ädorf")):
        make_value(indicator, DAY, number, places[name])

    page = Client().get(indicator.get_absolute_url())

    assert [place.municipality.name for place in page.context["places"]] == ["Ädorf", "Bedorf", "Cedorf"]
    assert (page.context["standing"].value, page.context["standing"].counted) == (Decimal(3), 3)


def test_the_coordinator_creates_edits_and_takes_back() -> None:
    client = signed_in()
    client.post("/indikatoren/neu/", sent(name="Erfassen"))
    indicator = Indicator.objects.get()
    assert indicator.key == "erfassen-2"  # the plain word is the address of a page

    address = indicator.get_absolute_url()
    client.post(f"{address}bearbeiten/", sent(name="Neu", version=1, reason_for_change="Klarer"))
    indicator.refresh_from_db()
    assert (indicator.name, indicator.key, indicator.version) == ("Neu", "erfassen-2", 2)
    assert client.post(f"{address}bearbeiten/", sent(name="Alt", version=1)).status_code == 409
    client.post(f"{address}rueckgaengig/?version=2")
    indicator.refresh_from_db()
    assert indicator.name == "Erfassen"
    assert "Klarer" in client.get(address).content.decode()


def test_deleting_takes_targets_and_values_along_and_undoing_brings_all_back() -> None:
    client, indicator = signed_in(), make_indicator()
    make_target(indicator, DAY, 5)
    make_value(indicator)
    removed = make_target(indicator, date(2030, 1, 1), 9)
    removed.delete()

    client.post(f"{indicator.get_absolute_url()}loeschen/", {"version": 1})
    assert (Indicator.objects.count(), IndicatorValue.objects.count()) == (0, 0)
    client.post(f"/indikatoren/geloescht/{indicator.pk}/wiederherstellen/")

    assert Indicator.objects.get().key == indicator.key
    assert [target.value for target in IndicatorTarget.objects.all()] == [5]
    assert [value.value for value in IndicatorValue.objects.all()] == [1]
    assert client.post(f"/indikatoren/geloescht/{indicator.pk}/wiederherstellen/").status_code == 404


def test_a_stale_deletion_deletes_nothing() -> None:
    client, indicator = signed_in(), make_indicator()
    indicator.save_over(1)

    client.post(f"{indicator.get_absolute_url()}loeschen/", {"version": 1})

    assert Indicator.objects.count() == 1


def test_targets_are_added_changed_removed_and_brought_back() -> None:
    client, indicator = signed_in(), make_indicator(baseline=10, baseline_on=DAY)
    address = f"{indicator.get_absolute_url()}ziele/"

    client.post(f"{address}neu/", {"on": "2030-12-31", "value": "1.500,5"})
    target = IndicatorTarget.objects.get()
    assert target.value == Decimal("1500.5")
    wrong = client.post(f"{address}neu/", {"on": "2031-12-31", "value": "5"})
    assert wrong.context["form"].errors.as_data()["__all__"][0].messages == [
        "Vom Ausgangswert 10 aus liegt das Ziel nicht in der Richtung „soll steigen“."
    ]
    client.post(f"{address}{target.pk}/", {"on": "2030-12-31", "value": "20", "version": 1})
    client.post(f"{address}{target.pk}/entfernen/", {"version": 1})
    assert IndicatorTarget.objects.get().value == 20
    client.post(f"{address}{target.pk}/entfernen/", {"version": 2})
    assert IndicatorTarget.objects.count() == 0
    client.post(f"{address}{target.pk}/wiederherstellen/")
    assert IndicatorTarget.objects.get().value == 20


@pytest.mark.parametrize("role", [Role.STEERING, Role.TEAM, Role.ADMINISTRATION])
def test_only_the_coordinator_keeps_indicators(role: Role) -> None:
    indicator, client = make_indicator(), signed_in(role)
    address = indicator.get_absolute_url()

    assert client.get("/indikatoren/neu/").status_code == 403
    for word in ("bearbeiten/", "loeschen/", "ziele/neu/"):
        assert client.get(f"{address}{word}").status_code == 404
    assert client.post(f"{address}loeschen/", {"version": 1}).status_code == 404
    assert Indicator.objects.count() == 1


def test_becoming_public_has_to_be_confirmed() -> None:
    client = signed_in()

    asked = client.post("/indikatoren/neu/", sent(visibility="public"))
    assert "confirm_visibility" in asked.context["form"].errors
    client.post("/indikatoren/neu/", sent(visibility="public", confirm_visibility="on"))

    assert Indicator.objects.get().visibility == "public"


def test_the_database_refuses_contradictions() -> None:
    place = make_municipality()
    indicator = make_indicator()
    make_value(indicator)
    for wrong in (
        lambda: make_indicator("A", measure=make_measure(), field=make_field()),
        lambda: make_indicator("B", baseline=1),
        lambda: make_indicator("C", per_municipality=True, combination=""),
        lambda: make_value(indicator),
        lambda: make_value(indicator, date(2023, 1, 1), None),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()
    value = IndicatorValue(indicator=indicator, on=DAY, value=1, municipality=place)
    with pytest.raises(ValidationError, match="nicht je Kommune"):
        value.clean()


def test_the_history_is_for_accounts_and_hides_what_was_hidden() -> None:
    indicator = make_indicator(visibility="draft")
    value = make_value(indicator, note="Entwurf, geheim")
    indicator.visibility = "internal"
    indicator.save_over(1)
    value.note = "geprüft"
    value.save_over(1)
    member, visitor = signed_in(Role.STEERING), Client()
    indicator.visibility = "public"
    indicator.save_over(2)

    page = member.get(indicator.get_absolute_url())
    told = [(change.subject, [field.after for field in change.fields]) for change in page.context["changes"]]

    assert ("Wert vom 31.12.2024", []) in told  # its first shown event has nothing before it
    assert "geheim" not in page.content.decode()
    assert visitor.get(indicator.get_absolute_url()).context["changes"] is None


def test_the_history_hides_what_happened_while_the_measure_was_hidden() -> None:
    measure = make_measure(visibility="draft")
    indicator = make_indicator("Entwurf, geheim", measure=measure, visibility="internal")
    indicator.name = "Geprüft"
    indicator.save_over(1)
    measure.visibility = "internal"
    measure.save_over(1)
    address = indicator.get_absolute_url()

    shown, all_of_it = (signed_in(role).get(address) for role in (Role.STEERING, Role.COORDINATION))

    told = [
        [change.before for entry in page.context["changes"] for change in entry.fields]
        for page in (shown, all_of_it)
    ]
    assert told == [[], ["Entwurf, geheim"]]


def test_a_team_member_sees_the_button_of_its_own_measure_only() -> None:
    own, other = make_measure("Netz"), make_measure("Anderes")
    editor = make_user(Role.TEAM)
    TeamMember.objects.create(
        measure=own, organisation=make_organisation(), sector="civil", function="Leitung", user=editor
    )
    client = Client()
    client.force_login(editor)

    enters = [
        client.get(make_indicator(measure.title, measure=measure).get_absolute_url()).context["enters"]
        for measure in (own, other)
    ]

    assert enters == [True, False]


def test_a_municipality_without_values_is_shown_with_a_dash() -> None:
    place = make_municipality()
    indicator = make_indicator(per_municipality=True)

    for address in (indicator.get_absolute_url(), place.get_absolute_url()):
        assert Client().get(address).status_code == 200
