"""The checked rasters of flights, read in parts."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import FileResponse

from api.dependencies import Chengtu
from api.imagery.viewer import Viewer
from layers.errors import NotFound

__all__ = ["router"]

router = APIRouter(prefix="/imagery", tags=["imagery"])

TIFF = "image/tiff"
_PARTS: dict[int | str, dict[str, Any]] = {
    200: {"content": {TIFF: {}}},
    206: {"description": "the part that was asked for", "content": {TIFF: {}}},
    416: {"description": "no such part"},
}


@router.head("/{survey_id}/{kind}.tif", include_in_schema=False)
@router.get("/{survey_id}/{kind}.tif", response_class=FileResponse, responses=_PARTS)
def raster(survey_id: int, kind: Literal["ortho", "dsm"], state: Chengtu, me: Viewer) -> FileResponse:
    """The checked cloud-optimised GeoTIFF of a flight; parts of it by Range, as GDAL and QGIS read it."""
    path = state.storage.cog(survey_id, kind)
    if not path.exists():
        raise NotFound(what_zh="航飞影像", what_en="imagery of flight", key=survey_id)
    headers = {"Cache-Control": "private, no-cache", "Vary": "Cookie, Authorization"}
    return FileResponse(path, media_type=TIFF, headers=headers)
