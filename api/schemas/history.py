"""What happened to features, what differs, what is restored."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.schemas.shared import GeoJSON, Given, Shape, TextPair

__all__ = [
    "ChangeOut",
    "DifferenceOut",
    "DifferingOut",
    "LayerDifferenceOut",
    "RestoreIn",
    "RestoredOut",
    "VersionOut",
    "VersionStateOut",
]  # fmt: skip


class ChangeOut(Shape):
    """One changed field."""

    field: str
    title: TextPair
    before: Any
    after: Any


class VersionOut(Shape):
    """One entry of a feature's history."""

    version: int
    operation: str
    actor: str | None
    at: datetime
    changes: list[ChangeOut]


class VersionStateOut(Shape):
    """A version as it lay on the map (EPSG:4490)."""

    version: int
    at: datetime
    actor: str | None
    geometry: GeoJSON | None


class DifferenceOut(Shape):
    """Two versions of a feature, and the fields that differ."""

    before: VersionStateOut
    after: VersionStateOut
    changes: list[ChangeOut]


class DifferingOut(Shape):
    """A feature that is not what it was; its later geometry, of what is gone the last (EPSG:4490)."""

    id: int
    kind: Literal["appeared", "changed", "gone"]
    name: str
    geometry: GeoJSON | None
    changes: list[ChangeOut]


class LayerDifferenceOut(Shape):
    """A page of what differs in a layer; the three numbers count all pages, ``next`` goes into ``after``."""

    since: datetime
    until: datetime
    appeared: int
    changed: int
    gone: int
    features: list[DifferingOut]
    next: int | None


class RestoreIn(Given):
    """Which version becomes the current state."""

    version: int = Field(ge=1)


class RestoredOut(Shape):
    """The feature and the version that it has now."""

    id: int
    version: int
