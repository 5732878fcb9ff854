"""The application: which doors there are, and what one process opens and closes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from api import (
    alarms,
    auth,
    bulletins,
    candidates,
    cases,
    catalogue,
    document_options,
    document_templates,
    documents,
    errors,
    evidence,
    health,
    history,
    holidays,
    imports,
    incidents,
    own_layers,
    pages,
    photographs,
    places,
    quality,
    review_room,
    site_checks,
    statistics,
    surveys,
    uploads,
)
from api.doorkeeper import Doorkeeper
from api.imagery import rasters, surfaces, wmts
from api.imagery import tiles as pictures
from api.ogc import collections, dictionary, edits, items, landing, styles, tiles
from api.open311 import doors as open311
from api.stac import doors
from api.state import State
from api.tile_cache import TileCache
from api.tile_pool import tile_pool
from layers import cluster
from layers.settings import Settings, settings
from layers.storage import Storage
from layers.version import VERSION

__all__ = ["behind_doors", "create", "create_from_settings"]

DESCRIPTION = """
金安区城市管理空间信息平台的接口。Acts of people under `/api`, layers under `/ogc` (OGC API – Features and Tiles),
resumable uploads under `/uploads` (tus 1.0), flight tiles under `/imagery`.
"""


def create(own: Settings, url: str) -> FastAPI:
    """The application on a migrated database."""
    state = State(own, url, Storage.of(own), TileCache(own.tile_cache_mb << 20))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(uploads.sweep, state)
        await run_in_threadpool(imports.sweep, state)
        await run_in_threadpool(photographs.sweep, state)
        async with tile_pool(url) as state.tiles:
            state.doorkeeper = Doorkeeper(state.tiles)
            yield

    app: FastAPI = FastAPIOffline(  # /docs from this server: an office network has no way out
        title="城图 Chengtu",
        version=VERSION,
        description=DESCRIPTION,
        lifespan=lifespan,
        responses=errors.DOCUMENTED,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    app.state.chengtu = state
    app.openapi = partial(_described, app, app.openapi)  # type: ignore[method-assign]
    errors.install(app)
    for room in (
        auth,
        catalogue,
        surveys,
        candidates,
        alarms,
        evidence,
        cases,
        site_checks,
        photographs,
        holidays,
        documents,
        document_options,
        document_templates,
        quality,
        review_room,
        incidents,
        open311,
        places,
        statistics,
        bulletins,
        history,
        own_layers,
        landing,
        dictionary,
        collections,
        items,
        edits,
        tiles,
        styles,
        doors,
        imports,
        pictures,
        rasters,
        surfaces,
        wmts,
        health,
    ):
        app.include_router(room.router)
    app.include_router(uploads.make_router(state))
    pages.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    app.add_middleware(auth.SameOrigin)
    return app


def behind_doors(app: FastAPI) -> ASGIApp:
    """The application as it is served: tiles are answered before it, for its machinery costs more than they do."""
    state: State = app.state.chengtu
    return pictures.PictureDoor(tiles.TileDoor(app, state), state)


def _described(app: FastAPI, plain: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The OpenAPI document; whoever comes without a name sees what is public, so no operation insists on one."""
    fresh = app.openapi_schema is None
    document = plain()
    if fresh:
        for path in document["paths"].values():
            for operation in path.values():
                if isinstance(operation, dict) and operation.get("security"):
                    operation["security"].append({})
    return document


def create_from_settings() -> ASGIApp:
    """The application as the server starts it."""
    own = settings()
    return behind_doors(create(own, own.database_url or cluster.private_cluster(own.home).url()))
