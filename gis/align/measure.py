"""How a survey lies beside its baseline: measured on stable ground, applied, or given up.

A coarse pass over the whole overlap finds large shifts; then many small tiles are measured below a pixel,
again and again from where the last pass ended, so that bias towards no motion vanishes. What most tiles
agree on is stable ground; tiles where something was built drop out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gis.align.alignment import Alignment, Hint, Motion
from gis.align.coarse import coarse_shift
from gis.align.fit import Fit, fit_motion
from gis.align.match import SHARP_TOGETHER, TILE_PX, Flights, Tiles, match_tiles, opened_flights
from gis.align.overlap import Bounds, Shift, near, no_overlap, overlap
from gis.errors import ChengtuError
from gis.raster import Grid, ground_pixel_m, opened, working_crs

__all__ = ["AlignmentLost", "align", "frame_of", "require_found"]

_PASSES = 3
_MANY_FIRST, _MANY = 7, 12  # tiles each way
_REACH_PX = 16  # how far to look once the motion is roughly known
_LEAST_TILES = 4
_GOOD_SHARE = 0.3
_SOME_SHARE = 0.15
_LOST_TILES = 12  # so many textured tiles must have had their say
_LOST_SHARE = 0.1
_NEAR_PX, _NEAR_M = 3, 0.75
_SURE_TOGETHER = 15.0  # a false large shift of a 100 m picture reached 13


class AlignmentLost(ChengtuError):
    """The two pictures do not show the same ground at the same place."""

    code = "alignment_lost"
    zh = (
        "无法配准：“{after}”与基准“{before}”在 {tiles} 处有纹理的地方几乎都对不上（仅 {share} 吻合），"
        "很可能不是同一地块，或坐标偏得太远。为避免误报已停止比对，原始文件已保留；请核对文件和坐标后重试。"
    )
    en = (
        "“{after}” cannot be aligned with the baseline “{before}”: of {tiles} places with texture hardly any "
        "fits ({share}), so they probably do not show the same ground, or lie too far off. The comparison "
        "stops rather than raise false alarms; the files are kept. Check files and coordinates, then retry."
    )


def require_found(alignment: Alignment, *, before: str, after: str) -> None:
    """Raise ``AlignmentLost`` for a lost alignment, under the names of the two pictures."""
    if alignment.grade == "lost":
        share = f"{alignment.matched_share:.0%}"
        raise AlignmentLost(before=before, after=after, tiles=alignment.textured, share=share)


def align(before: Path, after: Path, *, cores: int | None = None) -> Alignment:
    """Measure how AFTER lies beside BEFORE, in metres of EPSG:4548 (UTM far from 117°E).

    GeoTIFFs of any size, CRS and pixel size. ``cores``: threads, all when missing; they change nothing in the
    result. Raises ``NoOverlap``. Grades: "good" when at least 4 tiles
    and three in ten agree, to 2 px (at least 0.5 m) at places left out of the fit; "lost" when of at
    least 12 tiles with texture fewer than one in ten agree and neither the whole overlap nor all tiles
    together show a sharp peak; else "loose".
    """
    with opened_flights(before, after, cores) as flights:
        old, new = flights.datasets[0]
        crs = working_crs(old)
        shared = overlap(old, new, crs)
        if shared is None and not near(old, new, crs):
            raise no_overlap(before, after, old, new, crs)
        coarse, hint = coarse_shift(flights, crs)
        if coarse is None and shared is None:
            raise no_overlap(before, after, old, new, crs)
        return _measured(flights, crs, coarse, hint)


def frame_of(before: Path) -> str:
    """The CRS that an alignment with this baseline counts its metres in, e.g. EPSG:4548."""
    with opened(before) as old:
        return str(working_crs(old).to_string())


@dataclass(frozen=True)
class _Look:
    """One pass: the motion it was measured under, what tiles said, what was made of it."""

    under: Motion
    tiles: Tiles
    fit: Fit | None
    pixel: float
    large: bool  # at least two whole tiles each way: enough to say that nothing fits

    @property
    def agree(self) -> int:
        """Tiles that agree."""
        return int(self.fit.good.sum()) if self.fit else 0

    @property
    def share(self) -> float:
        """Tiles that agree, of those with texture."""
        return self.agree / max(self.tiles.textured, 1)

    @property
    def sharp(self) -> bool:
        """Whether all tiles together see one shift."""
        return self.tiles.sharpness >= SHARP_TOGETHER

    @property
    def together(self) -> Motion:
        """The motion it was measured under, corrected by the shift that all tiles together see."""
        east, north = self.under.shift
        return replace(self.under, shift=(east + self.tiles.together[0], north + self.tiles.together[1]))

    def trusted(self, start: Shift) -> bool:
        """Whether that may be applied: turned shadows or grown crowns can feign a large shift."""
        east, north = self.together.shift
        close = math.hypot(east - start[0], north - start[1]) <= max(_NEAR_PX * self.pixel, _NEAR_M)
        return self.sharp and (close or self.fit is not None or self.tiles.sharpness >= _SURE_TOGETHER)


def _measured(flights: Flights, crs: Any, coarse: Shift | None, hint: Hint | None) -> Alignment:
    old, new = flights.datasets[0]
    start = coarse or (0.0, 0.0)
    shared = overlap(old, new, crs, start)
    if shared is None:
        return Alignment(0.0, 0.0, math.nan, 0.0, 0.0, reliable=False)
    pixel = _fine_pixel(old, new, shared)
    centre = (shared[0] + shared[2]) / 2, (shared[1] + shared[3]) / 2
    grid = Grid.over(shared, pixel, crs)
    looks: list[_Look] = []
    motion, found = Motion(start, centre), False
    for number in range(_PASSES):
        many, reach = (_MANY if number else _MANY_FIRST), (_REACH_PX if found else None)
        look = _look(flights, grid, motion, many=many, reach=reach)
        looks.append(look)
        motion, found = _next(look)
        if number and _moved_little(look.under, motion, shared, pixel):
            break
    return _graded(looks, pixel, seen=coarse is not None, hint=hint)


def _fine_pixel(old: Any, new: Any, shared: Bounds) -> float:
    """As fine as the coarser of the two, not below 0.2 m, and small enough for a few tiles."""
    west, south, east, north = shared
    least = max(ground_pixel_m(old), ground_pixel_m(new), 0.2)
    return min(least, max(min(east - west, north - south) / 128, least / 4))


def _look(flights: Flights, grid: Grid, under: Motion, *, many: int, reach: int | None) -> _Look:
    tiles = match_tiles(flights, grid, under, many=many, reach=reach)
    moves = under.displacement(tiles.places) + tiles.shifts
    fit = fit_motion(tiles.places, moves, grid.bounds, grid.pixel)
    return _Look(under, tiles, fit, grid.pixel, large=min(grid.width, grid.height) >= 2 * TILE_PX)


def _next(look: _Look) -> tuple[Motion, bool]:
    """The motion for the next pass, and whether it is roughly known."""
    if look.fit is not None and look.agree >= _LEAST_TILES and look.share >= _SOME_SHARE:
        return look.fit.motion, True
    return (look.together, True) if look.sharp else (look.under, False)


def _moved_little(one: Motion, other: Motion, shared: Bounds, pixel: float) -> bool:
    """Whether two motions differ by less than a tenth of a pixel, over the shared ground."""
    west, south, east, north = shared
    x, y = np.meshgrid(np.linspace(west, east, 7), np.linspace(south, north, 7))
    places = np.column_stack([x.ravel(), y.ravel()])
    apart = one.displacement(places) - other.displacement(places)
    return bool(np.sqrt((apart**2).sum(axis=1).mean()) < 0.1 * pixel)


def _graded(looks: list[_Look], pixel: float, *, seen: bool, hint: Hint | None) -> Alignment:
    """What the passes come to. ``seen``: the whole overlap showed a sharp peak."""
    last = looks[-1]
    sharp = any(look.sharp for look in looks)
    trusted = [look for look in looks if look.trusted(looks[0].under.shift)]
    motion, residual, helps = Motion(centre=last.under.centre), math.nan, False
    needed = _SOME_SHARE if sharp or seen else _GOOD_SHARE
    enough = last.agree >= _LEAST_TILES
    if last.fit is not None and enough and last.share >= needed:
        motion, residual = last.fit.motion, last.fit.residual_m
        helps = residual < _unmoved(last)
    elif trusted:
        motion, helps = max(trusted, key=lambda look: look.tiles.sharpness).together, True
    reliable = enough and last.share >= _GOOD_SHARE and residual <= max(2 * pixel, 0.5)
    textured = max(look.tiles.textured for look in looks)
    heard = last.large and textured >= _LOST_TILES
    lost = heard and last.share < _LOST_SHARE and not (reliable or sharp or seen)
    return Alignment(
        *motion.shift,
        residual_m=residual,
        rotation_deg=motion.turn_deg,
        matched_share=last.share,
        reliable=reliable,
        hint=hint if reliable else None,
        scale=motion.scale,
        centre=motion.centre,
        warp=motion.warp,
        tolerance_m=_tolerance(residual, pixel, reliable=reliable),
        helps=helps and not reliable,
        lost=lost,
        textured=textured,
    )


def _unmoved(look: _Look) -> float:
    """Residual (m, RMS) of the tiles that agree, were nothing moved."""
    if look.fit is None:
        return math.inf
    moves = (look.under.displacement(look.tiles.places) + look.tiles.shifts)[look.fit.good]
    return math.sqrt(float((moves**2).sum(axis=1).mean()))


def _tolerance(residual: float, pixel: float, *, reliable: bool) -> float:
    """Two residuals hold nearly all edges; where little is known, three pixels and 1.5 m at least."""
    known = 0.5 * pixel + 2 * (0.0 if math.isnan(residual) else residual)
    return known if reliable else max(known, 3 * pixel, 1.5)
