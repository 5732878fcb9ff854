"""How the houses of an estate may stand: in rows along streets, scattered, as halls, as a dense town, as blocks.

Each plan adds streets and yards to the scene and returns its houses; ``taken`` holds circles (x, y, radius)
where nothing else stands. Metres.
"""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from data.lessons.estate_scene import (
    PAVINGS,
    ROOFINGS,
    SHEETS,
    SHINGLES,
    SOILS,
    TILES,
    Colour,
    House,
    Scene,
    one_of,
)

__all__ = ["PLANS"]

Taken = list[tuple[float, float, float]]


def suburb(scene: Scene, rng: np.random.Generator, size: float, taken: Taken) -> list[House]:
    """Houses in rows along bent streets."""
    houses: list[House] = []
    palette = SHINGLES if rng.uniform() < 0.7 else TILES
    own = [one_of(palette, rng) for _ in range(int(rng.integers(1, 6)))]
    deep, wide = rng.uniform(13, 22), rng.uniform(12, 19)
    lot, gap = wide + rng.uniform(2.5, 7), rng.uniform(52, 74)
    paving = one_of(PAVINGS, rng)
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
                if _crowded(x, y, 5, taken):
                    continue
                angle = math.atan2(direction[index][1], direction[index][0])
                colour = one_of(own, rng)
                houses.append(_hipped(rng, x, y, angle, wide, deep, colour, len(houses)))
                taken.append((float(x), float(y), 0.55 * max(deep, wide)))
                edge = np.array([x, y]) - side * normal[index] * deep * 0.4
                street = line[index] + side * normal[index] * 3
                scene.drives.append((np.stack([edge, street]), paving))
    return houses


def hamlet(scene: Scene, rng: np.random.Generator, size: float, taken: Taken) -> list[House]:
    """Scattered houses and barns on lawns."""
    houses: list[House] = []
    for _ in range(int(rng.integers(6, 26))):
        x, y = rng.uniform(0, size, 2)
        deep, wide = rng.uniform(7, 14), rng.uniform(9, 22)
        if _crowded(x, y, max(deep, wide), taken):
            continue
        palette = (TILES, SHINGLES, SHEETS)[int(rng.integers(3))]
        colour = one_of(palette, rng)
        angle = rng.uniform(0, np.pi)
        house = _hipped(rng, x, y, angle, wide, deep, colour, len(houses))
        houses.append(house if rng.uniform() < 0.5 else _ridged(house, rng))
        taken.append((float(x), float(y), 0.55 * max(deep, wide)))
        if rng.uniform() < 0.5:
            far = rng.uniform(12, 40)
            to = np.array([x, y]) + far * np.array([math.cos(angle), math.sin(angle)])
            scene.drives.append((np.array([[x, y], to]), one_of(SOILS, rng)))
    return houses


def halls(scene: Scene, rng: np.random.Generator, size: float, taken: Taken) -> list[House]:
    """Large halls, sheds and lean-tos on paved yards."""
    houses: list[House] = []
    turn = rng.uniform(0, np.pi)
    paving = one_of(PAVINGS, rng)
    for _ in range(int(rng.integers(3, 12))):
        x, y = rng.uniform(0, size, 2)
        great = rng.uniform() < 0.2
        length, width = rng.uniform(60, 150) if great else rng.uniform(14, 85), rng.uniform(8, 45)
        width = rng.uniform(35, 90) if great else width
        if _crowded(x, y, 0.5 * max(length, width), taken):
            continue
        angle = turn + (np.pi / 2 if rng.uniform() < 0.3 else 0.0)
        parts: list[tuple[float, float, float, float]] = [(0.0, 0.0, length, width)]
        if rng.uniform() < 0.5:
            parts.append((rng.uniform(-0.3, 0.3) * length, 0.5 * width + 3, 0.4 * length, 0.5 * width))
        colour = one_of(SHEETS, rng)
        ridged = bool(rng.uniform() < 0.55)
        slope = (rng.uniform(0.02, 0.08) if great else rng.uniform(0.08, 0.3)) if ridged else 0.0
        houses.append(House(
            x, y, angle, tuple(parts), rng.uniform(3, 10), slope, ridged, colour, rng.uniform(1, 6), len(houses),
        ))  # fmt: skip
        taken.append((float(x), float(y), 0.6 * math.hypot(length, width)))
        scene.drives.append((_yard(x, y, (length + 24, width + 20), angle), paving))
    return houses


def _crowded(x: float, y: float, room: float, taken: Taken) -> bool:
    """Whether a thing that needs ``room`` metres around it would stand in another's circle."""
    return any(math.hypot(x - a, y - b) < r + room for a, b, r in taken)


def _yard(x: float, y: float, sides: tuple[float, float], angle: float) -> NDArray[np.float64]:
    """The closed outline of a paved rectangle about a place."""
    box = cv2.boxPoints(((float(x), float(y)), sides, math.degrees(angle)))
    return np.vstack([box, box[:1]]).astype(np.float64)


def _hipped(
    rng: np.random.Generator, x: float, y: float, angle: float, wide: float, deep: float, colour: Colour, key: int
) -> House:  # fmt: skip
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
    return replace(house, parts=house.parts[:1], slope=rng.uniform(0.2, 0.7), ridged=True)


def town(scene: Scene, rng: np.random.Generator, size: float, taken: Taken) -> list[House]:
    """Blocks of houses wall to wall or an alley apart, roofs flat or low: an old town, a village in a city."""
    houses: list[House] = []
    turn, paving = rng.uniform(0, np.pi), one_of(PAVINGS, rng)
    along, across = np.array([math.cos(turn), math.sin(turn)]), np.array([-math.sin(turn), math.cos(turn)])
    alley, street = rng.uniform(0.0, 3.5), rng.uniform(4, 11)
    deep, wide = rng.uniform(8, 15), rng.uniform(6, 14)
    palette = ROOFINGS if rng.uniform() < 0.6 else ROOFINGS + TILES + SHEETS
    row = -size
    while row < size:
        middle = size / 2 + across * (row + deep + street / 2)
        line = np.stack([middle - along * size, middle + along * size])
        scene.streets.append((line, float(min(street * 0.8, 7)), paving))
        for back in (0.5, 1.5):  # two rows, back to back
            place = -size
            while place < size:
                length = wide * rng.uniform(0.6, 1.5)
                x, y = size / 2 + along * (place + length / 2) + across * (row + deep * (back - 1))
                place += length + (alley if rng.uniform() < 0.6 else 0.3)
                if not (-8 < x < size + 8 and -8 < y < size + 8) or rng.uniform() < 0.1:
                    continue
                parts = [(0.0, rng.uniform(-0.5, 0.5), length - 0.2, deep * rng.uniform(0.75, 0.97))]
                if rng.uniform() < 0.25:  # a court: two wings instead of one body
                    parts = [
                        (0.0, -0.3 * deep, length - 0.2, 0.36 * deep),
                        (-0.3 * length, 0.1 * deep, 0.36 * length, 0.8 * deep),
                    ]
                flat = rng.uniform() < 0.7
                houses.append(House(
                    float(x), float(y), turn, tuple(parts), rng.uniform(3, 16), 0.0 if flat else rng.uniform(0.1, 0.5),
                    not flat, one_of(palette, rng), rng.uniform(2, 9), len(houses),
                ))  # fmt: skip
                taken.append((float(x), float(y), 0.45 * max(length, deep)))
        row += 2 * deep + street + rng.uniform(0, 3)
    return houses


def blocks(scene: Scene, rng: np.random.Generator, size: float, taken: Taken) -> list[House]:
    """Slabs and towers of flats that throw long shadows, over greens and car parks."""
    houses: list[House] = []
    turn, paving = rng.uniform(0, np.pi), one_of(PAVINGS, rng)
    colours = [one_of(ROOFINGS, rng) for _ in range(2)]
    for _ in range(int(rng.integers(5, 40))):
        x, y = rng.uniform(0, size, 2)
        tower = rng.uniform() < 0.25
        length, width = (rng.uniform(18, 30),) * 2 if tower else (rng.uniform(25, 80), rng.uniform(9, 18))
        if _crowded(x, y, 0.5 * max(length, width), taken):
            continue
        parts = [(0.0, 0.0, length, width)]
        parts += [
            (place, 0.5 * width, 5.0, 4.0) for place in np.arange(-length / 2 + 6, length / 2 - 4, 14.0)
        ]
        houses.append(House(
            float(x), float(y), turn + (np.pi / 2 if rng.uniform() < 0.15 else 0.0), tuple(parts),
            rng.uniform(30, 60) if tower else rng.uniform(9, 24), 0.0, False,
            one_of(colours, rng), rng.uniform(2, 8), len(houses),
        ))  # fmt: skip
        taken.append((float(x), float(y), 0.55 * max(length, width)))
        if rng.uniform() < 0.6:
            scene.drives.append((_yard(x, y, (length + 16, width + 18), turn), paving))
    return houses


PLANS = {"suburb": suburb, "hamlet": hamlet, "halls": halls, "town": town, "blocks": blocks}
"""Plans by name: ``plan(scene, rng, side in metres, taken) -> houses``."""
