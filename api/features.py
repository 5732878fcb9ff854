"""OGC API – Features, part 1: landing page, conformance, collections, items."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from api.dependencies import Roles, Transaction
from layers import catalogue, features
from layers.errors import Refused
from layers.layer import Layer

__all__ = ["router"]

router = APIRouter(prefix="/ogc", tags=["OGC API – Features"])

GEOJSON = "application/geo+json"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CONFORMS = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
]
OWN = frozenset({"bbox", "limit", "offset", "q", "f"})

Bbox = Annotated[str | None, Query(pattern=r"^-?[0-9.]+(,-?[0-9.]+){3}$", examples=["116.5,31.7,116.6,31.8"])]


@router.get("", include_in_schema=False)
@router.get("/")
def landing(request: Request) -> dict[str, Any]:
    """What is here."""
    base = _base(request)
    return {
        "title": "城图 Chengtu",
        "description": "金安区城市管理图层 Layers of the urban-management bureau of Jin'an District",
        "links": [
            _link(f"{base}/ogc", "self"),
            _link(f"{base}/openapi.json", "service-desc", "application/vnd.oai.openapi+json;version=3.0"),
            _link(f"{base}/docs", "service-doc", "text/html"),
            _link(f"{base}/ogc/conformance", "conformance"),
            _link(f"{base}/ogc/collections", "data"),
        ],
    }


@router.get("/conformance")
def conformance() -> dict[str, list[str]]:
    """The parts of the standards that are spoken."""
    return {"conformsTo": CONFORMS}


@router.get("/collections")
def collections(request: Request, session: Transaction, roles: Roles) -> dict[str, Any]:
    """The layers that the viewer may see."""
    base = _base(request)
    return {
        "collections": [
            _collection(base, each, features.bounds(session, each)) for each in catalogue.visible(roles)
        ],
        "links": [_link(f"{base}/ogc/collections", "self")],
    }


@router.get("/collections/{layer_id}")
def collection(layer_id: str, request: Request, session: Transaction, roles: Roles) -> dict[str, Any]:
    """One layer."""
    layer = catalogue.layer(layer_id, roles)
    return _collection(_base(request), layer, features.bounds(session, layer))


@router.get("/collections/{layer_id}/items", response_class=JSONResponse)
def items(
    layer_id: str,
    request: Request,
    session: Transaction,
    roles: Roles,
    bbox: Bbox = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
    offset: Annotated[int, Query(ge=0)] = 0,
    q: Annotated[str | None, Query(max_length=100)] = None,
) -> JSONResponse:
    """Features of a layer as GeoJSON (lon/lat); every published field may be a filter: ``?status=filed``."""
    layer = catalogue.layer(layer_id, roles)
    filters = {name: value for name, value in request.query_params.items() if name not in OWN}
    rows, matched = features.items(
        session, layer, roles, bbox=_bbox(bbox), limit=limit, offset=offset, filters=filters, q=q
    )
    here = request.url
    links = [_link(str(here), "self", GEOJSON)]
    if offset + len(rows) < matched:
        links.append(_link(str(here.include_query_params(offset=offset + limit)), "next", GEOJSON))
    if offset:
        links.append(_link(str(here.include_query_params(offset=max(0, offset - limit))), "prev", GEOJSON))
    body = {
        "type": "FeatureCollection",
        "features": rows,
        "numberMatched": matched,
        "numberReturned": len(rows),
        "links": links,
    }
    return JSONResponse(body, media_type=GEOJSON)


@router.get("/collections/{layer_id}/items/{feature_id}", response_class=JSONResponse)
def item(
    layer_id: str, feature_id: int, request: Request, session: Transaction, roles: Roles
) -> JSONResponse:
    """One feature with every field that the viewer may see."""
    layer = catalogue.layer(layer_id, roles)
    found = features.item(session, layer, roles, feature_id)
    base = f"{_base(request)}/ogc/collections/{layer.id}"
    links = [_link(str(request.url), "self", GEOJSON), _link(base, "collection")]
    return JSONResponse({**found, "links": links}, media_type=GEOJSON)


def _collection(base: str, layer: Layer, bounds: tuple[float, float, float, float] | None) -> dict[str, Any]:
    here = f"{base}/ogc/collections/{layer.id}"
    return {
        "id": layer.id,
        "title": f"{layer.title.zh} {layer.title.en}",
        "description": f"{layer.description.zh} {layer.description.en}",
        "itemType": "feature",
        "crs": [CRS84],
        **({"extent": {"spatial": {"bbox": [list(bounds)], "crs": CRS84}}} if bounds else {}),
        "links": [
            _link(here, "self"),
            _link(f"{here}/items", "items", GEOJSON),
            {
                **_link(
                    f"{here}/tiles/WebMercatorQuad/{{tileMatrix}}/{{tileRow}}/{{tileCol}}",
                    "item",
                    "application/vnd.mapbox-vector-tile",
                ),
                "templated": True,
            },
        ],
    }


def _bbox(given: str | None) -> tuple[float, float, float, float] | None:
    if given is None:
        return None
    try:
        west, south, east, north = (float(each) for each in given.split(","))
    except ValueError:
        raise _bad_bbox() from None
    if west > east or south > north:
        raise _bad_bbox()
    return west, south, east, north


def _bad_bbox() -> Refused:
    return Refused(
        reason_zh="bbox 应为“西,南,东,北”（经纬度）。",
        reason_en="bbox must be west,south,east,north in degrees.",
    )


def _link(href: str, rel: str, media_type: str = "application/json") -> dict[str, str]:
    return {"href": href, "rel": rel, "type": media_type}


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")
