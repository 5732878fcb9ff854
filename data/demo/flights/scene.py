"""What stands on the ground: plain values in the scene frame.

The scene frame is in metres: x to the east, y to the south, (0, 0) at the top-left corner of the first
flight. Angles are in radians, from x towards y. Heights are metres above the ground under the thing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import cos, sin
from typing import Literal

from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

__all__ = [
    "Building",
    "Colour",
    "Fitting",
    "Moment",
    "Parcel",
    "Patch",
    "Pond",
    "Road",
    "Scene",
    "Season",
    "Tree",
    "Vehicle",
    "rectangle",
]

Colour = tuple[float, float, float]
Season = Literal["spring", "summer"]
Roof = Literal["sheet", "tile", "flat", "wall", "film"]


def rectangle(x: float, y: float, length: float, width: float, angle: float) -> Polygon:
    """A turned rectangle about (x, y); ``length`` runs along ``angle``."""
    c, s = cos(angle), sin(angle)
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    halves = [(i * length / 2, j * width / 2) for i, j in corners]
    return Polygon([(x + u * c - v * s, y + u * s + v * c) for u, v in halves])


@dataclass(frozen=True)
class Fitting:
    """A thing on a flat roof, in the roof's own frame (u along the length, v across)."""

    kind: Literal["stairhouse", "tank", "solar", "clutter", "plants"]
    u: float
    v: float
    length: float
    width: float
    height: float
    key: int


@dataclass(frozen=True)
class Building:
    """One roof over one rectangle."""

    key: int
    x: float
    y: float
    length: float
    width: float
    angle: float
    height: float
    roof: Roof
    colour: Colour
    rise: float = 0.0
    one_slope: bool = False
    parapet: float = 0.0
    age: float = 0.4
    base: float = 0.0
    datum: tuple[float, float] | None = None
    fittings: tuple[Fitting, ...] = ()

    @cached_property
    def footprint(self) -> Polygon:
        """The outline on the ground, in the scene frame."""
        return rectangle(self.x, self.y, self.length, self.width, self.angle)

    def at(self, u: float, v: float) -> tuple[float, float]:
        """Scene coordinates of a point of the roof's own frame."""
        c, s = cos(self.angle), sin(self.angle)
        return self.x + u * c - v * s, self.y + u * s + v * c


@dataclass(frozen=True)
class Tree:
    """A crown: ``radius`` and ``height`` at the first flight, how much it grows until the second."""

    key: int
    x: float
    y: float
    radius: float
    height: float
    evergreen: bool
    growth: float = 0.0


@dataclass(frozen=True)
class Vehicle:
    """A car, van, truck, tricycle."""

    key: int
    x: float
    y: float
    angle: float
    kind: Literal["car", "van", "truck", "tricycle"]
    colour: Colour


@dataclass(frozen=True)
class Road:
    """A way with its centre line."""

    key: int
    line: LineString
    width: float
    surface: Literal["asphalt", "concrete", "earth"]


@dataclass(frozen=True)
class Parcel:
    """A field with its crop in either season; ``angle`` is the direction of the rows."""

    key: int
    outline: Polygon
    angle: float
    spring: str
    summer: str


@dataclass(frozen=True)
class Pond:
    """Water, ``depth`` metres below the bank; a ditch (``level=False``) follows the ground."""

    key: int
    outline: Polygon
    depth: float
    level: bool = True


@dataclass(frozen=True)
class Patch:
    """A flat thing on the ground: a yard, a tarpaulin, grain laid out to dry, rubble."""

    key: int
    outline: Polygon
    kind: Literal["concrete", "earth", "gravel", "tarpaulin", "grain", "rubble", "heap"]
    colour: Colour = (0.0, 0.0, 0.0)
    angle: float = 0.0


@dataclass
class Moment:
    """What differs between the two flights."""

    season: Season
    buildings: list[Building] = field(default_factory=list)
    vehicles: list[Vehicle] = field(default_factory=list)
    patches: list[Patch] = field(default_factory=list)


@dataclass
class Scene:
    """The place: what both flights share."""

    seed: int
    size: float
    roads: list[Road] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)
    yards: list[Patch] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    ponds: list[Pond] = field(default_factory=list)
    trees: list[Tree] = field(default_factory=list)
    vehicles: list[Vehicle] = field(default_factory=list)
    centre: tuple[float, float] = (0.0, 0.0)
    lived: BaseGeometry = field(default_factory=Polygon)
