"""Surface models of flights: shaded relief as tiles, the height at a place, the profile along a line."""

from __future__ import annotations

import math
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.dependencies import Chengtu, Transaction
from api.imagery.pictures import WEBP, Answer, of_world
from api.imagery.relief import relief_tile, stops
from api.imagery.viewer import Viewer
from api.schemas.imagery import HeightOut, ProfileOut, SurfaceOut
from gis import heights
from layers.errors import NotFound, QueryRefused
from layers.storage import Storage
from layers.surveys import store
from layers.surveys.placing import Placing

__all__ = ["router"]

router = APIRouter(tags=["imagery"])

MOST_CORNERS, LONGEST_M = 200, 20_000.0
_TILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {WEBP: {"schema": {"type": "string", "format": "binary"}}}},
    204: {"description": "nothing there"},
    304: {"description": "as it was"},
}
Metres = Annotated[float, Query(ge=-12_000, le=12_000)]
Longitude = Annotated[float, Query(ge=-180, le=180, description="degrees, EPSG:4490", examples=[116.54])]
Latitude = Annotated[float, Query(ge=-85, le=85, description="degrees, EPSG:4490", examples=[31.76])]
Line = Annotated[
    str, Query(max_length=8000, description="lon,lat;lon,lat;… in degrees (EPSG:4490)", examples=["116.53,31.76;116.54,31.76"],
               json_schema_extra={"pattern": "^[0-9.,; -]+$"})
]  # fmt: skip


@router.get("/imagery/{survey_id}/dsm/{z}/{x}/{y}.webp", response_class=Response, responses=_TILE)
def tile(  # noqa: PLR0913, PLR0917 - place and colours
    survey_id: int, z: int, x: int, y: int, low: Metres, high: Metres, request: Request, state: Chengtu, me: Viewer,
    v: Annotated[str | None, Query(max_length=64, description="key of the content; with it the tile may be kept for ever")] = None,
) -> Response:  # fmt: skip
    """One WebP tile of 256 px of the shaded surface model, coloured from ``low`` to ``high`` metres."""
    path = _surface(state.storage, survey_id)
    version = _version(path)
    etag, place, forever = f'"{version}-{low:g}-{high:g}"', (z, x, y), v == version
    if etag in request.headers.get("if-none-match", ""):
        return Response(None, 304, Answer(304, etag, forever=forever).headers)
    key = ("relief", survey_id, etag, *place)
    content = state.cache.get(key)
    if content is None:
        content = (relief_tile(path, place, low, high) if of_world(place) else None) or b""
        state.cache.put(key, content)
    told = Answer(200 if content else 204, etag, content, forever)
    return Response(content or None, told.status, told.headers, media_type=WEBP if content else None)


@router.get("/api/surveys/{survey_id}/surface")
def surface(survey_id: int, session: Transaction, state: Chengtu, me: Viewer) -> SurfaceOut:
    """Where the tiles of a flight's surface model are, and their legend."""
    survey = store.get(session, survey_id)
    path = _surface(state.storage, survey_id)
    if survey.bounds is None:
        raise _missing(survey_id)
    low, high = (round(each, 1) for each in heights.span(path))
    west, south, east, north = survey.bounds
    return SurfaceOut(
        tiles=f"/imagery/{survey_id}/dsm/{{z}}/{{x}}/{{y}}.webp?low={low:g}&high={high:g}&v={_version(path)}",
        minzoom=survey.pyramid_minzoom or 10,
        maxzoom=survey.pyramid_maxzoom or 20,
        bounds=(west, south, east, north),
        low_m=low,
        high_m=high,
        ramp=stops(),
    )


@router.get("/api/surveys/{survey_id}/height")
def height(survey_id: int, lon: Longitude, lat: Latitude, state: Chengtu, me: Viewer) -> HeightOut:
    """The height at a place, as the surface model has it."""
    [found] = heights.heights_at(_surface(state.storage, survey_id), [(lon, lat)])
    return HeightOut(lon=lon, lat=lat, height_m=_told(found))


@router.get("/api/surveys/{survey_id}/profile")
def profile(
    survey_id: int, line: Line, session: Transaction, state: Chengtu, me: Viewer,
    samples: Annotated[int, Query(ge=2, le=2000)] = 400,
    frame: Annotated[
        int | None, Query(description="id of its baseline: the line is meant where that one shows things")
    ] = None,
) -> ProfileOut:  # fmt: skip
    """The heights along a line, as the surface model has them.

    A flight lies a metre or two off its baseline; with ``frame`` the measured alignment is taken into account,
    so that both dates tell of the same ground.
    """
    survey = store.get(session, survey_id)
    path = _surface(state.storage, survey_id)
    distances, places = heights.along(_corners(line), samples)
    if distances[-1] > LONGEST_M:
        raise QueryRefused(
            reason_zh=f"剖面线长 {distances[-1] / 1000:.1f} km，超过 {LONGEST_M / 1000:.0f} km，请画短一些。",
            reason_en=f"The line is {distances[-1] / 1000:.1f} km long; {LONGEST_M / 1000:.0f} km are the most.",
        )
    if frame is not None and frame == survey.baseline_id and survey.alignment:
        places = Placing(survey.alignment).moved(places)
    return ProfileOut(
        code=survey.code,
        flown_on=survey.flown_on,
        distance_m=[round(float(each), 2) for each in distances],
        height_m=[_told(each) for each in heights.heights_at(path, places)],
    )


def _corners(line: str) -> list[tuple[float, float]]:
    """The corners of a line. Raises QueryRefused, saying how one is written."""
    try:
        corners = [(float(lon), float(lat)) for lon, lat in (each.split(",") for each in line.split(";"))]
    except ValueError:
        corners = []
    sane = all(abs(lon) <= 180 and abs(lat) <= 85 for lon, lat in corners)
    if not sane or not 2 <= len(corners) <= MOST_CORNERS:
        raise QueryRefused(
            reason_zh=f"剖面线请写成“经度,纬度;经度,纬度”，2 至 {MOST_CORNERS} 个点，如 116.53,31.76;116.54,31.76。",
            reason_en=f"Write the line as lon,lat;lon,lat with 2 to {MOST_CORNERS} points, as 116.53,31.76;116.54,31.76.",
        )
    return corners


def _surface(storage: Storage, survey_id: int) -> FilePath:
    """The checked surface model. Raises NotFound for a flight without one."""
    path = storage.cog(survey_id, "dsm")
    if not path.exists():
        raise _missing(survey_id)
    return path


def _missing(survey_id: int) -> NotFound:
    return NotFound(what_zh="表面模型，航飞", what_en="surface model of flight", key=survey_id)


def _version(path: FilePath) -> str:
    """Files arrive by rename and are never written again, so their time is their version."""
    return f"{path.stat().st_mtime_ns:x}"


def _told(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 3)
