"""Bulletins: drafted, approved and published by staff; what is published is open to everybody."""

from __future__ import annotations

from html import escape
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api import clock
from api.dependencies import Chengtu, Me, MeFirst, MeOrNobody, Transaction
from api.schemas.bulletins import (
    BulletinIn,
    BulletinList,
    BulletinOut,
    BulletinShort,
    ChoicesOut,
    EditIn,
    FileOut,
    MoveIn,
)
from api.statistics import CONTENT, PAGE_POLICY, Form, answer
from layers import database
from layers.bulletins import actions, rules, store
from layers.bulletins.actions import FORMS, Edit
from layers.bulletins.model import Bulletin
from layers.bulletins.rules import Act, State
from layers.errors import NotFound
from layers.people.actions import SignedIn
from layers.timezone import day_of

__all__ = ["router"]

router = APIRouter(tags=["bulletins"])
Moved = Literal[Act.SUBMIT, Act.RETURN, Act.APPROVE, Act.WITHDRAW]
Year = Annotated[int, Path(ge=2000, le=2100)]
Number = Annotated[int, Path(ge=1, le=9999)]
_WITHDRAWN = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>已撤回</title>
<body style="font:16px/1.8 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:36em;margin:15vh auto;padding:0 1em">
<h1 style="font-size:22px">{title}（{year}年第{number}期）已撤回</h1><p>撤回日期：{day}</p><p>撤回原因：{reason}</p>
<p lang="en">This bulletin was withdrawn.</p></body></html>"""


@router.get("/api/bulletins")
def bulletins(session: Transaction, person: MeOrNobody) -> BulletinList:
    """All bulletins for staff; for everybody else what is published."""
    rows = store.listed(session, everything=person is not None)
    return BulletinList(items=[BulletinShort(**row) for row in rows])


@router.post("/api/bulletins", status_code=201)
def create(given: BulletinIn, state: Chengtu, me: MeFirst) -> BulletinOut:
    """A draft: counted, drawn, with a proposed text."""
    number = actions.create(
        state.url,
        state.settings,
        me,
        first=given.first,
        last=given.last,
        division=given.division,
        title=given.title,
        now=clock.now(),
    )
    return _reread(state.url, number, me)


@router.get("/api/bulletins/{bulletin_id}")
def bulletin(bulletin_id: int, session: Transaction, me: Me) -> BulletinOut:
    """One bulletin with everything that it tells and what the asker can do now."""
    return _shown(session, bulletin_id, me)


@router.get("/api/bulletins/{bulletin_id}/choices")
def choices(bulletin_id: int, session: Transaction, me: Me) -> ChoicesOut:
    """The structures and cases that it may show."""
    return ChoicesOut.model_validate(actions.choices(session, bulletin_id))


@router.put("/api/bulletins/{bulletin_id}")
def edit(bulletin_id: int, given: EditIn, state: Chengtu, me: MeFirst) -> BulletinOut:
    """Change a draft on the version that was seen."""
    wanted = Edit(
        given.title,
        [each.model_dump() for each in given.sections],
        given.structures,
        given.exposures,
        given.count,
    )
    actions.edit(state.url, state.settings, me, bulletin_id, wanted, version=given.version, now=clock.now())
    return _reread(state.url, bulletin_id, me)


@router.delete("/api/bulletins/{bulletin_id}", status_code=204)
def discard(bulletin_id: int, version: Annotated[int, Query()], session: Transaction, me: Me) -> None:
    """Delete a draft."""
    actions.discard(session, me, bulletin_id, version=version)


@router.post("/api/bulletins/{bulletin_id}/acts/publish")
def publish(bulletin_id: int, given: MoveIn, state: Chengtu, me: MeFirst) -> BulletinOut:
    """Number it, write its documents, seal it; from then on it is public and never changes."""
    actions.publish(state.url, me, bulletin_id, version=given.version, now=clock.now())
    return _reread(state.url, bulletin_id, me)


@router.post("/api/bulletins/{bulletin_id}/acts/{act}")
def move(bulletin_id: int, act: Moved, given: MoveIn, session: Transaction, me: Me) -> BulletinOut:
    """Submit, send back, approve (somebody else than its authors) or withdraw, on the version that was seen."""
    actions.move(
        session, me, bulletin_id, Act(act), version=given.version, reason=given.reason, now=clock.now()
    )
    session.flush()
    return _shown(session, bulletin_id, me)


@router.get("/api/bulletins/{bulletin_id}/document.{form}", response_class=Response, responses=CONTENT)
def document(bulletin_id: int, form: Form, state: Chengtu, me: MeFirst) -> Response:
    """The bulletin as a page or a file; of a published one the stored file."""
    with database.session(state.url) as session:
        found = store.get(session, bulletin_id)
        if found.sha256 is not None:
            return _stored(session, found, form, {"Cache-Control": "private, no-cache"})
        printed = actions.document(session, bulletin_id)
    return answer(printed, form, found.code.lower())


@router.get("/bulletins/{year}/{number}.{form}", response_class=Response, responses=CONTENT)
def published_file(
    year: Year, number: Number, form: Form, request: Request, session: Transaction
) -> Response:
    """A published bulletin as HTML, Word or PDF, for everybody."""
    return _public(request, session, year, number, form)


@router.get("/bulletins/{year}/{number}", response_class=Response, responses=CONTENT)
def published(year: Year, number: Number, request: Request, session: Transaction) -> Response:
    """A published bulletin as a page, for everybody; 410 and the reason when it was withdrawn."""
    return _public(request, session, year, number, "html")


def _public(request: Request, session: Session, year: int, number: int, form: Form) -> Response:
    found = store.at_number(session, year, number)
    if found.status == State.WITHDRAWN:
        assert found.withdrawn_at is not None and found.withdrawn_reason is not None
        page = _WITHDRAWN.format(
            title=escape(found.title),
            year=year,
            number=number,
            day=day_of(found.withdrawn_at),
            reason=escape(found.withdrawn_reason),
        )
        headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-cache"}
        return Response(page, status_code=410, media_type=FORMS["html"], headers=headers)
    # short: a withdrawal must be seen soon
    answered = _stored(session, found, form, {"Cache-Control": "public, max-age=300, must-revalidate"})
    if request.headers.get("if-none-match") == answered.headers["etag"]:
        kept = {name: answered.headers[name] for name in ("etag", "cache-control")}
        return Response(status_code=304, headers=kept)
    return answered


def _stored(session: Session, bulletin: Bulletin, form: Form, headers: dict[str, str]) -> Response:
    files = {each.name: each for each in store.files(session, bulletin.id, "document")}
    file = files.get(f"bulletin.{form}")
    if file is None:
        raise NotFound(what_zh="专报文件", what_en="document of a bulletin", key=form)
    told = {**headers, "ETag": f'"{file.sha256}"', "X-Content-Type-Options": "nosniff"}
    if form == "html":
        told["Content-Security-Policy"] = PAGE_POLICY
    else:
        told["Content-Disposition"] = (
            f'attachment; filename="bulletin-{bulletin.year}-{bulletin.number}.{form}"'
        )
    return Response(file.content, media_type=FORMS[form], headers=told)


def _reread(url: str, bulletin_id: int, me: SignedIn) -> BulletinOut:
    with database.session(url) as session:
        return _shown(session, bulletin_id, me)


def _shown(session: Session, bulletin_id: int, me: SignedIn) -> BulletinOut:
    found = store.get(session, bulletin_id)
    who = store.people(session, [*found.authors, found.approved_by, found.published_by, found.withdrawn_by])
    told: dict[str, Any] = {
        name: getattr(found, name)
        for name in (
            "id", "code", "year", "number", "title", "period_from", "period_to", "issued_on", "updated_at", "withdrawn_reason",
            "returned_reason", "version", "synthetic", "figures", "content", "withdrawn_at", "sha256",
        )
    }  # fmt: skip
    return BulletinOut(
        **told,
        status=State(found.status),
        area=found.content["area"]["name"],
        sections=found.sections,
        authors=[who[each] for each in found.authors],
        approved_by=who.get(found.approved_by or 0),
        published_by=who.get(found.published_by or 0),
        withdrawn_by=who.get(found.withdrawn_by or 0),
        intact=actions.sealed(session, found),
        files=[
            FileOut(
                name=each.name,
                role=each.role,
                media_type=each.media_type,
                bytes=len(each.content),
                sha256=each.sha256,
            )
            for each in store.files(session, bulletin_id)
        ],
        acts=rules.possible(State(found.status), me.roles, me.id, found.authors),
    )
