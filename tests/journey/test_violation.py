"""One violation from the flight that saw it to the public bulletin, by the people who do it, over the periods of the law."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from api import ingest
from api.processes import stopping, wait_for
from api.serve import address, environment_of
from layers import database
from layers.candidates.store import refresh
from layers.cluster import Cluster
from layers.evidence import store
from layers.evidence.verify import check_register, examine
from layers.people.actions import create_person
from layers.people.rules import Role
from layers.settings import Settings
from layers.timezone import SHANGHAI
from tests import scenes
from tests.api.conftest import PASSWORD, Template, processed
from tests.conftest import copy_of
from tests.journey.conftest import SHOTS, Site, sign_in
from tests.journey.moved_clock import FILE, Behind
from tests.photographs import jpeg
from tests.ports import free_port

__all__ = ["processed"]

LONG = 60_000
PARTY = "赵德柱建材经营部"
SECOND = "reviewer2"
HERE = (116.5368, 31.7654)
TOWN = """
INSERT INTO planning_areas (code, name, kind, area_m2, geom)
SELECT 'P1', '城区', 'town', 1, geom FROM divisions WHERE level = 'district'
"""
STATE = """
SELECT c.status, b.status, (SELECT act FROM case_steps AS s WHERE s.case_id = c.id ORDER BY seq DESC LIMIT 1)
FROM cases AS c JOIN illegal_buildings AS b ON b.id = c.illegal_building_id
"""

CANDIDATES = """
SELECT c.kind, c.status, b.status FROM candidates AS c LEFT JOIN illegal_buildings AS b ON b.id = c.illegal_building_id
ORDER BY c.id
"""


@pytest.fixture
def clock(tmp_path: Path) -> Behind:
    """The server's clock, in this test's hand."""
    return Behind(tmp_path / "behind")


@pytest.fixture
def site(tmp_path: Path, cluster: Cluster, processed: Template, clock: Behind) -> Iterator[Site]:
    """Two flights between which a shed was built in a town planning area, two reviewers, and a server in 2023."""
    shutil.copytree(processed.home, tmp_path / "home")
    with copy_of(cluster, processed.database) as url:
        settings = Settings(home=tmp_path / "home", database_url=url, port=free_port())
        with database.session(url) as session:
            session.execute(text(TOWN))
            refresh(session)
            create_person(
                session, name=SECOND, display_name=f"测试 {SECOND}", password=PASSWORD, roles={Role.REVIEWER}
            )
        clock.set(at(date(2023, 6, 26)))
        environment = environment_of(settings)
        with stopping() as children:
            children.start(
                "uvicorn", "tests.journey.moved_clock:create", "--factory", "--host", settings.host,
                "--port", str(settings.port), "--log-level", "warning", "--timeout-graceful-shutdown", "1",
                environment={**environment, FILE: str(clock.path)},
            )  # fmt: skip
            children.start("api.cli", "work", environment=environment)
            wait_for(f"{address(settings)}/ready")
            yield Site(settings, url, address(settings))


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[Page]:
    """The inspector's phone, where the shed is."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, base_url=site.address, locale="zh-CN",
        geolocation={"longitude": HERE[0], "latitude": HERE[1], "accuracy": 8}, permissions=["geolocation"],
    )  # fmt: skip
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    context.close()
    assert not faults


def at(day: date, hour: int = 10) -> datetime:
    """An hour of a day in China."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def shot(page: Page, name: str) -> None:
    """A picture of a station, where somebody asked for them."""
    if SHOTS:
        page.wait_for_timeout(800)  # the map is drawn
        page.screenshot(path=Path(SHOTS) / f"violation-{name}.png")


def become(page: Page, name: str) -> None:
    """Sign out whoever else is there, and sign in as somebody."""
    if page.get_by_test_id("person").is_visible():
        if page.get_by_test_id("person").inner_text().strip() == f"测试 {name}":
            return
        page.get_by_test_id("person").click()
        page.get_by_test_id("sign-out").click()
        expect(page.get_by_test_id("sign-in-open")).to_be_visible()
    sign_in(page, name)


def tab(page: Page, name: str) -> None:
    """A panel on the left, whichever was there."""
    button = page.get_by_test_id(f"tab-{name}")
    if button.get_attribute("aria-pressed") != "true":
        button.click()


def states(site: Site) -> list[str]:
    """The states of the case and its building, and the last act."""
    with database.session(site.url) as session:
        return list(session.execute(text(STATE)).one())


def candidates(site: Site) -> list[tuple[str, ...]]:
    """Kind and status of every suspicion, and of the building that it became."""
    with database.session(site.url) as session:
        return [tuple(each) for each in session.execute(text(CANDIDATES))]


def judge(page: Page, name: str, queue: str) -> None:
    """Somebody accepts the one suspicion that waits in a queue."""
    become(page, name)
    tab(page, "candidates")
    page.get_by_test_id(f"candidates-{queue}").click()
    expect(page.get_by_test_id("candidate-list").get_by_role("listitem")).to_have_count(1, timeout=LONG)
    page.get_by_test_id("review-start").click()
    expect(page.get_by_test_id("accept")).to_be_enabled(timeout=LONG)
    shot(page, f"review-{queue}-{name}")
    with page.expect_response(re.compile("/review$")) as answer:
        page.keyboard.press("a")
    assert answer.value.ok
    page.get_by_test_id("review-leave").click()


def check_on_site(phone: Page, conclusion: str, taken: str) -> None:
    """The inspector takes the one task, a photograph and a conclusion."""
    phone.get_by_test_id("task").click()
    shed = {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": jpeg(HERE, clock=taken, size=(640, 480))}
    phone.get_by_test_id("shot-input").set_input_files(shed)
    expect(phone.get_by_test_id("shot")).to_be_visible()
    phone.get_by_test_id(f"conclusion-{conclusion}").check()
    shot(phone, f"phone-{conclusion}")
    phone.get_by_test_id("go").click()
    expect(phone.get_by_test_id("empty")).to_be_visible(timeout=LONG)


def open_case(page: Page, name: str) -> None:
    """Somebody opens the one case from the list, as it is now."""
    become(page, name)
    if page.get_by_test_id("drawer-close").is_visible():
        page.get_by_test_id("drawer-close").click()
    tab(page, "cases")
    page.get_by_test_id("cases-list").click()
    page.get_by_test_id("case-1").click()
    expect(page.get_by_test_id("case")).to_be_visible()


def act(page: Page, name: str, **words: str) -> None:
    """An act on the page: fill in, see what follows, confirm."""
    page.get_by_test_id(f"act-{name}").click()
    for word, said in words.items():
        field = page.get_by_test_id(f"word-{word}")
        if field.evaluate("it => 'value' in it"):
            field.fill(said)
        elif field.get_by_role("checkbox").or_(field.get_by_role("radio")).count():
            field.get_by_text(said, exact=True).click()
        else:
            field.locator("input").fill(said)
            field.locator("input").press("Enter")
    page.get_by_test_id("act-check").click()
    expect(page.get_by_test_id("consequence")).to_be_visible()
    shot(page, f"act-{name}")
    page.get_by_test_id("act-confirm").click()
    expect(page.get_by_test_id("act-form")).to_be_hidden(timeout=LONG)


def also(page: Page, name: str, **words: Any) -> None:
    """An act of who is signed in on the page, at the door itself."""
    version = page.request.get("/api/cases/1").json()["version"]
    answer = page.request.post(f"/api/cases/1/acts/{name}", data={"version": version, **words})
    assert answer.ok, answer.text()


def serve(page: Page, document: str, day: date) -> None:
    also(page, "serve", document=document, method="direct", served_on=day.isoformat())


def suspicion_accepted(page: Page, site: Site) -> None:
    """Two pairs of eyes accept what the second flight shows."""
    page.goto("/")
    become(page, "administrator")
    tab(page, "candidates")
    page.get_by_test_id("second-eyes").locator("summary").click()
    page.get_by_test_id("second-eyes-for").select_option("accepted")
    page.get_by_test_id("second-eyes-save").click()
    expect(page.get_by_test_id("second-eyes")).to_contain_text("测试 administrator 修改于")
    judge(page, "reviewer", "pending")
    assert candidates(site) == [("new", "second", None)]
    judge(page, SECOND, "second")
    assert candidates(site) == [("new", "accepted", "to_check")]


def filed(page: Page, phone: Page, site: Site, clock: Behind) -> None:
    """An inspector was there; an officer files the case and gives notice."""
    clock.set(at(date(2023, 6, 27)))
    phone.goto("/m")
    phone.get_by_test_id("view-tasks").click()
    sign_in(phone, "inspector")
    check_on_site(phone, "violation", "2023:06:27 10:00:00")

    clock.set(at(day := date(2023, 6, 28)))
    become(page, "officer")
    tab(page, "cases")
    page.get_by_test_id("cases-unfiled").click()
    page.get_by_test_id("file-1").click()
    expect(page.get_by_test_id("filing-proposal")).to_contain_text("位于城镇规划区")
    page.get_by_test_id("filing-title").fill("涉嫌未经许可建设彩钢棚")
    page.get_by_test_id("filing-party").fill(PARTY)
    shot(page, "filing")
    page.get_by_test_id("filing-confirm").click()
    expect(page.get_by_test_id("case-title")).to_have_text("涉嫌未经许可建设彩钢棚", timeout=LONG)
    act(page, "notify")
    page.get_by_test_id("make-prior_notice").click()
    expect(page.get_by_test_id("document-1")).to_contain_text("罚告第1号", timeout=LONG)
    shot(page, "document")
    serve(page, "notice", day)
    assert states(site) == ["notified", "filed", "serve"]


def decided(page: Page, site: Site, clock: Behind) -> None:
    """Somebody else reviews; the officer decides, serves, announces, demands."""
    clock.set(at(date(2023, 7, 17)))
    open_case(page, "reviewer")
    act(page, "review", note="事实清楚，程序合法，同意")
    clock.set(at(day := date(2023, 7, 19)))
    open_case(page, "officer")
    act(page, "decide", decision="限期拆除", limit_days="15")
    serve(page, "decision", day)
    also(page, "announce", posted_on=day.isoformat(), limit_days=15)
    assert states(site) == ["decided", "ordered", "announce"]
    clock.set(at(day := date(2023, 8, 14)))
    also(page, "demand", limit_days=10)
    serve(page, "demand", day)


def enforced(page: Page, site: Site, clock: Behind) -> None:
    """Not before the periods of review and suit have run out; then by day, on a working day."""
    clock.set(at(date(2023, 8, 31)))
    open_case(page, "officer")
    page.get_by_test_id("acts-not").locator("summary").click()
    expect(page.get_by_test_id("not-enforce")).to_contain_text("行政复议期限至 2023-09-18 届满")
    shot(page, "too-early")
    version = page.request.get("/api/cases/1").json()["version"]
    early = page.request.post("/api/cases/1/acts/enforce", data={"version": version, "order_number": "1"})
    assert (early.status, early.json()["code"]) == (409, "refused")
    assert states(site) == ["demanded", "ordered", "serve"]

    clock.set(at(day := date(2024, 1, 29)))
    open_case(page, "officer")
    act(page, "enforce", order_number="金政责〔2024〕5号")
    serve(page, "enforcement", day)
    clock.set(at(date(2024, 1, 31), 15))
    open_case(page, "officer")
    act(page, "demolish", started_at="2024年1月31日 09:00", ended_at="2024年1月31日 11:00", means="机械")
    expect(page.get_by_test_id("case-way")).to_contain_text("2024年1月31日 09:00")
    assert states(site) == ["enforcing", "ordered", "demolish"]


def seen_gone(page: Page, phone: Page, site: Site, clock: Behind, folder: Path) -> None:
    """The next flight shows it gone, and the inspector confirms it."""
    files = scenes.write_scene(scenes.flat_scene(512), folder)
    ingest.ingest(
        site.url, site.settings, {"ortho": files[1], "dsm": files[3]}, name="拆后", flown_on=date(2024, 2, 5)
    )
    clock.set(at(date(2024, 2, 6)))
    judge(page, "reviewer", "pending")
    become(page, SECOND)  # agrees, as before
    seen = page.request.get("/api/candidates/2").json()
    page.request.post("/api/candidates/2/review", data={"verdict": "accept", "version": seen["version"]})
    assert candidates(site) == [("new", "accepted", "ordered"), ("demolished", "accepted", None)]
    clock.set(at(date(2024, 2, 7)))
    phone.get_by_test_id("sort").click()
    check_on_site(phone, "demolished", "2024:02:07 10:00:00")


def closed(page: Page, site: Site, clock: Behind) -> None:
    """Performance is confirmed, the case closed, and its evidence file holds."""
    clock.set(at(date(2024, 2, 8)))
    open_case(page, "officer")
    act(page, "perform", note="已强制拆除，场地清理完毕")
    act(page, "close")
    assert states(site) == ["closed", "demolished", "close"]
    with page.expect_download() as taking:
        page.get_by_test_id("evidence-1").click()
    shot(page, "closed")
    verdict = examine(taking.value.path())
    with database.session(site.url) as session:
        check_register(store.lines(session), verdict)
    assert not verdict.faults and verdict.entries


def published(page: Page, browser: Browser, site: Site, clock: Behind) -> None:
    """Drafted by one, approved by another, read by anybody without the name of the party."""
    clock.today()
    become(page, "planner")
    tab(page, "statistics")
    page.get_by_test_id("figures-bulletins").click()
    page.get_by_test_id("bulletin-new").click()
    for place, day_said in enumerate(("2023-06-01", "2024-02-29")):
        page.get_by_test_id("period").locator("input").nth(place).fill(day_said)
    page.get_by_test_id("bulletin-make").click()
    page.get_by_test_id("exposures").get_by_role("checkbox").check()
    page.get_by_test_id("bulletin-save").click()
    page.get_by_test_id("bulletin-submit").click()
    expect(page.get_by_test_id("bulletin-status")).to_have_text("待审核")
    page.get_by_test_id("bulletin-leave").click()
    become(page, "administrator")
    tab(page, "statistics")
    page.get_by_test_id("bulletin-1").click()
    page.get_by_test_id("bulletin-approve").click()
    page.get_by_test_id("bulletin-publish").click()
    page.get_by_test_id("bulletin-confirm").click()
    public = page.get_by_test_id("bulletin-public").get_attribute("href")
    shot(page, "bulletin")
    assert public and re.fullmatch(r"/bulletins/\d{4}/1", public)
    anybody = browser.new_context(base_url=site.address, locale="zh-CN").new_page()
    anybody.goto(public)
    shot(anybody, "public")
    expect(anybody.get_by_text("涉嫌未经许可建设彩钢棚")).to_be_visible()
    assert PARTY not in anybody.content()
    anybody.context.close()


def test_a_shed_is_seen_filed_demolished_in_time_and_told_to_the_public(
    page: Page, phone: Page, browser: Browser, site: Site, clock: Behind, tmp_path: Path
) -> None:
    suspicion_accepted(page, site)
    filed(page, phone, site, clock)
    decided(page, site, clock)
    enforced(page, site, clock)
    seen_gone(page, phone, site, clock, tmp_path)
    closed(page, site, clock)
    published(page, browser, site, clock)
    with database.session(site.url) as session:  # and no step of the law was left out or came too early
        steps = session.scalars(text("SELECT act FROM case_steps WHERE case_id = 1 ORDER BY seq"))
        assert list(steps) == [
            "file", "notify", "serve", "review", "decide", "serve", "announce", "demand", "serve", "enforce", "serve",
            "demolish", "perform", "close",
        ]  # fmt: skip
