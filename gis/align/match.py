"""Where one picture lies on another: edges compared by their direction, whole or tile by tile.

Pictures of two seasons are compared by orientation correlation (Fitch et al. 2002), which shade and
exposure hardly touch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import scipy.fft
from numpy.typing import NDArray

from gis.align.alignment import Motion
from gis.align.read import read_aligned
from gis.raster import Grid, colour_bands

__all__ = ["SHARP", "SHARP_TOGETHER", "TILE_PX", "Match", "Tiles", "match_tiles", "match_whole"]

SHARP = 7.0  # a peak of one tile this many standard deviations above the rest is a match
SHARP_TOGETHER = 9.0
"""The same for all tiles together: 58 unrelated pairs reach 8.1 at most, related ones of 200 m and more 12 to 61."""
TILE_PX = 256

Surface = NDArray[np.float32]
Vectors = NDArray[np.complex64]


@dataclass(frozen=True)
class Match:
    """A shift in pixels (east, south) and how sharply it was seen."""

    x: float
    y: float
    sharpness: float


@dataclass(frozen=True)
class Tiles:
    """What tiles say. ``places``, ``shifts``: (n, 2) metres, of the tiles that match, beyond the motion.

    ``textured``: tiles in which anything can be seen. ``together``: shift in metres of all of them taken
    as one, and its sharpness.
    """

    places: NDArray[np.float64]
    shifts: NDArray[np.float64]
    textured: int
    together: tuple[float, float]
    sharpness: float


def match_whole(old: Any, new: Any, grid: Grid, motion: Motion) -> Match | None:
    """The shift of AFTER on a whole grid beyond a motion; ``None`` without texture."""
    surface = _surface(_picture(old, grid, Motion()), _picture(new, grid, motion))
    return None if surface is None else _peak(surface, min(surface.shape) // 2 - 1)


def match_tiles(old: Any, new: Any, grid: Grid, motion: Motion, *, many: int, reach: int | None) -> Tiles:
    """Match up to ``many`` × ``many`` tiles of 256 px (128 px on a small grid) spread evenly over a grid.

    ``reach``: how far to look, pixels; a quarter of a tile at most and when missing.
    """
    small = min(grid.width, grid.height)
    side = min(TILE_PX if small >= 2 * TILE_PX else TILE_PX // 2, small)
    reach = min(reach or side, side // 4)
    found, textured, total = [], 0, np.zeros((side, side), dtype=np.float32)
    for row, column in _corners(grid, side, many):
        tile = grid.window(row, column, side, side)
        surface = _surface(_picture(old, tile, Motion()), _picture(new, tile, motion))
        if surface is None:
            continue
        textured += 1
        total += surface
        match = _peak(surface, reach)
        if match.sharpness >= SHARP and max(abs(match.x), abs(match.y)) < reach:
            west, south, east, north = tile.bounds
            found.append(((west + east) / 2, (south + north) / 2, match.x, -match.y))
    rows = np.array(found, dtype=np.float64).reshape(-1, 4)
    smooth = np.asarray(cv2.GaussianBlur(total, (0, 0), 1.0), dtype=np.float32)
    one = _peak(smooth, side // 4) if textured else Match(0, 0, 0)
    together = one.x * grid.pixel, -one.y * grid.pixel
    return Tiles(rows[:, :2], rows[:, 2:] * grid.pixel, textured, together, one.sharpness)


def _corners(grid: Grid, side: int, many: int) -> list[tuple[int, int]]:
    """Rows and columns of tiles spread evenly over a grid, overlapping by half at most."""
    down = min(many, max(1, 2 * grid.height // side - 1))
    across = min(many, max(1, 2 * grid.width // side - 1))
    rows = np.linspace(0, grid.height - side, down).astype(int)
    columns = np.linspace(0, grid.width - side, across).astype(int)
    return [(int(row), int(column)) for row in rows for column in columns]


def _picture(dataset: Any, grid: Grid, motion: Motion) -> Vectors:
    """Unit vectors along the gradient of brightness (row, column); 0 where flat, invalid or at the rim."""
    raster = read_aligned(dataset, grid, motion, bands=colour_bands(dataset))
    grey = raster.pixels.astype(np.float32).mean(axis=0)
    grey[~raster.mask] = 0
    down, across = np.gradient(grey)
    vector = across + 1j * down
    size = np.abs(vector)
    size[cv2.dilate((~raster.mask).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = 0
    usual = float(np.median(size[size > 0])) if (size > 0).any() else 0.0
    vector = vector / np.maximum(size, max(usual, 1e-6))
    vector[size == 0] = 0
    window = np.outer(np.hanning(grid.height), np.hanning(grid.width))
    return np.asarray(vector * window, dtype=np.complex64)


def _surface(first: Vectors, second: Vectors) -> Surface | None:
    """Likeness (row, column) for every shift, no shift in the middle; ``None`` without texture."""
    strength = math.sqrt(float(np.sum(np.abs(first) ** 2)) * float(np.sum(np.abs(second) ** 2)))
    if strength < 0.01 * first.size:
        return None
    spectrum = np.conj(scipy.fft.fft2(first)) * scipy.fft.fft2(second)
    return np.asarray(np.fft.fftshift(np.real(scipy.fft.ifft2(spectrum))) / strength, dtype=np.float32)


def _peak(surface: Surface, reach: int) -> Match:
    """The best shift up to ``reach`` pixels, below a pixel, and its sharpness over the whole surface."""
    height, width = surface.shape
    top, left = max(height // 2 - reach, 0), max(width // 2 - reach, 0)
    near = surface[top : height // 2 + reach + 1, left : width // 2 + reach + 1]
    down, across = (int(index) for index in np.unravel_index(int(np.argmax(near)), near.shape))
    row, column = top + down, left + across
    best = float(surface[row, column])
    sharpness = (best - float(surface.mean())) / max(float(surface.std()), 1e-12)
    y = row + _summit(surface[row - 1, column], best, surface[(row + 1) % height, column])
    x = column + _summit(surface[row, column - 1], best, surface[row, (column + 1) % width])
    return Match(x - width // 2, y - height // 2, sharpness)


def _summit(left: float, middle: float, right: float) -> float:
    """Top of the parabola through three neighbours, -0.5..0.5."""
    bend = left - 2 * middle + right
    return float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) if bend < 0 else 0.0
