"""Reads example ideas and consultations, as steps of the story. Nobody's address is among them."""

from collections.abc import Callable
from typing import Any

from django.utils.timezone import now

from participation.forms.surveys import replies_to
from participation.models import Idea, Question, Reply, Sheet, Support, Survey
from smartregion.base.text import german_slug
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story, change

MANY = (Question.Kind.POINTS, Question.Kind.RANKING)
QUESTION = ["text", "hint", "kind", "options", "points", "is_required"]


def read_ideas(story: Story, file: Entry) -> None:
    for entry in file.entries("ideas"):
        _idea(story, entry)
    for entry in file.entries("surveys"):
        _survey(story, entry)


def _idea(story: Story, entry: Entry) -> None:
    sent = story.past(entry, "day", story.begins)
    idea = Idea(**entry.values(Idea, ["title", "text", "latitude", "longitude"]), is_example=True)
    idea.sent_at = idea.waiting_since = story.moment(sent)
    idea.field = entry.named_if_given("field", story.fields)
    idea.municipality = entry.named_if_given("municipality", story.municipalities)
    story.step(sent, idea.save, by="", reason="Idee eingereicht")
    for word, state in (("published", Idea.State.PUBLISHED), ("rejected", Idea.State.REJECTED)):
        if word in entry:
            day = story.past(entry, word, sent)
            note = entry.take("note", str, "") if state == Idea.State.REJECTED else ""
            story.step(day, _deciding(story, idea, state, day, note), reason=str(state.label))
    if "supporters" in entry:
        number, day = entry.take("supporters", int), story.past(entry, "supported", sent)
        story.step(day, _supporting(story, idea, number, day))
    if "answered" in entry:
        day, text = story.past(entry, "answered", sent), entry.take("answer", str)
        values = {"answer": text, "answered_at": story.moment(day)}
        story.step(day, _changing(idea, values), reason="Beantwortet")
    if "linked" in entry:
        day, measure = story.past(entry, "linked", sent), entry.named("measure", story.measures)
        story.step(day, _changing(idea, {"measure": measure}), reason="Mit einer Maßnahme verbunden")
    entry.finish()


def _changing(row: Any, values: dict[str, Any]) -> Callable[[], Any]:
    return lambda: change(row, **values)


def _deciding(story: Story, idea: Idea, state: str, day: int, note: str) -> Callable[[], Any]:
    values: dict[str, Any] = {"state": state, "note": note, "decided_at": story.moment(day)}
    if state == Idea.State.PUBLISHED:
        values["published_at"] = story.moment(day)
    return _changing(idea, values)


def _supporting(story: Story, idea: Idea, number: int, day: int) -> Callable[[], Any]:
    moment = story.moment(day)
    return lambda: Support.objects.bulk_create(
        Support(idea=idea, made_at=moment, confirmed_at=moment) for _number in range(number)
    )


def _survey(story: Story, entry: Entry) -> None:
    made = story.past(entry, "day", story.begins)
    names = ["title", "intro", "way", "conclusion"]
    survey = Survey(**entry.values(Survey, names), is_example=True, is_published=True)
    survey.slug = german_slug(survey.title)
    survey.field = entry.named_if_given("field", story.fields)
    survey.event = entry.named_if_given("event", story.events)
    survey.opens_at = story.moment(entry.take("opens", int))
    survey.closes_at = story.moment(entry.take("closes", int))
    questions = [_question(survey, each, number) for number, each in enumerate(entry.entries("questions"), 1)]
    sheets = entry.take("sheets", list, [])
    entry.finish()

    def make() -> None:
        survey.save()
        for question in questions:
            question.survey = survey
            question.save()
        for answers in sheets:
            _sheet(survey, questions, answers)

    story.step(made, make, reason="Umfrage angelegt")


def _question(survey: Survey, entry: Entry, position: int) -> Question:
    values = entry.values(Question, [name for name in QUESTION if name != "options"])
    question = Question(survey=survey, position=position, options=entry.take("options", list, []), **values)
    entry.finish()
    return question


def _sheet(survey: Survey, questions: list[Question], answers: list[Any]) -> None:
    """Answers in the order of the questions, as a form records them; null where none was given."""
    made_at = min(survey.opens_at, now())
    sheet = Sheet.objects.create(survey=survey, made_at=made_at, confirmed_at=made_at)
    rows = [
        row
        for question, answer in zip(questions, answers, strict=True)
        for row in replies_to(question, answer if question.kind in MANY else [answer])
    ]
    for row in rows:
        row.sheet = sheet
        if row.text:
            row.state = Reply.State.PUBLISHED
    Reply.objects.bulk_create(rows)
