"""The data dictionary: a page, and files to hand on."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.dependencies import Roles
from api.ogc.links import base, wanted
from api.ogc.pages import chinese, page
from api.state import state_of
from layers import catalogue
from layers.dictionary import HEADINGS, as_document, as_spreadsheet, told

__all__ = ["router"]

router = APIRouter(prefix="/ogc", tags=["catalogue"])

_OPENXML = "application/vnd.openxmlformats-officedocument"
_FILES = {"xlsx": f"{_OPENXML}.spreadsheetml.sheet", "docx": f"{_OPENXML}.wordprocessingml.document"}
_ANSWERS: dict[int | str, dict[str, object]] = {
    200: {"content": {each: {"schema": {"type": "string", "format": "binary"}} for each in _FILES.values()}
    | {"text/html": {"schema": {"type": "string"}}}}
}  # fmt: skip


@router.get("/dictionary", response_class=Response, responses=_ANSWERS)
def dictionary(
    request: Request, roles: Roles,
    f: Annotated[Literal["html", "xlsx", "docx"] | None, Query(description="page, Excel or Word")] = None,
    lang: Annotated[Literal["zh", "en"] | None, Query(description="language; the browser's when missing")] = None,
) -> Response:  # fmt: skip
    """What every layer and field that the viewer may see is called, holds and means."""
    del f, lang  # read by wanted() and chinese(); named here for the OpenAPI document
    form, zh = wanted(request, ("html", *_FILES)), chinese(request)
    layers = told(catalogue.visible(roles), catalogue.GROUPS, roles, zh=zh)
    if form == "html":
        title = "数据字典" if zh else "Data dictionary"
        return page(
            request, "dictionary.html", title=title, base=base(request), layers=layers, headings=HEADINGS
        )
    content = (
        as_spreadsheet(layers, zh=zh)
        if form == "xlsx"
        else as_document(layers, zh=zh, synthetic=state_of(request).settings.demo)
    )
    headers = {
        "Content-Disposition": f'attachment; filename="chengtu-dictionary.{form}"',
        "Vary": "Accept, Accept-Language, Cookie, Authorization",
    }
    return Response(content, media_type=_FILES[form], headers=headers)
