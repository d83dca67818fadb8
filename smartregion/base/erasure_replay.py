"""Erasures repeated over a restored backup.

The log holds keyed hashes. A backup from before the erasure holds the clear texts: the hashes of all its
addresses and of all runs of so many words are compared with the log.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.dateparse import parse_datetime

from smartregion.base.erasure import BATCH, erase_rows, erase_wordings, models_with_texts, texts_of
from smartregion.base.history import events_of
from smartregion.base.models import Erasure
from smartregion.base.personal import Person
from smartregion.base.text import ADDRESS
from smartregion.base.wordings import OF_ACCOUNT, WORD, Wordings, composed, folded, keyed, sign_of_account

INNER_START: Final = re.compile(r"(?<=\W)(?=.)")
MOST_REMEMBERED: Final = 500_000


def replay(lines: Iterable[str]) -> list[Erasure]:
    """Erase again who was erased after this backup was made; returns the entries that it did not know."""
    entries = [json.loads(line) for line in lines if line.strip()]
    known = {str(pk) for pk in Erasure.objects.values_list("pk", flat=True)}
    unknown = {entry["id"]: entry for entry in entries if entry["id"] not in known}
    clear = _clear_texts({(words, sign) for entry in unknown.values() for words, sign in entry["signs"]})
    return [_replay(entry, clear) for entry in unknown.values()]


def _replay(entry: dict[str, Any], clear: dict[str, str]) -> Erasure:
    found = [(words, clear[sign]) for words, sign in entry["signs"] if sign in clear]
    persons = _persons_of(entry, [text for words, text in found if not words])
    wordings = Wordings(
        tuple(dict.fromkeys(address for person in persons for address in person.addresses)),
        tuple(text for words, text in found if words),
    )
    log = {
        "id": UUID(entry["id"]),
        "erased_at": parse_datetime(entry["erased_at"]),
        "signs": entry["signs"],
    }
    with transaction.atomic():
        for person in persons[1:]:
            erase_rows(person, entry["scope"])
        return erase_wordings(
            persons[0] if persons else None,
            wordings,
            entry["scope"],
            by=None,
            reason=entry["reason"],
            office=entry["office"],
            **log,
        )


def _persons_of(entry: dict[str, Any], addresses: list[str]) -> list[Person]:
    """Whose rows go: the account that was erased, and what was left under addresses that no other has here.

    In this backup one of the addresses may belong to somebody who had the mailbox before or after.
    """
    persons = [Person.of(address) for address in addresses]
    if entry["scope"] != Erasure.Scope.ALL:
        return persons
    account = _account_of(entry, [person for person in persons if person.account])
    erased = [Person(account.email.lower(), account)] if account else []
    return erased + [person for person in persons if person.account is None]


def _account_of(entry: dict[str, Any], holders: list[Person]) -> Any:
    """An entry of before accounts had signs means the one that had all of its addresses held here."""
    if signs := {sign for words, sign in entry["signs"] if words == OF_ACCOUNT}:
        accounts = get_user_model()._base_manager.all()
        found = next((account for account in accounts if sign_of_account(account) in signs), None)
        return None if found and _began_after(found, entry["erased_at"]) else found
    held = {person.email for person in holders}
    bearers = [person.account for person in holders if held <= person.borne]
    return bearers[0] if len(bearers) == 1 else None


def _began_after(account: Any, moment: str) -> bool:
    """Whether its key was given anew: a restored database counts on from the backup."""
    first = events_of(type(account), pgh_obj_id=account.pk).last()
    return first is not None and first.pgh_created_at > parse_datetime(moment)


def _clear_texts(signs: set[tuple[int, str]]) -> dict[str, str]:
    """By keyed hash, the wordings of this database that have one of these hashes."""
    wanted = {sign for _words, sign in signs}
    lengths = {words for words, _sign in signs if words > 0}
    found: dict[str, str] = {}
    seen: set[str] = set()
    for text in _all_texts() if signs else ():
        fresh = set(_wordings_in(text, lengths)) - seen
        if len(seen) > MOST_REMEMBERED:
            seen.clear()
        seen |= fresh
        found |= {sign: wording for wording in fresh if (sign := keyed(wording)) in wanted}
    return found


def _wordings_in(text: str, lengths: set[int]) -> Iterator[str]:
    lowered = composed(text).lower()
    for name, host in ADDRESS.findall(lowered.replace("%40", "@")):
        yield from (f"{name[start.start() :]}{host}" for start in INNER_START.finditer(name))
        yield name + host
    # signs of before ß and the i without dot were folded are of the words as they are
    for words in [WORD.findall(each) for each in {lowered, folded(text)}] if lengths else ():
        for length in lengths:
            for start in range(len(words) - length + 1):
                yield from _with_and_without_genitive(words[start : start + length])


def _with_and_without_genitive(run: list[str]) -> Iterator[str]:
    yield " ".join(run)
    for place, word in enumerate(run):
        if word.endswith("s"):
            yield " ".join([*run[:place], word.removesuffix("s"), *run[place + 1 :]])


def _all_texts() -> Iterator[str]:
    for model in models_with_texts():
        names = [field.attname for field in texts_of(model)]
        for row in model._base_manager.order_by().values_list(*names).iterator(BATCH):
            for value in row:
                yield from _strings_in(value)


def _strings_in(value: Any) -> Iterator[str]:
    """The texts within a value of a text, list or JSON column, with line breaks as they were typed."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings_in(inner)
