"""/api/site-checks: what an inspector has to look at, and what was found there."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from api import clock
from api.dependencies import Chengtu, Me, MeFirst, Transaction
from api.schemas.site_checks import FoundIn, SiteCheckFullOut, TaskFullOut, TaskList, TaskOut
from gis.plate import as_jpeg
from layers import database
from layers.errors import NotFound
from layers.evidence import pictures, told
from layers.site_checks import actions
from layers.storage import Storage

__all__ = ["router"]

router = APIRouter(prefix="/api/site-checks", tags=["site checks"])

Lon = Annotated[float | None, Query(ge=-180, le=180, description="EPSG:4490; with lat: nearest first")]
Lat = Annotated[float | None, Query(ge=-90, le=90)]
JPEG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/tasks")
def tasks(session: Transaction, me: Me, lon: Lon = None, lat: Lat = None) -> TaskList:
    """Buildings to be looked at by the asking person, nearest first where a place is given."""
    found = actions.tasks(session, me, clock.now(), _here(lon, lat))
    return TaskList.model_validate(
        {"scope": found.scope, "whose": found.whose, "items": [TaskOut(**row) for row in found.rows]}
    )


@router.get("/tasks/{building_id}")
def task(building_id: int, session: Transaction, me: Me, lon: Lon = None, lat: Lat = None) -> TaskFullOut:
    """One building with what to look at and the site checks so far."""
    return TaskFullOut(**actions.task(session, me, building_id, clock.now(), _here(lon, lat)))


@router.post("/tasks/{building_id}/claim")
def claim(building_id: int, session: Transaction, me: Me) -> TaskFullOut:
    """Take it upon oneself, for a day; 409 names who was faster."""
    actions.claim(session, me, building_id, clock.now())
    return TaskFullOut(**actions.task(session, me, building_id, clock.now()))


@router.delete("/tasks/{building_id}/claim")
def release(building_id: int, session: Transaction, me: Me) -> TaskFullOut:
    """Give it back."""
    actions.release(session, me, building_id)
    return TaskFullOut(**actions.task(session, me, building_id, clock.now()))


@router.get("/tasks/{building_id}/{which}.jpg", response_class=Response, responses=JPEG)
def picture(
    building_id: int, which: Literal["before", "after", "around"], state: Chengtu, me: MeFirst
) -> Response:
    """What a flight shows there, with the outline drawn in; none of a building that no flight found (404)."""
    with database.session(state.url) as session:
        candidate = actions.task(session, me, building_id, clock.now())["candidate"]
        read = told.tell(session, state.settings, candidate["id"], me.roles) if candidate else None
    drawn = pictures.plates(read, Storage.of(state.settings), frozenset({which})) if read else {}
    if which not in drawn:
        raise NotFound(what_zh="该建筑的航片", what_en="picture of a flight for building", key=building_id)
    return Response(
        as_jpeg(drawn[which]), media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"}
    )


@router.post("", status_code=201)
def submit(given: FoundIn, session: Transaction, me: Me, response: Response) -> SiteCheckFullOut:
    """Record what was found; the same ``client_id`` again gives the same record (then 200)."""
    number, new = actions.submit(session, me, actions.Found(**given.model_dump()), clock.now())
    response.status_code = 201 if new else 200
    return SiteCheckFullOut(**actions.check(session, me, number))


@router.get("/{check_id}")
def check(check_id: int, session: Transaction, me: Me) -> SiteCheckFullOut:
    """One site check with its photographs and what about them is worth a look."""
    return SiteCheckFullOut(**actions.check(session, me, check_id))


def _here(lon: float | None, lat: float | None) -> tuple[float, float] | None:
    return None if lon is None or lat is None else (lon, lat)
