"""Sign in, sign out, who am I; and the guard against requests that another site's page sends."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Cookie, Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.cookie import COOKIE
from api.dependencies import Chengtu, MeOrNobody, Transaction
from api.errors import answer
from api.schemas.people import DivisionRef, PersonOut, SessionOut, SignIn
from layers.people import actions as people
from layers.people.actions import SignedIn

__all__ = ["SameOrigin", "router"]

router = APIRouter(prefix="/api/session", tags=["people"])


@router.get("")
def who_am_i(person: MeOrNobody) -> SessionOut:
    """The signed-in person, or null."""
    return _shown(person)


@router.post("")
def sign_in(given: SignIn, response: Response, session: Transaction, state: Chengtu) -> SessionOut:
    """Sign in; the cookie is HttpOnly and ends with the session."""
    person, token = people.sign_in(session, given.name, given.password, hours=state.settings.session_hours)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(state.settings.session_hours * 3600),
        httponly=True,
        samesite="lax",
        secure=state.settings.secure_cookie,
        path="/",
    )
    return _shown(person)


@router.delete("", status_code=204)
def sign_out(
    response: Response,
    session: Transaction,
    token: Annotated[str | None, Cookie(alias=COOKIE, include_in_schema=False)] = None,
) -> None:
    """Sign out."""
    if token:
        people.sign_out(session, token)
    response.delete_cookie(COOKIE, path="/")


def _shown(person: SignedIn | None) -> SessionOut:
    if person is None:
        return SessionOut(person=None)
    return SessionOut(
        person=PersonOut(
            id=person.id,
            name=person.name,
            display_name=person.display_name,
            roles=sorted(person.roles),
            divisions=[DivisionRef(code=each.code, name=each.name) for each in person.divisions],
        )
    )


class SameOrigin:
    """Refuse changing requests whose Origin is another site (cross-site request forgery)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and scope["method"] not in {"GET", "HEAD", "OPTIONS"}:
            headers = Headers(scope=scope)
            origin = headers.get("origin")
            host = headers.get("x-forwarded-host") or headers.get("host")
            if origin is not None and urlsplit(origin).netloc != host:
                refusal = answer(
                    403,
                    "other_origin",
                    "请求来自其他网站，已拒绝。",
                    "The request came from another site and was refused.",
                )
                await refusal(scope, receive, send)
                return
        await self.app(scope, receive, send)
