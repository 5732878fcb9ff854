"""The rows being made: one list per table, numbered as they come."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import shapely
from shapely import MultiLineString, MultiPolygon
from shapely.geometry.base import BaseGeometry

from data.demo.district.seats import to_degrees

__all__ = ["Row", "Tables", "many"]

Row = dict[str, Any]


class Tables:
    """Rows by table. ``add`` gives each its id (from 1) and marks it synthetic.

    ``geom`` is in EPSG:4548 while rows are made; ``finish`` turns all of them to EPSG:4490.
    """

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = defaultdict(list)

    def __getitem__(self, table: str) -> list[Row]:
        return self.rows[table]

    def add(self, table: str, **values: Any) -> int:
        """Append a row; its id."""
        number = len(self.rows[table]) + 1
        self.rows[table].append({"id": number, **values, "synthetic": True})
        return number

    def finish(self) -> dict[str, list[Row]]:
        """All rows, geometries in EPSG:4490."""
        for rows in self.rows.values():
            if rows and "geom" in rows[0]:
                turned = to_degrees(np.array([row["geom"] for row in rows], dtype=object))
                for row, shape in zip(rows, turned, strict=True):
                    row["geom"] = shape
        return dict(self.rows)


def many(shape: BaseGeometry) -> BaseGeometry:
    """The same as a multi-geometry, as the tables want lines and areas."""
    parts = list(shapely.get_parts(shape))
    if parts[0].geom_type == "Polygon":
        return MultiPolygon(parts)
    return MultiLineString(parts)
