"""The tokens of an account's programs end with what else works without signing in."""

from typing import Any

from monitoring.services.tokens import end_tokens
from smartregion.base.ways_in import way_in


@way_in
def end_tokens_of(user: Any, by: Any) -> None:
    end_tokens(user=user, by=by)
