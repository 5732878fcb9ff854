"""A layer as it was at an instant: today's rows, with those that changed since put back.

A row that no line of history names after the instant was then as it is now, unless it was made since, as a row of
version 1 tells itself; any other was what the first line after it calls ``before``, and nowhere if that line is its
creation. So a recent past costs as much as what changed since, and the rest comes from the table with its indexes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from layers.database import SRID
from layers.errors import QueryRefused
from layers.imports.values import BEIJING
from layers.layer import FieldType, Layer

__all__ = ["moment", "source"]

# as history.py and its migration index it
# (without its crs, which PostGIS would look up among thousands for every line that is written)
BEFORE_GEOM = f"ST_SetSRID(ST_GeomFromGeoJSON(NULLIF(h.before -> 'geom', 'null'::jsonb) - 'crs'), {SRID})"
_TYPES: dict[FieldType, str] = {
    "text": "text",
    "code": "text",
    "integer": "bigint",
    "number": "numeric",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "datetime": "timestamptz",
}


def moment(given: str) -> datetime:
    """The instant that an RFC 3339 date or date-time names; a date is the end of that day in China.

    What lies ahead is now. Raises QueryRefused.
    """
    try:
        if len(given) == len("2024-03-01"):
            next_day = date.fromisoformat(given) + timedelta(days=1)
            found = datetime.combine(next_day, time(), BEIJING) - timedelta(microseconds=1)
        else:
            found = datetime.fromisoformat(given)
        if found.tzinfo is None:
            raise ValueError(given)
        found = found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise QueryRefused(
            reason_zh=f"时点“{given}”无法识别，请写成 2024-03-01 或 2024-03-01T08:00:00+08:00。",
            reason_en=f"“{given}” is no date or instant; write it like 2024-03-01 or 2024-03-01T08:00:00+08:00.",
        ) from None
    return min(found, datetime.now(UTC))


def source(layer: Layer, at: str, used: str | None = None) -> str:
    """SQL to stand in FROM in place of the layer's table: its rows at the instant ``at`` (SQL of a timestamptz).

    Columns: id, version, those of all fields, geom, geom_3857; with ``used``, the SQL over it as ``t``, only those
    that it names, or a count would read every geometry of the past. All text is from the catalogue. Where a field
    refers to another row, that row is today's. Conditions on id and geom reach the indexes of both halves.
    """
    then = {"version": "(h.before ->> 'version')::integer"}
    for each in layer.fields:
        column, kind = each.column or each.name, "bigint" if each.references else _TYPES[each.type]
        then[column] = f"(h.before ->> '{column}')::{kind}"
    then |= {"geom": BEFORE_GEOM, "geom_3857": f"ST_Transform({BEFORE_GEOM}, 3857)"}
    if used is not None:
        then = {name: sql for name, sql in then.items() if f't."{name}"' in used or f"t.{name}" in used}
    here = "".join(f', s."{each}"' for each in then)
    there = "".join(f', {sql} AS "{each}"' for each, sql in then.items())
    return f"""(
    SELECT s.id{here} FROM "{layer.table}" s
    WHERE NOT (s.version = 1 AND s.created_at > {at}) AND NOT EXISTS (
        SELECT FROM history e WHERE e.layer = '{layer.table}' AND e.at > {at} AND e.feature_id = s.id
    )
    UNION ALL
    SELECT h.feature_id{there} FROM history h
    WHERE h.layer = '{layer.table}' AND h.at > {at} AND h.before IS NOT NULL AND NOT EXISTS (
        SELECT FROM history e
        WHERE e.layer = '{layer.table}' AND e.at > {at} AND e.feature_id = h.feature_id AND e.id < h.id
    )
)"""  # noqa: S608
