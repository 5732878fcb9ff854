from __future__ import annotations

import numpy as np
import pytest
import rasterio
from rasterio.crs import CRS

from gis.raster import Grid, ground_pixel_m, opened, read, read_onto, working_crs
from tests import scenes
from tests.scenes import Place

ORIGIN = scenes.ORIGIN


def ramp(size: int = 200) -> np.ndarray:
    """Heights that equal metres east of the corner plus twice the metres south, at pixel centres."""
    metres = (np.arange(size) + 0.5) * 0.2
    return (metres[None, :] + 2 * metres[:, None]).astype(np.float32)


@pytest.fixture
def dsm(tmp_path):
    return scenes.write_dsm(tmp_path / "a.tif", ramp())


def expected(grid: Grid) -> np.ndarray:
    east = grid.transform.c + (np.arange(grid.width) + 0.5) * grid.pixel - ORIGIN[0]
    south = ORIGIN[1] - (grid.transform.f - (np.arange(grid.height) + 0.5) * grid.pixel)
    return east[None, :] + 2 * south[:, None]


@pytest.mark.parametrize("pixel", [0.2, 0.13, 0.35, 1.0])
@pytest.mark.parametrize("offset", [0.0, 0.07, 0.31])
def test_a_resampled_read_puts_values_where_they_belong(dsm, pixel, offset):
    west, north = ORIGIN[0] + 10 + offset, ORIGIN[1] - 10 - offset
    grid = Grid.over((west, north - 15, west + 15, north), pixel, CRS.from_epsg(4548))
    with opened(dsm) as dataset:
        found = read_onto(dataset, grid)
    assert found.mask.all()
    assert np.abs(found.pixels[0] - expected(grid)).max() < 0.12


def test_a_warped_read_puts_values_where_they_belong(tmp_path):
    place = Place(origin=(500_000.0, 3_516_000.0), crs="EPSG:4548")
    source = scenes.write_dsm(tmp_path / "a.tif", ramp(), place)
    target = Grid.over((500_010, 3_515_975, 500_025, 3_515_990), 0.35, CRS.from_epsg(4527))
    prefixed = target.moved(39_000_000, 0)
    with opened(source) as dataset:
        warped = read_onto(dataset, prefixed)
        plain = read_onto(dataset, Grid(CRS.from_epsg(4548), target.transform, target.width, target.height))
    assert np.abs(warped.pixels - plain.pixels).max() < 0.12


def test_ground_outside_the_raster_is_invalid(dsm):
    grid = Grid.over((ORIGIN[0] - 5, ORIGIN[1] - 5, ORIGIN[0] + 5, ORIGIN[1] + 5), 0.2, CRS.from_epsg(4548))
    with opened(dsm) as dataset:
        mask = read_onto(dataset, grid).mask
    assert mask[25:, 25:].all()
    assert mask.sum() == 625


def test_a_window_knows_its_place(dsm):
    with opened(dsm) as dataset:
        part = read(dataset, rasterio.windows.Window(10, 20, 30, 40))
    assert part.grid.bounds == pytest.approx((ORIGIN[0] + 2, ORIGIN[1] - 12, ORIGIN[0] + 8, ORIGIN[1] - 4))


def test_nodata_is_not_valid(tmp_path):
    heights = scenes.surface(64)
    heights[:10] = scenes.NODATA
    with opened(scenes.write_dsm(tmp_path / "a.tif", heights)) as dataset:
        assert read(dataset).mask.sum() == 54 * 64


def test_degrees_are_counted_as_metres_on_the_ground(tmp_path):
    with opened(scenes.in_degrees(tmp_path / "a.tif")) as dataset:
        assert ground_pixel_m(dataset) == pytest.approx(0.2, rel=0.1)


def test_far_from_the_district_metres_are_those_of_the_utm_zone(tmp_path):
    place = Place(origin=(85.5, 27.6), gsd=1e-6, crs="EPSG:4326")
    with opened(scenes.write_ortho(tmp_path / "a.tif", place=place)) as dataset:
        assert working_crs(dataset).to_epsg() == 32645
