"""Planners' own layers: a file is looked at, its description confirmed, the layer made; and dropped again."""

from __future__ import annotations

import shutil
import time
import uuid
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool

from api.bodies import OCTETS, written
from api.dependencies import Chengtu, Me, Roles, Transaction
from api.schemas.own_layers import MadeOut, OwnLayerIn, OwnLayerOut, ProposalOut
from api.schemas.shared import TextPair
from gis import formats
from layers.errors import NotFound
from layers.own import actions
from layers.own.describe import Description, OwnLayerRefused
from layers.people.rules import Role

__all__ = ["router"]

router = APIRouter(prefix="/api/own-layers", tags=["own layers"])

MOST_BYTES = 200 << 20
_KEPT_S = 24 * 3600  # how long a file waits for its description
_SAMPLES = 3


def _planner(roles: Roles) -> frozenset[Role]:
    actions.require_planner(roles)
    return roles


Planner = Annotated[frozenset[Role], Depends(_planner, scope="function")]


async def _received(
    request: Request,
    state: Chengtu,
    roles: Planner,
    name: Annotated[
        str, Query(max_length=200, description="the file's name; its extension tells the format")
    ],
) -> Path:
    """The body, kept as a file in a folder of its own."""
    suffix = Path(name).suffix.lower()
    if suffix not in formats.READABLE:
        raise formats.FormatUnknown(name=name, known=" ".join(sorted(formats.READABLE)))
    waiting = state.settings.home / "own-layers"
    await run_in_threadpool(_sweep, waiting)
    folder = waiting / uuid.uuid4().hex
    folder.mkdir(parents=True)
    path = folder / (Path(name.replace("\\", "/")).stem[:80].strip(". ") + suffix)
    too_large = OwnLayerRefused(
        reason_zh=f"文件超过 {MOST_BYTES >> 20} MB。请分成几个文件。",
        reason_en=f"The file is larger than {MOST_BYTES >> 20} MB; split it.",
    )
    try:
        with path.open("wb") as file:
            await written(request, file, MOST_BYTES, too_large)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return path


@router.post("/proposals", openapi_extra=OCTETS)
def propose(session: Transaction, path: Annotated[Path, Depends(_received)]) -> ProposalOut:
    """Look at a file: the layer that it would make, to be confirmed or changed."""
    try:
        description, frame = actions.look(session, path)
    except BaseException:
        shutil.rmtree(path.parent, ignore_errors=True)
        raise
    samples = {
        each.column: [str(value) for value in frame[each.column].dropna().head(_SAMPLES)]
        for each in description.fields
    }
    return ProposalOut(file=path.parent.name, rows=len(frame), description=description, samples=samples)


@router.post("", status_code=201)
def make(given: OwnLayerIn, session: Transaction, state: Chengtu, roles: Planner, me: Me) -> MadeOut:
    """Make the layer that was confirmed, of a file that was looked at."""
    folder = state.settings.home / "own-layers" / given.file
    path = next(folder.iterdir(), None) if folder.is_dir() else None
    if path is None:
        raise NotFound(what_zh="已上传的文件", what_en="uploaded file", key=given.file)
    layer, rows = actions.make(session, path, given.description, me.name)
    session.commit()  # or a layer that is not there would have lost its file
    shutil.rmtree(folder, ignore_errors=True)
    return MadeOut(id=layer.id, rows=rows)


@router.get("")
def made(session: Transaction, roles: Planner) -> list[OwnLayerOut]:
    """Every own layer that ever was, newest first."""
    return [
        OwnLayerOut(
            id=each.layer_id, title=_title(each.description), made_by=each.made_by, made_at=each.created_at,
            dropped_by=each.dropped_by, dropped_at=each.dropped_at,
        )
        for each in actions.made(session)
    ]  # fmt: skip


@router.delete("/{layer_id}", status_code=204)
def drop(
    layer_id: str,
    session: Transaction,
    roles: Planner,
    me: Me,
    name: Annotated[str, Query(max_length=100, description="the layer's id or title, to confirm")],
) -> None:
    """Drop a layer with its rows; its history stays."""
    actions.drop(session, layer_id, name, me.name)


def _title(described: dict[str, object]) -> TextPair:
    known = Description.model_validate(described)
    return TextPair(zh=known.zh, en=known.en)


def _sweep(waiting: Path) -> None:
    """Remove what nobody came back for."""
    for each in waiting.iterdir() if waiting.is_dir() else ():
        if time.time() - each.stat().st_mtime > _KEPT_S:
            shutil.rmtree(each, ignore_errors=True)
