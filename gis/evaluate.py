"""How good is the plain detector? Measured on folders of pairs with known truth.

A folder holds ``A/`` (date 1), ``B/`` (date 2) and ``label/`` (mask, 255 = changed building) with the same
names in all three; PNG, TIFF or JPEG, 8 bit, without georeference.
"""

from __future__ import annotations

import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from PIL import Image
from rasterio.features import rasterize
from scipy import ndimage
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from gis.change.detect import detect
from gis.change.outlines import pieces
from gis.crs import MEASURED
from gis.errors import ChengtuError
from gis.raster import Progress, quiet

__all__ = ["Counts", "NothingToEvaluate", "counts", "evaluate", "figures"]

_SUFFIXES = {".png", ".tif", ".tiff", ".jpg", ".jpeg"}
_ORIGIN = (455_000.0, 3_515_000.0)  # pictures without a place are laid here, EPSG:4548
_HIT_IOU = 0.3
_LEAST_PX = 8  # smaller specks of a mask are no objects


class NothingToEvaluate(ChengtuError):
    """The folder holds no complete pair."""

    code = "nothing_to_evaluate"
    zh = "文件夹“{folder}”中没有成对影像。需要 A/、B/、label/ 三个子文件夹，且文件名一致。"
    en = "The folder “{folder}” holds no pair. It takes A/, B/ and label/ with the same file names."


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


def evaluate(folder: Path, *, gsd_m: float, progress: Progress = quiet) -> dict[str, Any]:
    """Run ``detect`` on every pair of a folder and compare with the truth.

    ``gsd_m``: size of a pixel on the ground, metres. Returns pairs; precision, recall, f1, iou over pooled
    pixels; objects, found, object_precision and object_recall (a hit: IoU of at least 0.3, or the found
    polygon holds the centroid of the true one); megapixels_per_second of input; peak_memory_mb of the
    process. A figure without a denominator is ``None``. Raises ``NothingToEvaluate``.
    """
    names = _names(folder)
    total, pixels, seconds = Counts(), 0, 0.0
    for index, name in enumerate(names):
        label = _mask(_named(folder / "label", name))
        started = time.perf_counter()
        frame = _detected(_named(folder / "A", name), _named(folder / "B", name), gsd_m)
        seconds += time.perf_counter() - started
        pixels += label.size
        transform = Affine(gsd_m, 0, _ORIGIN[0], 0, -gsd_m, _ORIGIN[1])
        total += counts(list(frame.geometry), label, transform)
        progress((index + 1) / len(names))
    return {
        "pairs": len(names),
        **figures(total),
        "megapixels_per_second": pixels / 1e6 / max(seconds, 1e-9),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def counts(found: list[BaseGeometry], label: NDArray[np.bool_], transform: Affine) -> Counts:
    """Compare found polygons with a mask (row, column) ``True`` = changed, on the same ground."""
    drawn = np.zeros(label.shape, dtype=bool)
    if found:
        drawn = rasterize(found, out_shape=label.shape, transform=transform, dtype="uint8") > 0
    truth = _objects(label, transform)
    hits = [[_hits(guess, real) for guess in found] for real in truth]
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
    """Precision, recall, F1, IoU of pixels; counts, precision and recall of objects."""
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


def _names(folder: Path) -> list[str]:
    stems = [
        {each.stem for each in (folder / part).glob("*") if each.suffix.lower() in _SUFFIXES}
        for part in ("A", "B", "label")
    ]
    names = sorted(set.intersection(*stems))
    if not names:
        raise NothingToEvaluate(folder=folder.name)
    return names


def _named(folder: Path, stem: str) -> Path:
    return next(
        each for each in sorted(folder.glob("*")) if each.stem == stem and each.suffix.lower() in _SUFFIXES
    )


def _mask(path: Path) -> NDArray[np.bool_]:
    with Image.open(path) as picture:
        return np.asarray(np.asarray(picture.convert("L")) > 127)


def _detected(before: Path, after: Path, gsd_m: float) -> gpd.GeoDataFrame:
    """Lay both pictures on the ground and detect, exactly as for a survey."""
    with tempfile.TemporaryDirectory() as folder:
        first = _placed(before, Path(folder) / "before.tif", gsd_m)
        second = _placed(after, Path(folder) / "after.tif", gsd_m)
        return detect(first, second)


def _placed(picture: Path, target: Path, gsd_m: float) -> Path:
    with Image.open(picture) as image:
        bands = np.moveaxis(np.asarray(image.convert("RGB")), -1, 0)
    _, height, width = bands.shape
    transform = Affine(gsd_m, 0, _ORIGIN[0], 0, -gsd_m, _ORIGIN[1])
    with rasterio.open(
        target,
        "w",
        driver="GTiff",
        width=width,
        height=height,
        count=3,
        dtype="uint8",
        crs=MEASURED,
        transform=transform,
    ) as copy:
        copy.write(bands)
    return target


def _objects(label: NDArray[np.bool_], transform: Affine) -> list[Polygon]:
    labels, _ = ndimage.label(label)
    least = _LEAST_PX * abs(transform.a * transform.e)
    return [outline for outline, _ in pieces(labels.astype(np.int32), transform) if outline.area >= least]


def _hits(guess: BaseGeometry, real: BaseGeometry) -> bool:
    if not guess.intersects(real):
        return False
    shared = guess.intersection(real).area
    return bool(shared / (guess.area + real.area - shared) >= _HIT_IOU or guess.contains(real.centroid))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
