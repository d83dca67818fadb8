"""Rates each kind of public page with Lighthouse, as a phone on a slow line gets it: `make lighthouse`.

Lighthouse is fetched from npm into a folder that is thrown away: it is no dependency of the portal. Its grade
for speed moves by a point or two from run to run, so a page below the goal is rated twice more and gets the
median.
`ARGS="/konzept/ /roll-out/"` rates these pages alone.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median_low
from tempfile import TemporaryDirectory

import django

VERSION = "lighthouse@12.8.2"
CLASSES = ("performance", "accessibility", "best-practices", "seo")
GOAL = 99
TRIES = 3
"""Lighthouse itself asks to be run again when it could not record the loading of a page."""
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
    """The four classes in percent, each the median of three ratings unless the first reaches the goal.

    Raises:
        subprocess.CalledProcessError: Lighthouse could not rate the page in several tries.
    """
    ratings = [rating(address, folder)]
    if min(ratings[0].values()) < GOAL:
        ratings += [rating(address, folder), rating(address, folder)]
    return {name: median_low(found[name] for found in ratings) for name in CLASSES}


def rating(address: str, folder: Path) -> dict[str, int]:
    report = folder / "report.json"
    command = ["npx", "--yes", VERSION, address, "--quiet", "--output=json", f"--output-path={report}"]
    flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"
    environment = {**os.environ, "CHROME_PATH": os.environ["SMARTREGION_CHROMIUM"]}
    for remaining in reversed(range(TRIES)):
        ended = subprocess.run([*command, flags], cwd=folder, env=environment, check=not remaining)
        if not ended.returncode:
            break
    categories = json.loads(report.read_text())["categories"]
    return {name: round(100 * categories[name]["score"]) for name in CLASSES}


def main(pages: list[str]) -> int:
    django.setup()
    from tests.e2e.portal import running_portal

    short = 0
    print(f"{'':<55}" + "".join(f"{name:>16}" for name in CLASSES))
    with running_portal() as portal, TemporaryDirectory() as folder:
        for page in pages:
            found = scores(portal.address + page, Path(folder))
            short += min(found.values()) < GOAL
            print(f"{page:<55}" + "".join(f"{found[name]:>16}" for name in CLASSES), flush=True)
    return min(short, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or PAGES))
