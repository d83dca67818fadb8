"""Rates each kind of public page with Lighthouse, as a phone on a slow line gets it: `make lighthouse`.

Lighthouse is fetched from npm into a folder that is thrown away: it is no dependency of the portal.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import django

VERSION = "lighthouse@12.8.2"
CLASSES = ("performance", "accessibility", "best-practices", "seo")
GOAL = 99
MEASURE, PLACE = "/massnahmen/kreisweites-lorawan-sensornetz/", "/kommunen/ahaus/"
PAGES = [
    *["/", "/konzept/", "/handlungsfelder/", "/handlungsfelder/umwelt-und-klima/", "/massnahmen/"],
    *["/massnahmen/zeitplan/", "/massnahmen/phasen/", MEASURE, f"{MEASURE}plan/", f"{MEASURE}team/"],
    *[f"{MEASURE}fragen/", f"{MEASURE}verbreitung/", f"{MEASURE}wer-hat-das/", "/loesungen/"],
    *["/roll-out/", "/roll-out/karte/", "/kommunen/", PLACE, "/gremien/", "/gremien/lenkungskreis/"],
    *["/gremien/kalender/", "/beschluesse/", "/vorlagen/", "/berichte/", "/monitoring/", "/indikatoren/"],
    *["/evaluation/", "/impressum/", "/datenschutz/", "/barrierefreiheit/", "/barrierefreiheit/melden/"],
    *["/leichte-sprache/", "/gebaerdensprache/", "/suche/?q=Sensoren", "/veranstaltungen/", "/ideen/"],
    *["/ideen/neu/", "/ideen/umfragen/", "/abonnement/", "/open-data/", "/open-data/roll-out/"],
    *["/einbetten/rollout/", "/en/", "/nl/massnahmen/"],
]


def scores(address: str, folder: Path) -> dict[str, int]:
    """The four classes in percent."""
    report = folder / "report.json"
    command = ["npx", "--yes", VERSION, address, "--quiet", "--output=json", f"--output-path={report}"]
    flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"
    environment = {**os.environ, "CHROME_PATH": os.environ["SMARTREGION_CHROMIUM"]}
    subprocess.run([*command, flags], cwd=folder, env=environment, check=True)
    categories = json.loads(report.read_text())["categories"]
    return {name: round(100 * categories[name]["score"]) for name in CLASSES}


def main() -> int:
    django.setup()
    from tests.e2e.portal import running_portal

    short = 0
    print(f"{'':<50}" + "".join(f"{name:>16}" for name in CLASSES))
    with running_portal() as portal, TemporaryDirectory() as folder:
        for page in PAGES:
            found = scores(portal.address + page, Path(folder))
            short += min(found.values()) < GOAL
            print(f"{page:<50}" + "".join(f"{found[name]:>16}" for name in CLASSES), flush=True)
    return min(short, 1)


if __name__ == "__main__":
    sys.exit(main())
