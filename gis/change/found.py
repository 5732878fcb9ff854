"""What a window shows → patches of change: by height, by what was learned, or by plain difference."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from gis.change.cover import roughness, vegetated
from gis.change.difference import Tone, difference
from gis.change.model import Chances, Model
from gis.change.options import DetectOptions
from gis.change.patch import Measure, Patch, Sense, cut
from gis.change.surface import surface
from gis.change.windows import Heights, Stature, View, Window

__all__ = ["chances_of", "patches_by_colour", "patches_by_height", "patches_by_learning"]

Mask = NDArray[np.bool_]


def chances_of(view: View, model: Model) -> Chances:
    """What the model says of a window; 0 where either picture shows nothing."""
    seen = model.chances(_bytes(view.before.pixels), _bytes(view.after.pixels))
    both = view.before.mask & view.after.mask
    return Chances(
        *(np.where(both, plane, np.float32(0)) for plane in (seen.change, seen.before, seen.after))
    )


def patches_by_height(
    view: View, window: Window, least_m: float, options: DetectOptions, chances: Chances | None = None
) -> list[Patch]:
    """What rose or fell by at least ``least_m``; trees left out pixel by pixel where rough and green."""
    heights = view.heights
    if heights is None:
        return []
    pixel = window.grid.pixel
    mask = heights.before.mask & heights.after.mask
    before = np.where(mask, heights.before.pixels[0], 0).astype(np.float32)
    after = np.where(mask, heights.after.pixels[0], 0).astype(np.float32)
    score = surface(before, after, mask, least_m=least_m, reach_px=max(1, round(options.edge_m / pixel)))
    rough_before, rough_after = _rough(before), _rough(after)
    green_before, green_after = vegetated(view.before.pixels), vegetated(view.after.pixels)
    tall_before = (before - heights.ground_before > options.tall_m) & mask & ~(rough_before & green_before)
    tall_after = (after - heights.ground_after > options.tall_m) & mask & ~(rough_after & green_after)
    standing = cv2.erode((tall_before & tall_after).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    gained = _grown(score.gained, score.rise > least_m, rough_after & green_after, pixel)
    lost = _grown(score.lost, score.rise < -least_m, rough_before & green_before, pixel)
    sides: tuple[tuple[Sense, Mask, Any, Mask, Mask], ...] = (
        ("gained", gained, score.gained, green_after, rough_after),
        ("lost", lost, score.lost, green_before, rough_before),
    )
    found: list[Patch] = []
    for sense, where, strength, green, rough in sides:
        inner = cv2.erode(where.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        planes: dict[Measure, NDArray[Any]] = {
            "score": strength,
            "rise": score.rise,
            "green": green,
            "rough": rough & inner,
            "inner": inner,
            "tall": tall_before,
            "near": _around(standing & ~where, 7),
            "trees": _around(green & rough, 5),
            **_learned_planes(chances),
        }
        found += cut(where, sense, planes, window)
    return found


def patches_by_learning(
    view: View, window: Window, chances: Chances, model: Model, options: DetectOptions
) -> list[Patch]:
    """Where the model sees a building changed. Ground that both surface models show is left to them."""
    where = chances.change >= model.threshold
    if view.heights is not None:
        where &= ~_seen(view.heights)
    where = _tidied(where, np.ones((3, 3), np.uint8))
    standing = (chances.before > 0.5) & (chances.after > 0.5)
    planes: dict[Measure, NDArray[Any]] = {
        "score": chances.change,
        "green": vegetated(view.before.pixels) & vegetated(view.after.pixels),
        "near": _around(standing & ~where, 7),
        "firm": chances.change >= model.firm,
        **_learned_planes(chances),
        **_stature_planes(view.stature, options.tall_m),
    }
    return cut(where, "learned", planes, window)


def patches_by_colour(view: View, window: Window, tone: Tone | None, options: DetectOptions) -> list[Patch]:
    """What looks different; smoothed so that a patch is at least about two metres wide."""
    if tone is None:
        return []
    score = difference(view.before, view.after, tone, reach_px=2)
    size = max(3, round(2.0 / window.grid.pixel) | 1)
    where = _tidied(score >= options.score, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    green = vegetated(view.before.pixels) & vegetated(view.after.pixels)
    return cut(where, "changed", {"score": score, "green": green}, window)


def _bytes(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    return pixels if pixels.dtype == np.uint8 else np.clip(pixels, 0, 255).astype(np.uint8)


def _learned_planes(chances: Chances | None) -> dict[Measure, NDArray[Any]]:
    if chances is None:
        return {}
    return {"change": chances.change, "before": chances.before, "after": chances.after}


def _stature_planes(stature: Stature | None, tall_m: float) -> dict[Measure, NDArray[Any]]:
    if stature is None:
        return {}
    tall = stature.mask & (stature.above > 0.75 * tall_m)  # the mean over a pixel at an eave is lower
    return {"known": stature.mask, "tall": tall, "rise": stature.above}


def _seen(heights: Heights) -> Mask:
    return np.asarray(heights.before.mask & heights.after.mask)


def _around(where: Mask, size: int) -> Mask:
    """Pixels of a mask and their neighbours in squares of ``size`` px."""
    return np.asarray(cv2.dilate(where.astype(np.uint8), np.ones((size, size), np.uint8)) > 0)


def _rough(heights: NDArray[np.float32]) -> Mask:
    """Uneven by more than 0.25 m over five pixels: crowns, not roofs (a ridge of 30° gives 0.15 m)."""
    return cv2.blur((roughness(heights) > 0.25).astype(np.float32), (5, 5)) > 0.5


def _grown(score: NDArray[np.float32], raw: Mask, trees: Mask, pixel: float) -> Mask:
    """Raw change, opened, kept where a patch of it also holds a pixel that no moved edge explains."""
    size = max(3, round(1.0 / pixel) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    labels, count = ndimage.label(_tidied(raw & ~trees, kernel))
    seeds = np.bincount(labels.ravel(), weights=(score > 0.5).ravel(), minlength=count + 1)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    firm = seeds >= np.maximum(4, 0.15 * sizes)
    firm[0] = False
    return np.asarray(firm[labels])


def _tidied(where: Mask, kernel: NDArray[Any]) -> Mask:
    """Closed, then opened: no pinholes, no hairs."""
    closed = cv2.morphologyEx(where.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    return np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, kernel) > 0)
