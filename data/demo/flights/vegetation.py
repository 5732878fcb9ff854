"""Trees: where they stand, crowns of lumps that take light and stand in the surface."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import cos, pi, sin

import cv2
import numpy as np
from shapely.geometry import Point

from data.demo.flights.canvas import Canvas, Window
from data.demo.flights.light import Sun
from data.demo.flights.plots import Taken
from data.demo.flights.roads import point_on
from data.demo.flights.scene import Scene, Season, Tree
from data.demo.flights.textures import Floats

__all__ = ["crown_height", "paint_tree", "plant", "raise_tree"]

_SPRITE = 96
_SPRITES = 28


@lru_cache(maxsize=_SPRITES)
def _crown(number: int) -> tuple[Floats, Floats]:
    """Relative height 0..1 and a tone per lump of one crown, (row, col), 0 outside the crown."""
    rng = np.random.default_rng([4711, number])
    axis = (np.arange(_SPRITE, dtype=np.float32) + 0.5) / _SPRITE * 2 - 1
    x, y = axis[None, :], axis[:, None]
    height = np.zeros((_SPRITE, _SPRITE), np.float32)
    tone = np.zeros_like(height)
    for _ in range(int(rng.integers(45, 90))):
        r = 0.86 * rng.uniform() ** 0.6
        a = rng.uniform(0, 2 * pi)
        size = rng.uniform(0.10, 0.24) * (1.15 - 0.4 * r)
        bump = 1 - ((x - r * cos(a)) ** 2 + (y - r * sin(a)) ** 2) / size**2
        lump = np.where(bump > 0, (1 - 0.75 * r**2) * (0.72 + 0.28 * np.sqrt(np.clip(bump, 0, 1))), 0)
        higher = lump > height
        tone = np.where(higher, rng.normal(0, 1), tone).astype(np.float32)
        height = np.where(higher, lump, height).astype(np.float32)
    return height, tone


def plant(scene: Scene, rng: np.random.Generator, taken: Taken) -> None:
    """Rows along roads, groups behind houses, single trees on field edges and pond banks."""
    spots = _along_roads(scene, rng) + _near_houses(scene, rng) + _on_banks(scene, rng) + _groves(scene, rng)
    for x, y, big in spots:
        radius = float(np.clip(rng.lognormal(0.62 if not big else 0.95, 0.42), 0.7, 5.5))
        if not taken.free(Point(x, y).buffer(max(0.35 * radius, 0.5))):
            continue
        height = radius * float(rng.uniform(1.7, 2.6)) + 0.8
        growth = float(rng.uniform(0, 0.12))
        key = 100_000 + len(scene.trees)
        scene.trees.append(Tree(key, x, y, radius, height, bool(rng.uniform() < 0.55), growth))


def _along_roads(scene: Scene, rng: np.random.Generator) -> list[tuple[float, float, bool]]:
    spots = []
    for road in scene.roads:
        chance = {"asphalt": 0.55, "concrete": 0.3, "earth": 0.22}[road.surface]
        for side in (-1, 1):
            along = float(rng.uniform(0, 6))
            while along < road.line.length:
                x, y, angle = point_on(road.line, along)
                out = side * (road.width / 2 + float(rng.uniform(1.4, 2.6)))
                if rng.uniform() < chance:
                    spots.append((x - sin(angle) * out, y + cos(angle) * out, road.surface == "asphalt"))
                along += float(rng.uniform(4, 8))
    return spots


def _near_houses(scene: Scene, rng: np.random.Generator) -> list[tuple[float, float, bool]]:
    spots = []
    for b in scene.buildings:
        if b.roof == "wall" or rng.uniform() < 0.25:
            continue
        for _ in range(int(rng.integers(1, 5))):
            u = float(rng.normal(0, b.length * 0.6))
            v = float(b.width / 2 + abs(rng.normal(2, 3)))
            x, y = b.at(u, v)
            spots.append((x, y, bool(rng.uniform() < 0.4)))
    return spots


def _groves(scene: Scene, rng: np.random.Generator) -> list[tuple[float, float, bool]]:
    """Small woods between the hamlets, crown to crown."""
    spots = []
    for _ in range(round(13 * (scene.size / 400) ** 2)):
        middle, spread = rng.uniform(0, scene.size, 2), rng.uniform(3.5, 9, 2)
        count = int(spread[0] * spread[1] * 0.9)
        spots += [(float(x), float(y), False) for x, y in rng.normal(middle, spread, (count, 2))]
    return spots


def _on_banks(scene: Scene, rng: np.random.Generator) -> list[tuple[float, float, bool]]:
    spots = []
    rings = [(p.outline.buffer(2).exterior, 0.45) for p in scene.ponds]
    rings += [(p.outline.exterior, 0.05) for p in scene.parcels]
    for ring, chance in rings:
        for along in np.arange(0, ring.length, 3.5):
            if rng.uniform() < chance:
                at = ring.interpolate(float(along + rng.uniform(0, 3)))
                spots.append((at.x + float(rng.normal(0, 0.7)), at.y + float(rng.normal(0, 0.7)), False))
    return spots


@dataclass(frozen=True)
class _Placed:
    window: Window
    crown: Floats
    tone: Floats


def _placed(canvas: Canvas, tree: Tree, radius: float, *, coarse: bool) -> _Placed | None:
    bounds = (tree.x - radius, tree.y - radius, tree.x + radius, tree.y + radius)
    window = canvas.window(bounds, coarse=coarse)
    if window is None:
        return None
    u, v = window.local(tree.x, tree.y, (tree.key * 2.39996) % (2 * pi))
    scale = np.float32(_SPRITE / 2 / radius)
    at_x, at_y = ((w * scale + _SPRITE / 2 - 0.5).astype(np.float32) for w in (u, v))
    crown, tone = (
        np.asarray(cv2.remap(s, at_x, at_y, cv2.INTER_LINEAR), np.float32)
        for s in _crown(tree.key % _SPRITES)
    )
    return _Placed(window, crown, tone)


def _grown(tree: Tree, season: Season) -> tuple[float, float]:
    share = 1 + tree.growth * (season == "summer")
    return tree.radius * share, tree.height * share


def crown_height(tree: Tree, season: Season) -> float:
    """What a surface model sees of the tree in metres: little of a bare crown."""
    _, height = _grown(tree, season)
    return height if tree.evergreen or season == "summer" else 0.62 * height


def raise_tree(canvas: Canvas, tree: Tree, season: Season) -> None:
    """Put the crown on the surface."""
    placed = _placed(canvas, tree, _grown(tree, season)[0], coarse=True)
    if placed is None:
        return
    top = canvas.ground_at(tree.x, tree.y) + crown_height(tree, season) * placed.crown
    target = canvas.height[placed.window.rows, placed.window.cols]
    np.maximum(target, np.where(placed.crown > 0.05, top, np.float32(-1e3)), out=target)


def _leaf_colour(tree: Tree, bare: bool) -> Floats:
    rng = np.random.default_rng(tree.key)
    if bare:
        return np.asarray((122, 112, 98), np.float32) + np.float32(rng.normal(0, 6))
    base = (60, 78, 50) if tree.evergreen else (80, 98, 58)
    return np.asarray(np.asarray(base) * rng.uniform(0.85, 1.2) + rng.normal(0, 4, 3), np.float32)


def paint_tree(canvas: Canvas, tree: Tree, season: Season, sun: Sun) -> None:
    """Paint the crown: lumps lit from the sun's side; bare crowns are thin and brown."""
    radius, height = _grown(tree, season)
    placed = _placed(canvas, tree, radius, coarse=False)
    if placed is None:
        return
    window, crown = placed.window, placed.crown
    bare = season == "spring" and not tree.evergreen
    speckle = canvas.grain.take("speckle", window.shape, tree.key)
    fine = canvas.grain.take("fine", window.shape, tree.key)
    slope_y, slope_x = np.gradient(crown * np.float32(height * 0.55), canvas.gsd_m)
    east, south = sun.towards
    light = 1 - 0.22 * np.clip(slope_x * east + slope_y * south, -1.3, 1.6) / 1.4
    shade = light * (0.9 + 0.11 * placed.tone + 0.15 * speckle + 0.17 * fine)
    alpha = np.clip((crown + 0.05 * speckle) * 7, 0, 1) * (crown > 0.02)
    alpha *= (
        np.clip(0.45 + 0.35 * fine + 0.3 * speckle, 0.1, 0.85) if bare else np.clip(1.1 + 0.3 * fine, 0, 1)
    )
    colour = _leaf_colour(tree, bare) * np.clip(shade, 0.25, 1.9)[..., None]
    canvas.blend(window, np.asarray(alpha, np.float32), np.asarray(colour, np.float32))
