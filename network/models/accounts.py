"""The accounts of people with their role."""

from typing import Any, ClassVar, Final

import pgtrigger
import rules
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.password_validation import validate_password
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from network.models.region import Municipality
from smartregion.base import clock
from smartregion.base.history import tracked_without


class Role(models.TextChoices):
    """What an account is for; an account has one role."""

    COORDINATION = "coordination", _("Koordination")
    MUNICIPALITY = "municipality", _("Kommune")
    STEERING = "steering", _("Lenkungskreis")
    TEAM = "team", _("Entwicklungsteam")
    ADMINISTRATION = "administration", _("Administration")


PURPOSES = {
    Role.COORDINATION: _("Maßnahmen und Gremien pflegen, Berichte schreiben und freigeben."),
    Role.MUNICIPALITY: _("Den eigenen Roll-out-Stand sehen, bestätigen und bearbeiten."),
    Role.STEERING: _("Sitzungen und Beschlüsse lesen, Berichte herunterladen."),
    Role.TEAM: _("Sachstände der eigenen Maßnahmen schreiben."),
    Role.ADMINISTRATION: _("Konten und Rollen verwalten."),
}


def municipality_goes_with_role(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(role="municipality", municipality__isnull=False)
        | (~Q(role="municipality") & Q(municipality=None)),
        name=name,
        violation_error_message=_("Die Rolle Kommune braucht eine Kommune; alle anderen Rollen haben keine."),
    )


class DigestRhythm(models.TextChoices):
    """How often an account is reminded by mail, at most."""

    DAILY = "daily", _("an jedem Arbeitstag, wenn etwas Neues ansteht")
    WEEKLY = "weekly", _("einmal in der Woche, am Montag")
    NEVER = "never", _("nie")


NOTE_RIGHTS: Final = """
    IF TG_OP = 'INSERT' THEN
        INSERT INTO base_auditentry (kind, account, about, facts) VALUES (
            'account_added',
            (NULLIF(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'user')::bigint,
            NEW.id, jsonb_build_object('role', NEW.role)::text);
    ELSIF (OLD.role, OLD.municipality_id, OLD.is_active)
            IS DISTINCT FROM (NEW.role, NEW.municipality_id, NEW.is_active) THEN
        INSERT INTO base_auditentry (kind, account, about, facts) VALUES (
            'account_changed',
            (NULLIF(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'user')::bigint,
            NEW.id, jsonb_build_object('role', NEW.role, 'municipality', NEW.municipality_id::text,
                'state', CASE WHEN NEW.is_active THEN 'active' ELSE 'closed' END)::text);
    END IF;
    RETURN NULL;
"""
"""Into the audit log, with who acts as the history has been told, whichever way the change comes."""
READING = ("view_", "read_", "see_", "follow_")
"""How the names of those permissions begin that change nothing."""


GONE: Final = "@geloescht.invalid"
"""How the address of an account ends whose person was erased."""


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **values: Any) -> "User":
        """An account; without a password nobody can sign in with one until it is reset by e-mail."""
        user = self.model(email=self.normalize_email(email).lower(), **values)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **values: Any) -> "User":
        """An account of the administration, for `manage.py createsuperuser`.

        Raises:
            ValidationError: the password is too weak; without a terminal the command does not ask.
        """
        if password is not None:
            validate_password(password, self.model(email=email, name=values.get("name", "")))
        return self.create_user(email, password, **{**values, "role": Role.ADMINISTRATION})

    def administrators(self) -> models.QuerySet["User"]:
        """Who can manage accounts at the moment."""
        return self.filter(role=Role.ADMINISTRATION, is_active=True)

    def addresses_of(self, role: str, municipality: Municipality | None = None) -> list[str]:
        """Where the active accounts of this role (and municipality) get their mail."""
        accounts = self.filter(role=role, municipality=municipality, is_active=True)
        return list(accounts.order_by("email").values_list("email", flat=True))

    def of_people(self) -> models.QuerySet["User"]:
        """All but those whose person was erased."""
        return self.exclude(email__endswith=GONE)

    def never_used(self) -> models.QuerySet["User"]:
        """Active accounts with which nobody has ever signed in."""
        return self.filter(is_active=True, last_login=None)

    def with_sign_in(self) -> models.QuerySet["User"]:
        """Each with `has_second_factor`, for those who look after the accounts."""
        factors = User.authenticator_set.field.model._default_manager  # type: ignore[attr-defined]
        own = factors.filter(user=OuterRef("pk")).exclude(type="recovery_codes")
        return self.select_related("municipality").annotate(has_second_factor=Exists(own))

    def demo(self) -> models.QuerySet["User"]:
        """The accounts that the demo's sign-in page offers, in the order in which they were made."""
        return self.filter(is_demo=True, is_active=True).select_related("municipality").order_by("pk")


@tracked_without("password", "last_login", "sessions_ended")
class User(AbstractBaseUser):
    """An account. What it may do follows from its role alone, see the apps' `rules.py`."""

    always_present = True

    email = models.EmailField(_("E-Mail"), unique=True)
    name = models.CharField(_("Name oder Funktion"), max_length=120)
    role = models.CharField(_("Rolle"), max_length=20, choices=Role.choices)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="editors", verbose_name=_("Kommune")
    )
    digest = models.CharField(
        _("Erinnerungen per E-Mail"),
        max_length=6,
        choices=DigestRhythm.choices,
        default=DigestRhythm.DAILY,
    )
    digest_muted = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("keine Erinnerungen per E-Mail an"),
        default=list,
        blank=True,
        editable=False,
    )
    """Kinds of the worklist; what is not named here comes by mail, so that a new kind is not missed."""
    is_active = models.BooleanField(_("aktiv"), default=True)
    is_demo = models.BooleanField(_("Demokonto"), default=False, editable=False)
    second_factor_reset_at = models.DateTimeField(
        _("zweiter Faktor zurückgesetzt am"), null=True, editable=False
    )
    sessions_ended = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    """How often all sessions of the account were ended. The trigger counts, however the row is changed. The
    database has the default too, for a version that does not know the column."""

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("Konto")
        verbose_name_plural = _("Konten")
        ordering = ["email"]
        triggers = [
            pgtrigger.Trigger(
                name="sessions_end",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__role__df=pgtrigger.F("new__role"))
                | pgtrigger.Q(old__municipality_id__df=pgtrigger.F("new__municipality_id"))
                | pgtrigger.Q(old__is_active__df=pgtrigger.F("new__is_active")),
                func="NEW.sessions_ended = OLD.sessions_ended + 1; RETURN NEW;",
            ),
            pgtrigger.Trigger(
                name="rights_are_noted",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=NOTE_RIGHTS,
            ),
        ]
        constraints = [
            municipality_goes_with_role("user_municipality_goes_with_role"),
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_in_any_case",
                violation_error_message=_("Ein Konto mit dieser E-Mail gibt es schon."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_erased(self) -> bool:
        """Whether its person was erased: nobody is left who could sign in."""
        return self.email.endswith(GONE)

    @property
    def state(self) -> str:
        """Changes whenever name, role or municipality do."""
        return f"{self.role}|{self.municipality_id}|{self.name}"

    @property
    def purpose(self) -> str:
        """What the account's role is for, in one sentence."""
        return str(PURPOSES[Role(self.role)])

    @property
    def is_staff(self) -> bool:
        """What Django's administration site asks for."""
        return self.role == Role.ADMINISTRATION

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session holds and each request compares: another password or another count ends it."""
        values = f"{self.password}:{self.sessions_ended}"
        return salted_hmac("network.User.session", values, secret=secret, algorithm="sha256").hexdigest()

    def has_perm(self, permission: str, subject: object = None) -> bool:
        """By the rules alone: the sign-in backends ask for groups, which these accounts do not have.

        While an earlier state is shown nobody may do more than read.
        """
        if clock.is_past() and not permission.partition(".")[2].startswith(READING):
            return False
        return self.is_active and bool(rules.has_perm(permission, self, subject))

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and bool(rules.has_perm(app_label, self))
