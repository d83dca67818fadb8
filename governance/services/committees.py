"""The verbs of committees and their seats."""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.urls import resolve, reverse
from django.utils.translation import gettext as _

from governance.models import Committee, Seat, Term
from smartregion.base.history import recorded
from smartregion.base.text import german_slug
from smartregion.base.together import recorded_together


def create_committee(*, committee: Committee, by: Any, reason: str = "") -> Committee:
    """Store a new committee below an address made of its name."""
    with recorded(by=by, reason=reason):
        committee.slug = _free_address(committee.name)
        committee.save()
    return committee


def _free_address(name: str) -> str:
    """One that no other committee has, and no page beside them."""
    slug = german_slug(name) or "gremium"
    if resolve(reverse("committee", args=[slug])).url_name != "committee":
        slug = f"{slug}-gremium"
    taken = set(Committee.objects.filter(slug__startswith=slug[:70]).values_list("slug", flat=True))
    numbers = (f"{slug[:70]}-{number}" for number in range(2, len(taken) + 3))
    return next(free for free in (slug, *numbers) if free not in taken)


def end_seat(*, seat: Seat, on: date, version: int | None, by: Any, reason: str) -> UUID:
    """End a seat, and its deputies with it, on that day. Returns the sign to take that back.

    Raises:
        ValidationError: the seat begins later, or has ended by then.
        EditConflict: someone changed the seat meanwhile.
    """
    with recorded_together(by=by, reason=reason) as sign:
        locked = Seat.objects.select_for_update().get(pk=seat.pk)
        if locked.ends_on and locked.ends_on <= on:
            raise ValidationError(_("Dieser Sitz ist schon zum %s beendet.") % f"{locked.ends_on:%d.%m.%Y}")
        _end(locked, on, version)
        for deputy in Seat.objects.current(on).select_for_update().filter(deputy_for=locked):
            if deputy.ends_on != on:
                _end(deputy, on, deputy.version)
    return sign


def _end(seat: Seat, on: date, version: int | None) -> None:
    if seat.starts_on and seat.starts_on > on:
        raise ValidationError(_("„%s“ beginnt erst später.") % seat)
    seat.ends_on = on
    seat.save_over(version)


def remove_seat(*, seat: Seat, version: int | None, by: Any, reason: str = "") -> None:
    """Take a seat away that was entered by mistake; one that was held ends instead.

    Raises:
        ValidationError: it has taken part in a meeting, or has deputies.
        EditConflict: someone changed the seat meanwhile.
    """
    with recorded(by=by, reason=reason):
        try:
            seat.delete_over(version)
        except ProtectedError:
            raise ValidationError(
                _("Dieser Sitz hat Stellvertretungen oder an Sitzungen teilgenommen. Bitte beenden Sie ihn.")
            ) from None


def remove_term(*, term: Term, version: int | None, by: Any, reason: str = "") -> None:
    """Take a term away that no seat is given for.

    Raises:
        ValidationError: seats are given for it.
        EditConflict: someone changed the term meanwhile.
    """
    with recorded(by=by, reason=reason):
        try:
            term.delete_over(version)
        except ProtectedError:
            raise ValidationError(_("Zu dieser Amtszeit gehören Sitze.")) from None
