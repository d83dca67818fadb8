"""The file of sign-in services (OpenID Connect), read and checked before the portal starts.

Which keys there are and what they mean stands in docs/sign-in.md.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from smartregion.environment import LOOPBACK, fail

ROLES: Final = ("coordination", "municipality", "steering", "team", "administration")
NEEDED: Final = ("id", "name", "issuer", "client_id", "client_secret")
LISTS: Final = ("scopes", "second_factor_amr", "second_factor_acr")
TEXTS: Final = ("role_claim", "municipality_claim", "default_role")
TABLES: Final = ("roles", "municipalities")
FLAGS: Final = ("create_accounts", "link_by_email")
KNOWN: Final = frozenset({*NEEDED, *LISTS, *TEXTS, *TABLES, *FLAGS})
ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SCOPES: Final = ["openid", "profile", "email"]


class Complaint(Exception):
    """What is wrong with a service, in one sentence."""


def read(path: str) -> list[dict[str, Any]]:
    """The services as allauth's "apps". A wrong file ends the start with one German sentence."""
    if not path:
        return []
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError:
        fail(f"Die Datei {path} (SMARTREGION_SIGN_IN_SERVICES) lässt sich nicht lesen.")
    except ValueError as error:
        fail(f"Die Datei {path} (SMARTREGION_SIGN_IN_SERVICES) ist kein gültiges JSON: {error}.")
    if not isinstance(content, list) or not all(isinstance(entry, dict) for entry in content):
        fail(f"In {path} muss eine Liste von Anmeldediensten stehen: [{{…}}, {{…}}].")
    for number, entry in enumerate(content, 1):
        try:
            check(entry)
        except Complaint as complaint:
            fail(f"In {path} stimmt der {number}. Anmeldedienst nicht: {complaint}")
    ids = [entry["id"] for entry in content]
    if twice := sorted({each for each in ids if ids.count(each) > 1}):
        fail(f"In {path} gibt es „{twice[0]}“ mehrfach; jeder Anmeldedienst braucht eine eigene „id“.")
    return [as_app(entry) for entry in content]


def check(entry: dict[str, Any]) -> None:
    """Raises:
    Complaint: with the first thing that is wrong.
    """
    if unknown := sorted(entry.keys() - KNOWN):
        raise Complaint(f"„{unknown[0]}“ kennt das Portal nicht.")
    _check_kinds(entry)
    if not ID.fullmatch(entry["id"]):
        raise Complaint("„id“ darf nur Kleinbuchstaben, Ziffern und Bindestriche haben.")
    _check_issuer(entry["issuer"])
    _check_roles(entry)


def _check_kinds(entry: dict[str, Any]) -> None:
    for key in NEEDED:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise Complaint(f"„{key}“ fehlt oder ist kein Text.")
    kinds: list[tuple[tuple[str, ...], Callable[[Any], bool], str]] = [
        (TEXTS, lambda value: isinstance(value, str), "muss ein Text sein."),
        (LISTS, _is_list, "muss eine Liste von Texten sein."),
        (TABLES, _is_table, 'muss jedem Wert einen Text zuordnen: {"Wert": "…"}.'),
        (FLAGS, lambda value: isinstance(value, bool), "muss true oder false sein."),
    ]
    for names, fits, demand in kinds:
        for key in names:
            if key in entry and not fits(entry[key]):
                raise Complaint(f"„{key}“ {demand}")


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def _check_issuer(issuer: str) -> None:
    parts = urlsplit(issuer)
    is_local = parts.scheme == "http" and parts.hostname in {*LOOPBACK, "::1"}
    if not parts.hostname or (parts.scheme != "https" and not is_local):
        raise Complaint("„issuer“ muss mit https:// beginnen.")


def _check_roles(entry: dict[str, Any]) -> None:
    roles = [*entry.get("roles", {}).values(), *filter(None, [entry.get("default_role")])]
    if wrong := [role for role in roles if role not in ROLES]:
        raise Complaint(f"Die Rolle „{wrong[0]}“ gibt es nicht; es gibt {', '.join(ROLES)}.")
    if bool(entry.get("roles")) != bool(entry.get("role_claim")):
        raise Complaint("„role_claim“ und „roles“ gehören zusammen.")
    if entry.get("municipalities") and not entry.get("municipality_claim"):
        raise Complaint("„municipalities“ braucht „municipality_claim“.")
    if "municipality" in roles and not entry.get("municipality_claim"):
        raise Complaint("Die Rolle „municipality“ braucht „municipality_claim“.")
    if entry.get("create_accounts") and not roles:
        raise Complaint("„create_accounts“ braucht „roles“ oder „default_role“.")


def as_app(entry: dict[str, Any]) -> dict[str, Any]:
    """The way in which allauth wants it; what is the portal's own stands under `portal`."""
    return {
        "provider_id": entry["id"],
        "name": entry["name"],
        "client_id": entry["client_id"],
        "secret": entry["client_secret"],
        "settings": {
            "server_url": entry["issuer"].rstrip("/"),
            "oauth_pkce_enabled": True,
            "scope": entry.get("scopes") or SCOPES,
            "portal": {key: value for key, value in entry.items() if key not in {*NEEDED, "scopes"}},
        },
    }
