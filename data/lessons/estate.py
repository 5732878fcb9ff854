"""Estates from straight above: streets of hipped houses, halls, dense towns, blocks of flats; trees, fields, cars.

The camera looks straight down and heights only throw shadows and shade roofs, so a scene takes a second.
Two dates share streets and trees; houses come and go, the light, the ground and the season change.
Distances in metres, heights above the ground; pictures have pixels of 0.25 m.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from data.lessons.estate_paint import paint
from data.lessons.estate_plans import PLANS
from data.lessons.estate_scene import (
    PIXEL_M,
    ROOFINGS,
    SHEETS,
    SHINGLES,
    SIDE_PX,
    TILES,
    House,
    Scene,
    one_of,
)

__all__ = ["write_estate"]


def write_estate(folder: Path, seed: int) -> None:
    """Write one pair as ``estate_<seed>.png`` into ``A/ B/ label/ buildings_A/ buildings_B/``; kept if there."""
    name = f"estate_{seed}.png"
    if (folder / "buildings_B" / name).exists():
        return
    rng = np.random.default_rng([seed, 77])
    scene = _lay_out(rng)
    planes: dict[str, NDArray[np.uint8]] = {}
    standing = []
    for date, letter in enumerate("AB"):
        houses = scene.always + (scene.before if date == 0 else scene.after)
        picture, mask = paint(scene, houses, date, np.random.default_rng([seed, 78 + date]))
        planes[letter], planes[f"buildings_{letter}"] = picture, np.where(mask, 255, 0).astype(np.uint8)
        standing.append(mask)
    planes["label"] = np.where(standing[0] != standing[1], 255, 0).astype(np.uint8)
    for part, plane in planes.items():
        (folder / part).mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / part / name), plane[..., ::-1] if plane.ndim == 3 else plane)


def _lay_out(rng: np.random.Generator) -> Scene:
    scene = Scene()
    size = SIDE_PX * PIXEL_M
    style = str(rng.choice(list(PLANS), p=[0.32, 0.2, 0.2, 0.16, 0.12]))
    share_new = float(rng.choice([0.08, 0.3, 0.95], p=[0.4, 0.35, 0.25]))
    taken: list[tuple[float, float, float]] = []
    houses = PLANS[style](scene, rng, size, taken)
    for house in houses:
        draw = rng.uniform()
        if draw < share_new:
            (scene.after if rng.uniform() < 0.85 else scene.before).append(house)
        elif draw > 0.97:
            scene.before.append(house)
            scene.after.append(_other_roof(house, rng))  # torn down and built anew: a building on both dates
        else:
            scene.always.append(house)
    scene.bare = (share_new > 0.5, share_new > 0.5 and rng.uniform() < 0.3)
    if style not in ("suburb", "town"):
        scene.fields = [_parcel(rng, size) for _ in range(int(rng.integers(0, 6)))]
    for _ in range(int(rng.integers(5, 260))):
        x, y, radius = rng.uniform(0, size), rng.uniform(0, size), math.exp(rng.uniform(0.2, 1.6))
        over = rng.uniform() < 0.12  # a crown that hides a part of a roof
        if over or all(math.hypot(x - a, y - b) > r + 0.55 * radius for a, b, r in taken):
            scene.trees.append((x, y, radius, radius * rng.uniform(1.2, 2.4)))
    if share_new > 0.5 and rng.uniform() < 0.45:
        many = int(rng.integers(150, 900))
        places, sizes = rng.uniform(0, size, (many, 2)), np.exp(rng.uniform(0.3, 1.5, many))
        scene.woods = [
            (float(x), float(y), float(r), float(1.8 * r)) for (x, y), r in zip(places, sizes, strict=True)
        ]
    return scene


def _parcel(rng: np.random.Generator, size: float) -> tuple[NDArray[np.float32], float]:
    """A field: its corners (metres) and the direction of its rows."""
    turn = float(rng.uniform(0, np.pi))
    middle, sides = rng.uniform(0, size, 2), rng.uniform(25, 110, 2)
    box = cv2.boxPoints((tuple(middle.tolist()), tuple(sides.tolist()), math.degrees(turn)))
    return np.asarray(box, dtype=np.float32), turn


def _other_roof(house: House, rng: np.random.Generator) -> House:
    palette = SHINGLES + TILES + SHEETS + ROOFINGS
    return replace(house, colour=one_of(palette, rng))
