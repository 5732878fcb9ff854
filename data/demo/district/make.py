"""The whole district, from one seed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data.demo.district import enforcement, planning, roads, sewage, stalls, work
from data.demo.district.areas import divide
from data.demo.district.places import settle
from data.demo.district.streets import Streets
from data.demo.district.tables import Row, Tables

__all__ = ["Row", "make"]


def make(seed: int, *, progress: Callable[[float], None] = lambda share: None) -> dict[str, list[Row]]:
    """Rows by table, in an order that respects their references; the same seed makes the same rows.

    Geometries are shapely, EPSG:4490, multi-part for lines and areas. Ids count from 1 in every table.
    An incident has ``category`` (value of the code list of events and components) in place of a key.
    """
    tables = Tables()
    areas = divide(np.random.default_rng([seed, 1]))
    places = settle(tables, areas, np.random.default_rng([seed, 2]))
    progress(0.5)
    streets = Streets(areas, places)
    roads.build(tables, areas, places, np.random.default_rng([seed, 3]))
    sewage.build(tables, areas, places, np.random.default_rng([seed, 4]))
    planning.build(tables, areas, streets, places, np.random.default_rng([seed, 5]))
    stalls.build(tables, streets, places, np.random.default_rng([seed, 6]))
    enforcement.build(tables, streets, places, np.random.default_rng([seed, 7]))
    progress(0.8)
    work.build(tables, streets, places, np.random.default_rng([seed, 8]))
    rows = tables.finish()
    progress(1.0)
    return rows
