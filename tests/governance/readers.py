"""The kinds of reader, and which canary words of a committee each may meet."""

from django.utils.timezone import localdate

from governance.models import Committee
from network.models import Role, User
from smartregion.base.worklist import Entry, worklist_for
from tests.factories import make_committee, make_municipality, make_user
from tests.governance.rows import make_member

PUBLIC, INTERNAL, DRAFT = {"Amsel"}, {"Biber"}, {"Dachs"}


def reader(kind: str, committee: Committee) -> User | None:
    return {
        "visitor": lambda: None,
        "municipality": lambda: make_user(Role.MUNICIPALITY, make_municipality()),
        "member": lambda: make_member(committee),
        "member of another": lambda: make_member(make_committee("Arbeitskreis")),
        "team": lambda: make_user(Role.TEAM),
        "administration": lambda: make_user(Role.ADMINISTRATION),
        "coordinator": lambda: make_user(Role.COORDINATION),
    }[kind]()


READERS = [
    ("visitor", PUBLIC),
    ("municipality", PUBLIC),
    ("member of another", PUBLIC),
    ("team", PUBLIC),
    ("administration", PUBLIC),
    ("member", PUBLIC | INTERNAL),
    ("coordinator", PUBLIC | INTERNAL | DRAFT),
]


def entries(user: User, kind: str) -> list[Entry]:
    return next((group.entries for group in worklist_for(user, localdate()) if group.key == kind), [])


def titles(user: User, kind: str) -> list[str]:
    return [entry.title for entry in entries(user, kind)]
