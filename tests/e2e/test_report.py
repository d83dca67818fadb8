"""From the coordinator's draft to the file in a member's hands: its way, its seal, and who sees it when."""

import hashlib
import json
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse
from tests.e2e.portal import Portal
from tests.e2e.steps import (
    OUTLOOK,
    draft_evaluation,
    request_evaluation,
    the_worker_stands_still,
    write_outlook,
)
from tests.monitoring.pdf_text import pdf_text, squeezed

MEASURE = "Bedarfsgesteuerte Straßenbeleuchtung"
REASON = "Die beantragte Förderung wurde abgelehnt. Ohne andere Mittel kann der Umbau nicht beginnen"
CHAIR = "Vorsitz Lenkungskreis"


def test_a_report_is_compiled_while_one_watches_approved_and_downloaded_with_a_seal_that_holds(
    portal: Portal, browse: Browse, tmp_path: Path
) -> None:
    page = browse("Koordination")
    address = draft_evaluation(page)
    write_outlook(page)
    with the_worker_stands_still(portal):
        page.get_by_role("button", name="Zusammenstellen").click()
        for _ in range(2):
            expect(page.get_by_text("Schritt 1 von 10")).to_be_visible()
            expect(page.get_by_role("progressbar", name="Fortschritt des Berichts")).to_be_visible()
            page.reload()
    page.get_by_role("link", name="Freigeben").click()
    page.get_by_role("button", name="Freigeben").click()
    expect(page.get_by_role("heading", name="Wartet auf die Genehmigung des Vorsitzes")).to_be_visible()
    title = page.get_by_role("heading", level=1).inner_text()
    assert title.startswith("Evaluationsbericht")

    chair = browse(CHAIR)
    chair.goto(address)
    chair.get_by_role("link", name="Genehmigen und versiegeln").click()
    chair.get_by_role("button", name="Genehmigen und versiegeln").click()
    expect(chair.get_by_text("Der Bericht ist versiegelt und für seine Empfänger zu lesen.")).to_be_visible()

    reader = browse("Lenkungskreis")
    reader.goto("/berichte/")
    reader.get_by_role("link", name=title, exact=True).click()
    expect(reader).to_have_url(address)
    reader.get_by_text("Prüfsummen und wie man sie prüft").click()
    shown = reader.locator("dd code").all_inner_texts()
    links = reader.get_by_role("region", name="Herunterladen").locator("a[download]")
    files = [download(links.nth(index), reader, tmp_path) for index in range(links.count())]

    assert [hashlib.sha256(path.read_bytes()).hexdigest() for path in files] == shown
    by_name = {path.name.removeprefix(files[0].stem): path.read_bytes() for path in files}
    data = by_name[".json"]
    text = pdf_text(by_name[".pdf"])
    expected = [title, MEASURE, REASON, OUTLOOK, "Beispieldaten", hashlib.sha256(data).hexdigest()]
    assert [words for words in expected if squeezed(words) not in text] == []
    assert MEASURE in [
        measure["title"] for field in json.loads(data)["fields"] for measure in field["measures"]
    ]


def download(link: object, page: Page, folder: Path) -> Path:
    with page.expect_download() as begun:
        link.click()  # type: ignore[attr-defined]
    path = folder / begun.value.suggested_filename
    begun.value.save_as(path)
    return path


def test_a_report_for_the_lenkungskreis_is_not_there_for_anyone_else(browse: Browse) -> None:
    coordinator = browse("Koordination")
    address = request_evaluation(coordinator)
    coordinator.get_by_role("link", name="Freigeben").click()
    coordinator.get_by_role("button", name="Freigeben").click()
    chair = browse(CHAIR)
    chair.goto(address)
    chair.get_by_role("link", name="Genehmigen und versiegeln").click()
    chair.get_by_role("button", name="Genehmigen und versiegeln").click()
    expect(chair.get_by_role("heading", name="Herunterladen")).to_be_visible()
    path = "/berichte/" + address.split("/berichte/")[1]
    forbidden = [path, f"{path}bericht.pdf", f"{path}bericht.json"]

    found = {}
    for account in (None, "Kommune Ahaus", "Entwicklungsteam"):
        page = browse(account, allowed=dict.fromkeys(forbidden, 404))
        answers = [page.goto(address) for address in forbidden]
        page.goto("/berichte/")
        links = page.locator(f"a[href^='{path}']").count()
        found[account] = ([answer.status for answer in answers if answer], links)
    nothing = ([404, 404, 404], 0)
    assert found == {None: nothing, "Kommune Ahaus": nothing, "Entwicklungsteam": nothing}
