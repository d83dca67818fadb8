"""All formats of a report, by the name that its file has in the database."""

from collections.abc import Callable
from typing import Final

from monitoring.compile.content import Content
from monitoring.compile.csv import write_csv
from monitoring.compile.docx import write_docx
from monitoring.compile.ods import write_ods
from monitoring.compile.pdf import write_pdf, write_slides
from monitoring.compile.xlsx import write_xlsx

Writer = Callable[[Content], bytes]

TYPESET: Final[dict[str, Writer]] = {"pdf": write_pdf, "slides": write_slides}
"""What Typst sets; it leaves Python free meanwhile."""
WRITTEN: Final[dict[str, Writer]] = {
    "xlsx": write_xlsx,
    "ods": write_ods,
    "csv": write_csv,
    "docx": write_docx,
    "json": lambda content: content.json,
}
