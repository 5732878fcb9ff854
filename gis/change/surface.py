"""Two surface models → where something was put up or taken away, whatever its colour.

The second model is first brought onto the first: a robust plane through the differences on stable ground
removes datum, tilt and drift, and what is left there says how large a difference must be to mean anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gis.raster import Grid, Raster

__all__ = ["Levelling", "SurfaceScore", "ground_below", "level", "surface"]

Plane = NDArray[np.float32]

_GROUND_M = 90.0  # wider than the narrow side of nearly every building


@dataclass(frozen=True)
class Levelling:
    """Height of AFTER above BEFORE on stable ground: a trend over east and north, and its noise.

    ``terms``: metres, for 1, x, y, x², xy, y² of kilometres from ``origin``; ``noise_m``: 1.4826 MAD.
    """

    origin: tuple[float, float]
    terms: tuple[float, ...]
    noise_m: float

    def on(self, grid: Grid) -> Plane:
        """The trend on a grid (row, column), metres."""
        columns = (
            grid.transform.c + (np.arange(grid.width) + 0.5) * grid.transform.a - self.origin[0]
        ) / 1000
        rows = (grid.transform.f + (np.arange(grid.height) + 0.5) * grid.transform.e - self.origin[1]) / 1000
        x, y = np.meshgrid(columns, rows)
        return np.asarray(_powers(x, y) @ np.array(self.terms), dtype=np.float32)


@dataclass(frozen=True)
class SurfaceScore:
    """Scores (row, column) in [0, 1], 0.5 at the least height that counts; ``rise``: metres, + = gained."""

    gained: Plane
    lost: Plane
    rise: Plane


def level(before: Raster, after: Raster) -> Levelling:
    """Fit the trend between two models on the same grid (1 band, metres); Tukey weights, from the mode."""
    grid = before.grid
    west, south, east, north = grid.bounds
    origin = (west + east) / 2, (south + north) / 2
    both = before.mask & after.mask
    if both.sum() < 16:
        return Levelling(origin, (0.0,) * 6, 0.0)
    rows, columns = np.nonzero(both)
    x = grid.transform.c + (columns + 0.5) * grid.transform.a
    y = grid.transform.f + (rows + 0.5) * grid.transform.e
    powers = _powers((x - origin[0]) / 1000, (y - origin[1]) / 1000)
    rise = (after.pixels[0].astype(np.float64) - before.pixels[0])[both]
    terms, noise = _robust_fit(powers, rise, bent=east - west > 150 and north - south > 150)
    return Levelling(origin, tuple(float(term) for term in terms), noise)


def surface(
    before: Plane, after: Plane, mask: NDArray[np.bool_], *, least_m: float, reach_px: int
) -> SurfaceScore:
    """Compare two levelled models; an edge that moved by up to ``reach_px`` pixels counts as nothing.

    ``before``, ``after``: heights (row, column) in metres; ``mask``: valid in both. ``least_m``: the
    difference that scores 0.5.
    """
    rise = np.where(mask, after - before, 0).astype(np.float32)
    kernel = np.ones((2 * reach_px + 1,) * 2, dtype=np.uint8)
    gained = np.where(mask, after - cv2.dilate(before, kernel), 0)
    lost = np.where(mask, before - cv2.dilate(after, kernel), 0)
    return SurfaceScore(_logistic(gained, least_m), _logistic(lost, least_m), rise)


def ground_below(heights: Raster) -> Plane:
    """The ground under buildings and trees: opening over 90 m, then smoothed; metres, nan-free."""
    plane = heights.pixels[0].astype(np.float32)
    if not heights.mask.any():
        return np.zeros_like(plane)
    filled = np.where(heights.mask, plane, np.float32(np.median(plane[heights.mask])))
    size = max(3, int(_GROUND_M / heights.transform.a) | 1)
    smooth = cv2.medianBlur(filled, 3)
    opened = cv2.morphologyEx(
        smooth, cv2.MORPH_OPEN, np.ones((size, size), dtype=np.uint8), borderType=cv2.BORDER_REPLICATE
    )
    return np.asarray(cv2.blur(opened, (max(3, size // 4 | 1),) * 2), dtype=np.float32)


def _powers(x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.float64]:
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1).astype(np.float64)


def _robust_fit(
    powers: NDArray[np.float64], rise: NDArray[np.float64], *, bent: bool
) -> tuple[NDArray[np.float64], float]:
    """Reweighted least squares: level from the mode, then a plane, at last (large areas) a bowl."""
    terms = np.zeros(6)
    terms[0] = _mode(rise)
    noise = 1.0
    for used in (1, 3, 3, 3, *((6, 6) if bent else ())):
        rest = rise - powers @ terms
        near = np.abs(rest) < max(3.0, 4 * noise) if used == 1 else np.abs(rest) < max(0.5, 4.7 * noise)
        if near.sum() < 16:
            break
        noise = max(0.01, 1.4826 * float(np.median(np.abs(rest[near] - np.median(rest[near])))))
        weights = np.clip(1 - (rest[near] / (4.7 * noise)) ** 2, 0, None)
        basis = powers[near][:, :used] * weights[:, None]
        fitted, *_ = np.linalg.lstsq(basis, rise[near] * weights, rcond=None)
        terms = np.zeros(6)
        terms[:used] = fitted
    rest = rise - powers @ terms
    near = np.abs(rest) < max(0.5, 4.7 * noise)
    return terms, 1.4826 * float(np.median(np.abs(rest[near]))) if near.any() else noise


def _mode(values: NDArray[np.float64]) -> float:
    """The most frequent difference, bins of 0.25 m between the 1st and 99th percentile."""
    low, high = np.percentile(values, [1, 99])
    bins = int(np.clip((high - low) / 0.25, 1, 4000))
    counts, edges = np.histogram(values, bins=bins, range=(low, max(high, low + 1e-6)))
    best = int(np.convolve(counts, [1, 1, 1], mode="same").argmax())
    return float((edges[best] + edges[best + 1]) / 2)


def _logistic(rise: NDArray[Any], least_m: float) -> Plane:
    return (1 / (1 + np.exp(-np.clip(4 * (rise / least_m - 1), -30, 30)))).astype(np.float32)
