from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gis.mosaic import laid, pieces
from gis.pyramid import TileArchive, build
from gis.webp import LEAST_DB, encoded, is_opaque
from tests import scenes
from tests.gis.test_pyramid import middle, tile_at


def archive(folder, colour, place=scenes.DISTRICT, hole: slice | None = None):
    pixels = np.full((512, 512, 3), colour, np.uint8)
    if hole is not None:
        pixels[hole] = 0  # a black collar is no image
    source = scenes.write_ortho(folder / "source.tif", pixels, place)
    from gis.cog import to_cog  # noqa: PLC0415

    to_cog(source, folder / "a.tif")
    return build(folder / "a.tif", folder / "a.pmtiles"), TileArchive(folder / "a.pmtiles")


@pytest.fixture(scope="module")
def flights(tmp_path_factory):
    """A red flight whose northern half is missing, over a whole green one of the same ground, over a coarser blue one."""
    made = []
    for name, colour, gsd, hole in (
        ("red", (220, 30, 30), 0.2, slice(0, 256)),
        ("green", (30, 200, 30), 0.2, None),
        ("blue", (30, 30, 220), 0.8, None),
    ):
        folder = tmp_path_factory.mktemp(name)
        made.append(archive(folder, colour, scenes.Place(gsd=gsd), hole))
    return made


def pixels(data: bytes | None) -> np.ndarray:
    assert data is not None
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


def shares(image: np.ndarray) -> tuple[float, float, float]:
    """How much of a tile is red, green, blue."""
    seen = image[..., 3] > 250
    return tuple(float(((image[..., band] > 120) & seen).mean()) for band in range(3))


def test_the_newest_flight_is_on_top_and_older_ones_fill_what_it_does_not_show(flights):
    (facts, red), (_, green), _ = flights
    z, x, y = tile_at(*middle(facts), facts.maxzoom - 2)
    around = [(z, x + right, y + down) for right in (-1, 0, 1) for down in (-1, 0, 1)]

    def drawn(archives):
        tiles = [laid(pieces(archives, *place)) for place in around]
        return sum(np.array(shares(pixels(each))) for each in tiles if each is not None)

    both, beneath = drawn([red, green]), drawn([green, red])
    assert both[0] == pytest.approx(both[1], rel=0.1)
    assert beneath[0] < 0.01 * beneath[1]


def test_where_one_flight_covers_the_tile_its_bytes_are_handed_on(flights):
    (facts, red), (_, green), _ = flights
    lon, lat = middle(facts)
    place = tile_at(lon, lat - (facts.bounds[3] - lat) / 2, facts.maxzoom)
    found = pieces([red, green], *place)
    assert len(found) == 1
    assert laid(found) == red.tile(*place)


def test_a_coarser_flight_is_drawn_larger_below_its_deepest_zoom(flights):
    (facts, red), _, (coarse, blue) = flights
    assert coarse.maxzoom < facts.maxzoom
    lon, lat = middle(facts)
    place = tile_at(lon, lat + (facts.bounds[3] - lat) * 0.8, facts.maxzoom)
    assert red.tile(*place) is None
    seen = shares(pixels(laid(pieces([red, blue], *place))))
    assert seen[:2] == (0.0, 0.0) and seen[2] > 0.5


def test_where_no_flight_is_there_is_nothing(flights):
    assert laid(pieces([each for _, each in flights], 12, 0, 0)) is None
    assert laid(pieces([], 0, 0, 0)) is None


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.booleans())
def test_a_coded_tile_is_true_to_its_pixels_and_says_whether_it_is_opaque(seed, cell, holed):
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (256 // cell + 1, 256 // cell + 1, 3), dtype=np.uint8)
    image = np.full((256, 256, 4), 255, np.uint8)
    image[..., :3] = np.asarray(Image.fromarray(coarse).resize((256, 256), Image.Resampling.NEAREST))
    if holed:
        image[:100] = 0
    data = encoded(image)
    shown = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))
    seen = image[..., 3] == 255
    error = np.mean((shown[seen].astype(float) - image[seen]) ** 2 * 4 / 3)
    assert 10 * np.log10(255**2 / max(error, 1e-9)) >= LEAST_DB - 0.01
    assert is_opaque(data) is not holed
    assert (shown[..., 3] == image[..., 3]).all()
