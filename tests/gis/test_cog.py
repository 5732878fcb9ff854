from __future__ import annotations

import numpy as np
import pytest
import rasterio
from shapely.geometry import box

from gis.cog import footprint, to_cog
from gis.crs import to_metres
from gis.refused import RasterEmpty, RasterTruncated
from tests import scenes


@pytest.fixture
def target(tmp_path):
    return tmp_path / "out" / "cog.tif"


def test_an_orthophoto_becomes_a_tiled_tiff_with_overviews(tmp_path, target):
    to_cog(scenes.write_ortho(tmp_path / "a.tif", scenes.ground(1024)), target)
    with rasterio.open(target) as dataset:
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert dataset.overviews(1)[:1] == [2]
        assert (dataset.count, dataset.dtypes[0]) == (3, "uint8")


def test_pixels_stay_what_they_were_within_jpeg(tmp_path, target):
    source = scenes.write_ortho(tmp_path / "a.tif")
    to_cog(source, target)
    with rasterio.open(source) as one, rasterio.open(target) as other:
        assert np.abs(one.read().astype(int) - other.read()).mean() < 3


def test_heights_stay_exactly_what_they_were(tmp_path, target):
    heights = scenes.surface()
    to_cog(scenes.write_dsm(tmp_path / "a.tif", heights), target)
    with rasterio.open(target) as dataset:
        assert np.array_equal(dataset.read(1), heights)


def test_a_truncated_file_is_found_and_nothing_is_left(tmp_path, target):
    source = scenes.truncated(tmp_path / "a.tif")
    with pytest.raises(RasterTruncated, match="near row"):
        to_cog(source, target)
    assert list(target.parent.iterdir()) == []


def test_a_raster_without_a_valid_pixel_is_refused(tmp_path, target):
    source = scenes.write_dsm(tmp_path / "a.tif", np.full((64, 64), scenes.NODATA, np.float32))
    with pytest.raises(RasterEmpty):
        to_cog(source, target)
    assert not target.exists()


def test_a_rotated_raster_is_turned_north_up(tmp_path, target):
    to_cog(scenes.rotated(tmp_path / "a.tif"), target)
    with rasterio.open(target) as dataset:
        assert dataset.transform.b == dataset.transform.d == 0
        assert not (dataset.dataset_mask() > 0).all()


def test_a_black_collar_becomes_invalid(tmp_path, target):
    pixels = scenes.ground()
    pixels[:, :100] = 0
    to_cog(scenes.write_ortho(tmp_path / "a.tif", pixels), target)
    with rasterio.open(target) as dataset:
        mask = dataset.dataset_mask() > 0
    assert not mask[:, :96].any()
    assert mask[:, 104:].all()


def test_sixteen_bits_are_stretched_to_eight(tmp_path, target):
    wide = scenes.ground().astype(np.uint16) * 40
    bands = np.moveaxis(wide, 2, 0)
    with rasterio.open(
        tmp_path / "a.tif", "w", driver="GTiff", width=256, height=256, count=3, dtype="uint16",
        crs="EPSG:4548", transform=scenes.DISTRICT.transform,
    ) as source:  # fmt: skip
        source.write(bands)
    to_cog(tmp_path / "a.tif", target)
    with rasterio.open(target) as dataset:
        assert dataset.dtypes[0] == "uint8"
        assert 90 < dataset.read().mean() < 170


def test_progress_runs_to_one(tmp_path, target):
    shares: list[float] = []
    to_cog(scenes.write_ortho(tmp_path / "a.tif"), target, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_the_footprint_is_the_ground_of_valid_pixels(tmp_path, target):
    pixels = scenes.ground()
    pixels[:, :128] = 0
    to_cog(scenes.write_ortho(tmp_path / "a.tif", pixels), target)
    found = to_metres(footprint(target))
    wanted = box(456_025.6, 3_515_948.8, 456_051.2, 3_516_000)
    assert found.symmetric_difference(wanted).area < 0.03 * wanted.area
    assert footprint(target).geom_type == "MultiPolygon"
