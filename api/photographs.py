"""/api/photographs: send a photograph as it is, see it, see a small one without its tags."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import FileResponse
from geoalchemy2.shape import to_shape
from starlette.concurrency import run_in_threadpool

from api import bodies
from api.bodies import OCTETS, kept
from api.dependencies import Chengtu, Me, MeFirst, Transaction
from api.schemas.photographs import PhotographOut
from api.state import State
from gis.errors import ChengtuError
from gis.photograph import look
from layers import database
from layers.errors import NotFound
from layers.people.actions import SignedIn
from layers.photographs import actions, store
from layers.photographs.model import Photograph

__all__ = ["router", "sweep"]

router = APIRouter(prefix="/api/photographs", tags=["photographs"])

MOST_BYTES = 50 << 20
PART = "photograph-"
PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"content": {each: {"schema": {"type": "string", "format": "binary"}} for each in ("image/*",)}},
    304: {"description": "Not modified"},
}
Digest = Annotated[
    str | None,
    Header(description="RFC 9530: sha-256=:BASE64: as the phone computed it when the photograph was taken"),
]
Match = Annotated[str | None, Header()]


class PhotographTooLarge(ChengtuError):
    """The body is larger than a photograph may be."""

    code = "photograph_too_large"
    zh = "照片超过上限 {limit_mb} MB，没有接收。请在相机设置中调低分辨率后重拍。"
    en = "The photograph is larger than {limit_mb} MB and was not taken. Lower the camera's resolution and take it again."


class DigestMalformed(ChengtuError):
    """The header Content-Digest is not one."""

    code = "digest_malformed"
    zh = "请求头 Content-Digest 格式不正确，应为 sha-256=:BASE64:（RFC 9530）。照片没有接收。"
    en = "The header Content-Digest is malformed; it reads sha-256=:BASE64: (RFC 9530). The photograph was not taken."


def sweep(state: State) -> None:
    """At start: delete what a killed server left of photographs: half received, or kept without a row."""
    bodies.sweep(state.storage.uploads, PART)
    folders = state.storage.photographs.iterdir() if state.storage.photographs.is_dir() else ()
    with database.session(state.url) as session:
        for folder in folders:
            names = {each.name.partition(".")[0] for each in folder.iterdir() if bodies.is_left_over(each)}
            for digest in names - store.held(session, names):
                state.storage.photograph(digest).unlink(missing_ok=True)
                state.storage.preview(digest).unlink(missing_ok=True)


@router.post("", status_code=201, openapi_extra=OCTETS, responses={200: {"model": PhotographOut}})
async def send(
    request: Request, response: Response, state: Chengtu, me: MeFirst, content_digest: Digest = None
) -> PhotographOut:
    """Send a photograph, bytes as they are (JPEG, PNG, WebP; at most 50 MB). Sent twice it is one row (then 200)."""
    await run_in_threadpool(actions.require_sender, me)
    arrived = await _received(request, state, _claimed(content_digest))
    try:
        shown, new = await run_in_threadpool(_keep, state, me, arrived)
    finally:
        arrived.path.unlink(missing_ok=True)
    response.status_code = 201 if new else 200
    return shown


@router.get("/{photograph_id}", response_class=FileResponse, responses=PICTURE)
def original(
    photograph_id: int, session: Transaction, state: Chengtu, me: Me, if_none_match: Match = None
) -> Response:
    """The photograph as it came, bit for bit: for reviewers, officers, administrators, and who sent it."""
    found = actions.seen(session, me, photograph_id)
    suffix = found.media_type.removeprefix("image/").replace("jpeg", "jpg")
    name = f"photograph-{found.id}.{suffix}"
    path = state.storage.photograph(found.sha256)
    return _file(path, found, f'"{found.sha256}"', if_none_match, found.media_type, name)


@router.get("/{photograph_id}/preview", response_class=FileResponse, responses=PICTURE)
def preview(
    photograph_id: int, session: Transaction, state: Chengtu, me: Me, if_none_match: Match = None
) -> Response:
    """The same at most 960 px a side, upright, without any tag: for the same people, of an incident for all staff."""
    found = actions.seen(session, me, photograph_id, small=True)
    path = state.storage.preview(found.sha256)
    return _file(path, found, f'"{found.sha256}-960"', if_none_match, "image/jpeg", f"preview-{found.id}.jpg")


async def _received(request: Request, state: State, claimed: str | None) -> actions.Arrived:
    too_large = PhotographTooLarge(limit_mb=MOST_BYTES >> 20)
    body = await kept(request, state.storage.uploads, PART, MOST_BYTES, too_large)
    return actions.Arrived(body.path, body.size, body.sha256, claimed)


def _keep(state: State, me: SignedIn, arrived: actions.Arrived) -> tuple[PhotographOut, bool]:
    actions.check_claim(arrived)
    seen = look(arrived.path)
    actions.keep(state.storage, arrived, seen)
    with database.session(state.url, actor=me.name) as session:
        row, new = actions.receive(session, me, arrived, seen)
        return _shown(row), new


def _claimed(header: str | None) -> str | None:
    """The SHA-256 in hex that a Content-Digest names; other algorithms are passed over. Raises DigestMalformed."""
    for part in (header or "").split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() == "sha-256":
            try:
                digest = base64.b64decode(value.strip(":"), validate=True)
            except binascii.Error:
                digest = b""
            if len(digest) != 32 or value[:1] != ":" or value[-1:] != ":":
                raise DigestMalformed
            return digest.hex()
    return None


def _file(path: Path, found: Photograph, tag: str, seen: str | None, media_type: str, name: str) -> Response:
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
    if seen and tag in {each.strip() for each in seen.split(",")}:
        return Response(status_code=304, headers=headers)
    if not path.exists():
        raise NotFound(what_zh="照片文件", what_en="file of photograph", key=found.id)
    return FileResponse(
        path, media_type=media_type, headers=headers, filename=name, content_disposition_type="inline"
    )


def _shown(row: Photograph) -> PhotographOut:
    lon, lat = (
        shapely.get_coordinates(to_shape(row.geom))[0].tolist() if row.geom is not None else (None, None)
    )
    given = {
        name: getattr(row, name)
        for name in PhotographOut.model_fields
        if name not in {"lon", "lat", "hashed"}
    }
    return PhotographOut(
        **given,
        hashed=row.claimed_sha256 is not None,
        lon=lon,
        lat=lat,
    )
