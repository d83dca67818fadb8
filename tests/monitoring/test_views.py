"""The pages of reports in the hands of each role: list, new one, progress, download."""

import hashlib
from datetime import date

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from monitoring.models import Report, ReportTemplate
from monitoring.periods import Period, offered_periods
from monitoring.services.reports import draft_report, give_back, request_report
from network.models import Role
from smartregion.base import jobs
from smartregion.base.models import Job
from tests.factories import make_committee, make_measure, make_municipality, make_user
from tests.governance.rows import make_resolution
from tests.monitoring.flow import client_of, compiled, kept, make_chair, released, sealed

pytestmark = pytest.mark.django_db(transaction=True)
Q2 = Period(date(2024, 4, 1), date(2024, 6, 30))
FORMATS = ("pdf", "docx", "xlsx", "ods", "csv", "json", "slides")


@pytest.fixture
def data(municipalities, date_events) -> None:
    make_measure("Sensornetz", light="red", light_reason="Geld fehlt")
    date_events(2024, 5, 1)


def asked(audience: str = "public") -> Report:
    return request_report(kind="status", audience=audience, period=Q2)


def published(audience: str = "public") -> Report:
    return sealed(compiled(asked(audience)))


def addresses(report: Report) -> list[str]:
    files = [reverse("report_file", args=[report.pk, name]) for name in FORMATS]
    return [report.get_absolute_url(), reverse("report_progress", args=[report.pk]), *files]


def typed(**values: object) -> dict[str, object]:
    own = {"period": "eigener", "start": "2024-04-01", "end": "2024-06-30"}
    return {"kind": "status", "audience": "internal", **own, **values}


def test_the_coordinator_begins_a_draft_has_it_compiled_watches_and_reads(data) -> None:
    client = client_of(make_user())
    begun = client.post(reverse("report_request"), typed())
    report = Report.objects.get()
    assert begun["Location"] == report.get_absolute_url()
    assert (report.state, report.job) == ("draft", None)

    client.post(reverse("report_compile", args=[report.pk]))
    report.refresh_from_db()
    waiting = client.get(report.get_absolute_url()).content.decode()
    assert f'<a href="{report.get_absolute_url()}">Stand aktualisieren</a></p></noscript>' in waiting
    assert reverse("report_progress", args=[report.pk]) in waiting

    report = compiled(report)

    page = client.get(report.get_absolute_url()).content.decode()
    assert report.state == "to_release"
    assert report.sha256 in page
    assert "Geld fehlt" in page
    assert "<noscript>" not in page


@pytest.mark.parametrize(("kind", "scope"), [("municipality", "Kommune"), ("field", "Feld"), ("custom", "V")])
def test_a_report_about_one_thing_asks_which_and_keeps_it(data, date_events, kind: str, scope: str) -> None:
    place, measure = make_municipality("Cdorf"), make_measure(is_starter=True)
    date_events(2024, 5, 1)
    template = ReportTemplate.objects.create(name="Kurz", sections=["overview"], filters={"starters": True})
    client = client_of(make_user())
    rows = {"municipality": place, "field": measure.field, "custom": template}
    name = "template" if kind == "custom" else kind

    missing = client.post(reverse("report_request"), typed(kind=kind))
    begun = client.post(reverse("report_request"), typed(kind=kind, **{name: rows[kind].pk}))

    assert "Bitte wählen Sie, worum es in diesem Bericht geht." in missing.content.decode()
    report = Report.objects.get()
    assert begun["Location"] == report.get_absolute_url()
    assert (report.kind, report.scope) == (kind, rows[kind])
    if kind == "custom":
        assert (report.sections, report.filters) == (["changes", "overview", "method"], {"starters": True})


def test_what_the_kind_does_not_need_is_ignored(data) -> None:
    place = make_municipality("Cdorf")

    client_of(make_user()).post(reverse("report_request"), typed(municipality=place.pk))

    assert Report.objects.get().municipality is None


def test_a_public_report_is_not_about_an_internal_measure(data, date_events) -> None:
    hidden = make_measure("Geheim", visibility="internal")
    date_events(2024, 5, 1)
    asked_for = typed(kind="measure", measure=hidden.pk)
    client = client_of(make_user())

    refused = client.post(reverse("report_request"), {**asked_for, "audience": "public"})

    assert "Diese Maßnahme ist nicht öffentlich." in refused.content.decode()
    assert client.post(reverse("report_request"), asked_for).status_code == 302


def test_no_report_is_about_a_draft_of_a_measure(data) -> None:
    draft = make_measure("Unfertig", visibility="draft")

    response = client_of(make_user()).post(reverse("report_request"), typed(kind="measure", measure=draft.pk))

    assert (response.status_code, Report.objects.count()) == (200, 0)


def test_beginning_the_same_report_again_leads_to_it(data) -> None:
    client = client_of(make_user())
    addresses = {client.post(reverse("report_request"), typed())["Location"] for _ in range(2)}

    assert addresses == {Report.objects.get().get_absolute_url()}


def test_the_page_of_a_report_says_which_resolution_is_no_longer_in_force(data, date_events) -> None:
    committee, day = make_committee(), date(2024, 5, 5)
    old = make_resolution(committee, "LK 2024/01", resolved_on=day)
    make_resolution(committee, "LK 2024/02", resolved_on=day, supersedes=old)
    date_events(2024, 5, 6)
    report = published()

    page = client_of(None).get(report.get_absolute_url()).content.decode()

    assert page.count("Nicht mehr in Kraft, ersetzt durch LK 2024/02") == 1
    assert page.count("ungeändert beschlossen") == 2


def test_the_progress_speaks_only_when_something_is_new(data) -> None:
    client = client_of(make_user())
    report = asked()
    address = reverse("report_progress", args=[report.pk])

    job = jobs.claim(report.job_id)
    assert job is not None
    jobs.progress(job, 1, "PDF setzen")
    new = client.get(address, {"state": "queued-0-0"})
    known = client.get(address, {"state": "running-1-1"})
    Job.objects.update(status="failed", error="Ursache", lease_until=None)
    ended = client.get(address, {"state": "running-1-1"})

    assert "Schritt 2 von 10: PDF setzen" in new.content.decode()
    assert 'value="10"' in new.content.decode()
    assert (known.status_code, known.content) == (204, b"")
    assert ended["HX-Refresh"] == "true"


def test_a_failed_report_names_its_cause_and_can_be_tried_again(municipalities, date_events) -> None:
    client = client_of(make_user())
    report = compiled(asked())
    page = client.get(report.get_absolute_url()).content.decode()
    assert "Zum Stichtag 30.06.2024 waren noch keine Daten erfasst." in page

    make_measure()
    date_events(2024, 5, 1)
    assert client.post(reverse("report_retry", args=[report.pk])).status_code == 302
    jobs.run(report.job_id)

    report = Report.objects.get()
    assert (report.state, report.job.status, report.job.attempts) == ("to_release", "done", 1)


def test_a_public_report_is_open_to_everybody(data) -> None:
    report = published()

    assert {client_of(None).get(address).status_code for address in addresses(report)} == {200}


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (None, 404),
        (Role.TEAM, 404),
        (Role.STEERING, 200),
        (Role.ADMINISTRATION, 200),
        (Role.COORDINATION, 200),
    ],
)
def test_an_internal_report_is_for_the_steering_committee(data, role: Role | None, status: int) -> None:
    report = published("internal")
    client = client_of(make_user(role) if role else None)

    assert {client.get(address).status_code for address in addresses(report)} == {status}
    assert (str(report) in client.get(reverse("reports")).content.decode()) == (status == 200)


@pytest.mark.parametrize("role", [None, Role.STEERING, Role.ADMINISTRATION, Role.TEAM])
def test_nobody_but_the_coordinator_sees_a_draft_or_begins_one(role: Role | None) -> None:
    report = draft_report(kind="status", audience="public", period=Q2)
    client = client_of(make_user(role) if role else None)

    assert {client.get(address).status_code for address in addresses(report)} == {404}
    refused = 403 if role else 302
    pages = [reverse("report_request"), reverse("report_templates")]
    assert {client.get(page).status_code for page in pages} == {refused}
    steps = ("report_compile", "report_release", "report_retry", "report_discard", "report_restore")
    posted = {client.post(reverse(step, args=[report.pk])).status_code for step in steps}
    assert posted == {refused}
    assert client.post(reverse("report_request"), typed()).status_code == refused
    assert [row.state for row in Report.objects.all()] == ["draft"]


@pytest.mark.parametrize("released_already", [False, True])
def test_what_waits_is_read_by_those_who_decide_on_it_and_nobody_else(data, released_already: bool) -> None:
    report = compiled(asked())
    if released_already:
        released(report)
    readers = {
        "coordinator": make_user(),
        "chair": make_chair(),
        "member": make_user(Role.STEERING),
        "administrator": make_user(Role.ADMINISTRATION),
        "visitor": None,
    }

    found = {
        name: {client_of(user).get(address).status_code for address in addresses(report)}
        for name, user in readers.items()
    }

    nobody: dict[str, set[int]] = {name: {404} for name in readers}
    assert found == nobody | {"coordinator": {200}} | ({"chair": {200}} if released_already else {})


def test_a_download_is_the_sealed_file_with_its_name_and_checksum(data) -> None:
    report = published()
    client = client_of(None)
    names = {"csv": "-tabellen.zip", "slides": "-folien.pdf"}
    for file in report.files.all():
        response = client.get(reverse("report_file", args=[report.pk, file.format]))

        assert hashlib.sha256(response.content).hexdigest() == file.sha256
        assert response["ETag"] == f'"{file.sha256}"'
        assert response["X-Content-Type-Options"] == "nosniff"
        name = f"sachstandsbericht-2024-q2{names.get(file.format, f'.{file.format}')}"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        again = client.get(response.request["PATH_INFO"], headers={"if-none-match": response["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert {file.format for file in report.files.all()} == set(FORMATS)
    assert report.files.get(format="json").sha256 == report.sha256


def test_a_download_does_not_exist_for_an_unknown_format(data) -> None:
    report = published()

    assert client_of(None).get(reverse("report_file", args=[report.pk, "exe"])).status_code == 404


def test_a_period_of_ones_own_needs_both_days_in_order_and_must_have_begun() -> None:
    client = client_of(make_user())
    next_year = localdate().year + 1

    for start, end, error in [
        ("", "", "Ein eigener Zeitraum braucht Beginn und Ende."),
        ("2024-06-30", "2024-04-01", "Der Zeitraum endet vor seinem Beginn."),
        (f"{next_year}-01-01", f"{next_year}-03-31", "Der Zeitraum hat noch nicht begonnen."),
        ("2024-01-01", "9999-12-31", "Bitte prüfen Sie die Jahre von Beginn und Ende."),
        ("0001-01-01", "2024-12-31", "Bitte prüfen Sie die Jahre von Beginn und Ende."),
    ]:
        response = client.post(reverse("report_request"), typed(start=start, end=end))
        assert (response.status_code, error in response.content.decode()) == (200, True)
    assert Report.objects.count() == 0


def test_a_report_on_days_before_the_portals_data_is_not_begun(data) -> None:
    client = client_of(make_user())

    page = client.post(reverse("report_request"), typed(start="1990-01-01", end="1990-12-31"))

    [problem] = page.context["form"].errors["start"]
    assert problem.startswith(
        "Zum Stichtag 31.12.1990 waren noch keine Daten erfasst. Die Aufzeichnung beginnt"
    )
    assert Report.objects.count() == 0


def test_neither_is_one_on_a_quarter_that_ended_before_them(municipalities) -> None:
    last = offered_periods(localdate())[1]

    page = client_of(make_user()).post(reverse("report_request"), typed(period=last.slug))

    today = f"{localdate():%d.%m.%Y}"
    assert page.context["form"].errors == {
        "period": [
            f"Zum Stichtag {last.end:%d.%m.%Y} waren noch keine Daten erfasst. "
            f"Die Aufzeichnung beginnt am {today}."
        ]
    }
    assert Report.objects.count() == 0


def test_what_the_report_is_about_must_have_been_there_at_its_stichtag(data) -> None:
    late = make_measure("Später", visibility="public")
    asked = typed(kind="measure", audience="public", measure=late.pk)

    page = client_of(make_user()).post(reverse("report_request"), asked)

    assert page.context["form"].errors == {
        "measure": ["Worum es in diesem Bericht geht, war zum Stichtag 30.06.2024 nicht zu sehen."]
    }
    assert Report.objects.count() == 0


def test_a_template_that_matches_no_measure_is_said_in_the_form_and_in_the_jobs_cause(data) -> None:
    template = ReportTemplate.objects.create(
        name="Grün", sections=["overview"], filters={"lights": ["green"]}
    )
    client, nothing = client_of(make_user()), "Keine Maßnahme passt zur Auswahl der Vorlage."

    page = client.post(reverse("report_request"), typed(kind="custom", template=template.pk))
    assert page.context["form"].errors == {"template": [nothing]}
    report = compiled(request_report(kind="custom", audience="public", period=Q2, scope=template))

    assert (report.state, report.job.error) == ("failed", nothing)
    template.filters = {"lights": ["red"]}
    template.save_over(1)
    assert (
        client.post(reverse("report_request"), typed(kind="custom", template=template.pk)).status_code == 302
    )


def test_an_empty_list_says_so_and_shows_the_way_to_those_who_may() -> None:
    visitor = client_of(None).get(reverse("reports")).content.decode()
    coordinator = client_of(make_user()).get(reverse("reports")).content.decode()

    assert ("Noch kein Bericht" in visitor, reverse("report_request") in visitor) == (True, False)
    assert ("Noch kein Bericht" in coordinator, reverse("report_request") in coordinator) == (True, True)


def test_the_list_has_its_states_and_its_filters() -> None:
    place = make_municipality()
    draft_report(kind="status", audience="public", period=Q2)
    draft_report(kind="municipality", audience="internal", period=Period.year(Q2.start), scope=place)
    client = client_of(make_user())

    def shown(**query: str) -> list[str]:
        context = client.get(reverse("reports"), query).context
        return [report.kind for _state, _title, reports in context["waiting"] for report in reports]

    assert shown() == ["municipality", "status"]
    assert shown(kind="status") == ["status"]
    assert shown(audience="internal") == ["municipality"]
    assert shown(year="2024") == ["municipality", "status"]
    assert shown(scope=f"municipality-{place.pk}") == ["municipality"]
    nothing = client.get(reverse("reports"), {"kind": "interim"}).content.decode()
    assert "Kein Bericht passt zu diesem Filter" in nothing


def test_a_filter_offers_a_reader_nothing_of_what_they_do_not_see() -> None:
    place = make_municipality("Geheimdorf")
    kept(request_report(kind="municipality", audience="internal", period=Q2, scope=place))

    page = client_of(None).get(reverse("reports"), {"scope": f"municipality-{place.pk}"}).content.decode()

    assert ("Geheimdorf" in page, "2024" in page) == (False, False)


def test_a_compiled_report_keeps_its_name_whatever_its_subject_is_called_later() -> None:
    measure = make_measure("Sensornetz")
    report = sealed(kept(request_report(kind="measure", audience="public", period=Q2, scope=measure)))
    measure.title, measure.visibility = "Geheim", "internal"
    measure.save_over(1)

    page = client_of(None).get(reverse("reports")).content.decode()
    name = client_of(None).get(reverse("report_file", args=[report.pk, "json"]))["Content-Disposition"]

    assert [("ensornetz" in text, "eheim" in text) for text in (page, name)] == [(True, False)] * 2


def test_what_was_given_back_has_a_heading_of_its_own(data) -> None:
    give_back(report=compiled(asked()), reason="Ausblick fehlt", by=make_user())
    draft_report(kind="status", audience="internal", period=Q2)

    parts = client_of(make_user()).get(reverse("reports")).context["waiting"]

    assert [(str(title), [report.audience for report in rows]) for _part, title, rows in parts] == [
        ("Zurückgegeben", ["public"]),
        ("Entwürfe", ["internal"]),
    ]


def test_the_list_costs_the_same_queries_for_one_report_and_for_ten(count_queries) -> None:
    client = client_of(make_user())
    numbers = []
    for year in range(2015, 2025):
        request_report(kind="evaluation", audience="public", period=Period.year(date(year, 1, 1)))
        if year in (2015, 2024):
            with count_queries() as queries:
                client.get(reverse("reports"))
            numbers.append(len(queries))

    assert numbers[0] == numbers[1]
