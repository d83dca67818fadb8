"""Ideas are sent without an account, and nobody reads one before the coordinator has published it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from measures.models import Measure
from network.models import Municipality, Role
from participation.links import secret_of
from participation.models import ForgottenIdea, Idea, IdeaAuthor, VisitorMail
from participation.services.ideas import CONFIRM
from smartregion.base.personal import Person, data_types
from tests.factories import (
    make_committee,
    make_field,
    make_measure,
    make_municipality,
    make_region,
    make_user,
)
from tests.participation.open import stamp
from tests.participation.rows import make_idea, make_supporters, own_page

pytestmark = pytest.mark.django_db
ADD = "/ideen/neu/"
TYPED = {"title": "Bänke am Kanal", "text": "Zum Ausruhen für alle.", "email": "", "step": "send"}


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(make_user(Role.COORDINATION))
    return client


def send(client: Client, **values: Any) -> Any:
    return client.post(ADD, {**TYPED, **stamp(), **values})


def decide(client: Client, idea: Idea, state: str, note: str = "") -> Any:
    version = Idea.objects.get(pk=idea.pk).version
    return client.post(f"/ideen/{idea.pk}/pruefen/", {"version": version, "state": state, "note": note})


def test_what_is_sent_is_previewed_first_and_then_waits_to_be_looked_at(client: Client) -> None:
    preview = send(client, step="preview")
    before = Idea.objects.count()
    response = send(client)

    assert (preview.status_code, before) == (200, 0)
    assert preview.context["idea"].title == TYPED["title"]
    idea = Idea.objects.get()
    assert (idea.state, idea.title, idea.published_at) == ("waiting", TYPED["title"], None)
    assert response["Location"] == f"{own_page(idea)}?neu"
    assert client.get(f"/ideen/{idea.pk}/").status_code == 404
    assert client.cookies == {}


def test_the_preview_keeps_the_moment_at_which_the_form_was_shown(client: Client) -> None:
    """Who reads the preview for a second only is not asked to wait again."""
    shown = stamp(10)
    preview = client.post(ADD, {**TYPED, **shown, "step": "preview"})

    assert preview.context["stamp"] == shown["stamp"]


def test_the_preview_shows_ideas_that_say_the_same_though_spelt_otherwise(client: Client) -> None:
    same = make_idea("Sitzbänke am Kanal aufstellen", text="Damit man sich ausruhen kann.")
    make_idea("Schnelles Internet im Zug")
    make_idea("Bänke am Kanal", state="waiting")

    typing = client.post("/ideen/aehnliche/", {"title": "Bank am Kanal", "text": ""})

    assert list(send(client, step="preview").context["alike"]) == [same]
    assert list(typing.context["alike"]) == [same]


def test_the_author_confirms_the_address_before_anything_of_the_idea_is_told(client: Client) -> None:
    make_region()
    send(client, email="Frau@example.org", wants_news="on")
    idea, author, first = Idea.objects.get(), IdeaAuthor.objects.get(), VisitorMail.objects.get()
    page = reverse("idea_author_confirm", args=[secret_of(author, CONFIRM)])
    editor = Client()
    editor.force_login(make_user(Role.COORDINATION))

    decide(editor, idea, "asked", note="Wo genau?")
    untold = VisitorMail.objects.count()
    opened = client.get(page)
    asked = IdeaAuthor.objects.get().confirmed_at
    confirmed = client.post(page)
    decide(editor, idea, "published")

    assert (first.to, page in first.body, own_page(idea) in first.body) == ("Frau@example.org", True, False)
    assert TYPED["title"] not in first.subject + first.body
    assert (untold, opened.status_code, asked, confirmed["Location"]) == (1, 200, None, own_page(idea))
    assert own_page(idea) in VisitorMail.objects.order_by("pk").last().body
    assert client.get(page)["Location"] == own_page(idea)
    assert author.wants_news
    assert "example.org" not in json.dumps(list(Idea.pgh_event_model.objects.values()), default=str)


def test_an_address_that_nobody_confirms_is_forgotten_and_the_idea_stays() -> None:
    make_idea("Unbestätigt", email="a@example.org")
    make_idea("Bestätigt", email="b@example.org")
    long_ago = now() - timedelta(days=8)
    IdeaAuthor.objects.filter(email="a@example.org").update(confirmed_at=None)
    IdeaAuthor.objects.update(told_until=long_ago)
    (authors,) = [each for each in data_types() if each.key == "idea_authors"]

    authors.drop_outdated()

    assert ([row.email for row in IdeaAuthor.objects.all()], Idea.objects.count()) == (["b@example.org"], 2)


def test_two_clicks_send_one_idea_and_both_lead_to_its_private_page(client: Client) -> None:
    shown = stamp()
    answers = [client.post(ADD, {**TYPED, **shown}) for _turn in range(2)]

    assert [answer["Location"] for answer in answers] == [f"{own_page(Idea.objects.get())}?neu"] * 2


def test_what_the_author_did_is_not_undone_by_the_office(editor: Client) -> None:
    withdrawn, answered = make_idea("Weg"), make_idea("Rückfrage", state="asked")
    Client().post(own_page(withdrawn), {"action": "withdraw"})
    Client().post(own_page(answered), {"action": "reply", "title": "Neu", "text": "Nahe der Brücke."})
    for idea in (withdrawn, answered):
        version = Idea.objects.get(pk=idea.pk).version
        editor.post(f"/ideen/{idea.pk}/rueckgaengig/?version={version}")

    assert dict(Idea.objects.values_list("title", "state")) == {"Weg": "withdrawn", "Neu": "waiting"}


def test_a_withdrawn_idea_stays_so_past_the_verbs_too(editor: Client) -> None:
    idea, target = make_idea(state="withdrawn"), make_idea("Bleibt")
    merging = editor.post(
        f"/ideen/{idea.pk}/zusammenfuehren/", {"target": target.pk, "version": idea.version}
    )

    assert merging.context["form"].errors["__all__"] == ["Diese Idee ist zurückgezogen oder zusammengeführt."]
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Idea.objects.filter(pk=idea.pk).update(state="published", published_at=now(), decided_at=now())


@pytest.mark.parametrize("state", ["asked", "rejected", "merged", "withdrawn"])
def test_what_nobody_reads_any_more_is_forgotten_half_a_year_later(state: str) -> None:
    make_idea("Neu", state=state)
    make_idea("Wartet", state="waiting", waiting_since=now() - timedelta(days=400))
    old = make_idea("Alt", state=state)
    Idea.objects.filter(pk=old.pk).update(decided_at=now() - timedelta(days=181))

    assert [idea.title for idea in Idea.objects.outdated()] == ["Alt"]


def test_a_point_lies_in_the_region_and_says_which_municipality_it_is_in(client: Client) -> None:
    square = {"type": "Polygon", "coordinates": [[[7, 52], [8, 52], [8, 53], [7, 53], [7, 52]]]}
    here, other = make_municipality("Aadorf"), make_municipality("Bedorf")
    Municipality.objects.filter(pk=here.pk).update(boundary=square)

    outside = send(client, longitude="9.5", latitude="52.5")
    elsewhere = send(client, longitude="7.5", latitude="52.5", municipality=other.pk)
    half = send(client, longitude="7.5", title="Ohne Breite")
    whole = send(client, longitude="7.5", latitude="52.5")

    assert outside.context["form"].errors["__all__"] == ["Der Punkt auf der Karte liegt nicht in der Region."]
    assert elsewhere.context["form"].errors["municipality"] == ["Der Punkt auf der Karte liegt in Aadorf."]
    assert (half.status_code, whole.status_code) == (302, 302)
    found = Idea.objects.order_by("pk").values_list("title", "municipality", "longitude")
    assert [(title, place, str(x)) for title, place, x in found] == [
        ("Ohne Breite", None, "None"),
        (TYPED["title"], here.pk, "7.5000"),
    ]


def test_the_database_refuses_an_idea_that_is_published_from_the_start() -> None:
    with pytest.raises(Exception, match="Cannot insert"), transaction.atomic():
        Idea.objects.create(
            title="Heimlich", text="x", state="published", published_at=now(), decided_at=now()
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Idea.objects.filter(pk=make_idea(state="waiting").pk).update(state="published")


def test_the_coordinator_publishes_and_the_author_is_told(editor: Client) -> None:
    idea = make_idea(state="waiting", email="a@example.org")

    decide(editor, idea, "published")

    idea.refresh_from_db()
    assert (idea.state, idea.published_at is None) == ("published", False)
    assert Client().get(f"/ideen/{idea.pk}/").status_code == 200
    assert [mail.to for mail in VisitorMail.objects.all()] == ["a@example.org"]


@pytest.mark.parametrize("state", ["asked", "rejected"])
def test_asking_back_and_rejecting_need_a_reason_that_the_author_reads(editor: Client, state: str) -> None:
    idea = make_idea(state="waiting", email="a@example.org")

    refused = decide(editor, idea, state)
    decide(editor, idea, state, note="Wo genau?")

    assert list(refused.context["form"].errors) == ["note"]
    assert Idea.objects.get().state == state
    assert "Wo genau?" in VisitorMail.objects.get().body
    assert "Wo genau?" in Client().get(own_page(idea)).content.decode()


def test_the_author_answers_a_question_by_the_private_link_and_the_idea_waits_again(client: Client) -> None:
    idea = make_idea(state="asked")

    client.post(own_page(idea), {"action": "reply", "title": "Bänke am Kanal", "text": "Nahe der Brücke."})
    again = client.post(own_page(idea), {"action": "reply", "title": "Zweimal", "text": "Zweimal."})

    idea.refresh_from_db()
    assert (idea.state, idea.text) == ("waiting", "Nahe der Brücke.")
    assert again.context["form"].errors["__all__"] == ["Zu dieser Idee ist keine Frage offen."]


def test_the_author_takes_an_idea_back_and_nobody_reads_it_any_more(client: Client) -> None:
    idea = make_idea()

    client.post(own_page(idea), {"action": "withdraw"})

    assert client.get(f"/ideen/{idea.pk}/").status_code == 404
    assert client.get(own_page(idea)).status_code == 200


def test_a_forged_private_link_opens_nothing(client: Client) -> None:
    secret = secret_of(make_idea(), "other")

    assert client.get(reverse("idea_own", args=[secret])).status_code == 404


def test_an_undone_decision_takes_the_idea_from_the_public_again(editor: Client) -> None:
    idea = make_idea(state="waiting")
    decide(editor, idea, "published")
    version = Idea.objects.get().version

    editor.post(f"/ideen/{idea.pk}/rueckgaengig/?version={version}")

    assert (Idea.objects.get().state, Idea.objects.get().published_at) == ("waiting", None)
    assert Client().get(f"/ideen/{idea.pk}/").status_code == 404


def test_a_decision_over_an_older_version_shows_both(editor: Client) -> None:
    idea = make_idea(state="waiting")
    response = editor.post(f"/ideen/{idea.pk}/pruefen/", {"version": 7, "state": "published", "note": ""})

    assert (response.status_code, Idea.objects.get().state) == (409, "waiting")


def test_support_that_comes_while_the_coordinator_writes_is_not_lost(editor: Client) -> None:
    idea = make_idea()
    make_supporters(idea, 3)
    values = {"version": idea.version, "title": idea.title, "text": idea.text, "answer": "Wir prüfen es."}

    editor.post(f"/ideen/{idea.pk}/bearbeiten/", values)

    assert Idea.objects.values_list("answer", "supporters").get() == ("Wir prüfen es.", 3)


def test_merging_brings_each_supporter_once_and_undoing_takes_them_back(editor: Client) -> None:
    target, source = make_idea("Bänke am Kanal"), make_idea("Sitzbänke am Kanal")
    for idea in (target, source):
        idea.voices.create(who="beide", confirmed_at=now())
        idea.voices.create(who=f"nur {idea.pk}", confirmed_at=now())
    source.voices.create(who="unbestätigt")

    editor.post(f"/ideen/{source.pk}/zusammenfuehren/", {"target": target.pk, "version": source.version})
    merged = Idea.objects.get(pk=target.pk).supporters
    led = Client().get(f"/ideen/{source.pk}/")
    version = Idea.objects.get(pk=source.pk).version
    editor.post(f"/ideen/{source.pk}/rueckgaengig/?version={version}")

    assert (merged, led["Location"]) == (3, f"/ideen/{target.pk}/")
    assert [Idea.objects.get(pk=each.pk).supporters for each in (target, source)] == [2, 2]


def test_a_measure_is_made_of_an_idea_and_linked_with_it(editor: Client) -> None:
    make_municipality()
    idea, lead = make_idea(field=make_field(), email="a@example.org"), make_measure("Andere").lead
    page = editor.get(f"/ideen/{idea.pk}/massnahme/")
    form = page.context["form"]
    typed = {name: form[name].value() or "" for name in form.fields if name != "guidelines"}
    typed |= {"no": "M-77", "lead": lead.pk, "visibility": "draft", "version": idea.version}

    response = editor.post(f"/ideen/{idea.pk}/massnahme/", typed)

    assert response.status_code == 302
    measure = Measure.objects.get(no="M-77")
    assert (measure.title, Idea.objects.get().measure) == (idea.title, measure)


def test_an_idea_becomes_a_topic_of_a_committee(editor: Client) -> None:
    committee, idea = make_committee(), make_idea()
    values = {"committee": committee.pk, "title": "Bänke", "text": "", "visibility": "public"}

    editor.post(f"/ideen/{idea.pk}/thema/", {**values, "version": idea.version})

    topic = committee.topics.get()
    assert (Idea.objects.get().topic, topic.proposed_by) == (topic, "Idee aus der Bevölkerung")


@pytest.mark.parametrize("role", [Role.MUNICIPALITY, Role.STEERING, Role.TEAM, Role.ADMINISTRATION])
def test_only_the_coordinator_looks_at_what_was_sent(client: Client, role: Role) -> None:
    place = make_municipality() if role == Role.MUNICIPALITY else None
    idea = make_idea(state="waiting")
    client.force_login(make_user(role, place))
    pages = ["/ideen/pruefen/", *(f"/ideen/{idea.pk}/{word}/" for word in ("pruefen", "bearbeiten", "thema"))]

    assert {client.get(page).status_code for page in pages} == {403}
    assert client.get(f"/ideen/{idea.pk}/").status_code == 404


def test_the_list_is_filtered_by_field_place_state_and_words_and_sorted_by_support(client: Client) -> None:
    place, measure = make_municipality(), make_measure()
    wanted = make_idea("Radwege beleuchten", field=make_field(), municipality=place, measure=measure)
    answered = make_idea("Mehr Bänke", answer="Gern.")
    liked = make_idea("Bücherbus")
    make_supporters(liked, 2)

    def titles(query: str) -> list[Idea]:
        return list(client.get(f"/ideen/?{query}").context["page_obj"])

    assert titles("") == [liked, answered, wanted]
    assert titles("o=supported") == [liked, answered, wanted]
    assert titles("field=mobilitaet") == titles("municipality=aadorf") == titles("state=measure") == [wanted]
    assert titles("state=answered") == [answered]
    assert titles("state=open") == [liked]
    assert titles("q=Radweg") == titles("q=beleuchtn") == [wanted]
    assert titles("q=dunkel&o=supported") == [liked, answered, wanted]


def test_the_filter_by_measures_tells_nothing_of_measures_that_are_not_public(client: Client) -> None:
    idea = make_idea(measure=make_measure(visibility="internal"))

    assert list(client.get("/ideen/?state=measure").context["page_obj"]) == []
    assert list(client.get("/ideen/?state=open").context["page_obj"]) == [idea]


def test_a_field_leads_to_the_form_with_itself_chosen(client: Client) -> None:
    field = make_field()

    form = client.get("/ideen/neu/?field=mobilitaet&municipality=gibt-es-nicht").context["form"]

    assert (form.initial["field"], form.initial["municipality"]) == (field, None)


def test_of_a_forgotten_idea_only_stays_that_it_was_received() -> None:
    (ideas,) = [each for each in data_types() if each.key == "ideas"]
    sent = now() - timedelta(days=200)
    long_ago = make_idea("Werbung", state="rejected", sent_at=sent)
    Idea.objects.filter(pk=long_ago.pk).update(decided_at=sent)
    make_idea("Bleibt")
    make_idea("Zurück", state="withdrawn", email="a@example.org")

    dropped, erased = ideas.drop_outdated(), ideas.erase_person(Person.of("a@example.org"))

    assert (dropped, erased, [idea.title for idea in Idea.objects.all()]) == (1, 1, ["Bleibt"])
    assert Idea.pgh_event_model.objects.exclude(title="Bleibt").count() == 0
    assert ForgottenIdea.objects.count() == 2
    assert ForgottenIdea.objects.order_by("sent_at").first().sent_at == sent


def test_the_form_leads_to_the_privacy_notice_once(client: Client) -> None:
    form = client.get(ADD).content.decode().partition("<main")[2].partition("</main>")[0]

    assert (form.count("Datenschutz"), form.count('<a href="/datenschutz/">Datenschutz</a>')) == (1, 1)
