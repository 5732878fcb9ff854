from __future__ import annotations

import io
import itertools
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from gis.pyramid import TileArchive, build
from tests import scenes


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pyramid")
    pixels = scenes.ground(512)
    pixels[:64] = (255, 0, 0)
    source = scenes.write_ortho(folder / "a.tif", pixels)
    return build(source, folder / "a.pmtiles"), TileArchive(folder / "a.pmtiles")


def tile_at(lon: float, lat: float, zoom: int) -> tuple[int, int, int]:
    x = (lon + 180) / 360 * 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom
    return zoom, int(x), int(y)


def picture(data: bytes | None) -> np.ndarray:
    assert data is not None
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


def middle(facts) -> tuple[float, float]:
    west, south, east, north = facts.bounds
    return (west + east) / 2, (south + north) / 2


def test_the_deepest_zoom_loses_no_resolution(made):
    facts, _ = made
    assert 156_543.034 * math.cos(math.radians(31.76)) / 2**facts.maxzoom <= 0.2
    assert 156_543.034 * math.cos(math.radians(31.76)) / 2 ** (facts.maxzoom - 1) > 0.2


def test_every_zoom_has_a_tile_in_the_middle(made):
    facts, archive = made
    for zoom in range(facts.minzoom, facts.maxzoom + 1):
        assert picture(archive.tile(*tile_at(*middle(facts), zoom))).shape == (256, 256, 4)


def test_a_tile_shows_its_four_children_from_twice_as_far(tmp_path):
    """Also across blocks, of which this image touches six and fills none."""
    facts = build(scenes.write_ortho(tmp_path / "a.tif", scenes.ground(1700)), tmp_path / "a.pmtiles")
    archive = TileArchive(tmp_path / "a.pmtiles")
    seen = 0
    for zoom in range(facts.minzoom, facts.maxzoom):
        _, west, north = tile_at(facts.bounds[0], facts.bounds[3], zoom)
        _, east, south = tile_at(facts.bounds[2], facts.bounds[1], zoom)
        for x, y in itertools.product(range(west, east + 1), range(north, south + 1)):
            below = np.zeros((512, 512, 4), dtype=np.uint8)
            for right, down in itertools.product((0, 1), (0, 1)):
                data = archive.tile(zoom + 1, 2 * x + right, 2 * y + down)
                if data is not None:
                    below[down * 256 : down * 256 + 256, right * 256 : right * 256 + 256] = picture(data)
            shown = picture(archive.tile(zoom, x, y)).astype(float)
            far = below.astype(float).reshape(256, 2, 256, 2, 4).mean(axis=(1, 3))
            assert np.abs(shown[..., 3] - far[..., 3]).max() <= 1
            whole = (far[..., 3] == 255) & (shown[..., 3] == 255)
            if whole.any():
                seen += 1
                assert np.abs(shown - far)[whole].mean() < 4
    assert seen > 30


def test_there_is_no_tile_beside_the_image(made):
    facts, archive = made
    west, south, _, _ = facts.bounds
    assert archive.tile(*tile_at(west - 0.01, south - 0.01, facts.maxzoom)) is None


@pytest.mark.parametrize("place", [(-1, 0, 0), (3, 8, 0), (99, 0, 0)])
def test_a_tile_that_cannot_be_is_none(made, place):
    assert made[1].tile(*place) is None


def test_outside_the_footprint_a_tile_is_transparent(made):
    facts, archive = made
    west, _, _, north = facts.bounds
    alpha = picture(archive.tile(*tile_at(west + 1e-7, north - 1e-7, facts.minzoom)))[..., 3]
    assert alpha.min() == 0


def test_the_pixels_lie_where_they_lay_in_the_image(made):
    facts, archive = made
    west, _, east, north = facts.bounds
    zoom, x, y = tile_at((west + east) / 2, north - 2e-5, facts.maxzoom)
    world = 2**zoom * 256
    row = (1 - math.asinh(math.tan(math.radians(north - 2e-5))) / math.pi) / 2 * world - y * 256
    column = ((west + east) / 2 + 180) / 360 * world - x * 256
    red, green, _, alpha = picture(archive.tile(zoom, x, y))[int(row), int(column)]
    assert alpha == 255
    assert red > 200
    assert green < 60


def test_threads_share_an_archive(made):
    facts, archive = made
    places = [tile_at(*middle(facts), facts.maxzoom)] * 200
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda place: archive.tile(*place), places))) == 1


def test_a_damaged_source_leaves_no_archive(tmp_path):
    source = scenes.truncated(tmp_path / "a.tif")
    with pytest.raises(Exception, match="Read failed"):
        build(source, tmp_path / "out" / "a.pmtiles")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_that_is_no_archive_is_refused(tmp_path):
    (tmp_path / "a.pmtiles").write_bytes(b"x" * 200)
    with pytest.raises(ValueError, match="no PMTiles"):
        TileArchive(tmp_path / "a.pmtiles")
