"""Which coordinates are these: CGCS2000, GCJ-02, BD-09; wrong zone, swapped axes; metres here.

Every function takes and returns lon/lat or east/north, in that order (``always_xy``), never EPSG's own
north/east order. Point arrays have shape (n, 2), float64.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

__all__ = [
    "DISPLAY",
    "HEIGHTS",
    "MEASURED",
    "STORED",
    "Fault",
    "Points",
    "area_m2",
    "bd09_to_gcj02",
    "fault_of_place",
    "from_bd09",
    "from_gcj02",
    "gcj02_to_bd09",
    "looks_shifted",
    "reproject",
    "said_shift",
    "to_bd09",
    "to_degrees",
    "to_gcj02",
    "to_metres",
    "transform_points",
]

Points = NDArray[np.float64]

STORED = "EPSG:4490"  # CGCS2000 geographic: how every geometry is stored
MEASURED = "EPSG:4548"  # CGCS2000 3-degree Gauss-Kruger, CM 117E: where area and length are measured
DISPLAY = "EPSG:3857"  # Web Mercator: what maps draw
HEIGHTS = "EPSG:5737"  # Yellow Sea 1985 heights

# Krasovsky 1940, as the published form of the GCJ-02 offset uses it
_AXIS = 6_378_245.0
_ECCENTRICITY = 0.006_693_421_622_965_943
_BD_TURN = np.pi * 3000.0 / 180.0
_CHINA = (72.004, 0.8293, 137.8347, 55.8271)  # outside this box GCJ-02 equals WGS 84

FaultKind = Literal["swapped", "wrong_zone", "zone_prefix", "outside"]


@dataclass(frozen=True)
class Fault:
    """Why a place does not lie where it should.

    ``crs`` is the EPSG name that would put the coordinates into the area, where one would;
    ``centre`` is where they lie as they stand, lon/lat in EPSG:4490 (nan when nowhere on earth).
    """

    kind: FaultKind
    centre: tuple[float, float]
    crs: str | None = None


def to_gcj02(lonlat: ArrayLike) -> Points:
    """CGCS2000 (or WGS 84) lon/lat → GCJ-02 lon/lat; identity outside China."""
    points = _points(lonlat)
    return points + _gcj02_offset(points)


def from_gcj02(lonlat: ArrayLike) -> Points:
    """GCJ-02 lon/lat → CGCS2000 lon/lat, by fixed-point iteration to below 1e-9 degree."""
    shifted = _points(lonlat)
    points = shifted.copy()
    for _ in range(8):
        points = shifted - _gcj02_offset(points)
    return points


def gcj02_to_bd09(lonlat: ArrayLike) -> Points:
    """GCJ-02 lon/lat → BD-09 lon/lat (Baidu), the published closed form."""
    x, y = _points(lonlat).T
    radius = np.hypot(x, y) + 0.000_02 * np.sin(y * _BD_TURN)
    angle = np.arctan2(y, x) + 0.000_003 * np.cos(x * _BD_TURN)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def bd09_to_gcj02(lonlat: ArrayLike) -> Points:
    """BD-09 lon/lat → GCJ-02 lon/lat, by fixed-point iteration to below 1e-9 degree."""
    shifted = _points(lonlat)
    points = shifted - (0.0065, 0.006)
    for _ in range(8):
        points = points + (shifted - gcj02_to_bd09(points))
    return points


def to_bd09(lonlat: ArrayLike) -> Points:
    """CGCS2000 lon/lat → BD-09 lon/lat."""
    return gcj02_to_bd09(to_gcj02(lonlat))


def from_bd09(lonlat: ArrayLike) -> Points:
    """BD-09 lon/lat → CGCS2000 lon/lat."""
    return from_gcj02(bd09_to_gcj02(lonlat))


def transform_points(points: ArrayLike, source: Any, target: Any) -> Points:
    """Points of one CRS in another; x (lon, east) first on both sides. ``inf`` where impossible."""
    x, y = _points(points).T
    return np.column_stack(_transformer(_name(source), _name(target)).transform(x, y))


def reproject(geometry: Any, source: Any, target: Any) -> Any:
    """A shapely geometry of one CRS in another; x (lon, east) first on both sides."""
    return shapely.transform(geometry, lambda points: transform_points(points, source, target))


def to_metres(geometry: Any) -> Any:
    """A geometry from EPSG:4490 to EPSG:4548 (east, north in metres)."""
    return reproject(geometry, STORED, MEASURED)


def to_degrees(geometry: Any) -> Any:
    """A geometry from EPSG:4548 to EPSG:4490 (lon, lat)."""
    return reproject(geometry, MEASURED, STORED)


def area_m2(geometry: Any) -> float:
    """Area in m² of a geometry in EPSG:4490, measured in EPSG:4548."""
    return float(to_metres(geometry).area)


def fault_of_place(ring: ArrayLike, crs: Any, area: Any) -> Fault | None:
    """Say what is wrong with the place of some coordinates, or ``None`` when they touch the area.

    ``ring``: points (n, 2) in ``crs`` (``None``: unknown, only guesses are made); ``area``: shapely
    geometry in EPSG:4490. Tried in this order: swapped axes, another zone, an easting with a zone prefix.
    """
    points = _points(ring)
    centre = _centre(points, crs)
    if crs is not None and _touches(points, crs, area):
        return None
    if crs is not None and _touches(points[:, ::-1], crs, area):
        return Fault("swapped", centre, _epsg(crs))
    for kind, candidate, moved in _other_readings(points):
        if _touches(moved, candidate, area):
            return Fault(kind, centre, candidate)
    return Fault("outside", centre)


def looks_shifted(points: ArrayLike, reference: ArrayLike) -> Literal["gcj02", "bd09"] | None:
    """Say whether points fit a reference only after undoing GCJ-02 or BD-09.

    Both (n, 2) lon/lat; the reference is in EPSG:4490 and shows the same things (corners of buildings,
    stations, the points of a layer that is known to be right). Shifted means: undoing the offset brings
    the median distance to the nearest reference point below 60 m and to less than a third of what it was.
    """
    from scipy.spatial import cKDTree  # noqa: PLC0415 - 30 MB that few need

    given, tree = _points(points), cKDTree(transform_points(reference, STORED, MEASURED))
    plain = _distance(given, tree)
    undone = {"gcj02": _distance(from_gcj02(given), tree), "bd09": _distance(from_bd09(given), tree)}
    best: Literal["gcj02", "bd09"] = "gcj02" if undone["gcj02"] <= undone["bd09"] else "bd09"
    return best if undone[best] < min(60.0, plain / 3) else None


def said_shift(*words: str) -> Literal["gcj02", "bd09"] | None:
    """The shifted system that a name, tag or citation speaks of, if any."""
    text = " ".join(words).lower().replace("-", "").replace("_", "").replace(" ", "")
    if "bd09" in text or "百度坐标" in text:
        return "bd09"
    if "gcj02" in text or "火星坐标" in text or "marscoord" in text:
        return "gcj02"
    return None


def _points(values: ArrayLike) -> Points:
    return np.asarray(values, dtype=np.float64).reshape(-1, 2)


def _gcj02_offset(points: Points) -> Points:
    """The offset (degrees) that GCJ-02 adds at CGCS2000 points; zero outside China."""
    lon, lat = points.T
    x, y = lon - 105.0, lat - 35.0
    north, east = _wave_north(x, y), _wave_east(x, y)
    phi = np.radians(lat)
    magic = 1 - _ECCENTRICITY * np.sin(phi) ** 2
    d_lat = north * 180.0 / (_AXIS * (1 - _ECCENTRICITY) / (magic * np.sqrt(magic)) * np.pi)
    d_lon = east * 180.0 / (_AXIS / np.sqrt(magic) * np.cos(phi) * np.pi)
    west, south, right, top = _CHINA
    inside = (lon >= west) & (lon <= right) & (lat >= south) & (lat <= top)
    return np.asarray(np.column_stack([d_lon, d_lat]) * inside[:, None], dtype=np.float64)


def _wave_north(x: Points, y: Points) -> Points:
    bend = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    wave = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    wave += 20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)
    wave += 160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)
    return np.asarray(bend + wave * 2.0 / 3.0, dtype=np.float64)


def _wave_east(x: Points, y: Points) -> Points:
    bend = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    wave = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    wave += 20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)
    wave += 150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)
    return np.asarray(bend + wave * 2.0 / 3.0, dtype=np.float64)


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def _name(crs: Any) -> str:
    """A hashable name of a CRS of pyproj, rasterio or geopandas: EPSG where it has one, WKT else."""
    if isinstance(crs, str):
        return crs
    return _epsg(crs) or str(crs.to_wkt())


def _epsg(crs: Any) -> str | None:
    if isinstance(crs, str):
        return crs
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else None


def _touches(points: Points, crs: Any, area: Any) -> bool:
    """Whether the hull of the points meets the area; a place that cannot be computed does not."""
    try:
        lonlat = transform_points(points, crs, STORED)
    except CRSError:
        return False
    if not np.isfinite(lonlat).all():
        return False
    return bool(shapely.intersects(shapely.MultiPoint(lonlat).convex_hull, area))


def _centre(points: Points, crs: Any) -> tuple[float, float]:
    middle = points.mean(axis=0)
    if crs is None:
        return float("nan"), float("nan")
    lon, lat = transform_points(middle, crs, STORED)[0]
    return (float(lon), float(lat)) if np.isfinite([lon, lat]).all() else (float("nan"), float("nan"))


def _other_readings(points: Points) -> Iterator[tuple[FaultKind, str, Points]]:
    """The same numbers read in other CRS that Chinese surveys use.

    EPSG:4534–4554 are the CGCS2000 3-degree zones of CM 75E–135E without a zone prefix on the easting,
    EPSG:4513–4533 the same zones (25–45) with it.
    """
    yield "wrong_zone", STORED, points
    central = [4548, 4547, 4549, *(code for code in range(4534, 4555) if code not in {4547, 4548, 4549})]
    for code in central:
        yield "wrong_zone", f"EPSG:{code}", points
    for code in range(4513, 4534):
        yield "zone_prefix", f"EPSG:{code}", points
    yield "wrong_zone", DISPLAY, points
    yield "wrong_zone", "EPSG:32650", points


def _distance(lonlat: Points, tree: Any) -> float:
    metres = transform_points(lonlat, STORED, MEASURED)
    metres = metres[np.isfinite(metres).all(axis=1)]
    return float(np.median(tree.query(metres)[0])) if len(metres) else float("inf")


def is_geographic(crs: Any) -> bool:
    """Whether the CRS counts in degrees."""
    return bool(CRS.from_user_input(crs).is_geographic)
