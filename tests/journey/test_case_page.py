"""Cases in a real browser: a case filed on a site check, two acts with their consequence, and why another cannot be done."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.sync_api import Page, expect
from sqlalchemy import text

from layers import database
from tests.journey.conftest import Site, sign_in

CHECK = """
INSERT INTO site_checks (source, conclusion, checked_at, geom)
VALUES ('hotline', 'violation', :at, ST_SetSRID(ST_MakePoint(116.52, 31.75), 4490))
"""


def test_an_officer_files_a_case_and_takes_two_steps(page: Page, site: Site) -> None:
    with database.session(site.url) as session:
        session.execute(text(CHECK), {"at": datetime.now(UTC)})
    page.goto("/")
    sign_in(page, "officer")
    page.get_by_test_id("tab-cases").click()
    page.get_by_test_id("cases-unfiled").click()
    expect(page.get_by_test_id("unfiled")).to_contain_text("热线 · 属于违法")
    page.get_by_test_id("file-1").click()
    expect(page.get_by_test_id("filing-proposal")).to_contain_text("不涉及建设，属市容管理")
    expect(page.get_by_test_id("consequence")).to_contain_text("状态由“未立案”变为“已立案”")
    page.get_by_test_id("filing-title").fill("屋顶加建")
    page.get_by_test_id("filing-route").click()
    page.get_by_role("option", name="城乡规划法第六十四条").click()
    expect(page.get_by_test_id("filing-reason")).to_be_visible()
    page.get_by_test_id("filing-reason").fill("位于城区")
    page.get_by_test_id("filing-confirm").click()
    expect(page.get_by_test_id("case-title")).to_have_text("屋顶加建", timeout=20_000)

    page.get_by_test_id("act-notify").click()
    page.get_by_test_id("act-check").click()
    expect(page.get_by_test_id("consequence")).to_contain_text("状态由“已立案”变为“已告知”")
    page.get_by_test_id("act-confirm").click()
    expect(page.get_by_test_id("case-turn")).to_have_text("待执法人员：送达", timeout=20_000)

    page.get_by_test_id("acts-not").locator("summary").click()
    expect(page.get_by_test_id("not-hear")).to_contain_text("行政处罚事先告知书尚未送达")
    expect(page.get_by_test_id("not-review")).to_contain_text("未承办本案的人员")

    page.get_by_test_id("act-extend").click()
    page.get_by_test_id("act-check").click()
    expect(page.get_by_test_id("act-form")).to_contain_text("请填写：天数")
    page.get_by_test_id("word-days").fill("30")
    page.get_by_test_id("word-reason").fill("案情复杂")
    page.get_by_test_id("act-check").click()
    expect(page.get_by_test_id("consequence")).to_contain_text("起算作出决定期限")
    page.get_by_test_id("act-confirm").click()
    expect(page.get_by_test_id("case-turn")).to_have_text("待审批", timeout=20_000)
    with database.session(site.url) as session:
        done = session.scalars(text("SELECT act FROM case_steps ORDER BY seq")).all()
        asked = session.execute(text("SELECT act, days, granted FROM case_requests")).all()
        assert session.scalar(text("SELECT route FROM cases")) == "planning_64"
    assert (done, asked) == (["file", "notify"], [("extend", 30, None)])
