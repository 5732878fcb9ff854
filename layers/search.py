"""One search box: codes, names, addresses, and coordinates in any of the usual systems."""

from __future__ import annotations

from typing import Any

from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.coordinates import read
from layers import catalogue
from layers.layer import Layer
from layers.people.rules import Role

__all__ = ["find"]

PER_LAYER = 5
MOST = 30
SEARCHED = ("code", "name", "address", "project")


def find(session: Session, roles: frozenset[Role], typed: str) -> list[dict[str, Any]]:
    """Coordinates first, then features whose code or name begins with the words, then those that hold them."""
    places = [
        {
            "kind": "coordinate",
            "title": f"{place.lon:.6f}, {place.lat:.6f}",
            "subtitle": {"zh": f"按 {place.crs} 解读", "en": f"read as {place.crs}"},
            "centre": (place.lon, place.lat),
            "crs": place.crs,
        }
        for place in read(typed)
    ]
    found = [
        row for layer in catalogue.visible(roles) for row in _in_layer(session, layer, roles, typed.strip())
    ]
    found.sort(key=lambda row: (row.pop("rank"), len(row["title"]), row["title"]))
    return (places + found)[:MOST]


def _in_layer(session: Session, layer: Layer, roles: frozenset[Role], typed: str) -> list[dict[str, Any]]:
    """Only published fields that the viewer may see, and that are nobody's personal data, are searched."""
    visible = {each.name for each in layer.fields_for(roles) if not each.personal}
    columns = [name for name in dict.fromkeys((*SEARCHED, layer.label)) if name in visible]
    if not columns:
        return []
    title = layer.label if layer.label in visible else columns[0]
    statement = sql.SQL(
        "SELECT id, coalesce({title}::text, {first}::text) AS title, {first}::text AS code, "
        "ST_X(ST_PointOnSurface(geom)) AS lon, ST_Y(ST_PointOnSurface(geom)) AS lat, "
        "ST_XMin(geom) AS west, ST_YMin(geom) AS south, ST_XMax(geom) AS east, ST_YMax(geom) AS north, "
        "CASE WHEN {starts} THEN 0 ELSE 1 END AS rank "
        "FROM {table} WHERE geom IS NOT NULL AND ({holds}) ORDER BY rank, title LIMIT {limit}"
    ).format(
        title=sql.Identifier(title or columns[0]),
        first=sql.Identifier(columns[0]),
        starts=_any(columns, ":starts"),
        holds=_any(columns, ":holds"),
        table=sql.Identifier(layer.table),
        limit=sql.Literal(PER_LAYER),
    )
    escaped = typed.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    rows = session.execute(
        text(statement.as_string()), {"starts": f"{escaped}%", "holds": f"%{escaped}%"}
    ).mappings()
    return [_shown(layer, dict(row)) for row in rows]


def _any(columns: list[str], parameter: str) -> sql.Composed:
    return sql.SQL(" OR ").join(
        sql.SQL("{}::text ILIKE " + parameter).format(sql.Identifier(name)) for name in columns
    )


def _shown(layer: Layer, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "feature",
        "layer": layer.id,
        "id": row["id"],
        "title": row["title"],
        "subtitle": {"zh": f"{layer.title.zh} {row['code']}", "en": f"{layer.title.en} {row['code']}"},
        "centre": (row["lon"], row["lat"]),
        "bbox": (row["west"], row["south"], row["east"], row["north"]),
        "rank": row["rank"],
    }
