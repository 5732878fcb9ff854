"""Pictures of flights: where tiles are, and heights."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import WithJsonSchema

from api.schemas.shared import Shape

__all__ = ["HeightOut", "ProfileOut", "SurfaceOut", "TileJSON"]

# as an array of four numbers: a tuple's prefixItems are more than many readers of schemas know
Bounds = Annotated[
    tuple[float, float, float, float],
    WithJsonSchema({"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}),
]


class TileJSON(Shape):
    """TileJSON 3.0.0; bounds in degrees (EPSG:4490). ``flights``: of how many flights the tiles are made."""

    tilejson: Literal["3.0.0"] = "3.0.0"
    name: str
    scheme: Literal["xyz"] = "xyz"
    tiles: list[str]
    minzoom: int
    maxzoom: int
    bounds: Bounds
    flights: int


class SurfaceOut(Shape):
    """A flight's surface model as tiles (WebMercatorQuad), and its legend: metres at both ends, colours between."""

    tiles: str
    minzoom: int
    maxzoom: int
    bounds: Bounds
    low_m: float
    high_m: float
    ramp: list[str]


class HeightOut(Shape):
    """The height at a place (lon/lat, EPSG:4490) as the flight's surface model has it; null where it has none."""

    lon: float
    lat: float
    height_m: float | None


class ProfileOut(Shape):
    """Heights along a line at equal distances from its start (metres of EPSG:4548); null where there is none.

    The same line gives the same distances for every flight, so profiles of two dates can be laid on one another.
    """

    code: str
    flown_on: date
    distance_m: list[float]
    height_m: list[float | None]
