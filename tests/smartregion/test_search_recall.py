"""Sixty things that people type, against the example region."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from network.models import User
from smartregion.base.search_hits import Asked, search
from tests.smartregion.search_queries import QUERIES, VISITOR

pytestmark = pytest.mark.django_db
SEEN = 5
ACCOUNTS = {"coordination": "koordination", "chair": "vorsitz"}


def reader(name: str) -> Any:
    return AnonymousUser() if name == VISITOR else User.objects.get(email__startswith=f"{ACCOUNTS[name]}@")


def test_people_find_what_they_mean_among_the_first_five(example: None) -> None:
    wanted, missed = 0, []
    for asked in QUERIES:
        hits = search(Asked(asked.words), reader(asked.reader)).hits[:SEEN]
        seen = {(hit.kind.key, hit.shown.title) for hit in hits}
        wanted += len(asked.wanted)
        missed += [
            f"{asked.words}: {title} ({kind})" for kind, title in asked.wanted if (kind, title) not in seen
        ]
    recall = 1 - len(missed) / wanted
    print(
        f"\nrecall@{SEEN} of {len(QUERIES)} queries with {wanted} wanted hits: {recall:.1%}",
        *missed,
        sep="\n  ",
    )

    assert recall >= 0.95, missed
