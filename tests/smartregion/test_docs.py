"""What documents list is what the code knows: keys of the region's files, variables of the environment."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (\[?`.*?)\|", re.M)
REGION_FILE = (ROOT / "docs/region-file.md").read_text(encoding="utf-8")
ABOUT_REGION, ABOUT_EXAMPLE = REGION_FILE.split("## The example file")


def keys_of(text: str) -> Counter[str]:
    """How often the tables of the text have a row for each key or variable."""
    return Counter(key for head in ROW.findall(text) for key in re.findall(r"`([^`]+)`", head))


@pytest.mark.parametrize(
    ("text", "file"),
    [(ABOUT_REGION, "region.json"), (ABOUT_EXAMPLE, "example.json")],
    ids=["region", "example"],
)
def test_each_key_of_a_shipped_file_has_one_row(text: str, file: str) -> None:
    rows = keys_of(text)
    keys = json.loads((ROOT / "fixtures" / file).read_text(encoding="utf-8"))

    assert [key for key, count in rows.items() if count > 1] == []
    assert [key for key in keys if key not in rows] == []


def test_a_key_with_two_rows_is_found() -> None:
    rows = "| [`papers`] | `title` |\n| `notice`, `begins` | |\n| `papers` | `title`, [`number`] |\n"

    assert keys_of(rows) == {"papers": 2, "notice": 1, "begins": 1}


ASVS = (ROOT / "docs/asvs.md").read_text(encoding="utf-8")
HARDENING = (ROOT / "docs/hardening.md").read_text(encoding="utf-8")
NAMED_FILE = re.compile(
    r"`((?:tests|deploy|static|smartregion|network)/[\w./@-]+|[\w-]+\.lock|[\w-]+\.json)`|(docs/[\w/-]+(?:\.md)?)"
)


def files_named_in(text: str) -> set[str]:
    return {name.rstrip(".") for pair in NAMED_FILE.findall(text) for name in pair if name}


@pytest.mark.parametrize("text", [ASVS, HARDENING], ids=["asvs", "hardening"])
def test_each_file_that_a_table_of_security_names_exists(text: str) -> None:
    named = files_named_in(text)

    assert len(named) > 10
    assert sorted(name for name in named if not list(ROOT.glob(f"{name}*"))) == []


def test_a_file_that_is_named_and_missing_is_found() -> None:
    assert files_named_in("`tests/test_none.py`, docs/decisions/0099, `tests/x.py` (y)") == {
        "tests/test_none.py",
        "docs/decisions/0099",
        "tests/x.py",
    }


def test_the_table_of_asvs_has_each_requirement_once_with_a_reason() -> None:
    """Of release 5.0.0: 70 requirements of level 1, 183 of level 2."""
    rows = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (\S+) \|(.*)\|$", ASVS, re.M)
    numbers = [number for number, *_rest in rows]

    assert len(set(numbers)) == len(numbers)
    assert Counter(level for _number, level, *_rest in rows) == {"1": 70, "2": 183}
    assert {met for *_start, met, _why in rows} <= {"yes", "partly", "no", "operator", "–"}
    assert [number for number, *_rest, met, why in rows if not why.strip() and met != "operator"] == []
    assert Counter(met for *_start, met, _why in rows) == {
        met: int(count) for met, count in re.findall(r"^\| (\S+) \| (\d+) \|$", ASVS, re.M)
    }


def test_each_variable_that_the_portal_reads_has_one_row() -> None:
    sources = [
        ROOT / f"{each}.py" for each in ("smartregion/settings", "smartregion/celery", "deploy/gunicorn.conf")
    ]
    asked = r"""env\.\w+\(\s*["']([A-Z_]+)["']"""
    read = {name for source in sources for name in re.findall(asked, source.read_text(encoding="utf-8"))}
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")

    rows = keys_of(text.split("## Variables")[1].split("\n## ")[0])

    assert {name: rows[name] for name in read} == dict.fromkeys(read, 1)
    assert set(rows) == read
