"""Which test notices when a rule lets everybody in: `python -m tests.mutate_rules` tries one by one.

First everybody asks everywhere, and it is kept who was turned away by which rule. Then each rule is replaced
by "always true", and those who were turned away by it ask again until one gets another answer. Who sees
half a page is no matter of a status: for a rule that no answer notices, the tests named in `TESTS` run.
Likewise with the `permission` of each view. Run it beside services: `python -m smartregion.stack exec -- …`.
"""

import logging
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

Asked = tuple[str, tuple[str, str]]
"""The address, and who asks with which method."""
MUTATED: Final = "SMARTREGION_MUTATED_RULE"
MOST_ASKED: Final = 60
ASKING: Final = ("get", "post")
TESTS: Final[dict[str, str]] = {
    "governance.attend": "tests/governance/test_attendance.py",
    "governance.follow_all_committees": "tests/governance/test_worklist.py tests/governance/test_calendar.py",
    "governance.read_internals": "tests/governance/test_visibility.py",
    "measures.change_every_cell": "tests/measures/test_municipality_guard.py",
    "measures.change_view": "tests/measures/test_saved_views.py",
    "measures.publish_experience": "tests/measures/test_who_has_it.py",
    "measures.report_for_team": "tests/measures/test_updates.py tests/measures/test_worklist.py",
    "measures.share_view": "tests/measures/test_saved_views.py",
    "measures.view_drafts": "tests/measures/test_measure.py tests/measures/test_filters.py",
    "measures.view_history": "tests/measures/test_measure.py tests/measures/test_rollout.py",
    "measures.view_shares": "tests/measures/test_money.py tests/measures/test_money_sums.py",
    "monitoring.follow_reports": "tests/monitoring/test_worklist.py",
    "monitoring.guard_reports": "tests/monitoring/test_worklist.py tests/monitoring/test_verify_job.py",
    "monitoring.read_internal_reports": "tests/monitoring/test_views.py",
    "monitoring.read_journal": "tests/monitoring/test_report_flow.py",
}
"""By rule, the tests that notice what the matrix of answers cannot see."""
DOUBLED: Final = {
    "network": "Django's administration site asks for it, below `network.administer`",
    "network.add_user": "below `network.administer`",
    "network.change_user": "below `network.administer`",
    "network.view_user": "below `network.administer`",
}
"""Rules that only somebody meets whom another one has let in, who may do this as well."""


def pytest_collection_finish() -> None:
    """As a plugin of pytest (`-p tests.mutate_rules`): the tests run without the named rule."""
    import rules

    if name := os.environ.get(MUTATED):
        rules.set_perm(name, rules.always_true)


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


class Mutations:
    """Everything is asked once; then each rule and each view's permission is taken away for a while."""

    def __init__(self) -> None:
        import rules

        from tests.permission_matrix import ACTORS, Matrix

        self.rules, self.matrix = rules, Matrix()
        self.kept = dict(rules.permissions.permissions)
        self.turned_away: dict[str, list[Asked]] = defaultdict(list)
        self.answers: dict[Asked, str] = {}
        self.current: Asked | None = None
        for name, predicate in self.kept.items():
            rules.set_perm(name, self._watched(name, predicate))
        for route in self.matrix.addresses:
            for method in ASKING:
                for actor in ACTORS:
                    self.current = route, (actor, method)
                    self.answers[self.current] = self.matrix.ask(*self.current)
        self._restore()

    def _watched(self, name: str, predicate: Any) -> Any:
        def test(user: Any, subject: Any) -> bool:
            is_allowed = predicate.test(user, subject)
            if not is_allowed and self.current is not None:
                asked = self.turned_away[name]
                if self.current not in asked[-1:]:
                    asked.append(self.current)
            return bool(is_allowed)

        return self.rules.predicate(test, name=f"watched {name}")

    def _restore(self) -> None:
        for name, predicate in self.kept.items():
            self.rules.set_perm(name, predicate)

    def of_rules(self) -> Iterator[tuple[str, str]]:
        """Each rule, and the first answer that changes without it."""
        for name in sorted(self.kept):
            asked = sorted(self.turned_away[name], key=lambda each: self._is_beside_the_point(name, *each))
            self.rules.set_perm(name, self.rules.always_true)
            try:
                yield name, self._first_changed(asked[:MOST_ASKED])
            finally:
                self._restore()

    def _is_beside_the_point(self, name: str, route: str, cell: tuple[str, str]) -> tuple[bool, bool]:
        """Pages whose own rule it is come first, then those who were turned away: else it hides a button."""
        from tests.permission_matrix import stated_at

        stated = stated_at(self.matrix.addresses[route])
        return stated is None or stated.policy != name, self.answers[route, cell] not in "34s"

    def of_views(self) -> Iterator[tuple[str, str]]:
        """Each address that is not public, and the first answer that changes when its view is.

        Where a rule for the object refuses as well, nothing changes: such an address is guarded twice.
        """
        from django.urls import resolve

        from smartregion.base.access import PUBLIC, policy_of
        from tests.permission_matrix import ACTORS

        for route, address in self.matrix.addresses.items():
            match = resolve(address)
            if policy_of(match.func) in (None, PUBLIC):
                continue
            view, permission = match.func.view_class, policy_of(match.func)  # type: ignore[attr-defined]
            view.permission = PUBLIC
            try:
                asked = [
                    (route, (actor, method))
                    for method in ASKING
                    for actor in ("visitor", *ACTORS)
                    if self.answers[route, (actor, method)] in "34s"
                ]
                yield f"/{route}", self._first_changed(asked)
            finally:
                view.permission = permission

    def _first_changed(self, asked: list[Asked]) -> str:
        for route, cell in asked:
            answer = self.matrix.ask(route, cell)
            if answer != self.answers[route, cell]:
                actor, method = cell
                return f"{method.upper()} /{route} as {actor}: {self.answers[route, cell]} became {answer}"
        return ""


def noticed_by_tests(name: str) -> str:
    """The first test of those named for the rule that fails without it."""
    words = [sys.executable, "-m", "pytest", "-p", "tests.mutate_rules", "-x", "-q", *TESTS[name].split()]
    done = subprocess.run(
        words, env={**os.environ, MUTATED: name}, capture_output=True, text=True, check=False
    )
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED ")]
    return failed[0].removeprefix("FAILED ").partition(" - ")[0] if failed else ""


def main() -> int:
    from django.db import transaction

    found: dict[str, str] = {}
    with empty_database(), transaction.atomic():
        mutations = Mutations()
        found.update([*mutations.of_rules(), *mutations.of_views()])
        transaction.set_rollback(True)
    for name in TESTS:
        found[name] = found.get(name) or noticed_by_tests(name)
    for name, noticed in found.items():
        twice = (
            "guarded twice: a rule for the object refuses too" if name.startswith("/") else DOUBLED.get(name)
        )
        print(f"{name}\t{noticed or twice or 'NOTHING NOTICES THIS'}")
    rules = {name for name in found if not name.startswith("/")}
    missed = [name for name in rules - set(DOUBLED) if not found[name]]
    print(f"{len(rules)} rules, {len(found) - len(rules)} addresses; unnoticed: {missed or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
