"""Collections: what each layer is, its schema, what can be asked of it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import Roles, Transaction
from api.ogc.json_schema import object_schema, property_schema
from api.ogc.landing import grouped
from api.ogc.links import (
    AS_PAGE,
    GEOJSON,
    HTML,
    MVT,
    QUERYABLES,
    SCHEMA,
    LayerId,
    SchemaJSON,
    base,
    link,
    templated,
    wanted,
)
from api.ogc.pages import page
from layers import catalogue, features
from layers.features import Bounds
from layers.layer import Layer
from layers.people.rules import Role
from layers.reference_systems import CRS84, SHIFTED, SYSTEMS

__all__ = ["FILES", "router"]

router = APIRouter(prefix="/ogc/collections", tags=["OGC API – Features"])

FILES = {
    "csv": ("CSV", ".csv", "text/csv; charset=utf-8"),
    "xlsx": ("Excel", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "fgb": ("FlatGeobuf", ".fgb", "application/vnd.flatgeobuf"),
    "parquet": ("GeoParquet", ".parquet", "application/vnd.apache.parquet"),
    "gpkg": ("GeoPackage", ".gpkg", "application/geopackage+sqlite3"),
    "kml": ("KML", ".kml", "application/vnd.google-earth.kml+xml"),
}
"""Files that a whole answer can be had as: title, extension, media type."""

_GEOMETRY = {"Point": "geometry-point", "MultiLineString": "geometry-multilinestring", "MultiPolygon": "geometry-multipolygon"}  # fmt: skip


@router.get("", response_model=None, responses=AS_PAGE)
def collections(request: Request, session: Transaction, roles: Roles) -> dict[str, Any] | Response:
    """The layers that the viewer may see."""
    root = base(request)
    if wanted(request) == "html":
        return page(
            request, "collections.html", title="Collections", base=root, layers=grouped(session, roles)
        )
    return {
        "collections": [
            _collection(root, each, features.bounds(session, each), roles)
            for each in catalogue.visible(roles)
        ],
        "links": [
            link(f"{root}/ogc/collections", "self"),
            link(f"{root}/ogc/collections?f=html", "alternate", HTML),
        ],
        "crs": list(SYSTEMS),
    }


@router.get("/{layer_id}", response_model=None, responses=AS_PAGE)
def collection(
    layer_id: LayerId, request: Request, session: Transaction, roles: Roles
) -> dict[str, Any] | Response:
    """One layer."""
    layer = catalogue.layer(layer_id, roles)
    root, bounds = base(request), features.bounds(session, layer)
    if wanted(request) == "html":
        return page(
            request, "collection.html", title=layer.title.zh, base=root, layer=layer, bounds=bounds,
            address=f"{root}/ogc/collections/{layer.id}", fields=layer.fields_for(roles), systems=list(SYSTEMS),
            files=[(name, title) for name, (title, _, _) in FILES.items()],
        )  # fmt: skip
    return _collection(root, layer, bounds, roles)


@router.get("/{layer_id}/schema", response_class=SchemaJSON)
def schema(layer_id: LayerId, request: Request, roles: Roles) -> SchemaJSON:
    """The features of a layer as a JSON Schema: titles, units, code lists, what is read only (Part 5)."""
    layer = catalogue.layer(layer_id, roles)
    return SchemaJSON(_schema(request, layer, roles, "schema"))


@router.get("/{layer_id}/queryables", response_class=SchemaJSON)
def queryables(layer_id: LayerId, request: Request, roles: Roles) -> SchemaJSON:
    """What filters may name, as a JSON Schema (Part 3)."""
    layer = catalogue.layer(layer_id, roles)
    return SchemaJSON(_schema(request, layer, roles, "queryables"))


def _schema(request: Request, layer: Layer, roles: frozenset[Role], what: str) -> dict[str, Any]:
    fields = layer.fields_for(roles)
    properties: dict[str, Any] = {each.name: property_schema(each) for each in fields}
    geometry = {
        "format": _GEOMETRY[layer.geometry],
        "x-ogc-role": "primary-geometry",
        "title": "图形 Geometry",
    }
    if what == "schema":
        properties = {"id": {"type": "integer", "x-ogc-role": "id", "readOnly": True}, **properties}
        properties["version"] = {"type": "integer", "readOnly": True, "title": "版本 Version"}
    address, title = (
        f"{base(request)}/ogc/collections/{layer.id}/{what}",
        f"{layer.title.zh} {layer.title.en}",
    )
    described = object_schema(address, title, {**properties, "geom": geometry})
    if what == "schema":
        described["required"] = [each.name for each in fields if each.required and each.editable]
    return described


def _collection(root: str, layer: Layer, bounds: Bounds | None, roles: frozenset[Role]) -> dict[str, Any]:
    here = f"{root}/ogc/collections/{layer.id}"
    return {
        "id": layer.id,
        "title": f"{layer.title.zh} {layer.title.en}",
        "description": f"{layer.description.zh} {layer.description.en}",
        "itemType": "feature",
        "crs": list(SYSTEMS),
        "storageCrs": "http://www.opengis.net/def/crs/EPSG/0/4490",
        "x-chengtu-offset-systems": list(SHIFTED),
        "x-chengtu-editable": bool(layer.editors & roles),
        **({"extent": {"spatial": {"bbox": [list(bounds)], "crs": CRS84.uri}}} if bounds else {}),
        "links": [
            link(here, "self"),
            link(f"{here}?f=html", "alternate", HTML),
            link(f"{here}/items", "items", GEOJSON),
            link(f"{here}/items?f=html", "items", HTML),
            *(link(f"{here}/items?f={name}", "items", kind, title) for name, (title, _, kind) in FILES.items()),
            link(f"{here}/schema", "http://www.opengis.net/def/rel/ogc/1.0/schema", SCHEMA),
            link(f"{here}/queryables", QUERYABLES, SCHEMA),
            link(f"{here}/tiles", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"),
            link(f"{here}/styles", "http://www.opengis.net/def/rel/ogc/1.0/styles"),
            templated(f"{here}/tiles/WebMercatorQuad/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", "item", MVT),
        ],
    }  # fmt: skip
