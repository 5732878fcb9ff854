"""Reading features: pages, filters, reference systems, files (OGC API – Features, parts 1 to 3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, Response
from shapely.geometry import mapping, shape
from starlette.background import BackgroundTask

from api.dependencies import Roles, Transaction
from api.ogc.collections import FILES
from api.ogc.links import AS_PAGE, GEOJSON, HTML, AsOf, GeoJSON, LayerId, base, link, wanted
from api.ogc.pages import page
from api.ogc.queries import query_of, shifted
from gis.crs import to_bd09, to_gcj02
from layers import catalogue, features
from layers.errors import QueryRefused
from layers.exports import export_layer
from layers.features import Query as Asked
from layers.layer import Field, Layer

__all__ = ["router"]

router = APIRouter(prefix="/ogc/collections", tags=["OGC API – Features"])

PAGE_AND_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            kind: {"schema": {"type": "string"}} for kind in (HTML, *(each[2] for each in FILES.values()))
        }
    }
}


@router.get("/{layer_id}/items", response_class=GeoJSON, response_model=None, responses=PAGE_AND_FILES)
def items(  # noqa: PLR0913, PLR0917 - the parameters of the standard; most are read in queries.py
    layer_id: LayerId,
    request: Request,
    session: Transaction,
    roles: Roles,
    limit: Annotated[int, Query(ge=1, le=10_000, description="features of a page; files hold all that match")] = 100,
    after: Annotated[str | None, Query(max_length=2000, description="where a page begins, from the link next")] = None,
    bbox: Annotated[str | None, Query(examples=["116.5,31.7,116.6,31.8"])] = None,
    bbox_crs: Annotated[str | None, Query(alias="bbox-crs")] = None,
    crs: Annotated[str | None, Query(examples=["http://www.opengis.net/def/crs/EPSG/0/4548"])] = None,
    datetime: Annotated[str | None, Query(examples=["2023-01-01/.."])] = None,
    filter: Annotated[str | None, Query(examples=["area_m2 > 100 AND status = 'to_check'"])] = None,
    filter_lang: Annotated[str | None, Query(alias="filter-lang", examples=["cql2-text", "cql2-json"])] = None,
    filter_crs: Annotated[str | None, Query(alias="filter-crs")] = None,
    sortby: Annotated[str | None, Query(examples=["-area_m2,code"])] = None,
    properties: Annotated[str | None, Query(examples=["code,name"])] = None,
    offset_system: Annotated[str | None, Query(alias="offset-system", description="gcj02 or bd09; goes with no crs")] = None,
    q: Annotated[str | None, Query(max_length=100, description="looked for in every text field")] = None,
    as_of: AsOf = None,
    f: Annotated[str | None, Query(examples=["json", "html", *FILES])] = None,
) -> Response:  # fmt: skip
    """Features of a layer; every published field may be a filter of its own: ``?status=filed``."""
    layer = catalogue.layer(layer_id, roles)
    form = wanted(request, ("json", "html", *FILES))
    query, system = shifted(request, query_of(request))
    if form in FILES:
        if system is not None:
            raise QueryRefused(
                reason_zh="offset-system 只用于 GeoJSON，文件请用 crs 指定坐标系。",
                reason_en="offset-system is for GeoJSON only; a file takes a crs.",
            )
        return _file(session, layer, roles, query, form)
    found = features.page(session, layer, roles, query, limit=limit, after=after)
    following = str(request.url.include_query_params(after=found.next)) if found.next else None
    if form == "html":
        return page(
            request, "items.html", title=layer.title.zh, base=base(request), layer=layer, rows=found.features,
            address=f"{base(request)}/ogc/collections/{layer.id}", next=following, matched=found.matched,
            first=str(request.url.remove_query_params("after")) if after else None, shown=_shown,
            json=str(request.url.include_query_params(f="json")), fields=features.chosen(layer, roles, query.names),
        )  # fmt: skip
    here = str(request.url)
    body = {
        "type": "FeatureCollection",
        **_past(query),
        "features": [_in_system(each, system) for each in found.features],
        "numberMatched": found.matched,
        "numberReturned": len(found.features),
        "links": [
            link(here, "self", GEOJSON),
            link(str(request.url.include_query_params(f="html")), "alternate", HTML),
            link(f"{base(request)}/ogc/collections/{layer.id}", "collection"),
            *([link(following, "next", GEOJSON)] if following else []),
        ],
    }
    return GeoJSON(body, headers=_headers(query, system))


@router.get("/{layer_id}/items/{feature_id}", response_class=GeoJSON, response_model=None, responses=AS_PAGE)
def item(
    layer_id: LayerId,
    feature_id: int,
    request: Request,
    session: Transaction,
    roles: Roles,
    crs: str | None = None,
    offset_system: Annotated[str | None, Query(alias="offset-system")] = None,
    as_of: AsOf = None,
) -> Response:
    """One feature with every field that the viewer may see; its ETag is its version, a past state has none."""
    layer = catalogue.layer(layer_id, roles)
    query, system = shifted(request, query_of(request))
    found = features.item(session, layer, roles, feature_id, query)
    address = f"{base(request)}/ogc/collections/{layer.id}"
    if wanted(request) == "html":
        fields = features.chosen(layer, roles, query.names)
        name = found["properties"].get(layer.label or "", "") or feature_id
        return page(
            request, "item.html", title=f"{layer.title.zh} {name}", base=base(request), layer=layer, feature=found,
            address=address, fields=fields, shown=_shown, name=name,
        )  # fmt: skip
    etag = f'"{found["properties"]["version"]}"'
    headers = {**_headers(query, system), "ETag": etag, "Cache-Control": "private, no-cache"}
    if query.as_of is not None:
        del headers["ETag"]  # it would let a past state be taken for the one that an edit replaces
    elif request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    links = [
        link(str(request.url), "self", GEOJSON),
        link(f"{address}/items/{feature_id}?f=html", "alternate", HTML),
        link(address, "collection"),
    ]
    return GeoJSON({**_in_system(found, system), **_past(query), "links": links}, headers=headers)


def _headers(query: Asked, system: str | None) -> dict[str, str]:
    """``Memento-Datetime`` (RFC 7089) says that the answer is a past state."""
    told = {"Vary": "Accept, Cookie, Authorization"}
    if query.as_of is not None:
        told["Memento-Datetime"] = format_datetime(query.as_of, usegmt=True)
    return told if system else {"Content-Crs": f"<{query.system.uri}>", **told}


def _past(query: Asked) -> dict[str, str]:
    """The instant of a past state, for those who keep the answer and lose its headers."""
    return {} if query.as_of is None else {"asOf": query.as_of.isoformat()}


def _in_system(feature: dict[str, Any], system: str | None) -> dict[str, Any]:
    """The feature with coordinates as a web map of China shows them."""
    if system is None or feature["geometry"] is None:
        return feature
    moved = shapely.transform(shape(feature["geometry"]), to_gcj02 if system == "gcj02" else to_bd09)
    return {**feature, "geometry": mapping(moved), "bbox": list(moved.bounds)}


def _file(session: Transaction, layer: Layer, roles: Roles, query: Asked, form: str) -> Response:
    """All that matches as one file; it is written whole before the answer begins."""
    _, extension, media_type = FILES[form]
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="chengtu-"))
        path = Path(folder) / f"{layer.id}{extension}"
        export_layer(session, layer.id, path, roles, query)
        swept = BackgroundTask(stack.pop_all().close)
    return FileResponse(path, media_type=media_type, filename=path.name, background=swept)


def _shown(field: Field, value: Any, zh: bool) -> str:
    """A value as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("是" if value else "否") if zh else ("yes" if value else "no")
    titles: Iterator[str] = (
        each.title.zh if zh else each.title.en for each in field.codes if each.value == value
    )
    return next(titles, f"{value:,}" if isinstance(value, float) else str(value))
