"""Templates of documents, which the bureau edits in Word: take one, bring one."""

from __future__ import annotations

import io
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api import clock
from api.bodies import OCTETS, written
from api.dependencies import Chengtu, Me, MeFirst, Transaction
from api.documents import DOCX, attached
from api.schemas.documents import TemplateList, TemplateOut
from layers import database
from layers.documents import actions, shown, store
from layers.documents.kinds import RULES, Kind
from layers.documents.template import MOST_BYTES, TemplateRefused
from layers.people.rules import Role, require

__all__ = ["router"]

router = APIRouter(prefix="/api/document-templates", tags=["documents"])

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {DOCX: {"schema": {"type": "string", "format": "binary"}}}}
}
TOO_LARGE = TemplateRefused(
    why_zh=f"文件大于 {MOST_BYTES >> 20} MB。请压缩其中的图片。",
    why_en=f"it is larger than {MOST_BYTES >> 20} MB. Make its pictures smaller.",
)


@router.get("")
def templates(session: Transaction, me: Me) -> TemplateList:
    """The templates that hold now, and what documents call the bureau."""
    return TemplateList.model_validate(shown.templates(session))


@router.get("/{kind}")
def template(kind: Kind, session: Transaction, me: Me) -> TemplateOut:
    """One template: its versions, and the fields that it may use, in words."""
    return TemplateOut.model_validate(shown.template_of(session, kind))


@router.get("/{kind}/file", response_class=Response, responses=FILE)
def file(
    kind: Kind, session: Transaction, me: Me,
    version: Annotated[int | None, Query(ge=1, description="Left out: the newest")] = None,
) -> Response:  # fmt: skip
    """A version of the template as a Word file, to be edited; for administrators."""
    require(me.roles, ADMINISTRATORS, act_zh="下载文书模板", act_en="take templates of documents")
    store.keep_standard(session, kind)
    found = store.template(session, kind, version)
    name = f"模板-{RULES[kind].title.zh}-第{found.version}版.docx"
    return Response(found.content, media_type=DOCX, headers={**attached(name), "Cache-Control": "no-store"})


@router.post("/{kind}/file", status_code=201, openapi_extra=OCTETS)
async def bring(
    kind: Kind, request: Request, state: Chengtu, me: MeFirst,
    note: Annotated[str | None, Query(max_length=200, description="What is new in it")] = None,
) -> TemplateOut:  # fmt: skip
    """Bring the template back as the next version. It is checked and tried first; the text says what is wrong."""
    require(me.roles, ADMINISTRATORS, act_zh="更换文书模板", act_en="replace templates of documents")
    body = io.BytesIO()
    await written(request, body, MOST_BYTES, TOO_LARGE)
    return await run_in_threadpool(_keep, state, me, kind, body.getvalue(), note)


def _keep(state: Chengtu, me: MeFirst, kind: Kind, content: bytes, note: str | None) -> TemplateOut:
    actions.bring_template(state.url, state.settings, me, kind, content, note=note, now=clock.now())
    with database.session(state.url) as session:
        return TemplateOut.model_validate(shown.template_of(session, kind))
