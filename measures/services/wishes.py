"""The verbs of wishes: make one (and tell who should know), take it back."""

from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from measures.models import RolloutCell, RoundContact, Wish
from measures.models.ladder import Stage
from network.models import Municipality, Role, User
from network.tasks import post
from smartregion.base.history import recorded
from smartregion.base.versioned import EditConflict


def make_wish(
    *, wish: Wish, by: Any, portal_url: str, with_stage: bool = False, cell_version: int | None = None
) -> Wish:
    """Store the wish; on demand the cell becomes "Interesse bekundet", as its editor read it.

    The coordinator gets one mail, and so does the municipality that is asked. Who wishes, takes back and
    wishes again on the same day sends no second one.

    Raises:
        EditConflict: the cell was changed meanwhile; then nothing is stored.
        IntegrityError: the same wish is open already.
        ValidationError: the ladder forbids the step by now.
    """
    with recorded(by=by, reason=_("Wunsch: Wir wollen das auch")):
        is_first = not wish.cell.wishes.filter(made_on=localdate()).exists()
        wish.made_by = by
        wish.save()
        if with_stage:
            _show_interest(wish.cell, cell_version, by)
        if is_first:
            _tell(wish, portal_url)
    return wish


def _show_interest(cell: RolloutCell, version: int | None, by: Any) -> None:
    cell.stage, cell.since = Stage.INTERESTED, localdate()
    cell.confirmed_at, cell.confirmed_by, cell.confirmed_in = now(), by, None
    cell.save_over(version)


def withdraw_wish(*, wish: Wish, version: int | None, by: Any) -> Wish:
    """Take an open wish back.

    Raises:
        EditConflict: it was withdrawn or handled meanwhile.
    """
    if wish.state != Wish.State.OPEN:
        raise EditConflict(wish)
    wish.state = Wish.State.WITHDRAWN
    with recorded(by=by, reason=_("Wunsch zurückgenommen")):
        return wish.save_over(version)


def _tell(wish: Wish, portal_url: str) -> None:
    measure, place = wish.cell.measure, wish.cell.municipality
    words = {"municipality": place.name, "measure": " ".join(measure.title.split())}
    subject = _("%(municipality)s wünscht sich „%(measure)s“") % words
    message = [_("Nachricht:"), wish.message] if wish.message else []
    contact = [_("Ansprechstelle: %s") % wish.cell.contact] if wish.cell.contact else []
    said = [_("Guten Tag,"), _("%(municipality)s möchte „%(measure)s“ auch einführen.") % words]
    if coordinators := User.objects.addresses_of(Role.COORDINATION):
        asked = [_("Kontakt gewünscht mit: %s") % wish.asked.name] if wish.asked else []
        page = portal_url + reverse("wish", args=[wish.pk])
        post(subject, "\n\n".join([*said, *message, *contact, *asked, page]), coordinators)
    if wish.asked and (addresses := addresses_of(wish.asked)):
        why = _("Sie haben Erfahrung damit und werden um einen Austausch gebeten.")
        page = portal_url + reverse("who_has_it", args=[measure.slug])
        post(subject, "\n\n".join([*said, why, *message, *contact, page]), addresses)


def addresses_of(municipality: Municipality) -> list[str]:
    """The municipality's address for mails, or else those of its active accounts."""
    contacts = RoundContact.objects.filter(municipality=municipality).exclude(email="")
    found = list(contacts.values_list("email", flat=True))
    return found or User.objects.addresses_of(Role.MUNICIPALITY, municipality)
