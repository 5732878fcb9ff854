"""From verdicts to labels: which tiles a set of candidates needs, and what is taught on them. Pure.

A tile is a square of ground with a margin around its core. Cores form a fixed lattice, so that the same ground
is the same place in every set, and a candidate belongs to the one tile whose core holds its centroid.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.features import rasterize
from shapely.geometry.base import BaseGeometry

from gis.crs import MEASURED
from gis.raster import Grid
from layers.candidates.rules import NO_STRUCTURE, RejectReason

__all__ = ["MARGIN_PX", "SIDE_PX", "Shape", "Tile", "label", "planned"]

SIDE_PX = 512
MARGIN_PX = 64

YES, UNDECIDED = 255, 128

# A rejection for one of these shows that nothing was built; of a duplicate another candidate says that it was
NOTHING_BUILT = NO_STRUCTURE - {RejectReason.DUPLICATE}


@dataclass(frozen=True)
class Shape:
    """A candidate as it was judged; geometry in EPSG:4548. ``doubted``: a second look found its rejection wrong."""

    code: str
    geometry: BaseGeometry
    status: str
    reason: str | None = None
    doubted: bool = False

    @property
    def value(self) -> int:
        """What its ground is taught as: 255 changed, 0 not, 128 undecided."""
        if self.status == "accepted":
            return YES
        if self.status == "rejected" and self.reason in NOTHING_BUILT and not self.doubted:
            return 0
        return UNDECIDED


@dataclass(frozen=True)
class Tile:
    """Core number ``column``, ``row`` of the lattice of pixels of ``pixel_m`` metres."""

    column: int
    row: int
    pixel_m: float

    @property
    def place(self) -> str:
        """The core's south-west corner in EPSG:4548, whole metres: what must not be split in learning."""
        return f"E{round(self.column * self._step)}N{round(self.row * self._step)}"

    @property
    def grid(self) -> Grid:
        """The whole tile, margin included, in EPSG:4548."""
        margin = MARGIN_PX * self.pixel_m
        west, north = self.column * self._step - margin, (self.row + 1) * self._step + margin
        place = Affine(self.pixel_m, 0, west, 0, -self.pixel_m, north)
        return Grid(CRS.from_string(MEASURED), place, SIDE_PX, SIDE_PX)

    @property
    def _step(self) -> float:
        return (SIDE_PX - 2 * MARGIN_PX) * self.pixel_m

    @classmethod
    def of(cls, geometry: BaseGeometry, pixel_m: float) -> Tile:
        """The tile to which a geometry (EPSG:4548) belongs."""
        step = (SIDE_PX - 2 * MARGIN_PX) * pixel_m
        centre = geometry.centroid
        return cls(math.floor(centre.x / step), math.floor(centre.y / step), pixel_m)


def planned(reviewed: Iterable[Shape], pixel_m: float) -> list[Tile]:
    """The tiles that hold these candidates, each once, west to east and south to north."""
    tiles = {Tile.of(each.geometry, pixel_m) for each in reviewed}
    return sorted(tiles, key=lambda each: (each.column, each.row))


def label(
    tile: Tile, shapes: Sequence[Shape], valid: NDArray[np.bool_], doubtful: Sequence[BaseGeometry] = ()
) -> NDArray[np.uint8]:
    """What is taught on a tile (row, column): 255 changed, 0 not, 128 undecided.

    A candidate of another tile is undecided here, so that nothing is taught twice; so is ground that one of the
    dates does not show (``valid`` False), and ``doubtful`` ground (EPSG:4548), where something was missed.
    """
    grid = tile.grid
    undecided, changed = list(doubtful), list[BaseGeometry]()
    for each in shapes:
        mine = Tile.of(each.geometry, tile.pixel_m) == tile
        value = each.value if mine or each.value == 0 else UNDECIDED
        if value:
            (changed if value == YES else undecided).append(each.geometry)
    plane = np.zeros((grid.height, grid.width), dtype=np.uint8)
    for geometries, value in ((undecided, UNDECIDED), (changed, YES)):
        if geometries:
            plane[_burnt(geometries, grid)] = value
    plane[~valid] = UNDECIDED
    return plane


def _burnt(geometries: Sequence[BaseGeometry], grid: Grid) -> NDArray[np.bool_]:
    drawn = rasterize(
        geometries, out_shape=(grid.height, grid.width), transform=grid.transform, dtype="uint8"
    )
    return np.asarray(drawn > 0)
