"""Links, media types and which of them a client wants: what every OGC door has in common."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Request
from fastapi.responses import JSONResponse

from layers.errors import QueryRefused

__all__ = [
    "AS_PAGE",
    "GEOJSON",
    "HTML",
    "JSON",
    "MVT",
    "OPENAPI",
    "QUERYABLES",
    "SCHEMA",
    "AsOf",
    "GeoJSON",
    "LayerId",
    "SchemaJSON",
    "base",
    "link",
    "templated",
    "wanted",
]

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
SCHEMA = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.1"
MVT = "application/vnd.mapbox-vector-tile"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"  # the relation of a link

LayerId = Annotated[str, Path(description="id of a layer", examples=["grids", "compounds"])]
AsOf = Annotated[
    str | None,
    Query(
        alias="as-of",
        examples=["2024-03-01"],
        description="as it was at that instant, or at that day's end in China",
    ),
]
AS_PAGE: dict[int | str, dict[str, Any]] = {200: {"content": {HTML: {"schema": {"type": "string"}}}}}
"""That an answer can be had as a page too, for the OpenAPI document."""


class GeoJSON(JSONResponse):
    """A feature or a collection of features (RFC 7946)."""

    media_type = GEOJSON


class SchemaJSON(JSONResponse):
    """A JSON Schema."""

    media_type = SCHEMA


def base(request: Request) -> str:
    """The address of this server as the client knows it."""
    return str(request.base_url).rstrip("/")


def link(href: str, rel: str, media_type: str = JSON, title: str | None = None) -> dict[str, Any]:
    """A link of RFC 8288."""
    return {"href": href, "rel": rel, "type": media_type, **({"title": title} if title else {})}


def templated(href: str, rel: str, media_type: str) -> dict[str, Any]:
    """A link with places to fill."""
    return {**link(href, rel, media_type), "templated": True}


def wanted(request: Request, formats: tuple[str, ...] = ("json", "html")) -> str:
    """The format of an answer: ``f`` of the query, else what Accept prefers (a browser: HTML), else the first.

    Raises QueryRefused for an ``f`` that is none of ``formats``.
    """
    asked = request.query_params.get("f")
    if asked is not None:
        if asked.lower() in formats:
            return asked.lower()
        raise QueryRefused(
            reason_zh=f"不提供格式 f={asked}。可用：{'、'.join(formats)}。",
            reason_en=f"There is no format f={asked} here. Known: {', '.join(formats)}.",
        )
    accepted = [each.split(";")[0].strip() for each in request.headers.get("accept", "").split(",")]
    for each in accepted:
        if each in {GEOJSON, JSON}:
            return formats[0]
        if each == HTML and "html" in formats:
            return "html"
    return formats[0]
