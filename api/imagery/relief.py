"""A surface model as a picture: a colour ramp under a hillshade, by titiler's algorithm.

The pixels are read by ``gis.raster``: rio-tiler's own warp looks the transformation of a Chinese CRS up anew for
each tile, which takes longer than everything else together.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS
from rio_tiler.colormap import cmap
from rio_tiler.models import ImageData
from titiler.core.algorithm import algorithms

from gis.crs import DISPLAY
from gis.pyramid import TILE_PX
from gis.raster import Grid, opened, read_onto
from gis.webp import encoded

__all__ = ["RAMP", "relief_tile", "stops"]

RAMP = "viridis"  # even to the eye, and to colour-blind eyes
_EDGE = 3  # px around the tile, so that shades meet at its edges
_HALF = math.pi * 6_378_137.0


def relief_tile(path: Path, place: tuple[int, int, int], low: float, high: float) -> bytes | None:
    """One tile (zoom, column, row; WebMercatorQuad, WebP), coloured from ``low`` to ``high`` metres.

    Transparent where there is no height; ``None`` where there is none at all.
    """
    z, x, y = place
    tile = 2 * _HALF / (1 << z)
    pixel = tile / TILE_PX
    transform = Affine(
        pixel, 0, x * tile - _HALF - _EDGE * pixel, 0, -pixel, _HALF - y * tile + _EDGE * pixel
    )
    side = TILE_PX + 2 * _EDGE
    grid = Grid(CRS.from_string(DISPLAY), transform, side, side)
    with opened(path) as dataset:
        raster = read_onto(dataset, grid, bands=[1], resampling="bilinear")
    inner = slice(_EDGE, -_EDGE)
    if not raster.mask[inner, inner].any():
        return None
    heights = np.where(raster.mask, raster.pixels[0], raster.pixels[0][raster.mask].mean())
    ground = pixel / math.cosh(
        math.pi * (1 - 2 * (y + 0.5) / (1 << z))
    )  # Web Mercator is larger than the ground
    shade = _shaded(heights, grid, ground)
    index = np.clip((heights[inner, inner] - low) / max(high - low, 1e-6) * 255, 0, 255).astype(np.uint8)
    image = np.zeros((TILE_PX, TILE_PX, 4), np.uint8)
    image[..., :3] = _table()[index] * shade[..., None]
    image[..., 3] = raster.mask[inner, inner] * np.uint8(255)
    image[image[..., 3] == 0] = 0
    return encoded(image)


def stops(count: int = 6) -> list[str]:
    """Colours of the ramp at equal steps, lowest first, as ``#rrggbb``."""
    return ["#{:02x}{:02x}{:02x}".format(*_table()[round(step * 255 / (count - 1))]) for step in range(count)]


def _shaded(heights: NDArray[np.floating], grid: Grid, ground: float) -> NDArray[np.float64]:
    """Share of light (0.35..1) with the sun in the north-west, where maps have it; ``ground``: metres a pixel."""
    shade = algorithms.get("hillshade")(azimuth=315, angle_altitude=45, buffer=0, z_exaggeration=1 / ground)
    lit = shade(ImageData(heights[None].astype(np.float64), crs=grid.crs, bounds=grid.bounds)).data[0]
    light: NDArray[np.float64] = 0.35 + 0.65 * lit[_EDGE:-_EDGE, _EDGE:-_EDGE] / 255
    return light


def _table() -> NDArray[np.uint8]:
    return np.array([cmap.get(RAMP)[step][:3] for step in range(256)], np.uint8)
