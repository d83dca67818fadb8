"""A status round: opened once, answered by links that open one municipality's cells of it and no more."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError
from django.test import Client
from django.utils.timezone import localdate, now

from measures.models import (
    Measure,
    RolloutCell,
    RoundContact,
    RoundInvitation,
    RoundLink,
    RoundMail,
    StatusRound,
)
from measures.models.rounds import hash_of
from measures.round_progress import progress_of
from measures.services.rounds import close_round, open_round, remind, renew_link, revoke_links
from network.models import Municipality, Role
from smartregion.base.history import changes_of
from smartregion.base.jobs import run
from smartregion.base.models import Job
from tests.beside import threads
from tests.factories import make_measure, make_municipality, make_region, make_user, set_cell

pytestmark = pytest.mark.django_db
LIVE = {
    "stage": "live",
    "since": "2024-05-01",
    "evidence": "Beschluss",
    "reason": "",
    "contact": "",
    "note": "",
}


@pytest.fixture
def places() -> list[Municipality]:
    """Aadorf and Bedorf have an address, Cedorf has none; two measures run, one is a draft."""
    make_region()
    places = [make_municipality(name) for name in ("Aadorf", "Bedorf", "Cedorf")]
    for place in places[:2]:
        RoundContact.objects.create(municipality=place, email=f"{place.slug}@example.org")
    make_measure("Netz")
    make_measure("Radweg", visibility="internal")
    make_measure("Geheim", visibility="draft")
    return places


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


def test_each_municipality_with_an_address_gets_one_mail_with_a_link_that_opens_its_page(
    places, client
) -> None:
    begin(by=make_user(name="Frau Muster"), message="Danke für die Mühe.")
    sent = send_mails()

    assert [(each.to, each.subject) for each in sent] == [
        (["aadorf@example.org"], "Herbst"),
        (["bedorf@example.org"], "Herbst"),
    ]
    assert "Danke für die Mühe." in sent[0].body
    link = sent[0].body.split("https://portal.example.org")[1].split()[0]
    answer = client.get(link)
    assert (answer.status_code, answer.context["municipality"]) == (200, places[0])
    assert send_mails() == []


def test_the_secret_of_a_link_stands_nowhere_in_the_database(places) -> None:
    begin()
    token = send_mails()[0].body.split("/abfrage/")[1].split("/")[0]

    assert len(token) == 43
    assert RoundLink.objects.filter(token_hash=hash_of(token)).count() == 1
    assert token not in str(list(RoundLink.objects.values())) + str(list(RoundMail.objects.values()))
    assert "token_hash" not in {field.name for field in RoundLink.pgh_event_model._meta.get_fields()}


def test_a_link_confirms_one_cell_and_then_all_and_then_says_thanks(places, client) -> None:
    opened = begin()
    page = link_for(places[0])
    first, second = cell_of(places[0]), cell_of(places[0], "Radweg")

    assert "Danke!" not in client.get(page).text
    assert client.post(page, read(first)).url == page
    assert client.post(page, read(second)).url == page

    assert "Danke! Alles ist beantwortet." in client.get(page).text
    first.refresh_from_db()
    assert (first.confirmed_by, first.confirmed_in, first.is_stale) == (None, opened, False)
    assert first.confirming_office == "Kommune (Statusabfrage)"
    assert [(part.answered, part.asked) for part in progress_of(opened).parts] == [(2, 2), (0, 2), (0, 2)]


def test_a_link_edits_a_cell_by_the_rules_of_every_edit(places, client) -> None:
    begin()
    page = link_for(places[0])
    cell = cell_of(places[0])
    edit = f"{page}{cell.measure.slug}/"

    refused = client.post(edit, {**LIVE, "evidence": "", "version": cell.version})
    assert (refused.status_code, list(refused.context["form"].errors)) == (200, ["evidence"])
    assert client.post(edit, {**LIVE, "version": cell.version}).url == page

    cell.refresh_from_db()
    assert (cell.stage, cell.evidence, cell.version) == ("live", "Beschluss", 2)


def test_the_history_names_the_municipality_and_the_round_and_no_person(places, client) -> None:
    begin()
    page = link_for(places[0])
    cell = cell_of(places[0])
    client.force_login(make_user(Role.COORDINATION, name="Frau Muster"))

    client.post(page, read(cell))
    client.post(f"{page}{cell.measure.slug}/", {**LIVE, "version": 2, "reason_for_change": "Ratsbeschluss"})

    assert [(change.by, change.reason) for change in changes_of(cell)[:2]] == [
        ("Kommune Aadorf (Statusabfrage)", "Statusabfrage „Herbst“: Ratsbeschluss"),
        ("Kommune Aadorf (Statusabfrage)", "Statusabfrage „Herbst“: unverändert bestätigt"),
    ]


def test_an_account_that_confirms_after_a_link_takes_the_confirmation_over(places, client) -> None:
    begin()
    cell = cell_of(places[0])
    client.post(link_for(places[0]), read(cell))
    editor = make_user(Role.MUNICIPALITY, places[0])
    client.force_login(editor)
    cell.refresh_from_db()

    client.post("/kommunen/aadorf/bestaetigen/", read(cell))

    cell.refresh_from_db()
    assert (cell.confirmed_by, cell.confirmed_in) == (editor, None)


def test_what_someone_changed_meanwhile_is_not_confirmed_and_said(places, client) -> None:
    begin()
    page = link_for(places[0])
    cell = cell_of(places[0])
    seen = read(cell)
    set_cell(cell.measure, places[0], stage="interested", version=2)

    answer = client.post(page, seen, follow=True)

    cell.refresh_from_db()
    assert (cell.confirmed_at, cell.version) == (None, 2)
    assert "Inzwischen geändert und deshalb nicht bestätigt: „Netz“" in answer.text


def test_two_who_edit_the_same_cell_see_both_texts_and_no_name(places, client) -> None:
    begin()
    page = link_for(places[0])
    cell = cell_of(places[0])
    other = Client()
    other.force_login(make_user(Role.COORDINATION, name="Frau Muster"))
    other.post(cell.get_absolute_url(), {**LIVE, "version": 1})

    answer = client.post(f"{page}{cell.measure.slug}/", {**LIVE, "evidence": "Unserer", "version": 1})

    assert answer.status_code == 409
    assert [text in answer.text for text in ("Unserer", "Beschluss", "Frau Muster")] == [True, True, False]
    assert f'href="{page}"' in answer.text
    cell.refresh_from_db()
    assert cell.evidence == "Beschluss"


def forged(places, page):
    return "/abfrage/falsch/"


def revoked(places, page):
    revoke_links(invitation=RoundInvitation.objects.get(municipality=places[0]), by=None)
    return page


def replaced(places, page):
    renew_link(invitation=RoundInvitation.objects.get(municipality=places[0]), by=None)
    return page


def closed(places, page):
    close_round(status_round=StatusRound.objects.get(), by=None)
    return page


def expired(places, page):
    StatusRound.objects.update(closes_on=localdate() - timedelta(days=1))
    return page


def of_an_earlier_round(places, page):
    closed(places, page)
    begin(title="Winter")
    return page


@pytest.mark.parametrize("spoil", [forged, revoked, replaced, closed, expired, of_an_earlier_round])
def test_a_link_that_is_not_valid_opens_and_changes_nothing_and_all_answers_are_alike(
    places, client, spoil
) -> None:
    begin()
    page = link_for(places[0])
    cell = cell_of(places[0])
    assert client.get(page).status_code == 200
    bad = spoil(places, page)
    before = fingerprint()

    answers = [
        client.get(bad),
        client.post(bad, read(cell)),
        client.get(f"{bad}{cell.measure.slug}/"),
        client.post(f"{bad}{cell.measure.slug}/", {**LIVE, "version": 1}),
    ]

    assert {(answer.status_code, answer.text) for answer in answers} == {
        (404, client.get("/abfrage/unbekannt/").text)
    }
    assert "Dieser Link öffnet nichts mehr" in answers[0].text
    assert fingerprint() == before


FORGERIES = {
    "confirm a foreign cell": lambda client, page, own, foreign: client.post(page, read(foreign)),
    "confirm a foreign cell beside an own one": lambda client, page, own, foreign: client.post(
        page, read(own, foreign)
    ),
}


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_link_reaches_no_cell_of_another_municipality(places, client, forge) -> None:
    begin()
    page = link_for(places[0])
    before = fingerprint()

    answer = FORGERIES[forge](client, page, cell_of(places[0]), cell_of(places[1]))

    assert (answer.status_code, fingerprint()) == (404, before)


def test_a_forged_body_edits_only_the_cell_of_the_address(places, client) -> None:
    begin()
    page, foreign = link_for(places[0]), cell_of(places[1])
    before = list(RolloutCell.objects.exclude(municipality=places[0]).order_by("pk").values())
    body = {**LIVE, "version": 1, "id": foreign.pk, "pk": foreign.pk, "municipality": places[1].pk}

    client.post(f"{page}{foreign.measure.slug}/", body)

    assert list(RolloutCell.objects.exclude(municipality=places[0]).order_by("pk").values()) == before


@pytest.mark.parametrize("forge", FORGERIES)
def test_without_the_guard_a_foreign_cell_would_be_confirmed(places, client, monkeypatch, forge) -> None:
    """The negative control of the test above."""
    begin()
    page, foreign = link_for(places[0]), cell_of(places[1])
    monkeypatch.setattr(RoundInvitation, "cells", lambda self: RolloutCell.objects.all())

    FORGERIES[forge](client, page, cell_of(places[0]), foreign)

    foreign.refresh_from_db()
    assert foreign.version == 2


def test_a_link_knows_nothing_of_drafts_and_of_measures_that_were_not_asked_for(places, client) -> None:
    begin(measures=Measure.objects.filter(title__in=["Netz", "Geheim"]))
    page = link_for(places[0])

    shown = client.get(page)

    assert [cell.measure.title for cell in shown.context["unanswered"]] == ["Netz"]
    assert [title in shown.text for title in ("Geheim", "Radweg")] == [False, False]
    others = [cell_of(places[0], title) for title in ("Geheim", "Radweg")]
    assert [client.get(f"{page}{cell.measure.slug}/").status_code for cell in others] == [404, 404]
    assert [client.post(page, read(cell)).status_code for cell in others] == [404, 404]


def test_a_link_gives_no_session_and_opens_no_other_page(places, client) -> None:
    begin()
    page = link_for(places[0])
    cell = cell_of(places[0])

    client.get(page)
    client.post(page, read(cell))

    assert "sessionid" not in client.cookies
    assert client.get(cell.get_absolute_url()).url.split("?")[0] == "/anmelden/"
    assert client.get("/massnahmen/radweg/").status_code == 404


def test_a_link_works_for_whoever_it_was_forwarded_to(places, client) -> None:
    """By design, and said on the page and in the mail: the link is the permission, not the person."""
    begin()
    page = link_for(places[0])

    assert [client.get(page).status_code, Client().get(page).status_code] == [200, 200]
    assert "Wer diesen Link hat, kann die Stände von Aadorf" in client.get(page).text


@pytest.mark.parametrize("address", ["/abfrage/richtig/", "/abfrage/richtig/netz/", "/abfrage/falsch/"])
@pytest.mark.parametrize("method", ["get", "post", "head"])
def test_no_answer_to_a_link_is_stored_indexed_or_told_to_others(places, client, address, method) -> None:
    begin()
    link_for(places[0])

    answer = getattr(client, method)(address)

    assert {name: answer[name] for name in ("Referrer-Policy", "Cache-Control", "X-Robots-Tag")} == {
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex, nofollow",
    }


def test_a_form_of_a_browser_that_sends_no_origin_is_taken(places) -> None:
    """`no-referrer` makes browsers send `Origin: null`; the CSRF check would refuse that."""
    begin()
    page = link_for(places[0])
    strict = Client(enforce_csrf_checks=True, headers={"origin": "null"})

    assert strict.post(page, read(cell_of(places[0]))).status_code == 302


def test_the_first_opening_is_kept(places, client) -> None:
    begin()
    page = link_for(places[0])
    client.head(page)
    assert RoundInvitation.objects.get(municipality=places[0]).opened_at is None

    client.get(page)
    first = RoundInvitation.objects.get(municipality=places[0]).opened_at
    client.get(page)

    assert first is not None
    assert RoundInvitation.objects.get(municipality=places[0]).opened_at == first


def test_a_second_round_is_refused_by_the_database(places) -> None:
    begin()

    with pytest.raises(IntegrityError, match="round_at_most_one_open"):
        begin()


def test_a_round_past_its_last_day_makes_room_for_the_next(places) -> None:
    old = begin()
    StatusRound.objects.update(closes_on=localdate() - timedelta(days=1))

    begin(title="Winter")

    assert list(StatusRound.objects.running().values_list("title", flat=True)) == ["Winter"]
    old.refresh_from_db()
    assert old.closed_at is not None


@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_at_the_same_moment_one_opens_a_round(places) -> None:
    def attempt() -> bool:
        try:
            begin()
        except IntegrityError:
            return False
        return True

    with threads() as start:
        both = [start(attempt), start(attempt)]

    assert sorted(each.result() for each in both) == [False, True]
    assert (StatusRound.objects.count(), RoundMail.objects.count()) == (1, 2)


def test_those_who_are_missing_are_reminded_once_a_day(places, client) -> None:
    opened = begin()
    send_mails()
    client.post(link_for(places[0]), read(cell_of(places[0]), cell_of(places[0], "Radweg")))

    assert [remind(status_round=opened, by=None), remind(status_round=opened, by=None)] == [1, 0]
    assert [(each.to, each.subject) for each in send_mails()] == [
        (["bedorf@example.org"], "Erinnerung: Herbst")
    ]
    RoundMail.objects.update(wanted_on=localdate() - timedelta(days=1))
    assert remind(status_round=opened, by=None) == 1


def test_the_database_itself_refuses_a_second_reminder_on_one_day(places) -> None:
    opened = begin()
    remind(status_round=opened, by=None)
    first = RoundMail.objects.filter(kind="reminder").first()

    with pytest.raises(IntegrityError, match="mail_one_reminder_a_day"):
        RoundMail.objects.create(
            invitation=first.invitation, job=first.job, kind="reminder", address=first.address
        )


def test_a_reminder_leaves_the_link_of_the_first_mail_valid(places, client) -> None:
    opened = begin()
    first = send_mails()[0]
    remind(status_round=opened, by=None)
    second = send_mails()[0]
    pages = [f"/abfrage/{each.body.split('/abfrage/')[1].split('/')[0]}/" for each in (first, second)]

    assert pages[0] != pages[1]
    assert [client.get(page).status_code for page in pages] == [200, 200]


def test_a_mail_that_was_still_waiting_is_not_sent_after_its_link_was_revoked(places) -> None:
    begin()
    revoke_links(invitation=RoundInvitation.objects.get(municipality=places[0]), by=None)

    assert [each.to for each in send_mails()] == [["bedorf@example.org"]]


def test_no_mail_is_sent_once_the_round_is_closed(places) -> None:
    close_round(status_round=begin(), by=None)

    assert send_mails() == []
    assert set(RoundMail.objects.values_list("problem", flat=True)) == {"Die Abfrage war schon zu Ende."}


def test_a_closed_round_still_tells_who_answered_after_later_confirmations(places, client) -> None:
    opened = begin()
    cell = cell_of(places[0])
    client.post(link_for(places[0]), read(cell))
    close_round(status_round=opened, by=None)
    RolloutCell.objects.update(confirmed_at=now() + timedelta(hours=1))
    opened.refresh_from_db()

    assert [(part.answered, part.asked) for part in progress_of(opened).parts] == [(1, 2), (0, 2), (0, 2)]


def test_the_coordinator_opens_a_round_and_sees_who_has_no_address(places, client) -> None:
    client.force_login(make_user())
    form = client.get("/roll-out/abfragen/neu/")
    assert [(place.name, address) for place, address in form.context["recipients"]] == [
        ("Aadorf", "aadorf@example.org"),
        ("Bedorf", "bedorf@example.org"),
        ("Cedorf", ""),
    ]

    values = {"title": "Herbst", "closes_on": localdate(), "message": ""}
    opened = client.post("/roll-out/abfragen/neu/", values, follow=True)
    again = client.post("/roll-out/abfragen/neu/", values)

    assert opened.context["round"].portal_url == "http://testserver/"
    assert [measure.title for measure in opened.context["round"].measures.all()] == ["Netz", "Radweg"]
    assert again.context["form"].non_field_errors() == [
        "Es läuft schon eine Abfrage. Schließen Sie sie zuerst."
    ]
    assert StatusRound.objects.count() == 1


@pytest.mark.parametrize("days", [-1, 400])
def test_a_last_day_that_makes_no_sense_is_refused(places, client, days) -> None:
    client.force_login(make_user())
    values = {"title": "Herbst", "closes_on": localdate() + timedelta(days=days)}

    assert list(client.post("/roll-out/abfragen/neu/", values).context["form"].errors) == ["closes_on"]


def test_an_address_that_was_missing_is_entered_and_gets_its_mail_by_a_new_link(places, client) -> None:
    opened = begin()
    send_mails()
    client.force_login(make_user())

    client.post("/roll-out/abfragen/adressen/cedorf/", {"email": "post@cedorf.example", "version": 1})
    client.post(f"/roll-out/abfragen/{opened.pk}/kommunen/cedorf/neuer-link/")

    assert [each.to for each in send_mails()] == [["post@cedorf.example"]]


COORDINATORS_ONLY = [
    ("get", ""),
    ("get", "neu/"),
    ("get", "adressen/aadorf/"),
    ("get", "{pk}/"),
    ("get", "{pk}/stand/"),
    ("get", "{pk}/mails/"),
    ("get", "{pk}/schliessen/"),
    ("post", "{pk}/schliessen/"),
    ("post", "{pk}/erinnern/"),
    ("post", "{pk}/senden/"),
    ("post", "{pk}/kommunen/aadorf/neuer-link/"),
    ("post", "{pk}/kommunen/aadorf/zurueckziehen/"),
]


@pytest.mark.parametrize(("method", "address"), COORDINATORS_ONLY)
def test_only_the_coordinator_manages_rounds(places, client, method, address) -> None:
    url = "/roll-out/abfragen/" + address.format(pk=begin().pk)
    assert getattr(client, method)(url).url.split("?")[0] == "/anmelden/"

    for role in (Role.MUNICIPALITY, Role.STEERING, Role.TEAM, Role.ADMINISTRATION):
        client.force_login(make_user(role, places[0] if role == Role.MUNICIPALITY else None))
        assert getattr(client, method)(url).status_code == 403


def test_the_progress_says_nothing_while_nothing_changes_and_ends_with_the_round(places, client) -> None:
    opened = begin()
    page = link_for(places[0])
    client.force_login(make_user())
    address = f"/roll-out/abfragen/{opened.pk}/stand/"
    state = progress_of(opened).state

    assert client.get(address, {"state": state}).status_code == 204
    client.post(page, read(cell_of(places[0])))
    assert "1 von 2" in client.get(address, {"state": state}).text
    close_round(status_round=opened, by=None)
    assert client.get(address).headers["HX-Refresh"] == "true"


def test_the_mails_with_their_links_are_shown_in_demo_mode_only(places, client, settings) -> None:
    opened = begin()
    client.force_login(make_user())
    address = f"/roll-out/abfragen/{opened.pk}/mails/"

    answers = []
    for settings.MAILS_ARE_FILES in (True, False):
        answers.append(client.get(address).status_code)

    assert answers == [200, 404]


def test_demo_mails_are_read_back_from_their_files_and_only_those_of_the_round(
    places, client, settings, tmp_path
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    opened = begin(title="Frühjahr")
    for key in Job.objects.claimable().values_list("pk", flat=True):
        run(key)
    (tmp_path / "other.log").write_text("Subject: Kennwort\nTo: jemand@example.org\n\n/abfrage/fremd/\n")
    client.force_login(make_user())

    shown = client.get(f"/roll-out/abfragen/{opened.pk}/mails/").context["mails"]

    assert [(each.to, each.subject) for each in shown] == [
        ("aadorf@example.org", "Frühjahr"),
        ("bedorf@example.org", "Frühjahr"),
    ]
    assert client.get(shown[0].link).context["municipality"] == places[0]


def test_an_editor_with_an_account_sees_the_round_on_its_own_page_and_answers_there(places, client) -> None:
    opened = begin()
    cells = [cell_of(places[0]), cell_of(places[0], "Radweg")]
    RolloutCell.objects.update(confirmed_at=now() - timedelta(days=1))
    client.force_login(make_user(Role.MUNICIPALITY, places[0]))

    page = client.get("/kommunen/aadorf/")
    assert (page.context["round"], page.context["round_open"]) == (opened, 2)
    client.post("/kommunen/aadorf/bestaetigen/", read(*cells))

    assert client.get("/kommunen/aadorf/").context["round_open"] == 0
    assert [part.is_complete for part in progress_of(opened).parts] == [True, False, False]


def test_visitors_and_others_learn_nothing_of_a_running_round(places, client) -> None:
    begin(title="Herbstabfrage")

    texts = [client.get("/kommunen/aadorf/").text]
    for role, place in ((Role.STEERING, None), (Role.MUNICIPALITY, places[1])):
        client.force_login(make_user(role, place))
        texts.append(client.get("/kommunen/aadorf/").text)

    assert ["Herbstabfrage" in text for text in texts] == [False, False, False]


def test_the_pages_ask_as_often_for_many_municipalities_and_measures(places, client, count_queries) -> None:
    coordinator = Client()
    coordinator.force_login(make_user())

    def costs() -> list[int]:
        StatusRound.objects.update(closed_at=now())
        opened = begin()
        page = link_for(places[0], f"wort{opened.pk}")
        send_mails()
        remind(status_round=opened, by=None)
        client.get(page)
        found = []
        for who, address in (
            (client, page),
            (coordinator, "/roll-out/abfragen/"),
            (coordinator, "/roll-out/abfragen/neu/"),
            (coordinator, f"/roll-out/abfragen/{opened.pk}/"),
            (coordinator, f"/roll-out/abfragen/{opened.pk}/stand/"),
        ):
            with count_queries() as queries:
                assert who.get(address).status_code == 200
            found.append(len(queries))
        return found

    few = costs()
    for number in range(10):
        place = make_municipality(f"Ort {number}")
        RoundContact.objects.create(municipality=place, email=f"ort{number}@example.org")
    for number in range(10):
        make_measure(f"Maßnahme {number}")

    assert costs() == few
