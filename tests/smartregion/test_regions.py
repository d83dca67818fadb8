"""Setting up a region from a file: what it writes, that it can run again, and how it complains."""

import copy
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import Model
from django.test import Client
from django.utils.timezone import localdate

from fields.models import ActionField
from governance.models import Committee
from measures.models import Measure, RolloutCell
from measures.services.measures import create_measure
from monitoring.models import ReportSchedule
from monitoring.periods import Period
from network.models import Municipality, Organisation, Region
from smartregion.base.history import event_model
from smartregion.base.models import LegalText
from smartregion.base.past_rows import rows_as_of
from smartregion.regions.reader import RegionFileError
from smartregion.regions.region import setup_region, start_of

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
MUSTERKREIS = Path(__file__).parent / "musterkreis.json"


def tracked_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if hasattr(model, "pgh_event_model")]


def changed(tmp_path: Path, change: Any) -> Path:
    """The made-up county's file after `change` has altered it."""
    content = copy.deepcopy(json.loads(MUSTERKREIS.read_text(encoding="utf-8")))
    change(content)
    path = tmp_path / "kreis.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_county_gets_its_report_schedules_and_a_page_for_each_legal_text(client: Client) -> None:
    for _ in range(2):
        setup_region(MUSTERKREIS)

    today = localdate()
    assert sorted(ReportSchedule.objects.values_list("kind", "audience", "first_period_start")) == [
        ("evaluation", "internal", Period.year(today).start),
        ("status", "internal", Period.quarter(today).start),
        ("status", "public", Period.quarter(today).start),
    ]
    pages = [client.get(f"/{address}/") for address in ("impressum", "datenschutz", "barrierefreiheit")]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert ["Dieser Text fehlt noch." in page.content.decode() for page in pages] == [False, True, True]


def test_a_county_is_set_up_from_its_file() -> None:
    setup_region(MUSTERKREIS)

    assert Region.objects.get().name == "Musterkreis"
    assert [str(row) for row in Municipality.objects.all()] == [
        "Aadorf",
        "Beestadt",
        "Ceehausen",
        "Deental",
        "Öhringsfeld",
    ]
    assert list(ActionField.objects.values_list("slug", flat=True)) == ["verkehr", "bildung"]
    assert Organisation.objects.get(slug="zv-digital").parent == Organisation.objects.get(slug="kreis")
    assert [seat.function for seat in Committee.objects.get(slug="steuerungsrunde").seats.all()] == [
        "Vorsitz"
    ]


def test_running_again_changes_nothing_and_writes_no_history() -> None:
    setup_region(MUSTERKREIS)
    before = {model: event_model(model)._base_manager.count() for model in tracked_models()}

    setup_region(MUSTERKREIS)

    assert {model: event_model(model)._base_manager.count() for model in tracked_models()} == before


def test_running_again_updates_by_key_and_deletes_nothing(tmp_path: Path) -> None:
    setup_region(MUSTERKREIS)

    def change(content: Any) -> None:
        content["municipalities"][0]["residents"] = 5100
        del content["municipalities"][4]

    setup_region(changed(tmp_path, change))

    assert Municipality.objects.get(ags="99001001").residents == 5100
    assert Municipality.objects.count() == 5


def test_the_wording_of_a_legal_text_stays_with_the_region() -> None:
    setup_region(MUSTERKREIS)
    LegalText.objects.filter(slug="imprint").update(body="Musterkreis, Hauptstraße 1")

    setup_region(MUSTERKREIS)

    assert LegalText.objects.get(slug="imprint").body == "Musterkreis, Hauptstraße 1"


def test_the_history_begins_on_the_day_the_file_is_valid_from() -> None:
    setup_region(MUSTERKREIS)

    assert len(rows_as_of(Municipality, start_of(date(2024, 3, 1)))) == 5
    assert rows_as_of(Municipality, start_of(date(2024, 2, 29))) == []


def without(*path: Any) -> Any:
    def change(content: Any) -> None:
        for step in path[:-1]:
            content = content[step]
        del content[path[-1]]

    return change


def having(*path: Any, value: Any) -> Any:
    def change(content: Any) -> None:
        for step in path[:-1]:
            content = content[step]
        content[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (without("region", "name"), "kreis.json.region.name: Die Angabe fehlt."),
        (without("municipalities", 2, "ags"), "kreis.json.municipalities[3].ags: Die Angabe fehlt."),
        (
            having("municipalities", 1, "ags", value="99001001"),
            "kreis.json.municipalities[2].ags: „99001001“ steht schon bei kreis.json.municipalities[1].",
        ),
        (
            having("municipalities", 1, "tile_column", value=0),
            "kreis.json.municipalities[2].tile_column: „Kachel Spalte / Zeile 0 / 0“ steht schon bei "
            "kreis.json.municipalities[1].",
        ),
        (
            having("organisations", 1, "parent", value="mond"),
            "kreis.json.organisations[2].parent: „mond“ ist nicht bekannt.",
        ),
        (
            having("committees", 0, "host", value="mond"),
            "kreis.json.committees[1].host: „mond“ ist nicht bekannt.",
        ),
        (
            having("municipalities", 0, "neighbours", value=[["99001002"]]),
            "kreis.json.municipalities[1].neighbours: „['99001002']“ ist nicht bekannt.",
        ),
        (
            having("municipalities", 0, "neighbours", value=["99001001"]),
            "kreis.json.municipalities[1].neighbours: „99001001“ ist nicht bekannt.",
        ),
        (
            having("municipalities", 0, "residents", value="viele"),
            "kreis.json.municipalities[1].residents: Hier muss eine ganze Zahl stehen.",
        ),
        (
            having("region", "nmae", value="x"),
            "kreis.json.region.nmae: Diese Angabe ist nicht bekannt. Stimmt die Schreibweise?",
        ),
        (
            having("region", value=[]),
            "kreis.json.region: Hier muss ein Objekt in geschweiften Klammern stehen.",
        ),
    ],
)
def test_a_mistake_is_one_sentence_with_its_place_and_nothing_is_written(
    tmp_path: Path, change: Any, sentence: str
) -> None:
    path = changed(tmp_path, change)

    with pytest.raises(CommandError) as refused:
        call_command("setup_region", str(path))

    assert str(refused.value) == sentence
    assert Region.objects.count() == 0


def test_a_file_that_is_not_there_or_not_json_is_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "kaputt.json"
    broken.write_text('{\n"region": ', encoding="utf-8")

    with pytest.raises(RegionFileError, match=r"^kaputt.json: Zeile 2 ist kein gültiges JSON.$"):
        setup_region(broken)
    with pytest.raises(RegionFileError, match=r"fehlt.json: Die Datei lässt sich nicht lesen.$"):
        setup_region(tmp_path / "fehlt.json")


def test_another_region_is_not_set_up_over_the_first(tmp_path: Path) -> None:
    setup_region(MUSTERKREIS)

    with pytest.raises(RegionFileError) as refused:
        setup_region(changed(tmp_path, having("region", "key", value="99002")))

    assert str(refused.value) == "kreis.json.region.key: Dieses Portal gehört schon der Region Musterkreis."


def test_a_made_up_county_has_a_working_portal(client: Client) -> None:
    setup_region(MUSTERKREIS)
    measure = Measure(
        no="M-1",
        title="Lernbus",
        field=ActionField.objects.get(slug="bildung"),
        lead=Organisation.objects.get(slug="kreis"),
        summary="Ein Bus voller Technik.",
        visibility="public",
    )
    create_measure(measure=measure, by=None)

    pages = ["/", "/handlungsfelder/bildung/", "/massnahmen/", "/massnahmen/lernbus/", "/roll-out/"]
    pages += ["/roll-out/karte/", "/kommunen/oehringsfeld/", "/gremien/", "/gremien/kreistag/"]
    pages += ["/berichte/", "/impressum/"]

    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert RolloutCell.objects.count() == 5


def test_no_place_of_the_shipped_region_is_named_in_code_or_templates() -> None:
    shipped = json.loads((ROOT / "fixtures" / "region.json").read_text(encoding="utf-8"))
    places = [shipped["region"]["name"].split()[-1], *(entry["name"] for entry in shipped["municipalities"])]
    names = {place.split()[0].lower() for place in places}
    tops = {"smartregion", "fields", "network", "measures", "governance", "monitoring", "templates", "bench"}
    kinds = {".py", ".html", ".svg", ".typ"}
    files = [path for top in tops for path in (ROOT / top).rglob("*") if path.suffix in kinds]

    named = [(str(path.relative_to(ROOT)), name) for path in files for name in names & words_of(path)]

    assert named == []


def words_of(path: Path) -> set[str]:
    """Whole words, since a short place name may be a part of an ordinary one."""
    return set(re.findall(r"[^\W\d_]+", path.read_text(encoding="utf-8").lower()))
