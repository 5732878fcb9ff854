"""A flight's whole alignment at one place, as the pages need it to lay both dates on one another. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypedDict

import numpy as np

from gis.align import Alignment, Motion
from gis.crs import STORED, Points, transform_points

__all__ = ["Here", "Placing", "kept"]


class Here(TypedDict):
    """Where things at a place of the earlier flight appear in the later one.

    ``lon``, ``lat``: degrees to go, EPSG:4490; ``turn_deg``: anticlockwise, and ``scale``, both about the place.
    """

    lon: float
    lat: float
    turn_deg: float
    scale: float


def kept(alignment: Alignment, crs: str) -> dict[str, Any]:
    """The alignment as it is stored (jsonb), with the CRS that its metres count in."""
    return {"crs": crs, **alignment.to_json()}


@dataclass(frozen=True)
class Placing:
    """A stored alignment."""

    stored: dict[str, Any]

    @cached_property
    def motion(self) -> Motion:
        """The motion to undo when the later flight is read; metres in the CRS ``stored["crs"]``."""
        return Alignment.from_json({key: self.stored[key] for key in self.stored if key != "crs"}).motion

    def moved(self, lonlat: Points) -> Points:
        """Where the places of a line (n, 2) of the earlier flight appear in the later one; lon/lat, EPSG:4490.

        Asked at every 20th place or so and drawn straight between: an alignment is smooth.
        """
        nodes = np.unique(np.linspace(0, len(lonlat) - 1, max(2, len(lonlat) // 20 + 1)).round().astype(int))
        here = [self.at((*lonlat[node], *lonlat[node])) for node in nodes]
        steps = np.arange(len(lonlat))
        gone = [np.interp(steps, nodes, [each[axis] for each in here]) for axis in ("lon", "lat")]
        return np.asarray(lonlat + np.column_stack(gone), dtype=np.float64)

    def at(self, bbox: Sequence[float]) -> Here:
        """The alignment at the middle of a box (west, south, east, north; EPSG:4490), as far as it is applied."""
        lonlat = (bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2
        [[east, north]] = transform_points([lonlat], STORED, self.stored["crs"])
        near = self.motion.near((float(east), float(north)))
        there = (float(east) + near.shift[0], float(north) + near.shift[1])
        [[lon, lat]] = transform_points([there], self.stored["crs"], STORED)
        return Here(
            lon=float(lon) - lonlat[0], lat=float(lat) - lonlat[1], turn_deg=near.turn_deg, scale=near.scale
        )
