"""Tiles of one flight and of the mosaic of all flights of some days, and their TileJSON.

Map pages ask for tiles by the hundred, so ``PictureDoor`` answers them before the application's own machinery:
it copies bytes out of the flight's PMTiles archive.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.cookie import token_of
from api.dependencies import Chengtu, Transaction
from api.doorkeeper import TROUBLE
from api.imagery.pictures import VARY, WEBP, Answer, flight_tile, mosaic_tile
from api.imagery.viewer import Viewer, may_look
from api.ogc.links import base
from api.schemas.imagery import TileJSON
from api.state import State
from layers.errors import NotFound, QueryRefused
from layers.surveys import store
from layers.surveys.days import Days

__all__ = ["PictureDoor", "router"]

router = APIRouter(prefix="/imagery", tags=["imagery"])

_WEBP, _VARY = WEBP.encode(), VARY.encode()
_PLACE = r"(\d{1,2})/(\d{1,8})/(\d{1,8})\.webp"
_FLIGHT = re.compile(rf"/imagery/(\d{{1,15}})/{_PLACE}")
_MOSAIC = re.compile(rf"/imagery/mosaic/([\d.a-z-]{{1,24}})/{_PLACE}")
_VERSION = re.compile(rb"(?:^|&)v=([0-9a-f]{1,64})(?:&|$)")

_TILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {WEBP: {"schema": {"type": "string", "format": "binary"}}}},
    204: {"description": "nothing there"},
    304: {"description": "as it was"},
}
Range = Annotated[
    str,
    Path(
        max_length=24,
        description="days, both included: 2023-01-01..2023-12-31, open at either end, one day, or all",
        examples=["2023-01-01..2023-12-31", "all"],
    ),
]


@router.get("/{survey_id}/{z}/{x}/{y}.webp", response_class=Response, responses=_TILE)
def tile(
    survey_id: int, z: int, x: int, y: int, request: Request, state: Chengtu, me: Viewer,
    v: Annotated[str | None, Query(max_length=64, description="key of the content; with it the tile may be kept for ever")] = None,
) -> Response:  # fmt: skip
    """One WebP tile of 256 px (WebMercatorQuad), transparent outside the flight; 204 where there is none."""
    known = request.headers.get("if-none-match", "")
    return _told(flight_tile(state.storage, survey_id, (z, x, y), known=known, version=v))


@router.get("/mosaic/{days}/{z}/{x}/{y}.webp", response_class=Response, responses=_TILE)
async def mosaic(
    days: Range, z: int, x: int, y: int, request: Request, state: Chengtu, me: Viewer
) -> Response:
    """One WebP tile of all flights of these days: the newest on top, what it does not show filled by older ones."""
    known = request.headers.get("if-none-match", "")
    return _told(await mosaic_tile(state, Days.parse(days), (z, x, y), known=known))


@router.get("/{survey_id}/tilejson.json")
def flight_tilejson(survey_id: int, request: Request, session: Transaction, me: Viewer) -> TileJSON:
    """Where the tiles of a flight are (TileJSON 3.0.0)."""
    survey = store.get(session, survey_id)
    if survey.pyramid_minzoom is None or survey.pyramid_maxzoom is None or survey.bounds is None:
        raise NotFound(what_zh="航飞影像", what_en="imagery of flight", key=survey_id)
    version = f"?v={survey.pyramid_content}" if survey.pyramid_content else ""
    west, south, east, north = survey.bounds
    return TileJSON(
        name=f"{survey.code} {survey.name}",
        tiles=[f"{base(request)}/imagery/{survey.id}/{{z}}/{{x}}/{{y}}.webp{version}"],
        minzoom=survey.pyramid_minzoom,
        maxzoom=survey.pyramid_maxzoom,
        bounds=(west, south, east, north),
        flights=1,
    )


@router.get("/mosaic/{days}/tilejson.json")
def mosaic_tilejson(days: Range, request: Request, session: Transaction, me: Viewer) -> TileJSON:
    """Where the tiles of the mosaic of these days are (TileJSON 3.0.0)."""
    wanted = Days.parse(days)
    found = store.mosaic(session, wanted)
    if found is None:
        raise NotFound(what_zh="该时段的航飞影像", what_en="imagery of the days", key=days)
    return TileJSON(
        name=f"航飞镶嵌 Mosaic of flights {found.first} – {found.last}",
        tiles=[f"{base(request)}/imagery/mosaic/{wanted}/{{z}}/{{x}}/{{y}}.webp"],
        minzoom=found.minzoom,
        maxzoom=found.maxzoom,
        bounds=found.bounds,
        flights=found.flights,
    )


class PictureDoor:
    """Answers what most requests are: a tile, asked for by a page that is signed in.

    Everything else, errors, strangers and basic authentication included, goes on to the application.
    """

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app, self.state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        found = None
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"].startswith("/imagery/"):
            found = await self._found(scope)
        if found is None:
            await self.app(scope, receive, send)
            return
        headers = [(b"etag", found.etag.encode()), (b"cache-control", found.kept.encode()), (b"vary", _VARY)]
        if found.content:
            headers += [(b"content-type", _WEBP), (b"content-length", b"%d" % len(found.content))]
        await send({"type": "http.response.start", "status": found.status, "headers": headers})
        await send({"type": "http.response.body", "body": found.content})

    async def _found(self, scope: Scope) -> Answer | None:
        flight = _FLIGHT.fullmatch(scope["path"])
        together = None if flight else _MOSAIC.fullmatch(scope["path"])
        named = flight or together
        if named is None or self.state.doorkeeper is None:
            return None
        given = dict(scope["headers"])
        token = token_of(given.get(b"cookie", b""))
        if token is None or b"authorization" in given:
            return None
        subject, z, x, y = named.groups()
        place = int(z), int(x), int(y)
        known = given.get(b"if-none-match", b"").decode("latin-1")
        try:
            if not may_look(await self.state.doorkeeper.roles(token)):
                return None
            if together:
                return await mosaic_tile(self.state, Days.parse(subject), place, known=known)
            said = _VERSION.search(scope["query_string"])
            version = said[1].decode() if said else None
            return flight_tile(self.state.storage, int(subject), place, known=known, version=version)
        except (NotFound, QueryRefused, *TROUBLE):
            return None


def _told(answer: Answer) -> Response:
    return Response(
        answer.content or None, answer.status, answer.headers, media_type=WEBP if answer.content else None
    )
