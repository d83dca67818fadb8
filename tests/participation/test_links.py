"""Links in mails: signed for one row and one purpose."""

import pytest
from django.http import Http404

from participation.links import opened, row_of, secret_of
from participation.models import Subscriber, SubscriptionRequest
from tests.participation.subscriber_rows import make_subscriber

pytestmark = pytest.mark.django_db
ROWS = Subscriber.objects.all()


def opens(rows, secret: str, purpose: str) -> bool:
    try:
        row_of(rows, secret, purpose)
    except Http404:
        return False
    return True


def test_a_link_opens_its_row_for_its_purpose_alone() -> None:
    row, other = make_subscriber(), make_subscriber(email="anders@example.org")
    secret = secret_of(row, "change")

    assert row_of(ROWS, secret, "change") == row
    assert opens(ROWS, secret, "end") is False
    assert opens(ROWS.filter(pk=other.pk), secret, "change") is False


def test_a_link_of_another_kind_of_row_with_the_same_key_opens_nothing() -> None:
    row = make_subscriber()
    request = SubscriptionRequest.objects.create(pk=row.pk, email="gast@example.org", wanted=[])

    assert opens(ROWS, secret_of(request, "change"), "change") is False


@pytest.mark.parametrize("secret", ["", "x", "1", ":", "MQ:abc", "\0", "ä" * 500, "1:1:1"])
def test_a_forged_link_opens_nothing(secret: str) -> None:
    make_subscriber()

    assert opens(ROWS, secret, "change") is False


def test_a_link_with_one_letter_changed_opens_nothing() -> None:
    secret = secret_of(make_subscriber(), "change")
    last = "A" if secret[-2] != "A" else "B"

    assert opens(ROWS, f"{secret[:-2]}{last}{secret[-1]}", "change") is False


def test_a_link_ends_with_its_row_and_may_say_so() -> None:
    row = make_subscriber()
    secret = secret_of(row, "end")
    row.delete()

    assert opens(ROWS, secret, "end") is False
    assert opened(ROWS, secret, "end") is None
    with pytest.raises(Http404):
        opened(ROWS, "x", "end")
