"""Settings that start the portal and are wrong all the same."""

import os
import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core import checks
from django.core.exceptions import ValidationError
from django.urls import reverse

from smartregion.base.models import LegalText
from smartregion.doctor import Finding, check, fail, ok, warn
from smartregion.environment import LEAST_DIFFERENT, SHORTEST_SECRET
from smartregion.regions.region import LEGAL_PAGES, TEXT_IS_MISSING

SHORTEST_TOKEN: Final = 24
SEE_DJANGO: Final = "Was damit gemeint ist: https://docs.djangoproject.com/en/5.2/ref/checks/"
VARIABLE: Final = re.compile(r"^\| `([A-Z_]+)`", re.M)
"""A row of the table of all variables in docs/operations.md."""
OWED: Final = {"imprint", "privacy", "accessibility"}
"""Pages that the law asks of whoever runs the portal."""
SAMPLE: Final = "**Mustertext.**"
BLANK: Final = re.compile(r"\[[^\]\n]{6,}\](?![(\[:])")
"""A place to be filled in; neither a link nor the "[at]" of an address."""


@check("Betriebsart")
def mode() -> Iterator[Finding]:
    if settings.DEMO:
        yield fail(
            "Demobetrieb: jeder kommt ohne Passwort hinein.", "Nehmen Sie SMARTREGION_DEMO aus der Umgebung."
        )
    if settings.DEBUG:
        yield fail("DEBUG ist an: Fehlerseiten zeigen Einstellungen.", "Setzen Sie DEBUG auf False.")
    if not settings.DEMO and not settings.DEBUG:
        yield ok("Regelbetrieb, DEBUG ist aus.")


@check("Geheimer Schlüssel")
def secret_key() -> Iterator[Finding]:
    key = settings.SECRET_KEY
    make = (
        "Setzen Sie den bisherigen wieder ein; für ein neues Portal macht einen: "
        'python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
    )
    if len(key) < SHORTEST_SECRET:
        yield fail(f"SMARTREGION_SECRET_KEY hat nur {len(key)} Zeichen.", make)
    elif len(set(key)) < LEAST_DIFFERENT or key.startswith("django-insecure"):
        yield fail("SMARTREGION_SECRET_KEY ist leicht zu erraten.", make)
    else:
        yield ok(f"{len(key)} Zeichen.")


@check("Variablen")
def variables() -> Iterator[Finding]:
    known = set(VARIABLE.findall((settings.BASE_DIR / "docs" / "operations.md").read_text(encoding="utf-8")))
    unknown = [name for name in sorted(os.environ) if name.startswith("SMARTREGION_") and name not in known]
    for name in unknown:
        near = get_close_matches(name, known, n=1)
        meant = f"Ist {near[0]} gemeint?" if near else "Alle stehen in docs/operations.md."
        yield warn(f"{name} kennt das Portal nicht.", meant)
    if not unknown:
        yield ok("keine unbekannten.")


@check("Schlüssel der zweiten Faktoren")
def second_factors() -> Iterator[Finding]:
    stored = Authenticator.objects.filter(type=Authenticator.Type.TOTP).order_by("pk").first()
    if stored is None:
        yield ok("noch kein Gerät eingerichtet.")
        return
    try:
        decrypt(stored.data["secret"])
    except ValidationError:
        yield fail(
            "Eingerichtete Authenticator-Apps und Ersatzcodes sind nicht lesbar: Niemand kommt damit hinein.",
            "Setzen Sie SMARTREGION_SECOND_FACTOR_KEY auf den Schlüssel, mit dem sie gespeichert wurden.",
        )
    else:
        yield ok("Gespeicherte sind lesbar.")


@check("Namen des Portals")
def hosts() -> Iterator[Finding]:
    names = settings.ALLOWED_HOSTS
    if any(name == "*" or name.startswith(".") for name in names):
        yield fail(
            "SMARTREGION_HOSTS lässt beliebige Namen zu: Links in Mails ließen sich umlenken.",
            "Nennen Sie jeden Namen ganz.",
        )
    elif any("://" in name or "/" in name or name.startswith("www.www") for name in names):
        yield fail("SMARTREGION_HOSTS enthält Adressen statt Namen.", "Ohne https:// und ohne Schrägstrich.")
    elif any(name.endswith(("example.org", "example.com", ".invalid")) for name in names):
        yield fail(f"SMARTREGION_HOSTS ist noch das Beispiel ({names[0]}).", "Tragen Sie Ihren Namen ein.")
    elif set(names) <= {"localhost", "127.0.0.1", "[::1]"}:
        yield warn(
            "Das Portal ist nur auf diesem Rechner zu erreichen.",
            "Tragen Sie in SMARTREGION_HOSTS den Namen ein, unter dem Menschen es erreichen.",
        )
    else:
        yield ok(", ".join(names))


@check("Sichere Verbindung")
def transport() -> Iterator[Finding]:
    wanted = {
        "SECURE_SSL_REDIRECT": True,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
    }
    wrong = [name for name, value in wanted.items() if getattr(settings, name, None) != value]
    if wrong:
        yield fail(
            f"Nicht wie im Regelbetrieb: {', '.join(wrong)}.", "Ändern Sie settings.py nicht von Hand."
        )
    else:
        yield ok("Weiterleitung auf HTTPS, Cookies nur verschlüsselt.")


@check("Djangos Prüfung")
def deployment() -> Iterator[Finding]:
    found = [each for each in checks.run_checks(include_deployment_checks=True) if not each.is_silenced()]
    for each in found:
        say = fail if each.is_serious() else warn
        yield say(f"{each.id}: {str(each.msg).splitlines()[0]}", str(each.hint or SEE_DJANGO).strip())
    if not found:
        yield ok("check --deploy findet nichts.")


@check("Absender")
def sender() -> Iterator[Finding]:
    address = settings.DEFAULT_FROM_EMAIL
    name, _at, place = address.rpartition("@")
    if not name or place.rstrip(">") in {"localhost", "example.org", "example.com"}:
        yield fail(f"Mails kämen von {address}.", "Setzen Sie SMARTREGION_MAIL_FROM.")
    else:
        yield ok(address)


@check("Messwerte")
def metrics() -> Iterator[Finding]:
    token = settings.METRICS_TOKEN
    if token and len(token) < SHORTEST_TOKEN:
        yield fail(
            f"SMARTREGION_METRICS_TOKEN hat nur {len(token)} Zeichen.", f"Mindestens {SHORTEST_TOKEN}."
        )
    else:
        yield ok("mit Zugangswort" if token else "nur von diesem Rechner aus zu lesen")


@check("Rechtliche Seiten")
def legal_pages() -> Iterator[Finding]:
    bodies = dict(LegalText.objects.values_list("slug", "body"))
    is_well = True
    for slug, title in LEGAL_PAGES.items():
        body = bodies.get(slug, "").strip()
        write = f"Schreiben Sie ihn unter {reverse(f'{slug}_edit')} (Koordination oder Administration)."
        if not body or body == str(TEXT_IS_MISSING) or SAMPLE in body:
            is_well = False
            say = fail if slug in OWED else warn
            yield say(f"{title}: noch kein eigener Text.", write)
        elif blank := BLANK.search(body):
            is_well = False
            yield warn(f"{title}: {blank[0]} ist noch auszufüllen.", write)
    if is_well:
        yield ok("alle geschrieben")
