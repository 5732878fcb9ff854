"""The sheet that everything is painted on: reflectance in colour and height, both with a margin."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, sin

import cv2
import numpy as np
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from data.demo.flights.scene import Colour
from data.demo.flights.textures import Floats, Grain

__all__ = ["MARGIN_M", "Canvas", "Window"]

MARGIN_M = 4.0
"""Ground painted beyond every edge, so that a shifted second flight has no empty border."""

_SUBPIXEL = 4


@dataclass(frozen=True)
class Window:
    """A rectangle of pixels with the scene coordinates of its pixel centres."""

    rows: slice
    cols: slice
    x: Floats
    y: Floats

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.y.shape[0], self.x.shape[0]

    def local(self, x: float, y: float, angle: float) -> tuple[Floats, Floats]:
        """Coordinates (u, v) in metres of every pixel in a frame turned by ``angle`` about (x, y)."""
        c, s = np.float32(cos(angle)), np.float32(sin(angle))
        dx, dy = (self.x - np.float32(x))[None, :], (self.y - np.float32(y))[:, None]
        return dx * c + dy * s, dy * c - dx * s


class Canvas:
    """Colour (row, col, 3) uint8 at ``gsd_m`` and height (row, col) float32 in metres at ``dsm_gsd_m``."""

    def __init__(self, size_m: float, gsd_m: float, dsm_gsd_m: float, seed: int) -> None:
        self.size_m, self.gsd_m, self.dsm_gsd_m = size_m, gsd_m, dsm_gsd_m
        side, coarse = (round((size_m + 2 * MARGIN_M) / g) for g in (gsd_m, dsm_gsd_m))
        self.colour: NDArray[np.uint8] = np.zeros((side, side, 3), np.uint8)
        self.ground: Floats = np.zeros((coarse, coarse), np.float32)
        self.height: Floats = np.zeros((coarse, coarse), np.float32)
        self.grain = Grain(seed, gsd_m)

    def window(self, bounds: tuple[float, float, float, float], *, coarse: bool = False) -> Window | None:
        """The pixels within scene bounds (x0, y0, x1, y1); None when they lie outside the sheet."""
        gsd = self.dsm_gsd_m if coarse else self.gsd_m
        side = (self.height if coarse else self.colour).shape[0]
        low = [max(0, int((v + MARGIN_M) / gsd) - 1) for v in bounds[:2]]
        high = [min(side, int((v + MARGIN_M) / gsd) + 2) for v in bounds[2:]]
        if min(high[0] - low[0], high[1] - low[1]) < 2:
            return None
        x, y = (
            ((np.arange(a, b, dtype=np.float32) + 0.5) * gsd - MARGIN_M).astype(np.float32)
            for a, b in zip(low, high, strict=True)
        )
        return Window(slice(low[1], high[1]), slice(low[0], high[0]), x, y)

    def whole(self, *, coarse: bool = False) -> Window:
        """All of the sheet."""
        window = self.window((-1e4, -1e4, 1e4, 1e4), coarse=coarse)
        assert window is not None
        return window

    def cover(self, shape: BaseGeometry, window: Window, *, coarse: bool = False) -> Floats:
        """The share 0..1 of every pixel of the window that the polygon covers."""
        gsd = self.dsm_gsd_m if coarse else self.gsd_m
        mask = np.zeros(window.shape, np.uint8)
        origin = np.array([window.x[0], window.y[0]]) - gsd / 2
        for polygon in _polygons(shape):
            rings = [polygon.exterior, *polygon.interiors]
            points = [((np.asarray(r.coords)[:, :2] - origin) / gsd - 0.5) * 2**_SUBPIXEL for r in rings]
            cv2.fillPoly(mask, [np.rint(p).astype(np.int32) for p in points], 255, cv2.LINE_AA, _SUBPIXEL)
        return np.asarray(mask, np.float32) / np.float32(255)

    def blend(self, window: Window, alpha: Floats, colour: Floats | Colour) -> None:
        """Lay ``colour`` (row, col, 3) or one colour over the window with opacity ``alpha``."""
        target = self.colour[window.rows, window.cols]
        over = np.asarray(colour, np.float32)
        mixed = target + alpha[..., None] * (over - target)
        target[...] = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)

    def ground_at(self, x: float, y: float) -> float:
        """Height of the bare ground in metres at a scene point."""
        side = self.ground.shape[0] - 1
        row, col = (min(max(int((v + MARGIN_M) / self.dsm_gsd_m), 0), side) for v in (y, x))
        return float(self.ground[row, col])


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [shape]
    if isinstance(shape, MultiPolygon):
        return list(shape.geoms)
    return [g for g in getattr(shape, "geoms", []) if isinstance(g, Polygon)]
