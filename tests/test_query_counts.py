"""What a page asks of the database does not depend on how many measures there are."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import localdate

from fields.models import Guideline
from governance.models import Committee
from measures.models import (
    Document,
    Experience,
    GateCheck,
    GateCriterion,
    Impulse,
    Measure,
    MeasureGuideline,
    MeasureLink,
    Milestone,
    MilestoneLink,
    PlannedStart,
    Prerequisite,
    Risk,
    Solution,
    SolutionLink,
    StatusUpdate,
    Task,
    TeamInvitation,
    TeamMeeting,
    TeamMember,
    Wish,
)
from measures.services.documents import add_document
from measures.services.tags import add_tag
from monitoring.models import ApiToken, Indicator
from network.account_services import invite
from network.models import Invitation, Municipality, Role, User
from participation.models import Event, Mailing, Reply, Survey
from smartregion.base.models import Job
from smartregion.base.uploads import Upload
from tests.factories import (
    make_budget_line,
    make_call_off,
    make_committee,
    make_contact,
    make_grant,
    make_measure,
    make_movement,
    make_municipality,
    make_region,
    make_user,
    set_cell,
)
from tests.governance.rows import make_resolution
from tests.measures.solution_rows import make_assessment, make_solution
from tests.monitoring.indicator_rows import make_indicator, make_target, make_value
from tests.participation.event_rows import make_event, make_session, put
from tests.participation.rows import make_idea, make_question, make_sheet, make_survey
from tests.scale import IS_FULL, by_turns

FEW, MANY = (20, 200) if IS_FULL else (10, 30)
EVENT = 7_000_000
"""The key of an event whose page grows."""
PAGES = [
    "/",
    "/massnahmen/",
    "/massnahmen/?page=99",
    "/massnahmen/?q=Netz&phase=idea&municipality=aadorf",
    "/massnahmen/zeitplan/",
    "/massnahmen/zeitplan/?zoom=alles&page=2&municipality=aadorf",
    "/massnahmen/phasen/",
    "/massnahmen/netz/",
    "/massnahmen/netz/geld/",
    "/foerderung/",
    "/foerderung/?field=mobilitaet",
    "/foerderung/export.xlsx",
    "/massnahmen/netz/voraussetzungen/",
    "/massnahmen/netz/plan/",
    "/massnahmen/netz/team/",
    "/massnahmen/netz/unterlagen/",
    "/massnahmen/?tag=wasser",
    "/massnahmen/?archive=with",
    "/handlungsfelder/",
    "/handlungsfelder/mobilitaet/",
    "/massnahmen/netz/fragen/",
    "/sitemap.xml",
    "/roll-out/",
    "/roll-out/?stage=interested",
    "/roll-out/?blocked=on&stale=on&live=1&municipality=aadorf",
    "/roll-out/?zelle=aadorf/netz",
    "/massnahmen/netz/verbreitung/",
    "/massnahmen/netz/wer-hat-das/",
    "/massnahmen/netz/wer-hat-das/?sicht=bedorf",
    "/kommunen/aadorf/profil.pdf",
    "/roll-out/karte/?massnahme=alle&stage=interested",
    "/roll-out/karte/?massnahme=netz",
    "/roll-out/karte/?massnahme=alle",
    "/monitoring/aenderungen/",
    "/kommunen/aadorf/",
    "/massnahmen/export.xlsx",
    "/massnahmen/export.csv?municipality=aadorf",
    "/roll-out/export.xlsx?stage=interested",
    "/roll-out/export.csv",
    "/kommunen/aadorf/export.xlsx",
    "/massnahmen/export.ods",
    "/roll-out/export.ods",
    "/kommunen/aadorf/export.ods",
    "/indikatoren/",
    "/indikatoren/?level=output&field=mobilitaet&due=overdue&on_target=unknown&tag=SDG 11&o=attainment",
    "/indikatoren/netz/",
    "/indikatoren/export.xlsx",
    "/indikatoren/werte/export.csv",
    "/konzept/",
    "/suche/?q=Netz",
    "/suche/?q=Nezte&art=massnahmen&feld=mobilitaet&page=2",
    "/gremien/",
    "/gremien/kalender/",
    "/gremien/kalender/jahr/?art=steering",
    "/loesungen/",
    "/loesungen/?field=mobilitaet&maturity=1&municipality=aadorf&interface=MQTT&licence=open&page=2",
    "/loesungen/plattform/",
    "/loesungen/skala/",
    "/loesungen/export.xlsx",
    "/loesungen/export.csv?maturity=1",
    "/vorlagen/",
    "/beschluesse/",
    "/beschluesse/?q=Netz&committee=lenkungskreis&measure=netz&open=true",
    "/beschluesse/kontrolle/",
    "/beschluesse/kontrolle/?frist=ueberfaellig",
    "/beschluesse/export.xlsx",
    "/beschluesse/export.csv",
    "/berichte/",
    "/berichte/vergleich/",
    "/veranstaltungen/",
    "/veranstaltungen/?zeit=vergangen&field=mobilitaet&kind=week",
    "/veranstaltungen/kalender.ics",
    f"/veranstaltungen/{EVENT}/",
    "/ideen/",
    "/ideen/?q=Netz&field=mobilitaet&municipality=aadorf&state=measure&o=supported&page=2",
    "/ideen/neu/?field=mobilitaet",
    "/ideen/umfragen/",
    "/ideen/umfragen/netz/",
    "/abonnement/",
    "/abonnement/?thema=massnahmen:netz&thema=gremien:lenkungskreis",
    "/abonnement/angefragt/",
    "/feeds/alles/neues.atom",
    "/feeds/massnahmen/netz.atom",
    "/feeds/suche.atom?q=Netz",
]
OPEN_DATA = [
    "/open-data/",
    "/open-data/roll-out/",
    *(f"/open-data/{name}.{ending}" for name in ("massnahmen", "roll-out") for ending in ("csv", "json")),
    "/open-data/massnahmen.xlsx",
    "/open-data/veranstaltungen.json",
    "/open-data/kommunen.geojson",
    "/open-data/indikatorwerte.geojson",
    "/open-data/catalog.ttl",
    *(f"/api/v1/{name}" for name in ("measures", "fields", "rollout", "municipalities")),
    *(f"/api/v1/{name}" for name in ("indicators", "values", "resolutions", "events", "openapi.json")),
    "/api/v1/measures?q=Netz&field=mobilitaet&municipality=aadorf&limit=5",
    "/api/v1/measures/netz",
    "/ogc/v1/collections",
    "/ogc/v1/collections/rollout/items?bbox=6,51,8,53&stage=live",
    "/ogc/v1/collections/municipalities/items?f=html",
    "/einbetten/rollout/",
    "/einbetten/rollout/netz/",
    "/einbetten/feld/mobilitaet/",
]
"""The same for everybody, hence asked by a visitor alone."""
INTERNAL = {
    "/massnahmen/netz/geld/",
    "/foerderung/",
    "/foerderung/?field=mobilitaet",
    "/foerderung/export.xlsx",
}
"""A visitor is asked to sign in."""
PAGES_OF_ACCOUNTS = [
    "/konto/",
    "/konto/benachrichtigungen/",
    "/kommunen/aadorf/netz/",
    "/kommunen/aadorf/netz/erfahrung/",
    "/kommunen/bedorf/",
    "/roll-out/wellen/",
    "/roll-out/wellen/?ansicht=kommunen",
]
REMEMBERS_ITS_FILTER = "/auftraege/?kind=measures.send_invitation&status="
"""Writes to the session when it is opened for the first time."""
PAGES_OF_THE_COORDINATOR = [
    "/indikatoren/erfassen/",
    "/konto/token/",
    "/roll-out/wellen/netz/",
    "/massnahmen/ansichten/",
    "/massnahmen/sammelbearbeitung/?action=lead&all=1&q=Netz",
    "/massnahmen/netz/zusammenfuehren/?target=netz-2",
    "/massnahmen/netz/feld/light/",
    "/massnahmen/netz/kopieren/",
    REMEMBERS_ITS_FILTER,
    "/berichte/neu/",
    "/berichte/vorlagen/",
    "/konten/einladungen/",
    "/netzwerk/",
    "/netzwerk/?feld=mobilitaet&einwilligung=yes",
    "/netzwerk/kontakte.csv",
    "/netzwerk/begegnungen/",
    "/netzwerk/rundschreiben/",
    "/netzwerk/rundschreiben/neu/",
    f"/veranstaltungen/{EVENT}/teilnahme/",
    f"/veranstaltungen/{EVENT}/teilnahme/einlass/",
    f"/veranstaltungen/{EVENT}/teilnahme/export.csv",
    f"/veranstaltungen/{EVENT}/teilnahme/export.xlsx",
    "/ideen/pruefen/",
    "/ideen/umfragen/netz/texte/",
    "/ideen/umfragen/netz/bearbeiten/",
]
PAGES_OF_THE_ADMINISTRATION = ["/konten/", "/konten/?show=without&q=a", "/konten/einladungen/"]


def grow_to(number: int) -> None:
    """So many measures, each with some of everything that belongs to one; the first is "Netz"."""
    place = Municipality.objects.get(name="Aadorf")
    while Measure.objects.count() < number:
        measure = make_measure("Netz")
        concept = measure.field.concept
        guideline, _ = Guideline.objects.get_or_create(concept=concept, title="Digital", position=1)
        MeasureGuideline.objects.create(measure=measure, guideline=guideline)
        for day in (1, 2):
            on = date(2024, 5, day)
            Milestone.objects.create(measure=measure, title=f"Tag {day}", planned_date=on)
            StatusUpdate.objects.create(measure=measure, on=on, text="Gut", visibility="public")
        seat = TeamMember.objects.create(
            measure=measure, organisation=place.organisation, sector="municipal", function="Leitung"
        )
        own = set_cell(measure, place, stage="interested")
        Wish.objects.create(cell=own, message="Gern", asked=Municipality.objects.get(name="Bedorf"))
        with_it = measure.cells.get(municipality__name="Bedorf")
        set_cell(measure, with_it.municipality, stage="live", since=date(2024, 1, 1), evidence="Netz")
        Experience.objects.create(cell=with_it, lessons="Früh fragen", is_public=True)
        grant = make_grant(measure)
        make_call_off(grant)
        make_budget_line(measure, source="municipality", municipality=place, grant=grant)
        make_movement(measure, grant=grant)
        PlannedStart.objects.create(measure=measure, municipality=place, quarter=date(2024, 4, 1))
        if (first := Measure.objects.order_by("pk")[0]) != measure:
            Prerequisite.objects.create(measure=first, required=measure)
        add_plan(measure, seat)
        add_solution(measure)
        add_indicators(measure, place)
        resolve_on(measure)
        make_contact(f"Werk {measure.no}", fields=[measure.field])
        Mailing.objects.create(subject="Neues", text="Text", recipients=1)
        add_event(measure)
        add_ideas(measure, place)
        invited = Invitation(email=f"{measure.no}@example.org", name=measure.no, role=Role.TEAM)
        invite(invitation=invited, by=make_user(Role.TEAM))


def add_plan(measure: Measure, seat: TeamMember) -> None:
    """What each measure gets goes to the first one too, so that its pages grow as the lists do."""
    first = Measure.objects.get(slug="netz")
    criterion, _ = GateCriterion.objects.get_or_create(phase="idea", text=f"Kriterium {measure.no}")
    GateCheck.objects.create(measure=first, criterion=criterion)
    own, other = measure.milestones.first(), first.milestones.first()
    if own and other and own != other:
        MilestoneLink.objects.create(milestone=other, predecessor=own)
    Task.objects.create(measure=first, title="Aufgabe", seat=seat, due_on=date(2024, 5, 1))
    Risk.objects.create(
        measure=first, title="Risiko", likelihood=1, impact=5, owner="Leitung", is_public=True
    )
    document = Document(measure=first, title="Konzept", visibility="public")
    add_document(document=document, file=Upload("a.pdf", "pdf", b"%PDF-"), by=None)
    MeasureLink.objects.create(
        measure=first, title="Mehr", url=f"https://example.org/{measure.no}", visibility="public"
    )
    add_tag(measure=measure, name="Wasser", by=None)
    own_seat = TeamMember.objects.create(
        measure=first, organisation=seat.organisation, sector="civil", function=measure.no
    )
    job = Job.objects.create(kind="measures.send_invitation", status="done")
    TeamInvitation.objects.create(seat=own_seat, email="a@example.org", job=job)
    TeamMeeting.objects.create(measure=first, present="Alle", text="Text")
    impulse = Impulse.objects.create(measure=first, title="Idee", text="Text", origin="team")
    impulse.fate = "checked"
    impulse.save_over(1)


def add_event(measure: Measure) -> None:
    """One of its own with a programme, past and to come; the first of all gets a person more."""
    for days in (30, -30):
        make_session(make_event(f"Tag {measure.no}", days=days, field=measure.field))
    first = Event.objects.filter(pk=EVENT).first() or make_event(pk=EVENT)
    make_session(first, measure.no, field=measure.field)
    put(first, measure.no)


def add_ideas(measure: Measure, place: Municipality) -> None:
    """A published and a waiting one, and an answer to the first survey, "Netz", which has ended."""
    make_idea("Netz", field=measure.field, municipality=place, measure=measure)
    make_idea("Netz", state="waiting")
    survey = Survey.objects.order_by("pk").first() or make_survey("Netz", field=measure.field)
    make_survey(f"Umfrage {measure.no}", event_id=EVENT)
    if not survey.questions.exists():
        Survey.objects.filter(pk=survey.pk).update(closes_at=survey.opens_at + timedelta(hours=1))
        make_question(survey, "text")
    make_sheet(survey, Reply(question=survey.questions.get(), text=measure.no))


def resolve_on(measure: Measure) -> None:
    committee = Committee.objects.first() or make_committee()
    make_resolution(committee, f"LK {measure.no}").measures.add(measure)


def add_solution(measure: Measure) -> None:
    """One of its own, and the first of all, "Plattform"."""
    solution = make_solution("Plattform", measure, interfaces=["MQTT"], licence="MIT")
    make_assessment(solution, {"Funktion": 2, "Betrieb": 1})
    SolutionLink.objects.get_or_create(solution=Solution.objects.get(slug="plattform"), measure=measure)


def add_indicators(measure: Measure, place: Municipality) -> None:
    """One of the measure, one of its field, one of the concept; "Netz", the first, gets more values."""
    make_indicator("Netz", measure=measure, sdgs=[11])
    make_indicator("Feld", field=measure.field)
    each = make_indicator("Orte", per_municipality=True)
    make_value(each, place=place)
    make_target(each, date(2030, 1, 1), 5)
    first = Indicator.objects.get(key="netz")
    make_value(first, date(2024, 1, 1) + timedelta(days=first.values.count()))
    token = ApiToken.objects.create(name=measure.no, token_hash=measure.no, expires_on=localdate())
    token.indicators.set([each])


def readers(place: Municipality) -> dict[Role | None, tuple[Client, list[str]]]:
    """A visitor and accounts of three roles, each with the pages that they open."""
    found = {}
    for role, pages in (
        (None, [*PAGES, *OPEN_DATA]),
        (Role.COORDINATION, [*PAGES, *PAGES_OF_ACCOUNTS, *PAGES_OF_THE_COORDINATOR]),
        (Role.MUNICIPALITY, [*PAGES, *PAGES_OF_ACCOUNTS]),
        (Role.ADMINISTRATION, PAGES_OF_THE_ADMINISTRATION),
    ):
        client = Client()
        if role:
            client.force_login(make_user(role, place if role == Role.MUNICIPALITY else None))
        found[role] = client, pages
    return found


@pytest.mark.django_db
def test_a_page_asks_as_often_with_many_measures_as_with_few(count_queries: Callable[[], Any]) -> None:
    make_region()
    places = [make_municipality("Aadorf"), make_municipality("Bedorf")]
    places[0].neighbours.add(places[1])
    everybody = readers(places[0])

    def costs(number: int) -> dict[tuple[Role | None, str], int]:
        grow_to(number)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # of rows that no other transaction sees, autovacuum knows nothing
        found = {}
        for turn, (role, (client, pages)) in enumerate(everybody.items()):
            for page in by_turns(pages, of=2, first=turn):
                with count_queries() as queries:
                    response = client.get(page)
                    b"".join(response)
                assert response.status_code == (302 if role is None and page in INTERNAL else 200)
                found[role, page] = len(queries)
        return found

    grow_to(2)
    for client, pages in everybody.values():
        for page in ("/", REMEMBERS_ITS_FILTER):
            if page in pages:
                client.get(page)

    assert costs(FEW) == costs(MANY)


@pytest.mark.django_db
def test_who_is_reminded_costs_by_accounts_and_not_by_measures(count_queries: Callable[[], Any]) -> None:
    """The page reads the worklist of each account, as the mails do."""
    make_region()
    places = [make_municipality("Aadorf"), make_municipality("Bedorf")]
    places[0].neighbours.add(places[1])
    client = readers(places[0])[Role.COORDINATION][0]

    def cost(number: int) -> int:
        grow_to(number)
        User.objects.filter(role=Role.TEAM).update(is_active=False)
        with count_queries() as queries:
            assert client.get("/monitoring/bereit/erinnern/").status_code == 200
        return len(queries)

    grow_to(2)
    client.get("/")
    assert cost(FEW) == cost(MANY)
