"""Kinds of buildings of a township edge, and their surface heights."""

from __future__ import annotations

import numpy as np

from data.demo.flights.canvas import Canvas
from data.demo.flights.scene import Building, Colour, Fitting
from data.demo.flights.textures import Floats

__all__ = ["flat_house", "raise_building", "roof_height", "sheet_shed", "tile_house", "wall"]

Pair = tuple[float, float]

SHEETS: tuple[Colour, ...] = (
    (66, 122, 182),
    (82, 138, 190),
    (52, 104, 168),
    (112, 150, 186),
    (168, 74, 64),
    (182, 98, 84),
    (150, 152, 154),
    (132, 136, 140),
    (206, 208, 206),
    (172, 164, 152),
)
TILES: tuple[Colour, ...] = (
    (142, 88, 70),
    (158, 96, 72),
    (128, 84, 70),
    (98, 94, 92),
    (84, 84, 86),
    (110, 100, 94),
    (166, 84, 66),
)
CONCRETES: tuple[Colour, ...] = (
    (168, 162, 150),
    (156, 151, 141),
    (146, 142, 134),
    (178, 172, 160),
    (136, 134, 130),
    (160, 148, 132),
    (150, 120, 104),
    (128, 138, 130),
)


def _tinted(rng: np.random.Generator, palette: tuple[Colour, ...], spread: float = 7) -> Colour:
    base = np.asarray(palette[int(rng.integers(len(palette)))]) + rng.normal(0, spread) + rng.normal(0, 3, 3)
    r, g, b = np.clip(base, 30, 235).tolist()
    return r, g, b


def sheet_shed(
    rng: np.random.Generator, key: int, at: Pair, size: Pair, angle: float, height: float
) -> Building:
    """A shed of profiled steel sheet: one slope when small, a low gable when wide."""
    return Building(
        key, *at, *size, angle, height, "sheet", _tinted(rng, SHEETS),
        rise=float(rng.uniform(0.3, 0.6)) + 0.03 * size[1],
        one_slope=size[1] < 7, age=float(rng.uniform(0.1, 0.9)),
    )  # fmt: skip


def tile_house(
    rng: np.random.Generator, key: int, at: Pair, size: Pair, angle: float, height: float
) -> Building:
    """A house under a gabled tile roof, the ridge along its length."""
    rise = size[1] / 2 * float(rng.uniform(0.42, 0.55))
    return Building(
        key, *at, *size, angle, height, "tile", _tinted(rng, TILES), rise=rise, age=float(rng.uniform(0.2, 1))
    )


def flat_house(
    rng: np.random.Generator, key: int, at: Pair, size: Pair, angle: float, height: float
) -> Building:
    """A concrete house with a parapet, a stairhouse, tanks and solar water heaters."""
    fittings = tuple(_fittings(rng, key, size))
    return Building(
        key, *at, *size, angle, height, "flat", _tinted(rng, CONCRETES),
        parapet=float(rng.uniform(0.4, 1.1)), age=float(rng.uniform(0.2, 1)), fittings=fittings,
    )  # fmt: skip


def wall(rng: np.random.Generator, key: int, at: Pair, length: float, angle: float) -> Building:
    """A yard wall 0.3 m thick."""
    height = float(rng.uniform(1.7, 2.2))
    return Building(key, *at, length, 0.3, angle, height, "wall", _tinted(rng, CONCRETES))


def _fittings(rng: np.random.Generator, key: int, size: Pair) -> list[Fitting]:
    """Stairhouse at the back corner, heaters facing south in a row, clutter anywhere."""
    half_u, half_v = size[0] / 2 - 0.6, size[1] / 2 - 0.6
    if min(half_u, half_v) < 1.6:
        return []
    out = []
    if rng.uniform() < 0.75 and half_u > 2.5:
        u, v = rng.choice([-1, 1]) * (half_u - 1.5), half_v - 1.9
        out.append(Fitting("stairhouse", u, v, 3.0, 3.8, 2.3, key * 10))
    for _ in range(int(rng.integers(0, 4))):
        kind = rng.choice(["solar", "solar", "tank"])
        side = (1.9, 1.7, 1.0) if kind == "solar" else (1.1, 1.1, 1.3)
        u, v = rng.uniform(-half_u + 1, half_u - 1), rng.uniform(-half_v + 1, half_v - 1)
        out.append(Fitting(kind, u, v, *side, key * 10 + len(out)))
    for _ in range(int(rng.integers(1, 7))):
        u, v = rng.uniform(-half_u, half_u), rng.choice([-1, 1]) * half_v * rng.uniform(0.6, 1)
        low = (rng.uniform(0.3, 1.2), rng.uniform(0.3, 0.9), rng.uniform(0.2, 0.6))
        out.append(Fitting(rng.choice(["clutter", "plants"]), u, v, *low, key * 10 + len(out)))
    return _apart(out)


def _apart(fittings: list[Fitting]) -> list[Fitting]:
    kept: list[Fitting] = []
    for f in fittings:
        clash = any(
            abs(f.u - k.u) < (f.length + k.length) / 2 and abs(f.v - k.v) < (f.width + k.width) / 2
            for k in kept
        )
        if not clash:
            kept.append(f)
    return kept


def roof_height(b: Building, u: Floats, v: Floats) -> Floats:
    """Height above the roof's foot (metres) at points (u, v) of the roof's own frame."""
    if b.roof in ("tile", "sheet"):
        if b.one_slope:
            return np.asarray(b.height + b.rise * (0.5 + v / b.width), np.float32)
        return np.asarray(b.height + b.rise * (1 - np.abs(v) / (b.width / 2)), np.float32)
    if b.roof == "film":
        return np.asarray(b.height * np.sqrt(np.clip(1 - (2 * v / b.width) ** 2, 0, 1)), np.float32)
    top = np.full(np.broadcast_shapes(u.shape, v.shape), b.height, np.float32)
    if b.parapet:
        edge = np.maximum(np.abs(u) - b.length / 2, np.abs(v) - b.width / 2)
        top += b.parapet * np.clip((edge + 0.3) / 0.2, 0, 1)
    for f in b.fittings:
        inside = (np.abs(u - f.u) < f.length / 2) & (np.abs(v - f.v) < f.width / 2)
        lean = (f.v - v) / f.width * 0.8 + 0.5 if f.kind == "solar" else np.float32(1)
        top += inside * np.float32(f.height) * lean
    return top


def raise_building(canvas: Canvas, b: Building) -> None:
    """Put the building on the surface (highest wins)."""
    window = canvas.window(b.footprint.bounds, coarse=True)
    if window is None:
        return
    u, v = window.local(b.x, b.y, b.angle)
    g = np.float32(canvas.dsm_gsd_m)
    thick = max(b.width, 2 * canvas.dsm_gsd_m)
    along = np.clip((b.length / 2 - np.abs(u)) / g + 0.5, 0, 1)
    inside = along * np.clip((thick / 2 - np.abs(v)) / g + 0.5, 0, 1)
    foot = canvas.ground_at(*(b.datum or (b.x, b.y))) + b.base
    target = canvas.height[window.rows, window.cols]
    target += inside * np.maximum(foot + roof_height(b, u, v) - target, 0)
