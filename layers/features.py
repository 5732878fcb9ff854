"""Reads the features of any published layer, as much of each as the roles may see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.errors import NotFound, Refused
from layers.layer import Field, Layer
from layers.people.rules import Role
from layers.tiles import STAMP_SQL, sources

__all__ = ["Bounds", "Extent", "bounds", "count", "extent", "item", "items"]

Bounds = tuple[float, float, float, float]


class Extent(NamedTuple):
    """How many features a layer has, where they lie (W, S, E, N in EPSG:4490; None: nowhere), and a
    stamp that differs after any change.
    """

    features: int
    bounds: Bounds | None
    stamp: str


def items(
    session: Session,
    layer: Layer,
    roles: frozenset[Role],
    *,
    bbox: Bounds | None = None,
    limit: int = 100,
    offset: int = 0,
    filters: Mapping[str, str] | None = None,
    q: str | None = None,
) -> tuple[list[dict[str, Any]], int]:
    """GeoJSON features in EPSG:4490 ordered by id, and how many match in all.

    ``bbox`` is west, south, east, north; ``filters`` maps published fields to the value wanted (as
    printed; empty: no value); ``q`` is looked for in every text field. Only fields that the roles may
    see can be asked about, or hidden values could be guessed one filter at a time.
    Raises Refused for a field that is unknown or hidden.
    """
    where, values = _conditions(layer, roles, bbox, filters or {}, q)
    matched = session.scalar(text(f"SELECT count(*) FROM {layer.table} t WHERE {where}"), values)  # noqa: S608
    page = {**values, "limit": limit, "offset": offset}
    rows = _rows(session, layer, roles, f"{where} ORDER BY t.id LIMIT :limit OFFSET :offset", page)
    return rows, int(matched or 0)


def item(session: Session, layer: Layer, roles: frozenset[Role], feature_id: int) -> dict[str, Any]:
    """One GeoJSON feature with every field that the roles may see. Raises NotFound."""
    rows = _rows(session, layer, roles, "t.id = :id", {"id": feature_id})
    if not rows:
        raise NotFound(what_zh=layer.title.zh, what_en=layer.title.en, key=str(feature_id))
    return rows[0]


def count(session: Session, layer: Layer) -> int:
    """How many features the layer has."""
    return int(session.scalar(text(f"SELECT count(*) FROM {layer.table}")) or 0)  # noqa: S608


def bounds(session: Session, layer: Layer) -> Bounds | None:
    """West, south, east, north of everything in the layer (EPSG:4490); None while it is empty."""
    return extent(session, layer).bounds


def extent(session: Session, layer: Layer) -> Extent:
    """Count, bounds and stamp of a layer."""
    all_of_it = f"(SELECT count(*) AS n, ST_Extent(geom) AS box FROM {layer.table}) one"  # noqa: S608
    sql = f"SELECT n, ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box) FROM {all_of_it}"  # noqa: S608
    n, west, south, east, north = session.execute(text(sql)).one()
    stamp = session.scalar(
        text(STAMP_SQL.replace("$1::text[]", "CAST(:tables AS text[])")), {"tables": sources(layer)}
    )
    return Extent(n, None if west is None else (west, south, east, north), str(stamp))


def _rows(
    session: Session, layer: Layer, roles: frozenset[Role], tail: str, values: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Features that ``tail`` (conditions, order, page) selects."""
    fields = layer.fields_for(roles)
    columns = ", ".join([f'{each.sql()} AS "{each.name}"' for each in fields])
    geometry = "ST_AsGeoJSON(t.geom, 9)"
    box = "CASE WHEN t.geom IS NOT NULL THEN ARRAY[ST_XMin(t.geom), ST_YMin(t.geom), ST_XMax(t.geom), ST_YMax(t.geom)] END"
    sql = f"SELECT t.id, {geometry}, {box}, t.version, {columns} FROM {layer.table} t WHERE {tail}"  # noqa: S608
    return [_feature(fields, row) for row in session.execute(text(sql), values)]


def _feature(fields: tuple[Field, ...], row: Any) -> dict[str, Any]:
    """One GeoJSON feature; numbers are numbers, dates and times ISO 8601 texts."""
    feature_id, geometry, box, version, *published = row
    named = zip(fields, published, strict=True)
    return {
        "type": "Feature",
        "id": feature_id,
        "geometry": None if geometry is None else json.loads(geometry),
        **({"bbox": box} if box is not None else {}),
        "properties": {each.name: _json(value) for each, value in named} | {"version": version},
    }


def _json(value: Any) -> Any:
    """A database value as JSON knows it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat()


def _conditions(
    layer: Layer, roles: frozenset[Role], bbox: Bounds | None, filters: Mapping[str, str], q: str | None
) -> tuple[str, dict[str, Any]]:
    """The WHERE clause over ``t`` and its values."""
    fields = {each.name: each for each in layer.fields_for(roles)}
    clauses, values = ["true"], dict[str, Any]()
    if bbox is not None:
        clauses.append("t.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)")
        clauses.append("ST_Intersects(t.geom, ST_MakeEnvelope(:west, :south, :east, :north, 4490))")
        values |= dict(zip(("west", "south", "east", "north"), bbox, strict=True))
    for number, (name, wanted) in enumerate(filters.items()):
        clauses.append(_equals(layer, fields.get(name), name, wanted, f"filter_{number}"))
        values[f"filter_{number}"] = wanted
    if q:
        texts = [f"{each.sql()} ILIKE :q" for each in fields.values() if each.type == "text"]
        clauses.append(f"({' OR '.join(texts)})")
        values["q"] = f"%{_plain(q)}%"
    return " AND ".join(clauses), values


def _equals(layer: Layer, field: Field | None, name: str, wanted: str, parameter: str) -> str:
    """A field's printed value is the one wanted; an empty one asks for features without a value."""
    if field is None:
        raise Refused(
            reason_zh=f"图层“{layer.title.zh}”没有可供您查询的字段“{name}”。",
            reason_en=f"The layer “{layer.title.en}” has no field “{name}” that you could ask about.",
        )
    if wanted == "":
        return f"({field.sql()} IS NULL OR :{parameter} <> '')"
    return f"{field.sql()}::text = :{parameter}"


def _plain(typed: str) -> str:
    """What a person typed, with the wildcards of LIKE taken literally."""
    return typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
