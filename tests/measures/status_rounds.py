"""A status round, its links and its mails, as the tests of rounds need them."""

from datetime import timedelta
from typing import Any

from django.core import mail
from django.utils.timezone import localdate

from measures.models import (
    Measure,
    RolloutCell,
    RoundInvitation,
    RoundLink,
    StatusRound,
)
from measures.services.rounds import open_round
from network.models import Municipality
from smartregion.base.hashed import hash_of
from smartregion.base.jobs import run
from smartregion.base.models import Job

LIVE = {
    "stage": "live",
    "since": "2024-05-01",
    "evidence": "Beschluss",
    "reason": "",
    "contact": "",
    "note": "",
}


def begin(**values: Any) -> StatusRound:
    asked = Measure.objects.exclude(visibility="draft")
    defaults = {"title": "Herbst", "closes_on": localdate() + timedelta(days=7), "measures": asked}
    return open_round(**{**defaults, "portal_url": "https://portal.example.org/", "by": None, **values})


def link_for(place: Municipality, token: str = "richtig") -> str:
    """The address of a link, as one of the mails would carry it."""
    invitation = RoundInvitation.objects.filter(municipality=place).latest("pk")
    RoundLink.objects.create(invitation=invitation, token_hash=hash_of(token))
    return f"/abfrage/{token}/"


def cell_of(place: Municipality, title: str = "Netz") -> RolloutCell:
    return RolloutCell.objects.get(municipality=place, measure__title=title)


def read(*cells: RolloutCell) -> dict[str, list[str]]:
    return {"cell": [f"{cell.pk}:{cell.version}" for cell in cells]}


def fingerprint() -> list[dict[str, Any]]:
    return list(RolloutCell.objects.order_by("pk").values())


def send_mails() -> list[Any]:
    """Do the waiting jobs as a worker would; returns the mails of this time."""
    before = len(mail.outbox)
    for key in Job.objects.claimable().values_list("pk", flat=True):
        run(key)
    return mail.outbox[before:]
