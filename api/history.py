"""What happened to a feature, what differs in a layer, and a former version made the current one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from api.dependencies import Me, Roles, Transaction
from api.ogc.edits import IfMatch, version_of
from api.schemas.history import DifferenceOut, LayerDifferenceOut, RestoredOut, RestoreIn, VersionOut
from layers import catalogue, differences, history
from layers.past import moment
from layers.restore import restore

__all__ = ["router"]

router = APIRouter(prefix="/api/layers", tags=["history"])

Instant = Annotated[str, Query(max_length=40, examples=["2024-03-01", "2024-03-01T08:00:00+08:00"])]


@router.get("/{layer_id}/difference")
def layer_difference(
    layer_id: str,
    session: Transaction,
    roles: Roles,
    since: Instant,
    until: Instant,
    limit: Annotated[int, Query(ge=1, le=differences.MOST)] = 100,
    after: Annotated[int, Query(ge=0, description="`next` of the page before")] = 0,
) -> LayerDifferenceOut:
    """What appeared, changed or went in a layer between two instants; a date is that day's end in China."""
    layer = catalogue.layer(layer_id, roles)
    begins, ends = moment(since), moment(until)
    found = differences.between(session, layer, roles, begins, ends, limit=limit, after=after)
    return LayerDifferenceOut.model_validate({"since": begins, "until": ends, **found})


@router.get("/{layer_id}/{feature_id}/history")
def changes(layer_id: str, feature_id: int, session: Transaction, roles: Roles) -> list[VersionOut]:
    """Who changed what, newest first; only fields that the viewer may see."""
    layer = catalogue.layer(layer_id, roles)
    return [VersionOut.model_validate(each) for each in history.of(session, layer, feature_id, roles)]


@router.get("/{layer_id}/{feature_id}/difference")
def difference(
    layer_id: str,
    feature_id: int,
    session: Transaction,
    roles: Roles,
    before: Annotated[int, Query(ge=1, description="a version")],
    after: Annotated[int, Query(ge=1, description="another version")],
) -> DifferenceOut:
    """Two versions of a feature: both geometries, and the fields that differ."""
    layer = catalogue.layer(layer_id, roles)
    found = differences.versions(session, layer, feature_id, roles, before=before, after=after)
    return DifferenceOut.model_validate(found)


@router.post("/{layer_id}/{feature_id}/restore", response_model=RestoredOut)
def restored(
    layer_id: str,
    feature_id: int,
    given: RestoreIn,
    session: Transaction,
    roles: Roles,
    me: Me,
    if_match: IfMatch = None,
) -> JSONResponse:
    """Make a former version the current state, of a deleted feature too; If-Match names the newest version seen."""
    layer = catalogue.layer(layer_id, roles)
    made = restore(session, layer, roles, feature_id, given.version, seen=version_of(if_match))
    return JSONResponse({"id": feature_id, "version": made}, headers={"ETag": f'"{made}"'})
