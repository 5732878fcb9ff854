"""Search, where-am-I and statistics."""

from __future__ import annotations

from typing import Literal

from api.schemas.people import DivisionRef
from api.schemas.shared import Shape, TextPair

__all__ = [
    "GridOut",
    "ProjectedOut",
    "SearchOut",
    "SearchResult",
    "WhereOut",
]


class SearchResult(Shape):
    """One find; ``centre`` in EPSG:4490 degrees."""

    kind: Literal["feature", "coordinate"]
    layer: str | None = None
    id: int | None = None
    title: str
    subtitle: TextPair
    centre: tuple[float, float]
    bbox: tuple[float, float, float, float] | None = None
    crs: str | None = None


class SearchOut(Shape):
    """What was found, best first."""

    results: list[SearchResult]


class GridOut(Shape):
    """The unit grid at a place; distance to its boundary in metres.

    ``managed_from_elsewhere``: the manager belongs to another division than the owner, so the two are not
    merely two offices of one place.
    """

    id: int
    code: str
    owner: str | None
    manager: str | None
    managed_from_elsewhere: bool
    distance_to_boundary_m: float


class ProjectedOut(Shape):
    """The place in metres east and north."""

    epsg: int
    e: float
    n: float


class WhereOut(Shape):
    """What lies at a place."""

    division: DivisionRef | None
    grid: GridOut | None
    projected: ProjectedOut
