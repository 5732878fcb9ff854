"""Estates from straight above: streets of hipped houses, halls with flat or ridged roofs, yards, trees, cars.

The camera looks straight down and heights only throw shadows and shade roofs, so a scene takes a second.
Two dates share streets and trees; houses come and go, the light, the ground and the season change.
Distances in metres, heights above the ground; pictures have pixels of 0.25 m.
"""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from data.lessons.estate_paint import paint
from data.lessons.estate_scene import (
    PAVINGS,
    PIXEL_M,
    SHEETS,
    SHINGLES,
    SIDE_PX,
    SOILS,
    TILES,
    Colour,
    House,
    Scene,
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
    style = rng.choice(["suburb", "hamlet", "halls"], p=[0.4, 0.3, 0.3])
    share_new = float(rng.choice([0.08, 0.3, 0.95], p=[0.4, 0.35, 0.25]))
    taken: list[tuple[float, float, float]] = []
    houses = {"suburb": _suburb, "hamlet": _hamlet, "halls": _halls}[str(style)](scene, rng, size, taken)
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
    if str(style) != "suburb":
        scene.fields = [_parcel(rng, size) for _ in range(int(rng.integers(0, 6)))]
    for _ in range(int(rng.integers(5, 260))):
        x, y, radius = rng.uniform(0, size), rng.uniform(0, size), math.exp(rng.uniform(0.2, 1.6))
        if all(math.hypot(x - a, y - b) > r + 0.55 * radius for a, b, r in taken):
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


def _suburb(
    scene: Scene, rng: np.random.Generator, size: float, taken: list[tuple[float, float, float]]
) -> list[House]:
    """Houses in rows along bent streets."""
    houses: list[House] = []
    palette = SHINGLES if rng.uniform() < 0.7 else TILES
    own = [palette[int(rng.integers(len(palette)))] for _ in range(int(rng.integers(1, 6)))]
    deep, wide = rng.uniform(13, 22), rng.uniform(12, 19)
    lot, gap = wide + rng.uniform(2.5, 7), rng.uniform(52, 74)
    paving = PAVINGS[int(rng.integers(len(PAVINGS)))]
    turn, bend = rng.uniform(0, np.pi), rng.uniform(-0.008, 0.008)
    along = np.arange(-size, 2 * size, 4.0)
    for offset in np.arange(-size, 2 * size, gap):
        heading = turn + bend * along
        line = np.stack([np.cumsum(np.cos(heading)), np.cumsum(np.sin(heading))], axis=1) * 4.0
        middle = line[len(line) // 2]
        line = line - middle + size / 2 + offset * np.array([-math.sin(turn), math.cos(turn)])
        scene.streets.append((line, rng.uniform(6.5, 9.5), paving))
        direction = np.gradient(line, axis=0)
        normal = np.stack([-direction[:, 1], direction[:, 0]], axis=1)
        normal /= np.maximum(np.hypot(*normal.T)[:, None], 1e-6)
        for side in (-1, 1):
            place = 0.0
            while place < len(line) * 4.0:
                index = min(int(place / 4), len(line) - 1)
                x, y = line[index] + side * normal[index] * (8 + deep / 2 + rng.uniform(0, 2.5))
                place += lot
                if not (-5 < x < size + 5 and -5 < y < size + 5) or rng.uniform() < 0.06:
                    continue
                if any(math.hypot(x - a, y - b) < r + 5 for a, b, r in taken):
                    continue
                angle = math.atan2(direction[index][1], direction[index][0])
                colour = own[int(rng.integers(len(own)))]
                houses.append(_hipped(rng, x, y, angle, wide, deep, colour, len(houses)))
                taken.append((float(x), float(y), 0.55 * max(deep, wide)))
                edge = np.array([x, y]) - side * normal[index] * deep * 0.4
                street = line[index] + side * normal[index] * 3
                scene.drives.append((np.stack([edge, street]), paving))
    return houses


def _hamlet(
    scene: Scene, rng: np.random.Generator, size: float, taken: list[tuple[float, float, float]]
) -> list[House]:
    """Scattered houses and barns on lawns."""
    houses: list[House] = []
    for _ in range(int(rng.integers(6, 26))):
        x, y = rng.uniform(0, size, 2)
        deep, wide = rng.uniform(7, 14), rng.uniform(9, 22)
        if any(math.hypot(x - a, y - b) < r + max(deep, wide) for a, b, r in taken):
            continue
        palette = (TILES, SHINGLES, SHEETS)[int(rng.integers(3))]
        colour = palette[int(rng.integers(len(palette)))]
        angle = rng.uniform(0, np.pi)
        house = _hipped(rng, x, y, angle, wide, deep, colour, len(houses))
        houses.append(house if rng.uniform() < 0.5 else _ridged(house, rng))
        taken.append((float(x), float(y), 0.55 * max(deep, wide)))
        if rng.uniform() < 0.5:
            far = rng.uniform(12, 40)
            to = np.array([x, y]) + far * np.array([math.cos(angle), math.sin(angle)])
            scene.drives.append((np.array([[x, y], to]), SOILS[int(rng.integers(len(SOILS)))]))
    return houses


def _halls(
    scene: Scene, rng: np.random.Generator, size: float, taken: list[tuple[float, float, float]]
) -> list[House]:
    """Large halls, sheds and lean-tos on paved yards."""
    houses: list[House] = []
    turn = rng.uniform(0, np.pi)
    paving = PAVINGS[int(rng.integers(len(PAVINGS)))]
    for _ in range(int(rng.integers(3, 12))):
        x, y = rng.uniform(0, size, 2)
        length, width = rng.uniform(14, 85), rng.uniform(8, 45)
        if any(math.hypot(x - a, y - b) < r + 0.5 * max(length, width) for a, b, r in taken):
            continue
        angle = turn + (np.pi / 2 if rng.uniform() < 0.3 else 0.0)
        parts: list[tuple[float, float, float, float]] = [(0.0, 0.0, length, width)]
        if rng.uniform() < 0.5:
            parts.append((rng.uniform(-0.3, 0.3) * length, 0.5 * width + 3, 0.4 * length, 0.5 * width))
        colour = SHEETS[int(rng.integers(len(SHEETS)))]
        ridged = bool(rng.uniform() < 0.55)
        slope = rng.uniform(0.08, 0.3) if ridged else 0.0
        houses.append(
            House(
                x,
                y,
                angle,
                tuple(parts),
                rng.uniform(3, 10),
                slope,
                ridged,
                colour,
                rng.uniform(1, 6),
                len(houses),
            )
        )
        taken.append((float(x), float(y), 0.6 * math.hypot(length, width)))
        box = cv2.boxPoints(((float(x), float(y)), (length + 24, width + 20), math.degrees(angle)))
        scene.drives.append((np.vstack([box, box[:1]]).astype(np.float64), paving))
    return houses


def _hipped(
    rng: np.random.Generator,
    x: float,
    y: float,
    angle: float,
    wide: float,
    deep: float,
    colour: Colour,
    key: int,
) -> House:
    wide, deep = wide * rng.uniform(0.85, 1.1), deep * rng.uniform(0.8, 1.1)
    parts: list[tuple[float, float, float, float]] = [(0.0, 0.0, wide, deep * rng.uniform(0.6, 1.0))]
    for _ in range(int(rng.integers(0, 4))):
        across, down = rng.uniform(-0.35, 0.35) * wide, rng.uniform(-0.45, 0.45) * deep
        parts.append((across, down, rng.uniform(0.3, 0.6) * wide, rng.uniform(0.3, 0.7) * deep))
    return House(
        float(x), float(y), angle, tuple(parts), rng.uniform(2.6, 6), rng.uniform(0.35, 0.8), False, colour,
        rng.uniform(3, 12), key,
    )  # fmt: skip


def _ridged(house: House, rng: np.random.Generator) -> House:
    return House(
        house.x, house.y, house.angle, house.parts[:1], house.wall, rng.uniform(0.2, 0.7), True, house.colour,
        house.grain, house.key,
    )  # fmt: skip


def _other_roof(house: House, rng: np.random.Generator) -> House:
    palette = SHINGLES + TILES + SHEETS
    colour = palette[int(rng.integers(len(palette)))]
    return House(
        house.x,
        house.y,
        house.angle,
        house.parts,
        house.wall,
        house.slope,
        house.ridged,
        colour,
        house.grain,
        house.key,
    )
