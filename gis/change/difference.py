"""Two orthophotos and nothing else → a score of change per pixel. A labelled fallback, no detector.

What changed its colour is not what was built: bare fields, roads and crops score too. The score holds
back what is surely not a building (plants, shadow) and what a shift of a few pixels explains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gis.change.cover import brightness, shadowed, vegetated
from gis.raster import Raster

__all__ = ["Tone", "difference", "tone_between"]

Plane = NDArray[np.float32]

_LEVELS = np.linspace(1, 99, 33)


@dataclass(frozen=True)
class Tone:
    """How AFTER's values read on BEFORE's scale, and how different unchanged pixels still are.

    ``source``, ``target``: (3, 33) quantiles of the bands; ``usual``, ``spread``: median and 1.4826 MAD
    of the raw difference, over the whole overlap.
    """

    source: NDArray[np.float64]
    target: NDArray[np.float64]
    usual: float = 0.0
    spread: float = 1.0

    def applied(self, colours: NDArray[Any]) -> Plane:
        """AFTER's bands (3, row, column) on BEFORE's scale, float32."""
        return np.stack(
            [
                np.interp(band, source, target)
                for band, source, target in zip(colours, self.source, self.target, strict=True)
            ]
        ).astype(np.float32)


def tone_between(before: Raster, after: Raster, *, reach_px: int) -> Tone:
    """Match the tones of two orthophotos on one grid (3 bands) by quantiles of their shared pixels."""
    both = before.mask & after.mask
    if both.sum() < 100:
        same = np.tile(np.linspace(0, 255, 33), (3, 1))
        return Tone(same, same)
    source = np.percentile(after.pixels[:, both].astype(np.float64), _LEVELS, axis=1).T
    target = np.percentile(before.pixels[:, both].astype(np.float64), _LEVELS, axis=1).T
    source += np.arange(33) * 1e-6  # strictly growing, as interpolation wants it
    tone = Tone(source, target)
    raw = _raw(before.pixels.astype(np.float32), tone.applied(after.pixels), reach_px)[both]
    usual = float(np.median(raw))
    return Tone(source, target, usual, max(1.4826 * float(np.median(np.abs(raw - usual))), 0.5))


def difference(before: Raster, after: Raster, tone: Tone, *, reach_px: int) -> Plane:
    """Score (row, column) in [0, 1] of two orthophotos on one grid; 0 where either is invalid.

    Evidence is the difference of colour, in spreads above the usual and averaged over about a metre,
    times the loss of local structure (1 - correlation of brightness over seven metres); 0.5 stands at 2.2,
    chosen by eye between the values of best pixel F1 (1.0, 1.7, 1.8, 2.8) on parts of FOTBCD, xBD and
    LEVIR-CD. Plants or shadow on both dates, or
    shadow on one, count as unchanged: no building can be seen there.
    """
    both = before.mask & after.mask
    pixel = abs(before.transform.a)
    first = before.pixels.astype(np.float32)
    second = tone.applied(after.pixels)
    above = np.clip((_raw(first, second, reach_px) - tone.usual) / tone.spread, -2, 6)
    dark_before, dark_after = shadowed(before.pixels, before.mask), shadowed(after.pixels, after.mask)
    plants = vegetated(before.pixels) & vegetated(after.pixels)
    above[plants | dark_before | dark_after | ~both] = -2
    colour = cv2.GaussianBlur(above, (0, 0), max(0.8, 1.05 / pixel)) + 2
    evidence = colour * _structure_lost(brightness(first), brightness(second), max(5, round(7 / pixel) | 1))
    score = 1 / (1 + np.exp(-2 * (evidence - 2.2)))
    score[~both] = 0
    return np.asarray(score, dtype=np.float32)


def _structure_lost(first: Plane, second: Plane, size: int) -> Plane:
    """1 - correlation of two pictures in windows of ``size`` px, 0..1.2; flat windows count as lost."""
    one, other = cv2.GaussianBlur(first, (0, 0), 1.0), cv2.GaussianBlur(second, (0, 0), 1.0)
    mean_one, mean_other = (cv2.blur(each, (size, size)) for each in (one, other))
    spread_one = cv2.blur(one * one, (size, size)) - mean_one**2
    spread_other = cv2.blur(other * other, (size, size)) - mean_other**2
    shared = cv2.blur(one * other, (size, size)) - mean_one * mean_other
    usual = np.sqrt(np.maximum(spread_one, 9) * np.maximum(spread_other, 9))
    return np.asarray(np.clip(1 - shared / usual, 0, 1.2), dtype=np.float32)


def _raw(first: Plane, second: Plane, reach_px: int) -> Plane:
    """Difference of colour and of structure, each 0..255, that no shift up to ``reach_px`` explains."""
    kernel = np.ones((2 * reach_px + 1,) * 2, dtype=np.uint8)
    total = np.zeros(first.shape[1:], dtype=np.float32)
    for one, other in zip(_channels(first), _channels(second), strict=True):
        over = np.maximum(one - cv2.dilate(other, kernel), cv2.erode(other, kernel) - one)
        under = np.maximum(other - cv2.dilate(one, kernel), cv2.erode(one, kernel) - other)
        total += np.maximum(np.maximum(over, under), 0) ** 2
    return np.asarray(cv2.blur(np.sqrt(total), (3, 3)), dtype=np.float32)


def _channels(colours: Plane) -> list[Plane]:
    """Brightness at half weight (it changes with the sun) and two opponent colours."""
    smooth = [cv2.GaussianBlur(band, (0, 0), 1.0) for band in colours]
    red, green, blue = smooth
    light = brightness(np.stack(smooth))
    return [0.5 * light, red - green, 0.5 * (red + green) - blue]
