"""Some features of a file for the map, those that are wrong first: bounded, whatever the file holds."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text

from layers.imports.check import Batch
from layers.imports.staging import SOUND, Staging

__all__ = ["MOST_SOUND", "MOST_WRONG", "Preview"]

MOST_WRONG, MOST_SOUND = 200, 300  # features
_MOST_POINTS = 2_000  # of a feature; a larger one is shown as its bounds
_STAGED = """
SELECT s._row, s._code, ST_AsBinary(s.geom) AS wkb, f.zh, f.en, f.repaired
FROM import_rows AS s JOIN (
    SELECT DISTINCT ON (row) row, zh, en, repaired FROM import_found WHERE row IS NOT NULL ORDER BY row, repaired
) AS f ON f.row = s._row WHERE s.geom IS NOT NULL ORDER BY f.repaired, s._row LIMIT :most
"""


class Preview:
    """GeoJSON features (EPSG:4490), each with row, code, state (wrong, repaired or sound) and what is said of it."""

    def __init__(self) -> None:
        self._wrong: list[dict[str, Any]] = []

    def add(self, batch: Batch, given: NDArray[np.object_]) -> None:
        """Remember the geometries that were refused: the staging table does not hold them."""
        for fault in batch.faults:
            if len(self._wrong) >= MOST_WRONG:
                return
            if fault.row is None or fault.repaired:
                continue
            at = int(np.searchsorted(batch.rows, fault.row))
            seen = self._wrong and self._wrong[-1]["properties"]["row"] == fault.row
            if batch.shapes[at] is None and given[at] is not None and not seen:
                self._keep(
                    self._wrong, "wrong", fault.row, fault.code, given[at], fault.said.zh, fault.said.en
                )

    def collection(self, staging: Staging) -> dict[str, Any]:
        """A FeatureCollection of at most 200 wrong or repaired features and 300 sound ones."""
        features = list(self._wrong)
        left = {"most": MOST_WRONG - len(features)}
        for row, code, wkb, zh, en, repaired in staging.session.execute(text(_STAGED), left):
            state = "repaired" if repaired else "wrong"
            self._keep(features, state, row, code, shapely.from_wkb(bytes(wkb)), zh, en)
        rows = staging.counts()[0]
        some = f"""
            SELECT s._row, s._code, ST_AsBinary(s.geom) FROM import_rows AS s
            WHERE {SOUND} AND s._row % :step = 0 ORDER BY s._row LIMIT :most
        """  # noqa: S608
        asked = {"most": MOST_SOUND, "step": max(1, rows // MOST_SOUND)}
        named = {each["properties"]["row"] for each in features}
        for row, code, wkb in staging.session.execute(text(some), asked):
            if row not in named:
                self._keep(features, "sound", row, code, shapely.from_wkb(bytes(wkb)), None, None)
        return {"type": "FeatureCollection", "features": features}

    @staticmethod
    def _keep(
        features: list[dict[str, Any]], state: str, row: int, code: str | None, shape: BaseGeometry,
        zh: str | None, en: str | None,
    ) -> None:  # fmt: skip
        numbers = shapely.get_coordinates(shape)
        if not len(numbers) or not np.isfinite(numbers).all() or (np.abs(numbers) > (180, 90)).any():
            return
        if len(numbers) > _MOST_POINTS:
            shape = shapely.box(*shape.bounds)
        drawn = json.loads(json.dumps(mapping(shapely.force_2d(shape))))
        said = {"row": row, "code": code, "state": state, "zh": zh, "en": en}
        features.append({"type": "Feature", "properties": said, "geometry": drawn})
