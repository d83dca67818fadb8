"""The way of a report in tests: compiled by its job, released by the coordinator, approved by the chair."""

import json

from django.test import Client

from governance.models import Committee, Seat
from monitoring.models import Report
from monitoring.services.reports import approve_report, keep_compiled, release_report
from network.models import Role, User
from smartregion.base import jobs
from tests.factories import make_committee, make_user

CONTENTS = {"pdf": b"%PDF", "xlsx": b"PK", "json": b'{"report":{"scope":null}}\n'}
COORDINATION, CHAIR = "Koordinierungsstelle Smart Region", "Vorsitz, Kreisverwaltung"


def client_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def compiled(report: Report) -> Report:
    """By its job, as the worker does it; needs `transaction=True`."""
    jobs.run(report.job_id)
    return Report.objects.get(pk=report.pk)


def kept(report: Report) -> Report:
    """Compiled within the transaction of the test, of bytes that stand for the files."""
    scope = {"label": str(report.scope)}
    named = {"json": json.dumps({"report": {"scope": scope}}).encode()} if report.scope else {}
    keep_compiled(report, {**CONTENTS, **named})
    return Report.objects.get(pk=report.pk)


def released(report: Report, by: User | None = None) -> Report:
    return release_report(report=report, by=by or make_user(), office=COORDINATION)


def sealed(report: Report, by: User | None = None) -> Report:
    """Of a compiled one."""
    approver = by or make_user(Role.STEERING)
    return approve_report(report=released(report), by=approver, office=CHAIR, sha256=report.sha256)


def make_chair() -> User:
    """An account of the Lenkungskreis that has its chair."""
    chair = make_user(Role.STEERING)
    committee = Committee.objects.filter(kind="steering").first() or make_committee()
    Seat.objects.create(committee=committee, group="county", function=CHAIR, is_chair=True, user=chair)
    return chair
