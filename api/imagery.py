"""Flight tiles: a request copies bytes out of the flight's PMTiles archive; and the rasters they were made of."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from api.dependencies import Chengtu, Me
from gis.pyramid import TileArchive
from layers.errors import NotFound

__all__ = ["router"]

router = APIRouter(prefix="/imagery", tags=["imagery"])


@lru_cache(maxsize=64)
def _archive(path: Path, modified: int) -> TileArchive:
    """An open archive; a rebuilt one has another time and is opened anew."""
    return TileArchive(path)


@router.get("/{survey_id}/{z}/{x}/{y}.webp", response_class=Response)
def tile(survey_id: int, z: int, x: int, y: int, request: Request, state: Chengtu, me: Me) -> Response:
    """One WebP tile of 256 px (WebMercatorQuad), transparent outside the flight; 204 where there is none."""
    path = state.storage.pyramid(survey_id)
    try:
        modified = path.stat().st_mtime_ns
    except OSError:
        raise NotFound(what_zh="航飞影像", what_en="imagery of flight", key=survey_id) from None
    etag = f'"{survey_id}-{modified:x}"'
    headers = {"ETag": etag, "Cache-Control": "private, max-age=3600"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    content = _archive(path, modified).tile(z, x, y)
    if content is None:
        return Response(status_code=204, headers=headers)
    return Response(content, media_type="image/webp", headers=headers)


@router.get("/{survey_id}/{kind}.tif", response_class=FileResponse)
@router.head("/{survey_id}/{kind}.tif", include_in_schema=False)
def raster(survey_id: int, kind: Literal["ortho", "dsm"], state: Chengtu, me: Me) -> FileResponse:
    """The checked cloud-optimised GeoTIFF of a flight; parts of it by Range, as GDAL and QGIS read it."""
    path = state.storage.cog(survey_id, kind)
    if not path.exists():
        raise NotFound(what_zh="航飞影像", what_en="imagery of flight", key=survey_id)
    headers = {"Cache-Control": "private, no-cache", "Vary": "Cookie, Authorization"}
    return FileResponse(path, media_type="image/tiff", headers=headers)
