"""The public side in other languages: `/en/…` and `/nl/…` lead to the same views, German has no prefix.

The language comes from the address alone: no cookie, and what a browser prefers changes no address.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.urls.resolvers import LocalePrefixPattern
from django.utils.functional import SimpleLazyObject

from smartregion.base.access import PUBLIC, policy_of
from smartregion.base.languages import SOURCE, current_language, in_language

OTHERS: Final = frozenset(code for code, _name in settings.LANGUAGES if code != SOURCE)


class LanguagePrefix(LocalePrefixPattern):
    """`resolve` finds any language's prefix; `reverse` writes that of the active one."""

    def __init__(self) -> None:
        super().__init__(prefix_default_language=False)

    def match(self, path: str) -> tuple[str, tuple[()], dict[str, Any]] | None:
        language, slash, rest = path.partition("/")
        return (rest, (), {}) if slash and language in OTHERS else None


def in_other_languages(patterns: Sequence[URLPattern | URLResolver]) -> URLResolver:
    """Of these addresses those of pages for the public. Stands last, so that `reverse` asks it first."""
    return URLResolver(LanguagePrefix(), list(_public(patterns, "")))


def _public(patterns: Sequence[URLPattern | URLResolver], before: str) -> list[URLPattern | URLResolver]:
    found: list[URLPattern | URLResolver] = []
    for entry in patterns:
        route = f"{before}{entry.pattern}"
        if isinstance(entry, URLPattern):
            if speaks_languages(entry.callback, route):
                found.append(entry)
        elif inner := _public(entry.url_patterns, route):
            found.append(
                URLResolver(entry.pattern, inner, entry.default_kwargs, entry.app_name, entry.namespace)
            )
    return found


def addresses(
    patterns: Sequence[URLPattern | URLResolver], before: str = ""
) -> Iterator[tuple[URLPattern, str]]:
    """Every address with its whole route, each once: not again for the other languages."""
    for entry in patterns:
        route = f"{before}{entry.pattern}"
        if isinstance(entry, URLPattern):
            yield entry, route
        elif not isinstance(entry.pattern, LanguagePrefix):
            yield from addresses(entry.url_patterns, route)


def speaks_languages(view: Callable[..., Any], route: str) -> bool:
    """Pages end with a slash; files, feeds and what programs read do not."""
    only_german = getattr(getattr(view, "view_class", None), "only_german", True)
    return policy_of(view) == PUBLIC and not only_german and (not route or route.endswith("/"))


class LanguageMiddleware:
    """What an address says is in the language that it begins with."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        first = request.path_info.removeprefix("/").partition("/")[0]
        with in_language(first if first in OTHERS else SOURCE):
            return self.get_response(request)


@dataclass(frozen=True)
class Version:
    """The page in one language, or the home page where there is no such version."""

    code: str
    name: str
    url: str
    is_current: bool
    is_same_page: bool


def languages(request: HttpRequest) -> dict[str, Any]:
    """For templates: the language of the page, and the page in every language."""
    return {
        "language": current_language(),
        "languages": SimpleLazyObject(lambda: versions_of(request)),
        "portal": settings.PORTAL_URL,
    }


def versions_of(request: HttpRequest) -> list[Version]:
    match, now = request.resolver_match, current_language()
    has_versions = match is not None and speaks_languages(match.func, match.route)
    page = request.get_full_path().removeprefix(_prefix(now)) if has_versions else "/"
    return [
        Version(code, str(name), f"{_prefix(code)}{page}", code == now, has_versions)
        for code, name in settings.LANGUAGES
    ]


def _prefix(language: str) -> str:
    return "" if language == SOURCE else f"/{language}"
