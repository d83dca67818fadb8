"""Prepares what browser, PDF compiler and Django need: `python -m smartregion.assets`.

The browser gets one style sheet (fonts, KERN, the portal's own files) and two subset fonts, so that a first
visit stays small and costs few requests. The PDF compiler reads TrueType only and must print any name: it
gets whole fonts. Django gets the catalogues of the other languages as it reads them.
"""

import shutil
import sys
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from smartregion import catalogues

ROOT = Path(__file__).resolve().parent.parent
KERN = ROOT / "node_modules" / "@kern-ux" / "native" / "dist"
OWN_STYLES = ROOT / "static" / "css"
WEB_ASSETS = ROOT / "var" / "assets"
REPORT_FONTS = ROOT / "var" / "fonts"
COMPILED_CATALOGUES = ROOT / "var" / "locale"

WEB_WEIGHTS = {"Regular": 400, "SemiBold": 600}
REPORT_STYLES = ("Regular", "Italic", "SemiBold", "Bold")

# Basic Latin to Latin Extended-B, combining accents, punctuation, currency, arrows, minus and the marks in
# templates.
WEB_CHARACTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x250),
    *range(0x300, 0x30D),
    *range(0x1E80, 0x1EA0),
    *range(0x2010, 0x2040),
    *map(ord, "ẞ€№™←↑→↓−≈≠≤≥•▲▼●○■□✓✗×"),
)
WEB_FEATURES = ("kern", "liga", "mark", "mkmk", "ccmp", "locl", "tnum", "lnum")


class AssetsError(Exception):
    """Something that the set-up should have fetched is missing."""


def web_font(style: str) -> bytes:
    """The subset of a Fira Sans style as WOFF2, the same bytes for the same input."""
    font = TTFont(source_font(style), recalcTimestamp=False)
    options = subset.Options(layout_features=list(WEB_FEATURES), hinting=False, desubroutinize=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=WEB_CHARACTERS)
    subsetter.subset(font)
    return _saved(font, "woff2")


def report_font(style: str) -> bytes:
    """A whole Fira Sans style, unpacked from WOFF2."""
    return _saved(TTFont(source_font(style), recalcTimestamp=False), None)


def style_sheet() -> str:
    """Font faces, KERN and the portal's own files, in the order of their names.

    A font that comes late is left for the next page: exchanging it would move what is being read.
    """
    kern = KERN / "kern.min.css"
    _require(kern)
    faces = "".join(
        f'@font-face{{font-family:"Fira Sans";font-weight:{weight};font-display:optional;'
        f'src:url("../fonts/{font_name(style)}") format("woff2")}}\n'
        for style, weight in WEB_WEIGHTS.items()
    )
    own = "".join(path.read_text() for path in sorted(OWN_STYLES.glob("*.css")))
    return '@charset "UTF-8";' + faces + kern.read_text().removeprefix('@charset "UTF-8";') + "\n" + own


def font_name(style: str) -> str:
    return f"fira-sans-{style.lower()}.woff2"


def source_font(style: str) -> Path:
    path = KERN / "fonts" / "fira-sans" / f"FiraSans-{style}.woff2"
    _require(path)
    return path


def build() -> None:
    """Write everything anew; a failed build leaves no half set behind that looks complete."""
    web = {f"fonts/{font_name(style)}": web_font(style) for style in WEB_WEIGHTS}
    web["css/portal.css"] = style_sheet().encode()
    _replace(WEB_ASSETS, web)
    _replace(
        COMPILED_CATALOGUES,
        {f"{each}/LC_MESSAGES/django.mo": catalogues.compiled(each) for each in catalogues.LANGUAGES},
    )
    _replace(REPORT_FONTS, {f"FiraSans-{style}.ttf": report_font(style) for style in REPORT_STYLES})


def _replace(folder: Path, files: dict[str, bytes]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _saved(font: TTFont, flavor: str | None) -> bytes:
    font.flavor = flavor
    stream = BytesIO()
    font.save(stream)
    return stream.getvalue()


def _require(path: Path) -> None:
    if not path.is_file():
        raise AssetsError(f"{path.relative_to(ROOT)} fehlt. Bitte führen Sie „npm ci“ aus.")


if __name__ == "__main__":
    try:
        build()
    except AssetsError as error:
        sys.exit(f"Fehler: {error}")
