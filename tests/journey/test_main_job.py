"""The main job as people do it: a crew uploads, a worker compares, a reviewer accepts, the map shows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from layers import database
from tests import scenes
from tests.journey.conftest import Site, sign_in

LONG = 60_000

# A grid that the development zone owns and a team manages, around the place where the phone is
GRID = """
WITH area AS (SELECT ST_Multi(ST_MakeEnvelope(116.53, 31.75, 116.55, 31.77, 4490)) AS geom),
street AS (INSERT INTO divisions (code, name, level, kind, parent_id, valid_from, geom)
           SELECT '341502004000', '望城街道', 'township', 'street', d.id, '2020-01-01', area.geom
           FROM area, divisions AS d WHERE d.level = 'district' RETURNING id),
owner AS (INSERT INTO organisations (code, name, kind, geom)
          SELECT 'ORG-1', '开发区管委会', 'zone', ST_Centroid(geom) FROM area RETURNING id),
manager AS (INSERT INTO organisations (code, name, kind, division_id, geom)
            SELECT 'ORG-2', '望城大队', 'team', street.id, ST_Centroid(geom) FROM area, street RETURNING id),
community AS (INSERT INTO divisions (code, name, level, kind, parent_id, valid_from, geom)
              SELECT '341502004001', '青峰社区', 'community', 'community', street.id, '2020-01-01', area.geom
              FROM area, street RETURNING id)
INSERT INTO grids (code, name, division_id, owner_id, manager_id, area_m2, geom)
SELECT '341502004001001', '青峰 001', community.id, owner.id, manager.id, 4200000, area.geom
FROM area, community, owner, manager
"""


def upload(page: Page, name: str, day: str, ortho: Path, dsm: Path) -> None:
    """Send a flight through the page's dialog and wait until it is processed."""
    if not page.get_by_test_id("upload-open").is_visible():
        page.get_by_test_id("tab-surveys").click()
    page.get_by_test_id("upload-open").click()
    page.get_by_test_id("upload-name").fill(name)
    date = page.get_by_test_id("upload-flown").locator("input")
    date.fill(day)
    date.press("Enter")
    page.get_by_test_id("upload-ortho").set_input_files(ortho)
    page.get_by_test_id("upload-dsm").set_input_files(dsm)
    page.get_by_test_id("upload-start").click()
    card = page.get_by_test_id("survey-list").get_by_role("listitem").filter(has_text=name)
    expect(card).to_be_visible(timeout=LONG)
    if page.get_by_test_id("upload-close").is_visible():
        page.get_by_test_id("upload-close").click()
    expect(card).to_contain_text("已完成", timeout=3 * LONG)


pytestmark = pytest.mark.xdist_group("main_job")  # one site for all, so one process


@pytest.fixture
def site(common_site: Site) -> Site:
    """One for all of these."""
    return common_site


@pytest.fixture
def flown(page: Page, site: Site, tmp_path: Path) -> Page:
    """A page on which a crew has uploaded two flights between which a shed was built."""
    files = scenes.write_scene(scenes.scene_with_shed(512), tmp_path)
    page.goto("/")
    sign_in(page, "crew")
    upload(page, "三月航飞", "2023年3月12日", files[0], files[2])
    upload(page, "六月航飞", "2023年6月18日", files[1], files[3])
    page.get_by_test_id("person").click()
    page.get_by_test_id("sign-out").click()
    expect(page.get_by_test_id("sign-in-open")).to_be_visible()
    return page


def test_from_upload_to_the_illegal_building_layer(flown: Page, site: Site) -> None:
    page = flown
    sign_in(page, "reviewer")
    page.get_by_test_id("tab-candidates").click()
    page.get_by_test_id("review-start").click()
    expect(page.get_by_test_id("date-before")).to_contain_text("2023年3月12日")
    expect(page.get_by_test_id("date-after")).to_contain_text("2023年6月18日")
    expect(page.get_by_test_id("candidate-facts")).to_contain_text("m²")
    expect(page.get_by_test_id("candidate-story")).to_contain_text("首次发现")
    page.keyboard.press("a")
    expect(page.get_by_test_id("notes")).to_contain_text("待现场核查", timeout=LONG)
    with database.session(site.url) as session:
        assert session.execute(text("SELECT status, source FROM illegal_buildings")).all() == [
            ("to_check", "survey")
        ]
    page.get_by_test_id("notes").get_by_role("link").or_(
        page.get_by_test_id("notes").get_by_role("button")
    ).first.click()
    expect(page.get_by_test_id("drawer-title")).to_contain_text("WJ-", timeout=LONG)
    page.evaluate("window.__chengtu.map.whenIdle()")
    assert page.evaluate("window.__chengtu.map.drawn('illegal_buildings')")


def test_a_refused_file_is_explained_in_the_page_with_an_id_to_quote(
    page: Page, site: Site, tmp_path: Path
) -> None:
    page.goto("/")
    sign_in(page, "crew")
    page.get_by_test_id("tab-surveys").click()
    page.get_by_test_id("upload-open").click()
    page.get_by_test_id("upload-name").fill("坏文件")
    date = page.get_by_test_id("upload-flown").locator("input")
    date.fill("2023年6月18日")
    date.press("Enter")
    page.get_by_test_id("upload-ortho").set_input_files(scenes.without_crs(tmp_path / "无坐标系.tif"))
    page.get_by_test_id("upload-start").click()
    refusal = page.get_by_test_id("upload-refusal")
    expect(refusal).to_contain_text("无坐标系.tif", timeout=LONG)
    expect(refusal).to_contain_text("坐标系")
    expect(page.get_by_test_id("upload-error-id")).to_have_text(re.compile("^[0-9a-f]{8}$"))


def test_the_page_speaks_english_when_asked_and_remembers_it(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_test_id("sign-in-open")).to_have_text("登录")
    page.get_by_test_id("language").click()
    expect(page.get_by_test_id("sign-in-open")).to_have_text("Sign in")
    page.reload()
    expect(page.get_by_test_id("sign-in-open")).to_have_text("Sign in")


def test_the_phone_entry_says_which_grid_one_stands_in_and_that_its_manager_is_not_its_owner(
    browser: Browser, site: Site
) -> None:
    with database.session(site.url) as session:
        session.execute(text(GRID))
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        base_url=site.address,
        locale="zh-CN",
        geolocation={"longitude": 116.54, "latitude": 31.76, "accuracy": 12},
        permissions=["geolocation"],
    )
    phone = context.new_page()
    phone.goto("/m")
    phone.get_by_test_id("locate").click()
    expect(phone.get_by_test_id("where-grid")).to_have_text("341502004001001", timeout=LONG)
    expect(phone.get_by_test_id("owner-differs")).to_contain_text("望城大队")
    context.close()
