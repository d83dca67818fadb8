"""The one-page profile for a council: public, one page, conforming, the same bytes for the same day."""

import io
import re
from datetime import date
from typing import Any

import page as validator
import pikepdf
import pytest
from django.test import Client

from fields.models import ActionField
from measures import profile as profile_module
from measures.models import Measure, PlannedStart
from measures.profile import compile_profile, profile_of, tag_of
from network.models import Municipality, Region, Role
from tests.factories import make_measure, make_municipality, make_region, make_user, set_cell
from tests.monitoring.pdf_text import pdf_text, squeezed
from tests.pdf_check import failures

pytestmark = pytest.mark.django_db
ADDRESS, DAY = "/kommunen/aadorf/profil.pdf", date(2026, 11, 25)


@pytest.fixture
def place() -> Municipality:
    make_region()
    make_municipality("Bedorf")
    return make_municipality("Aadorf", 12_345)


def fill(place: Municipality, number: int, title: str = "Sensornetz") -> None:
    for index in range(number):
        stage = ("live", "preparing", "not_started")[index % 3]
        set_cell(
            make_measure(f"{title} {index}"), place, stage=stage, since=date(2024, 5, 1), evidence="Netz"
        )


def pages(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


def made(place: Municipality, on: date = DAY) -> bytes:
    return compile_profile(profile_of(place, on), on)


@pytest.mark.parametrize(("number", "rest"), [(0, False), (14, False), (90, True)])
def test_one_conforming_page_at_every_size_and_what_does_not_fit_is_counted(
    place: Municipality, number: int, rest: bool
) -> None:
    fill(place, number)
    pdf = made(place)
    text = pdf_text(pdf)

    assert (failures(pdf), pages(pdf)) == ({"ua1": [], "2a": []}, 1)
    shown = text.count("Sensornetz")
    counted = re.search(r"und(\d+)weitere", text)
    assert (counted is not None) == rest
    assert shown + (int(counted[1]) if counted else 0) == number


def test_the_longest_texts_stay_on_one_conforming_page(place: Municipality) -> None:
    fill(place, 30, "Wörter und W" * 12)
    ActionField.objects.update(name="W" * ActionField._meta.get_field("name").max_length)
    Region.objects.update(
        residents_note="Quelle " * 28, boundary_note="Karte " * 33, example_notice="Hinweis " * 500
    )
    Municipality.objects.filter(pk=place.pk).update(name="A" * 120, official_name="Gemeinde " * 17)
    Measure.objects.update(is_example=True)
    pdf = made(Municipality.objects.get(pk=place.pk))

    assert (failures(pdf), pages(pdf)) == ({"ua1": [], "2a": []}, 1)


def test_the_validator_rejects_the_page_when_the_map_loses_its_alternative_text(place: Municipality) -> None:
    with pikepdf.open(io.BytesIO(made(place))) as document:
        figures = [each for each in document.objects if isinstance(each, pikepdf.Dictionary)]
        figure = next(each for each in figures if each.get("/S") == "/Figure")
        del figure["/Alt"]
        broken = io.BytesIO()
        document.save(broken)

    found = validator.validate_pdf_bytes(broken.getvalue(), profile="ua1").failures
    assert [failure.rule_id for failure in found] == ["PDFUA1-FIGURE-ALTERNATIVE-TEXT-001"]


def test_the_page_says_figures_rule_residents_sources_and_day(place: Municipality) -> None:
    fill(place, 4)
    set_cell(make_measure("Bad"), place, stage="not_affected")
    profile = profile_of(place, DAY)

    assert [figure["value"] for figure in profile["figures"]] == [4, 2, 1]
    text = pdf_text(made(place))
    expected = ["12.345 Einwohnerinnen und Einwohner", "31.12.2018", "Stand: 25.11.2026", "Testdaten"]
    expected += ["Gezählt sind öffentliche Maßnahmen.", "01.05.2024", "Mobilität"]
    assert [words for words in expected if squeezed(words) not in text] == []
    assert ("Bad" in text, "Beispiel" in text) == (False, False)


def test_example_data_is_labelled(place: Municipality) -> None:
    fill(place, 1)
    Measure.objects.update(is_example=True)
    Region.objects.update(example_notice="Frei erfunden.")

    text = pdf_text(made(place))
    assert ("Beispieldaten:Freierfunden." in text, "(Beispiel)" in text) == (True, True)


HIDDEN: list[dict[str, Any]] = [
    {"visibility": "internal"},
    {"visibility": "draft"},
    {"archived_at": "2024-06-01T00:00Z"},
]


@pytest.mark.parametrize("hide", HIDDEN)
@pytest.mark.parametrize("role", [None, Role.COORDINATION, Role.MUNICIPALITY])
def test_everybody_gets_the_same_public_page(
    place: Municipality, role: Role | None, hide: dict[str, Any]
) -> None:
    """With a hidden measure, an inner note, a contact and a plan that could all leak."""
    fill(place, 2)
    open_page = Client().get(ADDRESS).content
    hidden = make_measure("Geheim")
    PlannedStart.objects.create(measure=hidden, municipality=place, quarter=date(2030, 1, 1))
    PlannedStart.objects.create(measure=Measure.objects.first(), municipality=place, quarter=date(2030, 1, 1))
    set_cell(
        hidden, place, stage="live", since=date(2024, 5, 1), evidence="Netz", contact="Amt", note="Notiz"
    )
    Measure.objects.filter(pk=hidden.pk).update(**hide)
    client = Client()
    if role:
        client.force_login(make_user(role, place if role == Role.MUNICIPALITY else None))

    assert client.get(ADDRESS).content == open_page


def test_without_hiding_the_page_would_have_been_another_one(place: Municipality) -> None:
    before = Client().get(ADDRESS).content
    fill(place, 1)

    assert Client().get(ADDRESS).content != before


def test_the_same_data_of_the_same_day_are_the_same_bytes_and_need_no_second_sending(
    place: Municipality,
) -> None:
    fill(place, 5)
    first = made(place)
    profile_module._compiled.cache_clear()
    assert made(place) == first
    assert tag_of(profile_of(place, date(2026, 11, 26))) != tag_of(profile_of(place, DAY))
    answer = Client().get(ADDRESS)
    again = Client().get(ADDRESS, headers={"If-None-Match": answer["ETag"]})

    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "public, no-cache")
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"])
    set_cell(Measure.objects.all()[0], place, since=date(2024, 6, 1))
    assert Client().get(ADDRESS, headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_markup_in_a_title_is_printed_and_not_obeyed(place: Municipality) -> None:
    markup = '#panic("x") *fett* $x$ `c` \\ [a] #read("profile.typ") 漢'
    make_measure(markup)

    assert squeezed(markup.replace("漢", "◊")) in pdf_text(made(place))


def test_the_page_without_fonts_says_so_and_breaks_nothing(
    place: Municipality, settings: Any, tmp_path: Any
) -> None:
    settings.REPORT_FONT_DIR = tmp_path
    answer = Client().get(ADDRESS, follow=True)

    assert answer.redirect_chain == [("/kommunen/aadorf/", 302)]
    assert "make assets" in answer.content.decode()


def test_a_map_of_boundaries_is_used_where_all_have_one(place: Municipality) -> None:
    square = {"type": "Polygon", "coordinates": [[[6, 51], [7, 51], [7, 52], [6, 52], [6, 51]]]}
    tiles = profile_of(place, DAY)["map"]
    Municipality.objects.update(boundary=square)

    assert (tiles != profile_of(place, DAY)["map"], failures(made(place))) == (True, {"ua1": [], "2a": []})


def test_an_unknown_municipality_has_no_profile(place: Municipality) -> None:
    assert Client().get("/kommunen/nirgends/profil.pdf").status_code == 404
    assert ADDRESS in Client().get("/kommunen/aadorf/").content.decode()
