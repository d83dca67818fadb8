"""Every page behind a link in a mail keeps its address to itself, also where the link opens nothing."""

import pytest
from django.core import signing
from django.test import Client
from django.urls import get_resolver, reverse

from network.digests import SALT
from participation.links import secret_of
from participation.services.mailings import WITHDRAW
from smartregion.base.access import PUBLIC, is_kept, policy_of
from smartregion.base.secret_pages import PRIVATE, SecretPage
from smartregion.languages import addresses
from tests.factories import make_contact, make_region, make_user

pytestmark = pytest.mark.django_db
SECRETS = {"token", "link", "confirmation", "choice", "ending", "secret_of_registration"}


def test_every_address_with_a_secret_is_a_secret_page() -> None:
    """But for calendars and files of their own, which hold no page."""
    with_secret = {
        pattern.name: pattern.callback.view_class
        for pattern, route in addresses(get_resolver().url_patterns)
        if policy_of(pattern.callback) == PUBLIC
        and route.endswith("/")
        and SECRETS & set(pattern.pattern.converters)
    }

    assert len(with_secret) > 10
    assert [name for name, view in with_secret.items() if not issubclass(view, SecretPage)] == []
    assert [name for name, view in with_secret.items() if view.is_kept] == []


def test_links_in_mailings_and_reminders_are_protected_too(client: Client) -> None:
    make_region()
    consent = reverse("consent", args=[secret_of(make_contact(email="a@example.org"), WITHDRAW)])
    digest = reverse("unsubscribe", args=[signing.Signer(salt=SALT).sign(str(make_user().pk))])
    pages = [consent, digest, f"{consent[:-4]}AAA/", f"{digest[:-4]}AAA/"]
    answers = [client.get(page) for page in pages]

    assert [answer.status_code for answer in answers] == [200, 200, 404, 404]
    assert [{name: answer[name] for name in PRIVATE} for answer in answers] == [PRIVATE] * 4
    assert [is_kept(answer.resolver_match.func) for answer in answers] == [False] * 4
