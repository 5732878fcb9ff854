"""/uploads: tus 1.0, resumable. When the last byte is there the file is examined, then kept or refused.

Metadata: ``filename``, ``survey`` (id of an announced flight), ``kind`` (ortho or dsm) and optionally
``sha256`` (hex), which is then checked.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from tuspyserver import create_tus_router

from api.cookie import COOKIE
from api.resumable import CrashSafeStorage
from api.state import State, state_of
from gis.errors import ChengtuError
from gis.refused import RasterRefused
from layers import database
from layers.errors import Refused, SignInNeeded
from layers.people import actions as people
from layers.people.actions import SignedIn
from layers.people.rules import require
from layers.storage import Kind
from layers.surveys import actions, store

__all__ = ["make_router", "sweep"]

KEEP_DAYS = 5

_log = logging.getLogger(__name__)

Complete = Callable[[str, dict[str, str]], Awaitable[None]]
Create = Callable[[dict[str, str], dict[str, Any]], Awaitable[None]]


class DigestWrong(ChengtuError):
    """The bytes that arrived are not the bytes that were sent."""

    code = "digest_wrong"
    zh = "“{name}”的校验值不符，文件在传输中损坏，已丢弃。请重新上传。"
    en = "The checksum of “{name}” does not match: it was damaged on the way and has been discarded. Upload it again."


def make_router(state: State) -> APIRouter:
    """The tus routes of this process."""
    return cast(
        APIRouter,
        create_tus_router(
            prefix="uploads",
            files_dir=str(state.storage.uploads),
            max_size=int(state.settings.max_upload_gb * 1e9),
            auth=cast(Any, _uploader),
            days_to_keep=KEEP_DAYS,
            pre_create_dep=cast(Any, _creating),
            upload_complete_dep=cast(Any, _completing),
            storage=CrashSafeStorage(state.storage.uploads),
            tags=["uploads"],
        ),
    )


def sweep(state: State) -> None:
    """At start: take over uploads whose last byte came just before a crash; drop what is too old."""
    storage = CrashSafeStorage(state.storage.uploads)
    for info_path in state.storage.uploads.glob("*.info"):
        path = info_path.with_suffix("")
        if time.time() - info_path.stat().st_mtime > KEEP_DAYS * 86400:
            for leftover in (path, info_path, storage.marker(path.name)):
                leftover.unlink(missing_ok=True)
        elif path.exists() and not storage.marker(path.name).exists():
            _sweep_one(state, storage, path)


def _sweep_one(state: State, storage: CrashSafeStorage, path: Path) -> None:
    info = json.loads(path.with_name(f"{path.name}.info").read_text())
    if info.get("size") is not None and path.stat().st_size == info["size"]:
        try:
            take_over(state, storage, path, info["metadata"])
        except ChengtuError as error:
            _log.info("upload %s: %s", path.name, error)


def _who(request: Request, state: State) -> SignedIn:
    token = request.cookies.get(COOKIE)
    with database.session(state.url) as session:
        person = people.person_of(session, token) if token else None
    if person is None:
        raise SignInNeeded
    require(person.roles, actions.UPLOADERS, act_zh="上传航飞", act_en="upload flights")
    return person


async def _uploader(request: Request) -> SignedIn:
    return await run_in_threadpool(_who, request, state_of(request))


async def _creating(request: Request) -> Create:
    async def check(metadata: dict[str, str], upload: dict[str, Any]) -> None:
        await run_in_threadpool(_check_metadata, state_of(request), metadata)

    return check


async def _completing(request: Request) -> Complete:
    async def complete(path: str, metadata: dict[str, str]) -> None:
        state = state_of(request)
        storage = CrashSafeStorage(state.storage.uploads)
        if not storage.marker(Path(path).name).exists():
            await run_in_threadpool(take_over, state, storage, Path(path), metadata)

    return complete


def _check_metadata(state: State, metadata: dict[str, str]) -> None:
    survey_id, _ = _survey_and_kind(metadata)
    with database.session(state.url) as session:
        store.get(session, survey_id)


def _survey_and_kind(metadata: dict[str, str]) -> tuple[int, Kind]:
    survey, kind = metadata.get("survey", ""), metadata.get("kind", "")
    if not survey.isdigit() or kind not in {"ortho", "dsm"} or not metadata.get("filename"):
        raise Refused(
            reason_zh="上传元数据需要 filename、survey（航飞编号）和 kind（ortho 或 dsm）。",
            reason_en="The upload's metadata must give filename, survey (its id) and kind (ortho or dsm).",
        )
    return int(survey), cast(Kind, kind)


def take_over(state: State, storage: CrashSafeStorage, path: Path, metadata: dict[str, str]) -> None:
    """Examine a whole upload outside any transaction, then keep it, or remember why not.

    Raises what was wrong with it; the bytes are then gone.
    """
    survey_id, kind = _survey_and_kind(metadata)
    size = path.stat().st_size
    try:
        with database.session(state.url) as session:
            area = actions.district(session)
        actions.examine(path, kind, metadata["filename"], area=area, max_pixels=state.settings.max_pixels)
        received = actions.received(survey_id, kind, path, metadata["filename"])
        if metadata.get("sha256", received.sha256).lower() != received.sha256:
            raise DigestWrong(name=metadata["filename"])
        with database.session(state.url, actor="upload") as session:
            actions.receive(session, state.storage, received)
    except (RasterRefused, DigestWrong) as error:
        with database.session(state.url, actor="upload") as session:
            actions.refuse(session, survey_id, error)
        _drop(path)
        raise
    except Refused:
        _drop(path)
        raise
    storage.mark_received(path, size)
    path.unlink(missing_ok=True)


def _drop(path: Path) -> None:
    for each in (path, path.with_name(f"{path.name}.info")):
        each.unlink(missing_ok=True)
