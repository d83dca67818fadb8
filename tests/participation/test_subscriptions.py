"""Subscriptions by mail: asked for, confirmed by the address's owner alone, changed and ended by links."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import now

from measures.models import Measure
from participation.links import secret_of
from participation.models import (
    Subscriber,
    Subscription,
    SubscriptionRequest,
    VisitorMail,
)
from participation.services.subscriptions import CHANGE, END
from participation.tasks import forget_requests
from tests.factories import (
    make_committee,
    make_field,
    make_measure,
    make_municipality,
    make_region,
    make_user,
)
from tests.participation.open import stamp
from tests.participation.subscriber_rows import make_subscriber

pytestmark = pytest.mark.django_db
PAGE = "/abonnement/"
GUEST = "gast@example.org"


@pytest.fixture(autouse=True)
def subjects() -> None:
    cache.clear()
    make_region()
    make_municipality("Aadorf")
    make_committee("Lenkungskreis")
    make_committee("Innen", visibility="internal")
    make_measure("Netz", no="M-01", field=make_field("Mobilität"))
    make_measure("Geheim", no="M-02", visibility="internal")


def ask(client: Client, email: str = GUEST, query: str = "", **values: Any) -> Any:
    return client.post(f"{PAGE}{query}", {"email": email, **stamp(), **values})


def links() -> list[str]:
    """Those in the mails that wait to be sent, in their order."""
    bodies = VisitorMail.objects.order_by("pk").values_list("body", flat=True)
    found = [re.search(r"http://[^/]*(/abonnement/bestaetigen/\S+)", body) for body in bodies]
    return [match[1] for match in found if match]


def followed(email: str = GUEST) -> list[str]:
    return [str(row) for row in Subscription.objects.filter(subscriber__email=email)]


def test_nobody_is_subscribed_before_the_owner_of_the_address_confirms(client: Client) -> None:
    answer = ask(client, handlungsfelder="mobilitaet", gremien="lenkungskreis", kommunen="aadorf")
    assert (answer["Location"], Subscriber.objects.count(), len(links())) == ("/abonnement/angefragt/", 0, 1)

    opened = client.get(links()[0])
    assert (opened.status_code, Subscriber.objects.count()) == (200, 0)
    assert [word in opened.content.decode() for word in ("Mobilität", "Lenkungskreis", "Aadorf")] == [
        True
    ] * 3

    page = client.post(links()[0], follow=True)
    assert followed() == ["gremien:lenkungskreis", "handlungsfelder:mobilitaet", "kommunen:aadorf"]
    assert "Vielen Dank, das Abonnement ist bestätigt." in page.content.decode()


@pytest.mark.parametrize("topic", ["massnahmen:netz", "handlungsfelder:mobilitaet", "kommunen:aadorf"])
def test_a_link_on_the_page_of_a_subject_ticks_it(client: Client, topic: str) -> None:
    kind, key = topic.split(":")
    page = client.get(f"{PAGE}?thema={topic}")

    assert page.context["form"][kind].value() == [key]
    ask(client, query=f"?thema={topic}", **{kind: key})
    client.post(links()[0])
    assert followed() == [topic]


@pytest.mark.parametrize(
    "query", ["massnahmen:geheim", "gremien:innen", "unsinn:netz", "massnahmen:\0", ":", "\0", "x" * 999]
)
def test_what_is_not_to_be_seen_is_neither_offered_nor_taken(client: Client, query: str) -> None:
    page = client.get(PAGE, {"thema": query})
    assert (page.status_code, "Geheim" in page.content.decode(), "Innen" in page.content.decode()) == (
        200,
        False,
        False,
    )
    kind, _colon, key = query.partition(":")
    answer = ask(client, handlungsfelder="mobilitaet", **({kind: key} if kind.isalpha() else {}))
    labels = SubscriptionRequest.objects.values_list("wanted", flat=True)
    assert "geheim" not in str(list(labels)) + answer.content.decode().replace('value="geheim"', "")


def test_words_are_followed_too(client: Client) -> None:
    ask(client, words="  Netz   im Wald ")
    client.post(links()[0])

    assert followed() == ["suche:Netz im Wald"]


def test_the_first_mail_shows_no_words_of_a_stranger(client: Client) -> None:
    ask(client, words="Gewinn abholen: https://boese.example/", handlungsfelder="mobilitaet")

    mail, page = VisitorMail.objects.get(), client.get(links()[0]).content.decode()
    assert ("boese.example" in mail.subject + mail.body, "eigene Suchworte" in mail.body) == (False, True)
    assert ("Mobilität" in mail.body, "boese.example" in page) == (True, True)


def test_at_least_one_topic_has_to_be_chosen_and_not_very_many(client: Client, monkeypatch) -> None:
    assert "mindestens ein Thema" in ask(client).content.decode()
    monkeypatch.setattr("participation.forms.subscriptions.MOST_TOPICS", 1)

    answer = ask(client, handlungsfelder="mobilitaet", kommunen="aadorf")
    assert ("höchstens 1 Themen" in answer.content.decode(), len(links())) == (True, 0)


def test_known_and_unknown_addresses_get_the_same_answer(client: Client, count_queries) -> None:
    make_subscriber(("kommunen", "aadorf"), email="bekannt@example.org")
    answers, numbers = [], []
    for email in ("erste@example.org", "bekannt@example.org", "fremd@example.org"):
        with count_queries() as queries:
            answer = ask(client, email, handlungsfelder="mobilitaet")
        answers.append((answer.status_code, answer["Location"], answer.content, sorted(answer.headers)))
        numbers.append(len(queries))

    assert answers[0] == answers[1] == answers[2]
    assert numbers[1] == numbers[2]
    page = client.get("/abonnement/angefragt/").content.decode()
    assert [email in page for email in ("bekannt@", "fremd@")] == [False, False]
    bodies = VisitorMail.objects.order_by("pk").values_list("body", flat=True)
    assert len({re.sub(r"/bestaetigen/\S+", "", body) for body in bodies}) == 1


def test_nobody_else_changes_what_a_subscriber_follows(client: Client) -> None:
    make_subscriber(("kommunen", "aadorf"))
    ask(client, handlungsfelder="mobilitaet")

    assert followed() == ["kommunen:aadorf"]
    client.post(links()[0])
    assert followed() == ["kommunen:aadorf", "handlungsfelder:mobilitaet"]


def test_an_address_in_other_capitals_is_the_same(client: Client) -> None:
    for number, email in enumerate(("Gast@Example.org", "gast@example.org")):
        ask(client, email, handlungsfelder="mobilitaet")
        client.post(links()[number])

    assert list(Subscriber.objects.values_list("email", flat=True)) == [GUEST]


def test_an_address_gets_no_more_than_three_such_mails(client: Client) -> None:
    answers = [ask(client, handlungsfelder="mobilitaet").status_code for _each in range(5)]

    assert (answers, len(links())) == ([302] * 5, 3)


def test_a_confirmed_link_adds_nothing_a_second_time(client: Client) -> None:
    ask(client, handlungsfelder="mobilitaet", kommunen="aadorf")
    client.post(links()[0])
    Subscription.objects.filter(kind="kommunen").delete()

    assert "schon bestätigt" in client.get(links()[0]).content.decode()
    assert (client.post(links()[0]).status_code, followed()) == (302, ["handlungsfelder:mobilitaet"])


def test_what_nobody_confirms_is_gone_after_two_days(client: Client) -> None:
    ask(client, handlungsfelder="mobilitaet")
    link = links()[0]
    for hours, left in ((47, 1), (49, 0)):
        SubscriptionRequest.objects.update(created_at=now() - timedelta(hours=hours))
        forget_requests()
        assert SubscriptionRequest.objects.count() == left

    assert [client.get(link).status_code, client.post(link).status_code] == [404, 404]


def change_page(row: Subscriber) -> str:
    return f"/abonnement/themen/{secret_of(row, CHANGE)}/"


def end_page(row: Subscriber) -> str:
    return f"/abonnement/beenden/{secret_of(row, END)}/"


def test_topics_are_changed_by_the_link(client: Client) -> None:
    row = make_subscriber(("kommunen", "aadorf"), ("massnahmen", "netz"), ("suche", "Wald"))
    page = client.get(change_page(row))
    chosen = {name: page.context["form"][name].value() for name in ("kommunen", "massnahmen", "suche")}
    assert chosen == {"kommunen": ["aadorf"], "massnahmen": ["netz"], "suche": ["Wald"]}

    answer = client.post(change_page(row), {"massnahmen": "netz", "gremien": "lenkungskreis"}, follow=True)
    assert followed() == ["massnahmen:netz", "gremien:lenkungskreis"]
    assert "Ihre Wahl ist gespeichert." in answer.content.decode()


def test_nothing_chosen_is_asked_for_again(client: Client) -> None:
    row = make_subscriber(("kommunen", "aadorf"))

    answer = client.post(change_page(row), {})
    assert ("mindestens ein Thema" in answer.content.decode(), followed()) == (True, ["kommunen:aadorf"])


def test_a_topic_that_was_hidden_is_not_named_and_comes_back_with_it(client: Client) -> None:
    row = make_subscriber(("massnahmen", "netz"), ("kommunen", "aadorf"))
    Measure.objects.filter(slug="netz").update(visibility="internal")

    page = client.get(change_page(row))
    client.post(change_page(row), {"kommunen": "aadorf"})
    assert ("Netz" in page.content.decode(), followed()) == (False, ["massnahmen:netz", "kommunen:aadorf"])


def test_it_ends_with_one_click_and_the_address_is_forgotten(client: Client) -> None:
    """As RFC 8058 has it: a POST without a cookie or a page before it."""
    ask(client, handlungsfelder="mobilitaet")
    client.post(links()[0])
    row = Subscriber.objects.get()
    answer = Client(enforce_csrf_checks=True).post(end_page(row), {"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert [model.objects.count() for model in (Subscriber, Subscription, SubscriptionRequest)] == [0, 0, 0]


def test_to_open_the_link_ends_nothing_and_a_second_click_does_no_harm(client: Client) -> None:
    row = make_subscriber(("kommunen", "aadorf"))
    address = end_page(row)

    assert (client.get(address).status_code, Subscriber.objects.count()) == (200, 1)
    answers = [client.post(address), client.post(address), client.get(address)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert ["ist beendet" in answer.content.decode() for answer in answers] == [True] * 3
    assert client.get(change_page(row)).status_code == 404


def test_after_the_end_an_address_can_subscribe_anew(client: Client) -> None:
    client.post(end_page(make_subscriber(("kommunen", "aadorf"))))
    ask(client, handlungsfelder="mobilitaet")
    client.post(links()[0])

    assert followed() == ["handlungsfelder:mobilitaet"]


def test_a_link_does_only_what_it_is_for(client: Client) -> None:
    row = make_subscriber(("kommunen", "aadorf"))
    change, end = secret_of(row, CHANGE), secret_of(row, END)
    swapped = [f"/abonnement/beenden/{change}/", f"/abonnement/themen/{end}/", "/abonnement/beenden/x/"]

    assert [client.post(address).status_code for address in swapped] == [404] * 3
    assert Subscriber.objects.count() == 1


def test_pages_behind_links_are_kept_and_told_to_nobody(client: Client) -> None:
    row = make_subscriber(("kommunen", "aadorf"))
    ask(client, handlungsfelder="mobilitaet")
    answers = [client.get(address) for address in (change_page(row), end_page(row), links()[0])]

    told = ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")
    said = ["no-store", "no-referrer", "noindex, nofollow"]
    assert [[answer[name] for name in told] for answer in answers] == [said] * 3
    assert [dict(answer.cookies) for answer in answers] == [{}] * 3


@pytest.mark.parametrize(
    ("page", "topic"),
    [
        ("/massnahmen/netz/", "massnahmen:netz"),
        ("/handlungsfelder/mobilitaet/", "handlungsfelder:mobilitaet"),
        ("/kommunen/aadorf/", "kommunen:aadorf"),
        ("/gremien/lenkungskreis/", "gremien:lenkungskreis"),
    ],
)
def test_the_page_of_a_subject_leads_to_its_mail_and_its_feed(client: Client, page: str, topic: str) -> None:
    text = client.get(page).content.decode()
    found = re.findall(r'href="(/abonnement/\?thema=[^"]*|/feeds/[^"]*)"', text)
    feed = f"/feeds/{topic.replace(':', '/')}.atom"

    assert {f"/abonnement/?thema={topic}", feed} <= set(found)
    assert client.get(feed).status_code == 200


def test_what_is_not_public_offers_no_mail(client: Client) -> None:
    client.force_login(make_user())
    pages = ["/massnahmen/geheim/", "/gremien/innen/"]
    assert ["/abonnement/?thema=" in client.get(page).content.decode() for page in pages] == [False] * 2


def test_what_has_to_be_chosen_is_said_once(client: Client) -> None:
    page = client.get("/abonnement/").content.decode()

    assert (page.count("mindestens ein Thema"), page.count("– optional")) == (1, 0)


def test_words_that_are_followed_and_further_ones_have_different_names(client: Client) -> None:
    page = client.get("/abonnement/?thema=suche:Netz").content.decode()

    assert re.findall(r"(?:Weitere )?Suchworte(?=</l|  *</l|\s*<)", page) == [
        "Suchworte",
        "Weitere Suchworte",
    ]
