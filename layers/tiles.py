"""The SQL of a layer's vector tiles (Mapbox Vector Tiles, WebMercatorQuad)."""

from __future__ import annotations

from layers.layer import Field, Layer
from layers.people.rules import Role

__all__ = ["BUFFER", "EXTENT", "GENERALISED_BELOW", "STAMP_SQL", "sources", "tile_sql"]

EXTENT = 4096  # tile coordinates along one side
BUFFER = 64  # of them beyond each side, so that lines and symbols meet at the seams
GENERALISED_BELOW = 12  # zooms in which shapes are simplified and those below a pixel are left out

# For asyncpg: $1 is the list of tables. Differs after any change of any of them; read from history's index.
STAMP_SQL = """
SELECT string_agg((SELECT coalesce(max(id), 0) FROM history WHERE layer = name)::text, '.' ORDER BY name)
FROM unnest($1::text[]) AS name
"""


def sources(layer: Layer) -> list[str]:
    """The tables that a layer's tiles are made from: its own and those that its fields refer to."""
    return sorted({layer.table} | {each.references for each in layer.fields if each.references is not None})


# $1 is the layer's table. The organisations count too: their names stand in other layers' tiles.
STAMP_SQL = "SELECT layer_stamp($1) || '.' || layer_stamp('organisations')"


def tile_sql(layer: Layer, roles: frozenset[Role]) -> str:
    """``SELECT`` of one column, the tile as bytea, for asyncpg: $1, $2, $3 are zoom, x (column), y (row).

    The tile has one layer named after ``layer.id``; feature ids are row ids; properties are the tile
    fields that the roles may see. Every feature that touches the tile is in it, however many there are,
    except shapes smaller than a pixel below zoom 12. All text in the SQL is from the catalogue, none
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
    FROM {layer.table} t, box
    WHERE t.geom_3857 && box.reach{_large_enough(layer)}
)
SELECT ST_AsMVT(shape, '{layer.id}', {EXTENT}, 'geom', 'id') FROM shape WHERE geom IS NOT NULL
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
