"""What the portal stores about people: each app names it, per data type, in its `privacy.py`.

From this register come the page of what is stored, what a person is told about themselves, the erasure of a
person (`smartregion/base/erasure.py`) and the daily deletion of what was kept long enough. A data type is a
kind of rows of one model, so that a test finds a model with an address that nobody has named:

    register(DataType(
        key="subscriptions",
        title=_("Abonnements"),
        purpose=_("Neuigkeiten per E-Mail senden."),
        basis=_("Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO)"),
        kept=_("bis zur Abbestellung; unbestätigte 7 Tage"),
        stored=lambda: Subscription.objects.all(),
        about=lambda person: Subscription.objects.filter(email__iexact=person.email),
        told=lambda row: {_("E-Mail"): row.email, _("bestellt am"): row.created_at},
        outdated=lambda: Subscription.objects.outdated(),
        of_visitors=True,
    ))

Rows that stay while the person leaves them say so by `erase=lambda person: blank(rows, email="", name="")`.
What is deleted or blanked here is gone from the history too. Addresses and names that stand elsewhere, in
free texts, reasons or the history of other rows, need no data type: the erasure finds them by their wording.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Lower
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from smartregion.base.text import german_key
from smartregion.base.versioned import Versioned

Rows = models.QuerySet[Any]
SHOWN: Final = 10


@dataclass(frozen=True)
class Person:
    """Somebody, by their address in small letters, with the account of that address if there is one."""

    email: str
    account: Any = None

    @classmethod
    def of(cls, email: str) -> "Person":
        email = email.strip().lower()
        return cls(email, get_user_model()._base_manager.filter(email__iexact=email).first())

    @cached_property
    def borne(self) -> frozenset[str]:
        """The address, and all that the account ever had."""
        if self.account is None:
            return frozenset({self.email})
        events = _events(get_user_model(), [self.account.pk]).filter(email__contains="@")
        return frozenset({self.email, *(email.lower() for email in events.values_list("email", flat=True))})

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """The same without those that another account has now: a mailbox of an office is handed on."""
        accounts = get_user_model()._base_manager.annotate(small=Lower("email")).filter(small__in=self.borne)
        others = accounts.exclude(pk=self.account.pk) if self.account else accounts.none()
        return (self.email, *sorted(self.borne - {self.email, *others.values_list("small", flat=True)}))


def forget(rows: Rows) -> int:
    """Delete the rows and all that the history knows of them; returns how many rows that were."""
    keys = list(rows.order_by().values_list("pk", flat=True))
    with transaction.atomic():
        rows.model._base_manager.filter(pk__in=keys).delete()
        _events(rows.model, keys).delete()
    return len(keys)


def blank(rows: Rows, **values: Any) -> int:
    """Overwrite these fields of the rows, now and in their history; returns how many rows that were.

    A form that was opened before finds a newer version and cannot bring the old values back unseen.
    """
    keys = list(rows.order_by().values_list("pk", flat=True))
    newer = {"version": F("version") + 1} if issubclass(rows.model, Versioned) else {}
    with transaction.atomic():
        rows.model._base_manager.filter(pk__in=keys).update(**values, **newer)
        _events(rows.model, keys).update(**values)
    return len(keys)


def _events(model: type[models.Model], keys: list[Any]) -> Rows:
    events = getattr(model, "pgh_event_model", None)
    return events._base_manager.filter(pgh_obj_id__in=keys) if events else model._base_manager.none()


@dataclass(frozen=True, kw_only=True)
class DataType:
    """One kind of rows that hold something about people. All texts are for people, in German.

    Attributes:
        purpose: what it is for; `basis` is the legal ground, in words; `kept` says how long.
        stored: all rows; their model is the data type's.
        about: the rows about a person.
        told: what a row says about its person, as plain values by their labels.
        gathered: makes of the rows what is told one by one, where a row by itself would tell next to nothing.
        erase: takes the person out of the rows; without it the rows are deleted with their history.
        outdated: what is to be deleted today; without it nothing is deleted by time alone.
        drop: how outdated rows go, where deleting row and history is not right.
        of_visitors: people without an account see, export and erase it by a link in a mail.
        take_back: what they have published without one, and want to be gone too, before the rest is erased.
    """

    key: str
    title: Any
    purpose: Any
    basis: Any
    kept: Any
    stored: Callable[[], Rows]
    about: Callable[[Person], Rows]
    told: Callable[[Any], dict[Any, Any]]
    erase: Callable[[Person], int] | None = None
    outdated: Callable[[], Rows] | None = None
    drop: Callable[[Rows], int] = field(default=forget)
    gathered: Callable[[Rows], Iterable[Any]] = field(default=iter)
    of_visitors: bool = False
    take_back: Callable[[Person], None] | None = None

    def erase_person(self, person: Person) -> int:
        return self.erase(person) if self.erase else forget(self.about(person))

    def drop_outdated(self) -> int:
        return self.drop(self.outdated()) if self.outdated else 0


_types: dict[str, DataType] = {}
_sealed: dict[type[models.Model], set[str]] = {}
_repeating: set[type[models.Model]] = set()


def register(data_type: DataType) -> None:
    _types[data_type.key] = data_type


def data_types(*, of_visitors: bool = False) -> list[DataType]:
    """All of them, or only those of visitors.

    In the order of registration, in which they are erased: the highest app first, so that rows which find
    their person by those of another data type come before it.
    """
    return [each for each in _types.values() if each.of_visitors or not of_visitors]


def by_title(types: Iterable[DataType]) -> list[DataType]:
    """In the order in which people read them."""
    return sorted(types, key=lambda each: german_key(str(each.title)))


def keep_sealed(model: type[models.Model], *names: str) -> None:
    """These texts of the model stand under a checksum: an erasure leaves them, and says so."""
    _sealed.setdefault(model, set()).update(names)


def made_of_searched_texts(model: type[models.Model]) -> None:
    """The model's files only repeat texts that are searched elsewhere, so they need not be opened."""
    _repeating.add(model)


def repeats_searched_texts(model: type[models.Model]) -> bool:
    return model in _repeating


def sealed_fields(model: type[models.Model]) -> set[str]:
    return _sealed.get(model, set())


@dataclass(frozen=True)
class Stored:
    """What is stored about a person of one data type; never empty."""

    type: DataType
    facts: list[dict[str, Any]]
    """What each row says, by its labels."""

    @property
    def rows(self) -> list[dict[str, str]]:
        """The same as people read it."""
        return [{label: in_words(value) for label, value in row.items()} for row in self.facts]

    @property
    def shown(self) -> list[dict[str, str]]:
        """What a page shows; a file holds all."""
        return self.rows[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.facts) - SHOWN)


def stored_about(person: Person, types: Iterable[DataType] | None = None) -> list[Stored]:
    """What is stored about the person. One query per data type and what its `told` asks."""
    asked = by_title(data_types() if types is None else types)
    found = (Stored(each, list(_told(each, person))) for each in asked)
    return [stored for stored in found if stored.facts]


def _told(data_type: DataType, person: Person) -> Iterator[dict[str, Any]]:
    rows = data_type.about(person)
    for entry in data_type.gathered(rows if rows.ordered else rows.order_by("pk")):
        yield {str(label): value for label, value in data_type.told(entry).items()}


def in_words(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if isinstance(value, datetime):
        return date_format(localtime(value), "d.m.Y, H:i")
    if isinstance(value, date):
        return date_format(value, "d.m.Y")
    if isinstance(value, list | tuple):
        return ", ".join(map(in_words, value)) or "–"
    return "–" if value is None else str(value) or "–"
