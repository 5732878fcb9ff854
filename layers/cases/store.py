"""What the acts read and write of cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, or_, select, text, update
from sqlalchemy.orm import Session

from layers import models  # noqa: F401  (a flush must know every table that a foreign key names)
from layers.cases.deadlines import Calendar, Kind, Length, NoHolidays, Unit, last_day
from layers.cases.dossier import Deadline, Document, Dossier, Outcome, Service, State, Step
from layers.cases.dossier import SiteCheck as Checked
from layers.cases.model import (
    Case,
    CaseDeadline,
    CaseOption,
    CaseRequest,
    CaseService,
    CaseStep,
    SiteCheck,
)
from layers.cases.routes import Route
from layers.errors import NotFound, Refused
from layers.places.model import Division, Organisation

__all__ = [
    "add_step",
    "check_handler",
    "check_place",
    "division_id",
    "dossier",
    "dossiers",
    "enforcement_order",
    "is_filed",
    "lock",
    "lock_request",
    "next_code",
    "open_request",
    "recount",
    "set_enforcement_order",
    "site_check",
    "zones",
]

_Row = TypeVar("_Row", CaseStep, CaseService, CaseDeadline)

# A zone counts when a tenth of the structure lies in it, as for the ranks of candidates
ZONES = """
SELECT l.name, l.kind FROM planning_areas AS l WHERE ST_Intersects(l.geom, ST_GeomFromWKB(:wkb, 4490))
AND ST_Area(ST_Intersection(l.geom, ST_GeomFromWKB(:wkb, 4490))) >= 0.1 * ST_Area(ST_GeomFromWKB(:wkb, 4490))
ORDER BY l.id
"""


def lock(session: Session, case_id: int) -> Case:
    """The case's row, locked until the transaction ends. Raises NotFound."""
    case = session.get(Case, case_id, with_for_update=True, populate_existing=True)
    if case is None:
        raise NotFound(what_zh="案件", what_en="case", key=case_id)
    return case


def lock_request(session: Session, case_id: int, request_id: int) -> CaseRequest:
    """The request's row, locked. Raises NotFound."""
    found = session.get(CaseRequest, request_id, with_for_update=True, populate_existing=True)
    if found is None or found.case_id != case_id:
        raise NotFound(what_zh="审批申请", what_en="request", key=request_id)
    return found


def site_check(session: Session, check_id: int) -> SiteCheck:
    """A site check, locked: it is filed once. Raises NotFound."""
    found = session.get(SiteCheck, check_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(what_zh="现场核查记录", what_en="site check", key=check_id)
    return found


def is_filed(session: Session, check: SiteCheck) -> str | None:
    """The number of the open case that this site check, or its building, already belongs to."""
    filed: ColumnElement[bool] = Case.id.in_(
        select(CaseStep.case_id).where(CaseStep.site_check_id == check.id, CaseStep.act == "file")
    )
    if check.illegal_building_id is not None:
        open_ = Case.status.not_in(["closed", "revoked"])
        filed = or_(filed, (Case.illegal_building_id == check.illegal_building_id) & open_)
    return session.scalar(select(Case.code).where(filed).limit(1))


def next_code(session: Session, year: int) -> str:
    """The next number of the year; whoever files at the same moment waits."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('cases'))"))
    sql = "SELECT max(CAST(substring(code FROM '[0-9]+$') AS integer)) FROM cases WHERE code ~ :pattern"
    last = session.scalar(text(sql), {"pattern": f"^AJ-{year}-[0-9]{{1,8}}$"})
    return f"AJ-{year}-{(last or 0) + 1:03d}"


def check_handler(session: Session, handler_id: int | None) -> None:
    """The organisation is there. Raises NotFound."""
    if handler_id is not None and session.get(Organisation, handler_id) is None:
        raise NotFound(what_zh="承办单位", what_en="organisation", key=handler_id)


def check_place(session: Session, lon: float, lat: float) -> None:
    """The place (EPSG:4490) lies in the district. Raises Refused: coordinates are swapped or of another system."""
    sql = "SELECT EXISTS (SELECT FROM divisions WHERE ST_Intersects(geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)))"
    if not session.scalar(text(sql), {"lon": lon, "lat": lat}):
        raise Refused(
            reason_zh=f"地点（{lon}，{lat}）不在本辖区内。请核对经纬度次序与坐标系（CGCS2000）。",
            reason_en=f"The place ({lon}, {lat}) lies outside the district. Check the order (longitude, latitude) and the "
            "reference system (CGCS2000).",
        )


def division_id(session: Session, code: str | None) -> int | None:
    """The key of a division by its code."""
    if code is None:
        return None
    return session.scalar(select(Division.id).where(Division.code == code))


def open_request(session: Session, case_id: int) -> CaseRequest | None:
    """The request on a case that waits for an answer."""
    return session.scalar(
        select(CaseRequest).where(CaseRequest.case_id == case_id, CaseRequest.decided_at.is_(None))
    )


def zones(session: Session, wkb: bytes) -> list[tuple[str, str]]:
    """Name and kind of the planning areas that a shape (EPSG:4490) lies in."""
    return [(row.name, row.kind) for row in session.execute(text(ZONES), {"wkb": wkb})]


def dossier(session: Session, case: Case) -> Dossier:
    """Everything the rules read of a case."""
    return dossiers(session, {case.id: case.route})[case.id]


def dossiers(session: Session, routes: Mapping[int, str]) -> dict[int, Dossier]:
    """Everything the rules read of these cases, in four questions however many they are; given by id and route."""
    own = list(routes)
    steps = _by_case(
        session.scalars(
            select(CaseStep).where(CaseStep.case_id.in_(own)).order_by(CaseStep.case_id, CaseStep.seq)
        )
    )
    services = _by_case(
        session.scalars(select(CaseService).where(CaseService.case_id.in_(own)).order_by(CaseService.id))
    )
    deadlines = _by_case(
        session.scalars(select(CaseDeadline).where(CaseDeadline.case_id.in_(own)).order_by(CaseDeadline.id))
    )
    stepped = {each.site_check_id: each.case_id for rows in steps.values() for each in rows}
    checks: dict[int, list[Checked]] = defaultdict(list)
    for each in session.scalars(
        select(SiteCheck)
        .where(SiteCheck.case_id.in_(own) | SiteCheck.id.in_([key for key in stepped if key is not None]))
        .order_by(SiteCheck.id)
    ):
        for case_id in {each.case_id, stepped.get(each.id)} - {None}:
            assert case_id is not None
            checks[case_id].append(Checked(each.id, each.conclusion, each.checked_at))
    return {
        case_id: Dossier(
            route=Route(route),
            steps=tuple(_step(each) for each in steps[case_id]),
            services=tuple(_service(each) for each in services[case_id]),
            deadlines=tuple(_deadline(each) for each in deadlines[case_id]),
            checks=tuple(checks[case_id]),
        )
        for case_id, route in routes.items()
    }


def add_step(
    session: Session,
    case: Case,
    step: Step,
    outcome: Outcome,
    deadlines: Iterable[Deadline],
    legal_basis: str,
) -> None:
    """Write a step with all that it leaves behind; the trigger holds it to the table of transitions."""
    session.add(
        CaseStep(
            case_id=case.id, seq=step.seq, act=step.act, from_status=step.before, to_status=step.after, at=step.at,
            person_id=step.person_id, approver_id=step.approver_id, reason=step.reason, legal_basis=legal_basis,
            details=dict(step.details), site_check_id=outcome.site_check_id,
        )
    )  # fmt: skip
    session.flush()
    if each := outcome.service:
        session.add(
            CaseService(
                case_id=case.id, step_seq=step.seq, issued_seq=each.issued_seq, document=each.document,
                method=each.method, served_on=each.served_on, effective_on=each.effective_on, receiver=each.receiver,
            )
        )  # fmt: skip
        session.flush()
    _add_deadlines(session, case.id, deadlines)
    for name, value in outcome.changes.items():
        setattr(case, name, value)
    case.status, case.steps = step.after, step.seq
    session.flush()
    session.refresh(case)


def recount(session: Session, calendar: Calendar) -> int:
    """Count periods again that rested on a year without data, where it is known now; how many."""
    newest = select(func.max(CaseDeadline.id)).group_by(CaseDeadline.case_id, CaseDeadline.kind)
    waiting = session.scalars(
        select(CaseDeadline)
        .where(~CaseDeadline.settled, CaseDeadline.id.in_(newest))
        .order_by(CaseDeadline.id)
    ).all()
    counted = 0
    for each in waiting:
        old = _deadline(each)
        try:
            ends_on = last_day(old.counted_from, old.length, calendar)
        except NoHolidays:
            continue
        _add_deadlines(
            session,
            each.case_id,
            [Deadline(old.kind, old.counted_from, old.length, ends_on, True, old.step_seq, old.basis)],
        )
        counted += 1
    return counted


def enforcement_order(session: Session) -> str:
    """Whether announcement or demand comes first here."""
    return session.scalar(select(CaseOption.enforcement_order)) or "either"


def set_enforcement_order(session: Session, order: str) -> None:
    """Write the bureau's practice down."""
    session.execute(update(CaseOption).values(enforcement_order=order))


def _add_deadlines(session: Session, case_id: int, deadlines: Iterable[Deadline]) -> None:
    for each in deadlines:
        session.add(
            CaseDeadline(
                case_id=case_id, kind=each.kind, step_seq=each.step_seq, counted_from=each.counted_from,
                count=each.length.count, unit=each.length.unit, moves=each.length.moves, ends_on=each.ends_on,
                settled=each.settled, basis=each.basis,
            )
        )  # fmt: skip
    session.flush()


def _by_case(rows: Iterable[_Row]) -> dict[int, list[_Row]]:
    found: dict[int, list[_Row]] = defaultdict(list)
    for each in rows:
        found[each.case_id].append(each)
    return found


def _service(row: CaseService) -> Service:
    return Service(
        Document(row.document), row.issued_seq, row.method, row.served_on, row.effective_on, row.receiver
    )


def _step(row: CaseStep) -> Step:
    before = State(row.from_status) if row.from_status else None
    at: datetime = row.at
    details: dict[str, Any] = row.details
    return Step(
        row.seq,
        row.act,
        before,
        State(row.to_status),
        at,
        row.person_id,
        row.approver_id,
        row.reason,
        details,
    )


def _deadline(row: CaseDeadline) -> Deadline:
    length = Length(row.count, Unit(row.unit), row.moves)
    return Deadline(
        Kind(row.kind), row.counted_from, length, row.ends_on, row.settled, row.step_seq, row.basis
    )
