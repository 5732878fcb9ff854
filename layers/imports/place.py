"""Whether a file lies where it should, judged as a whole before its rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from geopandas import GeoDataFrame
from shapely.geometry.base import BaseGeometry

from gis.crs import (
    STORED,
    Fault,
    Points,
    fault_of_place,
    looks_shifted,
    said_shift,
    to_metres,
    transform_points,
)
from layers.imports.faults import ImportMisplaced, ImportShifted, Unfit

__all__ = ["check_outside", "check_place", "check_shift"]

_SAMPLE = 20_000  # points
_FEWEST = 5  # points from which a shift can be told from chance
_METRES = {"gcj02": ("GCJ-02", 530), "bd09": ("BD-09", 1190)}  # offset around Lu'an


def check_place(frame: GeoDataFrame, path: Path, district: BaseGeometry | None) -> None:
    """Refuse swapped axes, another zone, and a file that lies elsewhere altogether.

    ``frame`` in its own CRS, ``district`` in EPSG:4490 (None: not known yet, nothing is judged).
    Raises ImportMisplaced, ImportShifted when the file's own words say so.
    """
    said = said_shift(path.stem, str(frame.crs.name), *[str(each) for each in frame.columns])
    if said:
        raise _shifted(path, said)
    points = _sampled(frame)
    if district is None or not len(points):
        return
    fault = fault_of_place(points, frame.crs, district)
    if fault is not None:
        zh, en = _reason(fault, frame)
        raise ImportMisplaced(name=path.name, reason_zh=zh, reason_en=en)


def check_shift(frame: GeoDataFrame, path: Path, reference: Points) -> None:
    """Refuse what fits the stored features (``reference``, EPSG:4490) only after GCJ-02 or BD-09 is undone."""
    points = transform_points(_sampled(frame), frame.crs, STORED)
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < _FEWEST or len(reference) < _FEWEST:
        return
    found = looks_shifted(points, reference)
    if found:
        raise _shifted(path, found)


def check_outside(geometry: BaseGeometry, district: BaseGeometry) -> None:
    """Refuse one geometry (EPSG:4490) that does not touch the district. Raises Unfit."""
    if shapely.intersects(district, geometry):
        return
    swapped = shapely.transform(geometry, lambda points: points[:, ::-1])
    if shapely.intersects(district, swapped):
        raise Unfit(
            "在辖区外：经纬度（东、北）写反了", "outside the district: longitude and latitude are exchanged"
        )
    numbers = shapely.get_coordinates(to_metres(geometry))
    if not np.isfinite(numbers).all():
        raise Unfit("坐标不在地球上的有效范围内", "its coordinates are nowhere on earth")
    km = to_metres(district).distance(to_metres(geometry)) / 1000
    raise Unfit(f"在辖区外，距辖区边界 {km:.1f} 公里", f"outside the district, {km:.1f} km from its boundary")


def _sampled(frame: GeoDataFrame) -> Points:
    """Up to 20 000 points of the frame, evenly taken, (n, 2) in its own CRS."""
    points = shapely.get_coordinates(frame.geometry.to_numpy())
    points = points[np.isfinite(points).all(axis=1)]
    chosen: Points = points[:: max(1, len(points) // _SAMPLE)]
    return chosen


def _shifted(path: Path, system: str) -> ImportShifted:
    title, metres = _METRES[system]
    return ImportShifted(name=path.name, system=title, metres=metres)


def _reason(fault: Fault, frame: GeoDataFrame) -> tuple[str, str]:
    crs = f"EPSG:{code}" if (code := frame.crs.to_epsg()) else str(frame.crs.name)
    if fault.kind == "swapped":
        return (
            "坐标轴颠倒，交换后才落在辖区内。请按“东、北”（经度在前）的顺序导出。",
            "its axes are exchanged: only swapped does it lie in the district. Export east (longitude) first.",
        )
    if fault.kind == "zone_prefix":
        return (
            f"横坐标带有带号，而 {crs} 不带带号。请声明为 {fault.crs}，或去掉带号。",
            f"its eastings carry a zone number, which {crs} does not use. Declare {fault.crs} or remove the number.",
        )
    if fault.kind == "wrong_zone":
        return (
            f"声明为 {crs}，但按 {fault.crs} 才落在辖区内：分带或坐标系选错。请改正后重新导出。",
            f"it declares {crs} but lies in the district only as {fault.crs}: the wrong zone or CRS was chosen.",
        )
    lon, lat = fault.centre
    return (
        f"全部位于辖区之外（中心约在东经 {lon:.4f}°、北纬 {lat:.4f}°）。请确认文件与坐标系。",
        f"all of it lies outside the district (centre about {lon:.4f}° E, {lat:.4f}° N). Check the file and its CRS.",
    )
