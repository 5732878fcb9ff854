"""Pictures of flights: where tiles are, and heights."""

from __future__ import annotations

from typing import Literal

from api.schemas.shared import Shape

__all__ = ["TileJSON"]


class TileJSON(Shape):
    """TileJSON 3.0.0; bounds in degrees (EPSG:4490). ``flights``: of how many flights the tiles are made."""

    tilejson: Literal["3.0.0"] = "3.0.0"
    name: str
    scheme: Literal["xyz"] = "xyz"
    tiles: list[str]
    minzoom: int
    maxzoom: int
    bounds: tuple[float, float, float, float]
    flights: int
