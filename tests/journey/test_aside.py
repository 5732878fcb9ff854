"""Suspicions that wait aside: with their reason, until somebody puts them back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from layers import database
from layers.candidates import store
from layers.cluster import Cluster
from tests.api.conftest import Template, processed
from tests.journey.conftest import Site, open_site, sign_in

__all__ = ["processed"]

LONG = 60_000


@pytest.fixture
def site(tmp_path: Path, cluster: Cluster, processed: Template) -> Iterator[Site]:
    """With two flights between which a shed was built."""
    shutil.copytree(processed.home, tmp_path / "home")
    with open_site(cluster, processed.database, tmp_path / "home") as site:
        yield site


# A permit around everything, as an import would bring it
PERMIT = """
INSERT INTO permits (code, kind, project, holder, issued_on, valid_from, area_m2, division_id, geom)
SELECT 'P-1', 'building', '厂房', '某公司', '2023-01-01', '2023-01-01', 500, d.id, d.geom FROM divisions AS d
"""


def test_a_permitted_one_waits_aside_with_its_reason_until_somebody_puts_it_back(
    page: Page, site: Site
) -> None:
    with database.session(site.url) as session:
        session.execute(text(PERMIT))
        store.refresh(session)
    page.goto("/")
    sign_in(page, "reviewer")
    page.get_by_test_id("tab-candidates").click()
    expect(page.get_by_test_id("candidates-aside")).to_contain_text("另有 1 个已移出队列")
    page.get_by_test_id("candidates-aside").click()
    expect(page.get_by_test_id("aside-chip")).to_contain_text("在有效许可范围内")
    page.get_by_test_id("candidate-list").get_by_role("button", name="放回队列").click()
    expect(page.get_by_test_id("notes")).to_contain_text("已放回复核队列", timeout=LONG)
    page.get_by_test_id("candidates-aside").click()
    expect(page.get_by_test_id("candidate-list").get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_test_id("candidates-aside")).to_be_hidden()
