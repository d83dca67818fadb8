"""The story that an example file tells: its day of loading, the rows by name, its steps in their order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import DateField
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from fields.models import ActionField, Guideline
from governance.models import Committee, Meeting
from measures.models import Measure
from network.models import Municipality, Organisation, User
from participation.models import Event
from smartregion.base.versioned import Versioned
from smartregion.base.working_days import is_working_day
from smartregion.regions.past import happened
from smartregion.regions.reader import Entry

WORKING_HOUR = time(10)


@dataclass
class Step:
    moment: datetime
    do: Callable[[], Any]
    by: str
    reason: str


@dataclass
class Story:
    """What the readers of the file's parts share: day of loading, rows by name, the steps so far."""

    today: date
    begins: int
    steps: list[Step] = field(default_factory=list)
    accounts: dict[str, User] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    municipalities: dict[str, Municipality] = field(default_factory=dict)
    fields: dict[str, ActionField] = field(default_factory=dict)
    guidelines: dict[str, Guideline] = field(default_factory=dict)
    committees: dict[str, Committee] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    meetings: dict[str, Meeting] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)

    def day(self, offset: int) -> date:
        """The day that many days from the day of loading; from a weekend or holiday back to a working day."""
        day = self.today + timedelta(days=offset)
        while not is_working_day(day):
            day -= timedelta(days=1)
        return day

    def moment(self, offset: int, hour: time = WORKING_HOUR) -> datetime:
        return make_aware(datetime.combine(self.day(offset), hour))

    def step(self, offset: int, do: Callable[[], Any], *, by: str = "coordination", reason: str = "") -> None:
        self.steps.append(Step(self.moment(offset), do, by, reason))

    def past(self, entry: Entry, key: str, since: int) -> int:
        """A day of the past, as its distance from the day of loading, not before `since`."""
        offset: int = entry.take(key, int)
        if not since <= offset < 0:
            raise entry.wrong(key, _("Der Tag liegt nicht zwischen %(since)s und -1.") % {"since": since})
        return offset

    def account(self, entry: Entry, key: str, default: Any = ...) -> str:
        name: str = entry.take(key, str, default)
        if name and name not in self.accounts:
            raise entry.unknown(key, name)
        return name

    def values(self, entry: Entry, model: Any, names: list[str]) -> dict[str, Any]:
        """As `Entry.values`, with dates as days from the day of loading; absent keys are left out."""
        found = {}
        for name in names:
            if name in entry:
                model_field = model._meta.get_field(name)
                if isinstance(model_field, DateField):
                    found[name] = self.day(entry.take(name, int))
                else:
                    found.update(entry.values(model, [name]))
        return found

    def run(self) -> None:
        for step in sorted(self.steps, key=lambda step: step.moment):
            with happened(step.moment, by=self.accounts.get(step.by), reason=step.reason):
                step.do()


def change(row: Any, **values: Any) -> Any:
    """Set these values as an edit of the row does, with its version."""
    for name, value in values.items():
        setattr(row, name, value)
    if isinstance(row, Versioned):
        return row.save_over(row.version)
    return row.save()
