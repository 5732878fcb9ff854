"""Right and wrong: polygons of change against a mask with the truth. Pixels and objects, counted; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import rasterize
from scipy import ndimage
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from gis.change.outlines import pieces
from gis.raster import IN_MEMORY

__all__ = ["Counts", "counts", "figures", "hit", "true_objects"]

_HIT_IOU = 0.3
_LEAST_PX = 8  # smaller specks of a mask are no objects


@dataclass(frozen=True)
class Counts:
    """Pixels and objects, right and wrong; counts add up over pairs."""

    true: int = 0
    false: int = 0
    missed: int = 0
    objects: int = 0
    objects_hit: int = 0
    found: int = 0
    found_right: int = 0

    def __add__(self, other: Counts) -> Counts:
        mine, theirs = vars(self), vars(other)
        return Counts(**{name: mine[name] + theirs[name] for name in mine})


def counts(found: Sequence[BaseGeometry], label: NDArray[np.bool_], transform: Affine) -> Counts:
    """Compare found polygons with a mask (row, column) ``True`` = changed, on the same ground."""
    drawn = np.zeros(label.shape, dtype=bool)
    if found:
        with IN_MEMORY:
            drawn = rasterize(found, out_shape=label.shape, transform=transform, dtype="uint8") > 0
    truth = true_objects(label, transform)
    hits = [[hit(guess, real) for guess in found] for real in truth]
    return Counts(
        true=int((drawn & label).sum()),
        false=int((drawn & ~label).sum()),
        missed=int((~drawn & label).sum()),
        objects=len(truth),
        objects_hit=sum(any(row) for row in hits),
        found=len(found),
        found_right=sum(any(column) for column in zip(*hits, strict=True)),
    )


def figures(total: Counts) -> dict[str, Any]:
    """Precision, recall, F1, IoU of pixels; counts, precision and recall of objects; ``None`` without a denominator."""
    precision = _share(total.true, total.true + total.false)
    recall = _share(total.true, total.true + total.missed)
    return {
        "precision": precision,
        "recall": recall,
        "f1": _share(2 * total.true, 2 * total.true + total.false + total.missed),
        "iou": _share(total.true, total.true + total.false + total.missed),
        "objects": total.objects,
        "found": total.found,
        "object_precision": _share(total.found_right, total.found),
        "object_recall": _share(total.objects_hit, total.objects),
    }


def true_objects(label: NDArray[np.bool_], transform: Affine) -> list[Polygon]:
    """Outlines of the connected patches of a mask, specks left out."""
    labels, _ = ndimage.label(label)
    least = _LEAST_PX * abs(transform.a * transform.e)
    return [outline for outline, _ in pieces(labels.astype(np.int32), transform) if outline.area >= least]


def hit(guess: BaseGeometry, real: BaseGeometry) -> bool:
    """Whether a found polygon hits a true one: IoU of at least 0.3, or it holds the true one's centroid."""
    if not guess.intersects(real):
        return False
    shared = guess.intersection(real).area
    return bool(shared / (guess.area + real.area - shared) >= _HIT_IOU or guess.contains(real.centroid))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
