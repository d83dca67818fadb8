"""Rows of every dataset, and beside them rows and words that nobody without an account may find."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.utils.timezone import now

from governance.models import Committee, Resolution
from measures.models import Measure, Milestone
from measures.services.tags import add_tag
from monitoring.models import Indicator
from network.models import Municipality, Region
from participation.models import Event, EventFile, EventSeries
from tests.factories import make_committee, make_field, make_measure, make_municipality, make_region, set_cell
from tests.governance.rows import make_resolution
from tests.monitoring.indicator_rows import make_indicator, make_target, make_value
from tests.participation.event_rows import make_event, make_session, put, say
from tests.participation.series_rows import RULE

CANARY = "Kanarienvogel"
SQUARE = [[[7.0, 52.0], [7.2, 52.0], [7.2, 52.2], [7.0, 52.2], [7.0, 52.0]]]


@dataclass
class Rows:
    region: Region
    aadorf: Municipality
    bedorf: Municipality
    measure: Measure
    indicator: Indicator
    committee: Committee
    resolution: Resolution
    event: Event


def make_everything() -> Rows:
    """Two municipalities (one with an outline), two measures, an indicator, a resolution, an event."""
    region = make_region()
    aadorf, bedorf = make_municipality("Aadorf"), make_municipality("Bedorf", 30_000)
    aadorf.boundary = {"type": "Polygon", "coordinates": SQUARE}
    aadorf.save()
    Municipality.objects.filter(pk=bedorf.pk).update(longitude="7.50000", latitude="52.50000")
    measure = make_measure("Netz", phase="pilot", is_example=True, starts_on=date(2024, 1, 1))
    Milestone.objects.create(measure=measure, title="Start", planned_date=date(2024, 5, 1))
    add_tag(measure=measure, name="Wasser, Luft", by=None)
    make_measure("Radweg", field=make_field("Energie"))
    set_cell(measure, aadorf, stage="live", since=date(2024, 2, 1), evidence=f"{CANARY} Nachweis")
    set_cell(measure, bedorf, stage="interested", note=f"{CANARY} Notiz", contact=f"{CANARY} Kontakt")
    indicator = make_indicator(
        "Zählung", per_municipality=True, decimals=1, baseline=2, baseline_on="2023-12-31"
    )
    make_value(indicator, value=12.5, place=aadorf)
    make_value(indicator, on=date(2023, 12, 31), value=None, place=bedorf, note="Zähler defekt")
    make_target(indicator, date(2030, 1, 1), 50)
    committee = make_committee()
    resolution = make_resolution(committee, "LK 1")
    resolution.measures.add(measure)
    return Rows(region, aadorf, bedorf, measure, indicator, committee, resolution, make_workshop(measure))


def make_workshop(measure: Measure) -> Event:
    """One of ten places is taken. By whom, where to watch and what the series is called is not told."""
    series = EventSeries.objects.create(
        title=CANARY, summary=CANARY, rule=RULE, starts_on=date(2024, 1, 1), at=time(9), visibility="internal"
    )
    event = make_event(
        "Werkstatt",
        field=measure.field,
        capacity=10,
        series=series,
        online_url=f"https://{CANARY.lower()}.example.org/",
    )
    make_session(event, "Auftakt", speakers="Leitung")
    put(event, CANARY, needs=CANARY)
    return event


def make_canaries(rows: Rows) -> None:
    """Of each kind what is internal, a draft or archived, and what belongs to such a row."""
    for visibility in ("internal", "draft"):
        hidden = make_measure(f"{CANARY} {visibility}", visibility=visibility, summary=CANARY)
        Milestone.objects.create(measure=hidden, title=CANARY, planned_date=date(2024, 5, 1))
        add_tag(measure=hidden, name=f"{CANARY} Schlagwort", by=None)
        set_cell(hidden, rows.aadorf, stage="rejected", reason=CANARY)
        of_hidden = make_indicator(f"{CANARY} an {visibility}", measure=hidden)
        make_value(of_hidden, note=CANARY)
        own = make_indicator(f"{CANARY} {visibility}", visibility=visibility, unit=CANARY, source=CANARY)
        make_value(own, note=CANARY)
        rows.resolution.measures.add(hidden)
    archived = make_measure(f"{CANARY} archiviert")
    Measure.objects.filter(pk=archived.pk).update(archived_at=now())
    make_indicator(f"{CANARY} archiviert", measure=archived)
    make_resolution(rows.committee, f"{CANARY} 2", visibility="internal", title=CANARY, wording=CANARY)
    closed = make_committee(f"{CANARY} Ausschuss", visibility="internal")
    make_resolution(closed, f"{CANARY} 3", title=CANARY)
    make_hidden_events(rows)


def make_hidden_events(rows: Rows) -> None:
    for visibility in ("internal", "draft"):
        hidden = make_event(
            f"{CANARY} {visibility}",
            visibility=visibility,
            summary=CANARY,
            place=CANARY,
            accessibility=CANARY,
        )
        make_session(hidden, CANARY, field=rows.measure.field)
    say(rows.event, comment=CANARY)
    EventFile.objects.create(
        event=rows.event, title=CANARY, name="a.pdf", kind="pdf", content=b"%PDF-", size=5, sha256="0" * 64
    )


def all_addresses() -> list[str]:
    """Every address of open data with the keys of `make_everything`, also those with all their filters."""
    from smartregion.opendata.formats import formats_of
    from smartregion.opendata.resource import collections, datasets, resources

    found = ["/open-data/", "/api/v1/", "/api/v1/openapi.json", "/ogc/v1/", "/ogc/v1/conformance"]
    found += [f"/open-data/catalog.{ending}" for ending in ("ttl", "rdf", "jsonld")]
    found += [f"/open-data/{row.slug}/" for row in datasets().values()]
    found += [
        f"/open-data/{row.slug}.{kind.ending}" for row in datasets().values() for kind in formats_of(row)
    ]
    found += [f"/api/v1/{name}" for name in resources()]
    found += [f"/api/v1/{name}/{key_of(row)}" for name, row in resources().items()]
    found += ["/ogc/v1/collections"]
    for name, row in collections().items():
        own = f"/ogc/v1/collections/{name}"
        found += [own, f"{own}/items", f"{own}/items/{key_of(row)}"]
    found += [f"{path}?f=html" for path in found if path.startswith("/ogc/")]
    return [*found, "/einbetten/rollout/", "/einbetten/rollout/netz/", "/einbetten/feld/mobilitaet/"]


def key_of(resource: Any) -> Any:
    return next(resource.every())[resource.key]
