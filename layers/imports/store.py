"""What an import asks of the database, and how it writes to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gis.crs import Points
from layers.catalogue import LAYERS
from layers.database import SRID, geometry
from layers.imports.broken_rules import sentence
from layers.imports.faults import RowFault
from layers.layer import Field, Layer
from layers.models import METADATA

__all__ = ["Draft", "district", "insert", "known_points", "referenced", "taken"]

_BATCH = 500  # rows in one savepoint
_MOST_POINTS = 50_000
_BROAD = {"divisions", "grids", "organisations"}  # what refers to them need not lie on their lines


@dataclass
class Draft:
    """One row on its way: its number in the file, values by column, references still to be found."""

    row: int
    code: str | None
    values: dict[str, Any] = field(default_factory=dict)
    wanted: dict[Field, str] = field(default_factory=dict)
    geometry: BaseGeometry | None = None
    sound: bool = True


def district(session: Session) -> BaseGeometry | None:
    """The outline of the district in force (EPSG:4490); None while there is none."""
    sql = "SELECT ST_AsBinary(ST_Union(geom)) FROM divisions WHERE level = 'district' AND valid_to IS NULL"
    outline = geometry(session.scalar(text(sql)))
    if outline is not None:
        shapely.prepare(outline)
    return outline


def known_points(session: Session, layer: Layer) -> Points:
    """Points (n, 2), EPSG:4490, of the layer and of the features that its rows refer to."""
    published = {each.table for each in LAYERS}
    tables = {layer.table} | {each.references for each in layer.fields if each.references in published}
    parts = [
        f"(SELECT ST_X(p.geom) AS x, ST_Y(p.geom) AS y FROM {table} t, ST_DumpPoints(t.geom) p LIMIT {_MOST_POINTS})"  # noqa: S608
        for table in sorted(str(each) for each in tables)
        if table not in _BROAD
    ]
    rows = session.execute(text(" UNION ALL ".join(parts))).all() if parts else []
    return np.array([tuple(each) for each in rows], dtype=np.float64).reshape(-1, 2)


def referenced(session: Session, wanted: Field, texts: Iterable[str]) -> dict[str, list[int]]:
    """The rows that each text may mean: by what the field shows, or by code; those in force first.

    Several ids for a text: it is not clear which one is meant.
    """
    table = METADATA.tables[str(wanted.references)]
    keys = [each for each in dict.fromkeys((wanted.shows, "code")) if each in table.c]
    current = "valid_to IS NULL" if "valid_to" in table.c else "true"
    found: dict[str, dict[bool, list[int]]] = {}
    for key in keys:
        sql = f'SELECT "{key}", {current}, id FROM "{table.name}" WHERE "{key}" = ANY(:texts) ORDER BY id'  # noqa: S608
        answers: dict[str, dict[bool, list[int]]] = {}
        for name, in_force, row_id in session.execute(text(sql), {"texts": sorted(set(texts))}):
            answers.setdefault(name, {}).setdefault(in_force, []).append(row_id)
        found = answers | found
    return {name: ids.get(True) or ids[False] for name, ids in found.items()}


def taken(
    session: Session, layer: Layer, column: str, values: Iterable[Any], *, besides: int | None = None
) -> set[Any]:
    """Which of the values the layer's table has already, in other rows than ``besides``."""
    sql = f'SELECT "{column}" FROM "{layer.table}" WHERE "{column}" = ANY(:values) AND id IS DISTINCT FROM :besides'  # noqa: S608
    return set(session.scalars(text(sql), {"values": sorted(set(values)), "besides": besides}))


def insert(session: Session, layer: Layer, drafts: Sequence[Draft]) -> list[RowFault]:
    """Write the rows; what the database refuses comes back as faults, and the rest is written.

    A batch that meets a refusal is written again row by row, so that every refused row is known.
    """
    faults: list[RowFault] = []
    for start in range(0, len(drafts), _BATCH):
        batch = drafts[start : start + _BATCH]
        if _written(session, layer, batch) is not None:
            for draft in batch:
                error = _written(session, layer, [draft])
                if error is not None:
                    meant, said = sentence(error, layer)
                    faults.append(RowFault(draft.row, draft.code, meant.title if meant else None, said))
    return faults


def _written(session: Session, layer: Layer, drafts: Sequence[Draft]) -> DBAPIError | None:
    """Write rows in a savepoint; the error that undid it, if any."""
    columns = list(drafts[0].values)
    names = ", ".join(f'"{each}"' for each in columns)
    values = ", ".join(f":v{number}" for number in range(len(columns)))
    sql = f'INSERT INTO "{layer.table}" ({names}, geom) VALUES ({values}, ST_GeomFromWKB(:geom, {SRID}))'  # noqa: S608
    try:
        with session.begin_nested():
            session.execute(text(sql), [_parameters(columns, each) for each in drafts])
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        return error
    return None


def _parameters(columns: Sequence[str], draft: Draft) -> Mapping[str, Any]:
    return {f"v{number}": draft.values[each] for number, each in enumerate(columns)} | {
        "geom": shapely.to_wkb(draft.geometry)
    }
