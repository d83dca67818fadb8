"""What the formats share: the snapshot, its checksum and its tables, made once for all of them."""

from dataclasses import dataclass
from datetime import datetime

from monitoring.compile.canonical import canonical_json, checksum
from monitoring.compile.tables import Table, tables_of
from monitoring.compile.values import day, in_words
from monitoring.snapshot.schema import Snapshot


@dataclass(frozen=True)
class Content:
    """A report ready to be written; `json` is the snapshot's canonical form and one of the formats."""

    snapshot: Snapshot
    json: bytes
    sha256: str
    tables: list[Table]

    @property
    def title(self) -> str:
        report = self.snapshot["report"]
        scope = report["scope"]
        return " ".join([report["title"], *([scope["label"]] if scope else []), report["period_label"]])

    @property
    def heading(self) -> str:
        """The title as it is set in large letters: its period stays in one line."""
        period = self.snapshot["report"]["period_label"]
        return self.title.removesuffix(period) + period.replace(" ", "\u00a0")

    @property
    def label(self) -> str:
        """What stands on every sheet: which report it is, for whom, and that its data are examples."""
        report = self.snapshot["report"]
        stand = f"{self.title}, Stichtag {in_words(day(report['as_of']))}"
        notice = [report["example_notice"] or "Beispieldaten"] if report["is_example"] else []
        return " – ".join([stand, report["audience_label"], *notice])

    @property
    def moment(self) -> datetime:
        """In whole seconds, as the properties of files tell the time."""
        return datetime.fromisoformat(self.snapshot["report"]["moment"]).replace(microsecond=0)


def content_of(snapshot: Snapshot) -> Content:
    """Raises SnapshotError when the snapshot breaks its schema."""
    data = canonical_json(snapshot)
    sha256 = checksum(data)
    return Content(snapshot, data, sha256, tables_of(snapshot, sha256))
