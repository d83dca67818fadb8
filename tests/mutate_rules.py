"""Which test notices when a guard is gone: `python -m tests.mutate_rules` takes them away one by one.

A guard is an address's rule (replaced by "allowed for all", then by "whoever is signed in"), a `require` in
its view, a rule, a part of rules, or a QuerySet's method that is told who asks. What answers differently
without it is looked up in docs/permissions.md, which `tests/test_permissions.py` compares with the answers.
Run it beside services: `python -m smartregion.stack exec -- …`. The words `addresses`, `tables` and `tests`
choose a part.
"""

import inspect
import logging
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import pytest

FILE: Final = Path(__file__).parent.parent / "docs/permissions.md"
ASKING: Final = ("get", "post")
NOTHING: Final = "NOTHING NOTICES THIS"
TWICE: Final = "two guards in a row, without both"
BY_ITSELF: Final = "two guards in a row, the second one is the library's own"
TESTS: Final = {
    "governance.Amendment.visible_to": "test_minutes_pages.py::test_an_internal_amendment",
    "governance.Ballot.visible_to": "test_circulars.py::test_a_vote_is_found_by_its_voter",
    "governance.Circular.awaiting": "test_worklist.py::test_a_vote_is_asked_of_who_may_vote_and_has_not",
    "governance.Meeting.unanswered_by": "test_worklist_attendance.py::test_a_member_is_asked_until",
    "governance.Meeting.unanswered_by_deputy": "test_worklist_attendance.py::test_a_deputy_is_asked",
    "governance.MinutesFile.visible_to": "test_minutes_pages.py::test_a_reader_gets_only_the_editions",
}
"""By QuerySet's method whose rows the tables lack: how the name of the test in `tests/governance` begins."""
BY_LIBRARY: Final = {
    "/konto/bestaetigen/ as public",
    "/konto/bestaetigen/code/ as public",
    "/konto/bestaetigen/passkey/ as public",
    "/konto/passwort/ as public",
    "/konto/passwort/setzen/ as public",
    "/konto/zweiter-faktor/app/ as public",
    "/konto/zweiter-faktor/passkey/ as public",
}
"""Addresses whose view comes from allauth, which sends a visitor to the sign-in page by itself as well."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """As a plugin of pytest (`-p tests.mutate_rules`): each test of `TESTS` runs without its guard."""
    from tests.rights import all_guards

    gone = [guard for guard in all_guards() if item.nodeid.startswith(named_test(guard.name))]
    with ExitStack() as stack:
        for guard in gone:
            stack.enter_context(patch.object(guard.queryset, guard.method, _all_rows))
        return (yield)


def named_test(name: str) -> str:
    """How the test named for the guard begins; of a guard that has none, nothing begins like this."""
    return f"tests/governance/{TESTS.get(name, '?')}"


def _all_rows(rows: Any, _asked: Any) -> Any:
    return rows.all()


def _no_rows(rows: Any, _asked: Any) -> Any:
    return rows.none()


@contextmanager
def empty_database() -> Iterator[None]:
    import django
    from django.conf import settings
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    django.setup()
    settings.WHITENOISE_AUTOREFRESH = True
    logging.disable(logging.ERROR)
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(databases, verbosity=0)


class Tables:
    """What the file says of rules and rows, and which line of it is no longer true without a guard."""

    def __init__(self, matrix: Any) -> None:
        from tests.rights import RowsAsked, RulesAsked, told

        text = FILE.read_text(encoding="utf-8")
        self.rules, self.told_of_rules = RulesAsked(matrix), told(text, RulesAsked)
        self.rows, self.told_of_rows = RowsAsked(matrix), told(text, RowsAsked)

    def as_they_are(self) -> str:
        """What the file says wrongly, with all guards in their places."""
        return self.belied(self.rules, self.told_of_rules, "") or self.belied(
            self.rows, self.told_of_rows, ""
        )

    def without_rules(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Each rule, and the line that is no longer true once it always says yes, or else no."""
        import rules

        permissions = rules.permissions.permissions
        for name in names:
            ways = [patch.dict(permissions, {name: way}) for way in (rules.always_true, rules.always_false)]
            yield name, self._first_belied(self.rules, self.told_of_rules, name, ways)

    def without_parts(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Each predicate of which rules are made, likewise."""
        parts = parts_of_rules()
        for name in names:
            ways = [patch.object(parts[name], "fn", way) for way in (lambda *_: True, lambda *_: False)]
            yield f"part {name}", self._first_belied(self.rules, self.told_of_rules, "", ways)

    def without_querysets(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Each method of a QuerySet, which finds all rows, or else none."""
        for name in names:
            guard = self.rows.guards[name]
            ways = [patch.object(guard.queryset, guard.method, way) for way in (_all_rows, _no_rows)]
            yield name, self._first_belied(self.rows, self.told_of_rows, name, ways)

    def _first_belied(self, asked: Any, said: dict[Any, list[str]], name: str, ways: list[Any]) -> str:
        for way in ways:
            with way:
                if found := self.belied(asked, said, name):
                    return found
        return ""

    def belied(self, asked: Any, said: dict[Any, list[str]], name: str) -> str:
        """The first line about this name, or about any, that is not as the file says."""
        for line, expected in said.items():
            if name in ("", line[0]) and (answers := list(asked.ask(line).values())) != expected:
                return f"{' '.join(line)}: {' '.join(expected)} became {' '.join(answers)}"
        return ""


def parts_of_rules() -> dict[str, Any]:
    """By its name, each predicate that stands in a module of rules."""
    from importlib import import_module

    from rules import Predicate

    modules = [import_module(f"{app}.rules") for app in ("network", "measures", "governance", "monitoring")]
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, Predicate)
    }


class Addresses:
    """Each address that is not for everybody, and the answer that changes when its guard is gone."""

    def __init__(self, matrix: Any) -> None:
        from tests.permission_matrix import read_table

        self.matrix = matrix
        self.told = {
            route: answers for route, _stated, answers in read_table(FILE.read_text(encoding="utf-8"))
        }

    def without_guards(self, routes: Iterable[str]) -> Iterator[tuple[str, str]]:
        from smartregion.base.access import PUBLIC, SIGNED_IN
        from tests.permission_matrix import stated_at

        for route in routes:
            stated = stated_at(self.matrix.addresses[route])
            policy = stated.policy if stated else PUBLIC
            wider = [PUBLIC] if self.is_for_all_accounts(route) else [PUBLIC, SIGNED_IN]
            found = {
                f"/{route} as {instead}": self.changed(route, self.instead(route, instead))
                for instead in wider
                if policy not in (PUBLIC, instead)
            }
            for rule in self.required_at(route):
                found[f"/{route} without require {rule}"] = self.changed(route, [without_require(rule)])
            if not all(found.values()):
                both = self.changed(route, [*self.instead(route, PUBLIC), without_require()])
                found = {name: noticed or (both and f"{TWICE}: {both}") for name, noticed in found.items()}
            yield from found.items()

    def is_for_all_accounts(self, route: str) -> bool:
        """All get the same answers, so that "whoever is signed in" is no other rule."""
        from tests.permission_matrix import ACTORS, METHODS

        accounts = [actor for actor in ACTORS if actor not in {"disabled", "visitor"}]
        return len({tuple(self.told[route][actor, method] for method in METHODS) for actor in accounts}) == 1

    def instead(self, route: str, policy: str) -> list[Any]:
        """What puts another policy in the place of the address's own."""
        from django.contrib import admin
        from django.urls import resolve

        from smartregion import policies

        match = resolve(self.matrix.addresses[route])
        view = getattr(match.func, "view_class", None)
        if view is not None and hasattr(view, "permission"):
            return [patch.object(view, "permission", policy)]
        return [
            patch.dict(policies.LIBRARY_VIEWS, {match.url_name or "": policy}),
            patch.dict(policies.LIBRARY_NAMESPACES, {"admin": policy}),
            patch.object(admin.site, "has_permission", lambda request: True),
        ]

    def required_at(self, route: str) -> list[str]:
        """The rules by which the view asks for an object, as somebody is refused or let in by them."""
        from django.urls import resolve

        from smartregion.base.access import RuledView
        from tests.permission_matrix import ACTORS

        view = getattr(resolve(self.matrix.addresses[route]).func, "view_class", None)
        if view is None or not any("self.require(" in source_of(base) for base in view.__mro__):
            return []
        asked: set[str] = set()
        kept = RuledView.require

        def watched(self: Any, permission: str, subject: Any) -> None:
            asked.add(permission)
            kept(self, permission, subject)

        with patch.object(RuledView, "require", watched):
            for actor in ACTORS:
                for method in ASKING:
                    self.matrix.ask(route, (actor, method))
        return sorted(asked)

    def changed(self, route: str, patches: list[Any]) -> str:
        """The first answer of those who were turned away that is another one now."""
        from tests.permission_matrix import MISSING, NEEDS_OBJECT, OPEN

        with ExitStack() as stack:
            for each in patches:
                stack.enter_context(each)
            for cell, letter in self.told[route].items():
                if cell[1] not in ASKING or letter == OPEN:
                    continue
                expected = MISSING if letter == NEEDS_OBJECT else letter
                if (answer := self.matrix.ask(route, cell)) != expected:
                    break
            else:
                return ""
        if self.matrix.ask(route, cell) != expected:
            raise ValueError(f"docs/permissions.md is not up to date: {route}")
        return f"{cell[1].upper()} as {cell[0]}: {letter} became {answer}"


def source_of(view: type) -> str:
    return inspect.getsource(view) if view.__module__.partition(".")[0] not in {"builtins", "django"} else ""


def without_require(rule: str = "") -> Any:
    """The view asks for no rule of an object any more, or not for this one."""
    from smartregion.base.access import RuledView

    kept = RuledView.require

    def require(self: Any, permission: str, subject: Any) -> None:
        if rule and permission != rule:
            kept(self, permission, subject)

    return patch.object(RuledView, "require", require)


def of_tests() -> Iterator[tuple[str, str]]:
    """Each guard that the tables lack, and the test that failed without it."""
    files = sorted({named_test(name).partition("::")[0] for name in TESTS})
    chosen = " or ".join(test.partition("::")[2] for test in TESTS.values())
    words = [sys.executable, "-m", "pytest", "-p", "tests.mutate_rules", "-q", *files, "-k", chosen]
    told = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    failed = [line.split()[1] for line in told.splitlines() if line.startswith("FAILED ")]
    for name in TESTS:
        yield name, next((test for test in failed if test.startswith(named_test(name))), "")


def of_addresses(matrix: Any) -> Iterator[tuple[str, str]]:
    addresses = Addresses(matrix)
    for name, noticed in addresses.without_guards(addresses.told):
        yield name, noticed or (BY_ITSELF if name in BY_LIBRARY else "")


def of_tables(matrix: Any) -> Iterator[tuple[str, str]]:
    import rules

    tables = Tables(matrix)
    if wrong := tables.as_they_are():
        raise ValueError(f"docs/permissions.md is not up to date: {wrong}")
    yield from tables.without_rules(sorted(rules.permissions.permissions))
    yield from tables.without_parts(sorted(parts_of_rules()))
    yield from tables.without_querysets(sorted(tables.rows.guards))


ASKED: Final = {"addresses": of_addresses, "tables": of_tables}


def of_parts(names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each guard, and what notices that it is gone; "" for nothing."""
    from django.db import transaction

    if asked := [ask for name, ask in ASKED.items() if name in names]:
        with empty_database(), transaction.atomic():
            from tests.permission_matrix import Matrix

            matrix = Matrix()
            for ask in asked:
                yield from ask(matrix)
            transaction.set_rollback(True)
    if "tests" in names:
        yield from of_tests()


def main() -> int:
    found: dict[str, str] = {}
    for name, noticed in of_parts(sys.argv[1:] or [*ASKED, "tests"]):
        found[name] = noticed
        print(f"{name}\t{noticed or NOTHING}", flush=True)
    missed = [name for name, noticed in found.items() if not noticed]
    behind = sum(noticed.startswith((TWICE, BY_ITSELF)) for noticed in found.values())
    print(f"{len(found)} guards, {behind} with another one behind them; unnoticed: {missed or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
