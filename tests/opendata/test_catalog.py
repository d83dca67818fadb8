"""The catalogue: as DCAT-AP.de 3.0 publishes it in SHACL shapes, the same in three serializations."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from rdflib import DCAT, DCTERMS, FOAF, RDF, SH, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from smartregion.opendata.catalog import DCATDE
from smartregion.opendata.resource import datasets
from tests.opendata.rows import Rows, make_everything
from tests.past import happened_on
from tests.standards import DCAT_AP

pytestmark = pytest.mark.django_db
needs_shapes = pytest.mark.skipif(not DCAT_AP.is_dir(), reason="the head of the run says so")
PARSERS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}


@pytest.fixture
def rows(settings: Any) -> Rows:
    settings.PORTAL_URL = "https://portal.example.org"
    return make_everything()


def catalogue(ending: str = "ttl") -> Graph:
    response = Client().get(f"/open-data/catalog.{ending}")
    assert response.status_code == 200
    return Graph().parse(data=response.content, format=PARSERS[ending])


def findings(graph: Graph, severity: URIRef) -> set[str]:
    """What the published shapes say against the catalogue."""
    from pyshacl import validate

    shapes = Graph()
    for file in DCAT_AP.glob("*.ttl"):
        shapes.parse(file)
    _conforms, report, _text = validate(graph, shacl_graph=shapes, advanced=True, inference="none")
    return {
        str(report.value(result, SH.resultMessage)) for result in report.subjects(SH.resultSeverity, severity)
    }


@needs_shapes
def test_the_catalogue_is_valid(rows: Rows) -> None:
    graph = catalogue()

    assert findings(graph, SH.Violation) == set()
    assert findings(graph, SH.Warning) == set()


@needs_shapes
def test_the_shapes_find_what_is_missing_or_wrong(rows: Rows) -> None:
    """The negative control: without it, shapes that find no target would let everything pass."""
    graph = catalogue()
    distribution = next(graph.subjects(RDF.type, DCAT.Distribution))
    dataset = next(graph.subjects(RDF.type, DCAT.Dataset))
    graph.remove((distribution, DCTERMS.license, None))
    graph.remove((dataset, DCTERMS.publisher, None))
    graph.set((dataset, DCAT.theme, URIRef("https://example.org/thema")))

    found = findings(graph, SH.Violation)

    assert {message.split(" ")[1] for message in found if message.startswith("DE: ")} == {
        "dcat:DataService:",  # so the shapes call the dataset whose publisher is missing
        "dcat:Distribution:",
    }
    assert len(found) == 3


def test_nothing_is_missing_that_every_data_portal_of_the_eu_asks_for(rows: Rows) -> None:
    """The shapes of DCAT-AP.de build on those of the EU, which are published elsewhere."""
    graph = catalogue()
    mandatory = {
        DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher),
        DCAT.Dataset: (DCTERMS.title, DCTERMS.description),
        DCAT.Distribution: (DCAT.accessURL,),
        DCAT.DataService: (DCTERMS.title, DCAT.endpointURL),
        FOAF.Agent: (FOAF.name,),
    }

    assert [
        (subject, predicate)
        for kind, predicates in mandatory.items()
        for subject in graph.subjects(RDF.type, kind)
        for predicate in predicates
        if len(list(graph.objects(subject, predicate))) != 1
    ] == []
    assert all(list(graph.subjects(RDF.type, kind)) for kind in mandatory)


def test_three_serializations_say_the_same(rows: Rows) -> None:
    turtle = catalogue("ttl")

    assert isomorphic(turtle, catalogue("rdf"))
    assert isomorphic(turtle, catalogue("jsonld"))


def test_each_dataset_has_title_licence_area_day_and_files_that_are_there(settings: Any) -> None:
    settings.PORTAL_URL = "https://portal.example.org"
    with happened_on(date(2024, 3, 1)):
        rows = make_everything()
    graph = catalogue()
    found = set(graph.subjects(RDF.type, DCAT.Dataset))
    root = "https://portal.example.org/open-data/"

    assert found == {URIRef(f"{root}{slug}/#datensatz") for slug in datasets()}
    for dataset in found:
        assert graph.value(dataset, DCTERMS.modified).toPython() == date(2024, 3, 1)
        keys = {str(term) for term in graph.objects(dataset, DCTERMS.spatial)}
        place = "http://dcat-ap.de/def/politicalGeocoding"
        assert keys == {
            f"{root}#gebiet",
            f"{place}/districtKey/09999",
            *(f"{place}/municipalityKey/{row.ags}" for row in (rows.aadorf, rows.bedorf)),
        }
        for distribution in graph.objects(dataset, DCAT.distribution):
            file = str(graph.value(distribution, DCAT.downloadURL)).removeprefix("https://portal.example.org")
            assert Client().get(file).status_code == 200
            licence = graph.value(distribution, DCTERMS.license)
            assert licence == URIRef("http://dcat-ap.de/def/licenses/dl-by-de/2.0")
    assert (None, FOAF.name, Literal("Koordinierungsstelle Smart Region", lang="de")) in graph
    assert not set(graph.subject_objects(DCATDE.contributorID))


def test_a_harvester_that_has_it_already_is_told_so(rows: Rows) -> None:
    etag = Client().get("/open-data/catalog.ttl")["ETag"]

    assert Client().get("/open-data/catalog.ttl", headers={"If-None-Match": etag}).status_code == 304


def test_an_empty_portal_has_no_catalogue() -> None:
    assert {Client().get(f"/open-data/catalog.{ending}").status_code for ending in PARSERS} == {404}
    assert Client().get("/open-data/").status_code == 200
