"""Takes the README's pictures from a portal with the shipped data: `make screenshots`."""

import io
import os
from dataclasses import dataclass
from pathlib import Path

import django
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

TARGET = Path(__file__).parent / "images"
DESKTOP, PHONE = (1280, 800), (390, 844)
COLOURS = 128


@dataclass(frozen=True)
class Picture:
    """The page at `address`, or where its link `follow` leads, as the account sees it."""

    name: str
    address: str
    follow: str = ""
    account: str = ""
    size: tuple[int, int] = DESKTOP


PICTURES = [
    Picture("home", "/"),
    Picture("measures", "/massnahmen/"),
    Picture("measure", "/massnahmen/mobilstationen-mit-gemeinsamer-buchung/"),
    Picture("rollout-matrix", "/roll-out/"),
    Picture("rollout-map", "/roll-out/karte/?massnahme=kreisweites-lorawan-sensornetz&ansicht=grenzen"),
    Picture("municipality", "/kommunen/ahaus/", account="Kommune Ahaus"),
    Picture("meeting", "/gremien/lenkungskreis/", follow="8. Sitzung"),
    Picture("report", "/berichte/", follow="Evaluationsbericht", account="Lenkungskreis"),
    Picture("home-phone", "/", size=PHONE),
    Picture("rollout-phone", "/roll-out/", size=PHONE),
    Picture("municipality-phone", "/kommunen/ahaus/", account="Kommune Ahaus", size=PHONE),
]


def take(browser: Browser, address: str, picture: Picture) -> None:
    width, height = picture.size
    page = browser.new_page(
        base_url=address,
        viewport={"width": width, "height": height},
        locale="de-DE",
        timezone_id="Europe/Berlin",
    )
    if picture.account:
        page.goto("/anmelden/")
        page.get_by_role("button", name=picture.account, exact=True).click()
        page.wait_for_url(lambda url: "anmelden" not in url)
    page.goto(picture.address)
    if picture.follow:
        page.get_by_role("main").get_by_role("link", name=picture.follow).first.click()
        page.wait_for_load_state("networkidle")
    save(page, TARGET / f"{picture.name}.png")
    page.context.close()


def save(page: Page, path: Path) -> None:
    """Few colours: flat areas and text need no more, and a clone stays small."""
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    django.setup()
    from tests.e2e.portal import running_portal

    TARGET.mkdir(exist_ok=True)
    with running_portal() as portal, sync_playwright() as playwright:
        path = os.environ["SMARTREGION_CHROMIUM"]
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for picture in PICTURES:
            take(browser, portal.address, picture)
        browser.close()


if __name__ == "__main__":
    main()
