"""Reads what the public has asked in the example, and what the coordinator has answered."""

from participation.models import Question
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story, change


def read_questions(story: Story, file: Entry) -> None:
    for entry in file.entries("questions"):
        _question(story, entry)


def _question(story: Story, entry: Entry) -> None:
    values = entry.values(Question, ["text", "email", "page"])
    asked = story.past(entry, "asked", story.begins)
    question = Question(asked_on=story.day(asked), is_example=True, **values)
    question.measure = entry.named_if_given("measure", story.measures)
    if "answered" in entry:
        answered = story.past(entry, "answered", asked + 1)
        answer = entry.values(Question, ["answer", "public_text"])
        story.step(answered, lambda: _answer(story, question, answered, answer))
    entry.finish()
    story.step(asked, question.save, by="")


def _answer(story: Story, question: Question, day: int, values: dict[str, str]) -> None:
    change(
        question,
        state=Question.State.ANSWERED,
        answered_on=story.day(day),
        answered_by=story.accounts["coordination"],
        **values,
    )
