"""What stays as it is once the minutes of its meeting are approved: the database's part of it.

The models refuse in German before (`Meeting.save_over`, `ToldByMinutes`); this holds what goes past them. A
writer takes the lock that an approval excludes, so that of two at the same moment one sees the other.
"""

from typing import Final

import pgtrigger
from django.utils.translation import gettext_lazy as _

APPROVED: Final = _(
    "Die Niederschrift dieser Sitzung ist genehmigt; Tagesordnung, Teilnahme und Texte "
    "ändern sich nicht mehr."
)
TOLD_BY_MINUTES: Final = ["committee_id", "title", "starts_at", "ends_at", "place", "status"]
"""Of a meeting. Its visibility is not among them: what was shown by mistake can be hidden."""


def differ(columns: list[str]) -> str:
    """In SQL: one of the columns gets another value."""
    old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    return f"({old}) IS DISTINCT FROM ({new})"


PART_STAYS: Final = pgtrigger.Trigger(
    name="stays_once_minutes_approved",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func="""
        PERFORM 1 FROM governance_meeting WHERE id IN (OLD.meeting_id, NEW.meeting_id) FOR KEY SHARE;
        IF EXISTS (SELECT 1 FROM governance_minutes
                   WHERE meeting_id IN (OLD.meeting_id, NEW.meeting_id) AND approved_on IS NOT NULL) THEN
          RAISE EXCEPTION 'the minutes of the meeting are approved'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'told_by_approved_minutes';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,
)
MEETING_STAYS: Final = pgtrigger.Trigger(
    name="stays_once_minutes_approved",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf(*TOLD_BY_MINUTES),
    condition=pgtrigger.Condition(f"OLD.status = 'minutes_approved' AND {differ(TOLD_BY_MINUTES)}"),
    func="""
        RAISE EXCEPTION 'the minutes of the meeting are approved'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'told_by_approved_minutes';
    """,
)
