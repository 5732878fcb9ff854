"""A piece of a raster as it is stored: the same pixels in the same CRS, nothing resampled."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import rasterio
from affine import Affine
from rasterio.enums import MaskFlags
from rasterio.warp import transform_bounds
from rasterio.windows import Window

from gis.cog import replaced
from gis.raster import opened

__all__ = ["cut"]

_ROWS = 512  # copied at a time, so that a piece of any size takes little memory
_TILE = 256


def cut(source: Path, target: Path, bounds: tuple[float, float, float, float], crs: Any) -> bool:
    """Write what a raster shows within bounds (west, south, east, north in ``crs``) as a GeoTIFF, atomically.

    Whole pixels with all bands, type, nodata, mask and place kept (rotation too); compressed without loss. False
    where the raster has nothing there, and then nothing is written. Raises rasterio's errors.
    """
    with opened(source) as dataset:
        window = _window(dataset, transform_bounds(crs, dataset.crs, *bounds))
        if window is None:
            return False
        with (
            replaced(target) as part,
            rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True),
            rasterio.open(part, "w", **_profile(dataset, window)) as piece,
        ):
            piece.colorinterp = dataset.colorinterp
            for row in range(0, int(window.height), _ROWS):
                _copy(dataset, piece, window, row)
    return True


def _copy(dataset: Any, piece: Any, window: Window, row: int) -> None:
    rows = min(_ROWS, int(window.height) - row)
    here = Window(window.col_off, window.row_off + row, window.width, rows)
    there = Window(0, row, window.width, rows)
    piece.write(dataset.read(window=here), window=there)
    if _has_own_mask(dataset):
        piece.write_mask(dataset.dataset_mask(window=here), window=there)


def _has_own_mask(dataset: Any) -> bool:
    """Whether a mask lies beside the bands; nodata and alpha travel with the bands themselves."""
    return all(flags == [MaskFlags.per_dataset] for flags in dataset.mask_flag_enums)


def _window(dataset: Any, bounds: tuple[float, float, float, float]) -> Window | None:
    """Whole pixels that cover bounds in the dataset's CRS, as far as it reaches."""
    west, south, east, north = bounds
    back = ~dataset.transform
    places = [back @ corner for corner in ((west, south), (west, north), (east, south), (east, north))]
    columns, rows = [x for x, _ in places], [y for _, y in places]
    left, top = max(0, math.floor(min(columns))), max(0, math.floor(min(rows)))
    right, bottom = min(dataset.width, math.ceil(max(columns))), min(dataset.height, math.ceil(max(rows)))
    return Window(left, top, right - left, bottom - top) if right > left and bottom > top else None


def _profile(dataset: Any, window: Window) -> dict[str, Any]:
    place = dataset.transform @ Affine.translation(window.col_off, window.row_off)
    return {
        "driver": "GTiff", "count": dataset.count, "dtype": dataset.dtypes[0], "crs": dataset.crs,
        "transform": place, "nodata": dataset.nodata, "width": int(window.width), "height": int(window.height),
        "compress": "deflate", "tiled": True, "blockxsize": _TILE, "blockysize": _TILE,
        "bigtiff": "IF_SAFER", "photometric": "RGB" if dataset.count in {3, 4} else "MINISBLACK",
    }  # fmt: skip
