"""Two editors save the same measure: exactly one wins, the other sees both versions and loses no text."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from fields.models import Guideline
from measures.models import Measure, Milestone
from network.models import Role
from smartregion.base.versioned import Versioned
from tests.beside import threads, waiting_for_locks
from tests.factories import make_measure, make_user
from tests.monitoring.worker import until

pytestmark = pytest.mark.django_db(transaction=True)
TEXTS = ("Fassung von Ada", "Fassung von Ben")


@dataclass
class Outcome:
    """What each editor got, and what is stored in the end."""

    answers: list[Any]
    stored: str

    @property
    def codes(self) -> list[int]:
        return sorted(answer.status_code for answer in self.answers)


def open_form(measure: Measure, name: str) -> tuple[Client, dict[str, Any]]:
    """A coordinator of that name with the measure's form as it stands in the browser."""
    client = Client()
    client.force_login(make_user(Role.COORDINATION, name=name))
    form = client.get(f"{measure.get_absolute_url()}bearbeiten/").context["form"]
    return client, {name: value for name in form.fields if (value := form[name].value()) not in (None, False)}


def send(measure: Measure, client: Client, form: dict[str, Any], summary: str) -> Any:
    return client.post(f"{measure.get_absolute_url()}bearbeiten/", {**form, "summary": summary})


def one_after_the_other() -> Outcome:
    """Both open the form, then one saves, then the other."""
    measure = make_measure(summary="Ausgangslage")
    editors = [open_form(measure, name) for name in ("Ada", "Ben")]
    answers = [send(measure, *editor, text) for editor, text in zip(editors, TEXTS, strict=True)]
    return Outcome(answers, Measure.objects.get().summary)


def at_the_same_moment() -> Outcome:
    """Both writes have reached the row before either is done: they wait for its lock until it is let go."""
    measure = make_measure(summary="Ausgangslage")
    editors = [open_form(measure, name) for name in ("Ada", "Ben")]

    with threads() as start:
        with transaction.atomic():
            Measure.objects.select_for_update().get()
            answers = [
                start(partial(send, measure, *editor, text))
                for editor, text in zip(editors, TEXTS, strict=True)
            ]
            until(lambda: waiting_for_locks() == len(editors), "both writes wait for the row")
        return Outcome([answer.result(60) for answer in answers], Measure.objects.get().summary)


SCENARIOS = pytest.mark.parametrize("scenario", [one_after_the_other, at_the_same_moment])


def check(outcome: Outcome) -> None:
    """One is stored; the other's page has the stored text and all of their own, in a form to be sent."""
    assert outcome.codes == [302, 409]
    [lost] = [number for number, answer in enumerate(outcome.answers) if answer.status_code == 409]
    assert outcome.stored == TEXTS[1 - lost]
    page = outcome.answers[lost]
    [difference] = page.context["differences"]
    assert (difference.before, difference.after) == (TEXTS[1 - lost], TEXTS[lost])
    assert page.context["form"]["summary"].value() == TEXTS[lost]
    assert [text in page.content.decode() for text in TEXTS] == [True, True]


@SCENARIOS
def test_exactly_one_wins_and_the_other_sees_both_versions_and_loses_no_text(
    scenario: Callable[[], Outcome],
) -> None:
    check(scenario())


@SCENARIOS
def test_without_the_guard_a_text_is_lost_and_the_check_notices(
    scenario: Callable[[], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: rows are written without a look at their version."""

    def save_over_whatever_stands_there(row: Versioned, version: int | None) -> Versioned:
        row.save()
        return row

    monkeypatch.setattr(Versioned, "save_over", save_over_whatever_stands_there)

    outcome = scenario()

    assert outcome.codes == [302, 302]
    with pytest.raises(AssertionError):
        check(outcome)


def test_who_lost_can_save_their_version_over_the_other_and_the_history_keeps_both() -> None:
    measure = make_measure(summary="Ausgangslage")
    (ada, first), (ben, second) = (open_form(measure, name) for name in ("Ada", "Ben"))
    send(measure, ada, first, TEXTS[0])
    conflict = send(measure, ben, second, TEXTS[1])
    assert "Die andere Fassung stammt von Ada" in conflict.content.decode()
    form = conflict.context["form"]

    again = {name: value for name in form.fields if (value := form[name].value()) not in (None, False)}
    assert ben.post(f"{measure.get_absolute_url()}bearbeiten/", again).status_code == 302

    changes = ben.get(measure.get_absolute_url()).context["changes"]
    assert [(change.by, [field.after for field in change.fields]) for change in changes[:2]] == [
        ("Ben", [TEXTS[1]]),
        ("Ada", [TEXTS[0]]),
    ]


@pytest.mark.parametrize("version", ["", "0", "-1", "1", "3", "9" * 30, "x", None])
def test_a_missing_or_wrong_version_never_writes(version: str | None) -> None:
    measure = make_measure(summary="Ausgangslage")
    client, form = open_form(measure, "Ada")
    send(measure, client, form, TEXTS[0])
    del form["version"]
    if version is not None:
        form["version"] = version

    answer = send(measure, client, form, TEXTS[1])

    assert answer.status_code in {200, 409}
    assert TEXTS[1] in answer.content.decode()
    assert Measure.objects.get().summary == TEXTS[0]


def test_the_conflict_page_shows_differing_guidelines_too() -> None:
    measure = make_measure()
    concept = measure.field.concept
    guidelines = [
        Guideline.objects.create(concept=concept, title=title, position=position)
        for position, title in enumerate(["Digital", "Nachhaltig"])
    ]
    (ada, first), (ben, second) = (open_form(measure, name) for name in ("Ada", "Ben"))
    ada.post(f"{measure.get_absolute_url()}bearbeiten/", {**first, "guidelines": [guidelines[0].pk]})

    answer = ben.post(
        f"{measure.get_absolute_url()}bearbeiten/", {**second, "guidelines": [guidelines[1].pk]}
    )

    assert [(d.label, d.before, d.after) for d in answer.context["differences"]] == [
        ("Leitlinien", "Digital", "Nachhaltig")
    ]
    assert [str(pk) for pk in answer.context["form"]["guidelines"].value()] == [str(guidelines[1].pk)]


def test_what_the_loser_did_not_touch_keeps_the_winners_words() -> None:
    measure = make_measure(summary="Ausgangslage", goal="Altes Ziel")
    (ada, first), (ben, second) = (open_form(measure, name) for name in ("Ada", "Ben"))
    ada.post(
        f"{measure.get_absolute_url()}bearbeiten/", {**first, "goal": "Adas Ziel", "starts_on": "2025-02-03"}
    )

    conflict = send(measure, ben, second, TEXTS[1])
    form = conflict.context["form"]
    again = {name: value for name in form.fields if (value := form[name].value()) not in (None, False)}
    ben.post(f"{measure.get_absolute_url()}bearbeiten/", again)

    assert [(d.label, d.after) for d in conflict.context["differences"]] == [("Kurzbeschreibung", TEXTS[1])]
    measure.refresh_from_db()
    assert (measure.summary, measure.goal, measure.starts_on) == (TEXTS[1], "Adas Ziel", date(2025, 2, 3))


def test_a_milestone_that_is_deleted_while_it_is_saved_is_missing() -> None:
    measure = make_measure("Netz")
    milestone = Milestone.objects.create(measure=measure, title="Start", planned_date=date(2024, 5, 1))
    client = Client()
    client.force_login(make_user(Role.COORDINATION))
    address = f"/massnahmen/netz/meilensteine/{milestone.pk}/"
    typed = {"title": "Neu", "planned_date": "2024-05-01", "weight": 1, "version": 1}

    with threads() as start:
        with transaction.atomic():
            milestone.delete()
            answer = start(partial(client.post, address, typed))
            until(waiting_for_locks, "the save waits for the row")
        assert answer.result(60).status_code == 404
