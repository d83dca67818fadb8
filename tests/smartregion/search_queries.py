"""What people type, and what they must find among the first five hits of the example region.

Written before the search was. Each line: who searches, what is typed, and the hits by kind and title.
"""

from typing import NamedTuple


class Asked(NamedTuple):
    reader: str
    words: str
    wanted: list[tuple[str, str]]


VISITOR, COORDINATION, CHAIR = "visitor", "coordination", "chair"

STATIONS = ("massnahmen", "Mobilstationen mit gemeinsamer Buchung")
PARKING = ("massnahmen", "Intelligente Parkraumanzeige Innenstadt")
CYCLING = ("massnahmen", "Radverkehrszählung und Baustellenmelder")
BUILDINGS = ("massnahmen", "Energiemonitoring kommunaler Gebäude")
LIGHTS = ("massnahmen", "Bedarfsgesteuerte Straßenbeleuchtung")
ADVICE = ("massnahmen", "Digitale Energieberatung vor Ort")
FLOODS = ("massnahmen", "Starkregen- und Pegel-Frühwarnung")
SENSORS = ("massnahmen", "Kreisweites LoRaWAN-Sensornetz")
TRAIL = ("massnahmen", "Digitaler Erlebnispfad im Grenzland")
ROOMS = ("massnahmen", "Online-Buchung kommunaler Räume und Angebote")
VILLAGE = ("massnahmen", "Digitaler Dorfplatz")
COACH = ("massnahmen", "Digitalcoach für Innenstadt und Handwerk")
COWORKING = ("massnahmen", "Coworking auf dem Land")
FLOOD_SOLUTION = ("loesungen", "Pegel- und Starkregenwarnung")
ROOM_SOLUTION = ("loesungen", "Raumbuchung Plus")
METER_SOLUTION = ("loesungen", "Energiemonitoring als Dienst")
ROADWORKS_SOLUTION = ("loesungen", "Baustellenmelder")
WARNING_TIME = ("indikatoren", "Vorwarnzeit bei Starkregen")
PARKING_TIME = ("indikatoren", "Mittlere Suchzeit für einen Parkplatz")
COUNTED_RIDES = ("indikatoren", "Gezählte Radfahrten an Dauerzählstellen")
GASES = ("indikatoren", "Treibhausgase der kommunalen Gebäude")
POWER = ("indikatoren", "Stromverbrauch der Straßenbeleuchtung")
SAVING = ("indikatoren", "Einsparung durch bedarfsgesteuerte Beleuchtung")
STEERING = ("gremien", "Lenkungskreis")
MAYORS = ("gremien", "Bürgermeisterkonferenz")
STATEMENT = ("vorlagen", "Stellungnahme der Verwaltung zum Antrag vom 04.02.2024")
MOTION = (
    "vorlagen",
    "Digitalisierung beschleunigen, Vernetzung verbessern – Smart Region Convention: "
    "Jährliche offene Digitalkonferenz für den Kreis Borken",
)

QUERIES = [
    # umlauts, ß and how they are written without
    Asked(VISITOR, "Strassenbeleuchtung", [LIGHTS, POWER]),
    Asked(VISITOR, "straßenbeleuchtung", [LIGHTS, POWER]),
    Asked(VISITOR, "Mobilitaet", [("handlungsfelder", "Mobilität")]),
    Asked(VISITOR, "Buergermeisterkonferenz", [MAYORS]),
    Asked(VISITOR, "Suedlohn", [("kommunen", "Südlohn")]),
    Asked(VISITOR, "Schoppingen", [("kommunen", "Schöppingen")]),
    Asked(VISITOR, "SCHÖPPINGEN", [("kommunen", "Schöppingen")]),
    Asked(VISITOR, "Zaehlerstruktur", [("beschluesse", "Einheitliche Zählerstruktur")]),
    Asked(VISITOR, "kleine Gewaesser", [FLOODS, FLOOD_SOLUTION]),
    Asked(VISITOR, "Westmuensterland Themenwoche", [STATEMENT]),
    Asked(VISITOR, "Fuellstand", [SENSORS]),
    # slips of the finger
    Asked(VISITOR, "Starkregn", [FLOODS, FLOOD_SOLUTION, WARNING_TIME]),
    Asked(VISITOR, "Energimonitoring", [BUILDINGS, METER_SOLUTION]),
    Asked(VISITOR, "Lenkungkreis", [STEERING]),
    Asked(VISITOR, "Parkraumanzeiga", [PARKING]),
    Asked(VISITOR, "Digitalcoch", [COACH]),
    Asked(VISITOR, "LoRaWan Sensornets", [SENSORS]),
    Asked(VISITOR, "Mobilstatoinen", [STATIONS]),
    Asked(VISITOR, "Dorfplaz", [VILLAGE]),
    Asked(VISITOR, "Bocholdt", [("kommunen", "Bocholt")]),
    Asked(VISITOR, "Stadlohn", [("kommunen", "Stadtlohn")]),
    Asked(VISITOR, "Datenschuz", [("rechtstexte", "Datenschutz")]),
    Asked(VISITOR, "Barierefreiheit", [("rechtstexte", "Barrierefreiheit")]),
    Asked(VISITOR, "Impresum", [("rechtstexte", "Impressum")]),
    Asked(VISITOR, "Erlebnisspfad", [TRAIL]),
    Asked(VISITOR, "Energieberatug", [ADVICE, ("indikatoren", "Energieberatungen")]),
    Asked(VISITOR, "Treibhausgasse", [GASES]),
    Asked(VISITOR, "DIGGIMITWOCH", [("gremien", "DIGGIMITTWOCH")]),
    # parts of compounds, and compounds whose parts stand alone
    Asked(VISITOR, "Beleuchtung", [LIGHTS, SAVING, POWER]),
    Asked(VISITOR, "Radverkehr", [CYCLING]),
    Asked(VISITOR, "Zählstellen", [COUNTED_RIDES, CYCLING]),
    Asked(VISITOR, "Parkplatzsuche", [PARKING_TIME]),
    Asked(VISITOR, "Halle buchen", [ROOMS, ROOM_SOLUTION]),
    Asked(VISITOR, "Netz für Sensoren", [SENSORS]),
    Asked(VISITOR, "Baustellen", [CYCLING, ROADWORKS_SOLUTION]),
    Asked(VISITOR, "Regenwarnung", [FLOODS, FLOOD_SOLUTION]),
    Asked(VISITOR, "Klima", [("handlungsfelder", "Umwelt & Klima")]),
    Asked(
        VISITOR, "Geodaten", [("gremien", "CC Geo-Informationssysteme (GIS)"), ("organisationen", "CC GIS")]
    ),
    Asked(VISITOR, "Handwerksbetriebe beraten", [COACH]),
    # inflections
    Asked(VISITOR, "Parkplätze", [PARKING_TIME]),
    Asked(VISITOR, "Leuchte", [LIGHTS]),
    Asked(VISITOR, "Verein Sporthalle", [ROOMS]),
    Asked(VISITOR, "Feuerwehr", [FLOODS, FLOOD_SOLUTION]),
    Asked(VISITOR, "Hauseigentümerin", [ADVICE]),
    Asked(VISITOR, "Rathäuser", [BUILDINGS, ROOMS]),
    Asked(VISITOR, "kommunales Gebäude", [BUILDINGS, GASES]),
    Asked(VISITOR, "niederländischer Nachbar", [TRAIL]),
    Asked(VISITOR, "Nachbarschaftshilfe im Ortsteil", [VILLAGE]),
    Asked(VISITOR, "Leihräder", [STATIONS]),
    Asked(VISITOR, "Digitalcoachs einstellen", [("beschluesse", "Einstellung des Digitalcoachs")]),
    Asked(
        VISITOR,
        "Abschlussberichte Energiemonitoring",
        [
            ("beschluesse", "Abschlussbericht zum Energiemonitoring"),
            ("vorlagen", "Abschluss des Energiemonitorings"),
        ],
    ),
    Asked(VISITOR, "ausgefallenes Messgerät", [("beschluesse", "Ersatz für ausgefallene Messgeräte")]),
    # beginnings, numbers, several words
    Asked(VISITOR, "Isselb", [("kommunen", "Isselburg")]),
    Asked(VISITOR, "B-07", [FLOODS]),
    Asked(VISITOR, "Rat Ahaus", [("gremien", "Rat der Stadt Ahaus")]),
    Asked(VISITOR, "Digitalkonferenz", [MOTION]),
    Asked(
        VISITOR, "Wo finde ich das Betriebskonzept?", [("dokumente", "Betriebskonzept der Mobilstationen")]
    ),
    # what only some may read
    Asked(COORDINATION, "Co-Working Arbeitsplätze", [COWORKING]),
    Asked(CHAIR, "Touristinfo", [("beschluesse", "Gemeinsame Touristinformation")]),
    Asked(CHAIR, "Auswahl der offenen Daten", [("beschluesse", "Auswahl offener Daten")]),
]
