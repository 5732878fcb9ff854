"""Patches of change in one window, with sums that still hold when patches join across windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from shapely.geometry import Polygon

from gis.change.cover import roughness, vegetated
from gis.change.difference import Tone, difference
from gis.change.options import DetectOptions
from gis.change.outlines import joined, pieces
from gis.change.surface import surface
from gis.change.windows import View, Window

__all__ = ["Patch", "Sense", "merged", "patches_by_colour", "patches_by_height"]

Sense = Literal["gained", "lost", "changed"]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Patch:
    """A patch of change. ``sums`` over its pixels, in this order: pixels, score, rise (m), pixels with

    green plants (on the date that shows the thing), rough pixels among those not at its edge, pixels not
    at its edge, pixels where something tall stood before, pixels that touch a tall neighbour, pixels that
    touch a tree.
    """

    sense: Sense
    outline: Polygon
    sums: NDArray[np.float64]


def patches_by_height(view: View, window: Window, least_m: float, options: DetectOptions) -> list[Patch]:
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
    planes = (
        (gained, "gained", score.gained, green_after, rough_after),
        (lost, "lost", score.lost, green_before, rough_before),
    )
    found: list[Patch] = []
    for where, sense, strength, green, rough in planes:
        near = cv2.dilate((standing & ~where).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
        trees = cv2.dilate((green & rough).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        measures = _measures(where, strength, score.rise, green, rough, tall_before, near, trees)
        found += _cut(where, "gained" if sense == "gained" else "lost", measures, window)
    return found


def patches_by_colour(view: View, window: Window, tone: Tone, options: DetectOptions) -> list[Patch]:
    """What looks different; smoothed so that a patch is at least about two metres wide."""
    score = difference(view.before, view.after, tone, reach_px=2)
    size = max(3, round(2.0 / window.grid.pixel) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    where = _tidied(score >= options.score, kernel)
    none = np.zeros(where.shape, dtype=bool)
    flat = np.zeros(where.shape, dtype=np.float32)
    green = vegetated(view.before.pixels) & vegetated(view.after.pixels)
    measures = _measures(where, score, flat, green, none, none, none, none)
    return _cut(where, "changed", measures, window)


def merged(patches: list[Patch]) -> list[Patch]:
    """One patch per thing: patches of one sense that share an edge, across windows, become one."""
    whole: list[Patch] = []
    senses: tuple[Sense, ...] = ("gained", "lost", "changed")
    for sense in senses:
        same = [patch for patch in patches if patch.sense == sense]
        for group in joined([patch.outline for patch in same]):
            union = shapely.union_all([same[index].outline for index in group])
            outline = max(shapely.get_parts(union), key=lambda part: part.area)
            whole.append(Patch(sense, outline, np.sum([same[index].sums for index in group], axis=0)))
    return whole


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


def _measures(
    where: Mask,
    score: NDArray[np.float32],
    rise: NDArray[np.float32],
    green: Mask,
    rough: Mask,
    tall_before: Mask,
    near: Mask,
    trees: Mask,
) -> tuple[NDArray[Any], ...]:
    inner = cv2.erode(where.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return (where, score, rise, green, rough & inner, inner, tall_before, near, trees)


def _cut(where: Mask, sense: Sense, measures: tuple[NDArray[Any], ...], window: Window) -> list[Patch]:
    """Patches of the window's own ground with their sums."""
    labels, count = ndimage.label(window.inner(where))
    if not count:
        return []
    flat = labels.ravel()
    sums = np.stack(
        [
            np.bincount(flat, weights=window.inner(plane).ravel().astype(np.float64), minlength=count + 1)
            for plane in measures
        ],
        axis=1,
    )
    down, across = window.offset
    transform = window.grid.window(down, across, 1, 1).transform
    return [
        Patch(sense, outline, sums[label]) for outline, label in pieces(labels.astype(np.int32), transform)
    ]
