"""A patch → a row of the result: its kind, its height, how likely it is real; or nothing. Pure."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Polygon

from gis.change.model import Model
from gis.change.options import DetectOptions
from gis.change.outlines import squared
from gis.change.patch import Patch
from gis.change.windows import Date

__all__ = ["evidence_of_height", "fused_measures", "judged", "measures_of"]

_STANDS = 0.4  # a mean chance of a building above this counts as one


def judged(
    patch: Patch,
    *,
    pixel: float,
    least_m: float,
    model: Model | None,
    options: DetectOptions,
    stature: Date | None = None,
) -> dict[str, Any] | None:
    """A patch as a row of the frame, or ``None`` when it is no building.

    ``pixel``: metres; ``least_m``: the change of height that counts, metres; ``stature``: the only
    date with a surface model.
    """
    if patch.outline.area < 0.8 * options.min_area_m2:
        return None
    outline = squared(patch.outline, pixel=pixel)
    if outline.area < options.min_area_m2 or _is_strip(outline):
        return None
    row: dict[str, Any] | None
    if patch.sense == "learned" and model is not None:
        row = _by_learning(patch, outline, pixel, model, stature)
    elif patch.sense == "changed":
        row = _by_colour(patch, outline, pixel, options)
    else:
        row = _by_height(patch, outline, pixel, least_m, model, options)
    if row is None or row["confidence"] < options.least_confidence:
        return None
    return {"geometry": outline, "area_m2": outline.area, **row}


def _by_learning(
    patch: Patch, outline: Polygon, pixel: float, model: Model, stature: Date | None
) -> dict[str, Any] | None:
    if patch.total("firm") < 4:
        return None
    kind = _learned_kind(patch, pixel)
    height = _height_of_one_date(patch, kind, stature)
    if height is not None and patch.total("tall") < 0.3 * patch.total("known"):
        return None  # it changed colour, and does not stand up: a tarpaulin, a yard
    return {
        "kind": kind,
        "confidence": model.calibrations["learned"].chance(**measures_of(patch, outline)),
        "height_change_m": math.nan if height is None else height,
        "method": "learned" if height is None else "fused",
    }


def _height_of_one_date(patch: Patch, kind: str, stature: Date | None) -> float | None:
    """Mean height above ground (m), where the only surface model shows the thing itself; from bare ground."""
    shows = {"new": "after", "extended": "after", "demolished": "before"}.get(kind)
    if stature is None or shows != stature or patch.total("known") < 0.5 * patch.pixels:
        return None
    height = patch.total("rise") / patch.total("known")
    return -height if kind == "demolished" else height


def measures_of(patch: Patch, outline: Polygon) -> dict[str, float]:
    """What the learned confidence rests on, by the names that calibrations use."""
    change = min(max(patch.mean("change"), 1e-4), 1 - 1e-4)
    return {
        "change": math.log(change / (1 - change)),
        "firm": patch.total("firm") / max(patch.pixels, 1),
        "area": math.log(max(outline.area, 1.0)),
        "contrast": abs(patch.mean("after") - patch.mean("before")),
        "fullness": _fullness(outline),
    }


def _learned_kind(patch: Patch, pixel: float) -> str:
    """New, demolished, extended or rebuilt, from what stood at either date."""
    before, after = patch.mean("before"), patch.mean("after")
    if before >= _STANDS and after >= _STANDS and abs(after - before) < 0.25:
        return "rebuilt"
    if before > after:
        return "demolished"
    return "extended" if _touches(patch, pixel) else "new"


def _touches(patch: Patch, pixel: float) -> bool:
    """Whether it shares at least 2.5 m of wall with what stands (the band of touching pixels is three wide)."""
    return patch.total("near") * pixel / 3 >= 2.5


def _by_height(
    patch: Patch, outline: Polygon, pixel: float, least_m: float, model: Model | None, options: DetectOptions
) -> dict[str, Any] | None:
    kind = "demolished"
    if patch.sense == "gained":
        kind = "extended" if patch.mean("tall") >= 0.5 or _touches(patch, pixel) else "new"
    confidence = evidence_of_height(patch, outline, kind, least_m, options)
    if confidence is None:
        return None
    method = "surface"
    if model is not None:
        method = "fused"
        confidence = model.calibrations["fused"].chance(**fused_measures(patch, outline, confidence))
    return {"kind": kind, "confidence": confidence, "height_change_m": patch.mean("rise"), "method": method}


def evidence_of_height(
    patch: Patch, outline: Polygon, kind: str, least_m: float, options: DetectOptions
) -> float | None:
    """How much a change of height looks like a building, 0.05..0.99 (no chance yet); ``None``: it is a tree."""
    unevenness = patch.total("rough") / max(patch.total("inner"), 1)
    greenness = patch.mean("green")
    crown = (
        greenness > 0.6 and patch.mean("trees") > 0.45
    )  # a crown that grew: green, at the rim of rough green
    if crown or (unevenness > 0.5 and greenness > 0.3) or unevenness > 0.8:
        return None
    height = abs(patch.mean("rise"))
    parts = (
        np.clip(height / least_m - 0.6, 0.2, 1),
        1 - 0.8 * unevenness,
        1 - 0.5 * greenness,
        np.clip(_fullness(outline) / 0.8, 0.3, 1),
        np.clip(0.5 + outline.area / (8 * options.min_area_m2), 0, 1),
        np.clip(patch.mean("score") + 0.3, 0.3, 1),
        0.25 if kind != "extended" and _is_long_load(outline, height) else 1.0,
    )
    return float(np.clip(np.prod(parts) ** (1 / 2), 0.05, 0.99))


def fused_measures(patch: Patch, outline: Polygon, evidence: float) -> dict[str, float]:
    """What the confidence rests on where height and model speak: see ``measures_of``; ``shown``: whether a

    building is seen on the date that should show it; ``surface``: the evidence of height.
    """
    shown = patch.mean("after" if patch.sense == "gained" else "before")
    return {"surface": math.log(evidence / (1 - evidence)), "shown": shown, **measures_of(patch, outline)}


def _by_colour(patch: Patch, outline: Polygon, pixel: float, options: DetectOptions) -> dict[str, Any] | None:
    fullness = _fullness(outline)
    tiny = outline.area < 16 * pixel * pixel  # fewer pixels have no shape to judge
    if tiny or outline.area > options.max_area_m2 or fullness < 0.5:
        return None
    confidence = 0.5 * patch.mean("score") * np.clip(fullness / 0.8, 0, 1)  # never above one half
    return {
        "kind": "changed",
        "confidence": float(np.clip(confidence, 0.01, 0.5)),
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
