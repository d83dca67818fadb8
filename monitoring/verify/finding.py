"""What a check says of a report."""

from dataclasses import dataclass
from typing import Final

UNREADABLE: Final = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What rows and files that somebody changed may lead to; trouble with the database is none of these."""


@dataclass(frozen=True)
class Finding:
    """Damage, or in words why a difference is allowed."""

    what: str
    is_damage: bool = True


@dataclass(frozen=True)
class Checked:
    """A report by its name, with what was found."""

    name: str
    findings: list[Finding]

    @property
    def damages(self) -> list[str]:
        return [f"{self.name}: {finding.what}" for finding in self.findings if finding.is_damage]

    @property
    def notes(self) -> list[str]:
        return [f"{self.name}: {finding.what}" for finding in self.findings if not finding.is_damage]
