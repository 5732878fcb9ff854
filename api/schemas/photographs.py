"""Photographs taken on site."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from api.schemas.shared import Shape

__all__ = ["PhotographOut", "SitePhotographOut"]


class PhotographOut(Shape):
    """A photograph as it came; sizes in bytes and pixels (upright).

    ``hashed``: the phone gave its SHA-256 when it was taken, and it is that of what came. ``lon``, ``lat`` (EPSG:4490),
    altitude in metres, direction in degrees from north, ``gps_at``, ``clock`` (the camera's own, of no zone),
    ``taken_at`` (where the camera wrote its offset), camera and software are what EXIF says.
    """

    id: int
    sha256: str
    hashed: bool
    bytes: int
    media_type: Literal["image/jpeg", "image/png", "image/webp"]
    width: int
    height: int
    lon: float | None
    lat: float | None
    altitude_m: float | None
    direction_deg: float | None
    gps_at: datetime | None
    clock: datetime | None
    taken_at: datetime | None
    camera: str | None
    software: str | None
    received_at: datetime


class SitePhotographOut(PhotographOut):
    """A photograph of a site check: who sent it, how many metres from the site it was taken, what to look at."""

    by: str
    distance_m: float | None
    clues: list[Literal["far", "other_time", "no_place", "no_time", "edited", "not_hashed"]]
