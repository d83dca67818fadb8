"""What a document says, as plain data that both writers print, so that PDF and Word cannot differ."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from smartregion.base.rich_text import Spans

MOST_LEVELS = 4
LEAST_SHARE, MOST_SHARE = 10, 40


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 1
    begins_page: bool = False
    kind: ClassVar[str] = "heading"


@dataclass(frozen=True)
class Paragraph:
    """Running text; `label` comes before it in bold, as in "Kosten: 12.000 €".

    Attributes:
        spans: the same text where parts of it look different.
    """

    text: str
    label: str = ""
    spans: Spans = ()
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True)
class Quote:
    """A wording that counts letter by letter: of a resolution, or of what is proposed as one."""

    text: str
    kind: ClassVar[str] = "quote"


@dataclass(frozen=True)
class Listing:
    """A list.

    Attributes:
        spans: the same items where parts of them look different.
    """

    items: tuple[str, ...]
    is_ordered: bool = False
    spans: tuple[Spans, ...] = ()
    kind: ClassVar[str] = "list"


@dataclass(frozen=True)
class Table:
    """Rows below a header that repeats on each page. A row of empty texts is space to write by hand.

    Attributes:
        widths: how the columns share the width, where their texts shall not decide it.
        numeric: the places of columns that are set flush right.
        is_wide: it needs a page on its side.
        is_under_heading: the heading right above it says what the caption says.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()
    numeric: tuple[int, ...] = ()
    is_wide: bool = False
    is_under_heading: bool = False
    kind: ClassVar[str] = "table"

    @property
    def shares(self) -> tuple[int, ...]:
        """How the columns share the width: as stated, or by the longest text of each, within limits."""
        if self.widths:
            return self.widths
        columns = zip(self.header, *self.rows, strict=True)
        longest = (max(map(len, column)) for column in columns)
        return tuple(min(max(length, LEAST_SHARE), MOST_SHARE) for length in longest)


Block = Heading | Paragraph | Quote | Listing | Table


@dataclass(frozen=True)
class Document:
    """A whole document.

    Attributes:
        facts: what stands on the cover, as pairs of label and value.
        mark: what each page says at its top, as "Entwurf".
        notice: stands in a box on the cover.
        keywords: a property of the Word file.
        moment: the state of the data, and the date of the file.
    """

    title: str
    subtitle: str
    author: str
    moment: datetime
    edition: str
    facts: tuple[tuple[str, str], ...]
    mark: str = ""
    notice: str = ""
    keywords: str = ""
    blocks: tuple[Block, ...] = field(default=())

    def as_data(self) -> dict[str, Any]:
        """For the printing template; the moment stays out, since it is no JSON."""
        data = asdict(self)
        del data["moment"]
        data["facts"] = [list(fact) for fact in self.facts]
        data["blocks"] = [_as_data(block) for block in self.blocks]
        return data


def _as_data(block: Block) -> dict[str, Any]:
    shares = {"shares": list(block.shares)} if isinstance(block, Table) else {}
    return {"kind": block.kind, **_lists(asdict(block)), **shares}


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lists(item) for key, item in value.items()}
    return [_lists(item) for item in value] if isinstance(value, tuple | list) else value
