"""The links of a status round open one municipality's cells of it, and nothing else to anyone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate

from measures.models import (
    Measure,
    RolloutCell,
    RoundInvitation,
    StatusRound,
)
from measures.models.rollout import Office
from measures.round_progress import progress_of
from measures.services.rounds import close_round, renew_link, revoke_links
from network.models import Role
from smartregion.base.changes import changes_of
from tests.factories import make_user, set_cell
from tests.measures.status_rounds import LIVE, begin, cell_of, fingerprint, link_for, read

pytestmark = pytest.mark.django_db


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
    assert first.confirming_office == Office.IN_ROUND
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
def test_without_the_guard_a_foreign_cell_would_be_confirmed(
    places, client, monkeypatch, forge, without_row_security
) -> None:
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
