"""The sun: where it stands, what it shades, how surfaces take its light."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import acos, asin, cos, degrees, pi, radians, sin, tan

import cv2
import numpy as np

from data.demo.flights.textures import Floats

__all__ = ["Sun", "ambient", "facing", "shadow", "sun_at"]

_LATITUDE = 31.75
_REACH_M = 64.0


@dataclass(frozen=True)
class Sun:
    """Azimuth in degrees clockwise from north, elevation in degrees."""

    azimuth: float
    elevation: float

    @property
    def towards(self) -> tuple[float, float]:
        """Unit step (x east, y south) on the ground towards the sun."""
        a = radians(self.azimuth)
        return sin(a), -cos(a)


def sun_at(day: date, solar_hour: float, latitude: float = _LATITUDE) -> Sun:
    """The sun at a local solar hour (Cooper's declination; a degree is good enough for a picture)."""
    turn = 2 * pi * (284 + day.timetuple().tm_yday) / 365
    decline, lat, hour = radians(23.45 * sin(turn)), radians(latitude), radians(15 * (solar_hour - 12))
    up = asin(sin(lat) * sin(decline) + cos(lat) * cos(decline) * cos(hour))
    northing = (sin(decline) - sin(up) * sin(lat)) / (cos(up) * cos(lat))
    from_north = acos(max(-1.0, min(1.0, northing)))
    azimuth = degrees(from_north) if hour < 0 else 360 - degrees(from_north)
    return Sun(azimuth, degrees(up))


def _shifted(height: Floats, dx: float, dy: float) -> Floats:
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (height.shape[1], height.shape[0])
    return np.asarray(cv2.warpAffine(height, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE))


def shadow(height: Floats, gsd_m: float, sun: Sun) -> Floats:
    """How deep every cell lies in shadow, 0..1, from a surface (row, col) in metres.

    The height of the shadow's upper limit is found by doubling: after k rounds it knows 2**k steps towards
    the sun.
    """
    dx, dy = sun.towards
    drop = gsd_m * tan(radians(sun.elevation))
    limit = height - np.float32(0.05)
    steps = 1
    while steps * gsd_m < _REACH_M / 2:
        moved = _shifted(limit, dx * steps, dy * steps)
        limit = np.maximum(limit, moved - np.float32(drop * steps))
        steps *= 2
    return np.asarray(np.clip((limit - height) / np.float32(0.25), 0, 1), np.float32)


def facing(height: Floats, gsd_m: float, sun: Sun) -> Floats:
    """Light on every cell by its slope, 1 on level ground; steep edges are tamed."""
    soft = cv2.GaussianBlur(height, (0, 0), 0.16 / gsd_m)
    slope_y, slope_x = np.gradient(soft, np.float32(gsd_m))
    slope_x, slope_y = np.clip(slope_x, -0.9, 0.9), np.clip(slope_y, -0.9, 0.9)
    east, south = sun.towards
    e = radians(sun.elevation)
    toward = -(slope_x * np.float32(east) + slope_y * np.float32(south)) * np.float32(cos(e) / sin(e))
    light = (1 + toward) / np.sqrt(1 + slope_x**2 + slope_y**2)
    return np.asarray(np.clip(light, 0.15, 1.6), np.float32)


def ambient(height: Floats, gsd_m: float) -> Floats:
    """Light of the open sky, 1 in the open, less between walls."""
    sky = np.ones_like(height)
    for reach in (1.2, 4.0):
        around = cv2.GaussianBlur(height, (0, 0), reach / gsd_m)
        sky -= np.float32(0.15) * np.clip((around - height) / np.float32(reach * 0.6), 0, 2)
    return sky
