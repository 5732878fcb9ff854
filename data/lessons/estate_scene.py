"""What stands in an estate, and the colours things have. Metres; heights above the ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

PIXEL_M = 0.25
SIDE_PX = 640

Floats = NDArray[np.float32]
Colour = tuple[float, float, float]

SHINGLES: tuple[Colour, ...] = (
    (92, 84, 78), (112, 100, 90), (128, 118, 108), (104, 82, 66), (140, 112, 88), (76, 74, 76), (150, 140, 130),
    (98, 92, 92), (120, 90, 72), (86, 78, 66), (160, 150, 138), (66, 62, 60), (134, 126, 120),
)  # fmt: skip
TILES: tuple[Colour, ...] = ((150, 92, 66), (168, 104, 76), (138, 80, 62), (176, 122, 92), (120, 74, 60))
SHEETS: tuple[Colour, ...] = (
    (196, 198, 198), (170, 174, 176), (224, 224, 220), (140, 146, 150), (96, 122, 150), (110, 134, 112), (206, 196, 178),
    (84, 88, 92), (150, 84, 74),
)  # fmt: skip
ROOFINGS: tuple[Colour, ...] = (
    (168, 162, 152), (140, 134, 128), (188, 184, 176), (116, 112, 108), (206, 202, 194), (154, 140, 122), (96, 94, 94),
    (72, 112, 168), (58, 92, 148), (176, 120, 100),
)  # fmt: skip
"""Flat roofs: concrete, felt, gravel; blue and red steel laid over them."""
SOILS: tuple[Colour, ...] = (
    (176, 152, 122),
    (154, 126, 98),
    (196, 178, 150),
    (134, 112, 92),
    (208, 196, 172),
)
LAWNS: tuple[Colour, ...] = ((104, 116, 72), (124, 122, 84), (88, 104, 62), (146, 138, 98), (112, 108, 82))
PAVINGS: tuple[Colour, ...] = (
    (128, 126, 124),
    (104, 104, 106),
    (170, 166, 158),
    (190, 186, 176),
    (86, 86, 90),
)


def one_of(palette: Sequence[Colour], rng: np.random.Generator) -> Colour:
    """A colour of a palette, each as likely."""
    return palette[int(rng.integers(len(palette)))]


@dataclass(frozen=True)
class House:
    """A roof over a union of rectangles (x, y, length, width relative to the middle, along the angle).

    ``slope``: rise per metre from the eaves, 0 = flat; ``ridged``: slopes to two sides only.
    """

    x: float
    y: float
    angle: float
    parts: tuple[tuple[float, float, float, float], ...]
    wall: float
    slope: float
    ridged: bool
    colour: Colour
    grain: float
    key: int


@dataclass
class Scene:
    """What both dates share, and what stands at each."""

    streets: list[tuple[NDArray[np.float64], float, Colour]] = field(default_factory=list)
    drives: list[tuple[NDArray[np.float64], Colour]] = field(default_factory=list)
    trees: list[tuple[float, float, float, float]] = field(default_factory=list)
    always: list[House] = field(default_factory=list)
    before: list[House] = field(default_factory=list)
    after: list[House] = field(default_factory=list)
    fields: list[tuple[NDArray[np.float32], float]] = field(default_factory=list)
    bare: tuple[bool, bool] = (False, False)
    woods: list[tuple[float, float, float, float]] = field(
        default_factory=list
    )  # cleared before the second date
