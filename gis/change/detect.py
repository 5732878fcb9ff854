"""The detector: suspected building changes between two surveys.

Where both surface models show the ground height leads: what did not rise or fall is not reported, whatever
its colour, and the learned model says how likely it is a building. Elsewhere the learned model leads. Without
a model only heights, or the labelled plain difference, are left: the latter is a help for the eye and no detector.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import geopandas as gpd
from rasterio.errors import RasterioError

from gis.align import Alignment, align, require_found
from gis.change.found import chances_of, patches_by_colour, patches_by_height, patches_by_learning
from gis.change.judge import judged
from gis.change.kept import KeptWindows, fingerprint
from gis.change.model import Model
from gis.change.options import DetectOptions
from gis.change.patch import Patch, merged
from gis.change.windows import Pair, Surfaces, View, Window, opened_pair, pair_of
from gis.check import Kind, check
from gis.crs import MEASURED
from gis.raster import Progress, ground_pixel_m, opened, quiet
from gis.refused import RasterTruncated
from gis.spread import Means, spread

__all__ = ["COLUMNS", "DetectOptions", "Detection", "detect", "detect_files", "patches_between"]

COLUMNS = (
    "geometry",
    "kind",
    "confidence",
    "area_m2",
    "height_change_m",
    "method",
    "model",
    "threshold",
)
MOST_PIXELS = 20_000_000_000  # of one raster; windows keep the memory bounded below that
_DEFAULT = DetectOptions()
_HERE = Means()


@dataclass(frozen=True)
class Detection:
    """What was found, and the alignment it rests on."""

    found: gpd.GeoDataFrame
    alignment: Alignment
    too_coarse: bool = False
    """The pictures are too coarse for the model: without two surface models nothing can be found."""


def detect(
    before: Path,
    after: Path,
    *,
    before_dsm: Path | None = None,
    after_dsm: Path | None = None,
    alignment: Alignment | None = None,
    options: DetectOptions = _DEFAULT,
    means: Means = _HERE,
    progress: Progress = quiet,
) -> gpd.GeoDataFrame:
    """Find what was built, extended or pulled down between two orthophotos.

    GeoTIFFs of any size, CRS and pixel size that share some ground. ``alignment``: measured here when
    missing; applied when good or when it helps; a loose one widens ``edge_m``. Surface models in metres: of
    both dates, one or none; one alone only tells whether what the model sees stands up. ``means``: cores,
    cluster and where finished windows outlive a killed run; they change nothing in the result.
    ``progress`` is called in this thread, and what it raises ends the run.

    Returns a frame in EPSG:4548 (far from 117° E: the UTM zone of the place), the most confident first:
    geometry (Polygon, in BEFORE's place), kind (new | demolished | extended | rebuilt; changed by plain
    difference), confidence 0..1 (with a model: the chance that it is real), area_m2, height_change_m (mean
    over the patch, nan without surface models), method (fused | learned | surface | difference), model (its
    version) and threshold (at which patches were cut; nan without). Raises ``ModelUnreadable`` and
    ``NoOverlap``; on a cluster also ``DaskMissing``, ``SchedulerSilent``.
    """
    alignment = alignment or align(before, after, cores=means.cores)
    pair, patches = patches_between(
        (before, after), (before_dsm, after_dsm), alignment, options, means, progress
    )
    model = Model.read(options.model).at(pair.picture_m) if options.model else None
    rows = [
        judged(
            each,
            pixel=pair.grid.pixel,
            least_m=pair.least_m,
            model=model,
            options=options,
            stature=pair.stature,
        )
        for each in patches
    ]
    progress(1.0)
    return _frame([row for row in rows if row is not None], pair.grid.crs, model)


def patches_between(
    orthos: tuple[Path, Path],
    surfaces: Surfaces,
    alignment: Alignment,
    options: DetectOptions,
    means: Means = _HERE,
    progress: Progress = quiet,
) -> tuple[Pair, list[Patch]]:
    """What ``detect`` judges: the pair on its working grid, and whole patches, none left out yet."""
    pair = pair_of(*orthos, surfaces, alignment, options)
    return pair, merged(_all_patches(pair, options, means, progress))


def detect_files(
    before: Path,
    after: Path,
    *,
    before_dsm: Path | None = None,
    after_dsm: Path | None = None,
    options: DetectOptions = _DEFAULT,
    means: Means = _HERE,
    force: bool = False,
    progress: Progress = quiet,
) -> Detection:
    """Check the headers, align and detect in one go; see ``detect``.

    Raises the children of RasterRefused for a file that is no good, NoOverlap, and AlignmentLost where
    the pictures do not show the same ground, unless told to ``force`` it.
    """
    orthos, surfaces = (before, after), [each for each in (before_dsm, after_dsm) if each is not None]
    for kind, paths in (("ortho", orthos), ("dsm", surfaces)):
        for path in paths:
            check(path, kind=cast(Kind, kind), area=None, max_pixels=MOST_PIXELS)
    try:
        alignment = align(before, after, cores=means.cores)
        if not force:
            require_found(alignment, before=before.name, after=after.name)
        found = detect(
            before,
            after,
            before_dsm=before_dsm,
            after_dsm=after_dsm,
            alignment=alignment,
            options=options,
            means=means,
            progress=progress,
        )
    except RasterioError as error:
        names = "、".join(path.name for path in (*orthos, *surfaces))
        raise RasterTruncated(
            name=names, where_zh="其中一个文件的像素无法读取", where_en="pixels of one of them cannot be read"
        ) from error
    return Detection(found, alignment, _too_coarse(orthos, options))


def _too_coarse(orthos: tuple[Path, Path], options: DetectOptions) -> bool:
    if options.model is None:
        return False
    pixels = []
    for path in orthos:
        with opened(path) as dataset:
            pixels.append(ground_pixel_m(dataset))
    return not Model.read(options.model).sees(max(pixels))


def _all_patches(pair: Pair, options: DetectOptions, means: Means, progress: Progress) -> list[Patch]:
    store = (
        KeptWindows.of(means.keep, fingerprint(pair, options, model=_mark(options))) if means.keep else None
    )
    found = spread(
        _worked,
        (pair, options),
        list(pair.windows(options)),
        means=means,
        store=store,
        progress=lambda share: progress(0.95 * share),
    )
    return [patch for patches in found for patch in patches]


def _mark(options: DetectOptions) -> str:
    return Model.read(options.model).fingerprint() if options.model else ""


def _worked(job: tuple[Pair, DetectOptions], window: Window) -> list[Patch]:
    """The whole work on one window; it runs in any thread, process or machine."""
    pair, options = job
    with opened_pair(pair) as files:
        return patches_in(files.view(window), window, pair, options)


def patches_in(view: View, window: Window, pair: Pair, options: DetectOptions) -> list[Patch]:
    """Patches of change on a window's own ground; edges may lie off as far as the alignment tells."""
    options = replace(options, edge_m=max(options.edge_m, pair.alignment.tolerance_m))
    if options.model is None:
        if pair.has_surfaces:
            return patches_by_height(view, window, pair.least_m, options)
        return patches_by_colour(view, window, pair.tone, options)
    model = Model.read(options.model).at(pair.picture_m)
    if not model.sees(window.grid.pixel):
        return patches_by_height(view, window, pair.least_m, options)
    chances = chances_of(view, model)
    return [
        *patches_by_height(view, window, pair.least_m, options, chances),
        *patches_by_learning(view, window, chances, model, options),
    ]


def _frame(rows: list[dict[str, Any]], crs: Any, model: Model | None) -> gpd.GeoDataFrame:
    learned = {"model": model.version if model else None, "threshold": model.threshold if model else math.nan}
    rows = [{**learned, **row} for row in sorted(rows, key=lambda row: -row["confidence"])]
    columns = {name: [row[name] for row in rows] for name in COLUMNS}
    frame = gpd.GeoDataFrame(columns, geometry="geometry", crs=crs.to_epsg() or MEASURED)
    numbers = ("confidence", "area_m2", "height_change_m", "threshold")
    return frame.astype({**dict.fromkeys(numbers, "float64"), "model": "object"})
