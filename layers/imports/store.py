"""What an import asks of the database before its rows are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gis.crs import Points
from layers.catalogue import LAYERS
from layers.database import geometry
from layers.imports.faults import RowFault
from layers.imports.model import Import, ImportFault
from layers.layer import Field, Layer, Text

__all__ = ["district", "faults", "known_points", "listed", "referenced", "taken", "with_files"]

_MOST_POINTS = 50_000
_BROAD = {"divisions", "grids", "organisations"}  # what refers to them need not lie on their lines


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
    table = str(wanted.references)
    held = "SELECT attname FROM pg_attribute WHERE attrelid = CAST(:table AS regclass) AND NOT attisdropped"
    columns = set(session.scalars(text(held), {"table": f'"{table}"'}))
    keys = [each for each in dict.fromkeys((wanted.shows, "code")) if each in columns]
    current = "valid_to IS NULL" if "valid_to" in columns else "true"
    found: dict[str, dict[bool, list[int]]] = {}
    for key in keys:
        sql = f'SELECT "{key}", {current}, id FROM "{table}" WHERE "{key}" = ANY(:texts) ORDER BY id'  # noqa: S608
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


def listed(session: Session, layers: Iterable[str] | None = None, most: int = 200) -> list[Import]:
    """The imports (of some layers, or of all), newest first."""
    asked = select(Import).order_by(Import.id.desc()).limit(most)
    return list(session.scalars(asked if layers is None else asked.where(Import.layer.in_(layers))))


def with_files(session: Session) -> list[int]:
    """The imports whose file is still kept."""
    return list(session.scalars(select(Import.id).where(Import.path.is_not(None))))


def faults(session: Session, import_id: int, most: int | None = None, skip: int = 0) -> Iterator[RowFault]:
    """What was found about an import, by rows, with what concerns the whole file first."""
    asked = select(ImportFault).where(ImportFault.import_id == import_id)
    asked = asked.order_by(ImportFault.row.nulls_first(), ImportFault.id).limit(most).offset(skip)
    for each in session.scalars(asked.execution_options(yield_per=1000)):
        field = None if each.field_zh is None else Text(each.field_zh, each.field_en or "")
        place = None if each.lon is None or each.lat is None else (each.lon, each.lat)
        yield RowFault(each.row, each.code, field, Text(each.zh, each.en), place, each.repaired)
