"""Incidents in a real browser: reported by a click on the map, filed, and counted."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from layers import database
from tests.api.test_incidents import GROUND
from tests.journey.conftest import Site, sign_in


def test_an_incident_is_reported_on_the_map_filed_and_counted(page: Page, site: Site) -> None:
    with database.session(site.url) as session:
        session.connection().exec_driver_sql(GROUND)
    page.goto("/")
    sign_in(page, "planner")
    page.get_by_test_id("tab-incidents").click()
    expect(page.get_by_test_id("incidents")).to_contain_text("没有符合条件的案件")
    page.get_by_test_id("incident-new").click()
    page.get_by_test_id("incident-search").fill("井盖")
    page.get_by_test_id("incident-send").click()
    expect(page.get_by_test_id("incident-form")).to_contain_text("请在地图上点选位置")
    page.get_by_test_id("map").click(position={"x": 760, "y": 420})
    expect(page.get_by_test_id("incident-place")).to_be_visible()
    page.get_by_test_id("incident-words").fill("井盖破损")
    page.get_by_test_id("incident-send").click()
    page.get_by_test_id("incident-act-file").click()
    page.get_by_test_id("act-send").click()
    expect(page.get_by_test_id("incident-way")).to_contain_text("期限内")
    expect(page.get_by_test_id("incident-steps").locator("li")).to_have_count(2)
    page.get_by_test_id("incidents-figures").click()
    page.get_by_test_id("figure-filing-numerator").click()
    expect(page.get_by_test_id("incident-list").locator("li")).to_have_count(1)
