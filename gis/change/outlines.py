"""Pixels → outlines as a draughtsman would draw them: few corners, right angles, one wall direction."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import shapes
from shapely.geometry import Polygon, shape

from gis.raster import IN_MEMORY

__all__ = ["joined", "main_direction", "outlines", "pieces", "squared"]

_GOOD = 0.86  # a squared outline must share this much (IoU) with the pixels


def outlines(
    score: NDArray[Any], transform: Affine, *, threshold: float = 0.5, min_area_m2: float = 10.0
) -> list[Polygon]:
    """Score (row, column) in [0, 1] → squared-up polygons in the transform's CRS (metres)."""
    labels = (score >= threshold).astype(np.int32)
    found = [polygon for polygon, _ in pieces(labels, transform) if polygon.area >= min_area_m2]
    return [squared(polygon, pixel=abs(transform.a)) for polygon in found]


def pieces(labels: NDArray[np.int32], transform: Affine) -> list[tuple[Polygon, int]]:
    """Every 4-connected patch of equal labels (0 left out) as its pixel outline, with its label."""
    with IN_MEMORY:
        found = list(shapes(labels, mask=labels > 0, connectivity=4, transform=transform))
    outlines_ = ((shape(geometry), int(value)) for geometry, value in found)
    return [(outline, value) for outline, value in outlines_ if isinstance(outline, Polygon)]


def joined(polygons: list[Polygon]) -> list[list[int]]:
    """Groups of indexes whose polygons share an edge (a corner is not enough)."""
    if not polygons:
        return []
    parent = list(range(len(polygons)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    tree = shapely.STRtree(polygons)
    for one, other in zip(*tree.query(polygons, predicate="intersects"), strict=True):
        if one < other and root(one) != root(other):
            shared = shapely.intersection(polygons[one], polygons[other])
            if shapely.length(shared) > 0:
                parent[root(int(one))] = root(int(other))
    groups: dict[int, list[int]] = {}
    for index in range(len(polygons)):
        groups.setdefault(root(index), []).append(index)
    return list(groups.values())


def squared(polygon: Polygon, *, pixel: float) -> Polygon:
    """The polygon with right angles along its main direction, where that fits; else simplified.

    Tried in turn: its rectangle, a right-angled outline with walls of at least 1.2 m (3 px), the same
    with finer walls. The first that shares 86 % (IoU) with the pixels is taken (a rectangle: 88 %), so
    round or ragged shapes stay as they are. Valid always.
    """
    plain = _without_small_holes(polygon, least=max(4.0, 16 * pixel * pixel))
    angle = main_direction(plain)
    rectangle = _rectangle(plain, angle)
    if _overlap(rectangle, plain) >= 0.88:
        return rectangle
    for wall in (max(1.2, 3 * pixel), 2 * pixel):
        drawn = _right_angled(plain, angle, wall, pixel)
        if drawn is not None and _overlap(drawn, plain) >= _GOOD:
            return drawn
    simple = shapely.make_valid(plain.simplify(pixel))
    parts = [part for part in shapely.get_parts(simple) if part.geom_type == "Polygon"]
    return max(parts, key=lambda part: part.area) if parts else polygon


def main_direction(polygon: Polygon) -> float:
    """Angle in radians, 0..π/2, of the turned box around the polygon that leaves least empty.

    Pixel edges run along the axes only, so edges cannot vote; boxes of 90 angles can.
    """
    points = shapely.get_coordinates(polygon.exterior)
    angles = np.radians(np.arange(0, 90, 1.0))
    along = np.outer(np.cos(angles), points[:, 0]) + np.outer(np.sin(angles), points[:, 1])
    across = np.outer(-np.sin(angles), points[:, 0]) + np.outer(np.cos(angles), points[:, 1])
    fit = _edge_fit(along) + _edge_fit(across)
    return float(angles[int(fit.argmin())])


def _edge_fit(along: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far points lie from the nearer of the two outer walls, mean of the root, per angle."""
    low, high = along.min(axis=1, keepdims=True), along.max(axis=1, keepdims=True)
    return np.asarray(np.sqrt(np.minimum(along - low, high - along)).mean(axis=1))


def _overlap(one: Polygon, other: Polygon) -> float:
    return float(one.intersection(other).area / max(one.union(other).area, 1e-9))


def _rectangle(polygon: Polygon, angle: float) -> Polygon:
    """The rectangle along an angle that holds the polygon, shrunk to its area about the middle."""
    middle = np.array(polygon.centroid.coords[0])
    turned = _turned(shapely.get_coordinates(polygon.exterior), middle, -angle)
    low, high = turned.min(axis=0), turned.max(axis=0)
    size = high - low
    factor = math.sqrt(min(1.0, polygon.area / max(float(size.prod()), 1e-9)))
    low, high = low + size * (1 - factor) / 2, high - size * (1 - factor) / 2
    corners = np.array([[low[0], low[1]], [high[0], low[1]], [high[0], high[1]], [low[0], high[1]]])
    return Polygon(_turned(corners, middle, angle))


def _right_angled(polygon: Polygon, angle: float, wall: float, pixel: float) -> Polygon | None:
    """Every ring drawn with walls along and across an angle; ``None`` when that breaks it."""
    middle = np.array(polygon.centroid.coords[0])
    simple = polygon.simplify(1.3 * pixel)
    if not isinstance(simple, Polygon):
        return None
    rings = []
    for number, ring in enumerate((simple.exterior, *simple.interiors)):
        turned = _turned(shapely.get_coordinates(ring)[:-1], middle, -angle)
        corners = _walls(turned, wall)
        if corners is None:
            if number == 0:
                return None
            continue
        rings.append(_turned(corners, middle, angle))
    drawn = Polygon(rings[0], rings[1:])
    return drawn if drawn.is_valid and drawn.area > 0 else None


def _walls(points: NDArray[np.float64], wall: float) -> NDArray[np.float64] | None:
    """Corners of the right-angled ring through a ring's points, walls shorter than ``wall`` left out."""
    steps = np.roll(points, -1, axis=0) - points
    level = np.abs(steps[:, 0]) >= np.abs(steps[:, 1])
    middles = points + steps / 2
    lengths = np.abs(np.where(level, steps[:, 0], steps[:, 1]))
    runs = [
        (bool(flat), float(middle[1] if flat else middle[0]), float(length))
        for flat, middle, length in zip(level, middles, lengths, strict=True)
        if length > 0
    ]
    runs = _merged(runs)
    while len(runs) > 4:
        short = min(range(len(runs)), key=lambda index: _reach(runs, index))
        if _reach(runs, short) >= wall:
            break
        runs = _merged(runs[:short] + runs[short + 1 :])
    if len(runs) < 4 or len(runs) % 2:
        return None
    return np.array([_corner(runs[index - 1], runs[index]) for index in range(len(runs))])


def _reach(runs: list[tuple[bool, float, float]], index: int) -> float:
    """Length of a wall between its two neighbours."""
    return abs(runs[index - 1][1] - runs[(index + 1) % len(runs)][1])


def _corner(one: tuple[bool, float, float], other: tuple[bool, float, float]) -> tuple[float, float]:
    return (other[1], one[1]) if one[0] else (one[1], other[1])


def _merged(runs: list[tuple[bool, float, float]]) -> list[tuple[bool, float, float]]:
    """Neighbouring walls of one direction as one, at the mean place weighted by length."""
    merged: list[tuple[bool, float, float]] = []
    for run in runs:
        if merged and merged[-1][0] == run[0]:
            merged[-1] = _mean(merged[-1], run)
        else:
            merged.append(run)
    if len(merged) > 1 and merged[0][0] == merged[-1][0]:
        merged[0] = _mean(merged[0], merged.pop())
    return merged


def _mean(one: tuple[bool, float, float], other: tuple[bool, float, float]) -> tuple[bool, float, float]:
    length = one[2] + other[2]
    return one[0], (one[1] * one[2] + other[1] * other[2]) / length, length


def _turned(points: NDArray[np.float64], middle: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.asarray((points - middle) @ np.array([[cosine, sine], [-sine, cosine]]) + middle)


def _without_small_holes(polygon: Polygon, least: float) -> Polygon:
    return Polygon(polygon.exterior, [ring for ring in polygon.interiors if Polygon(ring).area >= least])
