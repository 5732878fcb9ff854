"""Which CRS eastings and northings without a name are in, by the convention of Chinese surveys."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from gis.crs import MEASURED

__all__ = ["convention"]

_NORTHINGS = (1_800_000.0, 6_000_000.0)  # metres from the equator: the south of Hainan to the Amur
_EASTINGS = (100_000.0, 900_000.0)  # with the false easting of 500 km, within one zone


def convention(points: ArrayLike) -> str | None:
    """EPSG name for points (n, 2) of numbers in metres, in either order; None: no such coordinates.

    An easting with a zone number in front (39 454 520) names its CGCS2000 3-degree zone: EPSG:4513 is
    zone 25, EPSG:4533 zone 45. Without one it is EPSG:4548, the zone of the district.
    """
    values = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    values = values[np.isfinite(values).all(axis=1)]
    if not len(values):
        return None
    low, high = np.sort(np.median(values, axis=0))
    if _NORTHINGS[0] < high < _NORTHINGS[1] and _EASTINGS[0] < low < _EASTINGS[1]:
        return MEASURED
    zone = int(high // 1_000_000)
    if _NORTHINGS[0] < low < _NORTHINGS[1] and 25 <= zone <= 45:
        return f"EPSG:{4513 + zone - 25}"
    return None
