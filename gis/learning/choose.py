"""Threshold and calibration, chosen on places that the network has not been taught.

Every patch that is cut at a threshold is real or not; a logistic curve over what was measured on the patches
(Platt 1999) tells how often such a patch is real. Threshold and second look are those of the best mean of pixel
F1 and object F1 over a threshold and its neighbours, so that neither large nor small buildings decide alone.
What such a choice is worth is counted across: each part by what was chosen without it (Stone 1974).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS
from scipy.optimize import minimize
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from gis.align import align
from gis.change.detect import patches_between
from gis.change.found import chances_of, patches_by_learning
from gis.change.judge import evidence_of_height, fused_measures, measures_of
from gis.change.model import Calibration, Chances, Model
from gis.change.options import DetectOptions
from gis.change.outlines import squared
from gis.change.patch import merged
from gis.change.windows import View, Window
from gis.crs import MEASURED
from gis.learning.lessons import YES, Lesson
from gis.raster import Grid, Raster
from gis.score import Counts, counts, hit, true_objects

__all__ = [
    "SURFACE_TERMS",
    "TERMS",
    "Sight",
    "Trial",
    "at_threshold",
    "calibrated",
    "firm_at",
    "measured",
    "measured_surfaces",
    "seen",
    "tried",
]

TERMS = ("change", "firm", "area", "contrast")
SURFACE_TERMS = ("surface", "shown", "change", "area", "fullness")
_ORIGIN = (455_000.0, 3_515_000.0)
_THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)


@dataclass(frozen=True)
class Sight:
    """A lesson as a model sees it. ``label``: changed (row, column) at the model's pixel."""

    view: View
    window: Window
    chances: Chances
    label: NDArray[np.bool_]


def seen(lesson: Lesson, model: Model) -> Sight:
    """Look at a lesson with a model, at the model's own pixel."""
    height, width = (max(32, round(side * lesson.pixel_m / model.pixel_m)) for side in lesson.change.shape)
    how = cv2.INTER_AREA if lesson.pixel_m < model.pixel_m else cv2.INTER_LINEAR
    place = Affine(model.pixel_m, 0, _ORIGIN[0], 0, -model.pixel_m, _ORIGIN[1])
    grid = Grid(CRS.from_string(MEASURED), place, width, height)
    mask = np.ones((height, width), dtype=bool)
    before, after = (
        Raster(
            np.moveaxis(cv2.resize(each, (width, height), interpolation=how), -1, 0), mask, place, grid.crs
        )
        for each in (lesson.before, lesson.after)
    )
    label = cv2.resize(lesson.change, (width, height), interpolation=cv2.INTER_NEAREST)
    view, window = View(before, after), Window((0, 0, height, width), grid, (0, 0))
    return Sight(view, window, chances_of(view, model), label == YES)


@dataclass(frozen=True)
class Trial:
    """Counts of every place (part, counts) at every way of looking (``far``, ``threshold``) that was tried."""

    counts: dict[tuple[float, float], list[tuple[int, Counts]]]

    def total(
        self, way: tuple[float, float], *, without: int | None = None, only: int | None = None
    ) -> Counts:
        """Counts of one way, summed over places; without a part, or of one part only."""
        total = Counts()
        for part, each in self.counts[way]:
            if part != without and only in (None, part):
                total += each
        return total

    def best(self, *, without: int | None = None) -> tuple[float, float]:
        """The best (far, threshold). A threshold counts by its neighbours too: few places make figures jump."""
        worth = {way: _worth(self.total(way, without=without)) for way in self.counts}
        calm: dict[tuple[float, float], float] = {}
        for far in sorted({far for far, _ in worth}):
            row = [worth[far, threshold] for threshold in _THRESHOLDS]
            means = np.convolve(np.pad(row, 1, mode="edge"), np.full(3, 1 / 3), mode="valid")
            calm |= {
                (far, threshold): float(mean) for threshold, mean in zip(_THRESHOLDS, means, strict=True)
            }
        return max(calm, key=calm.__getitem__)

    def across(self) -> Counts:
        """What choosing like this is worth: every part counted by the best way without that part."""
        total = Counts()
        for part in sorted({part for part, _ in next(iter(self.counts.values()))}):
            total += self.total(self.best(without=part), only=part)
        return total


def tried(sights: Mapping[float, Sequence[tuple[int, Sight]]], model: Model, options: DetectOptions) -> Trial:
    """Count every threshold on what was seen; ``sights``: by ``far``, places with the part they belong to."""
    return Trial({
        (far, threshold): [
            (part, _counts([sight], at_threshold(model, threshold), options)) for part, sight in places
        ]
        for far, places in sights.items()
        for threshold in _THRESHOLDS
    })  # fmt: skip


def at_threshold(model: Model, threshold: float) -> Model:
    """The model cut at another threshold; what is firm goes with it."""
    return replace(model, threshold=threshold, firm=firm_at(threshold))


def firm_at(threshold: float) -> float:
    """What a patch must reach somewhere, for a threshold."""
    return min(0.95, threshold + 0.2)


def _worth(total: Counts) -> float:
    pixels = 2 * total.true / max(2 * total.true + total.false + total.missed, 1)
    recall, precision = total.objects_hit / max(total.objects, 1), total.found_right / max(total.found, 1)
    return pixels + 2 * recall * precision / max(recall + precision, 1e-9)


def _counts(sights: Iterable[Sight], model: Model, options: DetectOptions) -> Counts:
    total = Counts()
    for sight in sights:
        found = [outline for outline, _ in _outlines(sight, model, options)]
        total += counts(found, sight.label, sight.window.grid.transform)
    return total


def _outlines(sight: Sight, model: Model, options: DetectOptions) -> list[tuple[Polygon, dict[str, float]]]:
    """Squared outlines of the patches that would be reported, with what calibration measures on them."""
    patches = merged(patches_by_learning(sight.view, sight.window, sight.chances, model, options))
    out = []
    for patch in patches:
        outline = squared(patch.outline, pixel=model.pixel_m)
        if outline.area >= options.min_area_m2 and patch.total("firm") >= 4:
            out.append((outline, measures_of(patch, outline)))
    return out


def measured(
    sights: Iterable[Sight], model: Model, options: DetectOptions
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Measures (patch, term) of all patches in the order of TERMS, and which of them are real."""
    rows, real = [], []
    for sight in sights:
        truth = true_objects(sight.label, sight.window.grid.transform)
        for outline, measures in _outlines(sight, model, options):
            rows.append([measures[term] for term in TERMS])
            real.append(any(hit(outline, each) for each in truth))
    return np.array(rows).reshape(-1, len(TERMS)), np.array(real, dtype=bool)


def measured_surfaces(
    orthos: tuple[Path, Path],
    surfaces: tuple[Path, Path],
    truth: Sequence[BaseGeometry],
    options: DetectOptions,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Measures (patch, term) in the order of SURFACE_TERMS of what rose or fell between two flights with surface

    models, and which of it is real. ``truth``: outlines in the working CRS of the flights.
    """
    pair, patches = patches_between(orthos, surfaces, align(*orthos), options)
    rows, real = [], []
    for patch in patches:
        outline = squared(patch.outline, pixel=pair.grid.pixel)
        if patch.sense not in ("gained", "lost") or outline.area < options.min_area_m2:
            continue
        evidence = evidence_of_height(patch, outline, "new", pair.least_m, options)
        if evidence is not None:
            measures = fused_measures(patch, outline, evidence)
            rows.append([measures[term] for term in SURFACE_TERMS])
            real.append(any(hit(outline, each) for each in truth))
    return np.array(rows).reshape(-1, len(SURFACE_TERMS)), np.array(real, dtype=bool)


def calibrated(
    measures: NDArray[np.float64], real: NDArray[np.bool_], terms: Sequence[str], *, firmness: float = 1.0
) -> Calibration:
    """Fit the logistic curve; slopes are held small (ridge of ``firmness`` on standardised measures).

    ``measures`` (patch, term) float64. With Platt's smoothed targets, so that few patches are not believed blindly.
    """
    middle, spread = measures.mean(axis=0), np.maximum(measures.std(axis=0), 1e-6)
    x = (measures - middle) / spread
    many, few = int(real.sum()), int((~real).sum())
    target = np.where(real, (many + 1) / (many + 2), 1 / (few + 2))

    def cost(weights: NDArray[np.float64]) -> float:
        score = weights[0] + x @ weights[1:]
        return float(
            np.sum(np.logaddexp(0, score) - target * score) + 0.5 * firmness * np.sum(weights[1:] ** 2)
        )

    best = minimize(cost, np.zeros(1 + len(terms)), method="BFGS").x
    slopes = best[1:] / spread
    return Calibration(
        float(best[0] - slopes @ middle),
        {term: float(slope) for term, slope in zip(terms, slopes, strict=True)},
    )
