"""The pages: `/` is the web map, `/m` the phone entry; both built from web/ into web/dist."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
from fastapi.staticfiles import StaticFiles

from layers.settings import ROOT

__all__ = ["DIST", "install"]

DIST = ROOT / "web" / "dist"

NOT_BUILT = """<!doctype html><meta charset="utf-8"><title>城图</title>
<p>网页尚未构建。请运行 <code>./chengtu demo</code> 或 <code>./chengtu serve</code>。</p>
<p>The page is not built yet: run <code>./chengtu demo</code> or <code>./chengtu serve</code>.</p>"""

# tiles and workers of the map need blob:; styles of the component library are inline; Tianditu is the one outside host
POLICY = (
    "default-src 'self'; script-src 'self'; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob: https://*.tianditu.gov.cn; connect-src 'self' https://*.tianditu.gov.cn; "
    "font-src 'self' data:; object-src 'none'; base-uri 'self'; frame-ancestors 'self'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def install(app: FastAPI, dist: Path = DIST) -> None:
    """Serve the two pages, their hashed assets, and what puts the phone entry on a home screen."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def index() -> Response:
        return _page(dist / "index.html")

    @router.get("/m")
    def phone() -> Response:
        return _page(dist / "m.html")

    app.include_router(router)
    app.mount("/field", _Phone(directory=dist / "field", check_dir=False), name="field")
    app.mount("/assets", _Hashed(directory=dist / "assets", check_dir=False), name="assets")


def _page(path: Path) -> Response:
    if not path.exists():
        return HTMLResponse(NOT_BUILT, status_code=503, headers=HEADERS)
    return FileResponse(path, headers=HEADERS, media_type="text/html")


class _Hashed(StaticFiles):
    """Files whose names change with their content may be kept for ever."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """A file, with a long life."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


class _Phone(StaticFiles):
    """The phone entry's manifest, icons and service worker: asked for anew each time, or an old build would stay.

    The worker may answer for the phone entry, which is not below its own address (Service Workers, W3C, 4.2).
    """

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """A file that is asked for again."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers.update(HEADERS)
        response.headers["Service-Worker-Allowed"] = "/m"
        return response
