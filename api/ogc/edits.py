"""Writing features: create, replace, update, delete, with ETag and If-Match (OGC API – Features, part 4)."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Request
from fastapi.responses import Response

from api.dependencies import Me, Roles, Transaction
from api.ogc.links import LayerId, base
from layers import catalogue, edits
from layers.errors import QueryRefused
from layers.layer import Layer
from layers.people.rules import Role
from layers.reference_systems import System, system

__all__ = ["IfMatch", "router", "version_of"]

# OWSLib says no content type; auth.SameOrigin is what keeps other sites' forms out
router = APIRouter(prefix="/ogc/collections", tags=["OGC API – Features"], strict_content_type=False)

Feature = Annotated[
    dict[str, Any],
    Body(media_type="application/geo+json", examples=[{"type": "Feature", "geometry": {}, "properties": {}}]),
]
Part = Annotated[dict[str, Any], Body(media_type="application/merge-patch+json")]
_NO_VERSION = 0
IfMatch = Annotated[str | None, Header(alias="If-Match")]
ContentCrs = Annotated[str | None, Header(alias="Content-Crs")]


@router.post("/{layer_id}/items", status_code=201, response_class=Response)
def create(
    layer_id: LayerId, feature: Feature, request: Request, session: Transaction, roles: Roles, me: Me,
    content_crs: ContentCrs = None,
) -> Response:  # fmt: skip
    """Write a new feature; Location names it."""
    layer = _editable(layer_id, roles)
    _is_feature(feature)
    made, version = edits.create(session, layer, roles, feature, system=_system(content_crs))
    where = f"{base(request)}/ogc/collections/{layer.id}/items/{made}"
    return Response(status_code=201, headers={"Location": where, "ETag": f'"{version}"'})


@router.put("/{layer_id}/items/{feature_id}", status_code=204, response_class=Response)
def replace(
    layer_id: LayerId, feature_id: int, feature: Feature, session: Transaction, roles: Roles, me: Me,
    if_match: IfMatch = None, content_crs: ContentCrs = None,
) -> Response:  # fmt: skip
    """Put a feature in the place of the one that is there; what it does not name becomes empty."""
    layer = _editable(layer_id, roles)
    _is_feature(feature)
    version = edits.replace(
        session, layer, roles, feature_id, feature, system=_system(content_crs), version=version_of(if_match)
    )
    return Response(status_code=204, headers={"ETag": f'"{version}"'})


@router.patch("/{layer_id}/items/{feature_id}", status_code=204, response_class=Response)
def change(
    layer_id: LayerId, feature_id: int, part: Part, session: Transaction, roles: Roles, me: Me,
    if_match: IfMatch = None, content_crs: ContentCrs = None,
) -> Response:  # fmt: skip
    """Change only what is named (JSON Merge Patch)."""
    layer = _editable(layer_id, roles)
    version = edits.change(
        session, layer, roles, feature_id, part, system=_system(content_crs), version=version_of(if_match)
    )
    return Response(status_code=204, headers={"ETag": f'"{version}"'})


@router.delete("/{layer_id}/items/{feature_id}", status_code=204, response_class=Response)
def delete(
    layer_id: LayerId, feature_id: int, session: Transaction, roles: Roles, me: Me, if_match: IfMatch = None
) -> Response:
    """Delete a feature; its history stays."""
    edits.delete(session, _editable(layer_id, roles), feature_id, version=version_of(if_match))
    return Response(status_code=204)


@router.options("/{layer_id}/items", include_in_schema=False)
@router.options("/{layer_id}/items/{feature_id}", include_in_schema=False)
def allowed(layer_id: LayerId, roles: Roles, feature_id: int | None = None) -> Response:
    """What the asker may do here; GDAL asks before it edits."""
    layer = catalogue.layer(layer_id, roles)
    methods = ["GET", "HEAD", "OPTIONS"]
    if layer.editors & roles:
        methods += ["POST"] if feature_id is None else ["PUT", "PATCH", "DELETE"]
    return Response(status_code=204, headers={"Allow": ", ".join(methods)})


def _editable(layer_id: LayerId, roles: frozenset[Role]) -> Layer:
    layer = catalogue.layer(layer_id, roles)
    edits.require_editor(layer, roles)
    return layer


def _is_feature(given: dict[str, Any]) -> None:
    if given.get("type") != "Feature" or not isinstance(given.get("properties") or {}, dict):
        raise QueryRefused(
            reason_zh="内容不是 GeoJSON 要素（Feature）。", reason_en="The content is no GeoJSON Feature."
        )


def _system(content_crs: str | None) -> System:
    return system(content_crs.strip().strip("<>") if content_crs else None)


def version_of(if_match: str | None) -> int | None:
    """The version that If-Match names; ``*`` is any, and what is no ETag of ours is none there is."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = re.fullmatch(r'\s*(?:W/)?"(\d{1,9})"\s*', if_match)
    return int(found[1]) if found else _NO_VERSION
