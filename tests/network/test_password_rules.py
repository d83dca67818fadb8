"""Which passwords are too easy to guess, however long they are."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from network.models import User

ERIKA = User(name="Erika Beispielfrau", email="erika@musterstadt.example")


@pytest.mark.parametrize(
    "password",
    [
        "passwortpasswort",
        "Passwort123456789",
        "Erika Beispielfrau 1",
        "abcabcabcabcabcabc",
        "aaaaaaaaaaaaaaaaaa",
        "SmartRegion2026!!!",
        "erika.musterstadt.erika",
        "Sommer2026Sommer2026",
        "123456789012345",
        "987654321098765",
        "qwertzuiopasdfgh",
        "qwertyuiopasdfgh",
        "poiuztrewqlkjhgf",
        "mnbvcxylkjhgfdsa",
        "abcdefghijklmno",
        "zyxwvutsrqponml",
        "aabbccddeeffgghh",
        "12345 abcde 12345 abcde",
        "qwertz-12345-asdfgh",
    ],
)
def test_what_repeats_or_is_known_is_no_password(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, ERIKA)

    assert "leicht zu erraten" in " ".join(refused.value.messages)


@pytest.mark.parametrize(
    "password",
    [
        "ein langes Passwort 15",
        "Tischlampe Oktave Rhabarber",
        "xT9!vQ2#mL7$pR4&",
        "Wiese im Regen, grün",
        "Tischlampe 12345678",
    ],
)
def test_what_nobody_knows_is_one(password: str) -> None:
    validate_password(password, ERIKA)


def test_a_short_one_is_told_so_and_no_more() -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password("aaab")

    assert [each.code for each in refused.value.error_list] == ["password_too_short"]
