"""The part of a set of reviewed tiles that nothing is taught of, and how well a detector does on it.

Names begin with the place (``<place>_…``); whole places are held out, for ever the same ones, whatever flights
show them. Needs no torch.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import rasterize
from shapely.geometry.base import BaseGeometry

from gis.crs import MEASURED
from gis.learning.lessons import UNDECIDED, YES, Lesson, NoLessons, names_of_pairs, read_pair
from gis.learning.recipe import fold_of
from gis.raster import Progress, quiet
from gis.score import Counts, counts

__all__ = ["HELD_OUT", "Fold", "Found", "is_held_out", "parted", "place_of", "scored"]

Fold = tuple[int, int]
"""Part number and how many parts there are."""
Found = Callable[[Path, Path], Sequence[BaseGeometry]]
"""A detector: two orthophotos (GeoTIFF in EPSG:4548) → outlines of change in EPSG:4548."""

HELD_OUT: Fold = (0, 4)
_ORIGIN = (455_000.0, 3_515_000.0)


def place_of(name: str) -> str:
    """The place in a name: what must not be split between learning and measuring."""
    return name.rsplit("/", 1)[-1].partition("_")[0]


def is_held_out(name: str, fold: Fold = HELD_OUT) -> bool:
    """Whether a tile belongs to the part that is only measured with."""
    number, of = fold
    return fold_of(place_of(name), of) == number


def parted(folder: Path, fold: Fold = HELD_OUT) -> tuple[list[str], list[str]]:
    """Names to teach and names held out. Raises ``NoLessons``."""
    names = names_of_pairs(folder)
    if not names:
        raise NoLessons(folder=folder.name)
    held = [each for each in names if is_held_out(each, fold)]
    return [each for each in names if not is_held_out(each, fold)], held


def scored(
    folder: Path, names: Sequence[str], pixel_m: float, found: Found, *, progress: Progress = quiet
) -> Counts:
    """Run a detector on tiles of a set and compare with the verdicts.

    What it finds on ground that is mostly undecided (pending, or of another tile) is neither right nor wrong.
    """
    total = Counts()
    for number, name in enumerate(names):
        lesson = read_pair(folder, name, pixel_m)
        transform = Affine(lesson.pixel_m, 0, _ORIGIN[0], 0, -lesson.pixel_m, _ORIGIN[1])
        decided = [
            each for each in _outlines(lesson, transform, found)
            if _share(each, lesson.change == UNDECIDED, transform) < 0.5
        ]  # fmt: skip
        total += counts(decided, lesson.change == YES, transform)
        progress((number + 1) / len(names))
    return total


def _outlines(lesson: Lesson, transform: Affine, found: Found) -> Sequence[BaseGeometry]:
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder) / "before.tif", Path(folder) / "after.tif"
        for path, picture in zip(paths, (lesson.before, lesson.after), strict=True):
            _write(path, picture, transform)
        return found(*paths)


def _write(path: Path, picture: NDArray[np.uint8], transform: Affine) -> None:
    height, width, _ = picture.shape
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=3, dtype="uint8", crs=MEASURED,
        transform=transform,
    ) as target:  # fmt: skip
        target.write(np.moveaxis(picture, -1, 0))


def _share(outline: BaseGeometry, mask: NDArray[np.bool_], transform: Affine) -> float:
    """Share of an outline's pixels that lie on a mask."""
    drawn = rasterize([outline], out_shape=mask.shape, transform=transform, dtype="uint8") > 0
    return float((drawn & mask).sum() / max(int(drawn.sum()), 1))
