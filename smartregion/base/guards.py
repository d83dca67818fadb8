"""Which triggers the portal's own role can pass by: those that keep an erasure from a text, and no other.

`pgtrigger.ignore` is a setting that any role may set, and the library's triggers obey it. Here the database
asks who has set it. Made anew after each migration (docs/decisions/0028).
"""

from collections.abc import Iterator
from typing import Any, Final, cast

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models

from smartregion.base.models import AuditEntry, Erasure

ModelType = type[models.Model]

SWITCH_NAME: Final = "_pgtrigger_should_ignore"
SWITCH: Final = """
    BEGIN
        RETURN trigger_name = ANY (
            COALESCE(NULLIF(current_setting('pgtrigger.ignore', true), ''), '{{}}')::text[]
        ) AND (
            trigger_name = ANY ('{{{passable}}}'::text[])
            OR pg_has_role(
                current_user,
                (SELECT relowner FROM pg_class WHERE oid = 'public.{table}'::regclass),
                'USAGE'
            )
        );
    END
"""
MAKE_SWITCH: Final = """
    CREATE OR REPLACE FUNCTION public.{name}(trigger_name name) RETURNS boolean
    AS $switch${body}$switch$ LANGUAGE plpgsql SET search_path = public, pg_temp
"""
NO_OTHER_TABLES: Final = """
    DO $$
    DECLARE
        one regprocedure;
    BEGIN
        FOR one IN
            SELECT oid FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace
                AND prorettype = 'trigger'::regtype
                AND proconfig IS NULL
        LOOP
            EXECUTE format('ALTER FUNCTION %s SET search_path = public, pg_temp', one);
        END LOOP;
    END
    $$
"""
"""A temporary table that bears the name of one of ours is not taken for it."""


def guards_of(model: ModelType) -> list[Any]:
    """Triggers by which rows of this model keep as they are, and that an erasure passes by; others stay."""
    if model in (AuditEntry, Erasure) or model._meta.label == settings.AUTH_USER_MODEL:
        return []
    return [
        trigger
        for owner, trigger in cast(list[Any], pgtrigger.registered())
        if owner is model and not isinstance(trigger, pghistory.trigger.Event)
    ]


def switch() -> str:
    """The source of the function by which the database decides."""
    every = dict.fromkeys(model for model, _trigger in cast(list[Any], pgtrigger.registered()))
    names = [trigger.get_pgid(model) for model in every for trigger in guards_of(model)]
    return SWITCH.format(passable=",".join(sorted(names)), table=AuditEntry._meta.db_table)


def statements() -> Iterator[str]:
    yield MAKE_SWITCH.format(name=SWITCH_NAME, body=switch())
    yield NO_OTHER_TABLES
