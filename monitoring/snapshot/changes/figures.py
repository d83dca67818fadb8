"""How money and indicators have changed."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.snapshot.changes.told import Told, listed
from monitoring.snapshot.schema import Indicator, MoneyFigures, Snapshot
from smartregion.base.money import euro

REACHED = 100
"""Percent."""


def money(before: Snapshot, now: Snapshot) -> Told:
    """One sentence on the sums of all measures."""
    if before["money"] is None or now["money"] is None:
        return Told([])
    changed = list(_sums(before["money"]["total"], now["money"]["total"]))
    return Told([_("Mittel: %s.") % "; ".join(changed)] if changed else [])


def _sums(old: MoneyFigures, new: MoneyFigures) -> Iterator[str]:
    pairs = [
        (_("Plan"), old["plan"], new["plan"]),
        (_("gebunden"), old["committed"], new["committed"]),
        (_("abgeflossen"), old["spent"], new["spent"]),
    ]
    for label, was, is_now in pairs:
        if was != is_now:
            yield _("%(what)s jetzt %(now)s, zuvor %(before)s") % {
                "what": label,
                "now": _euros(is_now),
                "before": _euros(was),
            }


def _euros(cents: int | None) -> str:
    return _("ohne Angabe") if cents is None else euro(Decimal(cents) / 100)


def indicators(before: Snapshot, now: Snapshot) -> Told:
    """A sentence for each that has a newer value or missed a target; in short, how many did."""
    old = {row["key"]: row for row in before["indicators"]}
    since, until = before["report"]["as_of"], now["report"]["as_of"]
    valued = [row for row in now["indicators"] if _has_news(old.get(row["key"]), row)]
    reached = [row for row in valued if _reached(row) and not _reached(old.get(row["key"]))]
    missed = [row for row in now["indicators"] if _has_missed(row, since, until)]
    full = [
        _in_full(old.get(row["key"]), row, is_reached=row in reached, is_missed=row in missed)
        for row in now["indicators"]
        if row in valued or row in missed
    ]
    return Told(full, list(_in_short(valued, reached, missed)))


def _has_news(old: Indicator | None, new: Indicator) -> bool:
    was = (old["on"], old["value"]) if old else (None, None)
    return new["value"] is not None and (new["on"], new["value"]) != was


def _reached(row: Indicator | None) -> bool:
    return row is not None and row["attainment"] is not None and row["attainment"] >= REACHED


def _has_missed(row: Indicator, since: str, until: str) -> bool:
    """The day of a target has come since the last report, and what counts at that day has not reached it."""
    target = row["target"]
    return bool(target and since < target["on"] <= until and row["value"] is not None and not _reached(row))


def _in_full(old: Indicator | None, new: Indicator, *, is_reached: bool, is_missed: bool) -> str:
    words = {"name": new["name"], "now": _amount(new)}
    if not _has_news(old, new):
        text = _("%(name)s: weiter %(now)s") % words
    elif old and old["value"] is not None:
        text = _("%(name)s: jetzt %(now)s, zuvor %(before)s") % {**words, "before": _amount(old)}
    else:
        text = _("%(name)s: erster Wert %(now)s") % words
    verdict = _("; Ziel erreicht") if is_reached else _("; Ziel verfehlt") if is_missed else ""
    return f"{text}{verdict}."


def _amount(row: Indicator) -> str:
    return f"{(row['value'] or '').replace('.', ',')} {row['unit']}"


def _in_short(valued: list[Indicator], reached: list[Indicator], missed: list[Indicator]) -> Iterator[str]:
    if valued:
        yield ngettext(
            "%s Indikator hat einen neuen Wert.", "%s Indikatoren haben einen neuen Wert.", len(valued)
        ) % len(valued)
    if reached:
        yield _("Ziel erreicht: %s.") % listed(_names(reached))
    if missed:
        yield _("Ziel verfehlt: %s.") % listed(_names(missed))


def _names(rows: Iterable[Indicator]) -> list[str]:
    return [row["name"] for row in rows]
