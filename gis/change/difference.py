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

    0.5 stands 4 spreads above the usual difference. Plants or shadow on both dates, or shadow on one
    and plants on the other, score 0: no building can be seen there.
    """
    both = before.mask & after.mask
    first = before.pixels.astype(np.float32)
    second = tone.applied(after.pixels)
    raw = _raw(first, second, reach_px)
    height = (raw - tone.usual) / tone.spread - 4
    score = 1 / (1 + np.exp(-np.clip(height, -30, 30)))
    hidden_before = vegetated(before.pixels) | shadowed(before.pixels, before.mask)
    hidden_after = vegetated(after.pixels) | shadowed(after.pixels, after.mask)
    dark = shadowed(before.pixels, before.mask) | shadowed(after.pixels, after.mask)
    score[(hidden_before & hidden_after) | dark | ~both] = 0
    return score.astype(np.float32)


def _raw(first: Plane, second: Plane, reach_px: int) -> Plane:
    """Difference of colour and of structure, each 0..255, that no shift up to ``reach_px`` explains."""
    kernel = np.ones((2 * reach_px + 1,) * 2, dtype=np.uint8)
    total = np.zeros(first.shape[1:], dtype=np.float32)
    for one, other in zip(_channels(first), _channels(second), strict=True):
        over = np.maximum(one - cv2.dilate(other, kernel), cv2.erode(other, kernel) - one)
        under = np.maximum(other - cv2.dilate(one, kernel), cv2.erode(one, kernel) - other)
        total += np.maximum(np.maximum(over, under), 0) ** 2
    return cv2.blur(np.sqrt(total), (3, 3))


def _channels(colours: Plane) -> list[Plane]:
    """Brightness at half weight (it changes with the sun) and two opponent colours."""
    smooth = [cv2.GaussianBlur(band, (0, 0), 1.0) for band in colours]
    red, green, blue = smooth
    light = brightness(np.stack(smooth))
    return [0.5 * light, red - green, 0.5 * (red + green) - blue]
