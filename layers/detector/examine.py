"""How a model does on the held-out part of a set of verdicts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from gis import change
from gis.align import Alignment
from gis.change.model import Model
from gis.learning.held_out import Found, parted, scored
from gis.raster import Progress, quiet
from layers.detector.rules import Scores
from layers.errors import Refused
from layers.settings import Settings

__all__ = ["examined", "pixel_of"]

TOGETHER = Alignment(
    0.0, 0.0, 0.0, 0.0, 1.0, reliable=True
)  # the export has undone what lay between the dates


def examined(
    model: Path,
    lessons: Path,
    settings: Settings,
    *,
    detector: Callable[[Path], Found] | None = None,
    progress: Progress = quiet,
) -> Scores:
    """Objects found and missed on the held-out places of an exported set, as this installation would report them.

    ``detector`` makes what looks at a pair from a model's file; the platform's own one by default.
    Raises ``ModelUnreadable``, ``NoLessons``, ``Refused`` (nothing is held out).
    """
    _, held = parted(lessons)
    if not held:
        raise Refused(
            reason_zh="这个训练集太小，没有留出的地方可供比较。",
            reason_en="The set is too small: no place is held out to compare on.",
        )
    found = detector(model) if detector else _looking_with(model, settings)
    return Scores.of(vars(scored(lessons, held, pixel_of(lessons), found, progress=progress)))


def pixel_of(lessons: Path) -> float:
    """The pixel size of an exported set, metres, as its manifest says. Raises ``Refused`` without one."""
    manifest = lessons / "manifest.json"
    if not manifest.exists():
        raise Refused(
            reason_zh=f"“{lessons}”不是由 chengtu model export 导出的训练集（缺少 manifest.json）。",
            reason_en=f"“{lessons}” is no set that chengtu model export wrote (manifest.json is missing).",
        )
    return float(json.loads(manifest.read_text(encoding="utf-8"))["pixel_m"])


def _looking_with(model: Path, settings: Settings) -> Found:
    Model.read(model)  # said before the first pair rather than within it
    options = change.DetectOptions(
        model=model, min_area_m2=settings.min_area_m2, least_confidence=settings.least_confidence
    )

    def found(before: Path, after: Path) -> Sequence[BaseGeometry]:
        return list(change.detect(before, after, alignment=TOGETHER, options=options).geometry)

    return found
