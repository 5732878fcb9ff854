"""The evidence file of a candidate, as a download."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from api.dependencies import Chengtu, MeFirst
from layers.evidence import actions

__all__ = ["router"]

router = APIRouter(prefix="/api/candidates", tags=["candidates"])

ZIP = "application/zip"
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/{candidate_id}/evidence.zip", response_class=FileResponse, responses=CONTENT)
def evidence(candidate_id: int, state: Chengtu, me: MeFirst) -> FileResponse:
    """The evidence file (BagIt in a ZIP) of what is known now; every one is written down in the register.

    For reviewers, officers and administrators. ``./chengtu verify FILE`` or ``sha256sum -c`` checks it.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="chengtu-evidence-")))
        path, line = actions.export(
            state.url, state.settings, candidate_id, folder, by=me.name, roles=me.roles
        )
        swept = BackgroundTask(stack.pop_all().close)
    headers = {"Cache-Control": "no-store", "X-Evidence-Number": str(line["number"])}
    return FileResponse(path, media_type=ZIP, filename=path.name, headers=headers, background=swept)
