"""Snapshot to PDF: what the report's template prints."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from monitoring.compile.canonical import fingerprint
from monitoring.compile.figures import all_measures, charts, key_figures
from monitoring.snapshot.schema import Snapshot
from smartregion.base.charts import TONES
from smartregion.base.glyphs import REPLACEMENT
from smartregion.base.typst import in_our_fonts, make_pdf

TEMPLATE: Final = Path(__file__).with_name("report.typ")


def compile_pdf(snapshot: Snapshot) -> bytes:
    """Return the report as tagged, archivable PDF; the same snapshot gives the same bytes.

    Raises CompileError when the document cannot be set, SnapshotError when the snapshot breaks its schema.
    """
    moment = datetime.fromisoformat(snapshot["report"]["moment"])
    return make_pdf(TEMPLATE, document_data(snapshot), moment)


def document_data(snapshot: Snapshot) -> dict[str, Any]:
    """Return what the template prints: the snapshot in printable characters, its figures, charts and hash."""
    clean = in_our_fonts(snapshot)
    measures = all_measures(clean)
    return {
        **clean,
        "sha256": fingerprint(snapshot),
        "key_figures": [vars(figure) for figure in key_figures(clean)],
        "charts": {
            name: {"title": chart.title, "description": chart.description, "svg": chart.svg}
            for name, chart in charts(clean).items()
        },
        "deviations": [m for m in measures if m["light_stated"]["code"] in ("yellow", "red")],
        "tones": {tone: {"fill": paint.fill, "ink": paint.ink} for tone, paint in TONES.items()},
        "replacement": REPLACEMENT if REPLACEMENT in json.dumps(clean, ensure_ascii=False) else None,
    }
