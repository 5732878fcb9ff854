"""Domain error → HTTP status, one table; every error leaves as application/problem+json with an id to quote."""

from __future__ import annotations

import logging
import re
import secrets
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from api.ogc import pages
from api.open311 import written
from api.schemas.shared import Problem
from gis.errors import ChengtuError

__all__ = ["DOCUMENTED", "STATUS", "install"]

# 422 means malformed input only; what the rules refuse is 409 or a 4xx of its own. The default is 400.
STATUS: dict[str, int] = {
    "sign_in_needed": 401,
    "sign_in_failed": 401,
    "sign_in_paused": 429,
    "not_allowed": 403,
    "not_found": 404,
    "conflict": 409,
    "held": 409,
    "outline_refused": 409,
    "version_gone": 412,
    "edit_refused": 422,
    "still_referred": 409,
    "undo_refused": 409,
    "not_editable": 403,
    "key_refused": 403,
    "too_many": 429,
    "refused": 409,
    "no_holidays": 409,
    "own_layer_refused": 409,
    "imagery_changed": 409,
    "file_changed": 409,
    "template_refused": 422,
    "pdf_failed": 409,
    "raster_too_large": 413,
    "import_too_large": 413,
    "photograph_too_large": 413,
    "photograph_refused": 415,
    "photograph_changed": 409,
    "postgis_missing": 503,
    "typeface_missing": 503,
    "database_away": 503,
}

# by SQLSTATE (PostgreSQL, appendix A); the driver itself refuses NUL, and then there is none
_OUT_OF_RANGE = (
    "请求中有一个数字过大，数据库容纳不下。",
    "A number in the request is larger than the database can hold.",
)
_UNPRINTABLE = (
    "请求的文字中有不可见的空字符（NUL），数据库无法保存。请删去后重试。",
    "A text of the request holds the character NUL, which the database cannot hold. Take it out, then try again.",
)
_UNSTORABLE = {"22003": _OUT_OF_RANGE, "22021": _UNPRINTABLE, "22P05": _UNPRINTABLE}

_log = logging.getLogger("chengtu.api")


_PROBLEM: dict[str, Any] = {
    "application/problem+json": {"schema": Problem.model_json_schema()},
    "text/html": {"schema": {"type": "string"}},  # below /ogc, to browsers
    "text/plain": {"schema": {"type": "string"}},  # from the server below: an address of more than 64 kB
}
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    422: {"description": "The input is malformed, or does not fit", "content": _PROBLEM},
    "4XX": {
        "description": "Refused; the text says why and what to do, in both languages",
        "content": _PROBLEM,
    },
}
"""What every operation may answer besides, for the OpenAPI document."""


def install(app: FastAPI) -> None:
    """Teach the application to answer every error with a problem document."""

    @app.exception_handler(ChengtuError)
    async def _known(request: Request, error: ChengtuError) -> Response:
        status = STATUS.get(error.code, 400)
        if _open311(request):
            # GeoReport v2 knows no 409: what the rules refuse is a general service error
            told = 400 if status in {409, 422} else status
            return written.errors(
                written.of_path(request.url.path), told, f"{error.message_zh} {error.message_en}"
            )
        if request.url.path.startswith("/ogc") and pages.for_people(request):
            shown = pages.page(
                request, "error.html", title=str(status), zh_text=error.message_zh, en_text=error.message_en
            )
            shown.status_code = status
            return shown
        return answer(status, error.code, error.message_zh, error.message_en)

    @app.exception_handler(RequestValidationError)
    async def _malformed(request: Request, error: RequestValidationError) -> Response:
        where = "; ".join(
            f"{'.'.join(str(p) for p in each['loc'][1:])}: {each['msg']}" for each in error.errors()
        )
        if _open311(request):
            return written.errors(
                written.of_path(request.url.path), 400, f"请求格式不正确 malformed: {where}"
            )
        return answer(422, "malformed", f"请求格式不正确：{where}", f"The request is malformed: {where}")

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        said, headers = str(error.detail), dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_methods(request))
        if _open311(request):
            told = written.errors(written.of_path(request.url.path), error.status_code, said)
            told.headers.update(headers)
            return told
        zh = {404: "找不到该地址。", 405: "该地址不支持此操作。"}.get(error.status_code, said)
        return answer(error.status_code, f"http_{error.status_code}", zh, said, headers)

    @app.exception_handler(DataError)
    async def _unstorable(request: Request, error: DataError) -> JSONResponse:
        state = getattr(error.orig, "sqlstate", None)
        said = _UNSTORABLE.get(state) if state else _UNPRINTABLE if "NUL" in str(error.orig) else None
        return await _unknown(request, error) if said is None else answer(422, "malformed", *said)

    @app.exception_handler(Exception)
    async def _unknown(request: Request, error: Exception) -> JSONResponse:
        response = answer(
            500,
            "internal",
            "服务器内部错误，您的操作没有执行。请稍后重试；若仍出错，请把编号告诉管理员。",
            "The server failed and nothing was done. Try again; if it fails again, quote the id to the operator.",
        )
        _log.error(
            "%s %s failed, id %s",
            request.method,
            request.url.path,
            response.headers["X-Error-Id"],
            exc_info=error,
        )
        return response


def _methods(request: Request) -> list[str]:
    """What an address can be asked for (RFC 9110, 15.5.6): a router knows those of one function only."""
    paths: dict[str, dict[str, Any]] = request.app.openapi()["paths"]
    if (own := paths.get(request.url.path)) is not None:
        return sorted(method.upper() for method in own)
    known = (
        operations
        for path, operations in paths.items()
        if re.fullmatch(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path)), request.url.path)
    )
    return sorted({method.upper() for operations in known for method in operations})


def _open311(request: Request) -> bool:
    """GeoReport v2 has a form of its own for errors."""
    return request.url.path.startswith("/open311/")


def answer(status: int, code: str, zh: str, en: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem document."""
    number = secrets.token_hex(4)
    problem = Problem(status=status, code=code, title_zh=zh, title_en=en, id=number)
    return JSONResponse(
        problem.model_dump(),
        status_code=status,
        media_type="application/problem+json",
        headers={**(headers or {}), "X-Error-Id": number},
    )
