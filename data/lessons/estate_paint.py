"""An estate as a camera straight above sees it on one of two dates."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from data.lessons.estate_scene import LAWNS, PIXEL_M, SIDE_PX, SOILS, Colour, Floats, House, Scene, one_of

__all__ = ["paint"]


def paint(
    scene: Scene, houses: list[House], date: int, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    side = SIDE_PX
    ground = _ground(scene, date, rng)
    height = np.zeros((side, side), dtype=np.float32)
    shade = np.ones((side, side), dtype=np.float32)
    mask = np.zeros((side, side), dtype=bool)
    sun, low = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 1.3)
    light = np.array([math.cos(sun), math.sin(sun)]) * math.cos(low)
    for house in houses:
        _raise_house(house, ground, height, shade, mask, light, math.sin(low))
    _park(scene, ground, height, mask, rng)
    roofs = mask.copy()
    bare = rng.uniform(0, 1) if rng.uniform() < 0.3 else 0.0  # share of trees without leaves
    for tree in scene.trees + (scene.woods if date == 0 else []):
        _grow(tree, ground, height, date, bool(rng.uniform() < bare), rng)
    shadow = _shadow(height, sun, low)
    soft = cv2.GaussianBlur(shadow.astype(np.float32), (0, 0), 0.8)[..., None]
    dark = rng.uniform(0.3, 0.7)
    lit = (
        ground
        * shade[..., None]
        * (1 - soft * (1 - np.array([dark * 0.9, dark, dark * 1.1], dtype=np.float32)))
    )
    sharp = cv2.GaussianBlur(lit, (0, 0), rng.uniform(0.4, 1.4))
    return np.clip(sharp + rng.normal(0, rng.uniform(0.5, 4), lit.shape), 0, 255).astype(np.uint8), roofs


def _ground(scene: Scene, date: int, rng: np.random.Generator) -> Floats:
    """Lawn or soil in patches, streets and drives (where there is anything to drive to)."""
    side = SIDE_PX
    soil = np.array(one_of(SOILS, rng), dtype=np.float32)
    lawn = np.array(one_of(LAWNS, rng), dtype=np.float32)
    mix = _noise(rng, side, 40)
    level = -0.9 if scene.bare[date] else rng.uniform(-0.2, 1.0)
    part = 1 / (1 + np.exp(-6 * (mix - (-level))))[..., None]
    ground: Floats = (lawn * part + soil * (1 - part)).astype(np.float32)
    ground *= (1 + 0.13 * _noise(rng, side, 6) + 0.07 * _noise(rng, side, 1.2))[..., None]
    wild = scene.bare[0] and date == 0
    if wild and rng.uniform() < 0.6:
        ground[...] *= 0.85 + 0.3 * (_noise(rng, side, 9) > 0.3)[..., None] * np.float32(rng.uniform(-1, 1))
    for corners, turn in scene.fields:
        _till(ground, corners, turn, rng)
    paved = not (wild and rng.uniform() < 0.5)
    for line, colour in scene.drives if paved else []:
        _stroke(ground, line, 5.0 if len(line) == 2 else 7.0, colour, rng, filled=len(line) > 2)
    for line, width, colour in scene.streets if paved else []:
        if width > 7.5:
            _stroke(ground, line, width + 5, (186, 182, 172), rng)
            _stroke(ground, line, width + 3, tuple(float(each) for each in lawn), rng)
        _stroke(ground, line, width, colour, rng)
    for _ in range(int(rng.integers(0, 7))):  # pools, patios, tarpaulins, slabs: flat, and no buildings
        flat: Colour = ((70, 150, 180), (200, 196, 186), (60, 90, 170), (170, 150, 130))[int(rng.integers(4))]
        centre = tuple(float(each) for each in rng.uniform(0, side, 2))
        size = tuple(float(each) for each in rng.uniform(10, 60, 2))
        box = cv2.boxPoints((centre, size, float(rng.uniform(0, 180))))
        cv2.fillPoly(ground, [box.astype(np.int32)], flat)
    return ground


def _till(ground: Floats, corners: NDArray[np.float32], turn: float, rng: np.random.Generator) -> None:
    """A crop or a ploughed field, in rows as they may be at this date."""
    palette = SOILS + LAWNS + ((86, 112, 50), (168, 158, 88), (120, 92, 66))
    colour = np.array(one_of(palette, rng), dtype=np.float32) * rng.uniform(0.75, 1.1)
    mask = np.zeros(ground.shape[:2], dtype=np.uint8)
    cv2.fillPoly(mask, [(corners / PIXEL_M).astype(np.int32)], 1)
    ys, xs = np.nonzero(mask)
    across = (xs * math.cos(turn) + ys * math.sin(turn)) * PIXEL_M
    rows = rng.uniform(0, 0.16) * np.sin(across * 2 * np.pi / rng.uniform(0.8, 5))
    grain = rng.normal(0, rng.uniform(0.01, 0.08), len(xs))
    ground[ys, xs] = colour * (1 + rows + grain)[:, None]


def _noise(rng: np.random.Generator, side: int, scale_m: float) -> Floats:
    """Smooth noise of unit spread."""
    small = max(4, round(side * PIXEL_M / scale_m))
    plane = cv2.resize(
        rng.normal(0, 1, (small, small)).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC
    )
    return np.asarray(plane / max(float(plane.std()), 1e-6), dtype=np.float32)


def _stroke(
    ground: Floats,
    line: NDArray[Any],
    width: float,
    colour: Any,
    rng: np.random.Generator,
    *,
    filled: bool = False,
) -> None:
    tinted = tuple(float(each) * float(rng.uniform(0.94, 1.06)) for each in colour)
    points = (line / PIXEL_M * 8).round().astype(np.int32)
    if filled:
        cv2.fillPoly(ground, [points], tinted, cv2.LINE_AA, 3)
    else:
        cv2.polylines(ground, [points], False, tinted, max(1, round(width / PIXEL_M)), cv2.LINE_AA, 3)


def _raise_house(
    house: House, ground: Floats, height: Floats, shade: Floats, mask: NDArray[np.bool_],
    light: NDArray[np.float64], up: float,
) -> None:  # fmt: skip
    """Roof height from the distance to the eaves; shade from the roof's slope towards the sun."""
    reach = max(math.hypot(*part[:2]) + math.hypot(*part[2:]) / 2 for part in house.parts) + 1
    left, top = (max(0, int((each - reach) / PIXEL_M)) for each in (house.x, house.y))
    right, bottom = (min(SIDE_PX, int((each + reach) / PIXEL_M) + 1) for each in (house.x, house.y))
    if right - left < 2 or bottom - top < 2:
        return
    ys, xs = np.mgrid[top:bottom, left:right] * PIXEL_M
    cosine, sine = math.cos(house.angle), math.sin(house.angle)
    u, v = (xs - house.x) * cosine + (ys - house.y) * sine, -(xs - house.x) * sine + (ys - house.y) * cosine
    depth = np.full(u.shape, -1.0)
    for x, y, length, width in house.parts:
        across = width / 2 - np.abs(v - y)
        ends = length / 2 - np.abs(u - x)
        inside = np.minimum(across, ends)
        depth = np.maximum(depth, np.where(inside > 0, across if house.ridged else inside, inside))
    here = depth > 0
    roof = np.where(here, house.wall + house.slope * depth, 0).astype(np.float32)
    down, over = np.gradient(cv2.GaussianBlur(roof, (0, 0), 0.7), PIXEL_M)
    bright = (up - over * light[0] - down * light[1]) / np.sqrt(1 + over**2 + down**2) / up
    inner = cv2.erode(here.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    part = np.s_[top:bottom, left:right]
    grain = np.random.default_rng(house.key).normal(0, house.grain, here.shape)
    if house.ridged and house.grain < 3.5:  # sheets show their ribs
        grain = grain + 6 * np.sign(np.sin(u * 2 * np.pi / 1.1))
    colour = np.array(house.colour, dtype=np.float32)
    grain = grain + _fitted(house, u, v)
    if house.slope == 0:
        grain = grain + _worn(house, depth)
    ground[part] = np.where(here[..., None], colour + grain[..., None], ground[part])
    shade[part] = np.where(here, np.where(inner, np.clip(bright, 0.45, 1.5), 0.95), shade[part])
    height[part] = np.maximum(height[part], roof)
    mask[part] |= here


def _fitted(house: House, u: NDArray[Any], v: NDArray[Any]) -> NDArray[Any]:
    """Skylights or solar panels in a grid on some of the halls: brighter or darker than the roof."""
    wide = house.parts[0][2]
    draw = house.key * 7 + int(wide * 10)
    if house.wall < 3 or wide < 14 or draw % 5 > 2:
        return np.zeros(u.shape)
    step, long = 4.0 + draw % 6, 0.9 + 0.4 * (draw % 4)
    grid = (np.mod(u, step) < long) & (np.mod(v, step * 0.8) < long)
    if draw % 5 == 0:
        half = (np.mod(v, 3.2) < 2.6) & (v > 0)
        return np.asarray(np.where(half, 50.0 - float(np.mean(house.colour)), 0.0))
    return np.asarray(np.where(grid, 55.0 if draw % 2 else -45.0, 0.0))


def _worn(house: House, depth: NDArray[Any]) -> NDArray[Any]:
    """Stains of a flat roof, its parapet, and the tanks and stair heads that stand on some."""
    rng = np.random.default_rng([house.key, 5])
    small = rng.normal(0, 1, (max(2, depth.shape[0] // 12), max(2, depth.shape[1] // 12)))
    stains = cv2.resize(small, depth.shape[::-1], interpolation=cv2.INTER_CUBIC) * rng.uniform(2, 12)
    rim = np.where(depth < 0.5, rng.uniform(-30, 45), 0.0)
    for _ in range(int(rng.integers(0, 4))):
        row, column = (int(rng.integers(side)) for side in depth.shape)
        rim[row : row + int(rng.integers(5, 14)), column : column + int(rng.integers(5, 14))] += rng.uniform(
            -60, 60
        )
    return np.asarray(stains + rim)


def _park(
    scene: Scene, ground: Floats, height: Floats, mask: NDArray[np.bool_], rng: np.random.Generator
) -> None:
    """Cars and trailers along drives and streets: low or narrow, and no buildings."""
    lines = [line for line, _ in scene.drives] + [line for line, _, _ in scene.streets]
    for _ in range(int(rng.integers(0, 50)) if lines else 0):
        line = lines[int(rng.integers(len(lines)))]
        x, y = (line[int(rng.integers(len(line)))] + rng.normal(0, 2.5, 2)) / PIXEL_M
        long = 4.5 if rng.uniform() < 0.85 else rng.uniform(7, 15)
        size = (long / PIXEL_M, (1.9 if long < 5 else 2.6) / PIXEL_M)
        box = cv2.boxPoints(((float(x), float(y)), size, float(rng.uniform(0, 180)))).astype(np.int32)
        stamp = np.zeros(mask.shape, dtype=np.uint8)
        cv2.fillPoly(stamp, [box], 1)
        free = (stamp > 0) & ~mask
        ground[free] = rng.uniform(20, 245) * rng.uniform(0.9, 1.1, 3)
        height[free] = 1.5 if long < 5 else 3.2


def _grow(
    tree: tuple[float, float, float, float], ground: Floats, height: Floats, date: int, leafless: bool,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    x, y, radius, tall = tree
    if date == 1 and rng.uniform() < 0.25:
        return
    reach = int(radius / PIXEL_M) + 2
    column, row = int(x / PIXEL_M), int(y / PIXEL_M)
    top, bottom, left, right = (
        max(0, row - reach),
        min(SIDE_PX, row + reach),
        max(0, column - reach),
        min(SIDE_PX, column + reach),
    )
    if top >= bottom or left >= right:
        return
    ys, xs = np.mgrid[top:bottom, left:right]
    far = np.hypot(ys - row, xs - column) * PIXEL_M + rng.normal(0, 0.35, ys.shape)
    crown = far < radius
    green = np.array([rng.uniform(40, 90), rng.uniform(60, 100), rng.uniform(35, 60)], dtype=np.float32)
    if leafless:  # branches: brown, and half of what lies below shows
        green = np.array([rng.uniform(80, 130), rng.uniform(72, 112), rng.uniform(60, 95)], dtype=np.float32)
        crown &= rng.uniform(size=crown.shape) < 0.6
    part = np.s_[top:bottom, left:right]
    lit = (1.1 - 0.5 * far / radius + rng.normal(0, 0.12, far.shape))[..., None]
    ground[part] = np.where(crown[..., None], green * lit, ground[part])
    height[part] = np.maximum(
        height[part], np.where(crown, tall * (1 - 0.5 * (far / radius) ** 2), 0).astype(np.float32)
    )


def _shadow(height: Floats, sun: float, low: float) -> NDArray[np.bool_]:
    """Where something towards the sun is higher than the ray."""
    shadow = np.zeros(height.shape, dtype=bool)
    side = height.shape[0]
    for step in range(1, 160):
        ray = step * PIXEL_M * math.tan(low)
        if ray > float(height.max()):
            break
        move = np.array([[1.0, 0, -step * math.cos(sun)], [0, 1.0, -step * math.sin(sun)]])
        moved = cv2.warpAffine(height, move, (side, side), flags=cv2.INTER_LINEAR)
        shadow |= moved - ray > height
    return shadow
