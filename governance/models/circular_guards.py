"""What PostgreSQL itself refuses of a circular decision, for what goes past the verbs.

A refusal is a violated check to Django, so that a page can say it in words (`IntegrityError`).
"""

from functools import reduce
from operator import or_
from typing import Final

import pgtrigger

FIXED: Final = ["committee", "title", "wording", "reasoning", "paper", "closes_at", "opened_at", "visibility"]
"""What never changes once the circular is open."""
STEERING_GUARD: Final = pgtrigger.Trigger(
    name="circular_of_the_steering_committee",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("committee_id"),
    func="""
        IF NOT EXISTS (
          SELECT FROM governance_committee WHERE id = NEW.committee_id AND kind = 'steering'
        ) THEN
          RAISE EXCEPTION 'only the steering committee decides in writing'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'circular_of_the_steering_committee';
        END IF;
        RETURN NEW;
    """,
)
STEP_GUARD: Final = pgtrigger.Trigger(
    name="circular_step",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
    func="""
        IF TG_OP = 'INSERT' AND NEW.state = 'draft' THEN RETURN NEW; END IF;
        IF TG_OP = 'UPDATE' THEN
          IF OLD.state = NEW.state
             OR OLD.state || '>' || NEW.state = ANY (ARRAY['draft>open', 'open>closed', 'open>withdrawn'])
          THEN RETURN NEW; END IF;
        END IF;
        RAISE EXCEPTION 'no step to %', NEW.state
          USING ERRCODE = 'check_violation', CONSTRAINT = 'circular_step';
    """,
)
TEXT_GUARD: Final = pgtrigger.Protect(
    name="circular_text_is_fixed_by_the_opening",
    operation=pgtrigger.Update,
    condition=~pgtrigger.Q(old__state="draft")
    & reduce(or_, [pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in FIXED]),
)
END_GUARD: Final = pgtrigger.Protect(
    name="circular_sealed_by_its_end",
    operation=pgtrigger.Update,
    condition=pgtrigger.Condition(
        "OLD.state IN ('closed', 'withdrawn') "
        "AND to_jsonb(OLD) - 'topic_id' IS DISTINCT FROM to_jsonb(NEW) - 'topic_id'"
    ),
)
"""All but the topic, which ends as topics do."""
RIGHT_GUARD: Final = pgtrigger.Trigger(
    name="entitlement_is_fixed_by_the_opening",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    declare=[("circular_state", "text")],
    func="""
        IF TG_OP = 'UPDATE' THEN
          IF (NEW.circular_id, NEW.function, NEW.organisation, NEW."group")
             IS NOT DISTINCT FROM (OLD.circular_id, OLD.function, OLD.organisation, OLD."group")
             AND (NEW.seat_id IS NULL OR NEW.seat_id IS NOT DISTINCT FROM OLD.seat_id)
             AND (NEW.user_id IS NULL OR NEW.user_id IS NOT DISTINCT FROM OLD.user_id)
          THEN RETURN NEW; END IF;
        ELSE
          SELECT state INTO circular_state FROM governance_circular WHERE id = NEW.circular_id FOR UPDATE;
          IF circular_state = 'draft' THEN RETURN NEW; END IF;
        END IF;
        RAISE EXCEPTION 'who may vote is fixed by the opening'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlement_is_fixed_by_the_opening';
    """,
)
"""A seat or an account that ends leaves its entitlement behind, without the reference to it."""
BALLOT_GUARD: Final = pgtrigger.Trigger(
    name="ballot_in_time",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    declare=[("circular", "record")],
    func="""
        SELECT c.state, c.closes_at INTO circular FROM governance_circular c
          JOIN governance_entitlement e ON e.circular_id = c.id
          WHERE e.id = NEW.entitlement_id FOR SHARE OF c;
        IF circular.state = 'open' AND NEW.cast_at < circular.closes_at
           AND (TG_OP = 'INSERT' OR NEW.entitlement_id = OLD.entitlement_id)
        THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'no vote outside the time for it'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'ballot_in_time';
    """,
)
