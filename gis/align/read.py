"""Reading AFTER where BEFORE shows the same things."""

from __future__ import annotations

from typing import Any

from gis.align.alignment import Motion
from gis.raster import Grid, Name, Raster, read_onto

__all__ = ["read_aligned"]


def read_aligned(
    dataset: Any, grid: Grid, motion: Motion, *, bands: list[int] | None = None, resampling: Name = "average"
) -> Raster:
    """Pixels of AFTER (or of its surface model) on a grid of BEFORE, the motion undone.

    ``grid``: in the working CRS. A plain shift reads exact windows; anything else is a warp.
    """
    if motion.is_shift:
        raster = read_onto(dataset, grid.moved(*motion.shift), bands=bands, resampling=resampling)
    else:
        raster = read_onto(
            dataset, grid, bands=bands, resampling=resampling, displacement=motion.displacement
        )
    return Raster(raster.pixels, raster.mask, grid.transform, grid.crs)
