"""OGC API – Tiles: vector tiles straight from PostGIS, only the columns that the viewer may see.

A layer's stamp changes with every change of the layer, so an ETag is right immediately after an edit.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from typing import Annotated

import asyncpg
from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from api.dependencies import Chengtu, Roles
from api.ogc.links import LayerId
from api.state import State
from layers import catalogue, tiles
from layers.layer import Layer
from layers.people.rules import Role

__all__ = ["TileCache", "router"]

router = APIRouter(prefix="/ogc/collections", tags=["OGC API – Tiles"])

MVT = "application/vnd.mapbox-vector-tile"


class TileCache:
    """The last tiles, by everything that decides their bytes; holds at most ``most_bytes``."""

    def __init__(self, most_bytes: int = 64 << 20) -> None:
        self._tiles: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._size = 0
        self._most = most_bytes

    def get(self, key: tuple[object, ...]) -> bytes | None:
        """The tile, which then counts as freshly used."""
        found = self._tiles.get(key)
        if found is not None:
            self._tiles.move_to_end(key)
        return found

    def put(self, key: tuple[object, ...], content: bytes) -> None:
        """Keep a tile; the longest unused ones make room."""
        self._size += len(content) - len(self._tiles.get(key, b""))
        self._tiles[key] = content
        self._tiles.move_to_end(key)
        while self._size > self._most:
            _, dropped = self._tiles.popitem(last=False)
            self._size -= len(dropped)


_cache = TileCache()


@router.get(
    "/{layer_id}/tiles/WebMercatorQuad/{z}/{y}/{x}",
    response_class=Response,
    responses={
        200: {"content": {MVT: {"schema": {"type": "string", "format": "binary"}}}},
        204: {"description": "nothing there"},
    },
)
async def tile(
    layer_id: LayerId,
    z: Annotated[int, Path(ge=0, le=24)],
    y: Annotated[int, Path(ge=0)],
    x: Annotated[int, Path(ge=0)],
    request: Request,
    state: Chengtu,
    roles: Roles,
) -> Response:
    """One MVT tile (tile matrix, row, column); its layer is named as the collection; 204 when empty."""
    layer = catalogue.layer(layer_id, roles)
    if x >= 1 << z or y >= 1 << z:
        return Response(status_code=204)
    stamp = await _stamp(state, layer)
    fields = ",".join(each.name for each in layer.tile_fields_for(roles))
    etag = '"' + hashlib.sha256(f"{stamp}|{fields}|{z}/{x}/{y}".encode()).hexdigest()[:24] + '"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Encoding"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    key = (state.url, layer.id, fields, z, x, y, stamp)
    packed = _cache.get(key)
    if packed is None:
        packed = await _made(state, layer, roles, (z, x, y))
        _cache.put(key, packed)
    if not packed:
        return Response(status_code=204, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(packed), media_type=MVT, headers=headers)
    return Response(packed, media_type=MVT, headers={**headers, "Content-Encoding": "gzip"})


async def _made(state: State, layer: Layer, roles: frozenset[Role], zxy: tuple[int, int, int]) -> bytes:
    content: bytes | None = await _pool(state).fetchval(tiles.tile_sql(layer, roles), *zxy)
    return gzip.compress(content, 5, mtime=0) if content else b""


async def _stamp(state: State, layer: Layer) -> str:
    return str(await _pool(state).fetchval(tiles.STAMP_SQL, tiles.sources(layer)))


def _pool(state: State) -> asyncpg.Pool:
    if state.tiles is None:
        raise RuntimeError("the tile pool is opened by the application's lifespan")
    return state.tiles
