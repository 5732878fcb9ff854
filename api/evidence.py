"""The evidence file of a candidate or a case, as a download."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from api.dependencies import Chengtu, MeFirst
from api.state import State
from layers.evidence import actions
from layers.people.actions import SignedIn

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["evidence"])

ZIP = "application/zip"
_Export = Callable[..., tuple[Path, dict[str, Any]]]
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/candidates/{candidate_id}/evidence.zip", response_class=FileResponse, responses=CONTENT)
def evidence(candidate_id: int, state: Chengtu, me: MeFirst) -> FileResponse:
    """The evidence file (BagIt in a ZIP) of what is known now; every one is written down in the register.

    For reviewers, officers and administrators. ``./chengtu verify FILE`` or ``sha256sum -c`` checks it.
    """
    return _packed(actions.export, candidate_id, state, me)


@router.get("/cases/{case_id}/evidence.zip", response_class=FileResponse, responses=CONTENT)
def case_evidence(case_id: int, state: Chengtu, me: MeFirst) -> FileResponse:
    """The evidence file of a case: steps, periods, documents, photographs, candidates and their flights.

    For officers and administrators: it names the party. Every one is written down in the register.
    """
    return _packed(actions.export_case, case_id, state, me)


def _packed(export: _Export, key: int, state: State, me: SignedIn) -> FileResponse:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="chengtu-evidence-")))
        path, line = export(state.url, state.settings, key, folder, by=me.name, roles=me.roles)
        swept = BackgroundTask(stack.pop_all().close)
    headers = {"Cache-Control": "no-store", "X-Evidence-Number": str(line["number"])}
    return FileResponse(path, media_type=ZIP, filename=path.name, headers=headers, background=swept)
