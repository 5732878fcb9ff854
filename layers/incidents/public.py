"""What the public may send in and see of incidents, in the words of Open311 GeoReport v2.

Only reports that came by this door are seen through it, and of them only what tells nothing of a person: the category
stands for the sender's own words, the township for the address that he wrote; names, telephone, e-mail and pictures
are taken and never given out.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.errors import NotFound, QueryRefused
from layers.incidents import actions, keys, shown
from layers.incidents.actions import Report
from layers.incidents.codes import INCIDENT_STATUSES
from layers.incidents.model import Incident, IncidentReporter

__all__ = [
    "MOST",
    "SPAN",
    "Reporter",
    "Wanted",
    "check_service",
    "receive",
    "request",
    "requests",
    "services",
]

MOST = 1_000
SPAN = timedelta(days=90)
"""What GeoReport v2 gives at most: a thousand requests, or ninety days."""

CLOSED = ("closed", "evaluated", "declined", "revoked")
_TITLES = {each.value: each.title.zh for each in INCIDENT_STATUSES}
_SHOWN = """
SELECT i.code AS service_request_id, i.status, c.title_zh AS service_name, c.value AS service_code,
       o.name AS agency_responsible, i.accepted_at, i.updated_at, i.due_at, d.name AS address,
       round(ST_Y(i.geom)::numeric, 6) AS lat, round(ST_X(i.geom)::numeric, 6) AS lon
FROM incidents i JOIN incident_reporters r ON r.incident_id = i.id JOIN codes c ON c.id = i.category_id
LEFT JOIN organisations o ON o.id = i.handler_id LEFT JOIN divisions d ON d.id = i.division_id
"""


@dataclass(frozen=True)
class Reporter:
    """Who sends a report, as far as he says: personal data."""

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    device_id: str | None = None
    account_id: str | None = None
    media_url: str | None = None
    address_id: str | None = None


@dataclass(frozen=True)
class Wanted:
    """Which requests: by number (then nothing else counts), by category, status and time, in pages from 1."""

    service_request_id: tuple[str, ...] = ()
    service_code: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    start_date: datetime | None = None
    end_date: datetime | None = None
    page: int = 1
    page_size: int = MOST


def services(session: Session) -> list[dict[str, Any]]:
    """The categories in force, as services; none asks for more than the standard fields."""
    return [
        {
            "service_code": row["code"],
            "service_name": row["zh"],
            "description": f"{row['zh']}（{row['en']}）",
            "metadata": False,
            "type": "realtime",
            "keywords": f"{row['zh']},{row['en']}",
            "group": "部件 component" if row["code"] < "06" else "事件 event",
        }
        for row in shown.categories(session, "")
    ]


def check_service(session: Session, service_code: str) -> None:
    """There is such a service. Raises NotFound."""
    if not any(each["service_code"] == service_code for each in services(session)):
        raise NotFound(what_zh="服务类别（service_code）", what_en="service_code", key=service_code)


def receive(session: Session, key: str | None, report: Report, reporter: Reporter, now: datetime) -> Incident:
    """Take a report from outside in. Raises KeyRefused, TooMany, NotFound (no such service), Refused (elsewhere)."""
    passed = keys.passed(session, key)
    check_service(session, report.category)
    made = actions.new(session, report, now=now)
    session.add(IncidentReporter(incident_id=made.id, api_key_id=passed.id, **asdict(reporter)))
    session.flush()
    return made


def request(session: Session, number: str) -> dict[str, Any]:
    """One request. Raises NotFound."""
    found = session.execute(text(f"{_SHOWN} WHERE i.code = :number"), {"number": number}).mappings().first()
    if found is None:
        raise NotFound(what_zh="服务请求（service_request_id）", what_en="service_request_id", key=number)
    return _public(dict(found))


def requests(session: Session, wanted: Wanted, now: datetime) -> list[dict[str, Any]]:
    """Requests, newest first. Raises QueryRefused for a status that is none and a time longer than SPAN."""
    if wanted.service_request_id:
        conditions, given = ["i.code = ANY(:numbers)"], {"numbers": list(wanted.service_request_id)}
    else:
        conditions, given = _conditions(wanted, now)
    sql = f"{_SHOWN} WHERE {' AND '.join(conditions)} ORDER BY i.accepted_at DESC, i.id DESC LIMIT :most OFFSET :skip"
    size = min(wanted.page_size, MOST)
    paged = {**given, "most": size, "skip": (wanted.page - 1) * size}
    return [_public(dict(row)) for row in session.execute(text(sql), paged).mappings()]


def _conditions(wanted: Wanted, now: datetime) -> tuple[list[str], dict[str, Any]]:
    start, end = wanted.start_date, wanted.end_date
    if start is None:
        start = (end or now) - SPAN
    if end is None:
        end = start + SPAN if wanted.start_date else now
    if end < start or end - start > SPAN:
        raise QueryRefused(
            reason_zh="start_date 至 end_date 须在 90 天以内，且先后正确。",
            reason_en="start_date to end_date must be in order and span at most 90 days.",
        )
    if unknown := set(wanted.status) - {"open", "closed"}:
        raise QueryRefused(
            reason_zh=f"status 只能是 open 或 closed，没有“{'、'.join(sorted(unknown))}”。",
            reason_en=f"status is open or closed, not {', '.join(sorted(unknown))}.",
        )
    conditions = ["i.accepted_at BETWEEN :start AND :end"]
    given: dict[str, Any] = {"start": start, "end": end}
    if wanted.service_code:
        conditions.append("c.value = ANY(:codes)")
        given["codes"] = list(wanted.service_code)
    if len(set(wanted.status)) == 1:
        conditions.append("(i.status = ANY(:ended)) = :closed")
        given |= {"ended": list(CLOSED), "closed": wanted.status[0] == "closed"}
    return conditions, given


def _public(row: dict[str, Any]) -> dict[str, Any]:
    """In the order and the words of the specification."""
    return {
        "service_request_id": row["service_request_id"],
        "status": "closed" if row["status"] in CLOSED else "open",
        "status_notes": _TITLES[row["status"]],
        "service_name": row["service_name"],
        "service_code": row["service_code"],
        "description": row["service_name"],
        "agency_responsible": row["agency_responsible"],
        "service_notice": None,
        "requested_datetime": row["accepted_at"],
        "updated_datetime": row["updated_at"],
        "expected_datetime": row["due_at"],
        "address": row["address"],
        "address_id": None,
        "zipcode": None,
        "lat": float(row["lat"]),
        "long": float(row["lon"]),
        "media_url": None,
    }
