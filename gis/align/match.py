"""Where one picture lies on another: edges compared by their direction, whole or tile by tile.

Pictures of two seasons are compared by orientation correlation (Fitch et al. 2002), which shade and
exposure hardly touch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import scipy.fft
from numpy.typing import NDArray

from gis.align.alignment import Motion
from gis.align.read import read_aligned
from gis.raster import Grid, colour_bands, opened
from gis.spread import Means, cores_here, spread

__all__ = [
    "SHARP",
    "SHARP_TOGETHER",
    "TILE_PX",
    "Flights",
    "Match",
    "Tiles",
    "match_tiles",
    "match_whole",
    "opened_flights",
]

SHARP = 7.0  # a peak of one tile this many standard deviations above the rest is a match
SHARP_TOGETHER = 9.0
"""The same for all tiles together: 58 unrelated pairs reach 8.1 at most, related ones of 200 m and more 12 to 61."""
TILE_PX = 256

_STRIPS = 16  # a whole picture is read in so many: not by cores, so that those change nothing in the result

Surface = NDArray[np.float32]
Mask = NDArray[np.bool_]
Vectors = NDArray[np.complex64]
Strip = tuple[Surface, Mask]
Datasets = tuple[Any, Any]
"""Of BEFORE and of AFTER."""


@dataclass(frozen=True)
class Flights:
    """The orthophotos of both dates, opened once for every core (a dataset serves one thread at a time).

    Each core keeps to its own rows of the ground from pass to pass, so that what it decoded is still at hand.
    """

    datasets: tuple[Datasets, ...]

    def spread(self, work: Callable[[Datasets, list[Any]], list[Any]], rows: Sequence[Any]) -> list[Any]:
        """``work(datasets of one core, its rows)`` on every core; results in the order of the rows."""
        cores = len(self.datasets)
        bounds = [len(rows) * core // cores for core in range(cores + 1)]
        shares = [
            (own, list(rows[first:last]))
            for own, (first, last) in zip(self.datasets, pairwise(bounds), strict=True)
        ]
        done = spread(_share, work, shares, means=Means(cores))
        return [each for share in done for each in share]


def _share(work: Callable[[Datasets, list[Any]], list[Any]], share: tuple[Datasets, list[Any]]) -> list[Any]:
    return work(*share)


@contextmanager
def opened_flights(before: Path, after: Path, cores: int | None = None) -> Iterator[Flights]:
    """Open both orthophotos for so many cores, all when missing. Raises rasterio's errors."""
    with ExitStack() as stack:
        pairs = [
            (stack.enter_context(opened(before)), stack.enter_context(opened(after)))
            for _ in range(cores or cores_here())
        ]
        yield Flights(tuple(pairs))


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


def match_whole(flights: Flights, grid: Grid, motion: Motion) -> Match | None:
    """The shift of AFTER on a whole grid beyond a motion; ``None`` without texture."""
    cuts = np.linspace(0, grid.height, min(_STRIPS, grid.height) + 1).astype(int)
    read = flights.spread(partial(_strips, grid, motion), list(pairwise(cuts.tolist())))
    surface = _surface(*(_vectors(*_stacked([strip[date] for strip in read])) for date in (0, 1)))
    return None if surface is None else _peak(surface, min(surface.shape) // 2 - 1)


def match_tiles(flights: Flights, grid: Grid, motion: Motion, *, many: int, reach: int | None) -> Tiles:
    """Match up to ``many`` × ``many`` tiles of 256 px (128 px on a small grid) spread evenly over a grid.

    ``reach``: how far to look, pixels; a quarter of a tile at most and when missing.
    """
    small = min(grid.width, grid.height)
    side = min(TILE_PX if small >= 2 * TILE_PX else TILE_PX // 2, small)
    reach = min(reach or side, side // 4)
    down, across = (_starts(length, side, many) for length in (grid.height, grid.width))
    rows = flights.spread(partial(_rows_of_tiles, grid, motion, side, reach, across), down)
    found = np.concatenate([each.found for each in rows])
    textured = sum(each.textured for each in rows)
    total = np.asarray(sum(each.total for each in rows), dtype=np.float32)
    smooth = np.asarray(cv2.GaussianBlur(total, (0, 0), 1.0), dtype=np.float32)
    one = _peak(smooth, side // 4) if textured else Match(0, 0, 0)
    together = one.x * grid.pixel, -one.y * grid.pixel
    return Tiles(found[:, :2], found[:, 2:] * grid.pixel, textured, together, one.sharpness)


@dataclass(frozen=True)
class _Row:
    """What one row of tiles says. ``found`` (n, 4): place and shift (metres east and north, pixels) of those

    that match; ``total``: the sum of the likenesses of all that have texture.
    """

    found: NDArray[np.float64]
    textured: int
    total: Surface


def _rows_of_tiles(
    grid: Grid, motion: Motion, side: int, reach: int, columns: list[int], own: Datasets, rows: list[int]
) -> list[_Row]:
    old, new = own
    out = []
    for row in rows:
        found, textured, total = [], 0, np.zeros((side, side), dtype=np.float32)
        for column in columns:
            tile = grid.window(row, column, side, side)
            surface = _surface(_vectors(*_grey(old, tile, Motion())), _vectors(*_grey(new, tile, motion)))
            if surface is None:
                continue
            textured += 1
            total += surface
            match = _peak(surface, reach)
            if match.sharpness >= SHARP and max(abs(match.x), abs(match.y)) < reach:
                west, south, east, north = tile.bounds
                found.append(((west + east) / 2, (south + north) / 2, match.x, -match.y))
        out.append(_Row(np.array(found, dtype=np.float64).reshape(-1, 4), textured, total))
    return out


def _starts(length: int, side: int, many: int) -> list[int]:
    """Where tiles begin that are spread evenly over a length, overlapping by half at most."""
    count = min(many, max(1, 2 * length // side - 1))
    return [int(start) for start in np.linspace(0, length - side, count)]


def _strips(
    grid: Grid, motion: Motion, own: Datasets, strips: list[tuple[int, int]]
) -> list[tuple[Strip, Strip]]:
    """Strips of a whole grid (first row, row below the last), as both dates show them."""
    old, new = own
    parts = [grid.window(row, 0, below - row, grid.width) for row, below in strips]
    return [(_grey(old, part, Motion()), _grey(new, part, motion)) for part in parts]


def _stacked(strips: list[Strip]) -> Strip:
    grey, mask = zip(*strips, strict=True)
    return np.concatenate(grey), np.concatenate(mask)


def _grey(dataset: Any, grid: Grid, motion: Motion) -> Strip:
    """Brightness (row, column) and where it is valid. Green alone: nearly the brightness that is seen, and

    reading three bands onto a grid takes three times as long.
    """
    bands = colour_bands(dataset)
    raster = read_aligned(dataset, grid, motion, bands=[bands[len(bands) // 2]])
    return np.where(raster.mask, raster.pixels[0], 0).astype(np.float32), raster.mask


def _vectors(grey: Surface, mask: Mask) -> Vectors:
    """Unit vectors along the gradient of brightness (row, column); 0 where flat, invalid or at the rim."""
    across, down = np.zeros_like(grey), np.zeros_like(grey)
    across[:, 1:-1] = grey[:, 2:] - grey[:, :-2]
    down[1:-1] = grey[2:] - grey[:-2]
    size = np.sqrt(
        across * across + down * down
    )  # OpenCV's differs in the last bit by where an array lies in memory
    if not mask.all():
        size[cv2.dilate((~mask).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = 0
    steep = size[size > 0]
    usual = float(np.median(steep)) if steep.size else 1.0
    factor = np.where(size > 0, _hann(grey.shape) / np.maximum(size, usual), np.float32(0))
    vectors = np.empty(grey.shape, dtype=np.complex64)
    vectors.real, vectors.imag = across * factor, down * factor
    return vectors


@lru_cache(maxsize=4)
def _hann(shape: tuple[int, int]) -> Surface:
    """Falls to 0 at the rim, so that a picture's edges are no edges."""
    return np.outer(*(np.hanning(length) for length in shape)).astype(np.float32)


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
