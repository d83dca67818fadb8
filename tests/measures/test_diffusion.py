"""How a measure spread, and whether everybody can tell the tones of map and curve apart."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from measures.diffusion import curve_of
from smartregion.base.charts import TONES
from tests.factories import make_measure, make_municipality, set_cell

STEPS = [f"step{number}" for number in range(6)]
SIMULATIONS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""Machado, Oliveira, Fernandes (2009), severity 1, on linear RGB."""


@pytest.mark.django_db
def test_the_curve_counts_municipalities_from_the_day_they_went_live(client: Client) -> None:
    measure_places = [make_municipality(name) for name in ("Aadorf", "Bedorf", "Cedorf", "Dedorf")]
    measure = make_measure()
    for place, since in zip(measure_places, ("2025-03-01", "2024-05-01", "2025-03-01"), strict=False):
        set_cell(measure, place, stage="live", since=since, evidence="Beschluss")
    set_cell(measure, measure_places[3], stage="introducing", since="2023-01-01")

    page = client.get(f"{measure.get_absolute_url()}verbreitung/")
    curve = page.context["curve"]

    assert [(step.on, step.names, step.total) for step in curve.steps] == [
        (date(2024, 5, 1), ["Bedorf"], 1),
        (date(2025, 3, 1), ["Aadorf", "Cedorf"], 3),
    ]
    assert curve.description == "Im Regelbetrieb: ab 01.05.2024 1 Kommune; ab 01.03.2025 3 Kommunen."
    assert [(stage.value, len(cells)) for stage, cells in page.context["by_stage"]] == [
        ("live", 3),
        ("introducing", 1),
    ]


@pytest.mark.django_db
def test_the_curve_ends_at_the_share_of_affected_municipalities_that_are_live() -> None:
    place = make_municipality("Aadorf")
    cell = set_cell(make_measure(), place, stage="live", since="2024-01-01", evidence="Beschluss")

    curve = curve_of([cell], affected=2, today=date(2024, 12, 31))

    assert curve is not None
    assert curve.line == "M34.0 230.0H34.0V121.0H628.0"
    assert [tick.label for tick in curve.counts] == ["0", "1", "2"]


@pytest.mark.django_db
def test_where_nobody_is_live_the_page_says_so(client: Client) -> None:
    make_municipality("Aadorf")
    measure = make_measure()

    page = client.get(f"{measure.get_absolute_url()}verbreitung/")

    assert page.context["curve"] is None
    assert "Noch keine Kommune im Regelbetrieb" in page.content.decode()


@pytest.mark.django_db
def test_the_page_of_an_internal_measure_is_missing_for_visitors(client: Client) -> None:
    measure = make_measure(visibility="internal")

    assert client.get(f"{measure.get_absolute_url()}verbreitung/").status_code == 404


# Colours


def lightness(colour: str, eyes: str) -> float:
    """CIE L* of a colour as these eyes get it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    seen = [
        min(max(sum(weight * part for weight, part in zip(row, linear, strict=True)), 0), 1)
        for row in SIMULATIONS[eyes]
    ]
    luminance = 0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2]
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance


def palettes() -> dict[str, list[str]]:
    """The tones of the pages, light and dark, and of the drawings in the report."""
    sheet = (Path(settings.BASE_DIR) / "static/css/base.css").read_text()
    pairs = re.findall(r"--step-\d: light-dark\((#\w{6}), (#\w{6})\)", sheet)
    light, dark = zip(*pairs, strict=True)
    return {"light": list(light), "dark": list(dark), "report": [TONES[step].fill for step in STEPS]}


def smallest_step(colours: list[str], eyes: str) -> float:
    levels = [lightness(colour, eyes) for colour in colours]
    return min(abs(one - other) for one, other in pairwise(levels))


@pytest.mark.parametrize("eyes", SIMULATIONS)
@pytest.mark.parametrize("palette", ["light", "dark", "report"])
def test_neighbouring_tones_differ_in_lightness_for_all_eyes(palette: str, eyes: str) -> None:
    colours = palettes()[palette]

    assert len(colours) == len(STEPS)
    assert smallest_step(colours, eyes) >= 5


def test_tones_that_differ_in_hue_alone_would_be_noticed() -> None:
    assert smallest_step(["#cc4444", "#2d8a2d"], "deuteranopia") < 5
