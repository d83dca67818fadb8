"""Content to DOCX, for the county's paper: headings, texts and real tables."""

from typing import Final

from governance.documents.content import Block, Document, Paragraph
from governance.documents.docx import write_docx as write_document
from monitoring.compile.content import Content
from monitoring.compile.docx_blocks import section_blocks
from monitoring.compile.values import day, in_words

CHECKSUM_NOTE: Final = (
    "Alle Formate dieses Berichts sind aus denselben Daten erzeugt. Die Prüfsumme ist die der Datendatei im "
    "Format JSON. Ein veröffentlichter Bericht wird nicht geändert; Berichtigungen erscheinen als Erratum."
)


def write_docx(content: Content) -> bytes:
    """The same content gives the same bytes."""
    report, region = content.snapshot["report"], content.snapshot["region"]
    return write_document(
        Document(
            title=content.heading,
            subtitle=region["portal_title"],
            author=region["coordination_office"],
            moment=content.moment,
            edition=f"Stichtag {in_words(day(report['as_of']))} · {report['audience_label']}",
            facts=tuple(_facts(content)),
            mark="Beispieldaten" if report["is_example"] else "",
            notice=report["example_notice"] or "",
            keywords=f"SHA-256 {content.sha256}",
            blocks=tuple(_blocks(content)),
        )
    )


def _facts(content: Content) -> list[tuple[str, str]]:
    report, region = content.snapshot["report"], content.snapshot["region"]
    period = f"{in_words(day(report['period_start']))} bis {in_words(day(report['period_end']))}"
    scope = [("Gegenstand", report["scope"]["label"])] if report["scope"] else []
    return [
        ("Anlass", report["occasion"]),
        *scope,
        ("Berichtszeitraum", period),
        ("Stichtag", in_words(day(report["as_of"]))),
        ("Datenstand", in_words(content.moment)),
        ("Fassung für", report["audience_label"]),
        ("Herausgeber", region["coordination_office"]),
        ("Prüfsumme der Daten (SHA-256)", content.sha256),
    ]


def _blocks(content: Content) -> list[Block]:
    blocks: list[Block] = []
    for section in content.snapshot["report"]["sections"]:
        blocks += section_blocks(content, section)
    return [*blocks, Paragraph(CHECKSUM_NOTE)]
