"""Protokoll: who signed in, changed rights, took personal data along or wanted what they may not."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import urlencode
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet

from network.models import Municipality, Role, User
from smartregion.base import audit
from smartregion.base.access import RuledView
from smartregion.base.audit_kinds import SENTENCES, AuditKind
from smartregion.base.models import AuditEntry
from smartregion.base.spreadsheet import CSV_TYPE, csv_lines
from smartregion.base.widgets import date_input

ADMINISTER: Final = "network.administer"
TITLE: Final = gettext_lazy("Protokoll")
PER_PAGE: Final = 50
IN_WORDS: Final = {
    "active": gettext_lazy("aktiv"),
    "closed": gettext_lazy("geschlossen"),
    "person": gettext_lazy("Auskunft zu einer Person"),
    "own_data": gettext_lazy("eigene Daten"),
    "contacts": gettext_lazy("Kontakte"),
    "contact": gettext_lazy("Kontakt"),
    "participants": gettext_lazy("Teilnahme an Veranstaltung"),
    "region": gettext_lazy("Einrichtung der Region"),
    "text": gettext_lazy("Rechtstext"),
    "all": gettext_lazy("alles zur Person"),
    "visitor": gettext_lazy("Angaben ohne Konto"),
}


@dataclass(frozen=True)
class Line:
    """An entry as people read it."""

    number: int
    at: datetime
    kind: str
    sentence: str


def lines_of(entries: Iterable[AuditEntry]) -> list[Line]:
    """In two questions, whatever the number of entries."""
    entries = list(entries)
    keys = {key for entry in entries for key in (entry.account, entry.about) if key is not None}
    people = {user.pk: user.name for user in User.objects.filter(pk__in=keys)}
    places = {str(key): name for key, name in Municipality.objects.values_list("pk", "name")}
    kinds = {key: str(label) for key, label in AuditKind.choices}
    return [
        Line(entry.number, entry.at, kinds.get(entry.kind, entry.kind), _sentence(entry, people, places))
        for entry in entries
    ]


def _sentence(entry: AuditEntry, people: Mapping[int, str], places: Mapping[str, str]) -> str:
    told = {name: _in_words(value or "") for name, value in json.loads(entry.facts).items()}
    roles = dict(Role.choices)
    told["role"] = str(roles.get(told.get("role", ""), "–"))
    told["municipality"] = places.get(told.get("municipality", ""), "–")
    told["by"] = _person(entry.account, people, nobody=_("Systemdienst"))
    told["about"] = _person(entry.about, people, nobody=_("unbekanntes Konto"))
    sentence = str(SENTENCES.get(entry.kind, entry.kind))
    try:
        return sentence % told
    except KeyError:  # a fact that an earlier version did not note
        return sentence


def _in_words(value: str) -> str:
    word, colon, rest = value.partition(":")
    known = IN_WORDS.get(word)
    return f"{known} {rest}".strip() if known and (rest or not colon) else value


def _person(key: int | None, people: Mapping[int, str], *, nobody: str) -> str:
    if key is None:
        return nobody
    return people.get(key) or _("Konto %d") % key


class AuditFilter(FilterSet):
    """A value that a filter does not know is ignored."""

    q = CharFilter(method="keep_matching", label=gettext_lazy("Person oder Suchwort"), max_length=100)
    art = ChoiceFilter(
        field_name="kind",
        choices=AuditKind.choices,
        label=gettext_lazy("Vorgang"),
        empty_label=gettext_lazy("alle"),
    )
    von = DateFilter(method="keep_from", label=gettext_lazy("von"), widget=date_input())
    bis = DateFilter(method="keep_until", label=gettext_lazy("bis"), widget=date_input())

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data=data, queryset=AuditEntry.objects.order_by("-number"))

    @property
    def values(self) -> dict[str, str]:
        """What was chosen, by the names in the address."""
        self.form.is_valid()
        return {name: str(value) for name, value in self.form.cleaned_data.items() if value}

    def keep_matching(self, queryset: Any, name: str, value: str) -> Any:
        word = value.replace("\0", "").strip()
        accounts = User.objects.filter(Q(name__icontains=word) | Q(email__icontains=word)).values("pk")
        return queryset.filter(Q(account__in=accounts) | Q(about__in=accounts) | Q(facts__icontains=word))

    def keep_from(self, queryset: Any, name: str, value: date) -> Any:
        return queryset.filter(at__gte=_midnight(value))

    def keep_until(self, queryset: Any, name: str, value: date) -> Any:
        return queryset.filter(at__lt=_midnight(value) + timedelta(days=1)) if value.year < 9999 else queryset


def _midnight(day: date) -> datetime:
    """The beginning of the day here; of days before any time zone was, that of the first one with one."""
    return make_aware(datetime.combine(max(day, date(1900, 1, 1)), time()))


class AuditView(RuledView, TemplateView):
    permission = ADMINISTER
    template_name = "smartregion/audit.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = AuditFilter(self.request.GET)
        page = Paginator(chosen.qs, PER_PAGE).get_page(self.request.GET.get("page"))
        last = AuditEntry.objects.order_by("-number").first()
        return super().get_context_data(
            crumbs=[(str(TITLE), "")],
            filter=chosen,
            page_obj=page,
            lines=lines_of(page),
            page_query=urlencode(chosen.values),
            head=audit.Head(last.number, last.hash) if last else None,
            **kwargs,
        )


class AuditCsvView(RuledView):
    """The selection to take home; that it was taken is noted first."""

    permission = ADMINISTER

    def get(self, request: HttpRequest) -> StreamingHttpResponse:
        audit.note(audit.Kind.PERSONAL_EXPORT, by=request.user, what="audit")
        headings = [_("Nummer"), _("Zeitpunkt"), _("Vorgang"), _("Beschreibung"), _("Prüfsumme")]
        response = StreamingHttpResponse(
            csv_lines(headings, _rows(AuditFilter(request.GET))), content_type=CSV_TYPE
        )
        response["Content-Disposition"] = f'attachment; filename="protokoll-{localdate().isoformat()}.csv"'
        response["Cache-Control"] = "private, no-store"
        return response


def _rows(chosen: AuditFilter) -> Iterator[list[Any]]:
    pages = Paginator(chosen.qs, 1000)
    for number in pages.page_range:
        entries = list(pages.page(number))
        for entry, line in zip(entries, lines_of(entries), strict=True):
            yield [line.number, line.at, line.kind, line.sentence, entry.hash]
