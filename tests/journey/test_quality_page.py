"""Detection quality in a real browser: draw samples, judge them with keys, see the figures move."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from layers import database
from tests.journey.conftest import Site, sign_in
from tests.layers import compared

pytestmark = pytest.mark.xdist_group("quality_page")


@pytest.fixture
def site(common_site: Site) -> Site:
    """One for all of these."""
    return common_site


@pytest.fixture(scope="module")
def compared_flights(common_site: Site) -> None:
    """Two compared flights (rows without rasters), an accepted candidate and one rejected by the administrator."""
    with database.session(common_site.url) as session:
        session.execute(text("DELETE FROM divisions"))
        _, later = compared.flights(session)
        compared.candidate(session, later, compared.square(200, 200), status="accepted")
        rejected = compared.candidate(session, later, compared.square(500, 500), status="rejected")
        session.execute(
            text(
                "INSERT INTO reviews (candidate_id, verdict, reason, person_id) "
                "SELECT :id, 'reject', 'shadow', id FROM people WHERE name = 'administrator'"
            ),
            {"id": rejected},
        )


def test_a_reviewer_draws_samples_and_judges_them_with_keys(
    compared_flights: None, page: Page, site: Site
) -> None:
    page.goto("/")
    sign_in(page, "reviewer")
    page.get_by_test_id("tab-statistics").click()
    page.get_by_test_id("figures-quality").click()
    expect(page.get_by_test_id("total-precision")).to_contain_text("1 / 2")
    expect(page.get_by_test_id("total-recall")).to_contain_text("样本不足")
    page.get_by_test_id("quality-draw").locator("summary").click()
    page.get_by_test_id("draw-empty").fill("2")
    page.get_by_test_id("draw-rejected").fill("1")
    page.get_by_test_id("draw-do").click()
    page.get_by_test_id("sampling-start").click()
    place = page.get_by_test_id("sampling-position")
    expect(place).to_have_text("1 / 3")
    page.keyboard.press("m")
    expect(page.get_by_test_id("missed")).to_be_visible()
    page.keyboard.press("+")
    page.keyboard.press("1")
    expect(place).to_have_text("2 / 3")
    page.keyboard.press("k")
    expect(page.get_by_test_id("sample-verdict")).to_have_text("有遗漏")
    page.keyboard.press("j")
    page.keyboard.press("u")
    expect(place).to_have_text("3 / 3")
    page.keyboard.press("n")
    expect(page.get_by_test_id("sampling")).to_be_hidden()
    with database.session(site.url) as session:
        verdicts = session.execute(
            text("SELECT verdict, missed, missed_kind FROM quality_samples ORDER BY id")
        ).all()
    assert verdicts == [("missed", 2, "new"), ("unclear", None, None), ("nothing", None, None)]
    expect(page.get_by_test_id("total-recall")).to_contain_text("样本不足")


def test_who_may_not_judge_reads_who_can(compared_flights: None, page: Page) -> None:
    page.goto("/")
    sign_in(page, "planner")
    page.get_by_test_id("tab-statistics").click()
    page.get_by_test_id("figures-quality").click()
    expect(page.get_by_test_id("quality")).to_contain_text("复核人员或管理员")
    expect(page.get_by_test_id("sampling-start")).to_have_count(0)
