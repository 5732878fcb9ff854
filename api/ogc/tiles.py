"""OGC API – Tiles: vector tiles straight from PostGIS, only the columns that the viewer may see.

A layer's stamp changes with every change of the layer, so an ETag is right immediately after an edit. Map pages ask
for tiles by the hundred, so ``TileDoor`` answers them before the application's own machinery, with one question to the
database: for a tile at hand who is asking and what the layer's stamp is; for one that is not, both together with it.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from datetime import datetime
from functools import lru_cache
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from isal import igzip_lib
from starlette.types import ASGIApp, Receive, Scope, Send

from api.cookie import token_of
from api.dependencies import Chengtu, Roles
from api.doorkeeper import TROUBLE, answer_sql, roles_of
from api.ogc.links import MVT, AsOf, LayerId
from api.state import State
from layers import catalogue, tiles
from layers.errors import NotFound
from layers.layer import Layer
from layers.past import moment
from layers.people.rules import Role

__all__ = ["TileDoor", "router"]

router = APIRouter(prefix="/ogc/collections", tags=["OGC API – Tiles"])

_MVT = MVT.encode()
_PATH = re.compile(r"/ogc/collections/(\w{1,64})/tiles/WebMercatorQuad/(\d{1,2})/(\d{1,8})/(\d{1,8})")


class _Wanted(NamedTuple):
    """Which tile in whose eyes: its SQL, what tells that SQL from others, column and row."""

    layer: Layer
    sql: str
    form: str
    zxy: tuple[int, int, int]
    as_of: datetime | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What decides the tile's bytes, beside the stamp."""
        return self.form, self.zxy, self.as_of


class _Answer(NamedTuple):
    """Status, ETag and the gzipped tile."""

    status: int
    etag: str = ""
    content: bytes = b""


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
    as_of: AsOf = None,
) -> Response:
    """One MVT tile (tile matrix, row, column); its layer is named as the collection; 204 when empty."""
    layer = catalogue.layer(layer_id, roles)
    stamp, _ = await state.keeper.ask(_sources(layer.id, layer.table), None)
    wanted = _wanted(layer, roles, (z, x, y), moment(as_of) if as_of else None)
    found = await _answer(state, wanted, stamp, request.headers.get("if-none-match"))
    packed = "gzip" in request.headers.get("accept-encoding", "")
    content = found.content if packed or not found.content else gzip.decompress(found.content)
    headers = {each.decode(): value.decode() for each, value in _headers(found, packed=packed)}
    return Response(content or None, status_code=found.status, headers=headers)


class TileDoor:
    """Answers what most requests are: a tile, asked for by nobody or by a page that is signed in.

    Everything else, errors and basic authentication included, goes on to the application.
    """

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app, self.state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        found = None
        if scope["type"] == "http" and scope["method"] == "GET" and self.state.tiles is not None:
            named = _PATH.fullmatch(scope["path"])
            if named is not None and b"as-of=" not in scope["query_string"]:
                found = await self._found(scope, *named.groups())
        if found is None:
            await self.app(scope, receive, send)
            return
        headers = _headers(found, packed=True)
        if found.content:
            headers.append((b"content-length", b"%d" % len(found.content)))
        await send({"type": "http.response.start", "status": found.status, "headers": headers})
        await send({"type": "http.response.body", "body": found.content})

    async def _found(self, scope: Scope, name: str, z: str, y: str, x: str) -> _Answer | None:
        given = dict(scope["headers"])
        if b"authorization" in given or b"gzip" not in given.get(b"accept-encoding", b""):
            return None
        try:
            layer = catalogue.layer(name)
        except NotFound:
            return None
        zxy = int(z), int(x), int(y)
        if zxy[0] > 24:
            return None
        token = token_of(given.get(b"cookie", b""))
        known = given.get(b"if-none-match", b"").decode("latin-1")
        try:
            return await self._told(layer, token, zxy, known)
        except TROUBLE:  # no database, or an own layer that another process has dropped
            return None

    async def _told(
        self, layer: Layer, token: bytes | None, zxy: tuple[int, int, int], known: str
    ) -> _Answer | None:
        """What the client has, what is at hand, or the tile made; None for whom may not see it."""
        guessed = self.state.keeper.guess(token)
        wanted = None
        if guessed is not None and layer.visible_to & guessed and _exists(zxy):
            wanted = _wanted(layer, guessed, zxy)
            if not known and wanted.key not in self.state.cache:
                made = await self._made(wanted, guessed, token)
                if made is not None:
                    return made
        stamp, roles = await self.state.keeper.ask(_sources(layer.id, layer.table), token)
        if not layer.visible_to & roles:
            return None
        if wanted is None or roles != guessed:
            wanted = _wanted(layer, roles, zxy)
        return await _answer(self.state, wanted, stamp, known)

    async def _made(self, wanted: _Wanted, guessed: frozenset[Role], token: bytes | None) -> _Answer | None:
        """The tile in one question with its stamp and with whether the token still is worth what was guessed; None
        where it is not.
        """
        sources = _sources(wanted.layer.id, wanted.layer.table)
        stamp, held, content = await self.state.pool.fetchrow(
            _with_stamp(wanted.sql, sources), *wanted.zxy, token
        )
        if roles_of(held) != guessed:
            return None
        return _kept(self.state, wanted, _etag(wanted, stamp or ""), content)


async def _answer(state: State, wanted: _Wanted, stamp: str, known: str | None) -> _Answer:
    """The tile, from the cache where it is still right. ``known``: the ETag that the client has."""
    if not _exists(wanted.zxy):
        return _Answer(204)
    etag = _etag(wanted, stamp)
    if known == etag:
        return _Answer(304, etag)
    packed = state.cache.get(wanted.key, etag)
    if packed is not None:
        return _Answer(200, etag, packed) if packed else _Answer(204, etag)
    asked = () if wanted.as_of is None else (wanted.as_of,)
    content: bytes | None = await state.pool.fetchval(wanted.sql, *wanted.zxy, *asked)
    return _kept(state, wanted, etag, content)


def _exists(zxy: tuple[int, int, int]) -> bool:
    return max(zxy[1:]) < 1 << zxy[0]


def _etag(wanted: _Wanted, stamp: str) -> str:
    return _digest(stamp, wanted.form, *wanted.zxy, wanted.as_of)


@lru_cache(maxsize=4096)
def _digest(stamp: str, form: str, z: int, x: int, y: int, as_of: datetime | None) -> str:
    then = "" if as_of is None else f"@{as_of.isoformat()}"
    return '"' + hashlib.sha256(f"{stamp}|{form}|{z}/{x}/{y}{then}".encode()).hexdigest()[:24] + '"'


def _kept(state: State, wanted: _Wanted, etag: str, content: bytes | None) -> _Answer:
    """The answer with a tile just made, which is kept at hand. ``etag``: of the same moment or an earlier one."""
    # Intel's library: at a third of zlib's time about as small as zlib's fast levels
    packed = igzip_lib.compress(content, 1, igzip_lib.COMP_GZIP) if content else b""
    state.cache.put(wanted.key, packed, etag)
    return _Answer(200, etag, packed) if packed else _Answer(204, etag)


def _wanted(
    layer: Layer, roles: frozenset[Role], zxy: tuple[int, int, int], as_of: datetime | None = None
) -> _Wanted:
    view = tiles.View.of(layer, zxy[0])
    seen = _seen_by(layer.id, layer.table, roles, view, past=as_of is not None)
    return _Wanted(layer, *seen, zxy, as_of)


@lru_cache(maxsize=1024)
def _seen_by(
    layer_id: str, table: str, roles: frozenset[Role], view: tiles.View, *, past: bool
) -> tuple[str, str]:
    """The SQL of a layer's tiles in the eyes of these roles, and its digest: a release that makes tiles otherwise gives
    them other ETags.

    ``table`` tells an own layer from a dropped one of the same id.
    """
    sql = tiles.tile_sql(catalogue.layer(layer_id), roles, view, past=past)
    return sql, hashlib.sha256(sql.encode()).hexdigest()


@lru_cache(maxsize=1024)
def _with_stamp(sql: str, sources: str) -> str:
    """SQL of one row: the stamp of these tables, the roles of the token hash $4, the tile; all of one moment."""
    tables = ", ".join(f"'{each}'" for each in sources.split(","))  # of the catalogue
    return f"SELECT {answer_sql(f'ARRAY[{tables}]', '$4::bytea')}, ({sql})"


@lru_cache(maxsize=256)
def _sources(layer_id: str, table: str) -> str:
    """The tables of a layer as the doorkeeper wants them; ``table`` as in ``_seen_by``."""
    return ",".join(tiles.sources(catalogue.layer(layer_id)))


def _headers(answer: _Answer, *, packed: bool) -> list[tuple[bytes, bytes]]:
    headers = [(b"cache-control", b"private, no-cache"), (b"vary", b"Cookie, Authorization, Accept-Encoding")]
    if answer.etag:
        headers.append((b"etag", answer.etag.encode()))
    if answer.content:
        headers.append((b"content-type", _MVT))
        if packed:
            headers.append((b"content-encoding", b"gzip"))
    return headers
