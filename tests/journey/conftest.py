"""A real server, a real worker and a real browser on a fresh installation."""

from __future__ import annotations

import os
import shutil
import socket
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from api import serve
from layers import database
from layers.cluster import Cluster
from layers.settings import Settings
from tests.api.conftest import PASSWORD, inhabited

__all__ = ["inhabited"]

SHOTS = os.environ.get("CHENGTU_TEST_SHOTS")

# SwiftShader draws the map without a graphics card; the rest keeps a closed network quiet
ARGUMENTS = [
    "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-quic",
    "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass(frozen=True)
class Site:
    """A running installation."""

    settings: Settings
    url: str
    address: str


@pytest.fixture
def quiet_site(tmp_path: Path, cluster: Cluster, inhabited: str) -> Iterator[Site]:
    """An installation with the district's outline and one person per role; nothing runs yet."""
    url = cluster.create_database(f"site_{uuid.uuid4().hex[:12]}", inhabited)
    settings = Settings(home=tmp_path / "home", database_url=url, port=_free_port())
    yield Site(settings, url, serve.address(settings))
    database.close_all()


@pytest.fixture
def site(quiet_site: Site) -> Iterator[Site]:
    """The same with server and worker running on a free port."""
    with serve.running(quiet_site.settings, quiet_site.url):
        yield quiet_site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium: the distribution's where there is one.

    No longer than the module, since its event loop keeps other tests from running one of theirs.
    """
    program = next(
        (p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))), None
    )
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A desktop page; an error of a script fails the test."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        locale="zh-CN",
        base_url=site.address,
        reduced_motion="reduce",
    )
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    if SHOTS:
        opened.screenshot(path=Path(SHOTS) / f"{uuid.uuid4().hex[:8]}.png")
    context.close()
    assert not faults


def sign_in(page: Page, role: str) -> None:
    """Sign in through the page's own dialog."""
    page.get_by_test_id("sign-in-open").click()
    page.get_by_test_id("sign-in-name").fill(role)
    page.get_by_test_id("sign-in-password").fill(PASSWORD)
    page.get_by_test_id("sign-in-submit").click()
    page.get_by_test_id("sign-in-name").wait_for(state="hidden")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
