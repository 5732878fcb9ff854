"""The SQL of a layer's vector tiles (Mapbox Vector Tiles, WebMercatorQuad)."""

from __future__ import annotations

from layers.database import SRID
from layers.layer import Field, Layer
from layers.past import source
from layers.people.rules import Role

__all__ = ["BUFFER", "EXTENT", "GENERALISED_BELOW", "sources", "tile_sql"]

EXTENT = 4096  # tile coordinates along one side
BUFFER = 64  # of them beyond each side, so that lines and symbols meet at the seams
GENERALISED_BELOW = 12  # zooms in which shapes are simplified and those below a pixel are left out


def sources(layer: Layer) -> list[str]:
    """The tables that a layer's tiles are made from: its own and those that its fields refer to."""
    return sorted({layer.table} | {each.references for each in layer.fields if each.references is not None})


def tile_sql(layer: Layer, roles: frozenset[Role], *, past: bool = False) -> str:
    """``SELECT`` of one column, the tile as bytea, for asyncpg: $1, $2, $3 are zoom, x (column), y (row).

    With ``past`` $4 is a timestamptz: the tile as it was then.

    The tile has one layer named after ``layer.id``; feature ids are row ids; properties are the tile
    fields that the roles may see. Every feature that touches the tile is in it, however many there are,
    except shapes smaller than a pixel below zoom 12. Areas come a second time, as one point inside each,
    in a layer ``<layer.id>_labels``: a shape cut by tile borders is labelled once, and where its shape
    is too small to be seen it can be drawn as a point. All text in the SQL is from the catalogue, none
    from a request.
    """
    fields = layer.tile_fields_for(roles)
    properties = "".join(f', {_property(each)} AS "{each.name}"' for each in fields)
    return f"""
WITH box AS MATERIALIZED (
    SELECT ST_TileEnvelope($1::int, $2::int, $3::int) AS tile,
           ST_TileEnvelope($1::int, $2::int, $3::int, margin => {BUFFER / EXTENT}) AS reach,
           {_pixel_m()} AS pixel_m, $1::int AS zoom
),
shape AS (
    SELECT t.id{properties},
           ST_AsMVTGeom({_generalised(layer)}, box.tile, {EXTENT}, {BUFFER}, true) AS geom
    FROM {_rows(layer, past=past)} t, box
    WHERE t.geom_3857 && box.reach{_nearby(past=past)}{_large_enough(layer)}
)
{_points(layer, properties, past=past)}SELECT ST_AsMVT(shape, '{layer.id}', {EXTENT}, 'geom', 'id')
{_and_points(layer, fields)}FROM shape WHERE geom IS NOT NULL
"""  # noqa: S608


def _rows(layer: Layer, *, past: bool) -> str:
    return source(layer, "$4::timestamptz") if past else layer.table


def _nearby(*, past: bool) -> str:
    """The box once more as a constant, which reaches the indexes below a past state's UNION."""
    reach = f"ST_TileEnvelope($1::int, $2::int, $3::int, margin => {BUFFER / EXTENT})"
    return f" AND t.geom && ST_Transform({reach}, {SRID})" if past else ""


def _points(layer: Layer, properties: str, *, past: bool) -> str:
    """One point inside every area, in the one tile that holds it (borders belong to the west and south)."""
    if layer.geometry != "MultiPolygon":
        return ""
    return f""", inside AS (
    SELECT t.id{properties}, box.tile, ST_PointOnSurface(t.geom_3857) AS point
    FROM {_rows(layer, past=past)} t, box
    WHERE t.geom_3857 && box.tile{_nearby(past=past)} AND (box.zoom < {layer.points_below} OR box.zoom >= {layer.label_zoom})
),
point AS (
    SELECT inside.*, ST_AsMVTGeom(point, tile, {EXTENT}, 0, false) AS geom
    FROM inside
    WHERE ST_X(point) >= ST_XMin(tile) AND ST_X(point) < ST_XMax(tile)
      AND ST_Y(point) >= ST_YMin(tile) AND ST_Y(point) < ST_YMax(tile)
)
"""  # noqa: S608


def _and_points(layer: Layer, fields: tuple[Field, ...]) -> str:
    """The second layer of the tile, behind the first: a tile is its layers one after the other."""
    if layer.geometry != "MultiPolygon":
        return ""
    names = ", ".join(f'"{each.name}"' for each in fields)
    columns = f"id, {names}, geom" if names else "id, geom"
    return f"""    || (SELECT ST_AsMVT(labels, '{layer.id}_labels', {EXTENT}, 'geom', 'id')
        FROM (SELECT {columns} FROM point WHERE geom IS NOT NULL) AS labels)
"""  # noqa: S608


def _pixel_m() -> str:
    """Metres of Web Mercator along one of a tile's 256 pixels."""
    return "40075016.68557849 / 256 / 2 ^ $1::int"


def _property(field: Field) -> str:
    """MVT knows text, numbers and booleans: decimals become doubles, dates and times ISO texts."""
    if field.type == "number":
        return f"({field.sql()})::double precision"
    if field.type in {"date", "time", "datetime"}:
        return f"({field.sql()})::text"
    return field.sql()


def _generalised(layer: Layer) -> str:
    """Simplified (Visvalingam-Whyatt, a quarter pixel's area) at low zooms, as stored at the others."""
    if layer.geometry == "Point":
        return "t.geom_3857"
    simple = "ST_SimplifyVW(t.geom_3857, box.pixel_m * box.pixel_m / 4)"
    return f"CASE WHEN box.zoom < {GENERALISED_BELOW} THEN {simple} ELSE t.geom_3857 END"


def _large_enough(layer: Layer) -> str:
    """At low zooms shapes that would be smaller than one pixel either way are left out."""
    if layer.geometry == "Point":
        return ""
    return (
        f"\n      AND (box.zoom >= {GENERALISED_BELOW}"
        " OR ST_XMax(t.geom_3857) - ST_XMin(t.geom_3857) > box.pixel_m"
        " OR ST_YMax(t.geom_3857) - ST_YMin(t.geom_3857) > box.pixel_m)"
    )
