"""Short ways to subscribers."""

from datetime import datetime, timedelta

from django.utils.timezone import now

from participation.models import Subscriber, Subscription


def make_subscriber(
    *topics: tuple[str, str], email: str = "gast@example.org", told_until: datetime | None = None
) -> Subscriber:
    """Confirmed half a year ago, so that a digest tells all that is new since `told_until`."""
    since = told_until or now() - timedelta(days=180)
    row = Subscriber.objects.create(email=email, confirmed_at=since, told_until=since)
    Subscription.objects.bulk_create(Subscription(subscriber=row, kind=kind, key=key) for kind, key in topics)
    return row
