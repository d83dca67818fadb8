"""The texts of all mails: signed alike, by the portal's name and address."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from smartregion.base.mails import text_of
from tests.factories import make_region

TEMPLATES = Path(settings.BASE_DIR) / "templates"
SIGNED = ("components/_mail_signature.txt", "participation/mails/_foot.txt")
MAILS = sorted(
    str(path.relative_to(TEMPLATES))
    for path in TEMPLATES.rglob("*.txt")
    if path.parent.name in {"mails", "email"} and not path.name.startswith("_")
)


def test_there_are_mails_to_look_at() -> None:
    assert len(MAILS) > 15


@pytest.mark.parametrize("name", MAILS)
def test_every_mail_is_signed_once_in_the_same_way(name: str) -> None:
    text = (TEMPLATES / name).read_text()

    assert len(re.findall("|".join(SIGNED), text)) == 1
    assert "coordination_office" not in text


@pytest.mark.django_db
def test_the_signature_names_office_portal_and_address() -> None:
    region = make_region()

    signature = text_of("components/_mail_signature.txt", {"region": region}).split("\n")
    assert signature == [region.coordination_office, region.portal_title, settings.PORTAL_URL]
