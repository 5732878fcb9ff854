"""What people do with cases. Each act is one transaction of the caller; the clock is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import shapely
from geoalchemy2.shape import from_shape, to_shape
from sqlalchemy.orm import Session

from layers.alarms import tell as alarms
from layers.buildings.model import IllegalBuilding
from layers.cases import consequence, effects, given, holidays, routes, rules, store
from layers.cases.consequence import Consequence
from layers.cases.dossier import Act, Dossier, Outcome, Step
from layers.cases.dossier import SiteCheck as Checked
from layers.cases.given import Given
from layers.cases.model import Case, CaseRequest, SiteCheck
from layers.cases.needs import ORDERS, Asker, Moment
from layers.cases.routes import Decision, Route
from layers.database import SRID
from layers.errors import Conflict, NotFound, Refused
from layers.people.actions import SignedIn
from layers.people.rules import Role, require
from layers.places import where
from layers.timezone import day_of

__all__ = [
    "Foreseen",
    "act",
    "answer",
    "ask",
    "check_site",
    "file",
    "foresee",
    "foresee_filing",
    "load_holidays",
    "moment",
    "propose",
    "set_order",
]


ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Foreseen:
    """A filing before it is done: the proposal, name and kind of the planning areas, the consequence."""

    proposal: routes.Proposal
    areas: list[tuple[str, str]]
    consequence: Consequence


def moment(session: Session, now: datetime) -> Moment:
    """The setting in which the rules are asked."""
    return Moment(now, holidays.calendar(session), store.enforcement_order(session))


def check_site(  # noqa: PLR0913
    session: Session,
    person: SignedIn,
    *,
    source: str,
    conclusion: str,
    checked_at: datetime,
    now: datetime,
    place: tuple[float, float] | None = None,
    illegal_building_id: int | None = None,
    case_id: int | None = None,
    area_m2: Decimal | None = None,
    measured: Mapping[str, Any] | None = None,
    note: str | None = None,
    client_id: UUID | None = None,
) -> int:
    """Record that somebody was there; the number of the record, which is never changed.

    ``measured``: further columns of the record by name (metres, storeys, use, material).
    ``place`` is lon, lat in EPSG:4490; without one it is the building's or the case's. A suspected building that is
    none is dismissed. Raises NotAllowed, NotFound, Refused.
    """
    require(person.roles, rules.CHECKERS, act_zh="登记现场核查", act_en="record site checks")
    if checked_at > now:
        raise Refused(
            reason_zh="核查时间不能晚于现在。", reason_en="The site check lies in the future; check its time."
        )
    case = store.lock(session, case_id) if case_id is not None else None
    if case is not None and illegal_building_id is None:
        illegal_building_id = case.illegal_building_id
    building = _building(session, illegal_building_id)
    if place is not None:
        store.check_place(session, *place)
        geom = from_shape(shapely.Point(place), SRID)
    elif building is not None:
        geom = from_shape(to_shape(building.geom).representative_point(), SRID)
    elif case is not None:
        geom = case.geom
    else:
        raise Refused(
            reason_zh="请给出核查地点，或所核查的违法建设。",
            reason_en="Give the place of the site check, or the illegal building that was checked.",
        )
    check = SiteCheck(
        source=source, illegal_building_id=illegal_building_id, case_id=case_id, conclusion=conclusion,
        checked_at=checked_at, person_id=person.id, area_m2=area_m2, note=(note or "").strip() or None, geom=geom,
        client_id=client_id, **measured or {},
    )  # fmt: skip
    session.add(check)
    if building is not None and building.status == "to_check" and conclusion == "no_violation":
        building.status = "dismissed"
    session.flush()
    if building is not None:
        alarms.tell(session, [building.id])
    return check.id


def file(session: Session, person: SignedIn, said: Given, *, now: datetime) -> Case:
    """File a case on a site check: the only door, whether it began with a flight, a patrol, a call or a petition.

    The route is proposed from where the structure lies; another one takes a reason.
    Raises NotAllowed, NotFound, Refused.
    """
    asker, at = Asker(person.id, person.roles), moment(session, now)
    rules.check(Dossier(), Act.FILE, asker, at)
    given.check_words(Act.FILE, said)
    check = store.site_check(session, said.site_check_id or 0)
    _not_filed_yet(session, check)
    store.check_handler(session, said.handler_id)
    proposal = propose(session, check, said)
    said, why = _route(said, proposal)
    seen = Dossier(checks=(Checked(check.id, check.conclusion, check.checked_at),))
    dossier, step, left = effects.done(seen, Act.FILE, asker, said, at)
    building = _building(session, check.illegal_building_id)
    point = to_shape(building.geom if building else check.geom).representative_point()
    place = where.at(session, point.x, point.y)
    division = place["division"]["code"] if place["division"] else None
    assert dossier.route is not None
    case = Case(
        code=store.next_code(session, step.day.year),
        title=said.said()["title"],
        status=step.after,
        route=dossier.route,
        party_name=said.said().get("party_name"),
        filed_on=step.day,
        illegal_building_id=check.illegal_building_id,
        handler_id=said.handler_id,
        division_id=building.division_id if building else store.division_id(session, division),
        geom=from_shape(point, SRID),
        steps=0,
    )
    session.add(case)
    session.flush()
    step = replace(step, details={**step.details, "proposed": proposal.route.value, "why": why})
    _keep(session, case, dossier, step, left, at)
    if building is not None:
        building.status = "filed"
        session.flush()
    return case


def act(
    session: Session, person: SignedIn, case_id: int, wanted: Act, said: Given, *, version: int, now: datetime
) -> Case:
    """Do an act on the version that was seen. What needs an approval is asked for (``ask``) instead.

    Raises NotAllowed, NotFound, Conflict, Refused.
    """
    if wanted is Act.FILE or rules.RULES[wanted].approver:
        raise Refused(
            reason_zh="该步骤须另行申请，由他人审批。" if wanted is not Act.FILE else "立案请使用立案入口。",
            reason_en="This act is asked for and granted by somebody else."
            if wanted is not Act.FILE
            else "A case is filed at its own door.",
        )
    case = _open(session, case_id, version)
    at = moment(session, now)
    dossier, step, left = effects.done(
        store.dossier(session, case), wanted, Asker(person.id, person.roles), said, at
    )
    _keep(session, case, dossier, step, left, at)
    _tell_building(session, case, dossier, wanted)
    return case


def ask(
    session: Session, person: SignedIn, case_id: int, wanted: Act, said: Given, *, version: int, now: datetime
) -> int:
    """Ask for an extension, a return, a revocation or a hold; the number of the request.

    Raises NotAllowed, NotFound, Conflict, Refused (not possible now, or another request waits).
    """
    if not rules.RULES[wanted].approver:
        raise Refused(reason_zh="该步骤无需审批。", reason_en="This act takes no approval.")
    case = _open(session, case_id, version)
    at, asker = moment(session, now), Asker(person.id, person.roles)
    dossier = store.dossier(session, case)
    rules.check(dossier, wanted, asker, at)
    effects.outcome(dossier, wanted, said, at)
    if store.open_request(session, case_id) is not None:
        raise Refused(
            reason_zh="本案已有待审批的申请，请等待审批结果。",
            reason_en="A request on this case is waiting already; wait for its answer.",
        )
    request = CaseRequest(
        case_id=case_id,
        act=wanted,
        reason=said.said()["reason"],
        days=said.days,
        asked_by=person.id,
        asked_at=now,
    )
    session.add(request)
    session.flush()
    return request.id


def answer(
    session: Session, person: SignedIn, case_id: int, request_id: int, *, granted: bool, note: str | None,
    version: int, now: datetime,
) -> Case:  # fmt: skip
    """Grant a request, which does the act in the name of who asked, or refuse it.

    Raises NotAllowed, NotFound, Conflict, Refused (who asked cannot answer; answered already; no longer possible).
    """
    case = _open(session, case_id, version)
    request = store.lock_request(session, case_id, request_id)
    rules.check_approver(request.asked_by, Asker(person.id, person.roles))
    if request.decided_at is not None:
        raise Refused(reason_zh="该申请已经审批过。", reason_en="This request has been answered.")
    request.granted, request.decided_by, request.decided_at = granted, person.id, now
    request.note = (note or "").strip() or None
    session.flush()
    if not granted:
        return case
    wanted, at = Act(request.act), moment(session, now)
    # who asked was allowed to when asking
    asker = Asker(request.asked_by, rules.RULES[wanted].roles)
    said = Given(reason=request.reason, days=request.days)
    dossier, step, left = effects.done(
        store.dossier(session, case), wanted, asker, said, at, approver_id=person.id
    )
    _keep(session, case, dossier, step, left, at)
    _tell_building(session, case, dossier, wanted)
    return case


def propose(session: Session, check: SiteCheck, said: Given) -> routes.Proposal:
    """The route for what was checked, from the planning areas where it lies."""
    building = _building(session, check.illegal_building_id)
    return routes.propose(
        {kind for _, kind in _zones(session, check, building)},
        building=building is not None or said.route not in {None, Route.APPEARANCE},
        temporary=bool(said.temporary),
        dwelling=bool(said.dwelling),
    )


def foresee(
    session: Session, person: SignedIn, case_id: int, wanted: Act, said: Given, *, version: int, now: datetime
) -> Consequence:
    """What an act, or the request for it once granted, would leave behind; nothing is written.

    Raises NotAllowed, NotFound, Conflict, Refused: the same that doing it would.
    """
    if wanted is Act.FILE:
        raise Refused(reason_zh="立案请使用立案入口。", reason_en="A case is filed at its own door.")
    case = _open(session, case_id, version)
    asker, at = Asker(person.id, person.roles), moment(session, now)
    return consequence.foresee(store.dossier(session, case), wanted, asker, said, at)


def foresee_filing(session: Session, person: SignedIn, said: Given, *, now: datetime) -> Foreseen:
    """The route proposed for a site check, where it lies, and what filing would leave behind.

    Without a route in ``said`` the proposed one is taken. Raises NotAllowed, NotFound, Refused.
    """
    check = store.site_check(session, said.site_check_id or 0)
    _not_filed_yet(session, check)
    proposal = propose(session, check, said)
    areas = _zones(session, check, _building(session, check.illegal_building_id))
    said = replace(said, route=said.route or proposal.route.value, title=said.title or "—")  # decides nothing
    seen = Dossier(checks=(Checked(check.id, check.conclusion, check.checked_at),))
    at = moment(session, now)
    left = consequence.foresee(seen, Act.FILE, Asker(person.id, person.roles), said, at)
    return Foreseen(proposal, areas, left)


def set_order(session: Session, person: SignedIn, order: str) -> None:
    """Say whether announcement or demand comes first in this bureau. Raises NotAllowed, Refused."""
    require(
        person.roles,
        ADMINISTRATORS,
        act_zh="设定强制执行次序",
        act_en="set the order of enforcement",
    )
    if order not in ORDERS:
        raise Refused(reason_zh="次序无效。", reason_en="There is no such order.")
    store.set_enforcement_order(session, order)


def load_holidays(
    session: Session, notice: Path | bytes, person: SignedIn | None = None
) -> tuple[list[int], int]:
    """Load years of days off and count the periods again that waited for them; the years, and how many periods.

    ``person``: who asks for it over HTTP; None is whoever has the command line. Raises NotAllowed, Refused; then
    nothing is changed.
    """
    if person is not None:
        require(person.roles, ADMINISTRATORS, act_zh="导入放假安排", act_en="load holidays")
    years = holidays.read(notice)
    holidays.load(session, years)
    return sorted(years), store.recount(session, holidays.calendar(session))


def _open(session: Session, case_id: int, version: int) -> Case:
    case = store.lock(session, case_id)
    if case.version != version:
        raise Conflict(what_zh="案件", what_en="case")
    return case


def _building(session: Session, building_id: int | None) -> IllegalBuilding | None:
    if building_id is None:
        return None
    found = session.get(
        IllegalBuilding, building_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if found is None:
        raise NotFound(what_zh="违法建设", what_en="illegal building", key=building_id)
    return found


def _zones(session: Session, check: SiteCheck, building: IllegalBuilding | None) -> list[tuple[str, str]]:
    shape = to_shape(building.geom if building else check.geom)
    return store.zones(session, shapely.to_wkb(shape))


def _not_filed_yet(session: Session, check: SiteCheck) -> None:
    if code := store.is_filed(session, check):
        raise Refused(
            reason_zh=f"该核查或该违法建设已立案（{code}），不能重复立案。",
            reason_en=f"This site check or building has been filed already, as case {code}.",
        )


def _route(said: Given, proposal: routes.Proposal) -> tuple[Given, str]:
    """What was said with the route that holds, and why it was proposed; another takes a reason."""
    if said.route is None or said.route == proposal.route:
        return replace(said, route=proposal.route.value), proposal.why.zh
    if said.route not in set(Route):
        raise Refused(reason_zh="没有这种适用条款。", reason_en="There is no such article.")
    if not said.said().get("reason"):
        raise Refused(
            reason_zh=f"建议适用条款为“{proposal.route}”（{proposal.why.zh}）；改用其他条款须写明理由。",
            reason_en=f"The article proposed is {proposal.route} ({proposal.why.en}); another one takes a reason.",
        )
    return said, proposal.why.zh


def _keep(session: Session, case: Case, dossier: Dossier, step: Step, left: Outcome, at: Moment) -> None:
    assert dossier.route is not None
    legal = rules.basis(Act(step.act), dossier.route)
    store.add_step(session, case, step, left, effects.counted(left, step.seq, at.calendar), legal.zh)


def _tell_building(session: Session, case: Case, dossier: Dossier, done: Act) -> None:
    """The illegal building goes with its case."""
    building = _building(session, case.illegal_building_id)
    if building is None:
        return
    if done is Act.DECIDE and dossier.decision is Decision.DEMOLISH:
        building.status = "ordered"
    elif done is Act.PERFORM and dossier.decision is Decision.DEMOLISH:
        seen = max(each.checked_at for each in dossier.checks if each.conclusion == "demolished")
        building.status, building.demolished_on = "demolished", day_of(seen)
    elif done is Act.REVOKE and building.status in {"filed", "ordered"}:
        building.status = "to_check"
    session.flush()
    alarms.tell(session, [building.id])
