"""A layer into a file: the fields that the roles may see, and no others, in every format."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import shapely
from geopandas import GeoDataFrame
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis import formats
from gis.crs import STORED
from gis.maps import Drawn, write_map
from layers import catalogue
from layers.features import Query, chosen, source, where
from layers.filters import Condition
from layers.imports.values import BEIJING
from layers.layer import Field, FieldType, Layer
from layers.own import registry
from layers.people.rules import Role
from layers.reference_systems import CRS84
from layers.settings import ROOT

__all__ = ["EXTENSIONS", "PERSONAL_ROLES", "export_layer"]

# the roles that may see some personal field
PERSONAL_ROLES: frozenset[Role] = frozenset(
    role
    for layer in catalogue.LAYERS
    for field in layer.fields
    if field.personal
    for role in field.visible_to
)

LIBRARIES = ROOT / "web" / "node_modules"  # Leaflet and jQuery, as the pages' build installs them
EXTENSIONS = formats.WRITABLE | {".html"}
_TABLES = {".csv", ".xlsx"}  # for people: Chinese headings with units
_DTYPES: dict[FieldType, str] = {"integer": "Int64", "number": "Float64", "boolean": "boolean"}


def export_layer(
    session: Session,
    layer_id: str,
    path: Path,
    roles: frozenset[Role],
    query: Query = Query(),  # noqa: B008
) -> int:
    """Write a layer by the extension of ``path``; the number of features written.

    What ``query`` asks for, all of it at first, in its system: EPSG:4490 unless it is another one.

    Only fields that ``roles`` may see are even read. Code lists keep their values; dates and times are
    ISO texts, moments in Chinese standard time; CSV and xlsx have Chinese headings with units; ``.html`` is a
    self-contained map. The file can be imported again.
    Raises NotFound when the roles may not see the layer, QueryRefused, FormatUnknown.
    """
    registry.refresh(session)
    layer = catalogue.layer(layer_id, roles)
    path = Path(path)
    fields = chosen(layer, roles, query.names)
    if path.suffix.lower() not in EXTENSIONS:
        raise formats.FormatUnknown(name=path.name, known=" ".join(sorted(EXTENSIONS)))
    frame = _frame(session, layer, fields, query, where(layer, roles, query))
    crs = STORED if query.system is CRS84 else query.system.srid
    if path.suffix.lower() == ".html":
        _write_map(layer, fields, frame, path)
    elif path.suffix.lower() in _TABLES:
        formats.write(frame.rename(columns={each.name: _heading(each) for each in fields}), path, crs=crs)
    else:
        formats.write(frame, path, crs=crs)
    return len(frame)


def _frame(
    session: Session, layer: Layer, fields: Sequence[Field], query: Query, asked: Condition
) -> GeoDataFrame:
    """What is asked of the layer with one column a field, ordered by id."""
    columns = ", ".join(f'{each.sql()} AS "{each.name}"' for each in fields)
    told = f"SELECT ST_AsBinary(t.geom), {columns}"
    rows_of = source(layer, query, told + asked.sql)
    sql = f"{told} FROM {rows_of} t WHERE {asked.sql} ORDER BY t.id"
    rows = session.execute(text(sql), asked.values).all()
    geometries = shapely.from_wkb([None if row[0] is None else bytes(row[0]) for row in rows])
    values = {
        field.name: pd.array(  # type: ignore[call-overload]
            [_value(row[at]) for row in rows], dtype=_DTYPES.get(field.type, "str")
        )
        for at, field in enumerate(fields, 1)
    }
    return GeoDataFrame(values, geometry=geometries, crs=STORED)


def _value(value: Any) -> Any:
    """Numbers as numbers, the rest as text that every format can hold."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.astimezone(BEIJING).isoformat(timespec="seconds")
    return str(value.isoformat())


def _heading(field: Field) -> str:
    return f"{field.title.zh}（{field.unit}）" if field.unit else field.title.zh


def _write_map(layer: Layer, fields: Sequence[Field], frame: GeoDataFrame, path: Path) -> None:
    """A map for people: titles of code lists instead of values, and a word that demonstration data is such."""
    shown = frame.copy()
    for field in (each for each in fields if each.codes):
        titles = {code.value: code.title.zh for code in field.codes}
        shown[field.name] = [titles.get(each, each) for each in shown[field.name]]
    synthetic = "synthetic" in shown and bool(shown["synthetic"].fillna(False).any())
    drawn = Drawn(shown, {each.name: _heading(each) for each in fields}, layer.style.light)
    notice = "演示数据" if synthetic else ""
    write_map({layer.title.zh: drawn}, path, title=layer.title.zh, libraries=LIBRARIES, notice=notice)
