"""A real server, a real worker and a real browser on a fresh installation."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from api import serve
from layers.cluster import Cluster
from layers.settings import Settings
from tests.api.conftest import PASSWORD, inhabited
from tests.conftest import copy_of
from tests.ports import free_port

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


@contextmanager
def still_site(cluster: Cluster, template: str, home: Path) -> Iterator[Site]:
    """An installation on a copy of a database, with a free port; nothing runs yet."""
    with copy_of(cluster, template) as url:
        settings = Settings(home=home, database_url=url, port=free_port())
        yield Site(settings, url, serve.address(settings))


@contextmanager
def open_site(cluster: Cluster, template: str, home: Path) -> Iterator[Site]:
    """The same with server and worker running."""
    with still_site(cluster, template, home) as site, serve.running(site.settings, site.url):
        yield site


@pytest.fixture
def quiet_site(tmp_path: Path, cluster: Cluster, inhabited: str) -> Iterator[Site]:
    """An installation with the district's outline and one person per role; nothing runs yet."""
    with still_site(cluster, inhabited, tmp_path / "home") as site:
        yield site


@pytest.fixture
def site(tmp_path: Path, cluster: Cluster, inhabited: str) -> Iterator[Site]:
    """The same with server and worker running; modules whose tests leave each other alone have one for all of them."""
    with open_site(cluster, inhabited, tmp_path / "home") as site:
        yield site


@pytest.fixture(scope="module")
def common_site(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster, inhabited: str) -> Iterator[Site]:
    """A site for all tests of a module."""
    with open_site(cluster, inhabited, tmp_path_factory.mktemp("site") / "home") as site:
        yield site


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
