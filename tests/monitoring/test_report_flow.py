"""A report's way through the browser: texts, previews, compiled, released, given back, approved."""

import json
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from monitoring.models import Report, ReportSchedule, ReportText
from monitoring.periods import Period
from monitoring.services.reports import compile_report, draft_report, request_report
from network.models import DigestRhythm, User
from participation.models import Subscriber, Subscription
from smartregion.base.models import Draft, Job
from tests.factories import make_measure, make_user
from tests.monitoring.flow import CHAIR, COORDINATION, client_of, compiled, make_chair, released
from tests.monitoring.pdf_text import page_texts, pdf_text, squeezed

pytestmark = pytest.mark.django_db(transaction=True)
Q2 = Period(date(2024, 4, 1), date(2024, 6, 30))


@pytest.fixture
def draft(municipalities, date_events) -> Report:
    make_measure("Sensornetz", light="red", light_reason="Geld fehlt")
    date_events(2024, 5, 1)
    return draft_report(kind="status", audience="public", period=Q2)


@pytest.fixture
def coordinator() -> User:
    return make_user()


def step(client: Client, name: str, report: Report, **data: Any) -> str:
    """Take it in the browser; return the page that comes then."""
    return client.post(reverse(name, args=[report.pk]), data, follow=True).content.decode()


def text_of(report: Report, section: str = "overview") -> ReportText:
    return ReportText.objects.get(report=report, section=section)


def write(client: Client, report: Report, text: str, version: int = 1) -> Any:
    return client.post(
        reverse("report_text", args=[report.pk, "overview"]), {"text": text, "version": version}
    )


def state(report: Report) -> str:
    return str(Report.objects.get(pk=report.pk).state)


def test_from_draft_to_seal_two_people_answer_for_it(draft: Report, coordinator: User) -> None:
    keeper, chair = client_of(coordinator), client_of(make_chair())

    write(keeper, draft, "Es geht voran.")
    step(keeper, "report_compile", draft)
    report = compiled(Report.objects.get(pk=draft.pk))
    assert "Wartet auf die Freigabe" in keeper.get(report.get_absolute_url()).content.decode()
    assert "liegt jetzt dem Vorsitz" in step(keeper, "report_release", report)
    page = step(chair, "report_approve", report, sha256=report.sha256)

    report = Report.objects.get(pk=draft.pk)
    assert (report.state, report.released_as, report.approved_as) == ("sealed", COORDINATION, CHAIR)
    assert ["Es geht voran." in page, report.sha256 in page, "Geld fehlt" in page] == [True] * 3
    assert client_of(None).get(report.get_absolute_url()).status_code == 200


def asked(client: Client, name: str, report: Report, query: str = "") -> str:
    """The page that asks before the step."""
    return client.get(f"{reverse(name, args=[report.pk])}{query}", follow=True).content.decode()


def test_releasing_says_who_gets_a_mail_and_what_follows(draft: Report, coordinator: User) -> None:
    keeper, chair = client_of(coordinator), make_chair()
    compile_report(draft)
    report = compiled(Report.objects.get(pk=draft.pk))

    page = asked(keeper, "report_release", report)
    User.objects.filter(pk=chair.pk).update(digest=DigestRhythm.NEVER)

    assert "1 Person, der Vorsitz, wird mit ihrer nächsten Erinnerungsmail darauf hingewiesen." in page
    assert "danach bleibt er versiegelt, wie er ist." in page
    assert f'<a class="kern-btn kern-btn--tertiary" href="{report.get_absolute_url()}">' in page
    assert "Niemand bekommt eine Mail" in asked(keeper, "report_release", report)
    assert state(report) == "to_release"
    step(keeper, "report_release", report)
    assert "Dieser Bericht wartet nicht auf eine Freigabe." in asked(keeper, "report_release", report)


def test_sealing_says_who_gets_a_mail_and_that_it_is_for_good(draft: Report, coordinator: User) -> None:
    chair = client_of(make_chair())
    for email, kind in [("a@example.org", "alles"), ("b@example.org", "kommunen")]:
        subscriber = Subscriber.objects.create(email=email)
        Subscription.objects.create(subscriber=subscriber, kind=kind, key="neues")
    compile_report(draft)
    report = released(compiled(Report.objects.get(pk=draft.pk)), by=coordinator)

    page = asked(chair, "report_approve", report, f"?sha256={report.sha256}")

    assert "lässt sich nicht mehr ändern, zurücknehmen oder löschen." in page
    assert "1 Abonnement nennt ihn in der nächsten Wochenmail" in page
    assert f'<input type="hidden" name="sha256" value="{report.sha256}">' in page
    for query in ("", f"?sha256={'0' * 64}"):
        assert "Bitte lesen Sie ihn noch einmal." in asked(chair, "report_approve", report, query)
    assert state(report) == "to_approve"


def test_who_may_not_take_a_step_is_not_asked(draft: Report, coordinator: User) -> None:
    compile_report(draft)
    report = released(compiled(Report.objects.get(pk=draft.pk)), by=coordinator)
    member = client_of(make_user(make_chair().role))

    for client in (member, client_of(coordinator)):
        assert client.get(reverse("report_approve", args=[report.pk])).status_code == 403
    assert client_of(None).get(reverse("report_release", args=[report.pk])).status_code == 302


def test_the_chair_approves_exactly_what_was_read(draft: Report, coordinator: User) -> None:
    compile_report(draft)
    report = released(compiled(Report.objects.get(pk=draft.pk)), by=coordinator)
    chair = client_of(make_chair())

    page = step(chair, "report_approve", report, sha256="0" * 64)

    assert "Bitte lesen Sie ihn noch einmal." in page
    assert state(report) == "to_approve"


def test_who_released_a_report_does_not_approve_it(draft: Report) -> None:
    chair = make_chair()
    compile_report(draft)
    report = released(compiled(Report.objects.get(pk=draft.pk)), by=chair)

    page = step(client_of(chair), "report_approve", report, sha256=report.sha256)

    assert "Freigabe und Genehmigung brauchen zwei Personen." in page
    assert state(report) == "to_approve"


def test_a_member_without_the_chair_approves_nothing(draft: Report) -> None:
    compile_report(draft)
    report = released(compiled(Report.objects.get(pk=draft.pk)))
    member = client_of(make_user(make_chair().role))

    assert (
        member.post(reverse("report_approve", args=[report.pk]), {"sha256": report.sha256}).status_code == 403
    )


def test_what_is_given_back_is_a_draft_with_the_reason_and_its_texts(
    draft: Report, coordinator: User
) -> None:
    keeper, chair = client_of(coordinator), client_of(make_chair())
    write(keeper, draft, "Es geht voran.")
    compile_report(draft)
    report = released(compiled(Report.objects.get(pk=draft.pk)), by=coordinator)

    without = step(chair, "report_return", report)
    assert "Bitte sagen Sie, warum Sie den Bericht zurückgeben." in without
    step(chair, "report_return", report, reason="Ausblick fehlt")

    assert (state(report), report.files.count()) == ("draft", 0)
    assert chair.get(report.get_absolute_url()).status_code == 404
    page = keeper.get(report.get_absolute_url()).content.decode()
    assert ["Ausblick fehlt" in page, "Es geht voran." in page] == [True, True]


def test_the_same_report_twice_has_the_same_checksums_in_every_format(
    draft: Report, coordinator: User
) -> None:
    keeper = client_of(coordinator)

    def checksums() -> dict[str, str]:
        step(keeper, "report_compile", draft)
        report = compiled(Report.objects.get(pk=draft.pk))
        return {"": report.sha256, **dict(report.files.values_list("format", "sha256"))}

    first = checksums()
    step(keeper, "report_return", draft, reason="Noch einmal")
    again = checksums()
    step(keeper, "report_return", draft, reason="Mit Text")
    write(keeper, draft, "Anders.")

    assert first == again
    assert set(checksums().values()) & set(first.values()) == set()


def test_a_text_is_written_over_the_version_that_was_read_and_taken_back(
    draft: Report, coordinator: User
) -> None:
    keeper = client_of(coordinator)
    write(keeper, draft, "Erste Fassung.")

    conflict = write(keeper, draft, "Zweite Fassung.")
    assert conflict.status_code == 409
    assert ["Erste Fassung." in conflict.content.decode(), text_of(draft).text] == [True, "Erste Fassung."]

    undo = reverse("report_text_undo", args=[draft.pk, "overview"])
    assert keeper.post(f"{undo}?version=2")["Location"] == f"{draft.get_absolute_url()}#text-overview"
    assert text_of(draft).text == ""


def test_a_text_that_came_too_late_is_shown_and_not_lost(draft: Report, coordinator: User) -> None:
    keeper = client_of(coordinator)
    compile_report(draft)

    late = write(keeper, draft, "Was ich noch sagen wollte.")

    assert late.status_code == 409
    assert "Was ich noch sagen wollte." in late.content.decode()
    assert text_of(draft).text == ""
    assert keeper.get(reverse("report_text", args=[draft.pk, "overview"])).status_code == 404


def test_a_text_opens_in_its_place(draft: Report, coordinator: User) -> None:
    address = reverse("report_text", args=[draft.pk, "overview"])
    keeper = client_of(coordinator)

    alone = keeper.get(address, headers={"hx-request": "true"}).content.decode()

    assert ("<h1>" in alone, f'action="{address}"' in alone) == (False, True)
    assert "<h1>" in keeper.get(address).content.decode()


def test_a_text_that_opened_in_its_place_keeps_a_draft(draft: Report, coordinator: User) -> None:
    keeper, address = client_of(coordinator), reverse("report_text", args=[draft.pk, "overview"])
    in_place = {"hx-request": "true"}
    form = keeper.get(address, headers=in_place).content.decode()
    assert f'data-draft="{address}?entwurf=speichern"' in form

    keeper.post(f"{address}?entwurf=speichern", {"text": "Halb fertig", "version": 1, "entwurf_stand": ""})
    again = keeper.get(address, headers=in_place).content.decode()
    resumed = keeper.get(f"{address}?entwurf=weiterschreiben", headers=in_place).content.decode()

    assert ["Nicht gespeicherter Entwurf vom" in again, "Halb fertig" in again] == [True, False]
    assert ["Halb fertig" in resumed, "<h1>" in resumed] == [True, False]
    write(keeper, draft, "Fertig.")
    assert Draft.objects.count() == 0


def test_a_text_is_markdown_on_the_page_and_formatted_in_the_files(draft: Report, coordinator: User) -> None:
    keeper = client_of(coordinator)
    words = (
        "Es geht **gut** voran, [mehr](https://example.org/mehr).\n\n- erstens\n- *zweitens*\n\n<b>roh</b>"
    )
    write(keeper, draft, words)
    step(keeper, "report_compile", draft)
    report = compiled(Report.objects.get(pk=draft.pk))
    files = {file.format: bytes(file.content) for file in report.files.all()}

    page = keeper.get(report.get_absolute_url()).content.decode()
    assert "<p>Es geht <strong>gut</strong> voran" in page
    assert ["<em>zweitens</em>" in page, "<b>roh</b>" in page] == [True, False]
    document = ZipFile(BytesIO(files["docx"])).read("word/document.xml").decode()
    for markup in (
        '<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">gut</w:t></w:r>',
        '<w:r><w:rPr><w:i/></w:rPr><w:t xml:space="preserve">zweitens</w:t></w:r>',
        'w:instr="HYPERLINK &quot;https://example.org/mehr&quot;"',
    ):
        assert markup.replace("&quot;", '"') in document.replace("&quot;", '"').replace("'", '"')
    printed = pdf_text(files["pdf"])
    assert squeezed("Es geht gut voran, mehr. • erstens • zweitens <b>roh</b>") in printed
    assert "**" not in printed
    assert words in json.loads(report.snapshot)["report"]["sections"][1]["text"]


def test_the_preview_is_the_page_of_the_report_and_keeps_nothing(draft: Report, coordinator: User) -> None:
    keeper = client_of(coordinator)
    write(keeper, draft, "Es geht voran.")

    page = keeper.get(reverse("report_preview", args=[draft.pk])).content.decode()

    assert ["Es geht voran." in page, "Geld fehlt" in page, "SHA-256" in page] == [True, True, False]
    assert (Job.objects.count(), state(draft)) == (0, "draft")


def test_the_preview_as_pdf_says_on_every_page_that_it_is_a_draft(draft: Report, coordinator: User) -> None:
    response = client_of(coordinator).get(reverse("report_preview_pdf", args=[draft.pk]))

    pages = page_texts(response.content)
    assert ["entwurf" in page.casefold() for page in pages] == [True] * len(pages)
    assert response["Content-Disposition"] == 'inline; filename="sachstandsbericht-2024-q2-entwurf.pdf"'


def test_a_preview_without_data_says_why(coordinator: User) -> None:
    draft = draft_report(kind="status", audience="public", period=Q2)
    client = client_of(coordinator)

    for name in ("report_preview", "report_preview_pdf"):
        page = client.get(reverse(name, args=[draft.pk]), follow=True).content.decode()
        assert "Zum Stichtag 30.06.2024 waren noch keine Daten erfasst." in page


def test_only_a_draft_has_a_preview(draft: Report, coordinator: User) -> None:
    compile_report(draft)
    client = client_of(coordinator)

    found = {
        client.get(reverse(name, args=[draft.pk])).status_code
        for name in ("report_preview", "report_preview_pdf")
    }

    assert found == {404}


def test_a_discarded_draft_comes_back_with_its_texts(draft: Report, coordinator: User) -> None:
    keeper = client_of(coordinator)
    write(keeper, draft, "Es geht voran.")

    step(keeper, "report_discard", draft)
    assert (Report.objects.count(), ReportText.objects.count()) == (0, 0)
    step(keeper, "report_restore", draft)

    assert text_of(draft).text == "Es geht voran."
    assert ReportText.objects.count() == len(draft.sections)


def test_a_draft_that_was_begun_anew_keeps_the_discarded_one_away(draft: Report, coordinator: User) -> None:
    keeper = client_of(coordinator)
    step(keeper, "report_discard", draft)
    draft_report(kind="status", audience="public", period=Q2)

    page = step(keeper, "report_restore", draft)

    assert "Es gibt inzwischen Ersatz." in page
    assert Report.objects.count() == 1


def test_nothing_but_a_draft_is_discarded(draft: Report, coordinator: User) -> None:
    compile_report(draft)

    page = step(client_of(coordinator), "report_discard", draft)

    assert "Verwerfen lässt sich nur ein Entwurf." in page
    assert Report.objects.count() == 1


def test_the_journal_tells_each_step_to_coordinator_and_chair_alone(draft: Report, coordinator: User) -> None:
    keeper, chair_account = client_of(coordinator), make_chair()
    write(keeper, draft, "Es geht voran.")
    step(keeper, "report_compile", draft)
    report = compiled(Report.objects.get(pk=draft.pk))
    step(keeper, "report_release", report)
    step(client_of(chair_account), "report_approve", report, sha256=report.sha256)

    def reasons(user: User | None) -> list[str] | None:
        changes = client_of(user).get(report.get_absolute_url()).context.get("changes")
        return None if changes is None else [change.reason for change in reversed(changes)]

    steps = ["Bericht angelegt", "", "Zusammenstellen lassen", "Zusammengestellt", "Freigegeben"]
    assert reasons(coordinator) == [*steps, "Genehmigt und versiegelt"]
    assert reasons(chair_account) == reasons(coordinator)
    assert reasons(None) is None
    assert reasons(make_user(chair_account.role)) is None


def test_a_schedule_that_is_only_released_ahead_leaves_the_report_to_the_chair(
    municipalities, date_events
) -> None:
    make_measure()
    date_events(2024, 5, 1)
    ReportSchedule.objects.create(
        kind="status",
        audience="public",
        rhythm="quarter",
        first_period_start=Q2.start,
        released_as=COORDINATION,
    )

    report = compiled(request_report(kind="status", audience="public", period=Q2))

    assert (report.state, report.released_as, report.approved_as) == ("to_approve", COORDINATION, "")
