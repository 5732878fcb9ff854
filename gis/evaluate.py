"""How good is the detector? Measured on folders of pairs with known truth.

A folder holds ``A/`` (date 1), ``B/`` (date 2) and ``label/`` (mask, 255 = changed building) with the same
names in all three; PNG, TIFF or JPEG, 8 bit, with or without georeference.
"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from PIL import Image

from gis.change.detect import detect
from gis.change.model import Model
from gis.change.options import DetectOptions
from gis.crs import MEASURED
from gis.errors import ChengtuError
from gis.raster import Progress, quiet
from gis.score import Counts, counts, figures
from gis.spread import Means, spread

__all__ = ["NothingToEvaluate", "evaluate", "guessed_gsd"]

_SUFFIXES = {".png", ".tif", ".tiff", ".jpg", ".jpeg"}
_ORIGIN = (455_000.0, 3_515_000.0)  # pictures without a place are laid here, EPSG:4548
_PIXELS_M = (0.2, 0.3, 0.5, 0.8)  # sizes tried when nobody says
_LOOKED_AT = 6
_LOOK_PX = 768
_DEFAULT = DetectOptions()


class NothingToEvaluate(ChengtuError):
    """The folder holds no complete pair."""

    code = "nothing_to_evaluate"
    zh = "文件夹“{folder}”中没有成对影像。需要 A/、B/、label/ 三个子文件夹，且文件名一致。"
    en = "The folder “{folder}” holds no pair. It takes A/, B/ and label/ with the same file names."


def evaluate(
    folder: Path,
    *,
    gsd_m: float | None = None,
    options: DetectOptions = _DEFAULT,
    cores: int | None = None,
    progress: Progress = quiet,
) -> dict[str, Any]:
    """Run ``detect`` on every pair of a folder and compare with the truth.

    ``gsd_m``: size of a pixel on the ground, metres; guessed when missing (see ``guessed_gsd``). Pairs are
    worked on side by side, one a core. Returns pairs, gsd_m and whether it was guessed; precision, recall, f1,
    iou over pooled pixels; objects, found, object_precision and object_recall (a hit: IoU of at least 0.3, or
    the found polygon holds the centroid of the true one); megapixels_per_second of input, from open files to
    polygons; peak_memory_mb of the process. A figure without a denominator is ``None``.
    Raises ``NothingToEvaluate``.
    """
    names = _names(folder)
    gsd = gsd_m or guessed_gsd(folder, options)
    started = time.perf_counter()
    scored = spread(_scored, (folder, gsd, options), names, means=Means(cores=cores), progress=progress)
    total, pixels = sum((each for each, _ in scored), Counts()), sum(size for _, size in scored)
    seconds = time.perf_counter() - started
    return {
        "pairs": len(names),
        "gsd_m": gsd,
        "gsd_guessed": gsd_m is None,
        **figures(total),
        "megapixels_per_second": pixels / 1e6 / max(seconds, 1e-9),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def guessed_gsd(folder: Path, options: DetectOptions = _DEFAULT) -> float:
    """The pixel size (metres) of pictures that do not say it: 0.2, 0.3, 0.5 or 0.8.

    A georeferenced picture says it itself. Else the model looks at a few pairs at every size: at the right one
    it is sure of what it takes for a building. The finest size is taken that comes within a tenth of the
    surest: coarser ones make every thing look like a house. Without a model: 0.5.
    Raises ``NothingToEvaluate``.
    """
    names = _names(folder)
    first = _named(folder / "A", names[0])
    if first.suffix.lower() in {".tif", ".tiff"}:
        with rasterio.open(first) as dataset:
            if dataset.crs is not None and dataset.crs.is_projected:
                return float(abs(dataset.transform.a))
    if options.model is None:
        return 0.5
    model = Model.read(options.model)
    step = max(1, len(names) // _LOOKED_AT)
    pictures = [
        tuple(_picture(_named(folder / part, name)) for part in ("A", "B"))
        for name in names[::step][:_LOOKED_AT]
    ]
    sure = {gsd: _sureness(pictures, gsd, model) for gsd in _PIXELS_M}
    return min(gsd for gsd in _PIXELS_M if sure[gsd] >= 0.9 * max(sure.values()))


def _sureness(pictures: list[tuple[NDArray[np.uint8], ...]], gsd: float, model: Model) -> float:
    """Of the pixels that may be a building (chance above 0.3), the share that surely is (above 0.8)."""
    sure, maybe = 0, 0
    for before, after in pictures:
        seen = model.chances(_at_model_pixel(before, gsd, model), _at_model_pixel(after, gsd, model))
        for plane in (seen.before, seen.after):
            sure, maybe = sure + int((plane > 0.8).sum()), maybe + int((plane > 0.3).sum())
    return sure / max(maybe, 1)


def _at_model_pixel(picture: NDArray[np.uint8], gsd: float, model: Model) -> NDArray[np.uint8]:
    """The middle of a picture (3, row, column) as the model wants it, if its pixel measures ``gsd`` metres."""
    factor = gsd / model.pixel_m
    side = int(min(_LOOK_PX / factor, *picture.shape[1:]))
    top, left = ((each - side) // 2 for each in picture.shape[1:])
    part = np.moveaxis(picture[:, top : top + side, left : left + side], 0, -1)
    size = (max(64, round(side * factor)),) * 2
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.ascontiguousarray(np.moveaxis(cv2.resize(part, size, interpolation=how), -1, 0))


def _scored(job: tuple[Path, float, DetectOptions], name: str) -> tuple[Counts, int]:
    folder, gsd_m, options = job
    label = _mask(_named(folder / "label", name))
    frame = _detected(_named(folder / "A", name), _named(folder / "B", name), gsd_m, options)
    transform = Affine(gsd_m, 0, _ORIGIN[0], 0, -gsd_m, _ORIGIN[1])
    return counts(list(frame.geometry), label, transform), label.size


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
        values = np.asarray(picture.convert("L"))
    return np.asarray(
        values > (191 if values.max(initial=0) > 1 else 0)
    )  # 128 is undecided; some sets hold 0 and 1


def _picture(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.ascontiguousarray(np.moveaxis(np.asarray(image.convert("RGB")), -1, 0))


def _detected(before: Path, after: Path, gsd_m: float, options: DetectOptions) -> Any:
    """Lay both pictures on the ground and detect, exactly as for a survey."""
    with tempfile.TemporaryDirectory() as folder:
        first = _placed(before, Path(folder) / "before.tif", gsd_m)
        second = _placed(after, Path(folder) / "after.tif", gsd_m)
        return detect(first, second, options=options, means=Means(cores=1))


def _placed(picture: Path, target: Path, gsd_m: float) -> Path:
    bands = _picture(picture)
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
