"""The administrator's page of personal data, and the page of one's own."""

from datetime import datetime, timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils.timezone import localdate, now

from measures.models import RoundContact, RoundInvitation, RoundMail, StatusRound, TeamMeeting
from network.models import Contact, Digest, Role, User
from smartregion import personal_pages
from smartregion.base import retention
from smartregion.base.history import event_model, recorded
from smartregion.base.models import Draft, Erasure, Job, RetentionRun
from smartregion.base.personal import DataType, _types, data_types
from tests.factories import make_contact, make_measure, make_municipality, make_region, make_user

pytestmark = pytest.mark.django_db
PAGE, PERSON, ERASE = (
    "/datenschutz/daten/",
    "/datenschutz/daten/person/",
    "/datenschutz/daten/person/loeschen/",
)
EMAIL, NAME = "erika@example.org", "Erika Beispielfrau"


@pytest.fixture
def administrator(client: Client, settings, tmp_path) -> Client:
    settings.ERASURE_LOG = tmp_path / "erasures.jsonl"
    make_region()
    client.force_login(make_user(Role.ADMINISTRATION))
    return client


def make_erika() -> User:
    return User.objects.create_user(EMAIL, name=NAME, role=Role.TEAM)


def test_the_page_counts_each_data_type_and_says_when_it_was_deleted(administrator: Client) -> None:
    make_contact()
    make_contact(kept_until=localdate() - timedelta(days=1), consented_on=localdate() - timedelta(days=9))

    retention.delete_outdated()
    lines = {line.type.key: line for line in administrator.get(PAGE).context["lines"]}

    assert (lines["contacts"].count, lines["contacts"].run.deleted) == (1, 1)
    assert (lines["contacts"].has_period, lines["accounts"].has_period) == (True, False)
    assert lines["drafts"].run.deleted_at is None
    assert set(lines) == {each.key for each in data_types()}


def test_only_the_administration_opens_it(client: Client) -> None:
    make_region()
    client.force_login(make_user(Role.COORDINATION))

    assert [client.get(PAGE).status_code, client.post(PERSON, {"email": EMAIL}).status_code] == [403, 403]
    assert Client().get(PAGE).status_code == 302


def test_a_person_is_found_by_address_with_all_that_is_stored(administrator: Client) -> None:
    erika = make_erika()
    Draft.objects.create(user=erika, address="/x/", texts={})
    make_contact(email=EMAIL)

    page = administrator.post(PERSON, {"email": " Erika@Example.org "})

    assert [each.type.key for each in page.context["stored"]] == ["drafts", "contacts", "accounts", "audit"]
    assert page.context["form"].initial["names"] == NAME


def test_a_name_that_says_a_role_is_not_offered_for_erasure(administrator: Client) -> None:
    User.objects.create_user(EMAIL, name="Koordination der Region", role=Role.COORDINATION)

    assert administrator.post(PERSON, {"email": EMAIL}).context["form"].initial["names"] == ""


def test_the_files_hold_what_the_page_shows(administrator: Client) -> None:
    make_erika()

    told = administrator.post("/datenschutz/daten/person/daten.json", {"email": EMAIL}).json()
    pdf = administrator.post("/datenschutz/daten/person/daten.pdf", {"email": EMAIL})

    assert told["daten"][0]["eintraege"][0]["Name oder Funktion"] == NAME
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


def test_nothing_is_erased_before_the_places_were_shown(administrator: Client) -> None:
    make_erika()
    TeamMeeting.objects.create(measure=make_measure("Netz"), present=NAME, text="Text")
    sent = {"email": EMAIL, "names": NAME, "reason": "Antrag"}

    page = administrator.post(ERASE, sent)

    # the account and the meeting, each once in the row and once in its history
    assert dict(page.context["found"]) == {EMAIL: 2, NAME: 4}
    assert User.objects.filter(email=EMAIL).exists()

    administrator.post(ERASE, {**sent, "shown": page.context["shown"]})

    assert not User.objects.filter(email=EMAIL).exists()
    assert TeamMeeting.objects.get().present == "[gelöscht]"
    assert Erasure.objects.get().office == "Administration"


@pytest.mark.parametrize("change", ["another name", "another person", "more places", "made up", "too late"])
def test_only_what_was_shown_is_erased(
    administrator: Client, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """So no single forged or hasty request takes a word out of all texts."""
    make_erika()
    other = make_user(Role.TEAM)
    sent = {"email": EMAIL, "names": NAME, "reason": "Antrag"}
    sent["shown"] = administrator.post(ERASE, sent).context["shown"]
    match change:
        case "another name":
            sent["names"] = "Sensornetz"
        case "another person":
            sent["email"] = other.email
        case "more places":
            TeamMeeting.objects.create(measure=make_measure("Netz"), present=NAME, text="Text")
        case "made up":
            sent["shown"] = "x"
        case "too late":
            monkeypatch.setattr(personal_pages, "SHOWN_FOR", timedelta(seconds=-1))

    page = administrator.post(ERASE, sent)

    assert "Bitte prüfen Sie die Stellen erneut." in page.content.decode()
    assert Erasure.objects.count() == 0


def test_the_addresses_that_are_looked_for_are_shown_and_none_that_another_account_has_now(
    administrator: Client,
) -> None:
    erika = make_erika()
    for address in ("frueher@example.org", "smartcity@example.org", EMAIL):
        User.objects.filter(pk=erika.pk).update(email=address)
    User.objects.create_user("smartcity@example.org", name="Max Nachfolger", role=Role.TEAM)

    page = administrator.post(ERASE, {"email": EMAIL, "names": "", "reason": "Antrag"})

    assert [wording for wording, _number in page.context["found"]] == [EMAIL, "frueher@example.org"]


def test_attempts_to_sign_in_go_under_every_address_of_the_account(administrator: Client) -> None:
    erika = make_erika()
    names = ["frueher@example.org", "davor@example.org", EMAIL]
    for address in names:
        User.objects.filter(pk=erika.pk).update(email=address)
    for name in [*names, "[gelöscht]", "andere@example.org"]:
        AccessAttempt.objects.create(
            username=name, ip_address="192.0.2.9", user_agent="Firefox", failures_since_start=1
        )
    sent = {"email": EMAIL, "names": "", "reason": "Antrag"}

    sent["shown"] = administrator.post(ERASE, sent).context["shown"]
    administrator.post(ERASE, sent)

    left = AccessAttempt.objects.order_by("username").values_list("username", flat=True)
    assert list(left) == ["[gelöscht]", "andere@example.org"]


def test_whoever_erases_has_proved_it_within_minutes(administrator: Client) -> None:
    own = User.objects.get()
    own.set_password("ein langes Passwort 15")
    own.save()
    administrator.force_login(own)

    page = administrator.post(ERASE, {"email": EMAIL, "names": "", "reason": "Antrag"})

    assert (page.status_code, page["Location"].split("?")[0]) == (302, "/konto/bestaetigen/")


def test_an_erasure_needs_a_reason_and_whole_names(administrator: Client) -> None:
    make_erika()

    page = administrator.post(ERASE, {"email": EMAIL, "names": "Eri", "reason": "", "step": "erase"})

    assert sorted(page.context["form"].errors) == ["names", "reason"]
    assert Erasure.objects.count() == 0


def test_nobody_erases_their_own_account(administrator: Client) -> None:
    own = User.objects.get()

    administrator.post(ERASE, {"email": own.email, "names": "", "reason": "Antrag", "step": "erase"})

    assert User.objects.get().email == own.email


def test_own_data_are_shown_and_given_as_files() -> None:
    make_region()
    client = Client()
    client.force_login(make_erika())
    make_contact(email="andere@example.org", name="Max Beispielmann")

    page = client.get("/konto/meine-daten/").content.decode()
    told = client.get("/konto/meine-daten/daten.json").json()

    assert (NAME in page, "Beispielmann" in page) == (True, False)
    assert told["adresse"] == EMAIL
    assert client.get("/konto/meine-daten/daten.pdf").content.startswith(b"%PDF-")


def test_what_is_deleted_by_time_is_gone_from_the_history_too() -> None:
    make_contact(kept_until=localdate() - timedelta(days=1), consented_on=localdate() - timedelta(days=9))

    retention.delete_outdated()

    assert (Contact.objects.count(), event_model(Contact)._base_manager.count()) == (0, 0)


def test_the_address_of_an_old_round_mail_goes_and_its_record_stays() -> None:
    place = make_municipality()
    RoundContact.objects.create(municipality=place, email="rathaus@example.org")
    opened = StatusRound.objects.create(title="Runde", closes_on=localdate(), portal_url="http://x/")
    invitation = RoundInvitation.objects.create(round=opened, municipality=place)
    job = Job.objects.create(kind="test", status="done")
    for days in (729, 731):
        on = localdate() - timedelta(days=days)
        RoundMail.objects.create(
            invitation=invitation, job=job, kind="invitation", address=f"{days}@example.org", wanted_on=on
        )

    retention.delete_outdated()

    assert set(RoundMail.objects.values_list("address", flat=True)) == {
        "729@example.org",
        "geloescht@geloescht.invalid",
    }
    history = event_model(RoundMail)._base_manager.values_list("address", flat=True)
    assert "731@example.org" not in set(history)


def test_a_data_type_that_fails_keeps_no_other_from_being_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job.objects.create(kind="test", status="done")
    Digest.objects.create(on=localdate() - timedelta(days=31), entries=[], job=job)
    broken = DataType(
        key="broken",
        title="A",
        purpose="",
        basis="",
        kept="",
        stored=Job.objects.all,
        about=lambda person: Job.objects.none(),
        told=lambda row: {},
        outdated=lambda: Job.objects.extra(where=["gibt_es_nicht"]),
    )
    monkeypatch.setitem(_types, "broken", broken)

    with pytest.raises(RuntimeError, match="broken"):
        retention.delete_outdated()

    assert Digest.objects.count() == 0
    assert not RetentionRun.objects.filter(data_type="broken").exists()
    assert RetentionRun.objects.get(data_type="digests").ran_at <= now()


def test_a_history_of_many_changes_is_told_by_days_with_what_was_changed_and_why(
    administrator: Client,
) -> None:
    erika = make_erika()
    measure = make_measure("Netz")
    for reason in ("Tippfehler", "Tippfehler", "", "Neuer Titel"):
        with recorded(by=erika, reason=reason):
            measure.title += "!"
            measure.save_over(measure.version)

    told = administrator.post("/datenschutz/daten/person/daten.json", {"email": EMAIL}).json()
    (history,) = [each for each in told["daten"] if each["art"].startswith("Verlauf")]
    assert history["eintraege"] == [
        {
            "Tag": localdate().isoformat(),
            "Geändert (wie oft)": ["Maßnahme (4)"],
            "Gründe": ["Neuer Titel", "Tippfehler"],
        }
    ]


def test_programs_read_days_and_moments_by_the_standard_and_people_do_not(administrator: Client) -> None:
    erika = make_erika()
    contact = make_contact(email=EMAIL)
    Draft.objects.create(user=erika, address="/x/", texts={})

    told = administrator.post("/datenschutz/daten/person/daten.json", {"email": EMAIL}).json()
    page = administrator.post(PERSON, {"email": EMAIL})
    rows = {each["art"]: each["eintraege"][0] for each in told["daten"]}
    assert rows["Kontakte im Netzwerk"]["Einwilligung vom"] == contact.consented_on.isoformat()
    assert datetime.fromisoformat(rows["Entwürfe"]["gesichert am"]).tzinfo
    assert datetime.fromisoformat(told["erstellt"]).tzinfo
    assert (rows["Konten"]["aktiv"], rows["Konten"]["zuletzt angemeldet"]) == (True, None)
    assert f"{contact.consented_on:%d.%m.%Y}" in page.content.decode()
