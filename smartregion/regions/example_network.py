"""Reads the example's contacts, offices without a person's name, and what was sent to them."""

from collections.abc import Callable
from typing import Any

from fields.models import ActionField
from network.models import Contact
from network.services import add_contact
from participation.models import Mailing
from smartregion.regions.reader import Entry
from smartregion.regions.story import Story


def read_network(story: Story, file: Entry) -> None:
    for entry in file.entries("contacts"):
        _contact(story, entry)
    for entry in file.entries("mailings"):
        _mailing(story, entry)


def _contact(story: Story, entry: Entry) -> None:
    """With an address there is a consent, given on the day and kept for so many days from loading."""
    contact = Contact(is_example=True, **entry.values(Contact, ["function", "email", "note"]))
    contact.organisation = entry.named("organisation", story.organisations)
    fields = [_field(story, entry, slug) for slug in entry.take("interests", list, [])]
    day = story.past(entry, "day", story.begins)
    if contact.email:
        contact.consented_on, contact.consent_way = story.day(day), entry.take("way", str, Contact.Way.TALK)
        contact.consent_taken_by = entry.take("taken_by", str, "")
        contact.kept_until = story.day(entry.take("kept", int))
    entry.finish()
    story.step(day, _adding(contact, fields))


def _field(story: Story, entry: Entry, slug: Any) -> ActionField:
    if slug not in story.fields:
        raise entry.unknown("interests", slug)
    return story.fields[slug]


def _adding(contact: Contact, fields: list[ActionField]) -> Callable[[], Any]:
    return lambda: add_contact(contact=contact, fields=fields, by=None)


def _mailing(story: Story, entry: Entry) -> None:
    mailing = Mailing(
        is_example=True, **entry.values(Mailing, ["subject", "text", "selection", "recipients"])
    )
    day, by = story.past(entry, "day", story.begins), story.account(entry, "by", "coordination")
    entry.finish()

    def write() -> None:
        mailing.sent_at, mailing.sent_by = story.moment(day), story.accounts[by]
        mailing.save()

    story.step(day, write, by=by)
