"""What the audit log tells of. A new kind is one line here and its sentence in `SENTENCES`; no migration."""

from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class AuditKind(models.TextChoices):
    SIGNED_IN = "signed_in", _("Anmeldung")
    SIGN_IN_FAILED = "sign_in_failed", _("gescheiterte Anmeldung")
    LOCKED_OUT = "locked_out", _("Sperre nach Fehlversuchen")
    SIGNED_OUT = "signed_out", _("Abmeldung")
    PASSWORD_CHANGED = "password_changed", _("Passwort geändert")
    PASSWORD_RESET = "password_reset", _("Passwort neu gesetzt")
    ACCOUNT_ADDED = "account_added", _("Konto angelegt")
    ACCOUNT_CHANGED = "account_changed", _("Rechte geändert")
    INVITED = "invited", _("Einladung")
    INVITED_AGAIN = "invited_again", _("Einladung erneut gesendet")
    INVITATION_WITHDRAWN = "invitation_withdrawn", _("Einladung zurückgezogen")
    INVITATION_ACCEPTED = "invitation_accepted", _("Einladung angenommen")
    ADDRESS_CHANGED = "address_changed", _("Adresse geändert")
    ADDRESS_WITHDRAWN = "address_withdrawn", _("neue Adresse zurückgezogen")
    SESSIONS_ENDED = "sessions_ended", _("überall abgemeldet")
    FACTOR_ADDED = "factor_added", _("zweiter Faktor eingerichtet")
    FACTOR_FAILED = "factor_failed", _("falscher Code")
    FACTOR_REMOVED = "factor_removed", _("zweiter Faktor entfernt")
    FACTOR_RESET = "factor_reset", _("zweiter Faktor zurückgesetzt")
    TOKEN_MADE = "token_made", _("Zugang für ein Programm angelegt")
    TOKEN_REVOKED = "token_revoked", _("Zugang für ein Programm zurückgezogen")
    DENIED = "denied", _("verweigerte Änderung")
    PERSONAL_EXPORT = "personal_export", _("Ausgabe personenbezogener Daten")
    ERASED = "erased", _("Löschung einer Person")
    REPORT_RELEASED = "report_released", _("Bericht freigegeben")
    REPORT_SEALED = "report_sealed", _("Bericht versiegelt")
    SETTINGS_CHANGED = "settings_changed", _("Einstellungen geändert")
    BACKUP_MADE = "backup_made", _("Sicherung angelegt")
    BACKUP_RESTORED = "backup_restored", _("Sicherung eingespielt")


SENTENCES: Final[dict[str, Promise]] = {
    AuditKind.SIGNED_IN: _("%(by)s hat sich angemeldet."),
    AuditKind.SIGN_IN_FAILED: _("Eine Anmeldung als %(about)s ist gescheitert."),
    AuditKind.LOCKED_OUT: _("Nach zu vielen Versuchen ist die Anmeldung als %(about)s gesperrt."),
    AuditKind.SIGNED_OUT: _("%(by)s hat sich abgemeldet."),
    AuditKind.PASSWORD_CHANGED: _("%(by)s hat das eigene Passwort geändert."),
    AuditKind.PASSWORD_RESET: _("Für %(about)s ist über den Link in der Mail ein Passwort gesetzt."),
    AuditKind.ACCOUNT_ADDED: _("%(by)s hat das Konto %(about)s angelegt, Rolle %(role)s."),
    AuditKind.ACCOUNT_CHANGED: _(
        "%(by)s hat die Rechte von %(about)s geändert: Rolle %(role)s, Kommune %(municipality)s, %(state)s."
    ),
    AuditKind.INVITED: _("%(by)s hat jemanden eingeladen, Rolle %(role)s."),
    AuditKind.INVITED_AGAIN: _("%(by)s hat eine Einladung erneut gesendet, Rolle %(role)s."),
    AuditKind.INVITATION_WITHDRAWN: _("%(by)s hat eine Einladung zurückgezogen, Rolle %(role)s."),
    AuditKind.INVITATION_ACCEPTED: _("%(by)s hat die Einladung von %(about)s angenommen, Rolle %(role)s."),
    AuditKind.ADDRESS_CHANGED: _("%(by)s hat die Adresse des eigenen Kontos geändert."),
    AuditKind.ADDRESS_WITHDRAWN: _("%(by)s hat eine noch nicht bestätigte Adresse zurückgezogen."),
    AuditKind.SESSIONS_ENDED: _("%(by)s hat alle Sitzungen von %(about)s beendet."),
    AuditKind.FACTOR_ADDED: _("%(by)s hat einen zweiten Faktor eingerichtet."),
    AuditKind.FACTOR_FAILED: _("Ein Code, der für %(about)s eingegeben wurde, war falsch."),
    AuditKind.FACTOR_REMOVED: _("%(by)s hat einen zweiten Faktor entfernt."),
    AuditKind.FACTOR_RESET: _("%(by)s hat den zweiten Faktor von %(about)s zurückgesetzt."),
    AuditKind.TOKEN_MADE: _("%(by)s hat Zugang %(token)s für ein Programm angelegt."),
    AuditKind.TOKEN_REVOKED: _("%(by)s hat Zugang %(token)s für ein Programm zurückgezogen."),
    AuditKind.DENIED: _("%(by)s wollte etwas ändern und durfte es nicht (%(page)s, %(method)s)."),
    AuditKind.PERSONAL_EXPORT: _("%(by)s hat personenbezogene Daten ausgegeben (%(what)s)."),
    AuditKind.ERASED: _("%(by)s hat eine Person gelöscht (%(scope)s)."),
    AuditKind.REPORT_RELEASED: _("%(by)s hat Bericht %(report)s freigegeben."),
    AuditKind.REPORT_SEALED: _("%(by)s hat Bericht %(report)s genehmigt und versiegelt."),
    AuditKind.SETTINGS_CHANGED: _("%(by)s hat Einstellungen geändert (%(what)s)."),
    AuditKind.BACKUP_MADE: _("%(by)s hat eine Sicherung angelegt."),
    AuditKind.BACKUP_RESTORED: _("%(by)s hat die Sicherung vom %(made_on)s eingespielt."),
}
"""`%(by)s` is who acted, `%(about)s` the account it was about, the rest are the entry's own facts."""
