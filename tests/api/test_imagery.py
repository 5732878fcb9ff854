"""Tiles of flights and of mosaics, as pages and programs ask for them."""

from __future__ import annotations

import io
import threading
from datetime import date

import morecantile
import numpy as np
import pytest
from PIL import Image

from api.ingest import ingest
from gis.pyramid import TileArchive
from layers import database, pipeline
from layers.people.rules import Role
from layers.storage import Storage
from layers.surveys import store
from tests import scenes
from tests.api.conftest import PASSWORD

GRID = morecantile.tms.get("WebMercatorQuad")


@pytest.fixture
def flown(settings, tmp_path):
    """Two flights over one ground a quarter of a year apart; the later one is bright in its southern half only."""
    numbers = []
    dark, bright = np.full((256, 256, 3), 60, np.uint8), np.full((256, 256, 3), 220, np.uint8)
    bright[:128] = 0
    for day, pixels in ((date(2023, 3, 12), dark), (date(2023, 6, 18), bright)):
        source = scenes.write_ortho(tmp_path / f"{day}.tif", pixels)
        number = ingest(settings.database_url, settings, {"ortho": source}, name="测试", flown_on=day)
        pipeline.process_survey(settings.database_url, settings, number, threading.Event())
        numbers.append(number)
    with database.session(settings.database_url) as session:  # bare ground has nothing to be aligned by
        session.connection().exec_driver_sql("UPDATE surveys SET status = 'done'")
    return numbers


def middle(client, number: int, up: int = 0) -> str:
    """Zoom, column and row of the tile in the middle of a flight."""
    told = client.get(f"/imagery/{number}/tilejson.json").json()
    west, south, east, north = told["bounds"]
    at = GRID.tile((west + east) / 2, (south + north) / 2, told["maxzoom"] - up)
    return f"{at.z}/{at.x}/{at.y}"


def shades(answer) -> np.ndarray:
    assert answer.status_code == 200, answer.text
    image = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))
    return image[image[..., 3] > 250][:, 0]


def test_a_tile_is_the_bytes_of_the_archive_and_may_be_kept_as_long_as_its_address_names_its_content(
    flown, as_role, settings
):
    client = as_role(Role.PLANNER)
    told = client.get(f"/imagery/{flown[0]}/tilejson.json").json()
    where = middle(client, flown[0])
    z, x, y = where.split("/")
    address = told["tiles"][0].replace("{z}", z).replace("{x}", x).replace("{y}", y)
    answer = client.get(address)
    archive = TileArchive(Storage.of(settings).pyramid(flown[0]))
    assert answer.content == archive.tile(int(z), int(x), int(y))
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["etag"] == f'"{archive.content}"'
    assert "cookie" in answer.headers["vary"].lower()
    for other in (address.split("?")[0], address[:-1] + "x", address[:-4] + "0000"):
        assert client.get(other).headers["cache-control"] == "private, no-cache"
    assert client.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("who", ["by cookie", "by password"])
def test_both_doors_answer_alike(flown, as_role, who):
    client = as_role(Role.CREW if who == "by cookie" else None)
    more = {} if who == "by cookie" else {"auth": ("crew", PASSWORD)}
    where = middle(as_role(Role.CREW), flown[1])
    tile = client.get(f"/imagery/{flown[1]}/{where}.webp", **more)
    assert tile.headers["content-type"] == "image/webp"
    assert client.get(f"/imagery/{flown[1]}/3/0/0.webp", **more).status_code == 204
    assert client.get(f"/imagery/99/{where}.webp", **more).status_code == 404
    assert client.get(f"/imagery/mosaic/soon/{where}.webp", **more).status_code == 400
    again = client.get(f"/imagery/mosaic/all/{where}.webp", **more)
    headers = {"If-None-Match": again.headers["etag"]}
    assert client.get(f"/imagery/mosaic/all/{where}.webp", headers=headers, **more).status_code == 304


def test_who_signs_out_or_never_signed_in_sees_no_tile(flown, as_role):
    client = as_role(Role.PLANNER)
    paths = [
        f"/imagery/{flown[0]}/{middle(client, flown[0])}.webp",
        f"/imagery/mosaic/all/{middle(client, flown[0])}.webp",
    ]
    assert [client.get(each).status_code for each in paths] == [200, 200]
    token = client.cookies.get("chengtu_session")
    client.delete("/api/session")
    client.cookies.set("chengtu_session", token)
    assert [client.get(each).status_code for each in paths] == [401, 401]
    assert [as_role(None).get(each).status_code for each in paths] == [401, 401]


def test_in_the_mosaic_the_newest_flight_is_on_top_and_older_ones_fill_its_gaps(flown, as_role):
    client = as_role(Role.PLANNER)
    where = middle(client, flown[0], up=2)
    both = shades(client.get(f"/imagery/mosaic/all/{where}.webp"))
    assert (both > 180).mean() > 0.02 and (both < 100).mean() > 0.02
    early = shades(client.get(f"/imagery/mosaic/..2023-05-01/{where}.webp"))
    assert (early < 100).all()
    assert client.get(f"/imagery/mosaic/2024-01-01../{where}.webp").status_code == 204


def test_the_mosaic_leaves_out_flights_that_are_not_ready(flown, as_role, settings):
    with database.session(settings.database_url) as session:
        store.get(session, flown[1]).status = "processing"
    client = as_role(Role.PLANNER)
    assert (shades(client.get(f"/imagery/mosaic/all/{middle(client, flown[0], up=2)}.webp")) < 100).all()
    assert client.get("/imagery/mosaic/all/tilejson.json").json()["flights"] == 1


def test_the_tilejson_of_a_mosaic_says_what_it_is_made_of(flown, as_role):
    client = as_role(Role.PLANNER)
    told = client.get("/imagery/mosaic/2023-01-01..2023-12-31/tilejson.json").json()
    assert told["flights"] == 2
    assert told["tiles"] == ["http://testserver/imagery/mosaic/2023-01-01..2023-12-31/{z}/{x}/{y}.webp"]
    assert client.get("/imagery/mosaic/2024-01-01../tilejson.json").status_code == 404
