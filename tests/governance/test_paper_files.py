"""Attachments of a paper: what is taken, who reads it, and how it comes back."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from governance.models import Paper, PaperFile
from network.models import Role
from tests.base.uploads import HOSTILE, PDF, TRUE
from tests.factories import make_committee, make_user
from tests.governance.rows import make_file, make_paper

pytestmark = pytest.mark.django_db
SOME_HOSTILE = list(HOSTILE)[:: max(1, len(HOSTILE) // 6)]


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


@pytest.fixture
def paper() -> Paper:
    return make_paper(make_committee())


def upload(client: Client, paper: Paper, name: str, content: bytes) -> Any:
    values = {"title": "Lageplan", "visibility": "public", "file": SimpleUploadedFile(name, content)}
    return client.post(f"{paper.get_absolute_url()}anlagen/neu/", values)


def address(file: PaperFile) -> str:
    return f"{file.paper.get_absolute_url()}anlagen/{file.pk}/"


@pytest.mark.parametrize("name", TRUE)
def test_each_kind_is_taken_and_comes_out_as_it_went_in(coordinator: Client, paper: Paper, name: str) -> None:
    assert upload(coordinator, paper, name, TRUE[name])["Location"] == f"{paper.get_absolute_url()}#anlagen"

    file = PaperFile.objects.get()
    answer = Client().get(address(file))
    assert b"".join(answer) == TRUE[name]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert answer["Content-Disposition"] == f'attachment; filename="{file.name}"'
    assert answer["Cache-Control"] == "private, no-cache"
    assert Client().get(address(file), headers={"if-none-match": answer["ETag"]}).status_code == 304


@pytest.mark.parametrize("case", SOME_HOSTILE)
def test_a_hostile_file_is_refused_in_words_and_not_stored(
    coordinator: Client, paper: Paper, case: str
) -> None:
    answer = upload(coordinator, paper, *HOSTILE[case])

    assert list(answer.context["form"].errors) == ["file"]
    assert PaperFile.objects.count() == 0


def test_a_removed_attachment_is_found_nowhere_and_comes_back_with_its_bytes(
    coordinator: Client, paper: Paper
) -> None:
    upload(coordinator, paper, "plan.pdf", PDF)
    file = PaperFile.objects.get()

    page = coordinator.post(f"{address(file)}entfernen/", {"version": 1, "reason": "Veraltet"}, follow=True)
    assert f'action="{address(file)}rueckgaengig/?version=2"' in page.content.decode()
    assert f'href="{address(file)}"' not in page.content.decode()
    assert coordinator.get(address(file)).status_code == 404
    coordinator.post(f"{address(file)}rueckgaengig/?version=2")

    assert b"".join(Client().get(address(file))) == PDF


def test_an_edit_changes_what_is_said_of_the_file_and_not_the_file(coordinator: Client, paper: Paper) -> None:
    upload(coordinator, paper, "plan.pdf", PDF)
    file = PaperFile.objects.get()

    coordinator.post(
        f"{address(file)}bearbeiten/", {"title": "Plan, Entwurf", "visibility": "internal", "version": 1}
    )

    stored = PaperFile.objects.get()
    assert (stored.title, stored.visibility, bytes(stored.content)) == ("Plan, Entwurf", "internal", PDF)
    conflict = coordinator.post(
        f"{address(file)}bearbeiten/", {"title": "Später", "visibility": "public", "version": 1}
    )
    assert (conflict.status_code, PaperFile.objects.get().title) == (409, "Plan, Entwurf")


def test_an_attachment_is_not_found_below_another_paper(paper: Paper) -> None:
    file = make_file(paper)
    other = make_paper(paper.committee, "Andere")

    assert Client().get(f"{other.get_absolute_url()}anlagen/{file.pk}/").status_code == 404
    assert Client().get(address(file)).status_code == 200


def test_why_an_attachment_was_removed_stands_in_the_history_of_its_paper(
    coordinator: Client, paper: Paper
) -> None:
    file = make_file(paper, "Lageplan")
    coordinator.post(f"{address(file)}entfernen/", {"version": 1, "reason": "Veraltet"})

    changes = coordinator.get(paper.get_absolute_url()).context["changes"]

    assert (changes[0].subject, changes[0].reason) == ("Anlage „Lageplan“", "Veraltet")
