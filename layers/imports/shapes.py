"""Geometries of a file → the one kind, flat and valid, that a layer stores. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.crs import area_m2, to_metres
from layers.imports.faults import Unfit
from layers.layer import Geometry, Text

__all__ = ["MOST_CHANGED", "Fitted", "fit_all", "fitted", "measured", "measured_all"]

Shapes = NDArray[np.object_]

MOST_CHANGED = 0.01  # share of the area that a repair may change

_PARTS = {"Point": "Point", "MultiLineString": "LineString", "MultiPolygon": "Polygon"}
_TYPE_IDS = {"Point": (0,), "MultiLineString": (1, 5), "MultiPolygon": (3, 6)}  # of GEOS
_TITLES = {"Point": ("点", "point"), "MultiLineString": ("线", "line"), "MultiPolygon": ("面", "polygon")}
_SINGLE = {
    "Point": ("点", "point"),
    "LineString": ("线", "line"),
    "LinearRing": ("线", "line"),
    "Polygon": ("面", "polygon"),
}


def fitted(geometry: BaseGeometry | None, kind: Geometry) -> tuple[BaseGeometry, bool]:
    """The geometry (EPSG:4490) as the layer stores it, and whether it had to be repaired. Raises Unfit.

    Heights are dropped, single parts become multi parts. An invalid outline is repaired when that
    changes its area by less than 1 %, otherwise nobody but its author knows what was meant.
    """
    if geometry is None or geometry.is_empty:
        raise Unfit("没有图形", "it has no geometry")
    flat = shapely.force_2d(geometry)
    parts = _parts(flat, kind)
    if kind == "Point":
        if len(parts) > 1:
            raise Unfit("一行只能有一个点", "a row takes one point")
        return parts[0], False
    if kind == "MultiLineString":
        return shapely.MultiLineString(parts), False
    whole = shapely.MultiPolygon(parts)
    return (whole, False) if whole.is_valid else (_repaired(whole), True)


@dataclass(frozen=True)
class Fitted:
    """Geometries as the layer stores them (None: refused), and by position what was repaired or refused."""

    shapes: Shapes
    repaired: dict[int, Text]
    refused: dict[int, Text]


def fit_all(given: Shapes, kind: Geometry) -> Fitted:
    """The same for an array (n,) of geometries or None: only what is not plainly right is looked at singly."""
    flat = shapely.force_2d(given)
    types = shapely.get_type_id(flat)
    right = ~shapely.is_empty(flat) & np.isin(types, _TYPE_IDS[kind])
    right[right] = shapely.is_valid(flat[right]) if kind == "MultiPolygon" else True
    several = np.flatnonzero(right & (types == _TYPE_IDS[kind][-1])) if kind != "Point" else np.empty(0, int)
    parts, owners = shapely.get_parts(flat[several], return_index=True)
    right[several[np.unique(owners[shapely.is_empty(parts)])]] = False
    shapes: Shapes = np.full(len(flat), None, dtype=object)
    shapes[right] = flat[right]
    single = np.flatnonzero(right & (types == _TYPE_IDS[kind][0]))
    if kind != "Point" and len(single):
        gather = shapely.multipolygons if kind == "MultiPolygon" else shapely.multilinestrings
        shapes[single] = gather(flat[single], indices=np.arange(len(single)))
    repaired, refused = {}, {}
    for at in np.flatnonzero(~right).tolist():
        try:
            shapes[at], mended = fitted(given[at], kind)
        except Unfit as unfit:
            refused[at] = unfit.said
        else:
            if mended:
                why = shapely.is_valid_reason(flat[at])
                repaired[at] = Text(
                    f"图形无效，已修复（{why}）", f"the geometry was invalid and has been repaired ({why})"
                )
    return Fitted(shapes, repaired, refused)


def measured_all(shapes: Shapes, kind: Geometry) -> list[str]:
    """The same for an array of geometries, as texts."""
    metres = to_metres(shapes)
    sizes = shapely.area(metres) if kind == "MultiPolygon" else shapely.length(metres)
    return [f"{each:.2f}" for each in sizes]


def measured(geometry: BaseGeometry, kind: Geometry) -> Decimal:
    """Area in m² of polygons, length in m of lines, both in EPSG:4548, to 0.01."""
    metres = to_metres(geometry)
    return Decimal(f"{metres.area if kind == 'MultiPolygon' else metres.length:.2f}")


def _parts(geometry: BaseGeometry, kind: Geometry) -> list[Any]:
    """The parts of the geometry, each of the layer's kind."""
    parts = [each for each in _flattened(geometry) if not each.is_empty]
    wrong = next((each for each in parts if each.geom_type != _PARTS[kind]), None)
    if wrong is not None or not parts:
        zh, en = _SINGLE.get(wrong.geom_type if wrong is not None else "", ("空", "empty"))
        wanted_zh, wanted_en = _TITLES[kind]
        raise Unfit(f"图形应为{wanted_zh}，实为{zh}", f"the geometry should be a {wanted_en} but is a {en}")
    return parts


def _flattened(geometry: Any) -> list[Any]:
    """Parts of parts: a collection may hold multi geometries."""
    if hasattr(geometry, "geoms"):
        return [part for each in geometry.geoms for part in _flattened(each)]
    return [geometry]


def _repaired(outline: BaseGeometry) -> BaseGeometry:
    reason = shapely.is_valid_reason(outline)
    made = shapely.make_valid(outline)
    polygons = [each for each in _flattened(made) if each.geom_type == "Polygon" and not each.is_empty]
    before = area_m2(outline)
    after = area_m2(shapely.MultiPolygon(polygons)) if polygons else 0.0
    if not before or abs(after - before) >= MOST_CHANGED * before:
        raise Unfit(
            f"图形无效且无法安全修复（{reason}）",
            f"the geometry is invalid and cannot be repaired safely ({reason})",
        )
    return shapely.MultiPolygon(polygons)
