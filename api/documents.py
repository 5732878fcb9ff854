"""Documents of a case: which there are, make one, correct one, and both files of each."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Header, Response

from api import clock
from api.dependencies import Chengtu, Me, MeFirst, Transaction
from api.schemas.documents import CaseDocumentsOut, CorrectIn, MakeIn
from layers import database
from layers.documents import actions, shown, store
from layers.documents.actions import Wanted
from layers.documents.kinds import MAKERS
from layers.people.actions import SignedIn
from layers.people.rules import require

__all__ = ["DOCX", "attached", "router"]

router = APIRouter(prefix="/api", tags=["documents"])

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


def _files(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {
        200: {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}},
        304: {"description": "Not changed"},
    }


@router.get("/cases/{case_id}/documents")
def documents(case_id: int, session: Transaction, me: Me) -> CaseDocumentsOut:
    """The documents of a case and which can be made now."""
    return CaseDocumentsOut(**shown.of_case(session, case_id, me.roles))


@router.post("/cases/{case_id}/documents", status_code=201)
def make(case_id: int, given: MakeIn, state: Chengtu, me: MeFirst) -> CaseDocumentsOut:
    """Make a document of the case as it was seen; 409 says why not."""
    wanted = Wanted(case_id, given.kind, given.serves)
    actions.make(state.url, state.settings, me, wanted, version=given.version, now=clock.now())
    with database.session(state.url) as session:
        return CaseDocumentsOut(**shown.of_case(session, case_id, me.roles))


@router.post("/documents/{document_id}/correction", status_code=201)
def correct(document_id: int, given: CorrectIn, state: Chengtu, me: MeFirst) -> CaseDocumentsOut:
    """Make the document anew under its number, as a version that names the old one; the old one stays."""
    made = actions.correct(
        state.url,
        state.settings,
        me,
        document_id,
        reason=given.reason,
        version=given.version,
        now=clock.now(),
    )
    with database.session(state.url) as session:
        case_id = store.document(session, made).case_id
        return CaseDocumentsOut(**shown.of_case(session, case_id, me.roles))


Match = Annotated[str | None, Header(alias="If-None-Match", include_in_schema=False)]


@router.get("/documents/{document_id}.docx", response_class=Response, responses=_files(DOCX))
def word_file(document_id: int, session: Transaction, me: Me, match: Match = None) -> Response:
    """The document as a Word file, as it was made. For officers and administrators: it names the party."""
    return _file(session, me, document_id, "docx", match)


@router.get("/documents/{document_id}.pdf", response_class=Response, responses=_files(PDF))
def pdf_file(document_id: int, session: Transaction, me: Me, match: Match = None) -> Response:
    """The same document as PDF."""
    return _file(session, me, document_id, "pdf", match)


def _file(
    session: Transaction, me: SignedIn, document_id: int, form: Literal["docx", "pdf"], match: str | None
) -> Response:  # fmt: skip
    require(me.roles, MAKERS, act_zh="查看文书", act_en="read documents")
    found = store.document(session, document_id)
    tag = f'"{found.docx_sha256 if form == "docx" else found.pdf_sha256}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if match is not None and tag in match:
        return Response(status_code=304, headers=headers)
    revision = f"-更正{found.revision}" if found.revision > 1 else ""
    headers |= attached(f"{found.number}{revision}.{form}")
    content, media_type = (found.docx, DOCX) if form == "docx" else (found.pdf, PDF)
    return Response(content, media_type=media_type, headers=headers)


def attached(name: str) -> dict[str, str]:
    """The header that gives a download its name (RFC 6266)."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
