"""Any accepted GeoTIFF → one clean Cloud Optimized GeoTIFF, and where its valid pixels lie.

Everything downstream (pyramid, alignment, detection) reads only what ``to_cog`` wrote: north-up,
tiled, with overviews and a mask, an orthophoto as 8-bit RGB, a surface model as float32 metres.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
import shapely
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import RasterioError
from rasterio.features import shapes
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window
from shapely.geometry import MultiPolygon, shape

from gis.check import Kind, RasterFacts, check
from gis.crs import STORED, reproject
from gis.raster import SAFE, Progress, has_mask, opened, quiet
from gis.refused import RasterEmpty, RasterTruncated

__all__ = ["Kind", "RasterFacts", "check", "footprint", "replaced", "to_cog"]

NODATA = -9999.0  # of the surface models written here
_TILE = 512


@dataclass(frozen=True)
class _Recipe:
    """How source values become ours: a linear stretch to 8 bits, and a value that means nothing."""

    surface: bool
    bands: list[int]
    low: NDArray[np.float64] | None = None
    high: NDArray[np.float64] | None = None
    collar: int | None = None


@contextmanager
def replaced(target: Path) -> Iterator[Path]:
    """A temporary path beside the target that takes its place only when the block ends without error."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem}-", suffix=target.suffix)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.chmod(0o644)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def to_cog(source: Path, target: Path, *, progress: Progress = quiet) -> None:
    """Decode a checked raster completely and write it as a COG, atomically.

    Rotated rasters are turned north-up in their own CRS. An orthophoto becomes RGB uint8 (JPEG 92, mask
    inside); 16 bits are stretched from the 1st to the 99th percentile of each band; where nothing says
    which pixels are valid, a pure black or white collar that fills a corner is taken as invalid. A
    surface model becomes float32 (deflate, nodata -9999). Raises ``RasterTruncated`` at the first block
    that cannot be decoded and ``RasterEmpty`` without a valid pixel; then no target is left.
    """
    name = source.name
    with replaced(target) as part, tempfile.TemporaryDirectory(dir=target.parent, prefix=".cog-") as folder:
        working = Path(folder) / "working.tif"
        with opened(source) as dataset, _north_up(dataset) as upright:
            surface = dataset.count == 1
            valid = _copy_blocks(upright, working, name, lambda share: progress(share * 0.6))
        if not valid:
            raise RasterEmpty(name=name)
        with rasterio.Env(**SAFE, GDAL_NUM_THREADS="2"):
            _add_overviews(working)
            progress(0.8)
            rasterio.shutil.copy(working, part, driver="COG", **_creation(surface))
    progress(1.0)


def footprint(path: Path) -> MultiPolygon:
    """Where the valid pixels lie: MultiPolygon in EPSG:4490, to about 1/1000 of the raster's size."""
    with opened(path) as dataset:
        scale = max(1.0, max(dataset.width, dataset.height) / 1000)
        size = max(1, round(dataset.height / scale)), max(1, round(dataset.width / scale))
        mask = dataset.dataset_mask(out_shape=size, resampling=Resampling.nearest) > 0
        transform = dataset.transform @ rasterio.Affine.scale(
            dataset.width / size[1], dataset.height / size[0]
        )
        crs = dataset.crs
    pixel = float(np.hypot(transform.a, transform.d))
    found = [shape(geometry) for geometry, _ in shapes(mask.astype(np.uint8), mask=mask, transform=transform)]
    if not found:
        raise RasterEmpty(name=path.name)
    whole = shapely.union_all(found).simplify(pixel)
    whole = _without_crumbs(whole, least=16 * pixel * pixel)
    whole = shapely.segmentize(whole, max(size) * pixel / 8)  # straight edges bend in degrees
    lonlat = shapely.make_valid(reproject(whole, crs, STORED))
    return MultiPolygon(_polygons(lonlat))


def _without_crumbs(geometry: Any, least: float) -> Any:
    """Polygons and holes smaller than ``least`` left out; the largest polygon always stays."""
    polygons = sorted(_polygons(geometry), key=lambda each: -each.area)
    kept = [each for index, each in enumerate(polygons) if index == 0 or each.area >= least]
    return MultiPolygon(
        [
            shapely.Polygon(
                each.exterior, [ring for ring in each.interiors if shapely.Polygon(ring).area >= least]
            )
            for each in kept
        ]
    )


def _polygons(geometry: Any) -> list[Any]:
    return [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]


@contextmanager
def _north_up(dataset: Any) -> Iterator[Any]:
    """The dataset itself, or a view of it turned north-up in its own CRS."""
    upright = dataset.transform.b == 0 == dataset.transform.d and dataset.transform.e < 0
    options = {} if has_mask(dataset) else {"add_alpha": True}
    view = (
        nullcontext(dataset)
        if upright
        else WarpedVRT(dataset, crs=dataset.crs, resampling=Resampling.bilinear, **options)
    )
    with view as turned:
        yield turned


def _copy_blocks(dataset: Any, working: Path, name: str, progress: Progress) -> bool:
    """Copy window by window into a plain tiled GeoTIFF; whether any pixel was valid."""
    try:
        recipe = _recipe(dataset)
    except RasterioError as error:
        raise _damaged(name, 0, dataset) from error
    valid = False
    with (
        rasterio.Env(GDAL_TIFF_INTERNAL_MASK="YES"),
        rasterio.open(working, "w", **_profile(dataset, recipe)) as copy,
    ):
        copy.update_tags(**{key: value for key, value in dataset.tags().items() if key == "SYNTHETIC"})
        windows = list(_strips(dataset))
        for index, window in enumerate(windows):
            try:
                pixels, mask = _clean(dataset, window, recipe)
            except RasterioError as error:
                raise _damaged(name, int(window.row_off), dataset) from error
            valid = valid or bool(mask.any())
            copy.write(pixels, window=window)
            if not recipe.surface:
                copy.write_mask(mask, window=window)
            progress((index + 1) / len(windows))
    return valid


def _strips(dataset: Any) -> Iterator[Window]:
    """Windows of whole tiles, 4096 × 512 at most, that cover the dataset row by row."""
    for row in range(0, dataset.height, _TILE):
        for column in range(0, dataset.width, 8 * _TILE):
            yield Window(
                column, row, min(8 * _TILE, dataset.width - column), min(_TILE, dataset.height - row)
            )


def _clean(dataset: Any, window: Window, recipe: _Recipe) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    pixels = dataset.read(recipe.bands, window=window)
    mask = dataset.dataset_mask(window=window) > 0
    if recipe.surface:
        heights = pixels.astype(np.float32)
        mask &= np.isfinite(heights[0]) & (np.abs(heights[0]) < 12_000)
        heights[:, ~mask] = NODATA
        return heights, mask
    if recipe.collar is not None:
        mask &= ~(pixels == recipe.collar).all(axis=0)
    if recipe.low is not None and recipe.high is not None:
        span = np.maximum(recipe.high - recipe.low, 1)[:, None, None]
        pixels = np.clip((pixels - recipe.low[:, None, None]) / span * 255, 0, 255).astype(np.uint8)
    return pixels, mask


def _recipe(dataset: Any) -> _Recipe:
    if dataset.count == 1 or dataset.dtypes[0].startswith("float"):
        return _Recipe(surface=True, bands=[1])
    bands = _colours(dataset)
    collar = None if has_mask(dataset) else _collar(dataset, bands)
    if dataset.dtypes[0] == "uint8":
        return _Recipe(surface=False, bands=bands, collar=collar)
    low, high = _stretch(dataset, bands)
    return _Recipe(surface=False, bands=bands, low=low, high=high, collar=collar)


def _colours(dataset: Any) -> list[int]:
    colours = [ColorInterp.red, ColorInterp.green, ColorInterp.blue]
    if all(colour in dataset.colorinterp for colour in colours):
        return [dataset.colorinterp.index(colour) + 1 for colour in colours]
    return [1, 2, 3]


def _collar(dataset: Any, bands: list[int]) -> int | None:
    """0 or the type's largest value when an 8 × 8 px corner holds nothing else."""
    right, bottom = max(0, dataset.width - 8), max(0, dataset.height - 8)
    most = int(np.iinfo(dataset.dtypes[0]).max)
    for column, row in [(0, 0), (right, 0), (0, bottom), (right, bottom)]:
        corner = dataset.read(bands, window=Window(column, row, 8, 8))
        for value in (0, most):
            if (corner == value).all():
                return value
    return None


def _stretch(dataset: Any, bands: list[int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """1st and 99th percentile per band over a sample of 1000 px a side."""
    shape_ = min(1000, dataset.height), min(1000, dataset.width)
    sample = dataset.read(bands, out_shape=(len(bands), *shape_))
    mask = dataset.dataset_mask(out_shape=shape_) > 0
    mask &= ~(sample == 0).all(axis=0)
    if not mask.any():
        return np.zeros(len(bands)), np.full(len(bands), 65535.0)
    low, high = np.percentile(sample[:, mask].astype(np.float64), [1, 99], axis=1)
    return low, high


def _profile(dataset: Any, recipe: _Recipe) -> dict[str, Any]:
    profile = {
        "driver": "GTiff",
        "width": dataset.width,
        "height": dataset.height,
        "count": len(recipe.bands),
        "dtype": "float32" if recipe.surface else "uint8",
        "crs": dataset.crs,
        "transform": dataset.transform,
        "tiled": True,
        "blockxsize": _TILE,
        "blockysize": _TILE,
        "bigtiff": "IF_SAFER",
        "compress": "lzw",
    }
    return profile | ({"nodata": NODATA} if recipe.surface else {"photometric": "RGB"})


def _creation(surface: bool) -> dict[str, Any]:
    common = {"blocksize": _TILE, "bigtiff": "IF_SAFER", "overviews": "FORCE_USE_EXISTING", "num_threads": 2}
    if surface:
        return common | {"compress": "DEFLATE", "predictor": "YES", "level": 6}
    return common | {"compress": "JPEG", "quality": 92}


def _add_overviews(path: Path) -> None:
    with rasterio.open(path, "r+") as copy:
        levels, factor = [], 2
        while max(copy.width, copy.height) / factor > _TILE / 2:
            levels.append(factor)
            factor *= 2
        if levels:
            copy.build_overviews(levels, Resampling.average)


def _damaged(name: str, row: int, dataset: Any) -> RasterTruncated:
    return RasterTruncated(
        name=name,
        where_zh=f"第 {row} 行附近无法解码（共 {dataset.height} 行）",
        where_en=f"it cannot be decoded near row {row} of {dataset.height}",
    )
