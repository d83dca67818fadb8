"""What the administration looks after."""

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from network.models import Role, User
from smartregion.base.models import Job
from smartregion.base.worklist import Entry, worklist_for
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def entries(user: User, kind: str) -> list[Entry]:
    return next((group.entries for group in worklist_for(user, localdate()) if group.key == kind), [])


def test_the_administration_sees_accounts_that_nobody_ever_used() -> None:
    administrator = make_user(Role.ADMINISTRATION, last_login=now())
    unused = make_user(Role.STEERING, name="Vertretung")
    make_user(Role.STEERING, last_login=now())
    make_user(Role.STEERING, is_active=False)

    (entry,) = entries(administrator, "konten")

    assert (entry.title, entry.url) == ("Vertretung", f"/konten/{unused.pk}/")


def test_the_administration_tries_a_failed_job_again(client: Client) -> None:
    job = Job.objects.create(kind="test", status="failed", error="Kaputt", finished_at=now())
    Job.objects.create(kind="test", status="done")
    administrator = make_user(Role.ADMINISTRATION)
    client.force_login(administrator)

    (entry,) = entries(administrator, "auftraege")

    assert entry.why == f"{localdate():%d.%m.%Y} (heute): Kaputt"
    assert (entry.url, entry.action) == (f"/auftraege/{job.pk}/", "Auftrag ansehen")
    sent = client.post(entry.post.url, {"next": "/arbeitsplatz/"})
    assert sent["Location"] == "/arbeitsplatz/"
    job.refresh_from_db()
    assert (job.status, job.attempts) == ("queued", 0)
    assert client.post(entry.post.url).status_code == 404


@pytest.mark.parametrize(
    ("role", "answer"), [(Role.COORDINATION, 404), (Role.STEERING, 403), (Role.TEAM, 403)]
)
def test_nobody_else_has_accounts_or_jobs_to_look_after_or_tries_one_again(
    client: Client, role: Role, answer: int
) -> None:
    job = Job.objects.create(kind="test", status="failed", error="Kaputt", finished_at=now())
    make_user(Role.STEERING)
    user = make_user(role)
    client.force_login(user)

    assert entries(user, "konten") + entries(user, "auftraege") == []
    assert client.post(f"/auftraege/{job.pk}/erneut/").status_code == answer
    job.refresh_from_db()
    assert job.status == "failed"
