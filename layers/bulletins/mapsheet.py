"""The map of a bulletin as SVG: townships, unit grids, illegal structures in red; north, scale, CRS, date. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import shapely
from shapely.geometry.base import BaseGeometry

from layers.bulletins.drawing import GREY, INK, RED, circle, line, rect, svg, text

__all__ = ["Marked", "map_sheet"]

_WIDE, _MARGIN, _FOOT, _HEAD = 1000.0, 24.0, 112.0, 52.0
_TALLEST = 1020.0
_GRID = "#b9aed3"  # grey-violet, as everywhere
_EDGE = "#7a6c9c"


@dataclass(frozen=True)
class Marked:
    """A structure's place in metres (EPSG:4548), and whether it is gone."""

    at: tuple[float, float]
    gone: bool


class _Frame:
    """Metres → units of the drawing."""

    def __init__(self, bounds: tuple[float, float, float, float]) -> None:
        self.west, south, east, self.north = bounds
        wide, tall = max(east - self.west, 1.0), max(self.north - south, 1.0)
        self.scale = min((_WIDE - 2 * _MARGIN) / wide, _TALLEST / tall)
        self.tall = tall * self.scale
        self.left = (_WIDE - wide * self.scale) / 2

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.left + (x - self.west) * self.scale, _HEAD + 8 + (self.north - y) * self.scale

    def path(self, shape: BaseGeometry) -> str:
        rings = []
        for part in getattr(shape, "geoms", [shape]):
            if part.geom_type != "Polygon":
                continue
            for ring in (part.exterior, *part.interiors):
                points = [self.at(x, y) for x, y, *_ in ring.coords[:-1]]
                rings.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z")
        return "".join(rings)


def map_sheet(
    townships: Sequence[tuple[str, BaseGeometry]],
    grids: Iterable[BaseGeometry],
    structures: Sequence[Marked],
    *,
    title: str,
    unit: str,
    drawn_on: date,
    notice: str = "",
) -> bytes:
    """The sheet. Geometries in EPSG:4548 (metres); ``unit`` is who made it; without townships an empty frame."""
    shapes = [each for _, each in townships]
    bounds = shapely.total_bounds(shapes) if shapes else (0.0, 0.0, 1000.0, 700.0)
    frame = _Frame((float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3])))
    pixel = 1 / frame.scale
    height = _HEAD + 8 + frame.tall + _FOOT
    drawn = [text(_WIDE / 2, 35, title, size=22, anchor="middle", bold=True)]
    drawn += [
        f'<path d="{frame.path(each)}" fill="#faf9fc" stroke="none" fill-rule="evenodd"/>' for each in shapes
    ]
    fine = "".join(frame.path(each) for each in _seen(grids, pixel))
    if fine:
        drawn.append(f'<path d="{fine}" fill="none" stroke="{_GRID}" stroke-width="0.5"/>')
    drawn += [
        f'<path d="{frame.path(each.simplify(pixel))}" fill="none" stroke="{_EDGE}" stroke-width="1.6"/>'
        for each in shapes
    ]
    for structure in sorted(structures, key=lambda each: not each.gone):
        x, y = frame.at(*structure.at)
        look = (
            f'fill="#ffffff" stroke="{RED}" stroke-width="2"'
            if structure.gone
            else f'fill="{RED}" stroke="#ffffff" stroke-width="1"'
        )
        drawn.append(circle(x, y, 5, look))
    for name, shape in townships:
        drawn += _label(frame, name, shape)
    drawn += [*_north(_WIDE - 52, _HEAD + 16), *_furniture(frame, height, unit, drawn_on, notice)]
    drawn.append(
        rect(6, _HEAD, _WIDE - 12, height - _HEAD - 6, f'fill="none" stroke="{INK}" stroke-width="1.5"')
    )
    return svg(_WIDE, height, drawn, title)


def _seen(grids: Iterable[BaseGeometry], pixel: float) -> list[BaseGeometry]:
    """Grids that can be told apart at this scale, no finer than it shows: every point costs time in a PDF."""
    return [each.simplify(1.5 * pixel) for each in grids if each.area > (4 * pixel) ** 2]


def _label(frame: _Frame, name: str, shape: BaseGeometry) -> list[str]:
    point = shape.representative_point()
    x, y = frame.at(point.x, point.y)
    halo = text(x, y, name, size=15, anchor="middle", colour="#ffffff")
    halo = halo.replace("<text ", '<text stroke="#ffffff" stroke-width="4" stroke-linejoin="round" ')
    return [halo, text(x, y, name, size=15, anchor="middle", colour="#3a3350")]


def _north(x: float, y: float) -> list[str]:
    return [
        rect(x - 18, y - 8, 36, 66, 'fill="#ffffff" fill-opacity="0.85"'),
        f'<path d="M{x:g} {y:g}L{x + 10:g} {y + 32:g}L{x:g} {y + 25:g}L{x - 10:g} {y + 32:g}Z" fill="{INK}"/>',
        text(x, y + 52, "北 N", size=14, anchor="middle"),
    ]


def _furniture(frame: _Frame, height: float, unit: str, drawn_on: date, notice: str) -> list[str]:
    """Below the map: scale bar, legend, CRS, date, who made it, the slot of the map's approval number."""
    top = height - _FOOT + 14
    longest = (_WIDE * 0.25) / frame.scale
    power = 10.0 ** math.floor(math.log10(longest))
    metres = max(step * power for step in (1, 2, 5) if step * power <= longest)
    bar = metres * frame.scale
    label = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    left = 22.0
    shown = [
        line(6, top - 10, _WIDE - 6, top - 10, INK, 1),
        rect(left, top + 12, bar / 2, 6, f'fill="{INK}" stroke="{INK}"'),
        rect(left + bar / 2, top + 12, bar / 2, 6, f'fill="#ffffff" stroke="{INK}"'),
        text(left, top + 8, "0", size=12),
        text(left + bar, top + 8, label, size=12, anchor="end"),
        circle(left + 6, top + 42, 5, f'fill="{RED}"'),
        text(left + 18, top + 47, "违法建设（未拆除）", size=13),
        circle(left + 176, top + 42, 5, f'fill="#ffffff" stroke="{RED}" stroke-width="2"'),
        text(left + 188, top + 47, "已拆除", size=13),
        line(left, top + 68, left + 26, top + 68, _EDGE, 1.6),
        text(left + 34, top + 73, "乡镇街道界", size=13),
        line(left + 160, top + 68, left + 186, top + 68, _GRID, 1),
        text(left + 194, top + 73, "单元网格", size=13),
        text(
            _WIDE - 22,
            top + 10,
            "坐标系：CGCS2000 三度带高斯-克吕格，中央经线 117°E（EPSG:4548）",
            size=13,
            anchor="end",
        ),
        text(
            _WIDE - 22,
            top + 32,
            f"制图单位：{unit}　制图日期：{drawn_on.year}年{drawn_on.month}月{drawn_on.day}日",
            size=13,
            anchor="end",
        ),
        text(_WIDE - 22, top + 54, "审图号：＿＿＿＿＿＿＿＿（公开前送审）", size=13, anchor="end"),
        text(_WIDE - 22, top + 76, "界线仅示意，不作为划界依据", size=12, anchor="end", colour=GREY),
    ]
    if notice:
        shown.append(text(20, _HEAD + 26, notice, size=14, colour="#b0261e"))
    return shown
