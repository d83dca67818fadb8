"""Values by program: what a request says, as readings of one indicator. See docs/api.md."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any, Final

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from monitoring.models import ApiToken, Indicator, IndicatorValue
from monitoring.services.indicators import REASON_NEEDED, Outcome, Reading, record
from network.models import Municipality
from smartregion.base.acting import acting, actor_of

LARGEST_BODY: Final = 256 * 1024
MOST_VALUES: Final = 500
MOST_REQUESTS, PER_SECONDS = 60, 60
NOTED_AT_MOST_EVERY: Final = timedelta(minutes=1)
FIELDS: Final = {"on", "value", "municipality", "note", "reason"}


@dataclass
class Problem(Exception):
    """The request is refused; `german` and `english` say why, `index` which value of the list it is about."""

    status: HTTPStatus
    code: str
    german: str
    english: str
    index: int | None = None

    def as_json(self) -> dict[str, Any]:
        told = {"code": self.code, "message": self.german, "message_en": self.english}
        return {"error": told if self.index is None else {**told, "index": self.index}}


def token_of(authorization: str) -> ApiToken:
    """The token that a request brings along.

    Raises:
        Problem: it brings none that opens anything, or has asked too often.
    """
    scheme, _space, secret = authorization.partition(" ")
    tokens = ApiToken.objects.opening(secret.strip()).select_related("created_by", "municipality")
    token = tokens.first() if scheme.lower() == "bearer" and secret.strip() else None
    if token is None:
        raise Problem(
            HTTPStatus.UNAUTHORIZED,
            "unauthorized",
            _("Es fehlt ein gültiger Zugang (Authorization: Bearer …)."),
            "A valid token is missing (Authorization: Bearer …).",
        )
    if _asks_too_often(token):
        raise Problem(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too_many_requests",
            _("Zu viele Anfragen, höchstens %d in der Minute. Bitte warten Sie.") % MOST_REQUESTS,
            f"Too many requests, at most {MOST_REQUESTS} a minute. Please wait.",
        )
    if token.last_used_at is None or now() - token.last_used_at > NOTED_AT_MOST_EVERY:
        with acting(actor_of(token.created_by)):
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now())
    return token


def _asks_too_often(token: ApiToken) -> bool:
    """Whether it has used up its requests since the first one of its minute."""
    key = f"api-token-{token.pk}"
    if cache.add(key, 1, PER_SECONDS):
        return False
    try:
        return cache.incr(key) > MOST_REQUESTS
    except ValueError:  # its minute has just ended
        return False


def indicator_of(token: ApiToken, key: str) -> Indicator:
    """The indicator of that key, among those that the token is for and that its account may still enter.

    Raises:
        Problem: it is none of them; a missing one cannot be told from one that is not to be seen.
    """
    own = Indicator.objects.entered_by(token.created_by).filter(key=key).first()
    if own and token.indicators.filter(pk=own.pk).exists() and _is_still_for(token, own):
        return own
    if Indicator.objects.visible_to(token.created_by).filter(key=key).exists():
        raise Problem(
            HTTPStatus.FORBIDDEN,
            "forbidden",
            _("Dieser Zugang gilt nicht für diesen Indikator."),
            "This token is not for this indicator.",
        )
    raise Problem(
        HTTPStatus.NOT_FOUND,
        "not_found",
        _("Einen solchen Indikator gibt es nicht."),
        "There is no such indicator.",
    )


def _is_still_for(token: ApiToken, indicator: Indicator) -> bool:
    """A municipality's token dies with its account's change to another one."""
    if token.created_by is None or token.created_by.municipality_id != token.municipality_id:
        return False
    return token.municipality_id is None or indicator.per_municipality


def values_seen_by(token: ApiToken, indicator: Indicator) -> list[dict[str, Any]]:
    values = indicator.values.select_related("municipality").defer("municipality__boundary")
    if token.municipality_id:
        values = values.filter(municipality=token.municipality_id)
    return [
        {
            "on": value.on.isoformat(),
            "value": None if value.value is None else _plain(value.value),
            "municipality": value.municipality.ags if value.municipality else None,
            "note": value.note,
        }
        for value in values.order_by("on", "municipality__ags")
    ]


def _plain(value: Decimal) -> str:
    """Exact, hence as text."""
    return f"{value.normalize():f}"


def take(body: bytes, content_type: str, token: ApiToken, indicator: Indicator) -> dict[str, int]:
    """Store every value of the body, or none. Returns how many are new, changed and the same.

    Raises:
        Problem: the body is not what it should be, or a value is refused.
    """
    readings = _readings(_list_in(body, content_type), token, indicator)
    counts = dict.fromkeys(Outcome, 0)
    with transaction.atomic(), acting(actor_of(token.created_by)):
        for index, reading in sorted(enumerate(readings), key=_place_in_line):
            counts[_stored(reading, token, index)] += 1
    return {str(outcome): number for outcome, number in counts.items()}


def _place_in_line(indexed: tuple[int, Reading]) -> tuple[date, int]:
    """All write in the same order, so that no two requests wait for each other."""
    _index, reading = indexed
    return reading.on, reading.municipality.pk if reading.municipality else 0


def _stored(reading: Reading, token: ApiToken, index: int) -> Outcome:
    try:
        office = _("Programm „%s“") % token.name
        return record(reading, way=IndicatorValue.Way.API, by=None, office=office)[1]
    except ValidationError as refusal:
        if getattr(refusal, "code", "") == REASON_NEEDED:
            raise Problem(
                HTTPStatus.CONFLICT,
                REASON_NEEDED,
                _("Für diesen Tag gibt es schon einen anderen Wert. Eine Berichtigung braucht „reason“."),
                'There is another value for this day already. A correction needs "reason".',
                index,
            ) from None
        raise _bad(" ".join(refusal.messages), "The value was refused, see message.", index) from None
    except IntegrityError:
        raise Problem(
            HTTPStatus.CONFLICT,
            "conflict",
            _("Jemand hat gerade denselben Wert eingetragen. Bitte senden Sie noch einmal."),
            "Somebody has just entered the same value. Please send again.",
            index,
        ) from None


def _list_in(body: bytes, content_type: str) -> list[Any]:
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            _("Erwartet wird JSON (Content-Type: application/json)."),
            "JSON is expected (Content-Type: application/json).",
        )
    try:
        values = json.loads(body, parse_float=Decimal)
        # Half a character can be escaped in JSON, but neither PostgreSQL nor an answer can hold it.
        json.dumps(values, ensure_ascii=False, default=str).encode()
    except (ValueError, RecursionError):
        raise _bad(_("Das ist kein gültiges JSON."), "This is no valid JSON.") from None
    if not isinstance(values, list):
        raise _bad(_("Erwartet wird eine Liste von Werten."), "A list of values is expected.")
    if len(values) > MOST_VALUES:
        raise too_large()
    return values


def too_large() -> Problem:
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too_large",
        _("Höchstens %(values)d Werte und %(size)d KB in einer Anfrage.")
        % {"values": MOST_VALUES, "size": LARGEST_BODY // 1024},
        f"At most {MOST_VALUES} values and {LARGEST_BODY // 1024} kB in a request.",
    )


def _bad(german: str, english: str, index: int | None = None) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, "bad_request", german, english, index)


def _readings(values: list[Any], token: ApiToken, indicator: Indicator) -> list[Reading]:
    places = {row.ags: row for row in Municipality.objects.defer("boundary")}
    readings = [_Said(value, index).reading(indicator, token, places) for index, value in enumerate(values)]
    seen: set[tuple[Any, ...]] = set()
    for index, reading in enumerate(readings):
        key = (reading.on, reading.municipality)
        if key in seen:
            raise _bad(_("Dieser Tag kommt zweimal vor."), "This day occurs twice.", index)
        seen.add(key)
    return readings


class _Said:
    """One object of the list."""

    def __init__(self, said: Any, index: int) -> None:
        self.index = index
        if not isinstance(said, dict):
            raise _bad(_("Jeder Wert ist ein Objekt."), "Each value is an object.", index)
        if unknown := sorted(set(said) - FIELDS):
            raise _bad(
                _("„%s“ ist nicht bekannt.") % unknown[0][:60], f'"{unknown[0][:60]}" is not known.', index
            )
        if missing := [name for name in ("on", "value") if name not in said]:
            raise _bad(_("„%s“ fehlt.") % missing[0], f'"{missing[0]}" is missing.', index)
        self.said = said

    def reading(self, indicator: Indicator, token: ApiToken, places: dict[str, Municipality]) -> Reading:
        return Reading(
            indicator=indicator,
            on=self._day(),
            value=self._number(),
            municipality=self._place(indicator, token, places),
            note=self._text("note", None),
            reason=self._text("reason", "") or "",
        )

    def _day(self) -> date:
        try:
            return date.fromisoformat(self.said["on"])
        except (TypeError, ValueError):
            raise _bad(
                _("„on“ ist ein Tag wie 2026-12-31."), '"on" is a day such as 2026-12-31.', self.index
            ) from None

    def _number(self) -> Decimal | None:
        said = self.said["value"]
        if said is None:
            return None
        is_numeric = isinstance(said, int | Decimal | str) and not isinstance(said, bool)
        try:
            number = Decimal(said if is_numeric else "NaN")
        except (ValueError, InvalidOperation):
            number = Decimal("NaN")
        if not number.is_finite() or abs(number.adjusted()) > 30:
            raise _bad(_("„value“ ist eine Zahl oder null."), '"value" is a number or null.', self.index)
        return number

    def _place(
        self, indicator: Indicator, token: ApiToken, places: dict[str, Municipality]
    ) -> Municipality | None:
        ags = self._text("municipality", None)
        if ags is None:
            return token.municipality if indicator.per_municipality else None
        place = places.get(ags)
        if place is None:
            raise _bad(
                _("Eine Kommune mit diesem Gemeindeschlüssel gibt es nicht."),
                "There is no municipality with this key (AGS).",
                self.index,
            )
        if token.municipality_id and place.pk != token.municipality_id:
            raise Problem(
                HTTPStatus.FORBIDDEN,
                "forbidden",
                _("Dieser Zugang gilt nur für die eigene Kommune."),
                "This token is only for its own municipality.",
                self.index,
            )
        return place

    def _text(self, name: str, default: str | None) -> str | None:
        said = self.said.get(name)
        if said is None:
            return default
        if not isinstance(said, str) or "\0" in said or len(said) > 300:
            raise _bad(
                _("„%s“ ist ein Text mit höchstens 300 Zeichen.") % name,
                f'"{name}" is a text of at most 300 characters.',
                self.index,
            )
        return said.strip()
