"""The plain detector: suspected building changes between two surveys, without anything learned.

With two surface models height leads: what did not rise or fall is not reported, whatever its colour.
Without them only the labelled plain difference is left, which is a help for the eye and no detector.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import geopandas as gpd
import numpy as np
import shapely
from rasterio.errors import RasterioError
from shapely.geometry import Polygon

from gis.align import Alignment, align, require_found
from gis.change.found import Patch, merged, patches_by_colour, patches_by_height
from gis.change.kept import KeptWindows, fingerprint
from gis.change.options import DetectOptions
from gis.change.outlines import squared
from gis.change.spread import Means, spread
from gis.change.windows import Pair, View, Window, opened_pair, pair_of
from gis.check import Kind, check
from gis.crs import MEASURED
from gis.raster import Progress, quiet
from gis.refused import RasterTruncated

__all__ = ["COLUMNS", "DetectOptions", "Detection", "detect", "detect_files"]

COLUMNS = ("geometry", "kind", "confidence", "area_m2", "height_change_m", "method")
MOST_PIXELS = 20_000_000_000  # of one raster; windows keep the memory bounded below that
_DEFAULT = DetectOptions()
_HERE = Means()


@dataclass(frozen=True)
class Detection:
    """What was found, and the alignment it rests on."""

    found: gpd.GeoDataFrame
    alignment: Alignment


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
    missing; applied when good or when it helps; a loose one widens ``edge_m``. Both surface models
    (metres) or none: one alone is not used. ``means``: cores, cluster and where finished windows
    outlive a killed run; they change nothing in the result. ``progress`` is called in this thread, and
    what it raises ends the run.

    Returns a frame in EPSG:4548 (far from 117° E: the UTM zone of the place), the most confident first:
    geometry (Polygon, in BEFORE's place), kind (new | demolished | extended with surface models, changed
    without), confidence 0..1, area_m2, height_change_m (mean over the patch, nan without surface models),
    method (surface | difference). Raises ``NoOverlap``; on a cluster also ``DaskMissing``, ``SchedulerSilent``.
    """
    alignment = alignment or align(before, after)
    surfaces = (before_dsm, after_dsm) if before_dsm and after_dsm else None
    pair = pair_of(before, after, surfaces, alignment, options)
    patches = _all_patches(pair, options, means, progress)
    rows = [_row(patch, pair, options) for patch in merged(patches)]
    kept = [row for row in rows if row is not None]
    progress(1.0)
    return _frame(kept, pair.grid.crs)


def detect_files(
    before: Path,
    after: Path,
    *,
    before_dsm: Path | None = None,
    after_dsm: Path | None = None,
    min_area_m2: float = _DEFAULT.min_area_m2,
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
        alignment = align(before, after)
        if not force:
            require_found(alignment, before=before.name, after=after.name)
        found = detect(
            before,
            after,
            before_dsm=before_dsm,
            after_dsm=after_dsm,
            alignment=alignment,
            options=DetectOptions(min_area_m2=min_area_m2),
            means=means,
            progress=progress,
        )
    except RasterioError as error:
        names = "、".join(path.name for path in (*orthos, *surfaces))
        raise RasterTruncated(
            name=names, where_zh="其中一个文件的像素无法读取", where_en="pixels of one of them cannot be read"
        ) from error
    return Detection(found, alignment)


def _all_patches(pair: Pair, options: DetectOptions, means: Means, progress: Progress) -> list[Patch]:
    store = KeptWindows.of(means.keep, fingerprint(pair, options)) if means.keep else None
    found = spread(
        _worked,
        (pair, options),
        list(pair.windows(options)),
        means=means,
        store=store,
        progress=lambda share: progress(0.95 * share),
    )
    return [patch for patches in found for patch in patches]


def _worked(job: tuple[Pair, DetectOptions], window: Window) -> list[Patch]:
    """The whole work on one window; it runs in any thread, process or machine."""
    pair, options = job
    with opened_pair(pair) as files:
        return patches_in(files.view(window), window, pair, options)


def patches_in(view: View, window: Window, pair: Pair, options: DetectOptions) -> list[Patch]:
    """Patches of change on a window's own ground; edges may lie off as far as the alignment tells."""
    options = replace(options, edge_m=max(options.edge_m, pair.alignment.tolerance_m))
    if pair.has_surfaces:
        return patches_by_height(view, window, pair.least_m, options)
    return patches_by_colour(view, window, pair.tone, options)


def _row(patch: Patch, pair: Pair, options: DetectOptions) -> dict[str, Any] | None:
    """A patch as a row of the frame, or ``None`` when it is no building."""
    if patch.outline.area < 0.8 * options.min_area_m2:
        return None
    outline = squared(patch.outline, pixel=pair.grid.pixel)
    if outline.area < options.min_area_m2:
        return None
    return (
        _row_of_height(patch, outline, pair, options)
        if patch.sense != "changed"
        else _row_of_colour(patch, outline, pair.grid.pixel, options)
    )


def _row_of_height(
    patch: Patch, outline: Polygon, pair: Pair, options: DetectOptions
) -> dict[str, Any] | None:
    count, score, rise, green, rough, inner, tall, near, trees = patch.sums
    unevenness = rough / max(inner, 1)
    greenness = green / count
    crown = greenness > 0.6 and trees / count > 0.45  # a crown that grew: green, at the rim of rough green
    if crown or (unevenness > 0.5 and greenness > 0.3) or unevenness > 0.8 or _is_strip(outline):
        return None
    touch_m = near * pair.grid.pixel / 3  # the band of touching pixels is three wide
    kind = "demolished"
    if patch.sense == "gained":
        kind = "extended" if tall / count >= 0.5 or touch_m >= 2.5 else "new"
    height = rise / count
    parts = (
        np.clip(abs(height) / pair.least_m - 0.6, 0.2, 1),
        1 - 0.8 * unevenness,
        1 - 0.5 * greenness,
        np.clip(_fullness(outline) / 0.8, 0.3, 1),
        np.clip(0.5 + outline.area / (8 * options.min_area_m2), 0, 1),
        np.clip(score / count + 0.3, 0.3, 1),
        0.25 if kind != "extended" and _is_long_load(outline, abs(height)) else 1.0,
    )
    return {
        "geometry": outline,
        "kind": kind,
        "confidence": float(np.clip(np.prod(parts) ** (1 / 2), 0.05, 0.99)),
        "area_m2": outline.area,
        "height_change_m": float(height),
        "method": "surface",
    }


def _row_of_colour(
    patch: Patch, outline: Polygon, pixel: float, options: DetectOptions
) -> dict[str, Any] | None:
    count, score = patch.sums[0], patch.sums[1]
    fullness = _fullness(outline)
    tiny = outline.area < 16 * pixel * pixel  # fewer pixels have no shape to judge
    if tiny or outline.area > options.max_area_m2 or fullness < 0.5 or _is_strip(outline):
        return None
    confidence = 0.5 * score / count * np.clip(fullness / 0.8, 0, 1)  # never above one half
    return {
        "geometry": outline,
        "kind": "changed",
        "confidence": float(np.clip(confidence, 0.01, 0.5)),
        "area_m2": outline.area,
        "height_change_m": float("nan"),
        "method": "difference",
    }


def _fullness(outline: Polygon) -> float:
    """Share of its smallest turned box that an outline fills."""
    return float(outline.area / max(outline.minimum_rotated_rectangle.area, 1e-9))


def _is_strip(outline: Polygon) -> bool:
    """Narrower than 1.2 m in the mean: an edge, a wall, a wire."""
    return bool(2 * outline.area / outline.length < 1.2)


def _is_long_load(outline: Polygon, height: float) -> bool:
    """Of the size of a lorry, a bus or a container, which heights cannot tell apart."""
    corners = shapely.get_coordinates(outline.minimum_rotated_rectangle)
    sides = sorted(np.hypot(*np.diff(corners[:3], axis=0).T))
    return bool(sides[0] <= 3.1 and 2 * sides[0] <= sides[1] <= 18 and height < 4.3)


def _frame(rows: list[dict[str, Any]], crs: Any) -> gpd.GeoDataFrame:
    rows = sorted(rows, key=lambda row: -row["confidence"])
    columns = {name: [row[name] for row in rows] for name in COLUMNS}
    frame = gpd.GeoDataFrame(columns, geometry="geometry", crs=crs.to_epsg() or MEASURED)
    numbers = {"confidence": "float64", "area_m2": "float64", "height_change_m": "float64"}
    return frame.astype(numbers)
