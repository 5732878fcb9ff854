"""The addresses of the STAC API."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api.dependencies import Chengtu, Roles, Transaction
from api.ogc.links import GEOJSON, HTML, OPENAPI, QUERYABLES, SCHEMA, GeoJSON, SchemaJSON, base, link
from api.ogc.queries import LONGEST_FILTER, box_numbers
from api.stac.properties import queryables
from api.stac.search import Language, Search, System, orders_of, query_for, search_of
from api.stac.written import COLLECTION, VERSION, day_interval, item_of
from api.state import State
from layers import catalogue, features, filters
from layers.errors import NotFound
from layers.layer import Layer
from layers.people.rules import Role
from layers.surveys import store as surveys
from layers.surveys.days import ALL

__all__ = ["router"]

router = APIRouter(prefix="/stac", tags=["STAC API"])

Filter = Annotated[str | None, Query(max_length=LONGEST_FILTER, description="CQL2", examples=["gsd <= 0.1"])]
FilterLanguage = Annotated[Language, Query(alias="filter-lang")]
FilterSystem = Annotated[System | None, Query(alias="filter-crs")]
Orders = Annotated[str | None, Query(max_length=1000, examples=["-datetime,id"])]
_STAC, _OGC = "https://api.stacspec.org/v1.0.0", "http://www.opengis.net/spec"
CONFORMS = [
    *(f"{_STAC}/{each}" for each in ("core", "collections", "ogcapi-features", "item-search")),
    *(f"{_STAC}/{door}#{each}" for door in ("item-search", "ogcapi-features") for each in ("filter", "sort")),
    *(f"{_OGC}/ogcapi-features-1/1.0/conf/{each}" for each in ("core", "oas30", "geojson")),
    *(f"{_OGC}/ogcapi-features-3/1.0/conf/{each}" for each in ("filter", "features-filter", "queryables")),
    *filters.conformance(),
]


@router.get("")
def landing(request: Request, roles: Roles) -> dict[str, Any]:
    """The catalogue of flights; its collection is told to those who may see flights."""
    root = base(request)
    seen = COLLECTION in {each.id for each in catalogue.visible(roles)}
    return {
        "type": "Catalog",
        "stac_version": VERSION,
        "id": "chengtu",
        "title": "城图航飞 Chengtu flights",
        "description": "金安区无人机航飞目录。Flights of the urban-management bureau of Jin'an District.",
        "conformsTo": CONFORMS,
        "links": [
            link(f"{root}/stac", "self"),
            link(f"{root}/stac", "root"),
            link(f"{root}/stac/conformance", "conformance"),
            link(f"{root}/stac/collections", "data"),
            {**link(f"{root}/stac/search", "search", GEOJSON), "method": "GET"},
            {**link(f"{root}/stac/search", "search", GEOJSON), "method": "POST"},
            link(f"{root}/stac/queryables", QUERYABLES, SCHEMA),
            link(f"{root}/openapi.json", "service-desc", OPENAPI),
            link(f"{root}/docs", "service-doc", HTML),
            *([link(f"{root}/stac/collections/{COLLECTION}", "child")] if seen else []),
        ],
    }


@router.get("/conformance")
def conformance() -> dict[str, list[str]]:
    """The parts of the standards that are spoken."""
    return {"conformsTo": CONFORMS}


@router.get("/collections")
def collections(request: Request, session: Transaction, roles: Roles) -> dict[str, Any]:
    """The collection of flights, for those who may see it."""
    root = base(request)
    seen = [each for each in catalogue.visible(roles) if each.id == COLLECTION]
    return {
        "collections": [_collection(session, each, root) for each in seen],
        "links": [link(f"{root}/stac/collections", "self"), link(f"{root}/stac", "root")],
    }


@router.get("/collections/{collection_id}")
def collection(collection_id: str, request: Request, session: Transaction, roles: Roles) -> dict[str, Any]:
    """One collection."""
    return _collection(session, _flights(collection_id, roles), base(request))


@router.get("/queryables", response_class=SchemaJSON, response_model=None)
def all_queryables(request: Request, roles: Roles) -> SchemaJSON:
    """What filters of a search may name, as a JSON Schema."""
    seen = next((each for each in catalogue.visible(roles) if each.id == COLLECTION), None)
    return SchemaJSON(queryables(seen, roles, f"{base(request)}/stac/queryables"))


@router.get("/collections/{collection_id}/queryables", response_class=SchemaJSON, response_model=None)
def collection_queryables(collection_id: str, request: Request, roles: Roles) -> SchemaJSON:
    """The same for one collection."""
    layer = _flights(collection_id, roles)
    return SchemaJSON(queryables(layer, roles, f"{base(request)}/stac/collections/{layer.id}/queryables"))


@router.get("/collections/{collection_id}/items", response_class=GeoJSON, response_model=None)
def items(  # noqa: PLR0913, PLR0917 - the parameters of the standard
    collection_id: str, request: Request, session: Transaction, roles: Roles, state: Chengtu,
    limit: Annotated[int, Query(ge=1, le=1000)] = 10,
    bbox: Annotated[str | None, Query(examples=["116.5,31.7,116.6,31.8"])] = None,
    datetime: Annotated[str | None, Query(max_length=100, examples=["2023-01-01T00:00:00Z/.."])] = None,
    token: Annotated[str | None, Query(max_length=2000, description="where a page begins, from the link next")] = None,
    filter: Filter = None, filter_lang: FilterLanguage = "cql2-text", filter_crs: FilterSystem = None, sortby: Orders = None,
) -> GeoJSON:  # fmt: skip
    """Flights, the latest first."""
    _flights(collection_id, roles)
    search = search_of(
        bbox=box_numbers(bbox), datetime=datetime, limit=limit, token=token, filter=filter, filter_lang=filter_lang,
        filter_crs=filter_crs, sortby=orders_of(sortby),
    )  # fmt: skip
    return _found(request, session, roles, state, search)


@router.get("/collections/{collection_id}/items/{item_id}", response_class=GeoJSON, response_model=None)
def item(
    collection_id: str, item_id: str, request: Request, session: Transaction, roles: Roles, state: Chengtu
) -> GeoJSON:
    """One flight."""
    layer = _flights(collection_id, roles)
    found = features.page(session, layer, roles, query_for(search_of(ids=[item_id])), limit=1).features
    if not found:
        raise NotFound(what_zh=layer.title.zh, what_en=layer.title.en, key=item_id)
    return GeoJSON(item_of(found[0], base(request), state.storage))


@router.get("/search", response_class=GeoJSON, response_model=None)
def search(  # noqa: PLR0913, PLR0917 - the parameters of the standard
    request: Request, session: Transaction, roles: Roles, state: Chengtu,
    limit: Annotated[int, Query(ge=1, le=1000)] = 10,
    bbox: Annotated[str | None, Query(examples=["116.5,31.7,116.6,31.8"])] = None,
    datetime: Annotated[str | None, Query(max_length=100, examples=["2023-01-01T00:00:00Z/.."])] = None,
    ids: Annotated[str | None, Query(max_length=20_000, description="separated by commas")] = None,
    collections: Annotated[str | None, Query(max_length=2000, description="separated by commas")] = None,
    token: Annotated[str | None, Query(max_length=2000, description="where a page begins, from the link next")] = None,
    filter: Filter = None, filter_lang: FilterLanguage = "cql2-text", filter_crs: FilterSystem = None, sortby: Orders = None,
) -> GeoJSON:  # fmt: skip
    """Flights by place, time, name and properties, the latest first. A shape (``intersects``) is asked for by POST."""
    asked = search_of(
        bbox=box_numbers(bbox), datetime=datetime, limit=limit, token=token,
        ids=None if ids is None else ids.split(","), collections=None if collections is None else collections.split(","),
        filter=filter, filter_lang=filter_lang, filter_crs=filter_crs, sortby=orders_of(sortby),
    )  # fmt: skip
    return _found(request, session, roles, state, asked)


@router.options("/search", include_in_schema=False)
def search_options() -> Response:
    """What may be asked here."""
    return Response(status_code=204, headers={"Allow": "GET, HEAD, OPTIONS, POST"})


@router.post("/search", response_class=GeoJSON, response_model=None)
def search_by_body(
    body: Search, request: Request, session: Transaction, roles: Roles, state: Chengtu
) -> GeoJSON:
    """The same, asked in a body."""
    return _found(request, session, roles, state, body)


def _flights(collection_id: str, roles: frozenset[Role]) -> Layer:
    """Raises NotFound for another collection, and for those who may not see flights."""
    if collection_id != COLLECTION:
        raise NotFound(what_zh="集合", what_en="collection", key=collection_id)
    return catalogue.layer(COLLECTION, roles)


def _collection(session: Session, layer: Layer, root: str) -> dict[str, Any]:
    extent = features.extent(session, layer)
    first, last = features.span(session, layer)
    return {
        "type": "Collection",
        "stac_version": VERSION,
        "id": layer.id,
        "title": f"{layer.title.zh} {layer.title.en}",
        "description": f"{layer.description.zh}{layer.description.en}",
        "license": "other",
        "extent": {
            "spatial": {"bbox": [list(extent.bounds or (-180, -90, 180, 90))]},
            "temporal": {"interval": [[first and day_interval(first)[0], last and day_interval(last)[1]]]},
        },
        "links": [
            link(f"{root}/stac/collections/{layer.id}", "self"),
            link(f"{root}/stac", "root"),
            link(f"{root}/stac", "parent"),
            link(f"{root}/stac/collections/{layer.id}/items", "items", GEOJSON),
            link(f"{root}/stac/collections/{layer.id}/queryables", QUERYABLES, SCHEMA),
            *_drawn_together(session, root),
        ],
    }


def _drawn_together(session: Session, root: str) -> list[dict[str, Any]]:
    """Links to the mosaic of all flights, where any are ready to be shown."""
    if surveys.mosaic(session, ALL) is None:
        return []
    capabilities = f"{root}/imagery/wmts/1.0.0/WMTSCapabilities.xml"
    return [
        link(f"{root}/imagery/mosaic/all/tilejson.json", "tilejson", title="航飞镶嵌 Mosaic of flights"),
        {**link(capabilities, "wmts", "application/xml", "WMTS 1.0.0"), "wmts:layer": ["mosaic"]},
    ]


def _found(
    request: Request, session: Session, roles: frozenset[Role], state: State, asked: Search
) -> GeoJSON:
    seen = COLLECTION in {each.id for each in catalogue.visible(roles)}
    wanted = asked.collections is None or COLLECTION in asked.collections
    root = base(request)
    links = [link(str(request.url), "self", GEOJSON), link(f"{root}/stac", "root")]
    page = features.Page([], 0, None)
    if seen and wanted and asked.ids != []:
        layer = catalogue.layer(COLLECTION, roles)
        page = features.page(session, layer, roles, query_for(asked), limit=asked.limit, after=asked.token)
    if page.next:
        links.append(_next(request, asked, page.next))
    return GeoJSON({
        "type": "FeatureCollection",
        "features": [item_of(each, root, state.storage) for each in page.features],
        "numberMatched": page.matched,
        "numberReturned": len(page.features),
        "links": links,
    })  # fmt: skip


def _next(request: Request, asked: Search, token: str) -> dict[str, Any]:
    if request.method == "GET":
        href = str(request.url.include_query_params(token=token))
        return {**link(href, "next", GEOJSON), "method": "GET"}
    body = asked.model_dump(exclude_none=True, by_alias=True) | {"token": token}
    return {**link(str(request.url), "next", GEOJSON), "method": "POST", "body": body}
