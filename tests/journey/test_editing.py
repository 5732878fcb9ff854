"""A planner draws, changes and deletes a feature on the map; a colleague who was faster is not overwritten."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from layers import database
from tests.journey.conftest import Site, sign_in

NAMES = "SELECT name, version, ST_NPoints(geom) AS points FROM compounds"


@pytest.fixture
def township(site: Site) -> None:
    """A township for a compound to lie in."""
    with database.session(site.url) as session:
        session.execute(
            text(
                "INSERT INTO divisions (code, name, level, kind, parent_id, valid_from, geom) SELECT '341502004000', '望城街道', "
                "'township', 'street', id, valid_from, geom FROM divisions WHERE level = 'district'"
            )
        )


def test_a_compound_is_drawn_changed_beside_a_colleague_and_deleted_and_comes_back(
    township: None, page: Page, site: Site
) -> None:
    page.goto("/#view=17/31.76/116.54")
    sign_in(page, "planner")
    page.get_by_test_id("layer-compounds-options").click()
    page.get_by_test_id("layer-compounds-new").click()
    expect(page.get_by_test_id("edit-panel")).to_be_visible()
    page.evaluate("window.__chengtu.map.whenIdle()")
    for x, y in ((600, 350), (760, 350), (760, 480), (600, 480)):
        page.mouse.click(x, y)
        page.wait_for_timeout(350)  # or two clicks are a double one
    page.get_by_test_id("edit-finish").click()
    expect(page.get_by_test_id("edit-size")).to_contain_text("m²")
    page.get_by_test_id("edit-save").click()
    expect(page.get_by_test_id("edit-panel")).to_contain_text("请填写：")
    page.get_by_test_id("edit-code").fill("XQ-T1")
    page.get_by_test_id("edit-name").fill("试验小区")
    page.get_by_test_id("edit-households").fill("120")
    expect(page.get_by_test_id("edit-division")).to_have_value("望城街道")  # where it was drawn
    page.get_by_test_id("edit-division").fill("望城")
    page.get_by_role("option", name="望城街道").click()
    page.get_by_test_id("edit-save").click()
    expect(page.get_by_test_id("drawer-title")).to_have_text("试验小区")

    page.get_by_test_id("drawer-edit").click()
    page.get_by_test_id("edit-name").fill("试验小区二期")
    page.mouse.move(760, 480)
    page.mouse.down()
    page.mouse.move(800, 520, steps=4)
    page.mouse.up()
    with database.session(site.url) as session:
        session.execute(text("UPDATE compounds SET name = '同事改的名'"))
    page.get_by_test_id("edit-save").click()
    expect(page.get_by_test_id("edit-conflict")).to_contain_text("同事改的名")
    page.get_by_test_id("edit-mine").click()
    page.get_by_test_id("edit-save").click()
    expect(page.get_by_test_id("drawer-title")).to_have_text("试验小区二期")
    with database.session(site.url) as session:
        assert session.execute(text(NAMES)).all() == [("试验小区二期", 3, 5)]

    page.get_by_test_id("drawer-edit").click()
    page.get_by_test_id("edit-delete").click()
    page.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(page.get_by_test_id("edit-panel")).to_be_hidden()
    page.get_by_text("“试验小区二期”已删除").wait_for()
    with database.session(site.url) as session:
        assert session.scalar(text("SELECT count(*) FROM compounds")) == 0
    page.get_by_role("button", name="撤销").click()
    page.get_by_text("已撤回").wait_for()
    with database.session(site.url) as session:
        assert session.execute(text(NAMES)).all() == [("试验小区二期", 4, 5)]
