"""The catalogue of the datasets as DCAT-AP.de 3.0, which data portals harvest.

Addresses are those of the portal, so they stay the same whoever asks. Each term of a controlled vocabulary is
given together with the list that it is from, so that the catalogue can be checked by itself.
"""

from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, XSD, BNode, Graph, Literal, Namespace, URIRef

from network.models import Municipality, Region
from smartregion.opendata import licence
from smartregion.opendata.formats import Format, formats_of
from smartregion.opendata.geometry import Box, box_of, geometries
from smartregion.opendata.resource import Resource, absolute, collections, datasets

DCATAP: Final = Namespace("http://data.europa.eu/r5r/")
DCATDE: Final = Namespace("http://dcat-ap.de/def/dcatde/")
VCARD: Final = Namespace("http://www.w3.org/2006/vcard/ns#")
GEO: Final = Namespace("http://www.opengis.net/ont/geosparql#")
EU: Final = Namespace("http://publications.europa.eu/resource/authority/")
GEOCODING: Final = Namespace("http://dcat-ap.de/def/politicalGeocoding/")
MEDIA: Final = Namespace("https://www.iana.org/assignments/media-types/")
SERIALIZATIONS: Final = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}
LANGUAGE: Final = "de"
GERMAN: Final = "language/DEU"


def catalogue(ending: str) -> str:
    """The catalogue in Turtle, RDF/XML or JSON-LD, in German whatever page it was asked from."""
    with override(LANGUAGE):
        graph = CatalogueGraph(Region.objects.get()).graph
    options: dict[str, Any] = {"auto_compact": True, "ensure_ascii": False} if ending == "jsonld" else {}
    return graph.serialize(format=SERIALIZATIONS[ending], **options)


class CatalogueGraph:
    def __init__(self, region: Region) -> None:
        self.region = region
        self.graph = Graph()
        for prefix, names in PREFIXES.items():
            self.graph.bind(prefix, names)
        self.root = absolute(reverse("open_data"))
        self.catalogue = URIRef(f"{self.root}#katalog")
        self.publisher = URIRef(f"{self.root}#herausgeber")
        self.contact = URIRef(f"{self.root}#kontakt")
        self.area = URIRef(f"{self.root}#gebiet")
        self.places = list(Municipality.objects.order_by("ags").values_list("ags", flat=True))
        self._add_catalogue()
        self._add_offices()
        self._add_area(box_of(geometries().values()))
        for resource in datasets().values():
            self._add_dataset(resource)
        self._add_services()

    def _add(self, subject: URIRef | BNode, *pairs: tuple[Any, Any]) -> None:
        for predicate, value in pairs:
            self.graph.add((subject, predicate, value))

    def _said(self, text: Any) -> Literal:
        return Literal(str(text), lang=LANGUAGE)

    def _term(self, path: str, kind: URIRef = SKOS.Concept) -> URIRef:
        """A term of one of the EU's lists, with its list."""
        term, scheme = EU[path], EU[path.rpartition("/")[0]]
        return self._listed(term, scheme, kind)

    def _listed(self, term: URIRef, scheme: URIRef, kind: URIRef) -> URIRef:
        self._add(term, (RDF.type, kind), (SKOS.inScheme, scheme))
        return term

    def _licence(self) -> URIRef:
        term, scheme = URIRef(licence.LIST_URL), URIRef("http://dcat-ap.de/def/licenses")
        return self._listed(term, scheme, DCTERMS.LicenseDocument)

    def _add_catalogue(self) -> None:
        title = _("Offene Daten: %s") % self.region.portal_title
        text = _(
            "Maßnahmen, Roll-out, Indikatoren, Beschlüsse und Veranstaltungen des Portals als offene Daten."
        )
        self._add(
            self.catalogue,
            (RDF.type, DCAT.Catalog),
            (DCTERMS.title, self._said(title)),
            (DCTERMS.description, self._said(text)),
            (DCTERMS.publisher, self.publisher),
            (DCTERMS.language, self._term(GERMAN, DCTERMS.LinguisticSystem)),
            (DCTERMS.license, self._licence()),
            (DCTERMS.spatial, self.area),
            (FOAF.homepage, self._document(self.root)),
        )

    def _add_offices(self) -> None:
        name = self._said(self.region.coordination_office)
        self._add(self.publisher, (RDF.type, FOAF.Agent), (FOAF.name, name))
        if self.region.website:
            self._add(self.publisher, (FOAF.homepage, self._document(self.region.website)))
        self._add(
            self.contact,
            (RDF.type, VCARD.Kind),
            (VCARD.fn, name),
            (VCARD.hasURL, URIRef(absolute(reverse("imprint")))),
        )

    def _document(self, url: str) -> URIRef:
        page = URIRef(url)
        self._add(page, (RDF.type, FOAF.Document))
        return page

    def _add_area(self, box: Box | None) -> None:
        self._add(self.area, (RDF.type, DCTERMS.Location), (SKOS.prefLabel, self._said(self.region.name)))
        if box:
            west, south, east, north = box
            ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
            text = ", ".join(f"{x} {y}" for x, y in ring)
            self._add(self.area, (DCAT.bbox, Literal(f"POLYGON(({text}))", datatype=GEO.wktLiteral)))

    def _add_dataset(self, resource: Resource) -> None:
        page = absolute(resource.get_absolute_url())
        dataset = URIRef(f"{page}#datensatz")
        self._add(self.catalogue, (DCAT.dataset, dataset))
        self._add(
            dataset,
            (RDF.type, DCAT.Dataset),
            (DCTERMS.title, self._said(resource.title)),
            (DCTERMS.description, self._said(_description(resource))),
            (DCTERMS.identifier, Literal(str(dataset))),
            (DCTERMS.publisher, self.publisher),
            (DCAT.contactPoint, self.contact),
            (DCAT.landingPage, self._document(page)),
            (DCTERMS.language, self._term(GERMAN, DCTERMS.LinguisticSystem)),
            (DCTERMS.accessRights, self._term("access-right/PUBLIC", DCTERMS.RightsStatement)),
            (DCTERMS.accrualPeriodicity, self._term(f"frequency/{resource.frequency}", DCTERMS.Frequency)),
            (DCATAP.availability, self._term("planned-availability/AVAILABLE")),
            *((DCAT.theme, self._term(f"data-theme/{code}")) for code in resource.themes),
            *((DCAT.keyword, self._said(word)) for word in resource.keywords),
            *self._coverage(),
        )
        if modified := resource.modified:
            self._add(dataset, (DCTERMS.modified, Literal(modified.isoformat(), datatype=XSD.date)))
        for file_format in formats_of(resource):
            self._add_distribution(resource, dataset, file_format)

    def _coverage(self) -> list[tuple[Any, Any]]:
        """The area, the district by its key, and each municipality by its AGS."""
        level = self._listed(GEOCODING["Level/administrativeDistrict"], GEOCODING["Level"], SKOS.Concept)
        keys = [f"districtKey/{self.region.key}", *(f"municipalityKey/{ags}" for ags in self.places)]
        for key in keys:
            self._add(GEOCODING[key], (RDF.type, DCTERMS.Location))
        return [
            (DCATDE.politicalGeocodingLevelURI, level),
            *((DCTERMS.spatial, place) for place in (self.area, *(GEOCODING[key] for key in keys))),
        ]

    def _add_distribution(self, resource: Resource, dataset: URIRef, file_format: Format) -> None:
        file = absolute(reverse(f"open_data_{file_format.ending}", args=[resource.slug]))
        distribution = URIRef(f"{absolute(resource.get_absolute_url())}#{file_format.ending}")
        source = licence.source_note(self.region, with_outlines=file_format.ending == "geojson")
        kind = DCTERMS.MediaTypeOrExtent
        self._add(dataset, (DCAT.distribution, distribution))
        self._add(
            distribution,
            (RDF.type, DCAT.Distribution),
            (DCTERMS.title, self._said(f"{resource.title} ({file_format.label})")),
            (DCAT.accessURL, URIRef(file)),
            (DCAT.downloadURL, URIRef(file)),
            (DCTERMS.format, self._term(f"file-type/{file_format.file_type}", kind)),
            (DCAT.mediaType, self._media_type(file_format.media_type)),
            (DCTERMS.license, self._licence()),
            (DCATDE.licenseAttributionByText, self._said(source)),
            (DCTERMS.language, self._term(GERMAN, DCTERMS.LinguisticSystem)),
            (DCATAP.availability, self._term("planned-availability/AVAILABLE")),
        )

    def _media_type(self, name: str) -> URIRef:
        self._add(MEDIA[name], (RDF.type, DCTERMS.MediaType))
        return MEDIA[name]

    def _add_services(self) -> None:
        description = absolute(reverse("api_openapi"))
        services = [
            ("api", _("Schnittstelle (REST)"), absolute(reverse("api_index")), datasets()),
            (
                "kartendienst",
                _("Kartendienst (OGC API – Features)"),
                absolute(reverse("ogc_landing")),
                collections(),
            ),
        ]
        for name, title, endpoint, served in services:
            service = URIRef(f"{self.root}#{name}")
            self._add(self.catalogue, (DCAT.service, service))
            self._add(
                service,
                (RDF.type, DCAT.DataService),
                (DCTERMS.title, self._said(title)),
                (DCTERMS.publisher, self.publisher),
                (DCAT.contactPoint, self.contact),
                (DCAT.endpointURL, URIRef(endpoint)),
                (DCAT.endpointDescription, URIRef(description)),
                (DCTERMS.license, self._licence()),
                (DCTERMS.accessRights, self._term("access-right/PUBLIC", DCTERMS.RightsStatement)),
                *(
                    (DCAT.servesDataset, URIRef(f"{absolute(row.get_absolute_url())}#datensatz"))
                    for row in served.values()
                ),
            )


PREFIXES: Final[dict[str, Any]] = {
    "dcat": DCAT,
    "dcterms": DCTERMS,
    "foaf": FOAF,
    "skos": SKOS,
    "dcatap": DCATAP,
    "dcatde": DCATDE,
    "vcard": VCARD,
    "geo": GEO,
}


def _description(resource: Resource) -> str:
    """With the rules, and said at once where it holds examples."""
    parts = [str(resource.description), *(f"{term}: {rule}" for term, rule in resource.rules)]
    if resource.has_examples():
        parts.insert(1, _("Enthält Beispieldaten, die als solche gekennzeichnet sind."))
    return "\n\n".join(parts)
