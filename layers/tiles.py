"""The SQL of a layer's vector tiles (Mapbox Vector Tiles, WebMercatorQuad)."""

from __future__ import annotations

from typing import Literal, NamedTuple

from layers.cells import CELLS, LARGE_M, size_m
from layers.database import SRID
from layers.layer import Field, Layer
from layers.past import source
from layers.people.rules import Role

__all__ = ["BUFFER", "COUNT", "EXTENT", "GENERALISED_BELOW", "WHOLE", "View", "sources", "tile_sql"]

EXTENT = 4096  # tile coordinates along one side
BUFFER = 64  # of them beyond each side, so that lines and symbols meet at the seams
GENERALISED_BELOW = 12  # zooms in which the shapes of layers that are never clustered are simplified
COUNT = "point_count"  # the property of a cluster, as MapLibre's own clusters name it
WHOLE = "_whole"  # of an area that its shape in this tile can be labelled by; no name that a field can have
_ONCE = (
    "OFFSET 0"  # keeps a subquery whole: its geometries would be computed again for every condition outside
)
_BOX = f"""box AS MATERIALIZED (
    SELECT tile, reach, ST_XMin(tile) AS west, ST_XMax(tile) AS east, ST_YMin(tile) AS south, ST_YMax(tile) AS north,
           {EXTENT} / (ST_XMax(tile) - ST_XMin(tile)) AS units
    FROM (SELECT ST_TileEnvelope($1::int, $2::int, $3::int) AS tile,
                 ST_TileEnvelope($1::int, $2::int, $3::int, margin => {BUFFER / EXTENT}) AS reach) AS of
)"""  # noqa: S608
_INSIDE = "ST_PointOnSurface(t.geom_3857)"
_PIXEL_M = "40075016.68557849 / 256 / 2 ^ $1::int"  # metres of Web Mercator along one of a tile's 256 pixels


def sources(layer: Layer) -> list[str]:
    """The tables that a layer's tiles are made from: its own and those that its fields refer to."""
    return sorted({layer.table} | {each.references for each in layer.fields if each.references is not None})


class View(NamedTuple):
    """What a tile shows at a zoom: the layer in general (simplified, or in counts), and points inside areas.

    ``points`` are of all areas, or of those only that cannot be labelled by their shape in the tile: ``parted`` by its
    border, or of several parts.
    """

    general: bool
    points: Literal["all", "parted"] | None

    @classmethod
    def of(cls, layer: Layer, zoom: int) -> View:
        """The view that a layer gives at a zoom."""
        general = zoom < (layer.clustered_below or GENERALISED_BELOW)
        if layer.geometry != "MultiPolygon" or layer.points_below <= zoom < layer.label_zoom:
            return cls(general, None)
        return cls(general, "all" if general or zoom < layer.points_below else "parted")


def tile_sql(layer: Layer, roles: frozenset[Role], view: View, *, past: bool = False) -> str:
    """``SELECT`` of one column, the tile as bytea, for asyncpg: $1, $2, $3 are zoom, x (column), y (row).

    With ``past`` $4 is a timestamptz: the tile as it was then, its cells counted on the spot.

    The tile has one layer named after ``layer.id``; feature ids are row ids; properties are the tile
    fields that the roles may see. Where the view is not general every feature that touches the tile is there as it
    is stored, however many there are. Where it is, shapes are simplified, and

    - areas smaller than a pixel either way are left out where the layer is never clustered, and lines that
      would have no length in the tile's coordinates;
    - of a clustered layer what is smaller than four pixels is told by the cells of the tile, 16 by 16: one
      feature in a cell as a point with its id and properties, several as one point in their middle with their
      number (``point_count``) and no id.

    With points areas come a second time, as one point inside each, in a layer ``<layer.id>_labels``: a shape cut by tile
    borders is labelled once, and where its shape is too small to be seen it can be drawn as a point; cells
    are there too. Of ``parted`` areas only: the others have the property ``_whole`` and no point, their shape is labelled;
    one without area in the tile's coordinates has neither. Cells of points are in the layer itself. All text in the SQL
    is from the catalogue, none from a request.
    """
    fields = layer.tile_fields_for(roles)
    if view.general and layer.clustered_below:
        parts = [] if layer.geometry == "Point" else [_shapes(layer, fields, general=True, past=past)]
        parts.append(_cells(layer, fields, past=past))
    elif layer.geometry == "MultiPolygon" and not view.general:
        parts = [_areas(layer, fields, view, past=past)]
    else:
        parts = [_shapes(layer, fields, general=view.general, past=past)]
        if view.points:
            parts.append(_points(layer, fields, past=past))
    return "SELECT " + " || ".join(f"({each})" for each in parts)


def _rows(layer: Layer, *, past: bool) -> str:
    return source(layer, "$4::timestamptz") if past else layer.table


def _nearby(*, past: bool) -> str:
    """The box once more as a constant, which reaches the indexes below a past state's UNION."""
    reach = f"ST_TileEnvelope($1::int, $2::int, $3::int, margin => {BUFFER / EXTENT})"
    return f" AND t.geom && ST_Transform({reach}, {SRID})" if past else ""


def _shapes(layer: Layer, fields: tuple[Field, ...], *, general: bool, past: bool) -> str:
    """The features themselves: with ``general`` only what is large enough, and simplified."""
    shape, condition = "t.geom_3857", ""
    if general and layer.geometry != "Point":
        # Visvalingam-Whyatt, a quarter pixel's area
        shape = "ST_SimplifyVW(t.geom_3857, box.pixel_m * box.pixel_m / 4)"
        size = size_m("t.geom_3857")
        if layer.geometry == "MultiLineString":  # a network of short pipes is seen as a whole
            condition = f" AND {size} >= box.pixel_m * 256 / {EXTENT}"
        else:  # the first finds the small index
            least = 4 if layer.clustered_below else 1
            condition = f" AND {size} > {LARGE_M} AND {size} >= box.pixel_m * {least}"
    return f"""
WITH box AS MATERIALIZED (
    SELECT ST_TileEnvelope($1::int, $2::int, $3::int) AS tile,
           ST_TileEnvelope($1::int, $2::int, $3::int, margin => {BUFFER / EXTENT}) AS reach, {_PIXEL_M} AS pixel_m
)
SELECT ST_AsMVT(shape, '{layer.id}', {EXTENT}, 'geom', 'id') FROM (
    SELECT t.id{_properties(fields)}, ST_AsMVTGeom({shape}, box.tile, {EXTENT}, {BUFFER}, true) AS geom
    FROM {_rows(layer, past=past)} t, box WHERE t.geom_3857 && box.reach{_nearby(past=past)}{condition} {_ONCE}
) AS shape WHERE geom IS NOT NULL
"""  # noqa: S608


def _areas(layer: Layer, fields: tuple[Field, ...], view: View, *, past: bool) -> str:
    """Areas as they are stored, and points inside them where the view has such, both of one reading.

    Areas that lie within the tile and its margin are only moved to its coordinates, turned as MVT wants its rings;
    ST_AsMVTGeom would clip and mend each, which takes twice as long as all the rest. One that has no area in these
    coordinates is left out, as there.
    """
    inside, whole, label = "", "", ""
    if view.points:
        inside, label = f", {_INSIDE} AS inside", f" || ({_label(layer, fields)})"
    if view.points == "parted":  # finding the point takes a quarter of the time of a tile of buildings
        alone = "t.geom_3857 @ box.tile AND ST_NumGeometries(t.geom_3857) = 1"
        inside = f", CASE WHEN {alone} THEN NULL ELSE {_INSIDE} END AS inside"
        whole = f", CASE WHEN inside IS NULL THEN true END AS {WHOLE}"
    return f"""
WITH {_BOX},
area AS (
    SELECT t.id{_properties(fields)},
           CASE WHEN t.geom_3857 @ box.reach THEN {_moved("ST_ForcePolygonCW(t.geom_3857)")}
                ELSE ST_AsMVTGeom(t.geom_3857, box.tile, {EXTENT}, {BUFFER}, true) END AS geom{inside}
    FROM {_rows(layer, past=past)} t, box WHERE t.geom_3857 && box.reach{_nearby(past=past)} {_ONCE}
)
SELECT (
    SELECT ST_AsMVT(shape, '{layer.id}', {EXTENT}, 'geom', 'id') FROM (
        SELECT id{_names(fields)}{whole}, geom FROM area WHERE geom IS NOT NULL AND NOT ST_IsEmpty(geom)
    ) AS shape
){label}
"""  # noqa: S608


def _points(layer: Layer, fields: tuple[Field, ...], *, past: bool) -> str:
    """A point inside every area, simplified or left out though it be."""
    return f"""
WITH {_BOX},
area AS (
    SELECT t.id{_properties(fields)}, {_INSIDE} AS inside
    FROM {_rows(layer, past=past)} t, box WHERE t.geom_3857 && box.tile{_nearby(past=past)} {_ONCE}
)
{_label(layer, fields)}
"""  # noqa: S608


def _label(layer: Layer, fields: tuple[Field, ...]) -> str:
    """The points inside areas, each in the one tile that holds it: its borders belong to the tiles west and south."""
    return f"""
    SELECT ST_AsMVT(label, '{layer.id}_labels', {EXTENT}, 'geom', 'id') FROM (
        SELECT id{_names(fields)}, {_moved("inside")} AS geom FROM area, box
        WHERE ST_X(inside) >= box.west AND ST_X(inside) < box.east
          AND ST_Y(inside) >= box.south AND ST_Y(inside) < box.north
    ) AS label"""  # noqa: S608


def _moved(geometry: str) -> str:
    """SQL of a geometry in whole tile coordinates."""
    return f"ST_SnapToGrid(ST_TransScale({geometry}, -box.west, -box.north, box.units, -box.units), 1)"


def _cells(layer: Layer, fields: tuple[Field, ...], *, past: bool) -> str:
    """What is too small to be drawn at this zoom, by the cells of the tile."""
    name = layer.id if layer.geometry == "Point" else f"{layer.id}_labels"
    counted = _counted(layer) if past else _kept(layer)
    return f"""
WITH box AS MATERIALIZED (SELECT ST_TileEnvelope($1::int, $2::int, $3::int) AS tile, {_PIXEL_M} AS pixel_m),
cells AS MATERIALIZED ({counted})
SELECT ST_AsMVT(cell, '{name}', {EXTENT}, 'geom', 'id') FROM (
    SELECT t.id{_properties(fields)}, nullif(c.features, 1) AS {COUNT},
           ST_AsMVTGeom(c.point, box.tile, {EXTENT}, {EXTENT // CELLS}, false) AS geom
    FROM box, cells c LEFT JOIN {_rows(layer, past=past)} t ON c.features = 1 AND t.id = c.ids
) AS cell
"""  # noqa: S608


def _kept(layer: Layer) -> str:
    """The cells as the database keeps them."""
    return f"""
    SELECT sum(features)::bigint AS features, sum(ids)::bigint AS ids,
           ST_SetSRID(ST_MakePoint(sum(x_cm) / 100.0 / sum(features), sum(y_cm) / 100.0 / sum(features)), 3857) AS point
    FROM tile_cells
    WHERE layer = '{layer.table}' AND zoom = $1::int AND tile_x = $2::int AND tile_y = $3::int
    GROUP BY cell HAVING sum(features) > 0
"""  # noqa: S608


def _counted(layer: Layer) -> str:
    """The cells of a past state."""
    x, y = (f"(ST_{axis}Min(t.geom_3857) + ST_{axis}Max(t.geom_3857)) / 2" for axis in "XY")
    return f"""
    SELECT count(*) AS features, min(id) AS ids, ST_SetSRID(ST_MakePoint(avg(x), avg(y)), 3857) AS point
    FROM (
        SELECT t.id, {x} AS x, {y} AS y, box.tile FROM {_rows(layer, past=True)} t, box
        WHERE t.geom_3857 && box.tile{_nearby(past=True)} AND {size_m("t.geom_3857")} < box.pixel_m * 4
    ) AS small
    WHERE x >= ST_XMin(tile) AND x < ST_XMax(tile) AND y > ST_YMin(tile) AND y <= ST_YMax(tile)
    GROUP BY floor((x - ST_XMin(tile)) / (ST_XMax(tile) - ST_XMin(tile)) * {CELLS}),
             ceil((y - ST_YMin(tile)) / (ST_YMax(tile) - ST_YMin(tile)) * {CELLS})
"""  # noqa: S608


def _properties(fields: tuple[Field, ...]) -> str:
    return "".join(f', {_property(each)} AS "{each.name}"' for each in fields)


def _names(fields: tuple[Field, ...]) -> str:
    return "".join(f', "{each.name}"' for each in fields)


def _property(field: Field) -> str:
    """MVT knows text, numbers and booleans: decimals become doubles, dates and times ISO texts."""
    if field.type == "number":
        return f"({field.sql()})::double precision"
    if field.type in {"date", "time", "datetime"}:
        return f"({field.sql()})::text"
    return field.sql()
