"""One noun that travels: pixels, mask, transform and CRS together; and reading them without surprises.

Arrays are ordered band, row, column. A mask is ``True`` where the pixel is valid. Transforms are
north-up ``Affine`` of the upper left corner. Only GeoTIFFs (COG and BigTIFF included) are opened, and
nothing beside the file itself is read: no sidecar, no VRT, no network.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, MaskFlags, Resampling
from rasterio.warp import transform_bounds
from rasterio.windows import Window

from gis.crs import MEASURED, STORED, transform_points

__all__ = [
    "DRIVER",
    "IN_MEMORY",
    "SAFE",
    "Grid",
    "Name",
    "Progress",
    "Raster",
    "bounds_in",
    "colour_bands",
    "ground_pixel_m",
    "has_mask",
    "opened",
    "quiet",
    "read",
    "read_onto",
    "working_crs",
]

DRIVER = "GTiff"
SAFE: dict[str, Any] = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",  # no sidecars: no .ovr, .msk, .tfw, .aux.xml
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_GEOREF_SOURCES": "INTERNAL",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_HTTP_TIMEOUT": 1,
    "GDAL_CACHEMAX": 192 << 20,  # bytes
}
IN_MEMORY = threading.Lock()
"""Held where threads trace or draw arrays: rasterio silences a warning of the dataset it makes of them by filters

of the whole process, and two threads undo each other's, so that it comes through once in some thousands.
"""
Name = Literal["nearest", "average", "bilinear", "cubic"]
Displacement = Callable[[NDArray[np.float64]], NDArray[np.float64]]  # (n, 2) places → (n, 2) metres to go


Progress = Callable[[float], None]  # called with the share done, 0..1


def quiet(share: float) -> None:
    """The progress of somebody who does not listen."""


@dataclass(frozen=True)
class Grid:
    """A north-up raster's place without its pixels: CRS, transform, size in pixels."""

    crs: Any
    transform: Affine
    width: int
    height: int

    @classmethod
    def over(cls, bounds: tuple[float, float, float, float], pixel: float, crs: Any) -> Grid:
        """The smallest grid of square pixels over bounds (west, south, east, north) in the CRS's units."""
        west, south, east, north = bounds
        width = max(1, math.ceil((east - west) / pixel - 1e-6))
        height = max(1, math.ceil((north - south) / pixel - 1e-6))
        return cls(crs, Affine(pixel, 0, west, 0, -pixel, north), width, height)

    @property
    def pixel(self) -> float:
        """Width of a pixel in the CRS's units."""
        return float(self.transform.a)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in the CRS's units."""
        west, north = self.transform.c, self.transform.f
        return west, north + self.height * self.transform.e, west + self.width * self.transform.a, north

    def window(self, row: int, column: int, height: int, width: int) -> Grid:
        """A part of the grid; it may reach beyond the edges."""
        return Grid(self.crs, self.transform @ Affine.translation(column, row), width, height)

    def moved(self, dx: float, dy: float) -> Grid:
        """The same grid moved by so many units of the CRS east and north."""
        return Grid(self.crs, Affine.translation(dx, dy) @ self.transform, self.width, self.height)


@dataclass(frozen=True)
class Raster:
    """Pixels (band, row, column), mask (row, column) ``True`` = valid, transform, CRS."""

    pixels: NDArray[Any]
    mask: NDArray[np.bool_]
    transform: Affine
    crs: Any

    @property
    def grid(self) -> Grid:
        """The raster's place."""
        height, width = self.mask.shape
        return Grid(self.crs, self.transform, width, height)


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A rasterio dataset of a GeoTIFF, opened so that it cannot make the process read another file.

    Raises rasterio's errors; ``gis.check`` turns them into sentences. One thread per dataset.
    """
    with rasterio.Env(**SAFE), rasterio.open(Path(path).resolve(), driver=DRIVER) as dataset:
        if dataset.tags(ns="OVERVIEWS"):
            raise rasterio.errors.RasterioIOError("the file points to another file for its overviews")
        yield dataset


def has_mask(dataset: Any) -> bool:
    """Whether the dataset itself says which pixels are valid: nodata, alpha band or mask."""
    return any(MaskFlags.all_valid not in flags for flags in dataset.mask_flag_enums)


def colour_bands(dataset: Any) -> list[int]:
    """Indexes (from 1) of the three colour bands, or of the single one; alpha and infrared left out."""
    colours = [ColorInterp.red, ColorInterp.green, ColorInterp.blue]
    if all(colour in dataset.colorinterp for colour in colours):
        return [dataset.colorinterp.index(colour) + 1 for colour in colours]
    return [1, 2, 3] if dataset.count >= 3 else [1]


def read(dataset: Any, window: Window | None = None, *, bands: list[int] | None = None) -> Raster:
    """Pixels of a window (whole raster by default) as stored, with their mask."""
    window = window or Window(0, 0, dataset.width, dataset.height)
    pixels = dataset.read(bands, window=window)
    mask = dataset.dataset_mask(window=window) > 0
    mask &= _finite(pixels)
    place = dataset.transform @ Affine.translation(window.col_off, window.row_off)
    return Raster(pixels, mask, place, dataset.crs)


def read_onto(
    dataset: Any,
    grid: Grid,
    *,
    bands: list[int] | None = None,
    resampling: Name = "average",
    displacement: Displacement | None = None,
) -> Raster:
    """Pixels resampled onto a grid of any CRS; outside the dataset the mask is ``False``.

    When only size and place of pixels differ, GDAL's plain resampling with exact fractional windows
    (and overviews) is used, else a warp. ``displacement``: how far off, in the grid's units, the dataset
    shows what belongs at a place of the grid; smooth over 64 pixels.
    """
    if displacement is not None:
        return _read_warped(dataset, grid, bands, resampling, displacement)
    same = dataset.crs == grid.crs and dataset.transform.b == 0 == dataset.transform.d
    if same and dataset.transform.e < 0:
        return _read_scaled(dataset, grid, bands, Resampling[resampling])
    return _read_warped(dataset, grid, bands, resampling)


def working_crs(dataset: Any) -> Any:
    """The metric CRS to compare in: EPSG:4548 near its meridian, else the UTM zone of the place."""
    west, south, east, north = bounds_in(dataset, STORED)
    lon, lat = (west + east) / 2, (south + north) / 2
    if abs(lon - 117) <= 4 and 0 < lat < 60:
        return rasterio.crs.CRS.from_string(MEASURED)
    zone = int((lon + 180) // 6) % 60 + 1
    return rasterio.crs.CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)


def bounds_in(dataset: Any, crs: Any) -> tuple[float, float, float, float]:
    """Bounds of a dataset (rotated or not) in another CRS, x first."""
    corners = [(0, 0), (dataset.width, 0), (0, dataset.height), (dataset.width, dataset.height)]
    xs, ys = zip(*(dataset.transform @ corner for corner in corners), strict=True)
    west, south, east, north = transform_bounds(dataset.crs, crs, min(xs), min(ys), max(xs), max(ys))
    return float(west), float(south), float(east), float(north)


def ground_pixel_m(dataset: Any) -> float:
    """Size of a pixel on the ground in metres (geometric mean of both sides), whatever the CRS."""
    crs = working_crs(dataset)
    west, south, east, north = bounds_in(dataset, crs)
    turned = dataset.transform.b != 0 or dataset.transform.d != 0
    if turned:
        factor = math.hypot(dataset.transform.a, dataset.transform.d)
        return factor if dataset.crs.is_projected else factor * 111_320
    return math.sqrt((east - west) / dataset.width * (north - south) / dataset.height)


def _finite(pixels: NDArray[Any]) -> NDArray[np.bool_]:
    if not np.issubdtype(pixels.dtype, np.floating):
        return np.ones(pixels.shape[1:], dtype=bool)
    return np.asarray(np.isfinite(pixels).all(axis=0))


def _span(start: float, step: float, count: int, limit: int) -> tuple[int, int]:
    """First and last+1 of the output pixels that lie wholly inside 0..limit of the source."""
    first = max(0, math.ceil(-start / step - 1e-6))
    last = min(count, math.floor((limit - start) / step + 1e-6))
    return first, max(first, last)


def _read_scaled(dataset: Any, grid: Grid, bands: list[int] | None, resampling: Resampling) -> Raster:
    source = ~dataset.transform
    column0, row0 = source @ (grid.transform.c, grid.transform.f)
    step_x, step_y = grid.transform.a / dataset.transform.a, grid.transform.e / dataset.transform.e
    left, right = _span(column0, step_x, grid.width, dataset.width)
    top, bottom = _span(row0, step_y, grid.height, dataset.height)
    indexes = bands or list(dataset.indexes)
    pixels = np.zeros((len(indexes), grid.height, grid.width), dtype=dataset.dtypes[0])
    mask = np.zeros((grid.height, grid.width), dtype=bool)
    if right > left and bottom > top:
        window = _clipped(
            Window(
                column0 + left * step_x, row0 + top * step_y, (right - left) * step_x, (bottom - top) * step_y
            ),
            dataset,
        )
        shape = (bottom - top, right - left)
        if step_x < 1 + 1e-3 and resampling is Resampling.average:
            resampling = Resampling.bilinear  # average of one pixel or less would be its nearest neighbour
        pixels[:, top:bottom, left:right] = dataset.read(
            indexes, window=window, out_shape=(len(indexes), *shape), resampling=resampling
        )
        mask[top:bottom, left:right] = (
            dataset.dataset_mask(window=window, out_shape=shape, resampling=Resampling.nearest) > 0
        )
    return Raster(pixels, mask & _finite(pixels), grid.transform, grid.crs)


def _clipped(window: Window, dataset: Any) -> Window:
    """The window without the rounding dust that would reach beyond the dataset."""
    column, row = max(0.0, window.col_off), max(0.0, window.row_off)
    width = min(window.width, dataset.width - column)
    height = min(window.height, dataset.height - row)
    return Window(column, row, width, height)


def _read_warped(
    dataset: Any,
    grid: Grid,
    bands: list[int] | None,
    resampling: Name,
    displacement: Displacement | None = None,
) -> Raster:
    """Warp by hand: exact positions every 64 px, linear between; coarser grids read decimated pixels.

    Much faster than a warped VRT read block by block; the position is off by less than 0.01 px.
    """
    indexes = bands or list(dataset.indexes)
    columns, rows = _source_positions(dataset, grid, displacement)
    window = _window_around(columns, rows, dataset)
    if window is None:
        empty = np.zeros((len(indexes), grid.height, grid.width), dtype=dataset.dtypes[0])
        return Raster(empty, np.zeros(empty.shape[1:], dtype=bool), grid.transform, grid.crs)
    step = max(1.0, _source_step(columns, rows))
    height = max(1, round(window.height / step))
    width = max(1, round(window.width / step))
    pixels = dataset.read(
        indexes, window=window, out_shape=(len(indexes), height, width), resampling=Resampling.average
    )
    mask = dataset.dataset_mask(window=window, out_shape=(height, width), resampling=Resampling.nearest) > 0
    mask &= _finite(pixels)
    at_x = ((columns - window.col_off) * (width / window.width) - 0.5).astype(np.float32)
    at_y = ((rows - window.row_off) * (height / window.height) - 0.5).astype(np.float32)
    return _sampled(pixels, mask, at_x, at_y, grid, resampling)


def _sampled(
    pixels: NDArray[Any],
    mask: NDArray[np.bool_],
    at_x: NDArray[np.float32],
    at_y: NDArray[np.float32],
    grid: Grid,
    resampling: Name,
) -> Raster:
    """Values at fractional positions; valid where every contributing pixel is."""
    how = {"nearest": cv2.INTER_NEAREST, "cubic": cv2.INTER_CUBIC}.get(resampling, cv2.INTER_LINEAR)
    plain = pixels if pixels.dtype in {np.uint8, np.uint16, np.int16} else pixels.astype(np.float32)
    whole = bool(mask.all())
    if not whole:
        plain = np.where(mask, plain, plain.dtype.type(0))
    nowhere = ~(np.isfinite(at_x) & np.isfinite(at_y))
    if nowhere.any():
        at_x, at_y = np.where(nowhere, -1e6, at_x), np.where(nowhere, -1e6, at_y)
    out = np.stack([cv2.remap(band, at_x, at_y, how, borderMode=cv2.BORDER_REPLICATE) for band in plain])
    inside = (at_x > -0.51) & (at_x < pixels.shape[2] - 0.49)
    inside &= (at_y > -0.51) & (at_y < pixels.shape[1] - 0.49)
    if not whole:
        weight = cv2.remap(
            mask.astype(np.float32), at_x, at_y, min(how, cv2.INTER_LINEAR), borderMode=cv2.BORDER_REPLICATE
        )
        inside &= weight > 0.999
    return Raster(out, inside, grid.transform, grid.crs)


def _source_positions(
    dataset: Any, grid: Grid, displacement: Displacement | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fractional source column and row (height, width) of the centre of every pixel of a grid."""
    node_x, weight_x = _nodes(grid.width)
    node_y, weight_y = _nodes(grid.height)
    mesh_x, mesh_y = np.meshgrid(node_x, node_y)
    x, y = _applied(grid.transform, mesh_x.ravel(), mesh_y.ravel())
    places = np.column_stack([x, y])
    if displacement is not None:
        places = places + displacement(places)
    there = transform_points(places, grid.crs, dataset.crs)
    column, row = _applied(~dataset.transform, there[:, 0], there[:, 1])
    shape = mesh_x.shape
    columns = weight_y @ np.reshape(column, shape) @ weight_x.T
    rows = weight_y @ np.reshape(row, shape) @ weight_x.T
    return columns, rows


def _applied(
    transform: Affine, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """An affine transform of many points at once."""
    a, b, c, d, e, f = transform[:6]
    return a * x + b * y + c, d * x + e * y + f


def _nodes(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positions of nodes along 0..count, about 64 apart, and weights (count, nodes) of linear interpolation."""
    nodes = np.linspace(0, count, max(2, math.ceil(count / 64) + 1))
    place = (np.arange(count) + 0.5) / (nodes[1] - nodes[0])
    left = np.minimum(place.astype(int), len(nodes) - 2)
    weights = np.zeros((count, len(nodes)))
    weights[np.arange(count), left] = 1 - (place - left)
    weights[np.arange(count), left + 1] = place - left
    return nodes, weights


def _window_around(columns: NDArray[np.float64], rows: NDArray[np.float64], dataset: Any) -> Window | None:
    """Whole source pixels that the positions need, with a margin of two; ``None`` when there are none."""
    good = np.isfinite(columns) & np.isfinite(rows)
    if not good.any():
        return None
    left, right = columns[good].min() - 2, columns[good].max() + 2
    top, bottom = rows[good].min() - 2, rows[good].max() + 2
    left, top = max(0, math.floor(left)), max(0, math.floor(top))
    right, bottom = min(dataset.width, math.ceil(right)), min(dataset.height, math.ceil(bottom))
    return Window(left, top, right - left, bottom - top) if right > left and bottom > top else None


def _source_step(columns: NDArray[np.float64], rows: NDArray[np.float64]) -> float:
    """Source pixels per pixel of the grid along its diagonal neighbours, in the middle."""
    height, width = columns.shape
    if height < 2 or width < 2:
        return 1.0
    r, c = height // 2 - 1, width // 2 - 1
    area = (columns[r, c + 1] - columns[r, c]) * (rows[r + 1, c] - rows[r, c])
    area -= (columns[r + 1, c] - columns[r, c]) * (rows[r, c + 1] - rows[r, c])
    return math.sqrt(abs(float(area)))
