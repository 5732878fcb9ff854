"""Whether a file lies where it should, judged as a whole, and each of its rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
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
from layers.layer import Text

__all__ = ["District", "Sample", "check_outside", "check_place", "check_shift", "check_words", "outside"]

_SAMPLE = 20_000  # points
_FEWEST = 5  # points from which a shift can be told from chance
_METRES = {"gcj02": ("GCJ-02", 530), "bd09": ("BD-09", 1190)}  # offset around Lu'an


@dataclass(frozen=True)
class District:
    """The outline of the district in EPSG:4490 and in EPSG:4548, both prepared for many questions."""

    outline: BaseGeometry
    metres: BaseGeometry

    @classmethod
    def of(cls, outline: BaseGeometry | None) -> District | None:
        """The same from the outline in EPSG:4490; None stays None."""
        if outline is None:
            return None
        metres = to_metres(outline)
        shapely.prepare([outline, metres])
        return cls(outline, metres)


@dataclass
class Sample:
    """Where a file lies, gathered while its batches go by: some points of each, in the CRS of the file."""

    crs: Any = None
    columns: list[str] = field(default_factory=list)
    _points: list[Points] = field(default_factory=list)
    _held: int = 0
    _step: int = 1

    def add(self, frame: GeoDataFrame) -> None:
        """Take some points of a batch; when there are too many, every second one is dropped."""
        self.crs, self.columns = frame.crs, [str(each) for each in frame.columns]
        points = shapely.get_coordinates(frame.geometry.to_numpy())
        # a copy: a view of every hundredth point would keep all the points of its batch in memory
        points = points[np.isfinite(points).all(axis=1)][:: self._step].copy()
        self._points.append(points)
        self._held += len(points)
        while self._held > 2 * _SAMPLE:
            self._points = [np.concatenate(self._points)[::2]]
            self._held = len(self._points[0])
            self._step *= 2

    @property
    def points(self) -> Points:
        """Up to 40 000 points, evenly taken, (n, 2) in the CRS of the file."""
        return np.concatenate(self._points) if self._points else np.empty((0, 2))


def check_place(sample: Sample, path: Path, district: BaseGeometry | None) -> None:
    """Refuse swapped axes, another zone, and a file that lies elsewhere altogether.

    ``district`` in EPSG:4490 (None: not known yet, nothing is judged).
    Raises ImportMisplaced, ImportShifted when the file's own words say so.
    """
    check_words(sample, path)
    points = sample.points
    if district is None or not len(points):
        return
    fault = fault_of_place(points, sample.crs, district)
    if fault is not None:
        zh, en = _reason(fault, sample.crs)
        raise ImportMisplaced(name=path.name, reason_zh=zh, reason_en=en)


def check_words(sample: Sample, path: Path) -> None:
    """Refuse a file that calls itself shifted, by its name, its CRS or its columns. Raises ImportShifted."""
    said = said_shift(path.stem, str(sample.crs.name), *sample.columns)
    if said:
        raise _shifted(path, said)


def check_shift(sample: Sample, path: Path, reference: Points) -> None:
    """Refuse what fits the stored features (``reference``, EPSG:4490) only after GCJ-02 or BD-09 is undone."""
    points = transform_points(sample.points, sample.crs, STORED)
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < _FEWEST or len(reference) < _FEWEST:
        return
    found = looks_shifted(points, reference)
    if found:
        raise _shifted(path, found)


def outside(shapes: NDArray[np.object_], district: District) -> dict[int, Text]:
    """By position, what is wrong with geometries (EPSG:4490, (n,), or None) that do not touch the district."""
    given = np.flatnonzero(~shapely.is_missing(shapes))
    away = given[~shapely.intersects(district.outline, shapes[given])]
    if not len(away):
        return {}
    swapped = shapely.transform(shapes[away], lambda points: points[:, ::-1])
    turned = shapely.intersects(district.outline, swapped)
    metres = to_metres(shapes[away])
    somewhere = np.isfinite(shapely.bounds(metres)).all(axis=1)
    km = np.full(len(away), np.inf)
    km[somewhere] = shapely.distance(district.metres, metres[somewhere]) / 1000
    return {
        int(at): _said_outside(bool(axes), float(far)) for at, axes, far in zip(away, turned, km, strict=True)
    }


def check_outside(geometry: BaseGeometry, district: BaseGeometry) -> None:
    """Refuse one geometry that does not touch the district, both in EPSG:4490. Raises Unfit."""
    shape = np.array([geometry], dtype=object)
    said = outside(shape, District(district, to_metres(district))).get(0)
    if said is not None:
        raise Unfit(said.zh, said.en)


def _said_outside(swapped: bool, km: float) -> Text:
    if swapped:
        return Text(
            "在辖区外：经纬度（东、北）写反了", "outside the district: longitude and latitude are exchanged"
        )
    if not np.isfinite(km):
        return Text("坐标不在地球上的有效范围内", "its coordinates are nowhere on earth")
    return Text(f"在辖区外，距辖区边界 {km:.1f} 公里", f"outside the district, {km:.1f} km from its boundary")


def _shifted(path: Path, system: str) -> ImportShifted:
    title, metres = _METRES[system]
    return ImportShifted(name=path.name, system=title, metres=metres)


def _reason(fault: Fault, given: Any) -> tuple[str, str]:
    crs = f"EPSG:{code}" if (code := given.to_epsg()) else str(given.name)
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
