"""Every address of the portal, filled with the keys of rows that exist: one row of each kind."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import connection, models
from django.urls import URLResolver, resolve
from django.utils.timezone import localdate

from governance.models import CalendarLink, Minutes, Mirror, MirrorLink, PaperFile, Seat, Term
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
from measures.services.documents import add_document
from measures.services.rounds import open_round
from measures.services.tags import add_tag
from measures.services.waves import plan_starts
from monitoring.models import ApiToken, Erratum, ReportTemplate, ValueImport
from monitoring.periods import Period
from monitoring.services.reports import draft_report
from network.account_services import invite
from network.models import Invitation, Role, User
from participation.event_mails import PURPOSE
from participation.links import secret_of
from participation.models import AccessRequest, Enquiry, EventFile, SubscriptionRequest
from participation.services.access import READ
from participation.services.events import add_event_file
from participation.services.mailings import WITHDRAW
from participation.services.subscriptions import CHANGE, CONFIRM, END
from smartregion.base.hashed import hash_of
from smartregion.base.models import Job, LegalText
from smartregion.base.uploads import Upload
from smartregion.languages import LanguagePrefix
from smartregion.regions.region import LEGAL_PAGES
from tests.factories import (
    make_budget_line,
    make_call_off,
    make_committee,
    make_contact,
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
from tests.monitoring.evaluation_rows import make_evaluation, make_recommendation
from tests.monitoring.indicator_rows import make_indicator, make_target, make_value
from tests.monitoring.schedule_rows import make_schedule
from tests.participation.event_rows import make_event, make_session, put
from tests.participation.rows import make_idea, make_question, make_survey
from tests.participation.series_rows import make_event_series
from tests.participation.subscriber_rows import make_subscriber


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every address of the house with its places for keys."""
    for entry in resolver.url_patterns:
        route = f"{before}{entry.pattern}"
        if isinstance(entry.pattern, LanguagePrefix):
            continue  # the same views once more
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        else:
            yield route


def keys_of_rows() -> dict[str, Any]:
    """A row of each kind, by the word before its key in the address."""
    make_region()
    place, measure, committee = make_municipality(), make_measure(), make_committee()
    meeting = make_meeting(committee)
    item = make_item(meeting)
    paper = make_paper(committee)
    resolution = make_resolution(committee, item=item)
    for slug in LEGAL_PAGES:
        LegalText.objects.create(slug=slug, title=slug, body="Text")
    report = draft_report(
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
        "plaene": make_schedule(),
        "berichtigungen": Erratum.objects.create(report=report, number=1, text="Falsch", declared_as="Amt"),
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
        "protocol": Minutes.objects.create(meeting=make_meeting(committee, "Herbstsitzung", status="held")),
        "consultation": rows["stationen"],
        "legislativeterm": rows["amtszeiten"],
    }
    # Papers and templates of reports stand behind the same word, so the latter gets the key of the former.
    put_under(paper.pk, ReportTemplate(name="Vorlage", sections=["overview"]))
    indicator = make_indicator()
    rows |= {
        "geloescht": indicator,
        "ziele": make_target(indicator, date(2030, 1, 1), 9),
        "werte": make_value(indicator),
        "zugang": ApiToken.objects.create(name="Zähler", token_hash="x", expires_on=localdate()),
    }
    # Imports of both kinds stand behind the same word, so the latter gets the key of the former.
    found = {"plans": [], "errors": [], "number_of_errors": 0, "unchanged": 0}
    put_under(rows["import"].pk, ValueImport(file_name="werte.csv", found=found))
    survey = make_survey()
    rows |= {"ideen": make_idea(), "frage": make_question(survey)}
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
    rows |= rows_of_accounts(editor, rows["einladungen"].pk)
    contact = make_contact()
    rows["kontakte"] = contact
    evaluation = make_evaluation()
    rows |= {
        "evaluation": evaluation,
        "fragen": evaluation.questions.all()[0],
        "empfehlungen": make_recommendation(evaluation),
    }
    event = make_event(days=-1)
    registration = put(event, "Ada")
    rows |= {
        "veranstaltungen": event,
        "programm": make_session(event),
        "dateien": add_event_file(
            document=EventFile(event=event, title="A", visibility="public"),
            file=Upload("a.pdf", "pdf", b"%PDF-"),
            by=None,
        ),
        "teilnahme": registration,
        "reihen": make_event_series(),
    }
    # Questions of evaluations and of the public stand behind the same word and share a key.
    put_under(rows["fragen"].pk, Enquiry(text="Warum?", email="wer@example.org"))
    slugs = {
        "wellen": measure,
        "loesungen": solution,
        "massnahmen": measure,
        "kommunen": place,
        "gremien": committee,
        "handlungsfelder": measure.field,
        "bewertung": measure.field,
        "umfragen": survey,
    }
    subscriber = make_subscriber(("kommunen", place.slug), email="folgt@example.org")
    wanted = SubscriptionRequest.objects.create(email=subscriber.email, wanted=[["kommunen", place.slug]])
    return {
        **{word: row.pk for word, row in rows.items()},
        **{word: row.slug for word, row in slugs.items()},
        "indikatoren": indicator.key,
        "indicators": indicator.key,
        "measure_slug": measure.slug,
        "feld": "title",
        "gemeinsam": "00000000-0000-4000-8000-000000000000",
        "abfragen": opened.pk,
        "zelle": place.slug,
        "adressen": place.slug,
        "anmeldung": secret_of(registration, PURPOSE),
        "dataset": "massnahmen",
        "resource": "measures",
        "row": measure.slug,
        "collection": "rollout",
        "feature": measure.cells.get().pk,
        "measure": measure.slug,
        "field_of_action": measure.field.slug,
        "number": 1,
        "section": "overview",
        "token": "wort",
        "secret": "wort",
        "file_format": "pdf",
        "edition": "oeffentlich",
        "auskunft": secret_of(AccessRequest.objects.create(email="a@example.org"), READ),
        "einwilligung": secret_of(contact, WITHDRAW),
        "provider_id": "kreis",
        "uidb36": "1",
        "key": "x-y",
        "body": "1",
        "kind": "alles",
        "topic": "neues",
        "confirmation": secret_of(wanted, CONFIRM),
        "choice": secret_of(subscriber, CHANGE),
        "ending": secret_of(subscriber, END),
        "object_id": make_user(Role.ADMINISTRATION).pk,
        "app_label": "network",
        "url": "gibt-es-nicht",
    }


def put_under(key: int, row: models.Model) -> None:
    """Store the row under that key."""
    row.pk = key
    row.save(force_insert=True)
    begin_after(key, row)


def begin_after(key: int, row: models.Model) -> None:
    """What is added later to the table of the row gets a higher key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(sequence, GREATEST(nextval(sequence), %s)) "
            "FROM CAST(pg_get_serial_sequence(%s, 'id') AS regclass) AS sequence",
            [key, row._meta.db_table],
        )


def rows_of_accounts(user: User, key: int) -> dict[str, Any]:
    """Invitations to a team and to an account stand behind the same word and share a key."""
    invited = Invitation(pk=key, email="neu@example.org", name="Neu", role=Role.TEAM)
    begin_after(key, invite(invitation=invited, by=user))
    return {
        "konten": user,
        "anmeldungen": UserSession.objects.create(user=user, ip="192.0.2.1", session_key="x"),
        "faktor": Authenticator.objects.create(user=user, type="totp", data={}),
    }


def answers_to_get(address: str) -> bool:
    """Whether there is a page at all; where there is none, the refusal asks for no row."""
    view = getattr(resolve(address).func, "view_class", None)
    return view is None or hasattr(view, "get")


def address_of(route: str, keys: dict[str, Any]) -> str:
    """The route with the keys of rows that exist."""

    def key(match: re.Match[str]) -> str:
        word, name = match[1] or "", match[2]
        return f"{word}/{keys[name]}" if name in keys else f"{word}/{keys[word]}"

    plain = re.sub(r"\(\?P(<\w+>)[^)]*\)|[$^]", lambda match: match[1] or "", route)
    filled = re.sub(r"(\w*)/<(?:\w+:)?(\w+)>", key, plain)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(keys[match[1]]), filled)
