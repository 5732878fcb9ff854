"""/api/imports: send a file, look at what is wrong with it, confirm, undo.

The file is the body of the request, streamed to disk; the work is done by the queue.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, BackgroundTasks, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from api import bodies
from api.bodies import OCTETS, kept
from api.dependencies import Chengtu, Me, Transaction
from api.schemas.imports import ConfirmIn, ImportFaultOut, ImportList, ImportOut
from api.schemas.shared import GeoJSON, TextPair
from api.state import State
from gis.errors import ChengtuError
from gis.formats import READABLE
from layers import catalogue, database
from layers.imports import actions, sheet, store
from layers.imports.model import Import

__all__ = ["router", "sweep"]

router = APIRouter(prefix="/api/imports", tags=["imports"])

PART = "import-"
LISTS = "faults-"
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/csv": {}, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {}}
    }
}


class ImportTooLarge(ChengtuError):
    """The body is larger than the settings allow."""

    code = "import_too_large"
    zh = "文件超过上限 {limit_gb} GB，未接收。请分成几个文件。"
    en = "The file is larger than {limit_gb} GB and was not taken. Split it into several files."


class ImportEmpty(ChengtuError):
    """Nothing was sent."""

    code = "import_empty"
    zh = "没有收到文件内容。请重新选择文件。"
    en = "No content arrived. Choose the file again."


def sweep(state: State) -> None:
    """At start: delete what a killed server left of files half received or half sent, or of imports that are no more."""
    bodies.sweep(state.storage.uploads, PART)
    for lists in state.storage.uploads.glob(f"{LISTS}*"):
        if bodies.is_left_over(lists):
            shutil.rmtree(lists, ignore_errors=True)
    folder = state.storage.for_import(0).parent
    with database.session(state.url) as session:
        held = {str(each) for each in store.with_files(session)}
    for each in folder.iterdir() if folder.is_dir() else ():
        if each.name not in held and each.name.isdigit() and bodies.is_left_over(each):
            state.storage.forget_import(int(each.name))


@router.get("")
def imports(session: Transaction, me: Me) -> ImportList:
    """The imports into those layers that the asking person may import into, newest first."""
    layers = actions.open_to(me.roles)
    items = [_shown(each) for each in store.listed(session, layers)]
    return ImportList(layers=layers, formats=sorted(READABLE), items=items)


@router.post("", status_code=201, openapi_extra=OCTETS)
async def send(
    request: Request, response: Response, state: Chengtu, me: Me,
    layer: Annotated[str, Query(description="Id of the layer")],
    name: Annotated[str, Query(min_length=1, max_length=200, description="Name of the file; its extension names the format")],
) -> ImportOut:  # fmt: skip
    """Send a file for a layer; it is rehearsed by the queue. The same file twice is one import (then 200)."""
    await run_in_threadpool(actions.require_importer, catalogue.layer(layer, me.roles), me.roles)
    arrived = await _received(request, state, _plain(name))
    try:
        shown, new = await run_in_threadpool(_keep, state, me, layer, arrived)
    finally:
        arrived.path.unlink(missing_ok=True)
    response.status_code = 201 if new else 200
    return shown


@router.get("/{import_id}")
def one(import_id: int, session: Transaction, me: Me) -> ImportOut:
    """One import as it stands; ``rows`` grows while it is checked."""
    return _shown(actions.seen(session, me, import_id))


@router.get("/{import_id}/faults")
def faults(
    import_id: int,
    session: Transaction,
    me: Me,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> list[ImportFaultOut]:
    """What is wrong, by rows; what concerns the whole file comes first."""
    actions.seen(session, me, import_id)
    return [
        ImportFaultOut(
            row=each.row, code=each.code, repaired=each.repaired,
            field=TextPair(zh=each.field.zh, en=each.field.en) if each.field else None,
            said=TextPair(zh=each.said.zh, en=each.said.en),
            lon=each.place[0] if each.place else None, lat=each.place[1] if each.place else None,
        )
        for each in store.faults(session, import_id, limit, offset)
    ]  # fmt: skip


@router.get("/{import_id}/faults.{kind}", responses=FILES, response_class=Response)
def fault_file(
    import_id: int, kind: Literal["csv", "xlsx"], session: Transaction, state: Chengtu, me: Me
) -> Response:
    """Every fault as a file for a spreadsheet."""
    actions.seen(session, me, import_id)
    named = f"import-{import_id}-faults.{kind}"
    if kind == "csv":
        headers = {"Content-Disposition": f'attachment; filename="{named}"'}
        return StreamingResponse(
            _lines(state, import_id), media_type="text/csv; charset=utf-8", headers=headers
        )
    path = Path(tempfile.mkdtemp(dir=state.storage.uploads, prefix=LISTS)) / named
    sheet.write(store.faults(session, import_id), path)
    return FileResponse(path, filename=named, background=BackgroundTask(_remove, path))


@router.get("/{import_id}/preview")
def preview(import_id: int, session: Transaction, me: Me) -> GeoJSON:
    """Some features of the file (EPSG:4490), the wrong ones first: a GeoJSON FeatureCollection."""
    found = actions.seen(session, me, import_id).preview
    return found or {"type": "FeatureCollection", "features": []}


@router.post("/{import_id}/confirm")
def confirm(import_id: int, given: ConfirmIn, session: Transaction, me: Me) -> ImportOut:
    """Store what was rehearsed, in one transaction of the queue."""
    return _shown(actions.confirm(session, me, import_id, sound_rows=given.sound_rows))


@router.post("/{import_id}/undo")
def undo(import_id: int, session: Transaction, me: Me) -> ImportOut:
    """Delete exactly the rows that the import added; refused when something came after it."""
    return _shown(actions.take_back(session, me, import_id))


@router.delete("/{import_id}", status_code=204)
def discard(import_id: int, session: Transaction, state: Chengtu, me: Me, after: BackgroundTasks) -> None:
    """Forget a file that was not stored."""
    actions.discard(session, me, import_id)
    after.add_task(state.storage.forget_import, import_id)  # when nothing refers to it any more


async def _received(request: Request, state: State, name: str) -> actions.Arrived:
    limit_gb = state.settings.max_upload_gb
    body = await kept(
        request, state.storage.uploads, PART, int(limit_gb * 1e9), ImportTooLarge(limit_gb=limit_gb)
    )
    if not body.size:
        body.path.unlink(missing_ok=True)
        raise ImportEmpty
    return actions.Arrived(body.path, name, body.sha256, body.size)


def _keep(state: State, me: Me, layer: str, arrived: actions.Arrived) -> tuple[ImportOut, bool]:
    with database.session(state.url, actor=me.name) as session:
        row, new = actions.receive(session, me, state.storage, layer, arrived)
        return _shown(row), new


def _plain(name: str) -> str:
    """The last part of a name, without what a file system or a terminal takes amiss."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return (
        "".join(each for each in last if each.isprintable() and each not in '<>:"|?*').lstrip(".") or "file"
    )


def _lines(state: State, import_id: int) -> Iterator[str]:
    with database.session(state.url) as session:
        yield from sheet.csv_lines(store.faults(session, import_id))


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.parent.rmdir()


def _shown(row: Import) -> ImportOut:
    error = TextPair(zh=row.error_zh, en=row.error_en or "") if row.error_zh else None
    given = {name: getattr(row, name) for name in ImportOut.model_fields if name not in {"error", "notes"}}
    return ImportOut(**given, notes=[TextPair(**each) for each in row.notes], error=error)
