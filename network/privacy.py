"""What the network stores about people: accounts and signing in, reminders, contacts."""

from datetime import timedelta
from typing import Any, Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from network.devices import device_of, outdated_sessions
from network.models import GONE, AddressChange, Contact, Digest, DigestRhythm, Invitation, Role, User
from smartregion.base.personal import DataType, Person, Rows, blank, forget, register

DUTY: Final = _("Aufgabe im öffentlichen Interesse (Art. 6 Abs. 1 Buchst. e DSGVO)")
SAFETY: Final = _("Sicherheit der Verarbeitung (Art. 6 Abs. 1 Buchst. e, Art. 32 DSGVO)")
CONSENT: Final = _("Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO)")
ATTEMPTS_KEPT: Final = timedelta(days=30)
ADMIN_LOG_KEPT: Final = timedelta(days=365)

KINDS: Final = {
    Authenticator.Type.TOTP: _("Authenticator-App"),
    Authenticator.Type.WEBAUTHN: _("Passkey"),
    Authenticator.Type.RECOVERY_CODES: _("Ersatzcodes"),
}


def erase_account(person: Person) -> int:
    """The row stays without its person, so that what the account decided keeps an office that did it."""
    account = person.account
    if account is None:
        return 0
    rows = User.objects.filter(pk=account.pk)
    rows.update(
        is_active=False,
        digest=DigestRhythm.NEVER,
        password=make_password(None),
        last_login=None,
        is_demo=False,
    )
    role = str(Role(account.role).label)
    blank(
        rows,
        email=f"konto-{account.pk}{GONE}",
        name=_text("Gelöschtes Konto (%s)") % role,
    )
    LogEntry.objects.filter(content_type__model="user", object_id=str(account.pk)).delete()
    return 1


def _of_account(model: Any, column: str = "user") -> Any:
    def about(person: Person) -> Rows:
        rows: Rows = model._default_manager.all()
        return rows.filter(**{column: person.account}) if person.account else rows.none()

    return about


def _addresses_of(person: Person) -> Rows:
    own = Q(user=person.account) if person.account else Q()
    return EmailAddress.objects.filter(Q(email__iexact=person.email) | own)


def _changes_of(person: Person) -> Rows:
    own = Q(user=person.account) if person.account else Q()
    return AddressChange.objects.filter(Q(email__iexact=person.email) | own)


def _sessions_of(person: Person) -> Rows:
    if person.account is None:
        return Session.objects.none()
    key = str(person.account.pk)
    own = [row.pk for row in Session.objects.iterator() if row.get_decoded().get("_auth_user_id") == key]
    return Session.objects.filter(pk__in=own)


register(
    DataType(
        key="addresses",
        title=_("Adressen der Konten"),
        purpose=_("Links zum Setzen eines Passworts an die richtige Adresse senden."),
        basis=DUTY,
        kept=_("so lange wie das Konto"),
        stored=EmailAddress.objects.all,
        about=_addresses_of,
        told=lambda row: {_("E-Mail"): row.email, _("bestätigt"): row.verified},
    )
)
register(
    DataType(
        key="sessions",
        title=_("Anmeldungen, die noch gelten"),
        purpose=_("Nach dem Anmelden angemeldet bleiben."),
        basis=DUTY,
        kept=_("12 Stunden nach dem Anmelden"),
        stored=Session.objects.all,
        about=_sessions_of,
        told=lambda row: {_("gilt bis"): row.expire_date},
        outdated=lambda: Session.objects.filter(expire_date__lt=now()),
    )
)


register(
    DataType(
        key="devices",
        title=_("Geräte, auf denen ein Konto angemeldet ist"),
        purpose=_("Zeigen, wo das eigene Konto angemeldet ist, und dort abmelden können."),
        basis=SAFETY,
        kept=_("bis die Anmeldung endet"),
        stored=UserSession.objects.all,
        about=_of_account(UserSession),
        told=lambda row: {
            _("angemeldet am"): row.created_at,
            _("Gerät"): device_of(row.user_agent),
            _("Netzadresse"): row.ip,
            _("Programm"): row.user_agent,
        },
        outdated=outdated_sessions,
    )
)
register(
    DataType(
        key="second-factors",
        title=_("Zweite Faktoren der Konten"),
        purpose=_("Konten auch dann schützen, wenn jemand das Passwort kennt."),
        basis=SAFETY,
        kept=_("bis sie entfernt werden; ihr Schlüssel steht verschlüsselt in der Datenbank"),
        stored=Authenticator.objects.all,
        about=_of_account(Authenticator),
        told=lambda row: {
            _("Art"): KINDS[row.type],
            _("Name"): row.data.get("name", ""),
            _("eingerichtet am"): row.created_at,
            _("zuletzt benutzt am"): row.last_used_at,
        },
    )
)
register(
    DataType(
        key="sign-in-services",
        title=_("Anmeldung über einen Dienst"),
        purpose=_("Wiedererkennen, wer sich über den Anmeldedienst einer Verwaltung anmeldet."),
        basis=DUTY,
        kept=_("so lange wie das Konto"),
        stored=SocialAccount.objects.all,
        about=_of_account(SocialAccount),
        told=lambda row: {
            _("Dienst"): row.provider,
            _("Kennung beim Dienst"): row.uid,
            _("zuletzt angemeldet"): row.last_login,
        },
    )
)
register(
    DataType(
        key="address-changes",
        title=_("Links, mit denen neue Adressen bestätigt werden"),
        purpose=_("Eine neue Adresse gilt erst, wenn jemand sie bestätigt hat."),
        basis=DUTY,
        kept=_("1 Tag"),
        stored=AddressChange.objects.all,
        about=_changes_of,
        told=lambda row: {
            _("neue E-Mail"): row.email,
            _("gilt bis"): row.expires_at,
            _("bestätigt am"): row.confirmed_at,
        },
        outdated=AddressChange.objects.outdated,
    )
)
register(
    DataType(
        key="invitations",
        title=_("Einladungen"),
        purpose=_("Menschen, die im Portal arbeiten sollen, ein Konto anbieten."),
        basis=DUTY,
        kept=_("90 Tage, nachdem ihr Link abgelaufen ist"),
        stored=Invitation.objects.all,
        about=lambda person: Invitation.objects.annotate(small=Lower("email")).filter(
            small__in=person.addresses
        ),
        told=lambda row: {
            _("E-Mail"): row.email,
            _("Name oder Funktion"): row.name,
            _("Rolle"): row.get_role_display(),
            _("gesendet am"): row.sent_at,
            _("Stand"): str(row.state.label),
        },
        outdated=Invitation.objects.outdated,
    )
)


def _attempts(key: str, model: Any, title: Any) -> DataType:
    return DataType(
        key=key,
        title=title,
        purpose=_("Das Erraten von Passwörtern verhindern und Missbrauch erkennen."),
        basis=SAFETY,
        kept=_("30 Tage"),
        stored=model.objects.all,
        about=lambda person: model.objects.filter(username__iexact=person.email),
        told=lambda row: {
            _("Konto"): row.username,
            _("Zeitpunkt"): row.attempt_time,
            _("Netzadresse"): row.ip_address,
            _("Programm"): row.user_agent,
        },
        erase=lambda person: forget(
            model.objects.annotate(small=Lower("username")).filter(small__in=person.addresses)
        ),
        outdated=lambda: model.objects.filter(attempt_time__lt=now() - ATTEMPTS_KEPT),
    )


register(_attempts("attempts", AccessAttempt, _("Anmeldeversuche")))
register(_attempts("failures", AccessFailureLog, _("Fehlgeschlagene Anmeldungen")))
register(_attempts("sign-ins", AccessLog, _("Protokoll der Anmeldungen")))
register(
    DataType(
        key="accounts",
        title=_("Konten"),
        purpose=_("Wer im Portal arbeitet, meldet sich damit an und wird im Verlauf genannt."),
        basis=DUTY,
        kept=_("bis die Administration das Konto löscht"),
        stored=User.objects.of_people,
        about=lambda person: User.objects.filter(pk__in=[person.account.pk] if person.account else []),
        told=lambda row: {
            _("Name oder Funktion"): row.name,
            _("E-Mail"): row.email,
            _("Rolle"): row.get_role_display(),
            _("Kommune"): str(row.municipality or ""),
            _("Erinnerungen"): row.get_digest_display(),
            _("aktiv"): row.is_active,
            _("zuletzt angemeldet"): row.last_login,
        },
        erase=erase_account,
    )
)
register(
    DataType(
        key="admin-log",
        title=_("Protokoll der Kontenverwaltung"),
        purpose=_("Nachvollziehen, wer Konten angelegt und geändert hat."),
        basis=SAFETY,
        kept=_("1 Jahr"),
        stored=LogEntry.objects.all,
        about=_of_account(LogEntry),
        told=lambda row: {_("Zeitpunkt"): row.action_time, _("Konto"): row.object_repr},
        outdated=lambda: LogEntry.objects.filter(action_time__lt=now() - ADMIN_LOG_KEPT),
    )
)
register(
    DataType(
        key="digests",
        title=_("Erinnerungen per E-Mail"),
        purpose=_("Konten einmal am Tag sagen, was ansteht, und nichts doppelt."),
        basis=DUTY,
        kept=_("30 Tage"),
        stored=Digest.objects.all,
        about=_of_account(Digest),
        told=lambda row: {
            _("Tag"): row.on,
            _("gesendet am"): row.sent_at,
            _("Inhalt"): [entry["title"] for entry in row.entries],
        },
        outdated=Digest.objects.outdated,
    )
)
register(
    DataType(
        key="contacts",
        title=_("Kontakte im Netzwerk"),
        purpose=_("Ansprechpersonen der Organisationen kennen, zusammenbringen und anschreiben."),
        basis=CONSENT,
        kept=_("bis zum Widerruf, höchstens bis zum Tag, der am Kontakt steht"),
        stored=Contact.objects.of_persons,
        about=lambda person: Contact.objects.with_details().filter(email__iexact=person.email),
        told=lambda row: {
            _("Organisation"): row.organisation.name,
            _("Funktion"): row.function,
            _("Name"): row.name,
            _("E-Mail"): row.email,
            _("Telefon"): row.phone,
            _("Interessen"): [field.name for field in row.interests.all()],
            _("Notiz"): row.note,
            _("Einwilligung vom"): row.consented_on,
            _("erteilt durch"): row.get_consent_way_display(),
            _("eingeholt von"): row.consent_taken_by,
            _("aufbewahrt bis"): row.kept_until,
        },
        outdated=Contact.objects.outdated,
        of_visitors=True,
    )
)
