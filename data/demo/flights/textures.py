"""Noise that textures are made of: many scales, repeatable from a key."""

from __future__ import annotations

from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "Grain", "fractal", "smoothstep"]

Floats = NDArray[np.float32]
_POOL = 2048


def fractal(
    shape: tuple[int, int], cell: float, rng: np.random.Generator, *, octaves: int = 3, gain: float = 0.5
) -> Floats:
    """Smooth noise (row, col) of zero mean and unit spread; ``cell`` is the largest feature in pixels."""
    rows, cols = shape
    total = np.zeros(shape, np.float32)
    weight = 1.0
    for _ in range(octaves):
        step = max(cell, 1.0)
        grid = rng.standard_normal((ceil(rows / step) + 3, ceil(cols / step) + 3)).astype(np.float32)
        size = (round(grid.shape[1] * step), round(grid.shape[0] * step))
        grown = cv2.resize(grid, size, interpolation=cv2.INTER_CUBIC)
        total += weight * grown[int(step) : int(step) + rows, int(step) : int(step) + cols]
        weight *= gain
        cell /= 2
    spread = float(total.std()) or 1.0
    return np.asarray((total - total.mean()) / spread, np.float32)


def smoothstep(values: Floats, low: float, high: float) -> Floats:
    """0 below ``low``, 1 above ``high``, smooth between."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


class Grain:
    """A pool of noise of four scales from which windows are cut; unit spread each.

    ``fine`` changes from pixel to pixel, ``speckle`` over 0.5 m, ``mottle`` over 2.5 m, ``cloud`` over 12 m.
    """

    def __init__(self, seed: int, gsd_m: float) -> None:
        rng = np.random.default_rng([seed, 77])
        shape = (_POOL, _POOL)
        fine = cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), 0.7)
        self._pool: dict[str, Floats] = {
            "fine": np.asarray(fine / fine.std(), np.float32),
            "speckle": fractal(shape, 0.5 / gsd_m, rng, octaves=2),
            "mottle": fractal(shape, 2.5 / gsd_m, rng, octaves=3, gain=0.6),
            "cloud": fractal(shape, 12 / gsd_m, rng, octaves=3),
        }

    def at(self, name: str, rows: slice, cols: slice, key: int = 0) -> Floats:
        """The noise ``name`` at fixed pixels of the sheet: neighbouring windows join without a seam."""
        row, col = (
            np.abs((np.arange(s.start, s.stop) + shift) % (2 * _POOL - 2) - (_POOL - 1))
            for s, shift in ((rows, key * 7919 + 311), (cols, key * 104729 + 977))
        )
        return np.asarray(self._pool[name][row[:, None], col[None, :]], np.float32)

    def take(self, name: str, shape: tuple[int, int], key: int) -> Floats:
        """A window (row, col) of the noise ``name``: the same for the same key."""
        pool = self._pool[name]
        rows, cols = shape
        if rows > _POOL or cols > _POOL:
            pool = np.tile(pool, (ceil(rows / _POOL), ceil(cols / _POOL)))
        mixed = (key * 2654435761 + len(name) * 40503) & 0xFFFFFFFF
        row = mixed % (pool.shape[0] - rows + 1)
        col = (mixed >> 11) % (pool.shape[1] - cols + 1)
        return pool[row : row + rows, col : col + cols]
