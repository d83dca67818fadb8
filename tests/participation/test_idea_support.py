"""One voice per e-mail address, held by the database; the address itself is stored nowhere."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from participation.links import secret_of
from participation.models import Idea, Support, VisitorMail
from participation.services.ideas import merge_idea
from participation.services.support import CONFIRM
from smartregion.base.personal import Person, data_types
from tests.factories import make_region
from tests.participation.open import stamp
from tests.participation.rows import make_idea

pytestmark = pytest.mark.django_db


def support(client: Client, idea: Idea, email: str) -> Any:
    return client.post(f"/ideen/{idea.pk}/unterstuetzen/", {"email": email, **stamp()})


def confirm_page(voice: Support) -> str:
    return reverse("support_confirm", args=[secret_of(voice, CONFIRM)])


def number(idea: Idea) -> int:
    return Idea.objects.get(pk=idea.pk).supporters


def test_a_voice_counts_once_it_is_confirmed_and_only_by_the_button(client: Client) -> None:
    idea = make_idea()
    response = support(client, idea, "a@example.org")
    page = confirm_page(Support.objects.get())

    before = number(idea)
    client.get(page)
    opened = number(idea)
    client.post(page, {"action": "confirm"})
    client.post(page, {"action": "confirm"})

    assert response["Location"] == f"/ideen/{idea.pk}/unterstuetzen/gesendet/"
    assert (before, opened, number(idea)) == (0, 0, 1)
    assert page in VisitorMail.objects.get().body
    assert client.cookies == {}


def test_an_address_counts_once_however_it_is_typed_and_the_page_tells_nobody(client: Client) -> None:
    make_region()
    idea = make_idea()
    answers = []
    for email in ("a@example.org", "A@Example.org "):
        answers.append(support(client, idea, email))
        client.post(confirm_page(Support.objects.get()))

    assert number(idea) == 1
    assert answers[0]["Location"] == answers[1]["Location"]
    assert "unterstützen Sie schon" in VisitorMail.objects.order_by("pk").last().body


def test_the_database_refuses_a_second_voice_of_the_same_address() -> None:
    idea = make_idea()
    Support.objects.create(idea=idea, who="x")

    with pytest.raises(IntegrityError), transaction.atomic():
        Support.objects.create(idea=idea, who="x", confirmed_at=now())


def test_the_number_follows_every_insert_update_and_delete() -> None:
    idea = make_idea()
    Support.objects.bulk_create(Support(idea=idea, who=who, confirmed_at=now()) for who in "abc")
    Support.objects.create(idea=idea, who="d")
    Support.objects.filter(who="a").update(confirmed_at=None)
    Support.objects.filter(who="b").delete()
    Support.objects.filter(who="d").update(confirmed_at=now())

    assert number(idea) == 2


def test_who_has_changed_their_mind_takes_the_voice_back(client: Client) -> None:
    idea = make_idea()
    support(client, idea, "a@example.org")
    page = confirm_page(Support.objects.get())
    client.post(page)
    client.post(page, {"action": "withdraw"})

    kept = Support.objects.get()

    assert (number(idea), client.get(page).status_code) == (0, 404)
    assert (kept.who, kept.confirmed_at is not None, kept.withdrawn_at is not None) == (None, True, True)
    support(client, idea, "a@example.org")
    client.post(confirm_page(Support.objects.exclude(who=None).get()))
    assert number(idea) == 1


def test_an_idea_that_is_not_published_cannot_be_supported(client: Client) -> None:
    assert support(client, make_idea(state="waiting"), "a@example.org").status_code == 404


def test_no_table_but_the_mail_on_its_way_holds_the_address(client: Client) -> None:
    support(client, make_idea(), "kanarienvogel@example.org")
    VisitorMail.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM participation_support s")
        rows = str(cursor.fetchall())

    assert "kanarienvogel" not in rows


def test_unconfirmed_voices_are_forgotten_and_old_ones_become_nobodys() -> None:
    idea = make_idea()
    old = now() - timedelta(days=800)
    Support.objects.create(idea=idea, who="alt", made_at=old, confirmed_at=old)
    Support.objects.create(idea=idea, who="nie bestätigt", made_at=now() - timedelta(days=8))
    Support.objects.create(idea=idea, who="neu")

    (dropping,) = [each for each in data_types() if each.key == "idea_support"]
    dropping.drop_outdated()

    assert set(Support.objects.values_list("who", flat=True)) == {None, "neu"}
    assert number(idea) == 1


def test_erasing_a_person_withdraws_the_voice_so_that_one_address_has_one(client: Client) -> None:
    idea = make_idea()
    types = {each.key: each for each in data_types(of_visitors=True)}
    told = []
    for _turn in range(3):
        support(client, idea, "a@example.org")
        client.post(confirm_page(Support.objects.exclude(who=None).get()))
        told.append(number(idea))
        told.append(types["idea_support"].about(Person.of("A@example.org")).get().idea)
        types["idea_support"].erase_person(Person.of("A@example.org"))
        told.append(number(idea))

    assert told == [1, idea, 0] * 3
    assert set(Support.objects.values_list("who", flat=True)) == {None}


def test_forgetting_a_merged_idea_leaves_the_voices_that_it_brought() -> None:
    target, source = make_idea("Bleibt"), make_idea("Geht auf", email="a@example.org")
    source.voices.create(who="b", confirmed_at=now())
    merge_idea(source=source, target=target, version=source.version, by=None)
    (ideas,) = [each for each in data_types() if each.key == "ideas"]

    ideas.erase_person(Person.of("a@example.org"))

    assert (list(Idea.objects.all()), number(target)) == ([target], 1)


def merged_chain(client: Client) -> tuple[list[Idea], str]:
    """Three ideas, of which the first is supported, goes up in the second and that in the third."""
    ideas = [make_idea(title) for title in ("Erste", "Zweite", "Dritte")]
    support(client, ideas[0], "a@example.org")
    page = confirm_page(Support.objects.get())
    client.post(page)
    for source, target in pairwise(ideas):
        merge_idea(source=source, target=target, version=source.version, by=None)
    return ideas, page


def test_after_a_merge_the_link_still_takes_the_voice_back_from_the_idea_that_is_left(
    client: Client,
) -> None:
    ideas, page = merged_chain(client)
    before = number(ideas[2])

    shown = client.get(page).status_code
    client.post(page, {"action": "withdraw"})

    assert (before, shown, [number(idea) for idea in ideas]) == (1, 200, [0, 0, 0])


def test_every_idea_of_a_chain_leads_to_the_one_that_is_left(client: Client) -> None:
    ideas, _page = merged_chain(client)

    led = [client.get(f"/ideen/{idea.pk}/") for idea in ideas]

    assert [answer.get("Location") for answer in led] == [f"/ideen/{ideas[2].pk}/"] * 2 + [None]
    assert led[2].status_code == 200


def test_a_voice_confirmed_after_the_merge_counts_for_the_idea_that_is_left(client: Client) -> None:
    source, target = make_idea("Geht auf"), make_idea("Bleibt")
    support(client, source, "a@example.org")
    page = confirm_page(Support.objects.get())
    merge_idea(source=source, target=target, version=source.version, by=None)

    client.post(page)

    assert number(target) == 1
