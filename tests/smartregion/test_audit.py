"""The audit log: what it tells of, that nobody can change it, and that whoever does all the same is found."""

import json
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from psycopg.errors import InsufficientPrivilege

from network.account_services import accept, invite
from network.models import Invitation, Role, User
from smartregion.base import audit
from smartregion.base.audit import Damage, Head, Kind, verify
from smartregion.base.audit_kinds import SENTENCES
from smartregion.base.erasure import erase
from smartregion.base.history import recorded
from smartregion.base.models import AuditEntry, AuditHead
from smartregion.base.personal import Person
from smartregion.base.tasks import AuditLogDamaged, note_audit_head
from smartregion.base.written import day_time
from tests.databases import as_app_role
from tests.factories import make_municipality, make_region, make_user

PASSWORD = "ein langes Passwort 15"
TABLE = '"base_auditentry"'


def told(**which: Any) -> list[tuple[str, int | None, int | None]]:
    return list(AuditEntry.objects.filter(**which).order_by("number").values_list("kind", "account", "about"))


@pytest.fixture
def clean(db: None) -> None:
    """Without what making the rows has noted; the database would refuse anybody else."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
        cursor.execute(f"DELETE FROM {TABLE}")
        cursor.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")


def past_the_guards(statement: str, *values: Any) -> None:
    """As somebody who owns the tables and means ill."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")


def filled() -> Head:
    for number in range(6):
        audit.note(Kind.SETTINGS_CHANGED, what=f"text:{number}")
    head = verify()
    assert isinstance(head, Head)
    return head


def test_entries_are_numbered_dated_and_chained(clean: None) -> None:
    head = filled()

    entries = list(AuditEntry.objects.order_by("number"))
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert [entry.previous_hash for entry in entries] == ["0" * 64, *(entry.hash for entry in entries[:-1])]
    assert head == Head(6, entries[-1].hash)


CHANGES: dict[str, tuple[str, int, str]] = {
    "changed fact": (f"UPDATE {TABLE} SET facts = '{{}}' WHERE number = 3", 3, "ist verändert"),
    "changed account": (f"UPDATE {TABLE} SET account = 1 WHERE number = 3", 3, "ist verändert"),
    "changed moment": (f"UPDATE {TABLE} SET at = at - interval '1 s' WHERE number = 3", 3, "ist verändert"),
    "removed": (f"DELETE FROM {TABLE} WHERE number = 3", 3, "fehlt"),
    "removed at the begin": (f"DELETE FROM {TABLE} WHERE number = 1", 1, "fehlt"),
    "removed and closed up": (
        f"DELETE FROM {TABLE} WHERE number = 3; UPDATE {TABLE} SET number = 3 WHERE number = 4; "
        f"UPDATE {TABLE} SET number = 4 WHERE number = 5; UPDATE {TABLE} SET number = 5 WHERE number = 6",
        3,
        "schließt nicht an den Eintrag davor an",
    ),
    "inserted": (
        f"UPDATE {TABLE} SET number = number + 10 WHERE number > 3; INSERT INTO {TABLE} SELECT 4, at, kind, "
        f"account, about, facts, hash, md5('x') || md5('y') FROM {TABLE} WHERE number = 3; "
        f"UPDATE {TABLE} SET number = number - 9 WHERE number > 10",
        4,
        "ist verändert",
    ),
    "reordered": (
        f"UPDATE {TABLE} SET number = 99 WHERE number = 3; UPDATE {TABLE} SET number = 3 WHERE number = 4; "
        f"UPDATE {TABLE} SET number = 4 WHERE number = 99",
        3,
        "schließt nicht an den Eintrag davor an",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_done_to_the_table_is_found_where_it_begins(clean: None, change: str) -> None:
    filled()
    statement, number, problem = CHANGES[change]

    past_the_guards(statement)

    assert verify() == Damage(number, problem)
    with pytest.raises(CommandError, match=f"Eintrag {number}: {problem}"):
        call_command("verify_audit")


def test_a_log_that_was_cut_off_in_the_night_is_found_in_the_next_one(clean: None, caplog: Any) -> None:
    head = filled()
    with caplog.at_level("INFO"):
        note_audit_head()
    assert f"Audit log ends with {head}" in caplog.text

    past_the_guards(f"DELETE FROM {TABLE} WHERE number > 4")

    assert verify() == Damage(5, "abgeschnitten: Der notierte Stand 6 fehlt")
    with pytest.raises(AuditLogDamaged):
        note_audit_head()
    with pytest.raises(CommandError):
        call_command("verify_audit")


def test_the_portals_role_cannot_change_a_head_that_was_noted(clean: None) -> None:
    filled()
    note_audit_head()

    with as_app_role(), pytest.raises(ProgrammingError) as refused, transaction.atomic():
        AuditHead.objects.all().delete()

    assert isinstance(refused.value.__cause__, InsufficientPrivilege)


def test_a_log_that_was_cut_off_is_found_by_a_head_that_was_noted_elsewhere(clean: None, capsys: Any) -> None:
    head = filled()
    call_command("verify_audit", head=[str(head)])

    past_the_guards(f"DELETE FROM {TABLE} WHERE number > 4")

    assert capsys.readouterr().out == f"Das Protokoll ist unversehrt. Stand: {head}\n"
    assert isinstance(verify(), Head)
    assert verify([head]) == Damage(5, "abgeschnitten: Der notierte Stand 6 fehlt")
    with pytest.raises(CommandError):
        call_command("verify_audit", head=[str(head)])


def test_a_log_that_was_written_anew_is_found_by_a_head_that_was_noted(clean: None) -> None:
    head = filled()
    past_the_guards(f"DELETE FROM {TABLE}")

    again = filled()

    assert again.number == head.number
    assert verify([head]) == Damage(6, "ist nicht der, dessen Stand notiert wurde")


@pytest.mark.parametrize(
    "statement", [f"UPDATE {TABLE} SET facts = '{{}}'", f"DELETE FROM {TABLE}", f"TRUNCATE {TABLE}"]
)
def test_the_owner_too_cannot_change_it_as_long_as_the_guards_stand(clean: None, statement: str) -> None:
    filled()

    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert isinstance(verify(), Head)


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {TABLE} SET facts = '{{}}'",
        f"DELETE FROM {TABLE}",
        f"TRUNCATE {TABLE}",
        f"ALTER TABLE {TABLE} DISABLE TRIGGER USER",
        f"DROP TABLE {TABLE}",
    ],
)
def test_the_portals_role_may_add_and_nothing_else(clean: None, statement: str) -> None:
    with as_app_role():
        filled()
        with pytest.raises(ProgrammingError) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    assert isinstance(refused.value.__cause__, InsufficientPrivilege)
    assert AuditEntry.objects.count() == 6


def test_numbers_and_hashes_that_somebody_sends_are_not_taken(clean: None) -> None:
    filled()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (number, at, kind, facts, previous_hash, hash) "
            "VALUES (99, '2000-01-01', 'denied', '{}', 'x', 'y')"
        )

    assert verify() == Head(7, AuditEntry.objects.get(number=7).hash)
    assert AuditEntry.objects.get(number=7).at.year > 2000


@pytest.mark.django_db(transaction=True)
def test_many_at_the_same_moment_leave_no_gap() -> None:
    barrier = threading.Barrier(6)

    def write() -> None:
        barrier.wait()
        for _ in range(10):
            with transaction.atomic():
                audit.note(Kind.SETTINGS_CHANGED, what="region")
        connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    head = verify()
    assert isinstance(head, Head)
    assert head.number == 60


@pytest.mark.parametrize("text", ["Erika Beispielfrau", "erika@example.org", "ä", "x" * 101, "a\nb"])
def test_no_free_text_gets_in(clean: None, text: str) -> None:
    with pytest.raises(ValueError):
        audit.note(Kind.DENIED, page=text)


def test_each_kind_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Kind.values)


def test_signing_in_and_out_and_failing_is_noted(clean: None, client: Client, settings: Any) -> None:
    user = make_user(Role.TEAM)
    user.set_password(PASSWORD)
    user.save()
    start = verify()
    assert isinstance(start, Head)

    client.post("/anmelden/", {"login": user.email, "password": "falsch falsch falsch"})
    client.post("/anmelden/", {"login": "niemand@example.org", "password": "falsch falsch falsch"})
    client.post("/anmelden/", {"login": user.email, "password": PASSWORD})
    client.post("/abmelden/")

    assert told(number__gt=start.number) == [
        ("sign_in_failed", None, user.pk),
        ("sign_in_failed", None, None),
        ("signed_in", user.pk, None),
        ("signed_out", user.pk, None),
    ]


def test_a_lock_out_is_noted_once_however_long_somebody_goes_on(clean: None, client: Client) -> None:
    user = make_user(Role.TEAM)

    for _ in range(12):
        client.post("/anmelden/", {"login": user.email, "password": "falsch falsch falsch"})

    assert told(kind="locked_out") == [("locked_out", None, user.pk)]


def test_a_change_of_rights_is_noted_with_who_made_it(clean: None) -> None:
    admin = make_user(Role.ADMINISTRATION)
    place = make_municipality()
    with recorded(by=admin):
        user = make_user(Role.TEAM)
        user.name = "anders"
        user.save()
        user.role, user.municipality = Role.MUNICIPALITY, place
        user.save()
        User.objects.filter(pk=user.pk).update(is_active=False)

    entries = AuditEntry.objects.filter(about=user.pk).order_by("number")
    assert [(entry.kind, entry.account) for entry in entries] == [
        ("account_added", admin.pk),
        ("account_changed", admin.pk),
        ("account_changed", admin.pk),
    ]
    assert json.loads(entries[2].facts) == {
        "municipality": str(place.pk),
        "role": "municipality",
        "state": "closed",
    }


def waiting_invitation(by: User) -> Invitation:
    return invite(invitation=Invitation(email="neu@example.org", name="Neu", role=Role.TEAM), by=by)


def test_each_step_of_an_invitation_is_noted(clean: None, client: Client) -> None:
    admin = make_user(Role.ADMINISTRATION, name="Ada Amt")
    client.force_login(admin)
    first = waiting_invitation(admin)

    client.post(f"/konten/einladungen/{first.pk}/erneut/")
    client.post(f"/konten/einladungen/{first.pk}/zurueckziehen/")
    client.post(f"/konten/einladungen/{first.pk}/erneut/")  # no longer open: nothing to note
    user = accept(invitation=waiting_invitation(admin), name="Frau Neu", password=PASSWORD)

    assert told(kind__startswith="invit") == [
        ("invited", admin.pk, None),
        ("invited_again", admin.pk, None),
        ("invitation_withdrawn", admin.pk, None),
        ("invited", admin.pk, None),
        ("invitation_accepted", user.pk, admin.pk),
    ]
    page = client.get(PAGE).content.decode()
    assert "Frau Neu hat die Einladung von Ada Amt angenommen, Rolle Entwicklungsteam." in page
    assert "Ada Amt hat eine Einladung zurückgezogen, Rolle Entwicklungsteam." in page


VERBS: dict[str, tuple[str, list[str], str]] = {
    "second factor reset": (
        "zweiter-faktor",
        ["factor_reset", "sessions_ended"],
        "Ada Amt hat den zweiten Faktor von Otto Team zurückgesetzt.",
    ),
    "signed out everywhere": (
        "abmelden",
        ["sessions_ended"],
        "Ada Amt hat alle Sitzungen von Otto Team beendet.",
    ),
    "shut off": (
        "abschalten",
        ["account_changed"],
        "Ada Amt hat die Rechte von Otto Team geändert: Rolle Entwicklungsteam, Kommune –, geschlossen.",
    ),
    "turned on again": ("anschalten", [], ""),
}


@pytest.mark.parametrize("verb", VERBS)
def test_what_the_administration_does_to_an_account_is_noted(clean: None, client: Client, verb: str) -> None:
    admin, other = make_user(Role.ADMINISTRATION, name="Ada Amt"), make_user(Role.TEAM, name="Otto Team")
    address, kinds, sentence = VERBS[verb]
    client.force_login(admin)
    start = AuditEntry.objects.count()

    answer = client.post(f"/konten/{other.pk}/{address}/", {"reason": "Auf Bitte der Person"})

    assert answer.status_code == 302
    assert told(number__gt=start) == [(kind, admin.pk, other.pk) for kind in kinds]
    assert sentence in client.get(PAGE).content.decode()


def test_signing_out_everywhere_by_oneself_is_noted(clean: None, client: Client) -> None:
    user = make_user(Role.TEAM)
    client.force_login(user)

    client.post("/konto/anmeldungen/beenden/")

    assert ("sessions_ended", user.pk, user.pk) in told()


def test_a_role_that_the_administration_changes_is_noted(clean: None, client: Client) -> None:
    admin, other = make_user(Role.ADMINISTRATION, name="Ada Amt"), make_user(Role.TEAM, name="Otto Team")
    client.force_login(admin)
    values = {"name": str(other.name), "role": "steering", "reason": "Neue Aufgabe"}

    client.post(f"/konten/{other.pk}/aendern/", values)

    assert told(kind="account_changed") == [("account_changed", admin.pk, other.pk)]
    assert "Otto Team geändert: Rolle Lenkungskreis, Kommune –, aktiv." in client.get(PAGE).content.decode()


def test_a_denied_write_is_noted_without_its_address_and_a_denied_look_is_not(
    clean: None, client: Client
) -> None:
    user = make_user(Role.TEAM)
    client.force_login(user)

    client.get("/netzwerk/kontakte/neu/")
    client.post("/netzwerk/kontakte/neu/", {"name": "Erika"})
    Client().post("/netzwerk/kontakte/neu/")

    entries = AuditEntry.objects.filter(kind="denied")
    assert [(entry.account, entry.facts) for entry in entries] == [
        (user.pk, '{"method": "post", "page": "contact_add"}')
    ]


def test_taking_personal_data_along_is_noted(clean: None, client: Client) -> None:
    coordinator, admin, other = make_user(), make_user(Role.ADMINISTRATION), make_user(Role.TEAM)
    client.force_login(coordinator)
    client.get("/netzwerk/kontakte.csv")
    client.force_login(admin)
    client.post("/datenschutz/daten/person/daten.json", {"email": other.email})
    client.get("/konto/meine-daten/daten.json")

    assert told(kind="personal_export") == [
        ("personal_export", coordinator.pk, None),
        ("personal_export", admin.pk, other.pk),
        ("personal_export", admin.pk, admin.pk),
    ]


def test_an_erasure_leaves_the_chain_whole_and_the_page_without_the_name(clean: None, client: Client) -> None:
    make_region()
    admin = make_user(Role.ADMINISTRATION)
    person = User.objects.create_user("erika@example.org", name="Erika Beispielfrau", role=Role.TEAM)
    client.force_login(person)
    client.force_login(admin)
    before = client.get("/verwaltung/protokoll/").content.decode()

    erase(
        person=Person.of("erika@example.org"),
        names=["Erika Beispielfrau"],
        reason="Antrag",
        by=admin,
        office="Administration",
    )

    after = client.get("/verwaltung/protokoll/").content.decode()
    assert "Erika Beispielfrau hat sich angemeldet." in before
    assert "Erika" not in after
    assert ("signed_in", person.pk, None) in told()
    assert ("erased", admin.pk, person.pk) in told()
    assert isinstance(verify(), Head)


PAGE = "/verwaltung/protokoll/"


@pytest.fixture
def page(clean: None) -> Callable[..., str]:
    client, admin = Client(), make_user(Role.ADMINISTRATION, name="Ada Amt")
    client.force_login(admin)
    client.force_login(make_user(Role.TEAM, name="Otto Team"))
    client.post("/netzwerk/kontakte/neu/")
    client.force_login(admin)

    def ask(address: str = PAGE, **query: str) -> str:
        response = client.get(address, query)
        assert response.status_code == 200
        return b"".join(response).decode()

    return ask


def test_the_page_tells_days_as_all_pages_do(page: Callable[..., str]) -> None:
    text, entries = page(), AuditEntry.objects.all()

    assert [entry.number for entry in entries if f">{day_time(entry.at)}<" not in text] == []


def test_the_page_tells_in_sentences(page: Callable[..., str]) -> None:
    text = page()

    assert "Ada Amt hat sich angemeldet." in text
    assert "Otto Team wollte etwas ändern und durfte es nicht (contact_add, post)." in text


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ({"art": "denied"}, False),
        ({"q": "ada"}, True),
        ({"q": "otto"}, False),
        ({"von": "2001-01-01", "bis": f"{date(9999, 12, 31)}"}, True),
        ({"bis": "2001-01-01"}, False),
        ({"von": "morgen"}, True),
    ],
)
def test_the_page_is_filtered(page: Callable[..., str], query: dict[str, str], seen: bool) -> None:
    assert ("Ada Amt hat sich angemeldet." in page(**query)) is seen


def test_the_selection_as_csv(page: Callable[..., str]) -> None:
    lines = page(f"{PAGE}protokoll.csv", art="denied").strip().splitlines()

    assert len(lines) == 2
    assert "Otto Team wollte etwas ändern und durfte es nicht (contact_add, post)." in lines[1]


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {Role.ADMINISTRATION, Role.MUNICIPALITY}]
)
def test_nobody_else_reads_it(clean: None, client: Client, role: Role) -> None:
    client.force_login(make_user(role))

    assert [client.get(address).status_code for address in (PAGE, f"{PAGE}protokoll.csv")] == [403, 403]


def test_the_role_of_the_portal_is_known_here() -> None:
    """Else the tests of this file would show nothing of its rights."""
    assert settings.DATABASE_APP_ROLE


def test_the_page_asks_as_much_of_few_entries_as_of_many(
    clean: None, client: Client, count_queries: Any
) -> None:
    admin = make_user(Role.ADMINISTRATION)
    client.force_login(admin)

    def asked() -> int:
        with count_queries() as queries:
            client.get(PAGE)
        return len(queries)

    few = asked()
    for _ in range(40):
        audit.note(Kind.SIGNED_IN, by=make_user(Role.TEAM))

    assert asked() == few
