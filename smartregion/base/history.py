"""Who changed what, when and why: written by PostgreSQL triggers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import pghistory
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.utils.functional import Promise

from smartregion.base.languages import SOURCE, in_language

ModelClass = TypeVar("ModelClass", bound=type[models.Model])


def tracked_without(*left_out: str) -> Callable[[ModelClass], ModelClass]:
    """Class decorator: keep every insert, update and delete of the model's rows, but for these fields.

    The index serves `rows_as_of`, which asks for the newest event of each row before a moment.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(left_out),
        meta={"indexes": [models.Index(fields=["pgh_obj", "pgh_created_at", "pgh_id"])]},
    )


def tracked(model: ModelClass) -> ModelClass:
    """Class decorator: keep every insert, update and delete of the model's rows, with all fields."""
    return tracked_without()(model)


@contextmanager
def recorded(*, by: Any, reason: str | Promise = "", office: str | Promise = "") -> Iterator[None]:
    """One transaction whose changes are kept in the history under this user and reason.

    Args:
        reason: kept in German, whatever the page that it comes from, if it is translated lazily.
        office: who acted, where it was nobody with an account; likewise.
    """
    user_id = None if by is None or isinstance(by, AnonymousUser) else by.pk
    with in_language(SOURCE):
        acting = {"office": str(office)} if office else {}
        why = str(reason).strip()
    with transaction.atomic(), pghistory.context(user=user_id, reason=why, **acting):
        yield


def event_model(model: type[models.Model]) -> type[models.Model]:
    return cast(type[models.Model], model.pgh_event_model)  # type: ignore[attr-defined]


def tracked_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    kept = {field.name for field in event_model(model)._meta.concrete_fields}
    return [field for field in model._meta.concrete_fields if field.name in kept]


def events_of(model: type[models.Model], **of: Any) -> models.QuerySet[Any]:
    """Every event of the model's rows that have these values, newest first."""
    events = event_model(model)._base_manager.select_related("pgh_context").order_by("-pgh_id")
    return events.filter(**of)
