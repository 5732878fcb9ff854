"""A patch of change, and what was measured on its pixels, in sums that still hold when patches join."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from shapely.geometry import Polygon

from gis.change.outlines import joined, pieces
from gis.change.windows import Window

__all__ = ["MEASURES", "SENSES", "Measure", "Patch", "Sense", "cut", "merged"]

Sense = Literal["gained", "lost", "learned", "changed"]
SENSES: tuple[Sense, ...] = ("gained", "lost", "learned", "changed")

Measure = Literal[
    "score",
    "rise",
    "green",
    "rough",
    "inner",
    "tall",
    "near",
    "trees",
    "change",
    "before",
    "after",
    "firm",
    "known",
]
MEASURES: tuple[Measure, ...] = (
    "score",  # of the method that cut the patch, 0..1
    "rise",  # metres
    "green",  # pixels with green plants, on the date that shows the thing
    "rough",  # rough pixels among those not at the edge
    "inner",  # pixels not at the edge
    "tall",  # pixels where something tall stood before
    "near",  # pixels that touch a standing neighbour
    "trees",  # pixels that touch a tree
    "change",  # learned chance of change
    "before",  # learned chance of a building before
    "after",  # learned chance of a building after
    "firm",  # pixels whose learned chance of change is firm
    "known",  # pixels whose height above ground is known at one date only; tall, rise are then of that date
)


@dataclass(frozen=True)
class Patch:
    """A patch: gained or lost height, changed by what was learned, or only looks changed.

    ``outline``: pixel outline in the grid's CRS; ``sums`` float64: pixels, then MEASURES in their order.
    """

    sense: Sense
    outline: Polygon
    sums: NDArray[np.float64]

    @property
    def pixels(self) -> float:
        """How many pixels it has."""
        return float(self.sums[0])

    def total(self, measure: Measure) -> float:
        """Sum of a measure over its pixels."""
        return float(self.sums[1 + MEASURES.index(measure)])

    def mean(self, measure: Measure) -> float:
        """Mean of a measure over its pixels."""
        return self.total(measure) / max(self.pixels, 1.0)


def cut(
    where: NDArray[np.bool_], sense: Sense, planes: Mapping[Measure, NDArray[Any]], window: Window
) -> list[Patch]:
    """Patches of the window's own ground with their sums; measures without a plane stay 0."""
    labels, count = ndimage.label(window.inner(where))
    if not count:
        return []
    flat = labels.ravel()
    sums = np.zeros((count + 1, 1 + len(MEASURES)))
    sums[:, 0] = np.bincount(flat, minlength=count + 1)
    for measure, plane in planes.items():
        weights = window.inner(plane).ravel().astype(np.float64)
        sums[:, 1 + MEASURES.index(measure)] = np.bincount(flat, weights=weights, minlength=count + 1)
    down, across = window.offset
    transform = window.grid.window(down, across, 1, 1).transform
    return [
        Patch(sense, outline, sums[label]) for outline, label in pieces(labels.astype(np.int32), transform)
    ]


def merged(patches: list[Patch]) -> list[Patch]:
    """One patch per thing: patches of one sense that share an edge, across windows, become one."""
    whole: list[Patch] = []
    for sense in SENSES:
        same = [patch for patch in patches if patch.sense == sense]
        for group in joined([patch.outline for patch in same]):
            union = shapely.union_all([same[index].outline for index in group])
            outline = max(shapely.get_parts(union), key=lambda part: part.area)
            whole.append(Patch(sense, outline, np.sum([same[index].sums for index in group], axis=0)))
    return whole
