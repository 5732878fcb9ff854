"""What the acts read and write of incidents."""

from __future__ import annotations

import csv
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from layers import models  # noqa: F401  (a flush must know every table that a foreign key names)
from layers.errors import NotFound, Refused
from layers.incidents.limits import Limit, LimitUnit
from layers.incidents.model import Incident, IncidentLimit, IncidentRequest, IncidentStep
from layers.incidents.rules import Act, Standing, State
from layers.places.model import Organisation
from layers.places.where import grid_sql, township_sql
from layers.settings import ROOT

__all__ = [
    "LIST", "add_step", "by_key", "category", "check_handler", "done_before", "last_limit", "limit", "load_shipped_limits",
    "lock", "lock_request", "next_code", "open_request", "place", "standing",
]  # fmt: skip

LIST = "incident_category"
"""How the lists of event and component codes begin: one a standard, ``incident_category_47678`` for the newer one."""

SHIPPED = ROOT / "data" / "codes" / "incident_limits.csv"

_ADD_LIMIT = text(
    """
    INSERT INTO incident_limits (category_id, count, unit, source, second_hand)
    SELECT id, CAST(:count AS integer), :unit, :source, :second_hand = 'yes' FROM codes
    WHERE list = :list AND value = :category AND id = ANY(:codes)
    """
)
_CATEGORY = text(
    """
    SELECT id, value FROM codes WHERE list LIKE :list || '%' AND value = :value
    ORDER BY valid_to IS NULL OR valid_to > :day DESC, valid_from DESC LIMIT 1
    """
)
_PLACE = text(
    f"""
    WITH at AS (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4490) AS geom)
    SELECT EXISTS (SELECT FROM divisions d WHERE d.level = 'district' AND ST_Intersects(d.geom, at.geom)) AS inside,
        {township_sql("at.geom")} AS division_id, {grid_sql("at.geom")} AS grid_id
    FROM at
    """  # noqa: S608
)


def load_shipped_limits(connection: Connection, codes: list[int]) -> None:
    """The limits that come with the platform, of codes that have just come; those of other codes are the bureau's."""
    if not codes or not SHIPPED.is_file():
        return
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        rows = [{**row, "list": LIST, "codes": codes} for row in csv.DictReader(lines)]
    connection.execute(_ADD_LIMIT, rows)


def lock(session: Session, incident_id: int) -> Incident:
    """The incident's row, locked until the transaction ends. Raises NotFound."""
    found = session.get(Incident, incident_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(what_zh="事部件案件", what_en="incident", key=incident_id)
    return found


def lock_request(session: Session, incident_id: int, request_id: int) -> IncidentRequest:
    """The request's row, locked. Raises NotFound."""
    found = session.get(IncidentRequest, request_id, with_for_update=True, populate_existing=True)
    if found is None or found.incident_id != incident_id:
        raise NotFound(what_zh="审批申请", what_en="request", key=request_id)
    return found


def open_request(session: Session, incident_id: int) -> IncidentRequest | None:
    """The request on an incident that waits for an answer."""
    waiting = (IncidentRequest.incident_id == incident_id, IncidentRequest.decided_at.is_(None))
    return session.scalar(select(IncidentRequest).where(*waiting))


def by_key(session: Session, key: UUID) -> Incident | None:
    """The incident that a request with this number reported."""
    return session.scalar(select(Incident).where(Incident.request_key == key))


def done_before(session: Session, incident_id: int, act: Act, key: UUID) -> bool:
    """Whether the request with this number did this act already. Raises Refused when it did something else."""
    found = session.scalar(select(IncidentStep).where(IncidentStep.request_key == key))
    if found is None:
        return False
    if found.incident_id != incident_id or found.act != act:
        raise Refused(
            reason_zh="该请求编号已用于另一操作，请换用新的编号。",
            reason_en="This number of a request did something else; take a new one.",
        )
    return True


def next_code(session: Session, year: int) -> str:
    """The next number of the year; whoever reports at the same moment waits."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('incidents'))"))
    sql = "SELECT max(CAST(substring(code FROM '[0-9]+$') AS integer)) FROM incidents WHERE code ~ :pattern"
    last = session.scalar(text(sql), {"pattern": f"^SJ-{year}-[0-9]{{1,8}}$"})
    return f"SJ-{year}-{(last or 0) + 1:05d}"


def category(session: Session, value: str, at: datetime) -> int:
    """The key of an event's or component's code, the one in force first. Raises NotFound."""
    found = session.execute(_CATEGORY, {"list": LIST, "value": value, "day": at.date()}).first()
    if found is None:
        raise NotFound(what_zh="事部件类别", what_en="category", key=value)
    return int(found.id)


def place(session: Session, lon: float, lat: float) -> dict[str, int | None]:
    """``division_id`` and ``grid_id`` of a place in EPSG:4490. Raises Refused outside the district."""
    found = session.execute(_PLACE, {"lon": lon, "lat": lat}).one()
    if not found.inside:
        raise Refused(
            reason_zh=f"地点（{lon}，{lat}）不在本辖区内。请核对经纬度次序与坐标系（CGCS2000）。",
            reason_en=f"The place ({lon}, {lat}) lies outside the district. Check the order (longitude, latitude) and "
            "the reference system (CGCS2000).",
        )
    return {"division_id": found.division_id, "grid_id": found.grid_id}


def check_handler(session: Session, handler_id: int | None) -> None:
    """The organisation is there. Raises NotFound."""
    if handler_id is not None and session.get(Organisation, handler_id) is None:
        raise NotFound(what_zh="处置单位", what_en="organisation", key=handler_id)


def limit(session: Session, category_id: int) -> Limit | None:
    """Within what time incidents of a category must be closed; None: nobody has said."""
    found = session.get(IncidentLimit, category_id)
    return None if found is None else Limit(found.count, LimitUnit(found.unit))


def last_limit(session: Session, incident_id: int) -> bool:
    """Whether the limit that runs rests on known holidays."""
    limited = (IncidentStep.incident_id == incident_id, IncidentStep.due_at.is_not(None))
    found = session.scalar(select(IncidentStep).where(*limited).order_by(IncidentStep.seq.desc()).limit(1))
    return found is None or bool(found.details.get("settled", True))


def standing(session: Session, incident: Incident) -> Standing:
    """What the rules read of an incident."""
    steps = (
        select(IncidentStep).where(IncidentStep.incident_id == incident.id).order_by(IncidentStep.seq.desc())
    )
    last = session.scalar(steps.limit(1))
    held = last.from_status if last is not None and last.act == Act.SUSPEND else None
    fed_back = session.scalar(steps.where(IncidentStep.act == Act.FEEDBACK).limit(1))
    return Standing(
        State(incident.status),
        State(held) if held else None,
        incident.due_at,
        fed_back.person_id if fed_back else None,
    )


def add_step(session: Session, incident: Incident, act: Act, to: State, **said: Any) -> None:
    """Write a step; the database holds it to the table of transitions and brings the incident up to it."""
    session.add(
        IncidentStep(
            incident_id=incident.id,
            seq=incident.steps + 1,
            act=act,
            from_status=incident.status,
            to_status=to,
            **said,
        )
    )
    session.flush()
    session.refresh(incident)
