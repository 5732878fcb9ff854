"""The bare ground: its height, and its soil and grass."""

from __future__ import annotations

from math import cos, sin

import cv2
import numpy as np
from shapely.geometry.base import BaseGeometry

from data.demo.flights.canvas import Canvas
from data.demo.flights.scene import Season
from data.demo.flights.textures import Floats, fractal, smoothstep

__all__ = ["paint_ground", "raise_ground"]

_LEVEL_M = 38.0

_GRASS: dict[Season, tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    "spring": ((132, 124, 88), (100, 108, 66)),
    "summer": ((104, 116, 66), (70, 94, 48)),
}
_SOIL = {"spring": (158, 142, 116), "summer": (164, 148, 122)}


def raise_ground(canvas: Canvas, seed: int) -> None:
    """Set the ground heights: gentle rises of a hill foot, a few metres over 400 m."""
    rng = np.random.default_rng([seed, 1])
    cell = 130 / canvas.dsm_gsd_m
    side = canvas.ground.shape[0]
    small = fractal((side // 8 + 1, side // 8 + 1), cell / 8, rng, octaves=4)
    relief = cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC)
    turn = rng.uniform(0, 6.28)
    whole = canvas.whole(coarse=True)
    tilt = 0.008 * (whole.x[None, :] * cos(turn) + whole.y[:, None] * sin(turn))
    canvas.ground[...] = _LEVEL_M + 0.9 * relief + tilt
    canvas.height[...] = canvas.ground


def paint_ground(canvas: Canvas, seed: int, season: Season, lived: BaseGeometry) -> None:
    """Fill the sheet with worn soil, grass and weeds in patches of many sizes, barer where people live."""
    rng = np.random.default_rng([seed, 2])
    rows, cols = canvas.colour.shape[:2]
    small = (rows // 4 + 1, cols // 4 + 1)
    wear = cv2.resize(fractal(small, 40 / canvas.gsd_m / 4, rng, octaves=6, gain=0.62), (cols, rows))
    tint = cv2.resize(fractal(small, 15 / canvas.gsd_m / 4, rng, octaves=4), (cols, rows))
    trodden = canvas.cover(lived, canvas.whole(coarse=True), coarse=True)
    soft = cv2.GaussianBlur(trodden, (0, 0), 2.5 / canvas.dsm_gsd_m)
    wear = np.add(wear, cv2.resize(soft, (cols, rows), interpolation=cv2.INTER_LINEAR), dtype=np.float32)
    bias = 0.2 if season == "spring" else -0.45
    for top in range(0, rows, 512):
        band = slice(top, min(top + 512, rows))
        fine, speckle = (canvas.grain.at(name, band, slice(0, cols)) for name in ("fine", "speckle"))
        bare = smoothstep(np.asarray(wear[band] + 0.25 * speckle, np.float32), 0.55 - bias, 1.2 - bias)
        light, dark = (np.asarray(c, np.float32) for c in _GRASS[season])
        green = smoothstep(np.asarray(tint[band] + 0.4 * speckle, np.float32), -1, 1)[..., None]
        colour: Floats = light + green * (dark - light)
        colour += bare[..., None] * (np.asarray(_SOIL[season], np.float32) - colour)
        colour *= (1 + 0.075 * fine + 0.10 * speckle)[..., None]
        canvas.colour[band] = np.clip(colour, 0, 255).astype(np.uint8)
