"""The pages of circular decisions: drafting, opening, voting, ending; and who reaches them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate, localtime, now

from governance.models import Ballot, Circular, Committee, Resolution, Seat
from governance.services.circulars import close_circular
from network.models import Role, User
from tests.factories import make_committee, make_user
from tests.governance.circular_rows import make_circular, make_seats, opened, vote
from tests.governance.rows import make_paper

pytestmark = pytest.mark.django_db
LIST = "/gremien/lenkungskreis/umlauf/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def coordinator() -> Client:
    return signed_in(make_user(Role.COORDINATION))


def typed(**values: Any) -> dict[str, Any]:
    closes_at = f"{localtime(now() + timedelta(days=9)):%Y-%m-%dT%H:%M}"
    texts = {"title": "Ausbau", "wording": "Es wird ausgebaut.", "reasoning": "Es eilt."}
    return {**texts, "closes_at": closes_at, "visibility": "internal", **values}


def page(client: Client, address: str) -> str:
    return " ".join(client.get(address, follow=True).content.decode().split())


def test_a_decision_from_the_draft_to_the_resolution() -> None:
    committee = make_committee()
    users, client = make_seats(committee, 3), coordinator()
    paper = make_paper(committee)
    client.post(f"{LIST}neu/", typed(paper=paper.pk))
    circular = Circular.objects.get()
    own = circular.get_absolute_url()
    client.post(f"{own}bearbeiten/", typed(title="Ausbau jetzt", version=1))
    assert "3 Sitze sind stimmberechtigt" in page(client, f"{own}eroeffnen/")
    client.post(f"{own}eroeffnen/", {"version": 2})
    for user, choice in zip(users, ["yes", "yes", "no"], strict=True):
        answer = signed_in(user).post(f"{own}stimme/", {"choice": choice}, follow=True)
        assert "Ihre Stimme ist gezählt." in answer.content.decode()
    assert f"{own}abschliessen/" in page(client, own)

    client.post(f"{own}abschliessen/", {"version": 3})

    resolution = Resolution.objects.get()
    assert (resolution.title, resolution.vote) == (
        "Ausbau jetzt",
        "mehrheitlich (2 Ja, 1 Nein, 0 Enthaltungen)",
    )
    assert resolution.get_absolute_url() in page(signed_in(users[0]), own)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"closes_at": f"{localtime(now() + timedelta(days=2)):%Y-%m-%dT%H:%M}"}, "mindestens 3 Tage"),
        ({"closes_at": f"{localtime(now() - timedelta(days=2)):%Y-%m-%dT%H:%M}"}, "mindestens 3 Tage"),
        ({"closes_at": "9999-12-31T23:59"}, "Bitte prüfen Sie das Jahr"),
        ({"wording": ""}, "Bitte geben Sie „Wortlaut des Beschlusses“ an."),
        ({"reasoning": "x" * 4001}, "höchstens 4000 Zeichen"),
        ({"visibility": "draft"}, "draft ist keine gültige Auswahl"),
    ],
)
def test_a_draft_says_what_is_wrong_with_it(values: dict[str, str], said: str) -> None:
    make_committee()
    answer = coordinator().post(f"{LIST}neu/", typed(**values))

    assert said in answer.content.decode()
    assert Circular.objects.count() == 0


def test_other_committees_have_no_such_pages() -> None:
    make_committee("Rat", kind=Committee.Kind.COUNCIL)
    client = coordinator()

    assert [client.get(f"/gremien/rat/umlauf/{end}").status_code for end in ("", "neu/")] == [404, 404]
    assert "Umlauf" not in page(client, "/gremien/rat/")


def test_a_removed_draft_comes_back_and_an_opened_one_is_not_removed() -> None:
    committee = make_committee()
    make_seats(committee, 1)
    client, draft = coordinator(), make_circular(committee)
    own = draft.get_absolute_url()
    client.post(f"{own}entfernen/", {"version": 1, "reason": "Verschrieben"})
    assert Circular.objects.count() == 0
    client.post(f"{own}wiederherstellen/")
    assert Circular.objects.get().pk == draft.pk
    other = opened(committee)

    answer = client.post(f"{other.get_absolute_url()}entfernen/", {"version": other.version, "reason": "Weg"})

    assert "Dieser Umlauf ist schon eröffnet." in answer.content.decode()
    assert Circular.objects.count() == 2


def test_a_draft_is_edited_with_undo_and_conflict_and_an_opened_one_not_at_all() -> None:
    committee = make_committee()
    make_seats(committee, 1)
    client, draft, other = coordinator(), make_circular(committee), opened(committee)
    own = draft.get_absolute_url()
    client.post(f"{own}bearbeiten/", typed(title="Neu", version=1))
    assert client.post(f"{own}bearbeiten/", typed(title="Alt", version=1)).status_code == 409
    client.post(f"{own}rueckgaengig/?version=2")

    assert Circular.objects.get(pk=draft.pk).title == "Ausschreibung vorziehen"
    for end in ("bearbeiten/", f"rueckgaengig/?version={other.version}"):
        assert client.post(f"{other.get_absolute_url()}{end}", typed(version=2)).status_code == 404


def test_a_draft_that_was_changed_since_is_not_opened() -> None:
    committee = make_committee()
    make_seats(committee, 1)
    draft = make_circular(committee)
    Circular.objects.update(title="Anders", version=2)

    answer = coordinator().post(f"{draft.get_absolute_url()}eroeffnen/", {"version": 1})

    assert (answer.status_code, Circular.objects.get().state) == (409, "draft")


def test_a_circular_is_withdrawn_with_a_reason() -> None:
    committee = make_committee()
    (user,) = make_seats(committee, 1)
    circular = opened(committee)
    own, client = circular.get_absolute_url(), coordinator()
    client.post(f"{own}zurueckziehen/", {"version": circular.version, "reason": ""})
    assert Circular.objects.get().state == "open"

    client.post(f"{own}zurueckziehen/", {"version": circular.version, "reason": "Hat sich erledigt."})

    assert "Hat sich erledigt." in page(signed_in(user), own)
    assert "zu spät" in signed_in(user).post(f"{own}stimme/", {"choice": "yes"}, follow=True).content.decode()


def test_it_is_not_closed_early_while_a_vote_is_missing() -> None:
    committee = make_committee()
    users = make_seats(committee, 2)
    circular = opened(committee)
    vote(circular, users[0], "yes")
    own, client = circular.get_absolute_url(), coordinator()

    answer = client.post(f"{own}abschliessen/", {"version": circular.version})

    assert "wenn alle abgestimmt haben" in answer.content.decode()
    assert f"{own}abschliessen/" not in page(client, own)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Bitte wählen Sie, wie Sie stimmen."),
        ({"choice": "vielleicht"}, "keine gültige Auswahl"),
        ({"choice": "object"}, "Bitte begründen Sie"),
        ({"choice": "object", "comment": "  "}, "Bitte begründen Sie"),
        ({"choice": "yes", "comment": "x" * 4001}, "höchstens 4000 Zeichen"),
    ],
)
def test_a_vote_says_what_is_wrong_with_it(sent: dict[str, str], said: str) -> None:
    committee = make_committee()
    (user,) = make_seats(committee, 1)
    circular = opened(committee)

    answer = signed_in(user).post(f"{circular.get_absolute_url()}stimme/", sent)

    assert said in answer.content.decode()
    assert Ballot.objects.count() == 0


def test_a_vote_is_shown_to_its_voter_and_can_be_changed() -> None:
    committee = make_committee()
    (user,) = make_seats(committee, 1)
    own, client = opened(committee).get_absolute_url(), signed_in(user)
    client.post(f"{own}stimme/", {"choice": "no", "comment": "Zu teuer"})
    assert "Zu teuer" in page(client, f"{own}stimme/")
    client.post(f"{own}stimme/", {"choice": "abstain", "comment": ""})

    assert "<strong>Enthaltung</strong>" in page(client, own)
    assert list(Ballot.objects.values_list("choice", "comment")) == [("abstain", "")]


def test_after_the_deadline_nobody_votes_though_nothing_was_counted_yet() -> None:
    committee = make_committee()
    (user,) = make_seats(committee, 1)
    circular = opened(committee, closes_in=-0.01)
    client, own = signed_in(user), circular.get_absolute_url()

    answer = client.post(f"{own}stimme/", {"choice": "yes"}, follow=True)

    assert "zu spät" in answer.content.decode()
    assert client.get(f"{own}stimme/").status_code == 302
    assert Ballot.objects.count() == 0


STRANGERS: list[Callable[[], User]] = [
    lambda: make_user(Role.COORDINATION),
    lambda: make_user(Role.STEERING),
    lambda: make_user(Role.TEAM),
    lambda: make_user(Role.ADMINISTRATION),
]


@pytest.mark.parametrize("stranger", STRANGERS)
def test_only_those_who_are_entitled_vote(stranger: Callable[[], User]) -> None:
    committee = make_committee()
    make_seats(committee, 1)
    circular = opened(committee, visibility="public")

    answer = signed_in(stranger()).post(f"{circular.get_absolute_url()}stimme/", {"choice": "yes"})

    assert (answer.status_code, Ballot.objects.count()) == (404, 0)


def test_who_was_asked_votes_though_the_seat_ended_also_in_an_internal_committee() -> None:
    committee = make_committee(visibility="internal")
    user, _other = make_seats(committee, 2)
    circular = opened(committee)
    Seat.objects.update(ends_on=localdate() - timedelta(days=1))
    client, own = signed_in(user), circular.get_absolute_url()

    assert client.get(own).status_code == client.get(LIST).status_code == 200
    client.post(f"{own}stimme/", {"choice": "yes"})

    assert list(Ballot.objects.values_list("entitlement__user", "choice")) == [(user.pk, "yes")]
    assert signed_in(make_user(Role.STEERING)).get(LIST).status_code == 404


@pytest.mark.parametrize(
    "end", ["bearbeiten/", "eroeffnen/", "abschliessen/", "zurueckziehen/", "entfernen/"]
)
def test_only_the_coordinator_leads_a_circular(end: str) -> None:
    committee = make_committee()
    (user,) = make_seats(committee, 1)
    own = opened(committee).get_absolute_url()

    assert [signed_in(user).get(f"{own}{end}").status_code, Client().get(f"{own}{end}").status_code] == [
        403,
        302,
    ]


def test_the_public_reads_counts_of_what_was_decided_in_public_alone() -> None:
    committee = make_committee()
    users = make_seats(committee, 2)
    found = {}
    for visibility in ("public", "internal"):
        circular = opened(committee, closes_in=-1, visibility=visibility, title=f"Umlauf {visibility}")
        vote(circular, users[0], "yes", "Kanari")
        vote(circular, users[1], "yes")
        close_circular(circular=circular, by=None)
        found[visibility] = Client().get(circular.get_absolute_url())

    assert found["internal"].status_code == 404
    text = " ".join(found["public"].content.decode().split())
    assert "<dt>Ja</dt><dd>2</dd>" in text
    assert "Kanari" not in text
    assert "Sitz 0" not in text
    assert ["Umlauf public" in page(Client(), LIST), "Umlauf internal" in page(Client(), LIST)] == [
        True,
        False,
    ]
    assert Client().get(f"{found['public'].request['PATH_INFO']}siegel.json").status_code == 302


def test_members_can_check_the_seal() -> None:
    import hashlib

    committee = make_committee()
    users = make_seats(committee, 1)
    circular = opened(committee, closes_in=-1)
    address = f"{circular.get_absolute_url()}siegel.json"
    assert signed_in(users[0]).get(address).status_code == 404
    vote(circular, users[0], "yes")
    close_circular(circular=circular, by=None)

    answer = signed_in(users[0]).get(address)

    circular.refresh_from_db()
    assert hashlib.sha256(answer.content).hexdigest() == circular.sha256
    assert signed_in(make_user(Role.ADMINISTRATION)).get(address).status_code == 404


def test_pages_ask_as_often_with_many_circulars_and_votes_as_with_few(count_queries: Any) -> None:
    committee = make_committee()
    users = make_seats(committee, 12)
    clients = [Client(), signed_in(users[0]), coordinator()]

    def grow(number: int) -> None:
        while Circular.objects.count() < number:
            circular = opened(committee, closes_in=-1, visibility="public")
            for user in users[:number]:
                vote(circular, user, "yes")
            close_circular(circular=circular, by=None)
            vote(opened(committee), users[0], "yes")

    def costs() -> list[int]:
        closed = Circular.objects.filter(state="closed").first()
        running = Circular.objects.filter(state="open").first()
        assert closed
        assert running
        pages = [LIST, "/gremien/lenkungskreis/", closed.get_absolute_url(), running.get_absolute_url()]
        pages += [f"{running.get_absolute_url()}stimme/", "/arbeitsplatz/", "/konto/benachrichtigungen/"]
        found = []
        for client in clients:
            for address in pages:
                with count_queries() as queries:
                    client.get(address)
                found.append(len(queries))
        return found

    grow(8)
    costs()
    few = costs()
    grow(12)
    assert few == costs()
