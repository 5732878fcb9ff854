"""What a person may do with outlines on the ground: draw one anew, merge several, cut one into parts. Pure.

Everything is in one plane CRS in metres (EPSG:4548 in Chengtu); areas in m². An outline is a valid MultiPolygon
without height.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import LineString, MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from gis.errors import ChengtuError

__all__ = ["LEAST_M2", "OutlineRefused", "checked", "cut", "merged", "parsed", "parted"]

LEAST_M2 = 1.0  # less is the accuracy of an outline
MOST_POINTS = 5000
LEFT_M2, LEFT_SHARE = 1.0, 0.01  # of the outline may stay uncovered, or be covered twice, by hand-drawn parts


class OutlineRefused(ChengtuError):
    """A drawn shape that cannot be the outline of something on the ground."""

    code = "outline_refused"
    zh = "{reason_zh}"
    en = "{reason_en}"


def parsed(given: dict[str, Any]) -> BaseGeometry:
    """A GeoJSON geometry as shapely's, without height. Raises OutlineRefused where it is none, or far too detailed."""
    try:
        with np.errstate(invalid="ignore"):  # what is not finite is told of below
            geometry = shapely.force_2d(shape(given))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ShapelyError) as error:
        raise _refused("图形不是有效的 GeoJSON。", "The shape is no valid GeoJSON geometry.") from error
    if geometry.is_empty or not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise _refused("图形没有坐标。", "The shape has no coordinates.")
    if shapely.get_num_coordinates(geometry) > MOST_POINTS:
        raise _refused(
            f"图形的顶点超过 {MOST_POINTS} 个，请简化。",
            f"The shape has more than {MOST_POINTS} points; simplify it.",
        )
    return geometry


def checked(outline: BaseGeometry) -> MultiPolygon:
    """The outline as a MultiPolygon. Raises OutlineRefused where it is no area, crosses itself or is tiny."""
    if not isinstance(outline, (Polygon, MultiPolygon)):
        raise _refused("轮廓必须是面。", "An outline has to be an area.")
    if not outline.is_valid:
        raise _refused(
            "轮廓自相交或各部分重叠，请重新勾绘。", "The outline crosses or overlaps itself; draw it again."
        )
    if outline.area < LEAST_M2:
        raise _refused(f"轮廓不足 {LEAST_M2:.0f} m²。", f"The outline is smaller than {LEAST_M2:.0f} m².")
    return _many(outline)


def merged(outlines: Sequence[BaseGeometry], reach_m: float) -> MultiPolygon:
    """All the ground of two or more outlines, each at most ``reach_m`` from another of the same group.

    A gap between them stays a gap. Raises OutlineRefused where one lies apart.
    """
    if len(outlines) < 2:
        raise _refused("合并至少需要两个轮廓。", "It takes two outlines or more to merge.")
    reached, waiting = {0}, [0]
    while waiting:
        here = outlines[waiting.pop()]
        near = [n for n, other in enumerate(outlines) if n not in reached and here.distance(other) <= reach_m]
        reached.update(near)
        waiting.extend(near)
    if len(reached) < len(outlines):
        raise _refused(
            f"只能合并相互重叠或相邻（不超过 {reach_m:g} m）的轮廓。",
            f"Only outlines that overlap or lie within {reach_m:g} m of one another can be merged.",
        )
    return _many(shapely.union_all(list(outlines)))


def cut(outline: BaseGeometry, line: BaseGeometry) -> list[MultiPolygon]:
    """The parts into which a line cuts an outline, the largest first; their areas add up to its area.

    An area that the line does not cross goes with the nearest part. Raises OutlineRefused where the line does not
    cross the outline from edge to edge, or would leave a part of less than ``LEAST_M2``.
    """
    if not isinstance(line, LineString):
        raise _refused("分割线必须是一条折线。", "What cuts has to be one line.")
    pieces: list[BaseGeometry] = []
    whole: list[Polygon] = []
    for polygon in _many(outline).geoms:
        found = list(split(polygon, line).geoms)
        if len(found) > 1:
            pieces += found
        else:
            whole.append(polygon)
    if not pieces:
        raise _refused(
            "分割线必须从一边到另一边穿过轮廓。", "The line has to cross the outline from edge to edge."
        )
    groups = [[each] for each in pieces]
    for polygon in whole:
        nearest = min(range(len(pieces)), key=lambda n: pieces[n].distance(polygon))
        groups[nearest].append(polygon)
    return _large_enough([_many(shapely.union_all(group)) for group in groups])


def parted(outline: BaseGeometry, parts: Sequence[BaseGeometry]) -> list[MultiPolygon]:
    """An outline as two or more given parts, the largest first, clipped to it and to one another.

    They must cover it and must not overlap, but for what a hand leaves: 1 m² or one hundredth of it; what is left
    over goes with the nearest part, so that areas add up. Raises OutlineRefused.
    """
    if len(parts) < 2:
        raise _refused("至少要分成两部分。", "It takes two parts or more.")
    given = [checked(each) for each in parts]
    leave = max(LEFT_M2, LEFT_SHARE * outline.area)
    double = sum(each.area for each in given) - shapely.union_all(given).area
    outside = shapely.union_all(given).difference(outline).area
    rest = outline.difference(shapely.union_all(given))
    if double > leave:
        raise _refused(
            f"各部分相互重叠 {double:.1f} m²，请修改。", f"The parts overlap by {double:.1f} m²; mend them."
        )
    if outside > leave:
        raise _refused(
            f"有 {outside:.1f} m² 画在原轮廓之外。", f"{outside:.1f} m² of the parts lie outside the outline."
        )
    if rest.area > leave:
        raise _refused(
            f"还有 {rest.area:.1f} m² 没有划入任何部分。",
            f"{rest.area:.1f} m² of the outline belong to no part yet.",
        )
    taken: list[BaseGeometry] = []
    for each in given:
        mine = each.intersection(outline)
        taken.append(mine.difference(shapely.union_all(taken)) if taken else mine)
    for piece in shapely.get_parts(rest):
        nearest = min(range(len(taken)), key=lambda n: taken[n].distance(piece))
        taken[nearest] = shapely.union_all([taken[nearest], piece])
    return _large_enough([_many(each) for each in taken])


def _large_enough(parts: list[MultiPolygon]) -> list[MultiPolygon]:
    if min(each.area for each in parts) < LEAST_M2:
        raise _refused(
            f"有一部分不足 {LEAST_M2:.0f} m²。", f"One of the parts is smaller than {LEAST_M2:.0f} m²."
        )
    return sorted(parts, key=lambda each: (-each.area, each.bounds))


def _many(geometry: BaseGeometry) -> MultiPolygon:
    """The areas of a geometry, without the lines and points that an overlay may leave."""
    flat = shapely.get_parts(shapely.get_parts(geometry))
    return MultiPolygon([each for each in flat if isinstance(each, Polygon) and each.area > 0])


def _refused(zh: str, en: str) -> OutlineRefused:
    return OutlineRefused(reason_zh=zh, reason_en=en)
