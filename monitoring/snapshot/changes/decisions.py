"""What was resolved since the last report, and which follow-ups were noted as done."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.snapshot.changes.told import Told, day_in_words, listed
from monitoring.snapshot.schema import Resolution, Snapshot


def resolutions(before: Snapshot, now: Snapshot) -> Told:
    since = before["report"]["as_of"]
    new = [row for row in now["resolutions"] if row["date"] > since]
    short = [_("Beschlüsse: %s.") % listed(row["number"] for row in new)] if new else []
    return Told([_resolution(row) for row in new], short)


def _resolution(row: Resolution) -> str:
    votes = f", {row['votes']['label']}" if row["votes"] else ""
    return _("Beschluss %(number)s vom %(day)s: %(title)s (%(outcome)s%(votes)s).") % {
        "number": row["number"],
        "day": day_in_words(row["date"]),
        "title": row["title"],
        "outcome": row["outcome"]["label"],
        "votes": votes,
    }


def follow_ups(before: Snapshot, now: Snapshot) -> Told:
    since = before["report"]["as_of"]
    noted = [row for row in now["follow_ups"] if row["noted_on"] and row["noted_on"] > since]
    if not noted:
        return Told([])
    full = [
        _("Als erledigt festgestellt: %(what)s (%(number)s).")
        % {"what": row["what"], "number": row["resolution_number"]}
        for row in noted
    ]
    short = ngettext(
        "%s Auftrag wurde als erledigt festgestellt.",
        "%s Aufträge wurden als erledigt festgestellt.",
        len(noted),
    )
    return Told(full, [short % len(noted)])
