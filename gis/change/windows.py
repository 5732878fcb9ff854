"""A pair of surveys on one working grid, read window by window, the second moved onto the first.

``Pair`` is the recipe, a small value that travels to threads and machines; ``OpenPair`` holds the files
open and reads.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gis.align import Alignment, Motion, read_aligned, shared_ground
from gis.change.difference import Tone, tone_between
from gis.change.model import Model
from gis.change.options import DetectOptions
from gis.change.surface import Levelling, Plane, ground_below, level
from gis.raster import Grid, Raster, colour_bands, ground_pixel_m, opened, read_onto

__all__ = [
    "Date",
    "Heights",
    "OpenPair",
    "Pair",
    "Stature",
    "Surfaces",
    "View",
    "Window",
    "opened_pair",
    "pair_of",
]

Date = Literal["before", "after"]
Surfaces = tuple[Path | None, Path | None]
_COARSE_PX = 1024
_STILL = Motion()


@dataclass(frozen=True)
class Window:
    """Ground of its own (``core``: row, column, height, width on the whole grid) and what it looks at."""

    core: tuple[int, int, int, int]
    grid: Grid
    offset: tuple[int, int]

    def inner(self, plane: Any) -> Any:
        """The part of a plane (… row, column) that belongs to the core."""
        (down, across), (_, _, height, width) = self.offset, self.core
        return plane[..., down : down + height, across : across + width]


@dataclass(frozen=True)
class Heights:
    """Surfaces of both dates, AFTER levelled onto BEFORE, and the ground below them; metres."""

    before: Raster
    after: Raster
    ground_before: Plane
    ground_after: Plane


@dataclass(frozen=True)
class Stature:
    """How high things stood at the one date that has a surface model: height above ground (row, column),

    metres; ``mask``: where it is known.
    """

    date: Date
    above: Plane
    mask: NDArray[np.bool_]


@dataclass(frozen=True)
class View:
    """Everything a window shows, on one grid."""

    before: Raster
    after: Raster
    heights: Heights | None = None
    stature: Stature | None = None


@dataclass(frozen=True)
class _Relief:
    """Levelling and ground of both surface models on a coarse grid; or the ground below the only one."""

    levelling: Levelling | None
    ground_before: Raster | None
    ground_after: Raster | None


@dataclass(frozen=True)
class Pair:
    """All that is known of two surveys before their pixels are compared; can be pickled, below 10 MB.

    ``surfaces``: surface models before and after, where there are any; ``grid`` covers the shared ground;
    ``least_m``: the height that counts; ``picture_m``: pixel of the coarser picture, metres.
    """

    before: Path
    after: Path
    surfaces: Surfaces
    grid: Grid
    alignment: Alignment
    tone: Tone | None
    relief: _Relief | None
    least_m: float
    picture_m: float

    @property
    def has_surfaces(self) -> bool:
        """Whether heights lead: both dates have them."""
        return None not in self.surfaces

    @property
    def stature(self) -> Date | None:
        """The only date with a surface model."""
        before, after = self.surfaces
        if (before is None) == (after is None):
            return None
        return "before" if before else "after"

    def windows(self, options: DetectOptions) -> Iterator[Window]:
        """Windows of about equal size whose cores cover the grid without gap or overlap."""
        margin = math.ceil(options.margin_m / self.grid.pixel)
        rows, columns = (_cuts(side, options.window_px) for side in (self.grid.height, self.grid.width))
        for row, below in pairwise(rows):
            for column, beyond in pairwise(columns):
                height, width = below - row, beyond - column
                top, left = max(0, row - margin), max(0, column - margin)
                bottom = min(self.grid.height, row + height + margin)
                right = min(self.grid.width, column + width + margin)
                grid = self.grid.window(top, left, bottom - top, right - left)
                yield Window((row, column, height, width), grid, (row - top, column - left))


def _cuts(side: int, wanted: int) -> list[int]:
    """Where a side is cut into about equal parts, each near ``wanted``: never a narrow rest."""
    parts = max(1, round(side / wanted))
    return [round(number * side / parts) for number in range(parts + 1)]


@dataclass(frozen=True)
class OpenPair:
    """A pair with its files open, for one thread."""

    pair: Pair
    before: Any
    after: Any
    before_dsm: Any = None
    after_dsm: Any = None

    def view(self, window: Window) -> View:
        """Read what a window looks at."""
        grid, motion = window.grid, self.pair.alignment.motion
        before, after = _colours(self.before, grid), _colours(self.after, grid, motion)
        return View(before, after, self._heights(grid), self._stature(grid))

    def _heights(self, grid: Grid) -> Heights | None:
        relief = self.pair.relief
        if relief is None or relief.levelling is None:
            return None
        first = read_onto(self.before_dsm, grid, bands=[1], resampling="bilinear")
        motion = self.pair.alignment.motion
        second = read_aligned(self.after_dsm, grid, motion, bands=[1], resampling="bilinear")
        levelled = Raster(second.pixels - relief.levelling.on(grid), second.mask, grid.transform, grid.crs)
        ground = _sampled(relief.ground_before, grid), _sampled(relief.ground_after, grid)
        return Heights(first, levelled, *ground)

    def _stature(self, grid: Grid) -> Stature | None:
        relief = self.pair.relief
        date = self.pair.stature
        if relief is None or date is None:
            return None
        motion = _STILL if date == "before" else self.pair.alignment.motion
        dataset, ground = (
            (self.before_dsm, relief.ground_before)
            if date == "before"
            else (self.after_dsm, relief.ground_after)
        )
        heights = read_aligned(dataset, grid, motion, bands=[1], resampling="bilinear")
        above = np.where(heights.mask, heights.pixels[0] - _sampled(ground, grid), 0)
        return Stature(date, above.astype(np.float32), heights.mask)


@contextmanager
def opened_pair(pair: Pair) -> Iterator[OpenPair]:
    """Open the files of a pair; to be used and closed by one thread."""
    with ExitStack() as stack:
        paths = (pair.before, pair.after, *pair.surfaces)
        yield OpenPair(pair, *(stack.enter_context(opened(path)) if path else None for path in paths))


def pair_of(
    before: Path,
    after: Path,
    surfaces: Surfaces,
    alignment: Alignment,
    options: DetectOptions,
) -> Pair:
    """Learn from a coarse look at two surveys what is usual in them. Raises ``NoOverlap``."""
    motion = alignment.motion
    crs, bounds = shared_ground(before, after, motion.shift)
    with ExitStack() as stack:
        old, new = stack.enter_context(opened(before)), stack.enter_context(opened(after))
        coarser = max(ground_pixel_m(old), ground_pixel_m(new))
        pixel = _working_pixel(options, coarser, None not in surfaces)
        grid = Grid.over(bounds, pixel, crs)
        tone = None if options.model else _tone(old, new, grid, motion)
        dsms = [stack.enter_context(opened(path)) if path else None for path in surfaces]
        relief = _relief(dsms[0], dsms[1], grid, motion) if any(surfaces) else None
    least = options.min_height_m
    if relief is not None and relief.levelling is not None:
        least = max(least, options.noise_factor * relief.levelling.noise_m)
    return Pair(before, after, surfaces, grid, alignment, tone, relief, least, coarser)


def _working_pixel(options: DetectOptions, coarser: float, heights: bool) -> float:
    """The model's own pixel as long as the pictures carry it, or nearly.

    Heights lead to smaller things than pictures do, so they have a finer one, which the model was taught on too.
    """
    if options.model is None:
        return max(options.pixel_m, coarser)
    model = Model.read(options.model)
    own = model.pixel_m
    if not model.sees(coarser):
        return coarser
    return max(min(own, options.pixel_m), min(coarser, own)) if heights else own


def _colours(dataset: Any, grid: Grid, motion: Motion = _STILL) -> Raster:
    raster = read_aligned(dataset, grid, motion, bands=colour_bands(dataset))
    pixels = raster.pixels if len(raster.pixels) == 3 else np.repeat(raster.pixels[:1], 3, axis=0)
    return Raster(pixels, raster.mask, raster.transform, raster.crs)


def _coarse(grid: Grid, least: float) -> Grid:
    west, south, east, north = grid.bounds
    return Grid.over(grid.bounds, max(max(east - west, north - south) / _COARSE_PX, least), grid.crs)


def _tone(old: Any, new: Any, grid: Grid, motion: Motion) -> Tone:
    """Tones from up to nine windows at working resolution: a coarse look would blur what differs."""
    side = min(512, grid.height, grid.width)
    parts = []
    for down in {0, (grid.height - side) // 2, grid.height - side}:
        for across in {0, (grid.width - side) // 2, grid.width - side}:
            part = grid.window(down, across, side, side)
            parts.append((_colours(old, part), _colours(new, part, motion)))
    before = _beside([first for first, _ in parts])
    after = _beside([second for _, second in parts])
    return tone_between(before, after, reach_px=2)


def _beside(rasters: list[Raster]) -> Raster:
    pixels = np.concatenate([each.pixels for each in rasters], axis=2)
    mask = np.concatenate([each.mask for each in rasters], axis=1)
    return Raster(pixels, mask, rasters[0].transform, rasters[0].crs)


def _relief(old: Any, new: Any, grid: Grid, motion: Motion) -> _Relief:
    """Heights at single places of a coarse grid (not means: those would hide the noise)."""
    coarse = _coarse(grid, 2.0)
    first = _coarse_heights(old, coarse, _STILL)
    second = _coarse_heights(new, coarse, motion)
    if first is None or second is None:
        return _Relief(None, _ground(first) if first else None, _ground(second) if second else None)
    levelling = level(first, second)
    levelled = Raster(second.pixels - levelling.on(coarse), second.mask, coarse.transform, coarse.crs)
    return _Relief(levelling, _ground(first), _ground(levelled))


def _coarse_heights(dataset: Any, coarse: Grid, motion: Motion) -> Raster | None:
    if dataset is None:
        return None
    heights = read_aligned(dataset, coarse, motion, bands=[1], resampling="nearest")
    return Raster(heights.pixels, heights.mask, coarse.transform, coarse.crs)


def _ground(heights: Raster) -> Raster:
    return Raster(ground_below(heights)[None], np.ones_like(heights.mask), heights.transform, heights.crs)


def _sampled(coarse: Raster | None, grid: Grid) -> Plane:
    """A coarse plane on a finer grid, linear between its pixels."""
    if coarse is None:
        return np.zeros((grid.height, grid.width), dtype=np.float32)
    inverse = ~coarse.transform
    columns = np.arange(grid.width) + 0.5
    rows = np.arange(grid.height) + 0.5
    x = (grid.transform.c + columns * grid.transform.a - coarse.transform.c) * inverse.a - 0.5
    y = (grid.transform.f + rows * grid.transform.e - coarse.transform.f) * inverse.e - 0.5
    plane = coarse.pixels[0]
    x, y = np.clip(x, 0, plane.shape[1] - 1), np.clip(y, 0, plane.shape[0] - 1)
    across = np.stack([np.interp(x, np.arange(plane.shape[1]), line) for line in plane])
    low = np.minimum(y.astype(int), max(plane.shape[0] - 2, 0))
    high = np.minimum(low + 1, plane.shape[0] - 1)
    part = (y - low)[:, None]
    return np.asarray(across[low] * (1 - part) + across[high] * part, dtype=np.float32)
