"""No address of the house breaks on input that nobody would type: an answer of 500 is always our fault."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.forms import BoundField, DateField, DateTimeField
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils.timezone import localdate

from governance.models import CalendarLink, Mirror, MirrorLink, PaperFile, Seat, Term
from measures.models import (
    Document,
    GateCheck,
    GateCriterion,
    Impulse,
    InvitationLink,
    Measure,
    MeasureLink,
    Milestone,
    MilestoneLink,
    Prerequisite,
    Risk,
    RoundInvitation,
    RoundLink,
    SavedView,
    SolutionLink,
    StatusUpdate,
    TableImport,
    Task,
    TeamInvitation,
    TeamMeeting,
    TeamMember,
    Wish,
)
from measures.models.rounds import hash_of
from measures.services.documents import add_document
from measures.services.rounds import open_round
from measures.services.tags import add_tag
from measures.services.waves import plan_starts
from monitoring.periods import Period
from monitoring.services import request_report
from network.models import Role
from smartregion.base.models import Job, LegalText
from smartregion.base.uploads import Upload
from tests.factories import (
    make_budget_line,
    make_call_off,
    make_committee,
    make_grant,
    make_measure,
    make_movement,
    make_municipality,
    make_organisation,
    make_region,
    make_user,
)
from tests.governance.circular_rows import make_circular
from tests.governance.rows import (
    make_file,
    make_item,
    make_meeting,
    make_paper,
    make_resolution,
    make_series,
    make_station,
    make_topic,
)
from tests.measures.solution_rows import make_assessment, make_solution

pytestmark = pytest.mark.django_db
WORST, WORST_DAYS = ["\0", "9" * 30], ["9999-12-31T23:59", "0001-01-01"]
ODD = [*WORST, *WORST_DAYS, "", "-1", "9" * 5000, "²", "x" * 100_000, "🌍"]
ADMINISTRATION = "/verwaltung/"
QUERY = ["version", "page", "q", "field", "phase", "status", "light", "municipality", "starter", "visibility"]
QUERY += ["maturity", "licence", "interface"]
QUERY += ["changed", "blocked", "live", "columns", "zelle"]
QUERY += ["stage", "stale", "massnahme", "ansicht", "state", "next", "zoom", "von"]
QUERY += ["o", "p", "role__exact", "is_active__exact", "_to_field", "_popup", "_changelist_filters", "term"]
QUERY += ["grant", "tag", "art", "kind", "audience", "period", "start", "end"]
QUERY += ["monat", "jahr", "gremium"]
QUERY += ["committee", "year", "outcome", "procedure", "open"]
QUERY += ["created_since", "created_until", "modified_since", "modified_until"]
QUERY += ["limit", "omit_internal", "after"]
QUERY += ["sicht", "entwurf", "archive", "archiv", "measure", "action", "all", "target", "alle"]
QUERY += [
    "committee",
    "year",
    "sicht",
    "entwurf",
    "archive",
    "archiv",
    "measure",
    "action",
    "all",
    "target",
    "alle",
]
QUERY += ["top", "teil"]
QUERY += ["fassung", "sicht", "entwurf", "archive", "archiv", "measure", "action", "all", "target", "alle"]
BODY = [
    "version",
    "cell",
    "account",
    "login",
    "password",
    "email",
    "meeting",
    "direction",
    "order",
    "read",
    "answer",
    "answer_reason",
    "step",
    "back",
    "next",
    "selected",
    "action",
    "target",
    "source_version",
    "target_version",
    "preview",
    "query",
    "confirm_visibility",
    "file",
    "name",
    "again",
    "message",
    "asked",
    "with_stage",
    "cell_version",
    "documents",
    "links",
    "place",
    "rest",
    "previewed",
    "biased",
    "approves",
    "cells",
    "lines",
    "choice",
    "comment",
    "offered",
]
TYPED = {
    "no": "M-77",
    "title": "Titel",
    "summary": "Text",
    "planned_date": "2024-05-01",
    "weight": 1,
    "sector": "science",
    "function": "Leitung",
    "on": "2024-05-01",
    "text": "Text",
    "group": "county",
    "starts_at": "2024-05-01T10:00",
    "kind": "motion",
    "wording": "Wortlaut",
    "outcome": "adopted",
    "reason": "Grund",
    "period": "eigener",
    "start": "2024-01-01",
    "end": "2024-12-31",
    "reason_for_change": "Grund",
    "reference": "DR-1",
    "starts_on": "2024-01-01",
    "ends_on": "2024-12-31",
    "due_on": "2024-05-01",
    "amount": "1.573,45",
    "note": "Auftrag",
    "name": "Programm",
    "funding_body": "Land",
    "endpoint": "https://ris.example.org/system",
    "url": "https://example.org/",
    "owner": "Leitung",
    "present": "Leitung",
    "again": "ein langes Passwort 15",
    "review_comment": "Bitte ergänzen",
    "likelihood": 3,
    "impact": 3,
    "at": "09:00",
    "count": 3,
    "what": "Bericht",
    "evidence": "Bericht liegt vor",
    "reported_on": "2024-05-01",
}
"""What somebody could type into a form that is empty."""


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every address of the house with its places for keys."""
    for entry in resolver.url_patterns:
        route = f"{before}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        else:
            yield route


@pytest.fixture
def keys() -> dict[str, Any]:
    return keys_of_rows()


def keys_of_rows() -> dict[str, Any]:
    """A row of each kind, by the word before its key in the address."""
    make_region()
    place, measure, committee = make_municipality(), make_measure(), make_committee()
    meeting = make_meeting(committee)
    item = make_item(meeting)
    paper = make_paper(committee)
    resolution = make_resolution(committee, item=item)
    for slug in ("imprint", "privacy", "accessibility"):
        LegalText.objects.create(slug=slug, title=slug, body="Text")
    report = request_report(
        kind="status", audience="public", period=Period(date(2024, 1, 1), date(2024, 3, 31))
    )
    grant = make_grant(measure)
    solution = make_solution()
    rows: dict[str, Any] = {
        "zuwendungen": grant,
        "abrufe": make_call_off(grant),
        "ansaetze": make_budget_line(measure),
        "buchungen": make_movement(measure),
        "programme": grant.programme,
        "bewertungen": make_assessment(solution, {"Funktion": 1}),
        "verknuepfungen": SolutionLink.objects.create(solution=solution, measure=measure),
        "meilensteine": Milestone.objects.create(
            measure=measure, title="Start", planned_date=date(2024, 5, 1)
        ),
        "voraussetzungen": Prerequisite.objects.create(measure=measure, required=make_measure("Netz")),
        "team": TeamMember.objects.create(
            measure=measure, organisation=make_organisation(), sector="civil", function="Mitglied"
        ),
        "sachstand": StatusUpdate.objects.create(measure=measure, on=date(2024, 5, 1), text="Text"),
        "sitze": Seat.objects.create(committee=committee, group="county", function="Sprecher"),
        "amtszeiten": Term.objects.create(committee=committee, name="Erste", starts_on=date(2024, 1, 1)),
        "terminreihen": make_series(committee),
        "sitzungen": meeting,
        "top": item,
        "vorlagen": paper,
        "anlagen": make_file(paper),
        "stationen": make_station(paper, committee),
        "themen": make_topic(committee),
        "beschluesse": resolution,
        "umsetzung": resolution.follow_ups.get(),
        "umlauf": make_circular(committee),
        "berichte": report,
        "import": TableImport.objects.create(
            content=b"Projekt;Stand\nNetz;neu\n",
            size=24,
            state="mapping",
            found={
                "foreign": {
                    "sheet": "CSV",
                    "columns": [{"heading": "Stand", "samples": [], "words": ["neu"]}],
                }
            },
            job=Job.objects.create(kind="test", status="done"),
        ),
        "auftraege": Job.objects.create(kind="test", status="failed", error="Kaputt"),
    }
    milestone = rows["meilensteine"]
    other = Milestone.objects.create(measure=measure, title="Ende", planned_date=date(2024, 6, 1))
    criterion, unmet = (GateCriterion.objects.create(phase="idea", text=text) for text in "AB")
    document = Document(measure=measure, title="Konzept", visibility="public")
    rows |= {
        "kriterien": criterion,
        "criterion": unmet,
        "erfuellt": GateCheck.objects.create(measure=measure, criterion=criterion),
        "abhaengigkeiten": MilestoneLink.objects.create(milestone=other, predecessor=milestone),
        "aufgaben": Task.objects.create(
            measure=measure, title="Vertrag", function="Recht", due_on=date(2024, 5, 1)
        ),
        "risiken": Risk.objects.create(measure=measure, title="R", likelihood=1, impact=1, owner="Leitung"),
        "unterlagen": add_document(document=document, file=Upload("a.pdf", "pdf", b"%PDF-"), by=None),
        "verweise": MeasureLink.objects.create(
            measure=measure, title="Mehr", url="https://example.org/", visibility="public"
        ),
        "schlagworte": add_tag(measure=measure, name="Wasser", by=None),
    }
    invited = TeamInvitation.objects.create(
        seat=rows["team"], email="neu@example.org", job=Job.objects.create(kind="test", status="done")
    )
    InvitationLink.objects.create(invitation=invited, token_hash=hash_of("wort"))
    rows |= {
        "einladungen": invited,
        "protokolle": TeamMeeting.objects.create(measure=measure, present="Leitung", text="Text"),
        "impulse": Impulse.objects.create(measure=measure, title="Idee", text="Text", origin="team"),
    }
    mirror = Mirror.objects.create(name="RIS", endpoint="https://ris.example.org/system")
    rows |= {
        "spiegel": mirror,
        "zuordnungen": MirrorLink.objects.create(mirror=mirror, committee=committee, organization="x"),
        "organization": committee,
        "person": rows["sitze"],
        "membership": rows["sitze"],
        "meeting": meeting,
        "location": meeting,
        "agendaitem": item,
        "paper": rows["vorlagen"],
        "file": PaperFile.objects.create(
            paper=rows["vorlagen"],
            title="A",
            name="a.pdf",
            kind="pdf",
            content=b"x",
            size=1,
            visibility="public",
        ),
        "consultation": rows["stationen"],
        "legislativeterm": rows["amtszeiten"],
    }
    rows["wuensche"] = Wish.objects.create(cell=measure.cells.get(), message="Gern")
    editor = make_user(Role.COORDINATION)
    CalendarLink.objects.create(user=editor, token_hash=hash_of("wort"))
    rows["ansichten"] = SavedView.objects.create(owner=editor, name="Meine", page="measures")
    opened = open_round(
        title="Runde", closes_on=localdate(), measures=Measure.objects.all(), portal_url="http://x/", by=None
    )
    invitation = RoundInvitation.objects.get()
    RoundLink.objects.create(invitation=invitation, token_hash=hash_of("wort"))
    plan_starts(measure=measure, version=1, quarters={place.pk: date(2030, 1, 1)}, by=None)
    slugs = {
        "wellen": measure,
        "loesungen": solution,
        "massnahmen": measure,
        "kommunen": place,
        "gremien": committee,
        "handlungsfelder": measure.field,
    }
    return {
        **{word: row.pk for word, row in rows.items()},
        **{word: row.slug for word, row in slugs.items()},
        "measure_slug": measure.slug,
        "feld": "title",
        "gemeinsam": "00000000-0000-4000-8000-000000000000",
        "abfragen": opened.pk,
        "zelle": place.slug,
        "adressen": place.slug,
        "number": 1,
        "token": "wort",
        "secret": "wort",
        "file_format": "pdf",
        "edition": "oeffentlich",
        "uidb36": "1",
        "key": "x-y",
        "body": "1",
        "object_id": make_user(Role.ADMINISTRATION).pk,
        "app_label": "network",
        "url": "gibt-es-nicht",
    }


def address_of(route: str, keys: dict[str, Any]) -> str:
    """The route with the keys of rows that exist."""

    def key(match: re.Match[str]) -> str:
        word, name = match[1] or "", match[2]
        return f"{word}/{keys[name]}" if name in keys else f"{word}/{keys[word]}"

    plain = re.sub(r"\(\?P(<\w+>)[^)]*\)|[$^]", lambda match: match[1] or "", route)
    filled = re.sub(r"(\w*)/<(?:\w+:)?(\w+)>", key, plain)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(keys[match[1]]), filled)


def answer(client: Client, method: str, address: str, data: dict[str, Any]) -> int:
    """The status code after the whole body was sent; what the request wrote is taken back."""
    with transaction.atomic():
        response = getattr(client, method)(address, data)
        b"".join(response)
        transaction.set_rollback(True)
    return int(response.status_code)


def form_of(client: Client, address: str) -> Any:
    """The page's form; None where there is none."""
    context = client.get(address).context or {}
    return context["adminform"].form if "adminform" in context else context.get("form")


def _value(field: BoundField) -> Any:
    if (value := field.value()) not in (None, "", []):
        return value
    choices = [key for key, _label in getattr(field.field, "choices", ()) if key]
    return TYPED.get(field.name) or next(iter(choices), "")


def attempts(client: Client, address: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every odd value in all places at once, and the worst ones in each field of a form."""
    for odd in ODD:
        yield "get", dict.fromkeys(QUERY, odd)
        yield "post", dict.fromkeys(BODY, odd)
    form = form_of(client, address)
    typed = {name: _value(form[name]) for name in form.fields} if form else {}
    yield "post", typed
    for name in typed:
        holds_a_day = isinstance(form.fields[name], DateField | DateTimeField)
        for odd in WORST_DAYS if holds_a_day else WORST:
            yield "post", {**typed, name: odd}


@pytest.mark.parametrize("route", list(routes(get_resolver())))
def test_odd_input_never_breaks_a_page(route: str, keys: dict[str, Any]) -> None:
    address = address_of(route, keys)
    visitor, editor = (Client(raise_request_exception=False) for _ in range(2))
    editor.force_login(
        make_user(Role.ADMINISTRATION if address.startswith(ADMINISTRATION) else Role.COORDINATION)
    )
    clients = [editor] if visitor.get(address).status_code == 302 else [visitor, editor]

    broken = [
        (method, {name: str(value)[:40] for name, value in data.items()})
        for client in clients
        for method, data in attempts(client, address)
        if answer(client, method, address, data) >= 500
    ]

    assert broken == []


@pytest.mark.parametrize("route", [route for route in routes(get_resolver()) if "<int" in route])
def test_a_key_that_cannot_be_is_missing(route: str, keys: dict[str, Any]) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make_user(Role.COORDINATION))
    numbers = {name: "9" * 30 if isinstance(key, int) else key for name, key in keys.items()}

    assert {answer(client, method, address_of(route, numbers), {}) for method in ("get", "post")} <= {
        404,
        405,
    }
