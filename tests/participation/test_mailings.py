"""Mailings to contacts, and who should meet."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils.formats import date_format
from django.utils.html import conditional_escape
from django.utils.timezone import localdate, localtime, now

from fields.models import ActionField
from governance.models import Seat
from measures.models import Measure, StatusUpdate, TeamMember
from network.models import Contact, Region, Role
from participation.mails import body_of
from participation.meeting_up import who_should_meet
from participation.models import Mailing, VisitorMail
from participation.services.mailings import letter_to, news_since_last
from smartregion.base.jobs import run
from smartregion.base.mails import text_of
from smartregion.base.models import Job
from tests.factories import (
    make_committee,
    make_contact,
    make_field,
    make_measure,
    make_organisation,
    make_region,
    make_user,
)
from tests.governance.rows import make_meeting
from tests.participation.event_rows import make_event
from tests.participation.rows import make_idea
from tests.past import happened_on

pytestmark = pytest.mark.django_db
WITHOUT = {"name": "", "email": "", "phone": "", "consented_on": None, "consent_way": "", "kept_until": None}
NEW = "/netzwerk/rundschreiben/neu/"
TEXT = {"subject": "Einladung", "text": "bitte kommen Sie."}


@pytest.fixture
def coordinator(client: Client) -> Client:
    make_region()
    client.force_login(make_user(Role.COORDINATION))
    return client


def previewed(client: Client, address: str, **more: str) -> dict[str, Any]:
    """What the preview's form sends."""
    page = client.post(address, {**TEXT, **more, "key": client.get(address).context["form"]["key"].value()})
    form = page.context["form"]
    return {
        **TEXT,
        **more,
        "key": str(form.cleaned_data["key"]),
        "count": page.context["number"],
        "step": "send",
    }


def test_only_who_has_consented_gets_the_mail_and_no_address_stays(coordinator: Client) -> None:
    energy = make_field("Energie")
    make_contact("Werk", email="werk@example.org", fields=[energy])
    make_contact("Verein", fields=[energy], **WITHOUT)
    make_contact("Andere", email="andere@example.org")

    sent = previewed(coordinator, f"{NEW}?feld=energie")
    coordinator.post(f"{NEW}?feld=energie", sent)
    run(Job.objects.get().pk)

    assert [message.to for message in mail.outbox] == [["werk@example.org"]]
    mailing = Mailing.objects.get()
    assert (mailing.recipients, mailing.selection) == (1, "Handlungsfeld: Energie")
    assert VisitorMail.objects.count() == 0


def test_nothing_is_sent_before_the_number_was_shown(coordinator: Client) -> None:
    make_contact()

    page = coordinator.post(NEW, {**TEXT, "key": "00000000-0000-4000-8000-000000000000"})

    assert "An 1 Kontakt senden" in page.content.decode()
    assert (Mailing.objects.count(), VisitorMail.objects.count()) == (0, 0)


def test_a_selection_that_changed_meanwhile_is_shown_again(coordinator: Client) -> None:
    make_contact()
    sent = previewed(coordinator, NEW)
    make_contact()

    page = coordinator.post(NEW, sent)

    assert "An 2 Kontakte senden" in page.content.decode()
    assert Mailing.objects.count() == 0


def test_sending_twice_sends_once(coordinator: Client) -> None:
    make_contact()
    sent = previewed(coordinator, NEW)

    for _time in range(2):
        coordinator.post(NEW, sent)

    assert (Mailing.objects.count(), VisitorMail.objects.count()) == (1, 1)


def test_the_link_in_the_mail_withdraws_the_consent_in_one_click(coordinator: Client) -> None:
    contact = make_contact()
    coordinator.post(NEW, previewed(coordinator, NEW))
    link = re.findall(r"http\S+(/netzwerk/einwilligung/\S+/)", VisitorMail.objects.get().body)[0]
    header = VisitorMail.objects.get().headers["List-Unsubscribe"]
    visitor = Client(enforce_csrf_checks=True)

    asked = visitor.get(link)
    before = Contact.objects.reachable().count()
    answer = visitor.post(link, {"List-Unsubscribe": "One-Click"})

    contact.refresh_from_db()
    assert (asked.status_code, before, answer.status_code) == (200, 1, 200)
    assert (contact.email, contact.name, Contact.objects.reachable().count()) == ("", "", 0)
    assert header.endswith(f"{link}>")
    assert visitor.cookies == {}


def test_a_forged_link_withdraws_nothing() -> None:
    make_contact()

    assert Client().post("/netzwerk/einwilligung/eyJ4IjoxfQ:falsch/").status_code == 404
    assert Contact.objects.reachable().count() == 1


def tell(text: str, visibility: str = "public") -> None:
    measure = Measure.objects.first() or make_measure("Netz", visibility="public")
    StatusUpdate.objects.create(measure=measure, on=localdate(), text=text, visibility=visibility)


def test_a_mailing_tells_what_is_new_in_public_since_the_last_one(coordinator: Client) -> None:
    make_contact()
    with happened_on(localdate() - timedelta(days=50)):
        tell("Vor langer Zeit")
    with happened_on(localdate() - timedelta(days=10)):
        tell("Vor dem letzten")
    last = now() - timedelta(days=5)
    Mailing.objects.create(subject="Zuletzt", text="x", recipients=1, sent_at=last)
    tell("Der Mast steht")
    tell("Nur für uns", "internal")
    page = coordinator.post(NEW, {**TEXT, "with_news": "on", "key": "00000000-0000-4000-8000-000000000000"})
    sent = previewed(coordinator, NEW, with_news="on")
    coordinator.post(NEW, sent)

    body = VisitorMail.objects.get().body
    assert body == page.context["body"]
    assert f"Neu im Portal seit dem {date_format(localtime(last), 'd.m.Y')}:" in body
    told = ["Vor langer Zeit", "Vor dem letzten", "Der Mast steht", "Nur für uns"]
    assert [text in body for text in told] == [False, False, True, False]
    assert Mailing.objects.get(subject="Einladung").with_news
    assert '<input type="hidden" name="with_news" value="on">' in page.content.decode()


def test_what_was_hidden_after_the_preview_is_in_no_mail(coordinator: Client) -> None:
    make_contact()
    tell("Der Mast steht")
    sent = previewed(coordinator, NEW, with_news="on")
    StatusUpdate.objects.update(visibility="internal")
    coordinator.post(NEW, sent)

    assert "Der Mast steht" not in VisitorMail.objects.get().body


def test_a_mailing_without_news_and_one_that_has_none_to_tell_say_nothing_of_them(
    coordinator: Client,
) -> None:
    make_contact()
    tell("Der Mast steht")
    coordinator.post(NEW, previewed(coordinator, NEW))
    page = coordinator.post(NEW, {**TEXT, "with_news": "on", "key": "00000000-0000-4000-8000-000000000000"})
    coordinator.post(NEW, previewed(coordinator, NEW, with_news="on"))

    assert [("Neu im Portal" in mail.body) for mail in VisitorMail.objects.all()] == [False, False]
    assert page.context["lacks_news"]
    assert list(Mailing.objects.order_by("pk").values_list("with_news", flat=True)) == [False, True]


HOSTILE = "<b>fett</b> <img src=x> <meta http-equiv=refresh content=0>"
SHOWN = "&lt;b&gt;fett&lt;/b&gt; &lt;img src=x&gt; &lt;meta http-equiv=refresh content=0&gt;"


def test_a_text_is_a_text_in_the_preview_and_the_list_whoever_wrote_it(coordinator: Client) -> None:
    """What the mail quotes from the portal may come from anybody."""
    make_contact()
    idea = make_idea("Radweg", text=HOSTILE)
    typed = {**TEXT, "text": f"Hallo {HOSTILE}", "with_news": "on"}
    page = coordinator.post(NEW, {**typed, "key": "00000000-0000-4000-8000-000000000000"})
    letter = page.content.decode().partition('<div class="letter">')[2].partition("</div>")[0]
    coordinator.post(NEW, previewed(coordinator, NEW, **typed))
    listed = coordinator.get("/netzwerk/rundschreiben/").content.decode()

    assert (letter.count(SHOWN), letter.count("<"), letter.count(idea.title)) == (2, 0, 1)
    assert (SHOWN in listed, "<img src=x>" in listed) == (True, False)
    assert HOSTILE in VisitorMail.objects.get().body


def test_the_text_of_every_mail_is_escaped_where_a_page_shows_it() -> None:
    body = text_of("participation/mails/mailing.txt", {"text": HOSTILE, "consented_on": localdate()})

    assert conditional_escape(body).count(SHOWN) == 1


def test_a_selection_by_field_is_told_of_its_field_alone(coordinator: Client) -> None:
    make_contact(fields=[make_field("Energie")])
    tell("Neues von der Mobilität")
    own = make_measure("Speicher", no="M-02", field=make_field("Energie"), visibility="public")
    StatusUpdate.objects.create(measure=own, on=localdate(), text="Der Speicher läuft", visibility="public")
    meeting = make_meeting(make_committee(), starts_at=now() + timedelta(days=9), status="invited")

    typed = {**TEXT, "with_news": "on", "key": "00000000-0000-4000-8000-000000000000"}
    of_all = coordinator.post(NEW, typed).context["body"]
    shown = coordinator.post(f"{NEW}?feld=energie", typed).context["body"]
    coordinator.post(f"{NEW}?feld=energie", previewed(coordinator, f"{NEW}?feld=energie", with_news="on"))
    of_field = VisitorMail.objects.get().body

    told = ["Der Speicher läuft", "Neues von der Mobilität", str(meeting)]
    assert [[text in body for text in told] for body in (of_field, of_all)] == [
        [True, False, False],
        [True, True, True],
    ]
    assert shown == of_field
    assert of_field.index(TEXT["text"]) < of_field.index("Der Speicher läuft")


def test_a_letter_tells_ten_news_and_leads_to_the_rest() -> None:
    make_region()
    for number in range(12):
        make_idea(f"Idee {number}", field=make_field("Energie"))

    new = news_since_last("energie")
    body = body_of(letter_to(make_contact(), subject="x", text="Hallo.", new=new), Region.objects.first())

    assert (body.count("Neue Idee."), new["more"]) == (10, 2)
    assert (
        f"Dazu kommen noch 2 Neuigkeiten im Portal.\n{settings.PORTAL_URL}/handlungsfelder/energie/" in body
    )


def test_what_was_moved_stands_once_and_nobody_else_reads_that_members_are_invited() -> None:
    make_region()
    committee = make_committee()
    with happened_on(localdate() - timedelta(days=60)):
        meeting = make_meeting(committee, "Herbst", starts_at=now() + timedelta(days=20), status="planned")
        old = make_event("Altes", days=20)
    with happened_on(localdate() - timedelta(days=9)):
        fresh = make_event("Frisches", days=20)
    for days in (8, 7):
        with happened_on(localdate() - timedelta(days=days)):
            for event in (old, fresh):
                event.starts_at, event.ends_at = (
                    each + timedelta(days=1) for each in (event.starts_at, event.ends_at)
                )
                event.save_over(event.version)
            meeting.status = "invited"
            meeting.save_over(meeting.version)

    groups = news_since_last()["groups"]
    told = {group[0].about: [each.text.split()[0] for each in group] for group in groups}
    assert told == {"Altes": ["Jetzt"], "Frisches": ["Neue"]}


def suggested(field: str = "") -> list[tuple[list[str], list[str]]]:
    return [
        ([each.name for each in suggestion.organisations], [each.name for each in suggestion.fields])
        for suggestion in who_should_meet(field)
    ]


@pytest.fixture
def energy() -> ActionField:
    return make_field("Energie")


def test_like_interests_suggest_a_meeting_with_the_reason(energy: ActionField) -> None:
    mobility = make_field("Mobilität")
    make_contact("Werk", fields=[energy, mobility])
    make_contact("Verein", fields=[energy], **WITHOUT)
    make_contact("Hochschule", fields=[energy, mobility])
    make_contact("Hochschule", fields=[energy])

    assert suggested() == [
        (["Hochschule", "Werk"], ["Energie", "Mobilität"]),
        (["Hochschule", "Verein"], ["Energie"]),
        (["Verein", "Werk"], ["Energie"]),
    ]
    assert suggested("mobilitaet") == [(["Hochschule", "Werk"], ["Energie", "Mobilität"])]
    assert who_should_meet()[0].reason == (
        "Gemeinsames Interesse: Energie, Mobilität. "
        "Bisher sitzen sie in keinem Team und keinem Gremium zusammen."
    )


def test_who_meets_already_in_a_team_or_committee_is_not_suggested(energy: ActionField) -> None:
    for name in ("Werk", "Verein", "Hochschule"):
        make_contact(name, fields=[energy])
    measure, committee = make_measure("Netz", field=energy), make_committee()
    for name in ("Werk", "Verein"):
        TeamMember.objects.create(
            measure=measure, organisation=make_organisation(name), sector="civil", function=name
        )
    for name in ("Verein", "Hochschule"):
        Seat.objects.create(
            committee=committee, group="others", function=name, organisation=make_organisation(name)
        )

    assert suggested() == [(["Hochschule", "Werk"], ["Energie"])]
    assert who_should_meet()[0].reason.endswith("Werk arbeitet schon an „Netz“ mit.")
