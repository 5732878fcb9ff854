"""The ground that two surveys share."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from gis.errors import ChengtuError
from gis.raster import bounds_in, ground_pixel_m, opened, working_crs

__all__ = ["Bounds", "NoOverlap", "Shift", "near", "no_overlap", "overlap", "shared_ground"]

Bounds = tuple[float, float, float, float]
Shift = tuple[float, float]


class NoOverlap(ChengtuError):
    """Two surveys share no ground."""

    code = "no_overlap"
    zh = "前后两期影像没有重叠区域：{before} 与 {after} 相距约 {metres} 米。请选择覆盖同一区域的基准期，或检查坐标系。"
    en = (
        "The two surveys share no ground: {before} and {after} lie about {metres} m apart. "
        "Choose a baseline of the same place, or check the CRS."
    )


def shared_ground(before: Path, after: Path, shift: Shift = (0.0, 0.0)) -> tuple[Any, Bounds]:
    """Working CRS and bounds in it of the ground both rasters show, AFTER lying off by a shift (metres).

    Raises ``NoOverlap``.
    """
    with opened(before) as old, opened(after) as new:
        crs = working_crs(old)
        shared = overlap(old, new, crs, shift)
        if shared is None:
            raise no_overlap(before, after, old, new, crs)
        return crs, shared


def overlap(old: Any, new: Any, crs: Any, shift: Shift = (0.0, 0.0)) -> Bounds | None:
    """Bounds of BEFORE's ground that AFTER shows too, when AFTER lies off by a shift; at least 10 px."""
    first, second = bounds_in(old, crs), bounds_in(new, crs)
    dx, dy = shift
    west, south = max(first[0], second[0] - dx), max(first[1], second[1] - dy)
    east, north = min(first[2], second[2] - dx), min(first[3], second[3] - dy)
    least = 10 * max(ground_pixel_m(old), ground_pixel_m(new))
    return (west, south, east, north) if east - west > least and north - south > least else None


def near(old: Any, new: Any, crs: Any) -> bool:
    """Whether a GCJ-02 or BD-09 offset could hide an overlap."""
    return _apart(old, new, crs) < 1500


def _apart(old: Any, new: Any, crs: Any) -> float:
    """Gap between the two bounds in metres, 0 when they touch."""
    a, b = bounds_in(old, crs), bounds_in(new, crs)
    gap_x = max(0.0, a[0] - b[2], b[0] - a[2])
    gap_y = max(0.0, a[1] - b[3], b[1] - a[3])
    return math.hypot(gap_x, gap_y)


def no_overlap(before: Path, after: Path, old: Any, new: Any, crs: Any) -> NoOverlap:
    """The error that says how far apart two rasters lie."""
    apart = _apart(old, new, crs)
    metres = f"{apart:.0f}" if math.isfinite(apart) else "?"
    return NoOverlap(before=before.name, after=after.name, metres=metres)
