"""Documents and links of a measure: what is taken, who reads it, and how it comes back."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localdate

from measures.models import Document, DocumentFile, Measure, MeasureLink
from measures.services.documents import add_document, add_version
from network.models import Role
from smartregion.base.uploads import LARGEST, Refused, Upload, kind_of
from tests.base.uploads import HOSTILE, PDF, TRUE, docx
from tests.factories import make_measure, make_user

pytestmark = pytest.mark.django_db
ADD = "/massnahmen/netz/unterlagen/neu/"


@pytest.fixture
def coordinator(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION, name="Ada"))
    return client


@pytest.fixture
def measure() -> Measure:
    return make_measure("Netz")


def upload(client: Client, name: str, content: bytes, address: str = ADD, **values: Any) -> Any:
    typed = {"title": "Konzept", "dated": "2024-05-01", "visibility": "public", **values}
    return client.post(address, {**typed, "file": SimpleUploadedFile(name, content)})


def document_of(measure: Measure, content: bytes = PDF, **values: Any) -> Document:
    document = Document(
        measure=measure, **{"title": "Konzept", "dated": date(2024, 5, 1), "visibility": "public", **values}
    )
    return add_document(document=document, file=Upload("konzept.pdf", "pdf", content), by=None)


def body(answer: Any) -> bytes:
    return b"".join(answer)


@pytest.mark.parametrize("name", TRUE)
def test_each_kind_is_taken_and_comes_out_as_it_went_in(
    coordinator: Client, measure: Measure, name: str
) -> None:
    assert upload(coordinator, name, TRUE[name])["Location"] == "/massnahmen/netz/unterlagen/#dokumente"

    answer = Client().get(f"/massnahmen/netz/unterlagen/{Document.objects.get().pk}/datei/")
    assert body(answer) == TRUE[name]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert answer["Content-Disposition"] == f'attachment; filename="{DocumentFile.objects.get().name}"'


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_in_words_and_not_stored(
    coordinator: Client, measure: Measure, case: str
) -> None:
    name, content = HOSTILE[case]

    answer = upload(coordinator, name, content)

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["file"]
    assert DocumentFile.objects.count() == 0


def test_there_are_many_hostile_kinds_and_the_check_alone_refuses_them() -> None:
    """Negative control: without the check of the content each true file would pass as any other kind."""
    assert len(HOSTILE) >= 30
    taken = [name for name, content in TRUE.items() if kind_of(name, content)]
    assert taken == list(TRUE)


def test_what_comes_after_the_largest_file_is_dropped_while_it_arrives(
    coordinator: Client, measure: Measure
) -> None:
    answer = upload(coordinator, "bericht.pdf", PDF + bytes(3 * LARGEST))

    assert answer.context["form"].errors["file"] == [
        "Die Datei ist größer als 10 MB. Bitte verkleinern oder teilen Sie sie."
    ]
    assert answer.context["form"].files["file"].size < LARGEST + 200_000


def test_a_name_that_deceives_becomes_a_plain_one(coordinator: Client, measure: Measure) -> None:
    upload(coordinator, "Rechnung\u202efdp.exe'.pdf", PDF)

    assert DocumentFile.objects.get().name == "rechnungfdpexe.pdf"
    assert Upload("../x\r\nSet-Cookie: a.pdf", "pdf", PDF).safe_name == "x-set-cookie-a.pdf"
    assert Upload("🌍.pdf", "pdf", PDF).safe_name == "unterlage.pdf"


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        ("public", {None, Role.STEERING, Role.COORDINATION}),
        ("internal", {Role.STEERING, Role.COORDINATION}),
        ("draft", {Role.COORDINATION}),
    ],
)
def test_a_document_is_listed_and_served_only_to_those_who_may_see_it(
    measure: Measure, visibility: str, readers: set[Any]
) -> None:
    document = document_of(measure, title="Geheimplan", visibility=visibility)
    MeasureLink.objects.create(
        measure=measure, title="Geheimort", url="https://example.org/", visibility=visibility
    )

    found = set()
    for role in (None, Role.STEERING, Role.COORDINATION):
        client = Client()
        if role:
            client.force_login(make_user(role))
        page = client.get("/massnahmen/netz/unterlagen/").content.decode()
        served = client.get(f"/massnahmen/netz/unterlagen/{document.pk}/datei/").status_code == 200
        assert served == ("Geheimplan" in page) == ("Geheimort" in page)
        found |= {role} if served else set()

    assert found == readers


def test_a_public_document_of_a_hidden_measure_is_hidden_too() -> None:
    document = document_of(make_measure("Netz", visibility="draft"))

    assert Client().get(f"/massnahmen/netz/unterlagen/{document.pk}/datei/").status_code == 404
    assert Client().get("/massnahmen/netz/unterlagen/").status_code == 404


def test_a_document_is_not_found_below_another_measure(measure: Measure) -> None:
    document = document_of(measure)
    make_measure("Andere")

    assert Client().get(f"/massnahmen/andere/unterlagen/{document.pk}/datei/").status_code == 404


def test_a_new_version_replaces_the_old_one_which_the_coordinator_still_reaches(
    coordinator: Client, measure: Measure
) -> None:
    document = document_of(measure)
    address = f"/massnahmen/netz/unterlagen/{document.pk}/"

    upload(coordinator, "neu.docx", docx(), f"{address}neue-fassung/")
    again = upload(coordinator, "neu.docx", docx(), f"{address}neue-fassung/")

    assert again.context["form"].errors["file"] == ["Diese Datei ist schon die neueste Fassung."]
    assert body(Client().get(f"{address}datei/")) == docx()
    assert body(coordinator.get(f"{address}fassungen/1/")) == PDF
    reader = Client()
    reader.force_login(make_user(Role.STEERING))
    assert reader.get(f"{address}fassungen/1/").status_code == 404
    assert Client().get(f"{address}fassungen/1/").status_code == 302
    assert f"{address}fassungen/1/" not in reader.get("/massnahmen/netz/unterlagen/").content.decode()


def test_a_removed_document_is_gone_for_all_and_comes_back(coordinator: Client, measure: Measure) -> None:
    document = document_of(measure)
    address = f"/massnahmen/netz/unterlagen/{document.pk}/"

    stale = coordinator.post(f"{address}entfernen/", {"version": 7}, follow=True)
    assert "wurde inzwischen geändert" in stale.content.decode()
    page = coordinator.post(f"{address}entfernen/", {"version": 1}, follow=True)
    assert f'action="{address}rueckgaengig/?version=2"' in page.content.decode()
    assert coordinator.get(f"{address}datei/").status_code == 404
    coordinator.post(f"{address}rueckgaengig/?version=2")

    assert body(Client().get(f"{address}datei/")) == PDF


def test_a_document_saved_by_two_shows_both_versions(coordinator: Client, measure: Measure) -> None:
    document = document_of(measure)
    address = f"/massnahmen/netz/unterlagen/{document.pk}/"
    typed = {"dated": "2024-05-01", "visibility": "public", "version": 1}

    coordinator.post(address, {**typed, "title": "Erste"})
    conflict = coordinator.post(address, {**typed, "title": "Zweite"})

    assert conflict.status_code == 409
    assert Document.objects.get().title == "Erste"


def test_only_the_coordinator_uploads(measure: Measure) -> None:
    for role in (Role.ADMINISTRATION, Role.STEERING, Role.TEAM):
        client = Client()
        client.force_login(make_user(role))
        assert upload(client, "bericht.pdf", PDF).status_code == 404
    assert upload(Client(), "bericht.pdf", PDF).status_code == 302
    assert Document.objects.count() == 0


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "http://example.org/", "data:text/html,x", "//example.org/", "https://", "x"],
)
def test_a_link_is_a_whole_https_address(coordinator: Client, measure: Measure, url: str) -> None:
    typed = {"title": "Mehr", "url": url, "visibility": "public"}

    answer = coordinator.post("/massnahmen/netz/verweise/neu/", typed)

    assert list(answer.context["form"].errors) == ["url"]
    assert MeasureLink.objects.count() == 0


def test_a_link_is_added_removed_and_comes_back(coordinator: Client, measure: Measure) -> None:
    typed = {"title": "Mehr", "url": "https://example.org/a", "visibility": "public"}
    coordinator.post("/massnahmen/netz/verweise/neu/", typed)
    before = MeasureLink.objects.values().get()
    address = f"/massnahmen/netz/verweise/{before['id']}/"

    page = Client().get("/massnahmen/netz/unterlagen/").content.decode()
    assert '<a href="https://example.org/a" rel="noopener noreferrer">Mehr</a>' in page
    coordinator.post(f"{address}loeschen/", {"version": 1})
    assert MeasureLink.objects.count() == 0
    coordinator.post(f"{address}wiederherstellen/")

    assert MeasureLink.objects.values().get() == before


def test_the_history_tells_readers_only_of_documents_that_they_may_see(measure: Measure) -> None:
    hidden = document_of(measure, title="Geheimplan", visibility="draft")
    add_version(document=hidden, file=Upload("x.docx", "docx", docx()), by=None)
    document_of(measure, title="Bekannt", dated=localdate())
    reader, editor = Client(), Client()
    reader.force_login(make_user(Role.STEERING))
    editor.force_login(make_user(Role.COORDINATION))

    told = {change.subject for change in reader.get(measure.get_absolute_url()).context["changes"]}
    all_told = {change.subject for change in editor.get(measure.get_absolute_url()).context["changes"]}

    assert {subject for subject in told if subject} == {"Dokument „Bekannt“"}
    assert {"Dokument „Geheimplan“", "Fassung 2 von „Geheimplan“", "Dokument „Bekannt“"} <= all_told


def test_the_history_keeps_no_bytes() -> None:
    assert "content" not in {field.name for field in DocumentFile.pgh_event_model._meta.get_fields()}  # type: ignore[attr-defined]


def test_chance_bytes_of_a_picture_in_a_pdf_are_no_script() -> None:
    picture = (
        b"%PDF-1.7\n1 0 obj\n<< /Length 9 >>\nstream\n\x00/JS \x01\xff\nendstream\nendobj\n"
        b"startxref\n0\n%%EOF\n"
    )

    assert kind_of("a.pdf", picture) == "pdf"
    with pytest.raises(Refused):
        kind_of("a.pdf", picture.replace(b"/Length 9", b"/JS (app.alert(1))"))


def test_a_page_that_is_older_than_a_new_version_does_not_remove_the_document(
    coordinator: Client, measure: Measure
) -> None:
    document = document_of(measure)
    shown = document.version
    add_version(document=document, file=Upload("neu.docx", "docx", docx()), by=None)

    coordinator.post(f"/massnahmen/netz/unterlagen/{document.pk}/entfernen/", {"version": shown})

    assert Document.objects.get().removed_at is None
    coordinator.post(
        f"/massnahmen/netz/unterlagen/{document.pk}/entfernen/", {"version": Document.objects.get().version}
    )
    assert Document.objects.get().removed_at is not None
    with pytest.raises(Document.DoesNotExist):
        add_version(document=document, file=Upload("x.pdf", "pdf", PDF), by=None)
