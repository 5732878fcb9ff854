"""Geometries of a file → the one kind, flat and valid, that a layer stores. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import area_m2, to_metres
from layers.imports.faults import Unfit
from layers.layer import Geometry

__all__ = ["MOST_CHANGED", "fitted", "measured"]

MOST_CHANGED = 0.01  # share of the area that a repair may change

_PARTS = {"Point": "Point", "MultiLineString": "LineString", "MultiPolygon": "Polygon"}
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
