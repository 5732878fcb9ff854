"""Surface models: shaded tiles, heights and profiles."""

from __future__ import annotations

import io
import threading
from datetime import date

import numpy as np
import pytest
from PIL import Image

from api.imagery.relief import stops
from api.ingest import ingest
from gis.align import Alignment
from gis.crs import MEASURED, STORED, transform_points
from layers import database, pipeline
from layers.people.rules import Role
from layers.storage import Storage
from layers.surveys import store
from layers.surveys.placing import kept
from tests import scenes
from tests.api.test_imagery import GRID


@pytest.fixture
def surveyed(settings, tmp_path):
    """A flight with a surface model: ground at 40 m, a block of 20 m in its middle, and a gap at the right."""
    heights = np.full((256, 256), 40, np.float32)
    heights[96:160, 96:160] = 60
    heights[:, 240:] = scenes.NODATA
    files = {
        "ortho": scenes.write_ortho(tmp_path / "o.tif"),
        "dsm": scenes.write_dsm(tmp_path / "d.tif", heights),
    }
    number = ingest(settings.database_url, settings, files, name="测试", flown_on=date(2023, 3, 12))
    pipeline.process_survey(settings.database_url, settings, number, threading.Event())
    return number


def at(column: float, row: float) -> tuple[float, float]:
    """lon/lat of a pixel of the scene."""
    east, north = scenes.ORIGIN
    [[lon, lat]] = transform_points([(east + column * 0.2, north - row * 0.2)], MEASURED, STORED)
    return float(lon), float(lat)


def test_the_height_at_a_place_is_told_and_is_null_in_a_gap(surveyed, as_role):
    client = as_role(Role.PLANNER)
    for place, expected in ((at(20.5, 20.5), 40.0), (at(128.5, 128.5), 60.0), (at(250.5, 20.5), None)):
        answer = client.get(f"/api/surveys/{surveyed}/height", params={"lon": place[0], "lat": place[1]})
        assert answer.json()["height_m"] == expected


def test_a_profile_over_the_block_says_how_high_and_how_long_it_is(surveyed, as_role):
    (west, lat), (east, _) = at(20.5, 128.5), at(220.5, 128.5)
    told = as_role(Role.PLANNER).get(
        f"/api/surveys/{surveyed}/profile", params={"line": f"{west},{lat};{east},{lat}", "samples": 401}
    ).json()  # fmt: skip
    heights = np.array(told["height_m"], float)
    assert (told["flown_on"], told["distance_m"][0]) == ("2023-03-12", 0.0)
    assert told["distance_m"][-1] == pytest.approx(40, abs=0.01)
    high = np.array(told["distance_m"])[heights > 50]
    assert high[-1] - high[0] == pytest.approx(64 * 0.2, abs=0.3)
    assert set(heights) == {40.0, 60.0}


def test_in_the_frame_of_its_baseline_a_shifted_flight_tells_of_the_same_ground(surveyed, as_role, settings):
    alignment = Alignment(
        dx_m=3.0, dy_m=0.0, residual_m=0.1, rotation_deg=0.0, matched_share=1.0, reliable=True
    )
    with database.session(settings.database_url) as session:
        later = store.add(
            session, name="后一期", flown_on=date(2023, 6, 18), expects=["ortho", "dsm"], created_by=None
        )
        later.baseline_id = surveyed
        later.alignment = kept(alignment, "EPSG:4548")
        number = later.id
    storage = Storage.of(settings)
    storage.survey(number).mkdir(parents=True)
    east, north = scenes.ORIGIN
    heights = np.full((256, 256), 40, np.float32)
    heights[96:160, 96:160] = 60
    scenes.write_dsm(storage.cog(number, "dsm"), heights, scenes.Place((east + 3.0, north)))
    (west, lat), (right, _) = at(40.5, 128.5), at(220.5, 128.5)
    asked = {"line": f"{west},{lat};{right},{lat}", "samples": 101}
    client = as_role(Role.PLANNER)

    def told(survey, **more):
        answer = client.get(f"/api/surveys/{survey}/profile", params={**asked, **more})
        return np.array(answer.json()["height_m"], float)

    before = told(surveyed)
    assert (told(number, frame=surveyed) == before).mean() > 0.97
    assert (told(number) == before).mean() < 0.9


@pytest.mark.parametrize(
    "line", ["", "116.5,31.7", "a,b;c,d", "116.5,31.7;200,31.7", "116.5,31.7;117.5,31.7", "1,2,3;4,5,6"]
)
def test_a_line_that_is_none_or_too_long_is_refused_with_what_to_write(surveyed, as_role, line):
    answer = as_role(Role.PLANNER).get(f"/api/surveys/{surveyed}/profile", params={"line": line})
    assert answer.status_code == 400
    assert "剖面线" in answer.json()["title_zh"]


def test_a_tile_of_the_surface_is_coloured_by_height_shaded_from_the_north_west_and_transparent_in_gaps(
    surveyed, as_role
):
    client = as_role(Role.PLANNER)
    told = client.get(f"/api/surveys/{surveyed}/surface").json()
    assert (told["low_m"], told["high_m"]) == (40.0, 60.0)
    assert told["ramp"] == stops() and len(told["ramp"]) == 6
    west, south, east, north = told["bounds"]
    zoom = told["maxzoom"] - 2
    tile = GRID.tile((west + east) / 2, (south + north) / 2, zoom)
    address = told["tiles"].replace("{z}", str(zoom)).replace("{x}", str(tile.x)).replace("{y}", str(tile.y))
    answer = client.get(address)
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    image = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA")).astype(int)
    seen = image[..., 3] == 255
    assert 0.05 < seen.mean() < 0.95
    yellow = seen & (image[..., 0] > 150) & (image[..., 2] < 90)  # the upper end of the ramp
    purple = seen & (image[..., 2] > image[..., 1])
    assert yellow.sum() > 50 and purple.sum() > 5 * yellow.sum()
    again = client.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert client.get(f"/imagery/{surveyed}/dsm/3/0/0.webp?low=0&high=1").status_code == 204
    assert client.get(f"/imagery/{surveyed}/dsm/99/0/0.webp?low=0&high=1").status_code == 204


def test_a_flight_without_a_surface_model_says_so_and_strangers_are_kept_out(surveyed, as_role):
    client = as_role(Role.PLANNER)
    for path in (
        "api/surveys/99/surface",
        "api/surveys/99/height?lon=1&lat=1",
        "imagery/99/dsm/1/0/0.webp?low=0&high=1",
    ):
        assert client.get(f"/{path}").status_code == 404
    for path in (f"api/surveys/{surveyed}/surface", f"api/surveys/{surveyed}/height?lon=1&lat=1",
                 f"api/surveys/{surveyed}/profile?line=1,1;2,2", f"imagery/{surveyed}/dsm/1/0/0.webp?low=0&high=1"):  # fmt: skip
        assert as_role(None).get(f"/{path}").status_code == 401


def test_a_number_that_no_table_can_hold_is_refused_with_a_sentence(as_role):
    answer = as_role(Role.PLANNER).get("/api/surveys/39838709393346778890240/surface")
    assert answer.status_code == 422
    assert "数字过大" in answer.json()["title_zh"]
