"""The worklist: what needs an account now, told by every app without the apps knowing one another.

An app registers its sources in its `worklist.py`; the workplace asks all of them. A source is a function of
the account and the day. It asks the database a fixed number of questions, whatever the number of its entries,
and only about rows that the account may see.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from smartregion.base import written
from smartregion.base.text import german_key


class Severity(IntEnum):
    """How urgent an entry is; the smaller, the more."""

    NOW = 1
    SOON = 2
    INFO = 3

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS = {Severity.NOW: _("dringend"), Severity.SOON: _("bald"), Severity.INFO: _("Hinweis")}


@dataclass(frozen=True, kw_only=True)
class Post:
    """A fix that needs no form: a button which sends one value, and comes back to the workplace."""

    label: str
    url: str
    field: str = ""
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing to do.

    Attributes:
        why: what is wrong or due, with date and days.
        url: where it is put right; `action` says what the reader does there. Without it `post` is the fix.
        page: the page of what it is about, where that is another one.
        on: the day by which it is sorted among entries of the same severity; without one it comes after them.
    """

    title: str
    why: str
    severity: Severity
    url: str = ""
    action: str = ""
    page: str = ""
    on: date | None = None
    post: Post | None = None
    is_example: bool = False

    @property
    def urgency(self) -> tuple[Any, ...]:
        """Sorts the most urgent first, by the same measure for all kinds and apps."""
        return self.severity, self.on or date.max, german_key(self.title), self.url


@dataclass(frozen=True)
class Group:
    """The entries of one kind, most urgent first; never empty. `key` stands in the address."""

    key: str
    label: str
    entries: list[Entry]


Load = Callable[[Any, date], Iterable[Entry]]
Concerns = Callable[[Any], bool]
_sources: dict[str, tuple[Any, Load]] = {}
_reminding: dict[str, Concerns] = {}


def source(
    key: str, label: Any, *, reminds: bool = False, concerns: Concerns = lambda user: True
) -> Callable[[Load], Load]:
    """Decorator: this function tells the entries of one kind; `reminds` puts them into mails too.

    `concerns` says whose entries there can be, so that nobody has to choose among mails that never come.
    """

    def add(load: Load) -> Load:
        _sources[key] = label, load
        if reminds:
            _reminding[key] = concerns
        return load

    return add


def may(permission: str) -> Concerns:
    """For `concerns`: whoever passes this rule."""
    return lambda user: bool(user.has_perm(permission))


def kinds() -> dict[str, str]:
    """All kinds that there can be, with their labels."""
    return {key: str(label) for key, (label, _load) in _sources.items()}


def worklist_for(user: Any, on: date) -> list[Group]:
    """What needs the account on that day: the group with the most urgent entry first."""
    return _groups(_sources, user, on)


def entries_of(key: str, user: Any, on: date) -> list[Entry]:
    """The entries of one kind, most urgent first."""
    _label, load = _sources[key]
    return sorted(load(user, on), key=lambda entry: entry.urgency)


def some_of(kinds: Iterable[str], user: Any, on: date) -> list[Group]:
    """The part of the worklist that is of these kinds."""
    return _groups(kinds, user, on)


def reminders_for(user: Any, on: date, *, without: Collection[str] = ()) -> list[Group]:
    """That part of the worklist which is worth a mail, but for the kinds that the account does not want."""
    return _groups((key for key in _reminding if key not in without), user, on)


def reminding_kinds(user: Any) -> dict[str, dict[str, str]]:
    """What an account can be reminded of: by subject, in alphabetical order, the kinds with labels."""
    found: dict[str, dict[str, str]] = {}
    for key, concerns in _reminding.items():
        label, load = _sources[key]
        if concerns(user):
            app = apps.get_containing_app_config(load.__module__)
            found.setdefault(str(app.verbose_name) if app else "", {})[key] = str(label)
    return dict(sorted(found.items(), key=lambda subject: german_key(subject[0])))


def _groups(keys: Iterable[str], user: Any, on: date) -> list[Group]:
    found = []
    for key in keys:
        label, _load = _sources[key]
        found.append(Group(key, str(label), entries_of(key, user, on)))
    return sorted((group for group in found if group.entries), key=lambda group: group.entries[0].urgency)


def day_or_dash(day: date | None) -> str:
    return written.day(day)


def days_between(day: date, on: date) -> str:
    """ "seit 24 Tagen", "heute" or "in 3 Tagen", as seen from `on`."""
    days = (on - day).days
    if days > 0:
        return ngettext("seit %d Tag", "seit %d Tagen", days) % days
    return ngettext("in %d Tag", "in %d Tagen", -days) % -days if days else str(_("heute"))
