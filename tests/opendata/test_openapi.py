"""The description of the interfaces: valid, true, and what schemathesis makes of it breaks nothing."""

from collections import Counter
from collections.abc import Callable
from itertools import count, product
from typing import Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from tests.opendata.rows import make_canaries, make_everything
from tests.scale import IS_FULL

pytestmark = pytest.mark.django_db
CASES = 10_000 if IS_FULL else 120


def description() -> dict[str, Any]:
    return Client().get("/api/v1/openapi.json").json()


def test_every_described_address_for_reading_is_there(settings: Any) -> None:
    make_everything()
    paths = description()["paths"]

    plain = [path for path, methods in paths.items() if "get" in methods and "{" not in path]
    assert {path: Client().get(path).status_code for path in plain} == dict.fromkeys(plain, 200)
    assert len(paths) == 26


def test_parameters_are_those_of_the_filters_with_the_choices_of_this_moment() -> None:
    make_everything()
    parameters = {
        entry["name"]: entry["schema"]
        for entry in description()["paths"]["/api/v1/measures"]["get"]["parameters"]
    }

    assert parameters["field"] == {"type": "string", "enum": ["mobilitaet", "energie"]}
    assert {"visibility", "archive"} & set(parameters) == set()


@pytest.mark.django_db(transaction=True)
def test_no_case_of_schemathesis_breaks_the_interfaces_or_their_description(
    live_server: LiveServer, settings: Any, record_property: Callable[[str, object], None]
) -> None:
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, seed
    from hypothesis import settings as limits
    from schemathesis import GenerationMode
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    settings.PORTAL_URL = live_server.url
    make_canaries(make_everything())
    schema = schemathesis.openapi.from_url(f"{live_server.url}/api/v1/openapi.json")
    operations = [result.ok() for result in schema.get_all_operations()]
    answers: Counter[int] = Counter()
    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
    ]
    rounds = count()
    while answers.total() < CASES:  # an address without parameters has few cases
        number, each = next(rounds), -(-(CASES - answers.total()) // (2 * len(operations)))
        for operation, mode in product(operations, (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)):

            @seed(number)
            @limits(
                max_examples=each,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def attempt(case: Any) -> None:
                response = case.call()
                answers[response.status_code] += 1
                case.validate_response(response, checks=checks)

            attempt()

    record_property("schemathesis", f"{answers.total()} cases, {dict(sorted(answers.items()))}")
    assert max(answers) < 500
