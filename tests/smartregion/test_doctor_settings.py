"""`manage.py doctor`: settings that start the portal and are wrong all the same."""

import json
import os
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP

from network.models import Role
from smartregion.base.models import LegalText
from smartregion.doctor import Level
from smartregion.regions.region import LEGAL_PAGES, TEXT_IS_MISSING
from tests.factories import make_user
from tests.smartregion.doctor import (
    FAIL,
    OK,
    WARN,
    levels,
    text,
)

pytestmark = pytest.mark.django_db


SETTINGS = ["Betriebsart", "Geheimer Schlüssel", "Namen des Portals", "Sichere Verbindung", "Absender"]


def test_settings_as_they_should_be_are_well(production: Any) -> None:
    seen = [levels(title) for title in (*SETTINGS, "Djangos Prüfung", "Messwerte")]

    assert seen == [[OK]] * 7


@pytest.mark.parametrize(
    ("title", "name", "value", "level"),
    [
        ("Betriebsart", "DEMO", True, FAIL),
        ("Betriebsart", "DEBUG", True, FAIL),
        ("Geheimer Schlüssel", "SECRET_KEY", "kurz", FAIL),
        ("Geheimer Schlüssel", "SECRET_KEY", "ab" * 40, FAIL),
        ("Namen des Portals", "ALLOWED_HOSTS", ["*"], FAIL),
        ("Namen des Portals", "ALLOWED_HOSTS", [".kreis.de"], FAIL),
        ("Namen des Portals", "ALLOWED_HOSTS", ["https://smart.kreis.de"], FAIL),
        ("Namen des Portals", "ALLOWED_HOSTS", ["smartregion.example.org"], FAIL),
        ("Namen des Portals", "ALLOWED_HOSTS", ["localhost"], WARN),
        ("Sichere Verbindung", "SECURE_SSL_REDIRECT", False, FAIL),
        ("Sichere Verbindung", "SECURE_PROXY_SSL_HEADER", None, FAIL),
        ("Sichere Verbindung", "SESSION_COOKIE_SECURE", False, FAIL),
        ("Djangos Prüfung", "SECURE_HSTS_SECONDS", 0, WARN),
        ("Absender", "DEFAULT_FROM_EMAIL", "smart-region@localhost", FAIL),
        ("Absender", "DEFAULT_FROM_EMAIL", "kreis.de", FAIL),
        ("Messwerte", "METRICS_TOKEN", "kurz", FAIL),
        ("Mailserver", "MAILS_ARE_FILES", True, WARN),
    ],
)
def test_a_wrong_setting_is_caught(production: Any, title: str, name: str, value: Any, level: Level) -> None:
    setattr(production, name, value)

    assert levels(title) == [level]


def test_a_variable_that_nobody_knows_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SMARTREGION_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SMARTREGION_SMTP_HOST", "mail.kreis.de")
    assert levels("Variablen") == [OK]

    monkeypatch.setenv("SMARTREGION_SMPT_HOST", "mail.kreis.de")

    assert levels("Variablen") == [WARN]
    assert "SMARTREGION_SMTP_HOST" in text("Variablen")


def test_another_key_for_second_factors_is_caught(settings: Any) -> None:
    assert levels("Schlüssel der zweiten Faktoren") == [OK]
    TOTP.activate(make_user(Role.ADMINISTRATION), "JBSWY3DPEHPK3PXP")
    assert levels("Schlüssel der zweiten Faktoren") == [OK]

    settings.SECOND_FACTOR_KEY = "ein anderer Schlüssel"

    assert levels("Schlüssel der zweiten Faktoren") == [FAIL]


def written(slug: str, body: str) -> None:
    LegalText.objects.update_or_create(slug=slug, defaults={"title": slug, "body": body})


def test_legal_pages_that_are_missing_or_still_the_sample_are_caught(settings: Any) -> None:
    assert levels("Rechtliche Seiten") == [FAIL, FAIL, FAIL, WARN, WARN]
    region = json.loads((settings.BASE_DIR / "fixtures/region.json").read_text())
    samples = {each["slug"]: "\n\n".join(each["body"]) for each in region["legal_texts"]}
    assert samples.keys() == LEGAL_PAGES.keys()
    for slug, body in samples.items():
        written(slug, body)
    assert levels("Rechtliche Seiten") == [FAIL, FAIL, FAIL, WARN, WARN]

    for slug in samples:
        written(slug, "Kreis, [Startseite](/), E-Mail: post [at] kreis.de")
    assert levels("Rechtliche Seiten") == [OK]

    written("privacy", samples["privacy"].replace("**Mustertext.**", ""))
    assert "[Name, Anschrift, " in text("Rechtliche Seiten") and levels("Rechtliche Seiten") == [WARN]
    for body in (" ", str(TEXT_IS_MISSING)):
        written("privacy", body)
        assert levels("Rechtliche Seiten") == [FAIL]
