"""A flight that cannot be aligned, and one that is askew: what the page offers and how it lays both dates together."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from api import ingest
from layers import database
from layers.storage import Kind
from layers.surveys.store import every
from tests import scenes
from tests.journey.conftest import SHOTS, Site, sign_in

LONG = 180_000
ROWS, COLS = slice(600, 680), slice(300, 420)
FILES: tuple[Kind, Kind] = ("ortho", "dsm")


def shoot(page: Page, name: str) -> None:
    """A picture for people, where they asked for them."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


def fly(site: Site, folder: Path, scene: scenes.Scene) -> None:
    """Both dates of a scene, uploaded and processed one after the other by the site's worker."""
    before, after, before_dsm, after_dsm = scenes.write_scene(scene, folder)
    for name, day, paths in (("三月航飞", 12, (before, before_dsm)), ("四月航飞", 13, (after, after_dsm))):
        flown = date(2023, 3, day)
        files = dict(zip(FILES, paths, strict=True))
        survey = ingest.ingest(site.url, site.settings, files, name=name, flown_on=flown)
        deadline = time.monotonic() + 240
        while not ingest.finished(ingest.progress_of(site.url, survey)):
            assert time.monotonic() < deadline
            time.sleep(0.3)


def turned(pixels: Any, degrees: float, scale: float, **border: Any) -> Any:
    """A picture turned anticlockwise and scaled about its middle, moved by a few pixels."""
    side = pixels.shape[0]
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), degrees, scale)
    matrix[:, 2] += (8, -5)
    return cv2.warpAffine(pixels, matrix, (side, side), flags=cv2.INTER_CUBIC, **border)


def test_a_reviewer_has_a_lost_flight_compared_anyway_and_the_page_says_so(
    page: Page, site: Site, tmp_path: Path
) -> None:
    shed = scenes.scene_with_shed(1024, rows=ROWS, cols=COLS)
    elsewhere = scenes.ground(1024, 77)
    elsewhere[ROWS, COLS] = shed.after[ROWS, COLS]
    fly(site, tmp_path, replace(shed, after=elsewhere))
    page.goto("/")
    sign_in(page, "reviewer")
    page.get_by_test_id("tab-surveys").click()
    card = page.get_by_test_id("survey-list").get_by_role("listitem").filter(has_text="四月航飞")
    expect(card).to_contain_text("无法配准", timeout=LONG)
    act = card.get_by_role("button", name="仍然比对")
    act.click()
    box = page.get_by_role("dialog")
    box.get_by_role("button", name="仍然比对").click()
    expect(box).to_contain_text("请写明理由")
    box.get_by_role("textbox").fill("滑坡后地表全变，坐标已核对")
    shoot(page, "anyway-ask-zh")
    box.get_by_role("button", name="仍然比对").click()
    expect(card).to_contain_text("已完成", timeout=LONG)
    said = card.get_by_test_id("compared-anyway")
    expect(said).to_contain_text("测试 reviewer")
    expect(said).to_contain_text("滑坡后地表全变，坐标已核对")
    expect(card).to_contain_text("未能配准")
    shoot(page, "anyway-done-zh")
    page.get_by_test_id("language").click()
    expect(card).to_contain_text("Compared without alignment")
    shoot(page, "anyway-done-en")
    page.get_by_test_id("tab-candidates").click()
    page.get_by_test_id("review-start").click()
    expect(page.get_by_test_id("review-lost")).to_have_text("Not aligned")
    expect(page.get_by_test_id("candidate-facts")).to_contain_text("compared anyway")
    shoot(page, "anyway-review-en")


def test_a_turned_and_scaled_flight_lies_on_its_baseline_when_it_is_reviewed(
    page: Page, site: Site, tmp_path: Path
) -> None:
    shed = scenes.scene_with_shed(1024, rows=ROWS, cols=COLS)
    askew = {"degrees": 1.2, "scale": 1.004}
    fly(
        site,
        tmp_path,
        replace(
            shed,
            after=turned(shed.after, **askew, borderMode=cv2.BORDER_REFLECT),
            after_dsm=turned(shed.after_dsm, **askew, borderMode=cv2.BORDER_REFLECT),
        ),
    )
    with database.session(site.url) as session:
        measured = every(session)[0].alignment
        assert measured and measured["rotation_deg"] == pytest.approx(1.2, abs=0.05)
    page.goto("/")
    sign_in(page, "reviewer")
    page.get_by_test_id("tab-candidates").click()
    page.get_by_test_id("review-start").click()
    expect(page.get_by_test_id("candidate-facts")).to_contain_text("m²")
    page.keyboard.press("o")  # without outlines, which are the same on both
    first, second = picture(page, after=False), picture(page, after=True)
    shoot(page, "turned-swipe-zh")
    height, width = first.shape
    for down in (70, height - 270):  # far from the middle a turn shows most
        for across in (60, width - 300):
            part = first[down : down + 200, across : across + 240]
            around = second[down - 30 : down + 230, across - 30 : across + 270]
            likeness = cv2.matchTemplate(around, part, cv2.TM_CCOEFF_NORMED)
            _, best, _, (x, y) = cv2.minMaxLoc(likeness)
            assert best > 0.9, (down, across)
            assert np.hypot(x - 30, y - 30) < 3, (down, across, x - 30, y - 30)  # 3 px are 10 cm here


def picture(page: Page, *, after: bool) -> Any:
    """What the whole frame shows of one date, grey."""
    box = page.get_by_test_id("compare").bounding_box()
    handle = page.get_by_test_id("divider").bounding_box()
    assert box and handle
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + (1 if after else box["width"] - 1), box["y"] + 300)
    page.mouse.up()
    page.wait_for_timeout(4000)
    shot = cv2.imdecode(np.frombuffer(page.screenshot(clip=box), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert shot is not None
    return np.float32(shot)
