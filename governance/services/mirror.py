"""The verbs of mirrors: compare with the source, page by page, so that it can go on where it broke off."""

import hashlib
import time
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from governance.models import Mirror, MirroredObject, MirrorLink, MirrorRun
from governance.oparl.shown import moment_of
from governance.oparl.source import Source, SourceError
from smartregion.base import jobs
from smartregion.base.editing import SENSIBLE_YEARS
from smartregion.base.history import recorded

KIND: Final = "governance.mirror"
MOST_NAMED: Final = 20
"""So many bodies of a source are told, for people to choose one."""
LISTS: Final = {
    "organization": MirroredObject.Kind.ORGANIZATION,
    "meeting": MirroredObject.Kind.MEETING,
    "paper": MirroredObject.Kind.PAPER,
}
STEPS: Final = 1 + len(LISTS)
OVERLAP: Final = timedelta(hours=1)
"""The source's clock and ours may differ, and what it was just writing was not served yet."""
RESUMED_WITHIN: Final = timedelta(days=7)
SCHEMA: Final = "https://schema.oparl.org/1."
NAMES_ORGANIZATIONS: Final = ("organization", "underDirectionOf", "originatorOrganization")


def request_run(mirror: Mirror) -> None:
    """Ask for a comparison; one that is waiting or running already is enough."""
    with transaction.atomic():
        Mirror.objects.select_for_update().get(pk=mirror.pk)
        if not any(run.job and run.job.is_open for run in mirror.runs.select_related("job")[:5]):
            run = run_to_go_on_with(mirror)
            run.job, run.error = jobs.enqueue(KIND, steps=STEPS), ""
            run.save(update_fields=["job", "error"])


def request_due_runs() -> None:
    for mirror in Mirror.objects.kept_up():
        request_run(mirror)


def run_to_go_on_with(mirror: Mirror) -> MirrorRun:
    """The run that broke off, or a new one of what has changed since the last complete one."""
    same = mirror.runs.filter(endpoint=mirror.endpoint, body=mirror.body)
    broken = same.filter(finished_at=None, started_at__gt=now() - RESUMED_WITHIN).first()
    if broken and broken == same.first():
        return broken
    complete = same.exclude(finished_at=None).first()
    since = complete.started_at - OVERLAP if complete else None
    return MirrorRun.objects.create(mirror=mirror, endpoint=mirror.endpoint, body=mirror.body, since=since)


def link(*, mirror: Mirror, committee: Any, organization: str, by: Any) -> MirrorLink:
    """Show what belongs to the foreign organization on the committee's pages."""
    with recorded(by=by):
        return MirrorLink.objects.update_or_create(
            mirror=mirror, organization=organization, defaults={"committee": committee}
        )[0]


def unlink(*, link: MirrorLink, by: Any) -> None:
    with recorded(by=by):
        link.delete()


def remove_mirror(*, mirror: Mirror, version: int | None, by: Any, reason: str = "") -> None:
    """Forget a source: its links, what was copied from it, and its comparisons, also one that waits.

    Raises:
        EditConflict: someone changed the mirror meanwhile.
    """
    with recorded(by=by, reason=reason):
        mirror.delete_over(version)


class Walk:
    """From the system over the body to its lists; each page is written together with the progress."""

    def __init__(self, run: MirrorRun, *, seconds: float | None = None) -> None:
        self.run, self.mirror = run, run.mirror
        self.source = Source(run.endpoint, is_internal=self.mirror.is_internal)
        self.ends = time.monotonic() + seconds if seconds else None

    def go(self, told: Any = lambda step, label: None) -> bool:
        """Copy what there is to copy. False if the time was over first: the run goes on later.

        Raises:
            SourceError: the source cannot be copied; the run keeps the message and can go on later.
        """
        try:
            told(0, _("Körperschaft lesen"))
            body = self._body()
            for step, (name, kind) in enumerate(LISTS.items(), start=1):
                told(step, str(kind.label))
                if not self._list(name, kind, body):
                    return False
        except SourceError as error:
            MirrorRun.objects.filter(pk=self.run.pk).update(error=str(error))
            raise
        MirrorRun.objects.filter(pk=self.run.pk).update(finished_at=now(), error="")
        return True

    def _body(self) -> dict[str, Any]:
        system = self.source.get(self.run.endpoint)
        _type_of(system, "System")
        if not self.run.body:
            found = [entry for entry in self._all(system.get("body")) if not entry.get("deleted")]
            if len(found) != 1:
                names = ", ".join(str(entry.get("id"))[:200] for entry in found[:MOST_NAMED])
                problem = _("Bitte wählen Sie eine Körperschaft; der Endpunkt hat: %s")
                raise SourceError(problem % (names or _("keine")))
            body = self.source.get(_text(found[0], "id"))
        else:
            body = self.source.get(self.run.body)
        _type_of(body, "Body")
        self._store([(body, MirroredObject.Kind.BODY)])
        return body

    def _all(self, where: Any) -> list[dict[str, Any]]:
        """The bodies of a system: one is taken, a few are named, and more need not be read."""
        found, pages = [], set()
        while where:
            if not isinstance(where, str) or where in pages:
                raise SourceError(_("Die Liste der Körperschaften ist fehlerhaft."))
            pages.add(where)
            page = self.source.get(where)
            found += _entries(page)
            where = _next(page) if len(found) <= MOST_NAMED else None
            if len(pages) > settings.OPARL_MOST_PAGES:
                raise SourceError(_("Die Liste der Körperschaften nimmt kein Ende."))
        return found

    def _list(self, name: str, kind: MirroredObject.Kind, body: dict[str, Any]) -> bool:
        """Read the list's pages from where the run stands; False if the time was over first."""
        state = self.run.lists.get(name) or {"next": self._first(body, name), "read": []}
        while state["next"]:
            if self.ends and time.monotonic() > self.ends:
                return False
            address = state["next"]
            page = self.source.get(address)
            following = _next(page)
            read = [*state["read"], _short(address)]
            if following and _short(following) in read:
                raise SourceError(_("Die Liste „%s“ führt im Kreis.") % name)
            if following and len(read) >= settings.OPARL_MOST_PAGES:
                raise SourceError(_("Die Liste „%s“ nimmt kein Ende.") % name)
            entries = [(entry, kind) for entry in _entries(page)]
            for entry, _kind in entries:
                _type_of(entry, kind)
            state = {"next": following, "read": read}
            self._keep(name, state, entries)
        return True

    def _first(self, body: dict[str, Any], name: str) -> str:
        address = _text(body, name)
        if not self.run.since:
            return address
        since = urlencode({"modified_since": self.run.since.isoformat(timespec="seconds")})
        return f"{address}{'&' if '?' in address else '?'}{since}"

    def _keep(self, name: str, state: dict[str, Any], entries: list[Any]) -> None:
        """The page and how far the run is, together or not at all."""
        with transaction.atomic():
            lists = {**self.run.lists, name: state}
            mine = MirrorRun.objects.filter(pk=self.run.pk, pages=self.run.pages, finished_at=None)
            if not mine.update(lists=lists, pages=F("pages") + 1):
                raise SourceError(_("Ein anderer Abgleich dieser Quelle läuft gerade."))
            changed = self._store(entries)
            MirrorRun.objects.filter(pk=self.run.pk).update(changed=F("changed") + changed)
        self.run.lists, self.run.pages = lists, self.run.pages + 1

    def _store(self, entries: list[tuple[dict[str, Any], MirroredObject.Kind]]) -> int:
        """Write what is new or not as it was; a row that is the same is not touched."""
        rows = {_text(entry, "id"): _row(self.mirror, entry, kind) for entry, kind in entries}
        known = {row.foreign_id: row for row in self.mirror.objects_there.filter(foreign_id__in=rows)}
        new = [row for key, row in rows.items() if key not in known]
        other = [row for key, row in rows.items() if key in known and known[key].data != row.data]
        for row in other:
            row.pk = known[row.foreign_id].pk
        MirroredObject.objects.bulk_create(new)
        MirroredObject.objects.bulk_update(other, COPIED)
        return len(new) + len(other)


COPIED = ["kind", "data", "organizations", "day", "created", "modified", "is_deleted", "seen_at"]


def _row(mirror: Mirror, data: dict[str, Any], kind: MirroredObject.Kind) -> MirroredObject:
    return MirroredObject(
        mirror=mirror,
        foreign_id=_text(data, "id"),
        kind=kind,
        data=data,
        organizations=sorted(_organizations(data)),
        day=_day(data.get("start") or data.get("date")),
        created=moment_of(data.get("created")),
        modified=moment_of(data.get("modified")),
        is_deleted=data.get("deleted") is True,
        seen_at=now(),
    )


def _organizations(data: dict[str, Any]) -> set[str]:
    """The organizations that a meeting or paper names itself or in its consultations."""
    stations = data.get("consultation")
    named = [data.get(name) for name in NAMES_ORGANIZATIONS]
    if isinstance(stations, list):
        named += [station.get("organization") for station in stations if isinstance(station, dict)]
    return {one for value in named if isinstance(value, list) for one in value if _is_address(one)}


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 500


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not _is_address(value):
        problem = _("Die Quelle hält sich nicht an OParl: „%s“ fehlt oder ist keine Adresse.")
        raise SourceError(problem % name)
    return value


def _type_of(data: dict[str, Any], word: str) -> None:
    found = data.get("type")
    if not (isinstance(found, str) and found.startswith(SCHEMA) and found.rpartition("/")[2] == word):
        values = {"word": word, "found": str(found)[:120]}
        raise SourceError(
            _("Die Quelle hält sich nicht an OParl: statt „%(word)s“ kam „%(found)s“.") % values
        )


def _entries(page: dict[str, Any]) -> list[dict[str, Any]]:
    data = page.get("data")
    if not isinstance(data, list) or not all(isinstance(entry, dict) for entry in data):
        raise SourceError(_("Die Quelle hält sich nicht an OParl: Eine Liste hat keine Objekte."))
    return data


def _next(page: dict[str, Any]) -> str:
    links = page.get("links")
    following = links.get("next") if isinstance(links, dict) else None
    if following and not _is_address(following):
        raise SourceError(
            _("Die Quelle hält sich nicht an OParl: „%s“ fehlt oder ist keine Adresse.") % "next"
        )
    return following or ""


def _short(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def _day(value: Any) -> date | None:
    moment = moment_of(value)
    if moment:
        return localdate(moment)
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return day if day.year in SENSIBLE_YEARS else None
