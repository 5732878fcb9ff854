"""Roads: where they run, how they look."""

from __future__ import annotations

from math import atan2, cos, pi, sin
from typing import Literal

import cv2
import numpy as np
from shapely.geometry import LineString

from data.demo.flights.canvas import Canvas, Window
from data.demo.flights.scene import Road, Season
from data.demo.flights.textures import Floats, smoothstep

__all__ = ["lay_roads", "paint_road", "point_on"]

_SURFACE = {"asphalt": (112, 112, 114), "concrete": (168, 164, 154), "earth": (158, 138, 108)}
_WHITE = (226, 226, 220)
_YELLOW = (206, 176, 92)


def point_on(line: LineString, along: float) -> tuple[float, float, float]:
    """x, y and direction (radians) of the line at a distance from its start."""
    a, b = line.interpolate(along - 0.5), line.interpolate(along + 0.5)
    return (a.x + b.x) / 2, (a.y + b.y) / 2, atan2(b.y - a.y, b.x - a.x)


def _wandering(
    rng: np.random.Generator, start: tuple[float, float], angle: float, length: float, bend: float
) -> LineString:
    count = max(int(length / 6), 4)
    wave = rng.uniform(90, 160)
    phase = rng.uniform(0, 2 * pi)
    points = [start]
    for step in range(count):
        turn = angle + bend * (sin(2 * pi * step * 6 / wave + phase) - sin(phase))
        x, y = points[-1]
        points.append((x + 6 * cos(turn), y + 6 * sin(turn)))
    return LineString(points)


def lay_roads(rng: np.random.Generator, size: float) -> list[Road]:
    """A county road through the place, a township road off it, lanes off both, field tracks."""
    angle = float(rng.uniform(-0.45, 0.45))
    middle = size / 2 + min(12.0, size * 0.16) * np.array([sin(angle), -cos(angle)])
    reach = size * 0.85 + 30
    start = (float(middle[0] - reach * cos(angle)), float(middle[1] - reach * sin(angle)))
    main = Road(1, _wandering(rng, start, angle, 2 * reach, 0.07), 11.0, "asphalt")
    roads = [main]
    if size < 150:
        return roads
    for side, share, width in ((1, 0.44, 5.5), (-1, 0.58, 4.5)):
        roads.append(_branch(rng, main, share, side, size * 0.75, width, len(roads) + 1))
    for parent in tuple(roads):
        roads.extend(_lanes(rng, parent, size, len(roads) + 1))
    return roads


def _branch(
    rng: np.random.Generator, parent: Road, share: float, side: int, length: float, width: float, key: int
) -> Road:
    x, y, direction = point_on(parent.line, share * parent.line.length)
    turn = direction + side * (pi / 2 + float(rng.uniform(-0.25, 0.25)))
    surface: Literal["concrete", "earth"] = "concrete" if width > 2.6 else "earth"
    return Road(key, _wandering(rng, (x, y), turn, length, 0.16), width, surface)


def _lanes(rng: np.random.Generator, parent: Road, size: float, key: int) -> list[Road]:
    lanes: list[Road] = []
    along = parent.line.length * 0.3
    while along < parent.line.length * 0.72:
        side = int(rng.choice([-1, 1]))
        near = abs(along / parent.line.length - 0.48) < 0.16
        width = float(rng.uniform(2.8, 3.6)) if near else float(rng.uniform(2.0, 2.5))
        length = float(rng.uniform(70, 130)) if near else float(rng.uniform(90, 220))
        lane = _branch(rng, parent, along / parent.line.length, side, length, width, key + len(lanes))
        lanes.append(lane)
        along += float(rng.uniform(45, 80))
    return lanes


def _distance(canvas: Canvas, road: Road, window: Window) -> Floats:
    mask = np.full(window.shape, 255, np.uint8)
    origin = np.array([window.x[0], window.y[0]])
    points = np.rint((np.asarray(road.line.coords) - origin) / canvas.gsd_m).astype(np.int32)
    cv2.polylines(mask, [points], False, 0)
    return np.asarray(cv2.distanceTransform(mask, cv2.DIST_L2, 5) * canvas.gsd_m, np.float32)


def _tiles(canvas: Canvas, road: Road) -> list[Window]:
    """Windows along the road, so that a diagonal road does not cost the whole sheet."""
    x0, y0, x1, y1 = road.line.buffer(road.width + 4).bounds
    near = road.line.buffer(road.width / 2 + 3)
    found = []
    for left in np.arange(x0, x1, 50):
        for top in np.arange(y0, y1, 50):
            bounds = (float(left), float(top), float(left) + 49.8, float(top) + 49.8)
            window = canvas.window(bounds)
            if window is not None and near.intersects(LineString([bounds[:2], bounds[2:]]).envelope):
                found.append(window)
    return found


def paint_road(canvas: Canvas, road: Road, season: Season) -> None:
    """Lay the surface with worn edges, wheel tracks, joints and marks."""
    for window in _tiles(canvas, road):
        wide = canvas.window((window.x[0] - 8, window.y[0] - 8, window.x[-1] + 8, window.y[-1] + 8))
        assert wide is not None
        away = _distance(canvas, road, wide)
        top, left = window.rows.start - wide.rows.start, window.cols.start - wide.cols.start
        rows, cols = window.shape
        _surface(canvas, road, window, away[top : top + rows, left : left + cols], season)
    if road.surface == "asphalt":
        _mark(canvas, road)


def _surface(canvas: Canvas, road: Road, window: Window, away: Floats, season: Season) -> None:
    mottle, speckle, fine = (
        canvas.grain.at(name, window.rows, window.cols, road.key) for name in ("mottle", "speckle", "fine")
    )
    half = road.width / 2
    rough = {"asphalt": 0.06, "concrete": 0.12, "earth": 0.28}[road.surface]
    edge = away + rough * speckle + rough * 0.8 * mottle
    if road.surface == "asphalt":
        shoulder = 1 - smoothstep(np.asarray(edge + 0.5 * mottle, np.float32), half + 1.0, half + 3.2)
        dust = np.asarray((176, 164, 142), np.float32) * (1 + 0.07 * mottle + 0.05 * fine)[..., None]
        canvas.blend(window, 0.85 * shoulder, dust)
    base = np.asarray(_SURFACE[road.surface], np.float32)
    lane = np.cos(2 * np.pi * (away - half / 2) / (half if road.surface == "asphalt" else 1.6))
    tone = 1 + 0.035 * mottle + 0.03 * fine + 0.02 * speckle + 0.035 * lane
    alpha = 1 - smoothstep(np.asarray(edge, np.float32), half - 0.15, half + 0.2)
    if road.surface == "earth":
        middle = smoothstep(np.asarray(0.45 - away + 0.15 * speckle, np.float32), -0.1, 0.25)
        alpha *= 1 - (0.75 if season == "summer" else 0.45) * middle
    canvas.blend(window, np.asarray(alpha, np.float32), np.asarray(base * tone[..., None], np.float32))


def _mark(canvas: Canvas, road: Road) -> None:
    """A dashed yellow line in the middle and white lines at the edges, thin and worn."""
    _stroke(canvas, road, 0.01, _YELLOW, (4.0, 6.0))
    for offset in (-road.width / 2 + 0.9, road.width / 2 - 0.9):
        _stroke(canvas, road, offset, _WHITE, None)


def _stroke(
    canvas: Canvas, road: Road, offset: float, colour: tuple[int, int, int], dash: tuple[float, float] | None
) -> None:
    length, gap = dash or (12.0, 0.0)
    line = road.line.offset_curve(offset)
    along = 0.0
    while along + length < line.length:
        piece = LineString([line.interpolate(along + f * length) for f in (0, 0.5, 1)]).buffer(
            0.075, cap_style="flat"
        )
        window = canvas.window(piece.bounds)
        if window is not None:
            worn = canvas.grain.take("mottle", window.shape, road.key + int(along * 10))
            canvas.blend(window, canvas.cover(piece, window) * np.clip(0.62 + 0.25 * worn, 0.1, 0.9), colour)
        along += length + gap
