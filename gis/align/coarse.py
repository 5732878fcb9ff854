"""A shift to start from, seen from afar; and whether it is that of GCJ-02 or BD-09."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gis.align.alignment import Hint, Motion
from gis.align.match import SHARP, Flights, match_whole
from gis.align.overlap import Shift, overlap
from gis.crs import STORED, Points, from_bd09, from_gcj02, to_bd09, to_gcj02, transform_points
from gis.raster import Grid, bounds_in, ground_pixel_m

__all__ = ["coarse_shift"]

_COARSE_PX = 1024


def coarse_shift(flights: Flights, crs: Any) -> tuple[Shift | None, Hint | None]:
    """The shift of the whole overlap, metres: as it stands, else after a known offset either way."""
    old, _ = flights.datasets[0]
    found = _match(flights, crs, (0.0, 0.0))
    if found is not None:
        return found, _hint_of(found, old, crs)
    for system, offset in _known_offsets(old, crs):
        found = _match(flights, crs, offset)
        if found is not None:
            return found, system
    return None, None


def _match(flights: Flights, crs: Any, start: Shift) -> Shift | None:
    old, new = flights.datasets[0]
    shared = overlap(old, new, crs, start)
    if shared is None:
        return None
    west, south, east, north = shared
    least = max(ground_pixel_m(old), ground_pixel_m(new))
    pixel = max(max(east - west, north - south) / _COARSE_PX, least)
    match = match_whole(flights, Grid.over(shared, pixel, crs), Motion(start))
    if match is None or match.sharpness < 1.5 * SHARP:
        return None
    return start[0] + match.x * pixel, start[1] - match.y * pixel


def _known_offsets(old: Any, crs: Any) -> list[tuple[Hint, Shift]]:
    """Offsets in metres of the shifted systems at the place of a raster: AFTER shifted, then BEFORE."""
    west, south, east, north = bounds_in(old, STORED)
    here: Points = np.array([[(west + east) / 2, (south + north) / 2]])
    metres = transform_points(here, STORED, crs)[0]
    offsets: list[tuple[Hint, Shift]] = []
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


def _hint_of(shift: Shift, old: Any, crs: Any) -> Hint | None:
    """The system whose offset here equals a shift to 40 m or a tenth."""
    for system, (dx, dy) in _known_offsets(old, crs):
        if math.hypot(shift[0] - dx, shift[1] - dy) < min(40.0, 0.1 * math.hypot(dx, dy)):
            return system
    return None
