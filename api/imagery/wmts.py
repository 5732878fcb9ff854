"""WMTS 1.0.0 (OGC 07-057r7) for clients that speak nothing newer: KVP and RESTful, flights and their mosaic as layers.

GetFeatureInfo is not offered: a picture has no features.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from api.dependencies import Chengtu, Roles, Transaction
from api.imagery.capabilities import (
    FORMATS,
    MOSAIC,
    SET,
    WmtsRefused,
    capabilities,
    exception_report,
    flight_layer,
    mosaic_layer,
)
from api.imagery.pictures import PNG, WEBP, Answer, as_png, flight_tile, mosaic_tile, of_world
from api.imagery.viewer import Viewer, may_look
from api.ogc.links import base
from api.state import State
from layers import database
from layers.errors import NotFound, QueryRefused, SignInNeeded
from layers.people.rules import Role
from layers.surveys import store
from layers.surveys.days import ALL, Days

__all__ = ["DOOR", "router"]

DOOR = "/imagery/wmts"
XML = "application/xml"
router = APIRouter(prefix=DOOR, tags=["WMTS"])

_TILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {PNG: {}, WEBP: {}}},
    400: {"description": "an OWS exception report", "content": {XML: {}}},
}
_DOCUMENTS: dict[int | str, dict[str, Any]] = {
    200: {"content": {XML: {}, PNG: {}, WEBP: {}}},
    400: {"description": "an OWS exception report", "content": {XML: {}}},
}
_SETS = frozenset({SET, "WebMercatorQuad"})
_WORDS = ("layer", "format", "tilematrixset", "tilematrix", "tilerow", "tilecol")
Ending = Annotated[str, Path(pattern="^(png|webp)$")]
Layer = Annotated[str, Path(max_length=100, description="a flight's code, or mosaic")]


@router.get("/1.0.0/WMTSCapabilities.xml", response_class=Response, responses={200: {"content": {XML: {}}}})
def rest_capabilities(request: Request, session: Transaction, roles: Roles) -> Response:
    """What there is for the viewer, RESTful."""
    return _xml(_document(session, roles, base(request)))


@router.get("", response_class=Response, responses=_DOCUMENTS)
async def kvp(request: Request, state: Chengtu, session: Transaction, roles: Roles) -> Response:
    """GetCapabilities and GetTile by key and value (SERVICE=WMTS&REQUEST=…); names in any case."""
    given = {name.lower(): value for name, value in request.query_params.items()}
    try:
        asked = given.get("request", "GetCapabilities").lower()
        if given.get("service", "WMTS").upper() != "WMTS":
            raise _invalid("service", given["service"])
        if asked == "getcapabilities":
            return _xml(await run_in_threadpool(_document, session, roles, base(request)))
        if asked != "gettile":
            raise WmtsRefused(
                "OperationNotSupported", "request", f"不支持操作 {given['request']}。",
                f"There is no operation {given['request']} here; there are GetCapabilities and GetTile.",
            )  # fmt: skip
        for word in _WORDS:
            if not given.get(word):
                raise WmtsRefused(
                    "MissingParameterValue", word, f"缺少参数 {word}。", f"The parameter {word} is missing."
                )
        if given["format"] not in FORMATS:
            raise _invalid("format", given["format"])
        if not may_look(roles):
            raise SignInNeeded
        place = _place(given["tilematrixset"], given["tilematrix"], given["tilerow"], given["tilecol"])
        return await _tile(request, state, given["layer"], given.get("time", "all"), place, given["format"])
    except WmtsRefused as refused:
        return _xml(exception_report(refused), 400)


@router.get(
    "/1.0.0/{layer}/{style}/{matrix_set}/{z}/{y}/{x}.{ending}", response_class=Response, responses=_TILES
)
async def flight(  # noqa: PLR0913, PLR0917 - the address of the standard
    layer: Layer, style: str, matrix_set: str, z: str, y: str, x: str, ending: Ending,
    request: Request, state: Chengtu, me: Viewer,
) -> Response:  # fmt: skip
    """GetTile of a flight, RESTful; transparent where it shows nothing."""
    return await _rest(request, state, layer, "all", (matrix_set, z, y, x), ending)


@router.get(
    "/1.0.0/{layer}/{style}/{time}/{matrix_set}/{z}/{y}/{x}.{ending}",
    response_class=Response,
    responses=_TILES,
)
async def mosaic(  # noqa: PLR0913, PLR0917 - the address of the standard
    layer: Layer, style: str, time: str, matrix_set: str, z: str, y: str, x: str, ending: Ending,
    request: Request, state: Chengtu, me: Viewer,
) -> Response:  # fmt: skip
    """GetTile of the mosaic of some days, RESTful; ``time``: as in /imagery/mosaic."""
    return await _rest(request, state, layer, time, (matrix_set, z, y, x), ending)


async def _rest(
    request: Request, state: State, layer: str, time: str, where: tuple[str, str, str, str], ending: str
) -> Response:
    media_type = {ending: media_type for media_type, ending in FORMATS.items()}[ending]
    try:
        return await _tile(request, state, layer, time, _place(*where), media_type)
    except WmtsRefused as refused:
        return _xml(exception_report(refused), 400)


async def _tile(
    request: Request, state: State, layer: str, time: str, place: tuple[int, int, int], media_type: str
) -> Response:
    known = request.headers.get("if-none-match", "")
    answer = await _answer(state, layer, time, place, known)
    if answer.status == 304:
        return Response(None, 304, answer.headers)
    if answer.content and media_type != PNG:
        content = answer.content
    else:  # what is not there is transparent: old clients take 204 for a fault
        content, media_type = await run_in_threadpool(as_png, state, answer, place), PNG
    return Response(content, 200, answer.headers, media_type=media_type)


async def _answer(state: State, layer: str, time: str, place: tuple[int, int, int], known: str) -> Answer:
    if layer == MOSAIC:
        try:
            return await mosaic_tile(state, Days.parse(time), place, known=known)
        except QueryRefused as error:
            raise WmtsRefused("InvalidParameterValue", "time", error.message_zh, error.message_en) from None
    try:
        number = await run_in_threadpool(_numbered, state, layer)
        return flight_tile(state.storage, number, place, known=known)
    except NotFound:
        raise _invalid("layer", layer) from None


def _numbered(state: State, code: str) -> int:
    """The id of a flight that is ready. Raises NotFound."""
    with database.session(state.url) as session:
        return store.by_code(session, code).id


def _document(session: Session, roles: frozenset[Role], root: str) -> str:
    layers = []
    if may_look(roles):
        together = store.mosaic(session, ALL)
        layers = [mosaic_layer(together)] if together else []
        layers += [flight_layer(each) for each in store.shown_flights(session)]
    return capabilities(layers, f"{root}{DOOR}")


def _place(matrix_set: str, matrix: str, row: str, column: str) -> tuple[int, int, int]:
    """Zoom, column, row. Raises WmtsRefused, naming what cannot be."""
    if matrix_set not in _SETS:
        raise _invalid("tilematrixset", matrix_set)
    for name, value in (("tilematrix", matrix), ("tilerow", row), ("tilecol", column)):
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise _invalid(name, value)
    place = int(matrix), int(column), int(row)
    if not of_world((place[0], 0, 0)):
        raise _invalid("tilematrix", matrix)
    if not of_world(place):
        raise WmtsRefused(
            "TileOutOfRange", "tilerow" if int(row) >= 1 << place[0] else "tilecol", "瓦片行列号超出范围。",
            "The row or the column lies outside the tile matrix.",
        )  # fmt: skip
    return place


def _invalid(name: str, value: str) -> WmtsRefused:
    return WmtsRefused(
        "InvalidParameterValue", name, f"参数 {name} 的值“{value}”不可用；可用的值见 GetCapabilities。",
        f"“{value}” is no {name} here; GetCapabilities tells which there are.",
    )  # fmt: skip


def _xml(document: str, status: int = 200) -> Response:
    headers = {"Cache-Control": "private, no-cache", "Vary": "Cookie, Authorization"}
    return Response(document, status, headers, media_type=XML)
