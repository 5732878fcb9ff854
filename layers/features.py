"""Reads the features of any published layer, as much of each as the roles may see.

Pages go by key, not by number: a page ends at a feature, the next begins behind it, and what is written in between
neither repeats a feature nor hides one.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import past
from layers.errors import NotFound, QueryRefused
from layers.filters import Condition, condition
from layers.layer import Field, Layer
from layers.people.rules import Role
from layers.reference_systems import CRS84, System
from layers.stamps import stamp
from layers.tiles import sources

__all__ = [
    "Bounds",
    "Extent",
    "Page",
    "Query",
    "bounds",
    "chosen",
    "count",
    "extent",
    "item",
    "page",
    "source",
    "span",
    "where",
]

Bounds = tuple[float, float, float, float]


class Extent(NamedTuple):
    """How many features a layer has, where they lie (W, S, E, N in EPSG:4490; None: nowhere), and a
    stamp that differs after any change.
    """

    features: int
    bounds: Bounds | None
    stamp: str


@dataclass(frozen=True)
class Query:
    """What is asked of a layer.

    ``bbox``: west, south, east, north as ``bbox_system`` counts them (the first two numbers are its first and
    second axis); ``matching`` maps published fields to the value wanted (as printed; empty: no value); ``q`` is
    looked for in every text field; ``filter``: CQL2 text or JSON, its coordinates in ``filter_system``;
    ``interval``: RFC 3339 instant or interval on the layer's time field; ``sort``: (field, descending);
    ``names``: only these fields; ``system``: what geometries are written in; ``as_of``: the layer as it was then.
    """

    bbox: Bounds | None = None
    bbox_system: System = CRS84
    matching: Mapping[str, str] = field(default_factory=dict)
    q: str | None = None
    filter: str | dict[str, Any] | bool | None = None
    filter_system: System = CRS84
    interval: str | None = None
    sort: tuple[tuple[str, bool], ...] = ()
    names: tuple[str, ...] | None = None
    system: System = CRS84
    geometry: bool = True
    as_of: datetime | None = None


@dataclass(frozen=True)
class Page:
    """GeoJSON features, how many match in all, and the key behind which the next page begins (None: no more)."""

    features: list[dict[str, Any]]
    matched: int
    next: str | None


def page(
    session: Session,
    layer: Layer,
    roles: frozenset[Role],
    query: Query = Query(),
    *,
    limit: int = 100,
    after: str | None = None,
) -> Page:
    """A page of features, in the order asked for and then by id.

    Only fields that the roles may see can be asked about, or hidden values could be guessed one filter at a time.
    Raises QueryRefused for a field that is unknown or hidden and for a key or filter that cannot be read.
    """
    asked = where(layer, roles, query)
    counted = f"SELECT count(*) FROM {source(layer, query, asked.sql)} t WHERE {asked.sql}"  # noqa: S608
    matched = session.scalar(text(counted), asked.values)
    keys = [(_published(layer, roles, name).sql(), descending) for name, descending in query.sort]
    behind = _behind(keys, after)
    order = ", ".join(
        [*(f"{sql} {'DESC' if down else 'ASC'} NULLS LAST" for sql, down in keys), "t.id LIMIT :limit"]
    )
    tail = f"{asked.sql} AND {behind.sql} ORDER BY {order}"
    values = {**asked.values, **behind.values, "limit": limit + 1}
    if (
        query.as_of is not None
    ):  # or every geometry of the past would be read before all but a page are left out
        named = f"SELECT t.id FROM {source(layer, query, tail)} t WHERE {tail}"  # noqa: S608
        tail, values["ids"] = f"t.id = ANY(:ids) ORDER BY {order}", list(session.scalars(text(named), values))
    rows = _rows(session, layer, chosen(layer, roles, query.names), tail, values, query, keys)
    more = len(rows) > limit
    rows = rows[:limit]
    key = _key(rows[-1][1]) if more else None
    return Page([feature for feature, _ in rows], int(matched or 0), key)


def item(
    session: Session,
    layer: Layer,
    roles: frozenset[Role],
    feature_id: int,
    query: Query = Query(),
) -> dict[str, Any]:
    """One GeoJSON feature with every field that the roles may see. Raises NotFound."""
    asked = where(layer, roles, Query(as_of=query.as_of))
    values = {**asked.values, "id": feature_id}
    rows = _rows(session, layer, chosen(layer, roles, query.names), "t.id = :id", values, query, [])
    if not rows:
        raise NotFound(what_zh=layer.title.zh, what_en=layer.title.en, key=str(feature_id))
    return rows[0][0]


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
    return Extent(n, None if west is None else (west, south, east, north), stamp(session, sources(layer)))


def span(session: Session, layer: Layer) -> tuple[date | None, date | None]:
    """First and last value of the layer's time field, which is a date; None while there is none.

    Raises LookupError for a layer without one.
    """
    when = next((each for each in layer.fields if each.name == layer.time and each.type == "date"), None)
    if when is None:
        raise LookupError(layer.id)
    sql = f"SELECT min({when.sql()}), max({when.sql()}) FROM {layer.table} t"  # noqa: S608
    first, last = session.execute(text(sql)).one()
    return first, last


def chosen(layer: Layer, roles: frozenset[Role], names: Sequence[str] | None) -> tuple[Field, ...]:
    """The fields of those names, all visible ones when missing. Raises QueryRefused."""
    if names is None:
        return layer.fields_for(roles)
    return tuple(_published(layer, roles, name) for name in dict.fromkeys(names))


def source(layer: Layer, query: Query, used: str) -> str:
    """What stands in FROM below the SQL ``used``: the table, or its rows at the instant that is asked for."""
    return layer.table if query.as_of is None else past.source(layer, "CAST(:as_of AS timestamptz)", used)


def where(layer: Layer, roles: frozenset[Role], query: Query) -> Condition:
    """The condition of a query over its ``source`` as ``t``, and the parameters of both. Raises QueryRefused."""
    clauses, values = ["true"], dict[str, Any]()
    if query.as_of is not None:
        values["as_of"] = query.as_of
    if query.bbox is not None:
        corners = ("bbox_0", "bbox_1", "bbox_2", "bbox_3")
        box = query.bbox_system.taken(f"ST_MakeEnvelope({', '.join(f':{each}' for each in corners)})")
        clauses.append(f"ST_Intersects(t.geom, {box})")
        values |= dict(zip(corners, query.bbox, strict=True))
    for number, (name, wanted) in enumerate(query.matching.items()):
        clauses.append(_equals(_published(layer, roles, name), wanted, f"filter_{number}"))
        values[f"filter_{number}"] = wanted
    if query.q:
        texts = [f"{each.sql()} ILIKE :q" for each in layer.fields_for(roles) if each.type == "text"]
        clauses.append(f"({' OR '.join(texts)})")
        values["q"] = f"%{_plain(query.q)}%"
    if query.filter is not None:
        given = condition(query.filter, layer, roles, geometries=query.filter_system)
        clauses.append(given.sql)
        values |= given.values
    if query.interval is not None:
        given = condition(_during(layer, query.interval), layer, roles, prefix="time")
        clauses.append(given.sql)
        values |= given.values
    return Condition(" AND ".join(clauses), values)


def _during(layer: Layer, interval: str) -> dict[str, Any] | bool:
    """``datetime`` of OGC API – Features: an instant, or two with a slash, ``..`` or nothing for an open end.

    A layer without a time field is all of it at every time, as the standard has it.
    """
    if layer.time is None:
        return True
    begins, slash, ends = interval.partition("/")
    sides = [begins or "..", ends or ".."] if slash else [begins, begins]
    return {"op": "t_intersects", "args": [{"property": layer.time}, {"interval": sides}]}


def _published(layer: Layer, roles: frozenset[Role], name: str) -> Field:
    found = next((each for each in layer.fields_for(roles) if each.name == name), None)
    if found is None:
        raise QueryRefused(
            reason_zh=f"图层“{layer.title.zh}”没有可供您查询的字段“{name}”。",
            reason_en=f"The layer “{layer.title.en}” has no field “{name}” that you could ask about.",
        )
    return found


def _behind(keys: Sequence[tuple[str, bool]], after: str | None) -> Condition:
    """What comes after a key in the order of the sort keys (nothing last) and the id."""
    if after is None:
        return Condition("true", {})
    marks = _marks(after, len(keys))
    values, ways, same = dict[str, Any](), [], list[str]()
    for number, ((sql, descending), mark) in enumerate(zip(keys, marks, strict=False)):
        if mark is None:
            same.append(f"{sql} IS NULL")
            continue
        name = f"after_{number}"
        values[name] = mark
        beyond = f"({sql} {'<' if descending else '>'} :{name} OR {sql} IS NULL)"
        ways.append(" AND ".join([*same, beyond]))
        same.append(f"{sql} = :{name}")
    values["after_id"] = marks[-1]
    ways.append(" AND ".join([*same, "t.id > :after_id"]))
    return Condition("(" + " OR ".join(f"({each})" for each in ways) + ")", values)


def _key(marks: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(marks).encode()).decode().rstrip("=")


def _marks(key: str, sorted_by: int) -> list[Any]:
    try:
        marks = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        if len(marks) != sorted_by + 1 or not isinstance(marks[-1], int):
            raise ValueError(key)
        if any(isinstance(each, list | dict) for each in marks):
            raise ValueError(key)
    except (ValueError, TypeError) as error:
        raise QueryRefused(
            reason_zh="翻页标记 after 无法识别，请从第一页开始。",
            reason_en="The page key “after” cannot be read; begin with the first page.",
        ) from error
    return list(marks)


def _rows(
    session: Session,
    layer: Layer,
    fields: Sequence[Field],
    tail: str,
    values: Mapping[str, Any],
    query: Query,
    keys: Sequence[tuple[str, bool]],
) -> list[tuple[dict[str, Any], list[Any]]]:
    """Features that ``tail`` (conditions, order, page) selects, each with what its page key is made of."""
    digits = 3 if query.system.metric else 9
    geometry = f"ST_AsGeoJSON({query.system.given('t.geom')}, {digits}, 0)" if query.geometry else "NULL"
    box = "CASE WHEN t.geom IS NOT NULL THEN ARRAY[ST_XMin(t.geom), ST_YMin(t.geom), ST_XMax(t.geom), ST_YMax(t.geom)] END"
    marks = ", ".join([*(sql for sql, _ in keys), "t.id"])
    columns = ", ".join(["t.version", *(f'{each.sql()} AS "{each.name}"' for each in fields)])
    told = f"SELECT {marks}, {geometry}, {box}, {columns}"
    sql = f"{told} FROM {source(layer, query, told + tail)} t WHERE {tail}"
    out = []
    for row in session.execute(text(sql), values):
        mark, rest = [_json(each) for each in row[: len(keys) + 1]], row[len(keys) + 1 :]
        out.append((_feature(fields, mark[-1], rest, plain=query.system is CRS84), mark))
    return out


def _feature(fields: Sequence[Field], feature_id: int, row: Sequence[Any], *, plain: bool) -> dict[str, Any]:
    """One GeoJSON feature; numbers are numbers, dates and times ISO 8601 texts."""
    geometry, box, version, *published = row
    named = zip(fields, published, strict=True)
    return {
        "type": "Feature",
        "id": feature_id,
        "geometry": None if geometry is None else json.loads(geometry),
        **({"bbox": box} if box is not None and plain else {}),
        "properties": {each.name: _json(value) for each, value in named} | {"version": version},
    }


def _json(value: Any) -> Any:
    """A database value as JSON knows it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat()


def _equals(found: Field, wanted: str, parameter: str) -> str:
    """A field's printed value is the one wanted; an empty one asks for features without a value."""
    if wanted == "":
        return f"({found.sql()} IS NULL OR :{parameter} <> '')"
    return f"{found.sql()}::text = :{parameter}"


def _plain(typed: str) -> str:
    """What a person typed, with the wildcards of LIKE taken literally."""
    return typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
