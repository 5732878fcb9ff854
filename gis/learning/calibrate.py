"""The confidence of what rose or fell, fitted on flights with surface models and known truth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from shapely.geometry.base import BaseGeometry

from gis.change.model import Model
from gis.change.options import DetectOptions
from gis.learning.choose import SURFACE_TERMS, calibrated, measured_surfaces
from gis.learning.export import change_facts

__all__ = ["calibrate_surfaces"]


def calibrate_surfaces(
    model: Path, flights: Iterable[tuple[Path, Sequence[BaseGeometry]]]
) -> tuple[int, int]:
    """Fit and write into the model's file; returns how many patches there were, and how many of them real.

    ``flights``: folders with ``before_ortho.tif after_ortho.tif before_dsm.tif after_dsm.tif``, and what really
    changed, as outlines in their working CRS. Raises ``ModelUnreadable``.
    """
    Model.read(model)
    rows, real = [], []
    for folder, truth in flights:
        orthos = folder / "before_ortho.tif", folder / "after_ortho.tif"
        surfaces = folder / "before_dsm.tif", folder / "after_dsm.tif"
        measures, right = measured_surfaces(orthos, surfaces, truth, DetectOptions(model=model))
        rows.append(measures)
        real.append(right)
    measures, right = np.concatenate(rows), np.concatenate(real)
    curve = calibrated(measures, right, SURFACE_TERMS)

    def with_curve(facts: dict[str, object]) -> dict[str, object]:
        known = facts["calibrations"]
        assert isinstance(known, dict)
        return {**facts, "calibrations": {**known, "fused": asdict(curve)}}

    change_facts(model, with_curve)
    return len(right), int(right.sum())
