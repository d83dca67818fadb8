"""Sets up the region from one file (docs/region-file.md). Run again, it brings the portal up to the file."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fields.models import ActionField, Concept, Guideline
from governance.models import Committee, Paper, Resolution, Seat
from governance.services.followups import add_follow_ups
from measures.models import GateCriterion
from monitoring.models import Audience, ReportKind, ReportSchedule
from monitoring.periods import Period
from network.models import Municipality, Organisation, Region, Sector
from smartregion.base.history import recorded
from smartregion.base.models import LegalText
from smartregion.base.text import german_slug
from smartregion.base.versioned import Versioned
from smartregion.regions.maturity import read_scale
from smartregion.regions.past import date_history, happened
from smartregion.regions.reader import Entry, RegionFileError, read_file

SET_UP = "Einrichtung der Region"
LEGAL_PAGES = {
    "imprint": gettext_lazy("Impressum"),
    "privacy": gettext_lazy("Datenschutz"),
    "accessibility": gettext_lazy("Erklärung zur Barrierefreiheit"),
    "plain_language": gettext_lazy("Leichte Sprache"),
    "sign_language": gettext_lazy("Deutsche Gebärdensprache"),
}
TEXT_IS_MISSING = gettext_lazy("Dieser Text fehlt noch. Koordination oder Administration trägt ihn hier ein.")
SCHEDULES = [
    (ReportKind.STATUS, Audience.INTERNAL, ReportSchedule.Rhythm.QUARTER),
    (ReportKind.STATUS, Audience.PUBLIC, ReportSchedule.Rhythm.QUARTER),
    (ReportKind.EVALUATION, Audience.INTERNAL, ReportSchedule.Rhythm.YEAR),
]
Row = TypeVar("Row", bound=models.Model)


def setup_region(path: Path) -> Region:
    """Create or update the region, its strategy, organisations, municipalities, committees and papers.

    Rows are found by their natural key; what is not in the file stays. Rows of the first set-up get a history
    that begins on the file's `valid_from`, or on a paper's own date; later changes are of the day they come.

    Raises:
        RegionFileError: something in the file is missing or wrong; nothing was written.
    """
    file = read_file(path)
    try:
        with transaction.atomic():
            return _write(file, path)
    except IntegrityError as error:
        detail = str(error).split("DETAIL:")[-1].strip()
        raise RegionFileError(
            path.name, _("Die Angaben widersprechen dem Bestand: %(detail)s") % {"detail": detail}
        ) from error


def _write(file: Entry, path: Path) -> Region:
    first_time = not Region.objects.exists()
    valid_from = day_of(file, "valid_from")
    with _dated(valid_from, first_time):
        region = _region(file.entry("region"))
        _concept(file.entry("concept"))
        organisations = _organisations(file)
        _municipalities(file, _boundaries(file, path))
        committees = _committees(file, organisations)
        _gate_criteria(file)
        _schedules(localdate())
        read_scale(file, valid_from)
    _resolutions(file, committees, valid_from, first_time)
    _papers(file, committees, valid_from, first_time)
    with recorded(by=None, reason=SET_UP):
        _legal_texts(file)
    file.finish()
    date_history()
    return region


def _dated(day: date, first_time: bool) -> Any:
    if first_time:
        return happened(start_of(day), reason=SET_UP)
    return recorded(by=None, reason=SET_UP)


def start_of(day: date) -> datetime:
    return make_aware(datetime.combine(day, time()))


def day_of(entry: Entry, key: str) -> date:
    value: date = entry.check(key, models.DateField(), entry.take(key, str))
    return value


def put(model: type[Row], key: dict[str, Any], values: dict[str, Any]) -> Row:
    """The row with this natural key, created or updated; a row that already says all this is left alone."""
    row = model._base_manager.filter(**key).first()
    if row is None:
        return model._base_manager.create(**key, **values)
    if any(getattr(row, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(row, name, value)
        if isinstance(row, Versioned):
            row.save_over(row.version)
        else:
            row.save()
    return row


def once(entry: Entry, key: str, value: Any, seen: dict[Any, str]) -> None:
    """Complain when an earlier entry already has this value."""
    if value in seen:
        place = {"value": value, "place": seen[value]}
        raise entry.wrong(key, _("„%(value)s“ steht schon bei %(place)s.") % place)
    seen[value] = entry.place


REGION = [
    *["name", "portal_title", "key", "coordination_office", "website", "address"],
    *["boundary_note", "residents_note"],
]


def _region(entry: Entry) -> Region:
    values = entry.values(Region, REGION)
    entry.finish()
    other = Region.objects.exclude(key=values["key"]).first()
    if other:
        raise entry.wrong("key", _("Dieses Portal gehört schon der Region %(name)s.") % {"name": other.name})
    return put(Region, {"key": values.pop("key")}, values)


def _concept(entry: Entry) -> None:
    names = ["title", "claim", "vision", "summary", "resolved_on", "resolved_by", "source"]
    values = entry.values(Concept, names)
    concept = put(Concept, {"title": values.pop("title")}, values)
    titles: dict[str, str] = {}
    for position, guideline in enumerate(entry.entries("guidelines"), start=1):
        values = {**guideline.values(Guideline, ["title", "text"]), "position": position}
        guideline.finish()
        once(guideline, "title", values["title"], titles)
        put(Guideline, {"concept": concept, "title": values.pop("title")}, values)
    slugs: dict[str, str] = {}
    for position, field in enumerate(entry.entries("fields"), start=1):
        values = field.values(ActionField, ["name", "text", "symbol"])
        slug = field.take("slug", str, german_slug(values["name"]))
        field.finish()
        once(field, "slug", slug, slugs)
        put(ActionField, {"slug": slug}, {**values, "concept": concept, "position": position})
    entry.finish()


def _organisations(file: Entry) -> dict[str, Organisation]:
    rows = {row.slug: row for row in Organisation.objects.all()}
    names: dict[str, str] = {}
    for entry in file.entries("organisations"):
        values = entry.values(Organisation, ["name", "short_name", "sector", "description", "website"])
        slug = entry.take("slug", str, german_slug(values["short_name"]))
        values["parent"] = entry.named_if_given("parent", rows)
        entry.finish()
        once(entry, "name", values["name"], names)
        rows[slug] = put(Organisation, {"slug": slug}, values)
    return rows


MUNICIPALITY = [
    *["name", "official_name", "abbreviation", "ags", "ars", "residents", "residents_on", "area_km2"],
    *["latitude", "longitude", "tile_column", "tile_row", "website"],
]


def _municipalities(file: Entry, boundaries: dict[str, Any]) -> None:
    unique = ["ags", "ars", "name", "abbreviation", "tile_column"]
    seen: dict[str, dict[Any, str]] = {name: {} for name in unique}
    bordering: list[tuple[Entry, Municipality, list[str]]] = []
    for entry in file.entries("municipalities"):
        values = entry.values(Municipality, MUNICIPALITY)
        values["slug"] = entry.take("slug", str, german_slug(values["name"]))
        neighbours = entry.take("neighbours", list, [])
        entry.finish()
        for name in unique[:-1]:
            once(entry, name, values[name], seen[name])
        tile = f"{values['tile_column']} / {values['tile_row']}"
        once(entry, "tile_column", _("Kachel Spalte / Zeile ") + tile, seen["tile_column"])
        administration = put(
            Organisation,
            {"slug": german_slug(values["official_name"])},
            {
                "name": values["official_name"],
                "short_name": values["official_name"][:60],
                "sector": Sector.MUNICIPAL,
                "website": values["website"],
            },
        )
        ags = values.pop("ags")
        values.update(organisation=administration, boundary=boundaries.pop(ags, None))
        bordering.append((entry, put(Municipality, {"ags": ags}, values), neighbours))
    _neighbours(bordering)
    if boundaries:
        problem = _("Zur Grenze mit dem AGS %(ags)s gibt es keine Kommune.")
        raise file.wrong("boundaries", problem % {"ags": min(boundaries)})


def _neighbours(bordering: list[tuple[Entry, Municipality, list[str]]]) -> None:
    """After all municipalities are there. It is enough that one of the two names the other."""
    places = {place.ags: place for _entry, place, _keys in bordering}
    for entry, place, keys in bordering:
        for ags in map(str, keys):
            if ags not in places or ags == place.ags:
                raise entry.unknown("neighbours", ags)
            place.neighbours.add(places[ags])


def _boundaries(file: Entry, path: Path) -> dict[str, Any]:
    name = file.take("boundaries", str, "")
    if not name:
        return {}
    features = read_file(path.parent / name)
    boundaries = {}
    for feature in features.entries("features"):
        geometry = feature.entry("geometry")
        if geometry.take("type", str) not in {"Polygon", "MultiPolygon"}:
            raise geometry.wrong("type", _("Eine Grenze ist ein Polygon oder MultiPolygon."))
        boundaries[feature.entry("properties").take("AGS", str)] = geometry.raw
    return boundaries


COMMITTEE = [
    *["name", "kind", "task", "rhythm", "source", "visibility"],
    *["quorum", "notice_days", "number_prefix", "keeps_register"],
]


def _committees(file: Entry, organisations: dict[str, Organisation]) -> dict[str, Committee]:
    rows = {row.slug: row for row in Committee.objects.all()}
    municipalities = {row.ags: row for row in Municipality.objects.all()}
    for position, entry in enumerate(file.entries("committees"), start=1):
        values = entry.values(Committee, COMMITTEE)
        values["host"] = entry.named_if_given("host", organisations)
        values["municipality"] = entry.named_if_given("municipality", municipalities)
        values["parent"] = entry.named_if_given("parent", rows)
        slug = entry.take("slug", str, german_slug(values["name"]))
        seats = list(entry.entries("seats"))
        entry.finish()
        committee = put(Committee, {"slug": slug}, {**values, "position": position})
        for seat in seats:
            key = seat.values(Seat, ["group", "function", "is_chair"])
            organisation = seat.named_if_given("organisation", organisations)
            seat.finish()
            rest = {"group": key.pop("group"), "is_chair": key.pop("is_chair")}
            put(Seat, {"committee": committee, "organisation": organisation, **key}, rest)
        rows[slug] = committee
    return rows


def _papers(file: Entry, committees: dict[str, Committee], valid_from: date, first_time: bool) -> None:
    rows: dict[str, Paper] = {}
    resolutions = {row.number: row for row in Resolution.objects.all()}
    for entry in file.entries("papers"):
        names = ["kind", "number", "title", "dated", "originator", "source", "way_note", "visibility"]
        values = entry.values(Paper, names)
        paragraphs: Iterable[Any] = entry.take("body", list, [])
        values["body"] = "\n\n".join(str(paragraph) for paragraph in paragraphs)
        values["refers_to"] = entry.named_if_given("refers_to", resolutions)
        values["answers"] = answers = entry.named_if_given("answers", rows)
        key = {"committee": entry.named("committee", committees), "title": values.pop("title")}
        entry.finish()
        dates = [values["dated"], answers.dated if answers else None, valid_from]
        with _dated(max(day for day in dates if day), first_time):
            rows[key["title"]] = put(Paper, key, values)


def _gate_criteria(file: Entry) -> None:
    """Only into an empty catalogue: the region keeps its own in the browser."""
    is_empty = not GateCriterion.objects.exists()
    numbers: Counter[str] = Counter()
    for entry in file.entries("gate_criteria"):
        values = entry.values(GateCriterion, ["phase", "text"])
        entry.finish()
        numbers[values["phase"]] += 1
        if is_empty:
            GateCriterion.objects.create(**values, number=numbers[values["phase"]])


UNCHANGING = [
    *["title", "wording", "resolved_on", "outcome"],
    *["votes_for", "votes_against", "abstentions", "vote_note"],
]


def _resolutions(file: Entry, committees: dict[str, Committee], valid_from: date, first_time: bool) -> None:
    for entry in file.entries("resolutions"):
        values = entry.values(Resolution, [*UNCHANGING, "visibility"])
        committee = entry.named("committee", committees)
        number = entry.values(Resolution, ["number"])["number"]
        entry.finish()
        if committee.keeps_register:
            problem = _("Dieses Gremium führt seine Beschlüsse im Portal (keeps_register): %s")
            raise entry.wrong("committee", problem % committee)
        stored = Resolution.objects.filter(committee=committee, number=number).first()
        if stored is None:
            with _dated(max(values["resolved_on"], valid_from), first_time):
                resolution = Resolution.objects.create(committee=committee, number=number, **values)
                add_follow_ups(resolution=resolution, follow_ups=[])
        elif any(getattr(stored, name) != values[name] for name in UNCHANGING):
            raise entry.wrong("number", _("Dieser Beschluss steht schon mit anderem Inhalt im Portal."))


def _legal_texts(file: Entry) -> None:
    """Only texts that are missing: the region edits its own in the browser. Each page gets one."""
    for entry in file.entries("legal_texts"):
        values = entry.values(LegalText, ["title"])
        slug = entry.take("slug", str)
        body = "\n\n".join(str(paragraph) for paragraph in entry.take("body", list))
        entry.finish()
        LegalText.objects.get_or_create(slug=slug, defaults={**values, "body": body})
    for slug, title in LEGAL_PAGES.items():
        values = {"title": str(title), "body": str(TEXT_IS_MISSING)}
        LegalText.objects.get_or_create(slug=slug, defaults=values)


def _schedules(on: date) -> None:
    """The three reports that a region owes, from the period that runs at its set-up; what is there stays."""
    for kind, audience, rhythm in SCHEDULES:
        period = Period.year(on) if rhythm == ReportSchedule.Rhythm.YEAR else Period.quarter(on)
        ReportSchedule.objects.get_or_create(
            kind=kind, audience=audience, rhythm=rhythm, defaults={"first_period_start": period.start}
        )
