"""Who gets which answer at which address: everybody asks for every row of a set that has one of each kind."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from http.cookies import SimpleCookie
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, resolve, reverse

from governance.models import Seat
from measures.models import Impulse, SavedView, StatusUpdate, TeamMember
from monitoring.models import ApiToken, Indicator, IndicatorValue
from network.models import Municipality, Role, User
from smartregion.base.access import policy_of
from smartregion.policies import policy_of_library_view
from tests.addresses import address_of, keys_of_rows, routes
from tests.factories import make_municipality, make_user

METHODS: Final = ("get", "post", "put", "patch", "delete")
READING: Final = ("get",)
ACTORS: Final = {
    "coordination": "Coordination",
    "own": "Municipality, own rows",
    "foreign": "Municipality, rows of another",
    "steering": "Steering committee, its chair",
    "team": "Development team of the measure",
    "administration": "Administration",
    "disabled": "Account that was closed",
    "visitor": "Visitor",
}
OPEN, SIGN_IN, FORBIDDEN, MISSING, NO_METHOD, BROKEN = "o", "s", "3", "4", "5", "!"
NEEDS_OBJECT: Final = "n"
"""What the file says for a 404 that everybody gets who may enter: the row would have to be another one."""
DENIED: Final = (SIGN_IN, FORBIDDEN, MISSING, NO_METHOD)
COUNTERS: Final = {"django_session", "base_cache", "base_auditentry", "axes_accessattempt", "base_sign"}
"""What may change though nothing was done: sessions, counters, and the log that tells of the denial."""
Cell = tuple[str, str]
"""Actor and method."""
CELLS: Final[list[Cell]] = [(actor, method) for actor in ACTORS for method in METHODS]


@dataclass(frozen=True)
class Stated:
    """What the code says of an address: its rule, and which methods write."""

    policy: str
    writes: tuple[str, ...]


def stated_at(address: str) -> Stated | None:
    """None for an address that is not classified: nobody gets an answer there."""
    match = resolve(address)
    view = getattr(match.func, "view_class", None)
    policy = policy_of(match.func) or policy_of_library_view(match)
    if policy is None:
        return None
    return Stated(policy, tuple(getattr(view, "writes", ("by the library",))))


class Matrix:
    """The rows, the accounts, and their clients. To be used within a transaction that is taken back."""

    def __init__(self) -> None:
        self.keys = keys_of_rows()
        self.accounts = self._accounts()
        self.clients = {actor: Client(raise_request_exception=False) for actor in ACTORS}
        self.cookies = {actor: self._sign_in(actor) for actor in ACTORS}
        User.objects.filter(pk=self.accounts["disabled"].pk).update(is_active=False)
        self.untouched = fingerprint()

    @cached_property
    def addresses(self) -> dict[str, str]:
        """By its pattern, each address of the house."""
        return {route: address_of(route, self.keys) for route in routes(get_resolver())}

    def _accounts(self) -> dict[str, User]:
        """Each role, and what of the rows belongs to it."""
        place = Municipality.objects.get(slug=self.keys["kommunen"])
        accounts = {
            "coordination": make_user(Role.COORDINATION),
            "own": make_user(Role.MUNICIPALITY, place),
            "foreign": make_user(Role.MUNICIPALITY, make_municipality("Beedorf")),
            "steering": make_user(Role.STEERING),
            "team": make_user(Role.TEAM),
            "administration": make_user(Role.ADMINISTRATION),
            "disabled": make_user(Role.COORDINATION),
        }
        of = self.keys
        Seat.objects.filter(pk=of["sitze"]).update(user=accounts["steering"], is_chair=True)
        TeamMember.objects.filter(pk=of["team"]).update(user=accounts["team"])
        StatusUpdate.objects.filter(pk=of["sachstand"]).update(author=accounts["team"])
        Impulse.objects.filter(pk=of["impulse"]).update(given_by=accounts["own"])
        SavedView.objects.filter(pk=of["ansichten"]).update(owner=accounts["coordination"])
        ApiToken.objects.filter(pk=of["zugang"]).update(created_by=accounts["own"], municipality=place)
        Indicator.objects.filter(key=of["indikatoren"]).update(per_municipality=True, combination="sum")
        IndicatorValue.objects.filter(pk=of["werte"]).update(municipality=place)
        return accounts

    def _sign_in(self, actor: str) -> str:
        if actor not in self.accounts:
            return ""
        self.clients[actor].force_login(self.accounts[actor])
        return self.clients[actor].cookies[settings.SESSION_COOKIE_NAME].value

    def ask(self, route: str, cell: Cell) -> str:
        """The answer; what an open door let happen is taken back, what a closed one did stays."""
        actor, method = cell
        client = self.clients[actor]
        client.cookies = SimpleCookie()
        if self.cookies[actor]:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.cookies[actor]
        with transaction.atomic():
            response = getattr(client, method)(self.addresses[route])
            answer = answer_of(response)
            if answer == SIGN_IN and response.status_code == 302 and self._is_in(actor):
                answer = OPEN  # it has signed out
            if answer not in DENIED:
                transaction.set_rollback(True)
        return answer

    def _is_in(self, actor: str) -> bool:
        return actor in self.accounts and actor != "disabled"

    def answers(self, route: str, cells: Iterable[Cell] = CELLS) -> dict[Cell, str]:
        return {cell: self.ask(route, cell) for cell in cells}


def answer_of(response: Any) -> str:
    """Its class: "open" is whatever only those get to see who may do it, a complaint about a form too."""
    status = response.status_code
    if status == 401 or (status == 302 and response["Location"].startswith(reverse(settings.LOGIN_URL))):
        return SIGN_IN
    if status >= 500:
        return BROKEN
    return {403: FORBIDDEN, 404: MISSING, 405: NO_METHOD}.get(status, OPEN)


def fingerprint() -> dict[str, str]:
    """By table, a hash over all its rows."""
    tables = sorted(set(connection.introspection.table_names()) - COUNTERS)
    parts = " UNION ALL ".join(
        f"SELECT '{name}', md5(string_agg(kept::text, '|' ORDER BY kept::text)) FROM \"{name}\" kept"
        for name in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(parts)
        return dict(cursor.fetchall())


def without_object(answers: dict[Cell, str]) -> dict[Cell, str]:
    """The same, with a 404 that even the coordinator and the administration get told apart."""
    told = dict(answers)
    for method in METHODS:
        here = [answers[actor, method] for actor in ACTORS]
        if MISSING in here and set(here) <= {MISSING, SIGN_IN, FORBIDDEN}:
            told |= {(actor, method): NEEDS_OBJECT for actor in ACTORS if answers[actor, method] == MISSING}
    return told


HEAD: Final = """# Who may ask what

Written by `manage.py permission_matrix`: each kind of reader asked for each address, with every method, on a
set with a row of each kind. `tests/test_permissions.py` holds that the answers are these, and that a request
that was denied changed nothing in the database. The same pages in the other languages (`/en/…`, `/nl/…`) are
the same views and not listed again.

A cell has five letters, for GET, POST, PUT, PATCH and DELETE:

| letter | answer |
| --- | --- |
| `o` | open: what those get who may, be it a page, a file, a redirect, or a complaint about what was sent |
| `s` | sign-in: the sign-in page (401 from the interface for programs) |
| `3` | 403: the account's role may not |
| `4` | 404: not for this account, and not to be told from a missing one |
| `5` | 405: nobody can use this method here |
| `n` | needs object: 404 for all who may enter, as the row is in another state or the secret is made up |

"Rule" is the view's `permission`; what belongs to one object is decided by rules beside it, see
docs/security.md. "Writes" are the methods that may change the database; the others cannot, whoever asks.

"""


def as_table(answers: dict[str, dict[Cell, str]], stated: dict[str, Stated]) -> str:
    heads = ["Address", "Rule", "Writes", *ACTORS.values()]
    lines = [table_line(heads), table_line(["---"] * len(heads))]
    for route in sorted(answers):
        told = without_object(answers[route])
        letters = ["".join(told[actor, method] for method in METHODS) for actor in ACTORS]
        lines.append(
            table_line(
                [
                    f"`/{_plain(route)}`",
                    f"`{stated[route].policy}`",
                    ", ".join(stated[route].writes) or "–",
                    *(f"`{each}`" for each in letters),
                ]
            )
        )
    return HEAD + "\n".join(lines) + "\n"


def _plain(route: str) -> str:
    return route.replace("|", "\\|")


def table_line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def read_table(text: str) -> Iterator[tuple[str, Stated, dict[Cell, str]]]:
    """The rows of the file: address, what the code stated, the answers."""
    for line in text.splitlines():
        if line.startswith("| `/"):
            words = [word.strip() for word in line.replace("\\|", "\0").strip("| ").split(" | ")]
            address, rule, writes, *letters = words
            answers = {
                (actor, method): letter
                for actor, cell in zip(ACTORS, letters, strict=True)
                for method, letter in zip(METHODS, cell.strip("`"), strict=True)
            }
            stated = Stated(rule.strip("`"), tuple(writes.split(", ")) if writes != "–" else ())
            yield address.strip("`")[1:].replace("\0", "|"), stated, answers


def make_file(further: Callable[["Matrix"], str]) -> str:
    """Ask everything and write it down; to be called on an empty database that was migrated.

    Args:
        further: makes what stands below the addresses, and may change rows.

    Raises:
        ValueError: an address is not classified, or an answer is an error.
    """
    with transaction.atomic():
        matrix = Matrix()
        stated = {route: stated_at(address) for route, address in matrix.addresses.items()}
        if unclassified := [route for route, found in stated.items() if found is None]:
            raise ValueError(f"No policy: {', '.join(unclassified)}")
        answers = {route: matrix.answers(route) for route in matrix.addresses}
        if broken := [route for route, found in answers.items() if BROKEN in found.values()]:
            raise ValueError(f"An error instead of an answer: {', '.join(broken)}")
        below = further(matrix)
        transaction.set_rollback(True)
    return as_table(answers, {route: found for route, found in stated.items() if found}) + below
