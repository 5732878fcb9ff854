"""Heights of a surface model: at a point, along a line, and from how low to how high it reaches.

Points are lon/lat in EPSG:4490; a line's straight pieces and its metres are those of EPSG:4548.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rasterio.enums import Resampling

from gis.crs import MEASURED, STORED, Points, transform_points
from gis.raster import opened

__all__ = ["along", "heights_at", "span"]


def heights_at(path: Path, lonlat: ArrayLike) -> NDArray[np.float64]:
    """Heights (n,) in metres at points (n, 2): those of the pixels they fall into; NaN where there is none."""
    with opened(path) as dataset:
        places = transform_points(lonlat, STORED, dataset.crs)
        found = np.full(len(places), np.nan)
        known = np.flatnonzero(np.isfinite(places).all(axis=1))
        values = dataset.sample(places[known].tolist(), indexes=1, masked=True)
        for index, value in zip(known, values, strict=True):
            if not np.ma.getmaskarray(value)[0]:
                found[index] = float(value[0])
    found[~np.isfinite(found)] = np.nan
    return found


def along(line: ArrayLike, samples: int) -> tuple[NDArray[np.float64], Points]:
    """Places at equal distances along a line (k, 2): their distances (n,) in metres from its start, and lon/lat.

    Both ends are among them. The same line gives the same places, whatever surface is asked there.
    """
    corners = transform_points(line, STORED, MEASURED)
    lengths = np.hypot(*np.diff(corners, axis=0).T)
    reached = np.concatenate([[0.0], np.cumsum(lengths)])
    distances = np.linspace(0.0, reached[-1], samples)
    metres = np.column_stack([np.interp(distances, reached, corners[:, axis]) for axis in (0, 1)])
    return distances, transform_points(metres, MEASURED, STORED)


def span(path: Path) -> tuple[float, float]:
    """From the 2nd to the 98th percentile of the heights in metres, of a sample of 1000 px a side.

    A surface without a valid pixel in the sample gives 0 and 1; a level one is given a metre.
    """
    with opened(path) as dataset:
        size = min(1000, dataset.height), min(1000, dataset.width)
        heights = dataset.read(1, out_shape=size, resampling=Resampling.nearest, masked=True).compressed()
    heights = heights[np.isfinite(heights)]
    if not len(heights):
        return 0.0, 1.0
    low, high = (float(each) for each in np.percentile(heights.astype(np.float64), [2, 98]))
    return (low, high) if high - low >= 1 else ((low + high) / 2 - 0.5, (low + high) / 2 + 0.5)
