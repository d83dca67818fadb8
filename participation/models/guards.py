"""What PostgreSQL itself refuses of registrations, for what goes past the verbs.

Whoever takes a place holds the event's row first, so that of two at the same moment one sees the other.
"""

from typing import Final

import pgtrigger

NO_OVERBOOKING: Final = pgtrigger.Trigger(
    name="registration_no_overbooking",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("has_place", "event_id"),
    condition=pgtrigger.Condition("NEW.has_place"),
    declare=[("places", "integer")],
    func="""
        SELECT capacity INTO places FROM participation_event WHERE id = NEW.event_id FOR UPDATE;
        IF places <= (SELECT count(*) FROM participation_registration
                      WHERE event_id = NEW.event_id AND has_place AND id <> NEW.id) THEN
          RAISE EXCEPTION 'all places are taken'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registration_no_overbooking';
        END IF;
        RETURN NEW;
    """,
)
NO_LESS_THAN_TAKEN: Final = pgtrigger.Trigger(
    name="event_no_less_places_than_taken",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("capacity"),
    condition=pgtrigger.Condition("NEW.capacity IS NOT NULL"),
    func="""
        IF NEW.capacity < (SELECT count(*) FROM participation_registration
                           WHERE event_id = NEW.id AND has_place) THEN
          RAISE EXCEPTION 'more places are taken'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'event_no_less_places_than_taken';
        END IF;
        RETURN NEW;
    """,
)
