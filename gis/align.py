"""How far a survey lies beside its baseline: shift and residual in metres, measured on stable ground.

Pictures of two seasons are compared by the direction of their edges (orientation correlation), which
shade and exposure hardly touch. A coarse pass over the whole overlap finds large shifts; a fine pass
over many small tiles measures each of them below a pixel; what most tiles agree on is stable ground,
tiles where something was built drop out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from gis.crs import STORED, Points, from_bd09, from_gcj02, to_bd09, to_gcj02, transform_points
from gis.errors import ChengtuError
from gis.raster import Grid, bounds_in, colour_bands, ground_pixel_m, opened, read_onto, working_crs

__all__ = ["Alignment", "NoOverlap", "align", "shared_ground"]

Bounds = tuple[float, float, float, float]
Shift = tuple[float, float]

_COARSE_PX = 1024
_TILE_PX = 256
_TILES = 49
_LEAST_TILES = 4
_SHARP = 7.0  # a peak this many standard deviations above the rest is a match


class NoOverlap(ChengtuError):
    """Two surveys share no ground."""

    code = "no_overlap"
    zh = "前后两期影像没有重叠区域：{before} 与 {after} 相距约 {metres} 米。请选择覆盖同一区域的基准期，或检查坐标系。"
    en = (
        "The two surveys share no ground: {before} and {after} lie about {metres} m apart. "
        "Choose a baseline of the same place, or check the CRS."
    )


@dataclass(frozen=True)
class Alignment:
    """Shift of AFTER relative to BEFORE: a thing at E, N before appears at E + dx_m, N + dy_m after.

    ``residual_m``: root mean square of what shift and rotation leave over on stable ground, metres.
    ``rotation_deg``: turn of AFTER, anticlockwise. ``matched_share``: tiles that agree, of those with
    any texture, 0..1. ``reliable``: whether the shift should be applied. ``hint``: the shift has direction
    and size of the GCJ-02 or BD-09 offset here, so AFTER (or BEFORE) is probably in shifted coordinates.
    """

    dx_m: float
    dy_m: float
    residual_m: float
    rotation_deg: float
    matched_share: float
    reliable: bool
    hint: Literal["gcj02", "bd09"] | None = None


@dataclass(frozen=True)
class _Match:
    """A shift in pixels (east, south) and how sharply it was seen."""

    x: float
    y: float
    sharpness: float


def align(before: Path, after: Path) -> Alignment:
    """Measure the shift of AFTER relative to BEFORE in metres of EPSG:4548 (UTM far from 117°E).

    GeoTIFFs of any size, CRS and pixel size. Raises ``NoOverlap``. Not reliable: fewer than 4 tiles or
    three in ten agree, or they agree worse than 2 px (at least 0.5 m); then apply no shift.
    """
    with opened(before) as old, opened(after) as new:
        crs = working_crs(old)
        shared = _overlap(old, new, crs)
        if shared is None and not _near(old, new, crs):
            raise _no_overlap(before, after, old, new, crs)
        coarse, hint = _coarse_shift(old, new, crs)
        if coarse is None and shared is None:
            raise _no_overlap(before, after, old, new, crs)
        return _fine_shift(old, new, crs, coarse or (0.0, 0.0), hint)


def shared_ground(before: Path, after: Path, shift: Shift = (0.0, 0.0)) -> tuple[Any, Bounds]:
    """Working CRS and bounds in it of the ground both rasters show, AFTER lying off by a shift (metres).

    Raises ``NoOverlap``.
    """
    with opened(before) as old, opened(after) as new:
        crs = working_crs(old)
        shared = _overlap(old, new, crs, shift)
        if shared is None:
            raise _no_overlap(before, after, old, new, crs)
        return crs, shared


def _overlap(old: Any, new: Any, crs: Any, shift: Shift = (0.0, 0.0)) -> Bounds | None:
    """Bounds of BEFORE's ground that AFTER shows too, when AFTER lies off by a shift; at least 10 px."""
    first, second = bounds_in(old, crs), bounds_in(new, crs)
    dx, dy = shift
    west, south = max(first[0], second[0] - dx), max(first[1], second[1] - dy)
    east, north = min(first[2], second[2] - dx), min(first[3], second[3] - dy)
    least = 10 * max(ground_pixel_m(old), ground_pixel_m(new))
    return (west, south, east, north) if east - west > least and north - south > least else None


def _near(old: Any, new: Any, crs: Any) -> bool:
    """Whether a GCJ-02 or BD-09 offset could hide an overlap."""
    return _apart(old, new, crs) < 1500


def _apart(old: Any, new: Any, crs: Any) -> float:
    """Gap between the two bounds in metres, 0 when they touch."""
    a, b = bounds_in(old, crs), bounds_in(new, crs)
    gap_x = max(0.0, a[0] - b[2], b[0] - a[2])
    gap_y = max(0.0, a[1] - b[3], b[1] - a[3])
    return math.hypot(gap_x, gap_y)


def _no_overlap(before: Path, after: Path, old: Any, new: Any, crs: Any) -> NoOverlap:
    apart = _apart(old, new, crs)
    metres = f"{apart:.0f}" if math.isfinite(apart) else "?"
    return NoOverlap(before=before.name, after=after.name, metres=metres)


def _coarse_shift(old: Any, new: Any, crs: Any) -> tuple[Shift | None, Literal["gcj02", "bd09"] | None]:
    """A shift to start from: as it stands, else after the offset of GCJ-02 or BD-09 either way."""
    found = _coarse_match(old, new, crs, (0.0, 0.0))
    if found is not None:
        return found, _hint_of(found, old, crs)
    for system, offset in _known_offsets(old, crs):
        found = _coarse_match(old, new, crs, offset)
        if found is not None:
            return found, system
    return None, None


def _coarse_match(old: Any, new: Any, crs: Any, start: Shift) -> Shift | None:
    shared = _overlap(old, new, crs, start)
    if shared is None:
        return None
    west, south, east, north = shared
    least = max(ground_pixel_m(old), ground_pixel_m(new))
    pixel = max(max(east - west, north - south) / _COARSE_PX, least)
    grid = Grid.over(shared, pixel, crs)
    match = _match(_picture(old, grid), _picture(new, grid.moved(*start)))
    if match is None or match.sharpness < 1.5 * _SHARP:
        return None
    return start[0] + match.x * pixel, start[1] - match.y * pixel


def _known_offsets(old: Any, crs: Any) -> list[tuple[Literal["gcj02", "bd09"], Shift]]:
    """Offsets in metres of the shifted systems at the place of a raster: AFTER shifted, then BEFORE."""
    west, south, east, north = bounds_in(old, STORED)
    here: Points = np.array([[(west + east) / 2, (south + north) / 2]])
    metres = transform_points(here, STORED, crs)[0]
    offsets: list[tuple[Literal["gcj02", "bd09"], Shift]] = []
    for system, moved in (
        ("gcj02", to_gcj02(here)),
        ("bd09", to_bd09(here)),
        ("gcj02", from_gcj02(here)),
        ("bd09", from_bd09(here)),
    ):
        dx, dy = transform_points(moved, STORED, crs)[0] - metres
        if math.hypot(dx, dy) > 1:
            offsets.append(("gcj02" if system == "gcj02" else "bd09", (float(dx), float(dy))))
    return offsets


def _hint_of(shift: Shift, old: Any, crs: Any) -> Literal["gcj02", "bd09"] | None:
    """The system whose offset here equals a shift to 40 m or a tenth."""
    for system, (dx, dy) in _known_offsets(old, crs):
        if math.hypot(shift[0] - dx, shift[1] - dy) < min(40.0, 0.1 * math.hypot(dx, dy)):
            return system
    return None


def _fine_shift(
    old: Any, new: Any, crs: Any, start: Shift, hint: Literal["gcj02", "bd09"] | None
) -> Alignment:
    """Measure tiles twice, the second time from where the first ended, so that bias towards 0 vanishes."""
    shared = _overlap(old, new, crs, start)
    if shared is None:
        return Alignment(0.0, 0.0, math.nan, 0.0, 0.0, reliable=False)
    pixel = _fine_pixel(old, new, shared)
    shift, tiles, good = start, np.zeros((0, 4)), np.zeros(0, dtype=bool)
    turn, residual, textured = 0.0, math.nan, 0
    for _ in range(2):
        tiles, textured = _tile_shifts(old, new, crs, shared, pixel, shift)
        if len(tiles) < _LEAST_TILES:
            return Alignment(0.0, 0.0, math.nan, 0.0, len(tiles) / max(textured, 1), reliable=False)
        good = _agreeing(tiles, pixel)
        rest, turn, residual = _rigid(tiles[good], shared)
        shift = shift[0] + rest[0], shift[1] + rest[1]
    share = float(good.sum() / max(textured, 1))
    reliable = int(good.sum()) >= _LEAST_TILES and share >= 0.3 and residual <= max(2 * pixel, 0.5)
    return Alignment(shift[0], shift[1], residual, turn, share, reliable, hint if reliable else None)


def _fine_pixel(old: Any, new: Any, shared: Bounds) -> float:
    """As fine as the coarser of the two, not below 0.2 m, and small enough for a few tiles."""
    west, south, east, north = shared
    least = max(ground_pixel_m(old), ground_pixel_m(new), 0.2)
    return min(least, max(min(east - west, north - south) / 128, least / 4))


def _tile_shifts(
    old: Any, new: Any, crs: Any, shared: Bounds, pixel: float, shift: Shift
) -> tuple[NDArray[np.float64], int]:
    """Per matched tile: east, north of its centre, and its shift east, north beyond ``shift`` (n, 4), metres.

    Also how many tiles had texture at all.
    """
    grid = Grid.over(shared, pixel, crs)
    side = min(_TILE_PX, grid.width, grid.height)
    found, textured = [], 0
    for row, column in _places(grid, side):
        tile = grid.window(row, column, side, side)
        first, second = _picture(old, tile), _picture(new, tile.moved(*shift))
        match = _match(first, second)
        if match is None:
            continue
        textured += 1
        if match.sharpness >= _SHARP and max(abs(match.x), abs(match.y)) < side / 4:
            west, south, east, north = tile.bounds
            found.append(((west + east) / 2, (south + north) / 2, match.x * pixel, -match.y * pixel))
    return np.array(found, dtype=np.float64).reshape(-1, 4), textured


def _places(grid: Grid, side: int) -> list[tuple[int, int]]:
    """Rows and columns of at most 49 tiles spread evenly over a grid."""
    many = int(math.sqrt(_TILES))
    down = min(many, max(1, 2 * grid.height // side - 1))
    across = min(many, max(1, 2 * grid.width // side - 1))
    rows = np.linspace(0, grid.height - side, down).astype(int)
    columns = np.linspace(0, grid.width - side, across).astype(int)
    return [(int(row), int(column)) for row in rows for column in columns]


def _picture(dataset: Any, grid: Grid) -> NDArray[np.complex64]:
    """Unit vectors along the gradient of brightness (row, column); 0 where flat, invalid or at the rim."""
    raster = read_onto(dataset, grid, bands=colour_bands(dataset))
    grey = raster.pixels.astype(np.float32).mean(axis=0)
    grey[~raster.mask] = 0
    down, across = np.gradient(grey)
    invalid = ~raster.mask
    invalid[1:] |= ~raster.mask[:-1]
    invalid[:-1] |= ~raster.mask[1:]
    invalid[:, 1:] |= ~raster.mask[:, :-1]
    invalid[:, :-1] |= ~raster.mask[:, 1:]
    vector = across + 1j * down
    size = np.abs(vector)
    size[invalid] = 0
    usual = float(np.median(size[size > 0])) if (size > 0).any() else 0.0
    vector = vector / np.maximum(size, max(usual, 1e-6))
    vector[size == 0] = 0
    window = np.outer(np.hanning(grid.height), np.hanning(grid.width))
    return np.asarray(vector * window, dtype=np.complex64)


def _match(first: NDArray[np.complex64], second: NDArray[np.complex64]) -> _Match | None:
    """Where the second picture lies on the first, pixels east and south; ``None`` without texture."""
    strength = float(np.sqrt(np.sum(np.abs(first) ** 2) * np.sum(np.abs(second) ** 2)))
    if strength < 0.01 * first.size:
        return None
    spectrum = np.conj(scipy.fft.fft2(first)) * scipy.fft.fft2(second)
    surface = np.real(scipy.fft.ifft2(spectrum))
    height, width = surface.shape
    row, column = (int(index) for index in np.unravel_index(int(np.argmax(surface)), surface.shape))
    sharpness = float((surface[row, column] - surface.mean()) / max(float(surface.std()), 1e-12))
    y = row + _summit(
        surface[(row - 1) % height, column], surface[row, column], surface[(row + 1) % height, column]
    )
    x = column + _summit(
        surface[row, (column - 1) % width], surface[row, column], surface[row, (column + 1) % width]
    )
    return _Match((x + width / 2) % width - width / 2, (y + height / 2) % height - height / 2, sharpness)


def _summit(left: float, middle: float, right: float) -> float:
    """Top of the parabola through three neighbours, -0.5..0.5."""
    bend = left - 2 * middle + right
    return float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) if bend < 0 else 0.0


def _agreeing(tiles: NDArray[np.float64], pixel: float) -> NDArray[np.bool_]:
    """Tiles whose shift lies near that of the most others (not near their mean: half may be wrong)."""
    shifts = tiles[:, 2:]
    reach = max(3 * pixel, 0.75)
    near = np.hypot(*(shifts[:, None] - shifts[None]).transpose(2, 0, 1)) < reach
    core = shifts[near[int(near.sum(axis=1).argmax())]]
    middle = np.median(core, axis=0)
    off = np.hypot(*(shifts - middle).T)
    usual = 1.4826 * float(np.median(off[off < reach]))
    return np.asarray(off < min(reach, max(4 * usual, pixel)))


def _rigid(tiles: NDArray[np.float64], shared: Bounds) -> tuple[Shift, float, float]:
    """Shift at the middle of the shared ground (m), turn anticlockwise (degrees), residual (m, RMS)."""
    middle = np.array([(shared[0] + shared[2]) / 2, (shared[1] + shared[3]) / 2])
    place, shift = tiles[:, :2] - middle, tiles[:, 2:]
    if np.ptp(place, axis=0).max() < 1:
        mean = shift.mean(axis=0)
        return (float(mean[0]), float(mean[1])), 0.0, float(np.sqrt(((shift - mean) ** 2).sum(axis=1).mean()))
    count = len(tiles)
    rows = np.zeros((2 * count, 3))
    rows[:count, 0], rows[:count, 2] = 1, -place[:, 1]
    rows[count:, 1], rows[count:, 2] = 1, place[:, 0]
    values = np.concatenate([shift[:, 0], shift[:, 1]])
    (dx, dy, angle), *_ = np.linalg.lstsq(rows, values, rcond=None)
    rest = values - rows @ np.array([dx, dy, angle])
    residual = float(np.sqrt((rest[:count] ** 2 + rest[count:] ** 2).mean()))
    return (float(dx), float(dy)), math.degrees(float(angle)), residual
