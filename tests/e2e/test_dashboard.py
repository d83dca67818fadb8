"""The dashboard on paper: one page, for whoever prints it."""

from io import BytesIO

import pikepdf

from tests.e2e.conftest import Browse

A4_ON_ITS_SIDE = (842, 595)


def test_the_dashboard_is_printed_on_one_page(browse: Browse) -> None:
    for account in ("Koordination", None):
        page = browse(account)
        page.goto("/monitoring/")
        with pikepdf.open(BytesIO(page.pdf(prefer_css_page_size=True))) as printed:
            width, height = (round(float(side)) for side in printed.pages[0].MediaBox[2:])
            assert (len(printed.pages), (width, height)) == (1, A4_ON_ITS_SIDE)
