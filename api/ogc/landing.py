"""The landing page of the OGC APIs, and what of the standards is spoken."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api.dependencies import Roles, Transaction
from api.ogc.links import AS_PAGE, HTML, OPENAPI, base, link, wanted
from api.ogc.pages import page
from layers import catalogue, features
from layers.filters import conformance as cql2
from layers.layer import Layer, Text
from layers.people.rules import Role

__all__ = ["grouped", "router"]

router = APIRouter(prefix="/ogc", tags=["OGC API"])

_SPEC = "http://www.opengis.net/spec/"
CONFORMS = [
    *(f"{_SPEC}ogcapi-common-1/1.0/conf/{each}" for each in ("core", "landing-page", "json", "html", "oas30")),
    *(f"{_SPEC}ogcapi-common-2/1.0/conf/{each}" for each in ("collections",)),
    *(f"{_SPEC}ogcapi-features-1/1.0/conf/{each}" for each in ("core", "geojson", "html", "oas30")),
    f"{_SPEC}ogcapi-features-2/1.0/conf/crs",
    *(f"{_SPEC}ogcapi-features-3/1.0/conf/{each}" for each in ("filter", "features-filter", "queryables")),
    *(
        f"{_SPEC}ogcapi-features-4/1.0/conf/{each}"
        for each in ("create-replace-delete", "update", "optimistic-locking-etags", "features")
    ),
    f"{_SPEC}ogcapi-features-5/1.0/conf/schemas",
    *(f"{_SPEC}ogcapi-tiles-1/1.0/conf/{each}" for each in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt")),
    f"{_SPEC}ogcapi-styles-1/1.0/conf/mapbox-style",
    *cql2(),
]  # fmt: skip


@router.get("", include_in_schema=False, response_model=None)
@router.get("/", response_model=None, responses=AS_PAGE)
def landing(request: Request, session: Transaction, roles: Roles) -> dict[str, Any] | Response:
    """What is here."""
    root = base(request)
    if wanted(request) == "html":
        title = "OGC API"
        return page(request, "landing.html", title=title, base=root, layers=grouped(session, roles))
    return {
        "title": "城图 Chengtu",
        "description": "金安区城市管理图层 Layers of the urban-management bureau of Jin'an District",
        "links": [
            link(f"{root}/ogc", "self"),
            link(f"{root}/ogc?f=html", "alternate", HTML),
            link(f"{root}/openapi.json", "service-desc", OPENAPI),
            link(f"{root}/docs", "service-doc", HTML),
            link(f"{root}/ogc/conformance", "conformance"),
            link(f"{root}/ogc/collections", "data"),
            link(f"{root}/ogc/conformance", "http://www.opengis.net/def/rel/ogc/1.0/conformance"),
            link(f"{root}/ogc/collections", "http://www.opengis.net/def/rel/ogc/1.0/data"),
            link(f"{root}/imagery/wmts/1.0.0/WMTSCapabilities.xml", "related", "application/xml", "WMTS 1.0.0"),
            link(f"{root}/stac", "related", title="STAC API"),
            link(
                f"{root}/ogc/tileMatrixSets", "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
            ),
        ],
    }  # fmt: skip


@router.get("/conformance")
def conformance() -> dict[str, list[str]]:
    """The parts of the standards that are spoken."""
    return {"conformsTo": CONFORMS}


def grouped(session: Session, roles: frozenset[Role]) -> list[tuple[Text, list[tuple[Layer, int]]]]:
    """The layers that the viewer may see with their counts, by group."""
    seen = catalogue.visible(roles)
    return [
        (title, [(each, features.count(session, each)) for each in seen if each.group == group])
        for group, title in catalogue.GROUPS.items()
        if any(each.group == group for each in seen)
    ]
