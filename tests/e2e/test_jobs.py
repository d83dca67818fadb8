"""The list of jobs renews itself under the reader's hands."""

from playwright.sync_api import expect

from tests.e2e.conftest import Browse
from tests.e2e.inspection import inspect
from tests.e2e.portal import Portal
from tests.e2e.steps import request_evaluation, the_worker_stands_still


def test_the_list_of_jobs_renews_itself_and_leaves_the_focus_where_it_is(browse: Browse) -> None:
    page = browse("Koordination")
    page.goto("/auftraege/?kind=")
    page.locator("#jobs").evaluate("part => part.dataset.old = 'yes'")
    job = page.locator("#jobs tbody a").first
    job.focus()

    expect(page.locator("#jobs[data-old]")).to_have_count(0, timeout=20_000)

    expect(job).to_be_focused()


def test_a_job_under_way_is_shown_with_its_step_and_its_page_is_accessible(
    portal: Portal, browse: Browse
) -> None:
    page = browse("Administration")
    with the_worker_stands_still(portal):
        request_evaluation(browse("Koordination"))
        page.goto("/auftraege/?status=running&kind=")
        page.locator("#jobs tbody a").first.click()
        expect(page.get_by_role("progressbar", name="Fortschritt des Auftrags")).to_be_visible()
        assert inspect(page) == []
