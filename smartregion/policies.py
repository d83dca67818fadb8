"""Policies of the views that come from libraries; one that is not named here is refused."""

from django.urls import ResolverMatch

from smartregion.base.access import PUBLIC, SIGNED_IN

LIBRARY_VIEWS = {
    "account_logout": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
}
LIBRARY_NAMESPACES = {"admin": "network.administer"}


def policy_of_library_view(match: ResolverMatch) -> str | None:
    """The policy of a library's view. The administration site also checks its role itself, on each page."""
    for namespace in match.namespaces:
        return LIBRARY_NAMESPACES.get(namespace)
    return LIBRARY_VIEWS.get(match.url_name or "")
