"""Checks a batch of rows by whole columns; only what needs the table itself is left for the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from gis.crs import STORED, Points
from layers.imports import shapes, store, values
from layers.imports.faults import EMPTY, RowFault, unclear, unknown
from layers.imports.place import District, outside
from layers.layer import Field, Layer, Text

__all__ = ["MEASURED", "Batch", "Checker"]

MEASURED = {"area_m2": "MultiPolygon", "length_m": "MultiLineString"}
"""Fields filled from the geometry when blank, and the geometry that has them."""

_MOST_REMEMBERED = 100_000  # rows that were referred to
_MOST_SHOWN = 80  # characters of a code in a fault


@dataclass
class Batch:
    """Rows on their way into the staging table, and what is wrong with them.

    ``rows``: their numbers in the file, (n,) int64. ``values``: by column, as COPY takes them. ``waiting``: by
    column, the text by which another row of this very file is meant. ``shapes``: (n,) geometries in EPSG:4490
    or None as they are stored, ``given`` as they came. ``sound``: (n,) whether nothing was found wrong.
    ``mended``, ``measured``: how many rows were.
    """

    rows: NDArray[np.int64]
    codes: list[str | None]
    shapes: NDArray[np.object_]
    given: NDArray[np.object_]
    values: dict[str, pa.Array] = field(default_factory=dict)
    waiting: dict[str, pa.Array] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)
    sound: NDArray[np.bool_] = field(default_factory=lambda: np.ones(0, dtype=np.bool_))
    mended: int = 0
    measured: int = 0


class Checker:
    """What the batches of one file have in common: the fields found, the district, the rows referred to.

    ``asked`` gives the session when the database has to be asked.
    """

    def __init__(
        self, asked: Callable[[], Session], layer: Layer, columns: dict[Field, str], district: District | None
    ) -> None:
        self._asked, self.layer, self.columns, self.district = asked, layer, columns, district
        self._meant: dict[Field, dict[str, list[int]]] = {each: {} for each in columns if each.references}

    def check(self, frame: GeoDataFrame) -> Batch:
        """Judge every row of a batch, given in the CRS of the file."""
        given = frame.to_crs(STORED).geometry.to_numpy()
        rows = np.asarray(frame.index, dtype=np.int64)
        batch = Batch(rows, self._codes(frame), given, given, sound=np.ones(len(rows), dtype=np.bool_))
        places = _centres(given)
        self._check_shapes(batch, given, places)
        for each, column in self.columns.items():
            self._check_column(batch, each, frame[column], places)
        self._measure(batch)
        return batch

    def _codes(self, frame: GeoDataFrame) -> list[str | None]:
        """What a person calls each row by."""
        column = next((name for each, name in self.columns.items() if each.name == self.layer.key), None)
        if column is None:
            return [None] * len(frame)
        cells = [None if each is pd.NA else each for each in frame[column].tolist()]
        return [None if each is None else _printable(str(each)) for each in cells]

    def _check_shapes(self, batch: Batch, given: NDArray[np.object_], places: Points) -> None:
        fitted = shapes.fit_all(given, self.layer.geometry)
        batch.shapes = fitted.shapes
        refused = fitted.refused
        if self.district is not None:
            away = outside(fitted.shapes, self.district)
            batch.shapes[list(away)] = None
            refused = refused | away
        self._refuse(batch, None, refused, places)
        for at, said in fitted.repaired.items():
            if at not in refused:
                batch.mended += 1
                place = _place(places, at)
                fault = RowFault(int(batch.rows[at]), batch.codes[at], None, said, place, repaired=True)
                batch.faults.append(fault)

    def _check_column(self, batch: Batch, each: Field, cells: pd.Series[Any], places: Points) -> None:
        found, refused = values.column(each, cells)
        self._refuse(batch, each, refused, places)
        if each.required and each.name not in MEASURED:
            blank = np.flatnonzero(pc.is_null(found).to_numpy(zero_copy_only=False)).tolist()
            self._refuse(batch, each, {at: EMPTY for at in blank if at not in refused}, places)
        column = each.column or each.name
        batch.values[column] = self._referred(batch, each, found, places) if each.references else found

    def _referred(self, batch: Batch, each: Field, found: pa.Array, places: Points) -> pa.Array:
        """The ids of the rows that the texts mean; rows of this very file are found when all of it is staged."""
        texts = pc.cast(found, pa.string())
        known = self._meant[each]
        new = [text for text in pc.unique(texts).to_pylist() if text is not None and text not in known]
        if new:
            if len(known) > _MOST_REMEMBERED:
                known.clear()
                new = [text for text in pc.unique(texts).to_pylist() if text is not None]
            answers = store.referenced(self._asked(), each, new)
            known.update({text: answers.get(text, []) for text in new})
        own = each.references == self.layer.table
        wanted = texts.to_pylist()
        ids = [None if text is None else known[text] for text in wanted]
        refused = {}
        for at, meant in enumerate(ids):
            if meant is not None and len(meant) != 1 and (meant or not own):
                refused[at] = unclear(wanted[at]) if meant else unknown(wanted[at])
        self._refuse(batch, each, refused, places)
        if own:
            missing = [text if meant == [] else None for text, meant in zip(wanted, ids, strict=True)]
            batch.waiting[str(each.column)] = pa.array(missing, pa.string())
        return pa.array([meant[0] if meant and len(meant) == 1 else None for meant in ids], pa.int64())

    def _measure(self, batch: Batch) -> None:
        """Fill a required area or length that the file leaves blank."""
        for each in self.layer.fields:
            if MEASURED.get(each.name) != self.layer.geometry or not each.required:
                continue
            given = batch.values.get(each.name, pa.nulls(len(batch.rows), pa.string()))
            blank = pc.is_null(given).to_numpy(zero_copy_only=False) & ~shapely.is_missing(batch.shapes)
            if blank.any():
                sizes = pa.array(shapes.measured_all(batch.shapes[blank], self.layer.geometry), pa.string())
                given = pc.replace_with_mask(pc.cast(given, pa.string()), pa.array(blank), sizes)
                batch.measured += int((blank & batch.sound).sum())
            batch.values[each.name] = given

    def _refuse(self, batch: Batch, each: Field | None, refused: dict[int, Text], places: Points) -> None:
        """Note what is wrong with rows, by position."""
        batch.sound[list(refused)] = False
        title = each.title if each else None
        batch.faults += [
            RowFault(int(batch.rows[at]), batch.codes[at], title, said, _place(places, at))
            for at, said in refused.items()
        ]


def _centres(given: NDArray[np.object_]) -> Points:
    """The middle of the bounds of each geometry, (n, 2)."""
    west, south, east, north = shapely.bounds(given).T
    with np.errstate(invalid="ignore"):
        return np.column_stack([(west + east) / 2, (south + north) / 2])


def _place(centres: Points, at: int) -> tuple[float, float] | None:
    """One of them; None where that is nowhere on earth."""
    x, y = centres[at].tolist()
    return (x, y) if abs(x) <= 180 and abs(y) <= 90 else None


def _printable(code: str) -> str:
    """As it can be shown: without what cannot be seen, and cut."""
    if len(code) <= _MOST_SHOWN and code.isprintable():
        return code
    return "".join(each for each in code if each.isprintable())[:_MOST_SHOWN]
