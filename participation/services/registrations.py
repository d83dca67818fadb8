"""The verbs of registrations. Each holds the event's row, so that places are given one after the other.

The rule (docs/decisions/0021): whoever sends the form has the place for a day, until the link in the mail
confirms it. A place that becomes free goes to whoever has waited longest, for certain and at once.
"""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from participation.event_mails import (
    already_registered,
    ask_for_feedback,
    place_is_sure,
    please_confirm,
    you_wait,
)
from participation.mails import may_be_asked, send, send_asked
from participation.models import Event, Registration
from smartregion.base.history import recorded

CORRECTED: Final = _("Teilnahme berichtigt")
FULL: Final = _(
    "Alle Plätze sind vergeben. Geben Sie der Veranstaltung unter „Bearbeiten“ mehr Plätze, oder löschen Sie "
    "die Anmeldung von jemandem, der nicht gekommen ist."
)
MANY_OF_LINE: Final = _(
    "Von Ihrem Anschluss warten schon mehrere Anmeldungen auf ihre Bestätigung. Bitte bestätigen Sie zuerst "
    "diese mit den Links in den Mails."
)
CLOSED: Final = _("Für diese Veranstaltung kann man sich nicht mehr anmelden.")


def hold(event_id: int) -> Event:
    """The event, with nobody else giving or freeing places until the transaction ends."""
    return Event.objects.select_for_update().get(pk=event_id)


@transaction.atomic
def register(
    *, event: Event, name: str, email: str, organisation: str = "", needs: str = "", line: str = ""
) -> Registration | None:
    """Take the place, or one on the waiting list, until the mail's link confirms it.

    Who has confirmed already gets the link again; what was typed this time changes nothing. What nobody has
    confirmed is replaced, with a link of its own, so that who registers a foreign address decides nothing.
    Its place and its day stay, or a form sent each day would hold a place for ever. An address that has had
    its mails for today gets no other link, so what there is stays.

    Args:
        line: from where it comes, so that one household cannot hold all places.

    Raises:
        ValidationError: it is too late, the event takes no registrations, or the line has many unconfirmed.
    """
    event = hold(event.pk)
    if not event.is_open_for_registration or event.is_for_administrations:
        raise ValidationError(CLOSED)
    _free_unconfirmed_of(event)
    known = _of_address(event, email)
    if known and known.confirmed_at:
        send_asked(already_registered(known))
        return known
    if not may_be_asked(email):
        return known
    if known:
        known.delete()
    if line and event.registrations.unconfirmed().filter(line=line).count() >= Registration.MOST_UNCONFIRMED:
        raise ValidationError(MANY_OF_LINE)
    values = {"name": name, "email": email, "organisation": organisation, "needs": needs, "line": line}
    since = {"created_at": known.created_at, "has_place": known.has_place} if known else {}
    registration = _new(event, **values, **since)
    send_asked(please_confirm(registration))
    return registration


@transaction.atomic
def join(*, event: Event, account: Any) -> Registration:
    """Register an account, whose address and name are known; so there is nothing to confirm.

    Raises:
        ValidationError: it is too late, or the event takes no registrations.
    """
    event = hold(event.pk)
    if not event.is_open_for_registration:
        raise ValidationError(CLOSED)
    place = str(account.municipality) if account.municipality else ""
    known = _of_address(event, account.email)
    registration = known or _new(event, name=account.name, email=account.email, organisation=place)
    registration.name, registration.organisation = account.name, place
    if registration.confirmed_at is None:
        registration.needs, registration.line = "", ""
    registration.account = account
    if registration.confirmed_at is None:
        registration.confirmed_at = now()
        registration.save()
        send([place_is_sure(registration) if registration.has_place else you_wait(registration)])
    registration.save()
    return registration


@transaction.atomic
def confirm(*, registration: Registration) -> Registration:
    """The address is right. Confirming twice is confirming once."""
    event = hold(registration.event_id)
    held = Registration.objects.select_related("event").get(pk=registration.pk)
    if held.confirmed_at is None:
        held.confirmed_at, held.line = now(), ""
        held.save(update_fields=["confirmed_at", "line"])
        if held.has_place:
            send([place_is_sure(held)])
        else:
            fill_places(event)
            held.refresh_from_db()
            if not held.has_place:
                send([you_wait(held)])
    return held


@transaction.atomic
def withdraw(*, registration: Registration) -> None:
    """Delete the registration; its place goes to whoever waits.

    Raises:
        ValidationError: the event has begun.
    """
    event = hold(registration.event_id)
    if event.has_begun:
        raise ValidationError(_("Die Veranstaltung hat schon begonnen."))
    Registration.objects.filter(pk=registration.pk).delete()
    fill_places(event)


def fill_places(event: Event) -> int:
    """Give free places to those who wait; the caller holds the event. Returns how many moved up."""
    if event.is_cancelled or event.has_begun:
        return 0
    waiting = Registration.objects.waiting().filter(event=event).select_related("event")
    moving = list(waiting[: event.free_places()])
    for registration in moving:
        registration.has_place = True
        registration.save(update_fields=["has_place"])
    send(place_is_sure(registration, moved_up=True) for registration in moving)
    return len(moving)


def check_in(*, registration: Registration, present: bool, by: Any) -> None:
    """Note that somebody is there, or that this was a slip."""
    with recorded(by=by, reason=CORRECTED):
        event = hold(registration.event_id)
        rows = Registration.objects.participants().filter(pk=registration.pk, checked_in_at__isnull=present)
        if rows.update(checked_in_at=now() if present else None):
            _correct(event, present=1 if present else -1)


def add_at_the_door(
    *, event: Event, name: str = "", email: str = "", organisation: str = "", by: Any
) -> Registration:
    """Whoever stands at the door takes a place and is there. A known address takes up its registration.

    Raises:
        ValidationError: all places are taken, or the event is called off or takes nobody any more.
    """
    with recorded(by=by, reason=CORRECTED):
        event = hold(event.pk)
        if not event.takes_registrations or event.is_cancelled or not event.keeps_names:
            raise ValidationError(CLOSED)
        known = _of_address(event, email) if email else None
        if event.free_places() == 0 and not (known and known.has_place):
            raise ValidationError(FULL)
        row = known or Registration(
            event=event, name=name, email=email.lower(), organisation=organisation, has_place=True
        )
        people, present = int(not row.is_participant), int(row.checked_in_at is None)
        row.has_place, row.line = True, ""
        row.confirmed_at, row.checked_in_at = row.confirmed_at or now(), row.checked_in_at or now()
        row.save()
        _correct(event, people=people, present=present)
    return row


def remove_registration(*, registration: Registration, by: Any) -> None:
    """Delete one registration; before the event its place goes to whoever waits.

    Raises:
        ObjectDoesNotExist: somebody was quicker.
    """
    with recorded(by=by, reason=CORRECTED):
        event = hold(registration.event_id)
        held = Registration.objects.get(pk=registration.pk)
        held.delete()
        _correct(event, people=-int(held.is_participant), present=-int(held.checked_in_at is not None))
        fill_places(event)


def free_unconfirmed() -> int:
    """Delete what nobody has confirmed within a day; who waits moves up. Returns how many were deleted."""
    freed = 0
    for event_id in set(Registration.objects.lapsed().values_list("event", flat=True)):
        with transaction.atomic():
            freed += _free_unconfirmed_of(hold(event_id))
    return freed


def _free_unconfirmed_of(event: Event) -> int:
    """The caller holds the event."""
    freed, _each = Registration.objects.lapsed().filter(event=event).delete()
    if freed:
        fill_places(event)
    return freed


def request_feedback() -> int:
    """Ask those who were there, once for each event. Returns the number of events."""
    asked = 0
    for key in list(Event.objects.to_be_asked_for_feedback().values_list("pk", flat=True)):
        with recorded(by=None, reason=str(_("Um Rückmeldung gebeten"))):
            event = Event.objects.to_be_asked_for_feedback().select_for_update().filter(pk=key).first()
            if event:
                ask_for_feedback(event)
                event.feedback_asked_at = now()
                event.save_over(event.version)
                asked += 1
    return asked


def erase_registrations(*, email: str) -> int:
    """Delete every registration of an address; who waits for its places moves up. Returns how many."""
    erased = 0
    for event_id in set(Registration.objects.filter(email__iexact=email).values_list("event", flat=True)):
        with transaction.atomic():
            event = hold(event_id)
            erased += event.registrations.filter(email__iexact=email).delete()[0]
            fill_places(event)
    return erased


def count_participants() -> int:
    """Keep the numbers of events that have just ended. Returns of how many."""
    counted = 0
    for key in list(Event.objects.to_be_counted().values_list("pk", flat=True)):
        with recorded(by=None, reason=_("Teilnahme gezählt")):
            counted += _keep_numbers(hold(key))
    return counted


def forget_registrations() -> int:
    """Delete the registrations of events that ended weeks ago; their number stays. Returns how many."""
    forgotten = 0
    for key in set(Registration.objects.outdated().values_list("event", flat=True)):
        with recorded(by=None, reason=str(_("Anmeldungen gelöscht"))):
            event = hold(key)
            _keep_numbers(event)
            forgotten += event.registrations.all().delete()[0]
    return forgotten


def _keep_numbers(event: Event) -> bool:
    """Once: what is erased later does not lessen them. The caller holds the event."""
    if event.participant_count is not None:
        return False
    counts = event.registrations.aggregate(
        people=Count("pk", Q(confirmed_at__isnull=False, has_place=True)),
        present=Count("pk", Q(checked_in_at__isnull=False)),
    )
    Event.objects.filter(pk=event.pk).update(
        participant_count=counts["people"], present_count=counts["present"], version=F("version") + 1
    )
    return True


def _correct(event: Event, *, people: int = 0, present: int = 0) -> None:
    """What was entered or taken back after the numbers were kept. The caller holds the event."""
    if event.participant_count is not None and (people or present):
        Event.objects.filter(pk=event.pk).update(
            participant_count=F("participant_count") + people,
            present_count=F("present_count") + present,
            version=F("version") + 1,
        )


def _of_address(event: Event, email: str) -> Registration | None:
    return event.registrations.filter(email__iexact=email).select_related("event").first()


def _new(event: Event, **values: Any) -> Registration:
    values["email"] = values["email"].lower()
    return Registration.objects.create(event=event, **{"has_place": event.free_places() != 0, **values})
