"""Reads what the public has asked in the example, and what the coordinator has answered."""

from participation.models import Enquiry
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story, change


def read_questions(story: Story, file: Entry) -> None:
    for entry in file.entries("questions"):
        _question(story, entry)


def _question(story: Story, entry: Entry) -> None:
    values = entry.values(Enquiry, ["text", "email", "page"])
    asked = story.past(entry, "asked", story.begins)
    question = Enquiry(asked_on=story.day(asked), is_example=True, **values)
    question.measure = entry.named_if_given("measure", story.measures)
    if "answered" in entry:
        answered = story.past(entry, "answered", asked + 1)
        answer = entry.values(Enquiry, ["answer", "public_text"])
        story.step(answered, lambda: _answer(story, question, answered, answer))
    entry.finish()
    story.step(asked, question.save, by="")


def _answer(story: Story, question: Enquiry, day: int, values: dict[str, str]) -> None:
    change(
        question,
        state=Enquiry.State.ANSWERED,
        answered_on=story.day(day),
        answered_by=story.accounts["coordination"],
        **values,
    )
