"""Wishes of municipalities: for the coordinator who settles them, and for who is asked to tell."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.models import Wish
from smartregion.base.worklist import Entry, Severity, source


@source("wuensche", gettext_lazy("Wünsche von Kommunen"))
def wishes(user: Any, on: date) -> Iterator[Entry]:
    if user.has_perm("measures.handle_wishes"):
        for wish in Wish.objects.visible_to(user).open().with_names():
            yield _entry(wish, reverse("wish", args=[wish.pk]), _("Ansehen"), Severity.SOON)
    elif user.municipality_id:
        for wish in Wish.objects.asking(user.municipality, user).with_names():
            page = reverse("who_has_it", args=[wish.cell.measure.slug])
            yield _entry(wish, page, _("Eigene Erfahrung ansehen"), Severity.INFO)


def _entry(wish: Wish, url: str, action: str, severity: Severity) -> Entry:
    words = {"municipality": wish.cell.municipality.name, "day": date_format(wish.made_on, "d.m.Y")}
    why = _("%(municipality)s möchte das auch, seit dem %(day)s.") % words
    if wish.asked:
        why += " " + _("Kontakt gewünscht mit: %s.") % wish.asked.name
    if wish.message:
        why += f" „{wish.message}“"
    return Entry(
        title=str(wish),
        why=why,
        severity=severity,
        on=wish.made_on,
        page=wish.cell.measure.get_absolute_url(),
        url=url,
        action=action,
        is_example=wish.cell.measure.is_example,
    )
