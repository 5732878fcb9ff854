"""A map that leaves the platform as one file opens with the network off."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
from playwright.sync_api import Browser, expect
from shapely.geometry import Point, box

from gis.maps import Drawn, write_map
from layers.exports import LIBRARIES


def test_the_exported_map_draws_its_shapes_and_answers_a_click_without_network(
    browser: Browser, tmp_path: Path
) -> None:
    area = gpd.GeoDataFrame({"code": ["WJ-1"]}, geometry=[box(116.53, 31.75, 116.55, 31.77)], crs=4490)
    point = gpd.GeoDataFrame({"code": ["P-1"]}, geometry=[Point(116.54, 31.76)], crs=4490)
    layers = {"违法建设": Drawn(area, {"code": "编号"}), "摊点": Drawn(point, {"code": "编号"})}
    write_map(layers, tmp_path / "map.html", title="专报", libraries=LIBRARIES, notice="演示数据")
    context = browser.new_context(offline=True, viewport={"width": 900, "height": 700})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((tmp_path / "map.html").as_uri())
    expect(page.locator(".leaflet-container")).to_be_visible()
    expect(page.locator(".heading")).to_contain_text("演示数据")
    popup = page.locator(".leaflet-popup-content")
    for _ in range(20):  # the map glides to its shapes first; a click on the way meets nothing
        page.wait_for_timeout(500)
        if popup.is_visible():
            break
        page.mouse.click(450, 350)
    expect(popup).to_contain_text("P-1")
    assert not faults
    context.close()
