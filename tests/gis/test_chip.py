"""Pieces of rasters: the pixels as they are stored, where they are."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.windows import from_bounds

from gis.chip import cut
from tests import scenes

E, N = scenes.ORIGIN


def test_a_piece_has_the_pixels_of_the_raster_at_the_same_place(tmp_path):
    source = scenes.write_ortho(tmp_path / "o.tif", scenes.ground(1400))
    assert cut(source, tmp_path / "piece.tif", (E + 40.05, N - 200.5, E + 190, N - 50), "EPSG:4548")
    with rasterio.open(source) as whole, rasterio.open(tmp_path / "piece.tif") as piece:
        assert (piece.crs.to_epsg(), piece.transform.a, piece.dtypes) == (4548, 0.2, whole.dtypes)
        assert piece.bounds == pytest.approx((E + 40, N - 200.6, E + 190, N - 50))
        there = whole.read(window=from_bounds(*piece.bounds, whole.transform).round())
        assert np.array_equal(piece.read(), there) and there.shape[1] > 512


def test_a_piece_reaches_no_further_than_the_raster(tmp_path):
    source = scenes.write_ortho(tmp_path / "o.tif", scenes.ground(256))
    assert cut(source, tmp_path / "piece.tif", (E - 30, N - 10, E + 10, N + 30), "EPSG:4548")
    with rasterio.open(tmp_path / "piece.tif") as piece:
        assert (piece.width, piece.height) == (50, 50)


def test_there_is_no_piece_of_what_the_raster_does_not_show(tmp_path):
    source = scenes.write_ortho(tmp_path / "o.tif", scenes.ground(256))
    assert not cut(source, tmp_path / "piece.tif", (E + 900, N, E + 920, N + 20), "EPSG:4548")
    assert not (tmp_path / "piece.tif").exists()


def test_place_and_pixels_of_a_turned_raster_stay_as_they_are(tmp_path):
    turned = Affine.translation(E, N) @ Affine.rotation(30) @ Affine.scale(0.2, -0.2)
    pixels = np.moveaxis(scenes.ground(300), -1, 0)
    with rasterio.open(
        tmp_path / "o.tif", "w", driver="GTiff", width=300, height=300, count=3, dtype="uint8", crs="EPSG:4548",
        transform=turned,
    ) as whole:  # fmt: skip
        whole.write(pixels)
    x, y = turned @ (150, 150)
    assert cut(tmp_path / "o.tif", tmp_path / "piece.tif", (x - 5, y - 5, x + 5, y + 5), "EPSG:4548")
    with rasterio.open(tmp_path / "piece.tif") as piece:
        column, row = (~turned) @ piece.transform @ (0, 0)
        assert (column, row) == pytest.approx((round(column), round(row)), abs=1e-6)
        left, top = round(column), round(row)
        assert np.array_equal(piece.read(), pixels[:, top : top + piece.height, left : left + piece.width])


@pytest.mark.parametrize(("dtype", "nodata"), [("float32", -9999.0), ("uint16", 0)])
def test_type_nodata_and_mask_are_kept(tmp_path, dtype, nodata):
    values = np.arange(64 * 64).reshape(1, 64, 64).astype(dtype)
    values[0, 20:30, 20:30] = nodata
    with rasterio.open(
        tmp_path / "o.tif", "w", driver="GTiff", width=64, height=64, count=1, dtype=dtype, crs="EPSG:4548",
        transform=scenes.DISTRICT.transform, nodata=nodata,
    ) as whole:  # fmt: skip
        whole.write(values)
    assert cut(tmp_path / "o.tif", tmp_path / "piece.tif", (E + 2, N - 10, E + 10, N - 2), "EPSG:4548")
    with rasterio.open(tmp_path / "piece.tif") as piece:
        assert (piece.dtypes[0], piece.nodata) == (dtype, nodata)
        assert np.array_equal(piece.read(), values[:, 10:50, 10:50])


def test_a_mask_beside_the_bands_is_kept(tmp_path):
    seen = np.ones((64, 64), bool)
    seen[:20] = False
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(
        tmp_path / "o.tif", "w", driver="GTiff", width=64, height=64, count=3, dtype="uint8", crs="EPSG:4548",
        transform=scenes.DISTRICT.transform,
    ) as whole:  # fmt: skip
        whole.write(np.moveaxis(scenes.ground(64), -1, 0))
        whole.write_mask(seen)
    assert cut(tmp_path / "o.tif", tmp_path / "piece.tif", (E, N - 10, E + 10, N), "EPSG:4548")
    with rasterio.open(tmp_path / "piece.tif") as piece:
        assert np.array_equal(piece.dataset_mask() > 0, seen[:50, :50])
    assert not (tmp_path / "piece.tif.msk").exists()
