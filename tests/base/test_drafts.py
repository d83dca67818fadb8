"""What is typed and not saved is kept for its account, until it is saved, discarded or old."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from measures.models import Measure
from network.models import Role, User
from smartregion.base.models import Draft
from smartregion.base.tasks import delete_outdated
from tests.factories import make_measure, make_region, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    make_region()
    return make_user(Role.COORDINATION)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def keep(client: Client, measure: Measure, **typed: object) -> str:
    """Send what stands in the measure's form as a draft; what the portal says to it."""
    response = client.post(f"/massnahmen/{measure.slug}/bearbeiten/?entwurf=speichern", typed)
    return str(response.content.decode()) if response.status_code == 200 else str(response.status_code)


def test_what_was_typed_is_offered_when_the_form_is_opened_again(editor: User) -> None:
    client, measure = signed_in(editor), make_measure()
    page = f"/massnahmen/{measure.slug}/bearbeiten/"

    said = keep(client, measure, goal="Angefangener Satz", version=1, is_starter="on")

    draft = Draft.objects.get()
    assert said.startswith("Entwurf gespeichert ")
    assert "Nicht gespeicherter Entwurf vom" in client.get(page).content.decode()
    assert client.get(page).context["form"]["goal"].value() == ""
    resumed = client.get(f"{page}?entwurf=weiterschreiben").context["form"]
    assert (resumed["goal"].value(), resumed["is_starter"].value()) == ("Angefangener Satz", True)
    assert draft.texts == {"goal": ["Angefangener Satz"], "version": ["1"], "is_starter": ["on"]}
    measure.refresh_from_db()
    assert (measure.goal, measure.version) == ("", 1)


def test_a_draft_is_for_its_account_alone(editor: User) -> None:
    measure = make_measure()
    keep(signed_in(editor), measure, goal="Geheimes")
    other = signed_in(make_user(Role.COORDINATION))
    page = f"/massnahmen/{measure.slug}/bearbeiten/"

    seen = [other.get(address).content.decode() for address in (page, f"{page}?entwurf=weiterschreiben")]
    other.post(f"{page}?entwurf=verwerfen")

    assert [("Geheimes" in text, "Entwurf vom" in text) for text in seen] == [(False, False)] * 2
    assert Draft.objects.get().user == editor


@pytest.mark.parametrize(("role", "answer"), [(Role.TEAM, "404"), (Role.STEERING, "404"), (None, "302")])
def test_who_may_not_open_the_form_keeps_no_draft(editor: User, role: Role | None, answer: str) -> None:
    client = signed_in(make_user(role)) if role else Client()

    assert keep(client, make_measure(), goal="Text") == answer
    assert Draft.objects.count() == 0


def test_a_draft_begun_on_an_older_version_still_meets_the_conflict(editor: User) -> None:
    client, measure = signed_in(editor), make_measure()
    page = f"/massnahmen/{measure.slug}/bearbeiten/"
    keep(client, measure, goal="Mein Ziel", version=1)
    Measure.objects.filter(pk=measure.pk).update(title="Von anderen", version=2)

    form = client.get(f"{page}?entwurf=weiterschreiben").context["form"]
    typed = {name: value for name in form.fields if (value := form[name].value()) not in (None, False, "")}
    response = client.post(page, typed)

    assert response.status_code == 409
    measure.refresh_from_db()
    assert (measure.title, measure.goal) == ("Von anderen", "")


def test_saving_and_discarding_delete_the_draft(editor: User) -> None:
    client, measure = signed_in(editor), make_measure()
    page = f"/massnahmen/{measure.slug}/bearbeiten/"
    form = client.get(page).context["form"]
    stored = {name: value for name in form.fields if (value := form[name].value()) not in (None, False, "")}

    keep(client, measure, goal="Eins")
    discarded = client.post(f"{page}?entwurf=verwerfen")
    assert (discarded.status_code, Draft.objects.count()) == (302, 0)

    keep(client, measure, goal="Zwei")
    assert client.post(page, {**stored, "title": ""}).status_code == 200
    assert Draft.objects.count() == 1
    assert client.post(page, {**stored, "goal": "Zwei"}).status_code == 302
    assert Draft.objects.count() == 0


def test_an_offered_draft_is_kept_until_its_account_has_chosen(editor: User) -> None:
    client, measure = signed_in(editor), make_measure()
    page = f"/massnahmen/{measure.slug}/bearbeiten/"
    keep(client, measure, goal="Lange Arbeit")

    fresh, refused = client.get(page), client.post(page, {"title": ""})
    said = keep(client, measure, goal="x")

    texts = [answer.content.decode() for answer in (fresh, refused)]
    sentence = "Bis Sie wählen, wird nichts Neues zwischengespeichert."
    assert [(sentence in text, "data-draft=" in text) for text in texts] == [(True, False)] * 2
    assert (said, Draft.objects.get().texts) == ("409", {"goal": ["Lange Arbeit"]})


def test_two_windows_do_not_overwrite_each_others_draft(editor: User) -> None:
    client, measure = signed_in(editor), make_measure()
    page = f"/massnahmen/{measure.slug}/bearbeiten/"
    address = f"{page}?entwurf=speichern"
    first = client.post(address, {"goal": "Eins", "entwurf_stand": ""})
    resumed = client.get(f"{page}?entwurf=weiterschreiben").context["draft_known"]
    assert resumed == first["Draft-Known"]

    second = client.post(address, {"goal": "Eins und zwei", "entwurf_stand": resumed})
    late = client.post(address, {"goal": "Anderes", "entwurf_stand": first["Draft-Known"]})
    again = client.post(page, {"title": "", "entwurf_stand": second["Draft-Known"]}).context

    assert (second.status_code, late.status_code) == (200, 409)
    assert late.content.decode().endswith("Ein anderes Fenster schreibt am selben Formular.")
    assert Draft.objects.get().texts == {"goal": ["Eins und zwei"]}
    assert (again["draft"], again["draft_known"]) == (None, second["Draft-Known"])
    assert again["draft_keep_url"] == address


def test_only_what_the_form_knows_is_kept_and_not_too_much_of_it(editor: User) -> None:
    client, measure = signed_in(editor), make_measure()

    keep(client, measure, goal="Ziel\0", password="geheim", csrfmiddlewaretoken="x")
    assert Draft.objects.get().texts == {"goal": ["Ziel"]}

    assert keep(client, measure, goal="x" * 100_001) == "413"
    assert Draft.objects.get().texts == {"goal": ["Ziel"]}


def test_a_form_for_something_new_keeps_its_draft_too(editor: User) -> None:
    client = signed_in(editor)

    client.post("/massnahmen/neu/?entwurf=speichern", {"title": "Neues"})

    resumed = client.get("/massnahmen/neu/?entwurf=weiterschreiben").context["form"]
    assert resumed["title"].value() == "Neues"
    assert Measure.objects.count() == 0


def test_drafts_older_than_thirty_days_are_forgotten(editor: User) -> None:
    for days, address in ((31, "/alt/"), (29, "/neu/")):
        saved_at = now() - timedelta(days=days)
        Draft.objects.create(user=editor, address=address, texts={}, saved_at=saved_at)

    delete_outdated()

    assert [draft.address for draft in Draft.objects.all()] == ["/neu/"]
