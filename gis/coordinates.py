"""What a person types when he means a place: degrees in any writing, metres in any 3-degree zone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gis.crs import STORED, from_bd09, from_gcj02, transform_points

__all__ = ["Reading", "in_china", "read"]

_CHINA = (73.0, 3.0, 136.0, 54.0)
_NUMBER = r"\d+(?:\.\d+)?"
_DMS = re.compile(
    rf"(?P<d>\d{{1,3}})\s*[°度]\s*(?:(?P<m>{_NUMBER})\s*[′'分]\s*)?(?:(?P<s>{_NUMBER})\s*(?:″|\"|''|秒)\s*)?"
)


@dataclass(frozen=True)
class Reading:
    """One way to read what was typed: the place in EPSG:4490 degrees, and the system it was read in."""

    lon: float
    lat: float
    crs: str


def in_china(lon: float, lat: float) -> bool:
    """Whether a place in EPSG:4490 degrees may lie in China: within its bounds in whole degrees. Far outside of them the
    3-degree zones have no coordinates.
    """
    west, south, east, north = _CHINA
    return west <= lon <= east and south <= lat <= north


def read(typed: str) -> list[Reading]:
    """Every sensible reading, most likely first; empty when this is no coordinate.

    Degrees (decimal or 31°45′00″) in either order give CGCS2000, then GCJ-02, then BD-09. Metres give the
    3-degree Gauss-Krüger zone that an easting's prefix names (39 454 520), else CM 117E (EPSG:4548), in either
    order: a northing in China is always above 1 800 000, an easting without prefix always below 1 000 000.
    """
    pair = _degrees_minutes(typed) or _decimals(typed)
    if pair is None:
        return []
    if max(pair) > 1000:
        return _metres(*pair)
    return _degrees(*pair)


def _decimals(typed: str) -> tuple[float, float] | None:
    cleaned = re.sub(r"[°度NEnebB北纬东经]", " ", typed)
    words = [word for word in re.split(r"[,，;；\s]+", cleaned.strip()) if word]
    if len(words) != 2 or not all(re.fullmatch(_NUMBER, word) for word in words):
        return None
    return float(words[0]), float(words[1])


def _degrees_minutes(typed: str) -> tuple[float, float] | None:
    found = [each for each in _DMS.finditer(typed) if each["m"]]
    if len(found) != 2:
        return None
    first, second = (
        float(each["d"]) + float(each["m"]) / 60 + float(each["s"] or 0) / 3600 for each in found
    )
    return first, second


def _degrees(a: float, b: float) -> list[Reading]:
    lon, lat = (a, b) if a > b else (b, a)
    if not in_china(lon, lat):
        return []
    readings = [Reading(lon, lat, "CGCS2000")]
    for name, convert in (("GCJ-02", from_gcj02), ("BD-09", from_bd09)):
        x, y = convert([(lon, lat)])[0]
        readings.append(Reading(float(x), float(y), name))
    return readings


def _metres(a: float, b: float) -> list[Reading]:
    northings = [each for each in (a, b) if 1_800_000 < each < 6_000_000]
    if len(northings) != 1:
        return []
    easting = a if northings[0] == b else b
    zone = int(easting // 1_000_000) or 39
    if not 25 <= zone <= 45:
        return []
    epsg = 4548 + zone - 39
    lon, lat = transform_points([(easting % 1_000_000, northings[0])], f"EPSG:{epsg}", STORED)[0]
    if not in_china(lon, lat):
        return []
    return [Reading(float(lon), float(lat), f"EPSG:{epsg}")]
