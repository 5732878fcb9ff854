"""The coordinate reference systems that features are given and taken in, under their OGC names. Pure.

Geometries are stored in EPSG:4490, longitude first. A system that names north first (EPSG:4326, 4490, 4548) is
spoken as its definition says: OGC API – Features part 2 leaves no other choice.
"""

from __future__ import annotations

from dataclasses import dataclass

from layers.database import SRID
from layers.errors import QueryRefused

__all__ = ["CRS84", "SHIFTED", "SYSTEMS", "System", "system"]


@dataclass(frozen=True)
class System:
    """One system: its OGC name, its EPSG number, and whether north comes before east."""

    uri: str
    srid: int
    north_first: bool = False

    @property
    def metric(self) -> bool:
        """Whether it counts metres."""
        return self.srid in {3857, 4548}

    def given(self, geometry: str) -> str:
        """SQL of a stored geometry as this system writes it."""
        moved = geometry if self.srid in {SRID, 4326} else f"ST_Transform({geometry}, {self.srid})"
        return f"ST_FlipCoordinates({moved})" if self.north_first else moved

    def taken(self, geometry: str) -> str:
        """SQL that stores a geometry written in this system (SQL without an SRID of its own)."""
        east_first = f"ST_FlipCoordinates({geometry})" if self.north_first else geometry
        if self.srid in {SRID, 4326}:
            return f"ST_SetSRID({east_first}, {SRID})"
        return f"ST_Transform(ST_SetSRID({east_first}, {self.srid}), {SRID})"


def _epsg(number: int) -> str:
    return f"http://www.opengis.net/def/crs/EPSG/0/{number}"


CRS84 = System("http://www.opengis.net/def/crs/OGC/1.3/CRS84", 4326)
SYSTEMS: dict[str, System] = {
    each.uri: each
    for each in (
        CRS84,
        System(_epsg(4326), 4326, north_first=True),
        System(_epsg(3857), 3857),
        System(_epsg(4490), 4490, north_first=True),
        System(_epsg(4548), 4548, north_first=True),
    )
}
SHIFTED = ("gcj02", "bd09")
"""What web maps of China show, longitude first: not systems of the EPSG, so a parameter of their own asks for them."""


def system(name: str | None) -> System:
    """The system of that URI; ``EPSG:4548`` and ``[EPSG:4548]`` will do. CRS84 when missing. Raises QueryRefused."""
    if name is None:
        return CRS84
    plain = name.strip().strip("[]")
    short = plain.upper()
    uri = _epsg(int(short[5:])) if short.startswith("EPSG:") and short[5:].isdigit() else plain
    if short in {"CRS84", "OGC:CRS84"}:
        uri = CRS84.uri
    found = SYSTEMS.get(uri)
    if found is None:
        known = ", ".join(SYSTEMS)
        raise QueryRefused(
            reason_zh=f"不支持坐标系“{name}”。可用：{known}。",
            reason_en=f"The CRS “{name}” is not spoken here. Known: {known}.",
        )
    return found
