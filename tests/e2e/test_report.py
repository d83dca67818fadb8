"""From the coordinator's request to the file in the Lenkungskreis member's hands, and its seal."""

import hashlib
import json
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Browse
from tests.e2e.portal import Portal
from tests.e2e.steps import OUTLOOK, request_evaluation, the_worker_stands_still
from tests.monitoring.pdf_text import pdf_text, squeezed
from tests.monitoring.xlsx_text import xlsx_text

MEASURE = "Bedarfsgesteuerte Straßenbeleuchtung"
REASON = "Die beantragte Förderung wurde abgelehnt. Ohne andere Mittel kann der Umbau nicht beginnen"


def test_a_report_is_requested_compiled_while_one_watches_and_downloaded_with_a_seal_that_holds(
    portal: Portal, browse: Browse, tmp_path: Path
) -> None:
    page = browse("Koordination")
    with the_worker_stands_still(portal):
        address = request_evaluation(page)
        for _ in range(2):
            expect(page.get_by_text("Schritt 1 von 5")).to_be_visible()
            expect(page.get_by_role("progressbar", name="Fortschritt des Berichts")).to_be_visible()
            page.reload()
    expect(page.get_by_role("heading", name="Herunterladen")).to_be_visible()

    reader = browse("Lenkungskreis")
    title = page.get_by_role("heading", level=1).inner_text()
    assert title.startswith("Evaluationsbericht")
    reader.goto("/berichte/")
    reader.get_by_role("link", name=title, exact=True).click()
    expect(reader).to_have_url(address)
    reader.get_by_text("Prüfsummen und wie man sie prüft").click()
    shown = reader.locator("dd code").all_inner_texts()

    files = [download(reader, name, tmp_path) for name in ("PDF", "XLSX", "JSON")]
    assert [hashlib.sha256(file).hexdigest() for file in files] == shown
    pdf, xlsx, data = files
    text = pdf_text(pdf)
    expected = [title, MEASURE, REASON, OUTLOOK, "Beispieldaten", shown[2]]
    assert [words for words in expected if squeezed(words) not in text] == []
    assert MEASURE in xlsx_text(xlsx)
    assert MEASURE in [
        measure["title"] for field in json.loads(data)["fields"] for measure in field["measures"]
    ]


def download(page: Page, name: str, folder: Path) -> bytes:
    link = page.get_by_role("region", name="Herunterladen").get_by_role("link", name=name)
    with page.expect_download() as begun:
        link.click()
    path = folder / begun.value.suggested_filename
    begun.value.save_as(path)
    return path.read_bytes()


def test_a_report_for_the_lenkungskreis_is_not_there_for_anyone_else(browse: Browse) -> None:
    coordinator = browse("Koordination")
    address = request_evaluation(coordinator)
    expect(coordinator.get_by_role("heading", name="Herunterladen")).to_be_visible()
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
