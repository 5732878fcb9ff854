"""The doors of GeoReport v2: services, their definitions, requests, tokens and the discovery document."""

from __future__ import annotations

import math
from dataclasses import fields
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import text
from sqlalchemy.orm import Session

from api import clock
from api.dependencies import Transaction
from api.open311.form import DOCUMENTED, Fields, Sent
from api.open311.throttle import NotTooOften
from api.open311.written import Form as Written
from api.open311.written import answers, written
from api.schemas.incidents import RequestsAsked
from layers.database import set_actor
from layers.errors import NotFound, QueryRefused
from layers.incidents import public
from layers.incidents.actions import Report
from layers.incidents.public import Reporter, Wanted
from layers.timezone import SHANGHAI

__all__ = ["router"]

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGESET = "2026-11-26T00:00:00+08:00"

router = APIRouter(prefix="/open311", tags=["open311"])


def _jurisdiction(
    session: Transaction, jurisdiction_id: Annotated[str | None, Query(max_length=100)] = None
) -> None:
    _check_jurisdiction(session, jurisdiction_id)


def _check_jurisdiction(session: Session, asked: str | None) -> None:
    """There is one, so it may be left out; another one is not here. Raises NotFound."""
    if not asked:
        return
    own = session.scalar(
        text("SELECT left(code, 6) FROM divisions WHERE level = 'district' ORDER BY id LIMIT 1")
    )
    if asked != own:
        raise NotFound(what_zh="管辖区（jurisdiction_id）", what_en="jurisdiction_id", key=asked)


Jurisdiction = Annotated[None, Depends(_jurisdiction, scope="function")]


@router.get("/discovery.{form}", responses=answers(200))
def discovery(form: Written, request: Request, often: NotTooOften) -> Response:
    """Where the service is and which formats it speaks."""
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{str(request.base_url).rstrip('/')}/open311/v2",
        "changeset": CHANGESET,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    told = {
        "changeset": CHANGESET,
        "contact": "请联系本平台管理员。Ask the administrator of this platform.",
        "key_service": "由管理员发放。Keys are issued by the administrator.",
        "endpoints": [endpoint],
    }
    return written(form, "discovery", told)


@router.get("/v2/services.{form}", responses=answers(200))
def services(form: Written, session: Transaction, where: Jurisdiction, often: NotTooOften) -> Response:
    """What can be reported: the categories of events and components in force."""
    return written(form, "services", public.services(session))


@router.get("/v2/services/{service_code}.{form}", responses=answers(200))
def definition(
    service_code: str, form: Written, session: Transaction, where: Jurisdiction, often: NotTooOften
) -> Response:
    """The further fields of a service; none has any."""
    public.check_service(session, _clean(service_code))
    return written(form, "service_definition", {"service_code": service_code, "attributes": []})


@router.post("/v2/requests.{form}", status_code=201, openapi_extra=DOCUMENTED, responses=answers(201))
def report(form: Written, session: Transaction, sent: Sent, often: NotTooOften) -> Response:
    """Send a report in; takes a key. ``lat`` and ``long`` are needed: there is no register of addresses to look in."""
    set_actor(session, "open311")
    _check_jurisdiction(session, sent.get("jurisdiction_id"))
    said = Report(
        category=_needed(sent, "service_code"),
        source="public",
        lon=_degrees(sent, "long"),
        lat=_degrees(sent, "lat"),
        description=sent.get("description"),
        address=sent.get("address_string"),
    )
    reporter = Reporter(**{each.name: sent.get(each.name) for each in fields(Reporter)})
    made = public.receive(session, sent.get("api_key"), said, reporter, clock.now())
    told = {"service_request_id": made.code, "service_notice": None, "account_id": None}
    return written(form, "service_requests", [told], 201)


@router.get("/v2/requests.{form}", responses=answers(200))
def requests(
    form: Written,
    session: Transaction,
    where: Jurisdiction,
    often: NotTooOften,
    asked: Annotated[RequestsAsked, Query()],
) -> Response:
    """Requests that came by this door, newest first: at most ninety days and a thousand of them."""
    wanted = Wanted(
        _listed(asked.service_request_id),
        _listed(asked.service_code),
        _listed(asked.status),
        _moment("start_date", asked.start_date),
        _moment("end_date", asked.end_date),
        asked.page,
        asked.page_size,
    )
    return written(form, "service_requests", public.requests(session, wanted, clock.now()))


@router.get("/v2/requests/{service_request_id}.{form}", responses=answers(200))
def request(
    service_request_id: str, form: Written, session: Transaction, where: Jurisdiction, often: NotTooOften
) -> Response:
    """One request."""
    return written(form, "service_requests", [public.request(session, _clean(service_request_id))])


@router.get("/v2/tokens/{token}.{form}", responses=answers(200))
def token(
    token: str, form: Written, session: Transaction, where: Jurisdiction, often: NotTooOften
) -> Response:
    """The number that a token stands for; every service here is «realtime», so a token is the number itself."""
    found = public.request(session, _clean(token))
    told = {"service_request_id": found["service_request_id"], "token": token}
    return written(form, "service_requests", [told])


def _clean(words: str) -> str:
    """Words without control characters, which neither the database nor XML takes. Raises QueryRefused."""
    if any(ord(each) < 32 and each not in "\r\n\t" for each in words):
        raise QueryRefused(
            reason_zh="请求中含有控制字符。", reason_en="The request holds control characters."
        )
    return words


def _listed(words: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip() for each in _clean(words or "").split(","))))


def _needed(sent: Fields, name: str) -> str:
    if name not in sent:
        raise QueryRefused(reason_zh=f"缺少 {name}。", reason_en=f"{name} was not provided.")
    return sent[name]


def _degrees(sent: Fields, name: str) -> float:
    try:
        value = float(_needed(sent, name))
    except ValueError:
        value = math.nan
    if not abs(value) <= 180:  # NaN neither
        raise QueryRefused(
            reason_zh=f"{name} 应为十进制度（WGS84）。", reason_en=f"{name} must be decimal degrees (WGS84)."
        )
    return value


def _moment(name: str, words: str | None) -> datetime | None:
    """A time as the W3C note has it; without an offset it is China's."""
    if not (said := _clean(words or "").strip()):
        return None
    try:
        moment = datetime.fromisoformat(said.replace(" ", "+"))
        return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    except ValueError:
        raise QueryRefused(
            reason_zh=f"{name} 应写成 2023-06-18T08:00:00+08:00。",
            reason_en=f"{name} must be written like 2023-06-18T08:00:00+08:00.",
        ) from None
