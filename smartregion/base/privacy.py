"""What the ground floor stores about people: drafts, jobs, who did what, and counters against misuse."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Count, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from pghistory.models import Context

from smartregion.base.audit_kinds import AuditKind
from smartregion.base.history import event_model
from smartregion.base.job_kinds import title_of
from smartregion.base.models import AuditEntry, Draft, Job
from smartregion.base.personal import DataType, Person, Rows, register


def _jobs_of(person: Person) -> Rows:
    return Job.objects.filter(
        Q(error__icontains=person.email) | Q(tries__technical__icontains=person.email)
    ).distinct()


def _done_by(person: Person) -> Rows:
    mentioned = Q(metadata__reason__icontains=person.email)
    own = Q(metadata__user=person.account.pk) if person.account else Q()
    return Context.objects.filter(mentioned | own).order_by("-created_at")


def _delete(rows: Rows) -> int:
    return int(rows.delete()[0])


def _leave_to_the_words(_person: Person) -> int:
    """The entry says only a key; whose it was goes with the account, and wordings go from every text."""
    return 0


@dataclass(frozen=True)
class _Day:
    """What was changed on it, how often, and why."""

    day: date
    changed: Counter[str]
    reasons: list[str]


def _days(contexts: Rows) -> Iterator[_Day]:
    """The newest first; there may be thousands of changes. One query per model that has a history."""
    days = {row.pk: localtime(row.created_at).date() for row in contexts}
    reasons: dict[date, dict[str, None]] = {day: {} for day in days.values()}
    for row in contexts:
        if reason := row.metadata.get("reason"):
            reasons[days[row.pk]][reason] = None
    changed: dict[date, Counter[str]] = defaultdict(Counter)
    for model in apps.get_models():
        if hasattr(model, "pgh_event_model"):
            events = event_model(model)._base_manager.filter(pgh_context__in=list(days)).order_by()
            for key, number in events.values_list("pgh_context").annotate(Count("pgh_id")):
                changed[days[key]][str(model._meta.verbose_name)] += number
    for day, why in reasons.items():
        yield _Day(day, changed[day], sorted(why))


def _told_of_day(row: _Day) -> dict[Any, Any]:
    changed = [f"{name} ({number})" for name, number in row.changed.most_common()]
    return {_("Tag"): row.day, _("Geändert (wie oft)"): changed, _("Gründe"): row.reasons}


def _noted_of(person: Person) -> Rows:
    if person.account is None:
        return AuditEntry.objects.none()
    return AuditEntry.objects.of_account(person.account.pk)


register(
    DataType(
        key="audit",
        title=_("Protokoll der Sicherheit"),
        purpose=_("Anmeldungen, Änderungen von Rechten und Zugriffe auf personenbezogene Daten nachweisen."),
        basis=_("Rechtliche Verpflichtung zur Sicherheit der Verarbeitung (Art. 32 DSGVO)"),
        kept=_("auf Dauer, als Nummer des Kontos; der Name geht mit dem Konto"),
        stored=AuditEntry.objects.all,
        about=_noted_of,
        told=lambda row: {_("Zeitpunkt"): row.at, _("Vorgang"): AuditKind(row.kind).label},
        erase=_leave_to_the_words,
    )
)
register(
    DataType(
        key="drafts",
        title=_("Entwürfe"),
        purpose=_("Angefangene Eingaben bis zum Speichern aufbewahren."),
        basis=_("Aufgabe im öffentlichen Interesse (Art. 6 Abs. 1 Buchst. e DSGVO)"),
        kept=_("30 Tage nach der letzten Eingabe"),
        stored=Draft.objects.all,
        about=lambda person: (
            Draft.objects.filter(user=person.account) if person.account else Draft.objects.none()
        ),
        told=lambda row: {
            _("Formular"): row.address,
            _("gesichert am"): row.saved_at,
            _("Inhalt"): row.texts,
        },
        outdated=Draft.objects.outdated,
    )
)
register(
    DataType(
        key="jobs",
        title=_("Aufträge im Hintergrund"),
        purpose=_("Berichte, Mails und Importe erledigen und Fehler finden."),
        basis=_("Aufgabe im öffentlichen Interesse (Art. 6 Abs. 1 Buchst. e DSGVO)"),
        kept=_("90 Tage; solche, zu denen ein Bericht, ein Import oder eine Mail gehört, so lange wie diese"),
        stored=Job.objects.all,
        about=_jobs_of,
        told=lambda row: {_("Auftrag"): title_of(row.kind), _("Fehler"): row.error, _("vom"): row.created_at},
        erase=_leave_to_the_words,
        outdated=Job.objects.outdated,
        drop=_delete,
    )
)
register(
    DataType(
        key="history",
        title=_("Verlauf: wer was wann geändert hat"),
        purpose=_("Änderungen nachvollziehen und zurücknehmen; Nachweis der Verwaltung."),
        basis=_("Rechtliche Verpflichtung zur Aktenführung (Art. 6 Abs. 1 Buchst. c DSGVO)"),
        kept=_("so lange wie die Sache; der Name geht mit dem Konto"),
        stored=Context.objects.all,
        about=_done_by,
        told=_told_of_day,
        gathered=_days,
        erase=_leave_to_the_words,
    )
)
