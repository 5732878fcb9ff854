"""What people do with incidents. Each act is one transaction of the caller; the clock is given."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.cases import holidays
from layers.database import SRID
from layers.errors import Conflict, Refused
from layers.incidents import photographs, rules, store
from layers.incidents.codes import GRADES
from layers.incidents.limits import Limit, LimitUnit, due
from layers.incidents.model import Incident, IncidentRequest, IncidentStep
from layers.incidents.rules import Act, Asker, State
from layers.layer import Text
from layers.people.actions import SignedIn
from layers.people.rules import require
from layers.timezone import SHANGHAI

__all__ = ["WORDS", "Report", "Said", "act", "answer", "ask", "new", "report"]

WORDS: dict[str, Text] = {
    "handler_id": Text("处置单位", "Handled by"),
    "note": Text("说明", "Note"),
    "reason": Text("理由", "Reason"),
    "count": Text("延长数量", "How much longer"),
    "grade": Text("评价", "Grade"),
}
"""What is given with an act."""
MOST_UNITS = 1000


@dataclass(frozen=True)
class Said:
    """What was said with an act; which of it an act takes stands in the rules."""

    handler_id: int | None = None
    note: str | None = None
    reason: str | None = None
    count: int | None = None
    grade: str | None = None


@dataclass(frozen=True)
class Report:
    """What is reported: place in EPSG:4490. ``key`` is the sender's own number of the request."""

    category: str
    source: str
    lon: float
    lat: float
    description: str | None = None
    address: str | None = None
    key: UUID | None = None
    photographs: tuple[int, ...] = ()


def report(session: Session, person: SignedIn, said: Report, *, now: datetime) -> Incident:
    """Take an incident in. The same ``key`` again gives the same incident.

    Raises NotAllowed, NotFound (no such category), Refused (not in the district; photographs of somebody else).
    """
    require(person.roles, rules.REPORTERS, act_zh="登记事部件", act_en="report incidents")
    made = new(session, said, now=now)
    photographs.attach(session, person, made.id, said.photographs)
    return made


def new(session: Session, said: Report, *, now: datetime) -> Incident:
    """The same for a report from outside, whose sender the door has checked."""
    day = now.astimezone(SHANGHAI)
    code = store.next_code(session, day.year)  # first, since whoever repeats himself waits here
    known = store.by_key(session, said.key) if said.key is not None else None
    if known is not None:
        return known
    category_id = store.category(session, said.category, day)
    where = store.place(session, said.lon, said.lat)
    made = Incident(
        code=code,
        kind="component" if said.category < "06" else "event",  # 01 to 05 are components (GB/T 30428.2)
        category_id=category_id,
        source=said.source,
        status=State.ACCEPTED,
        description=_given(said.description),
        address=_given(said.address),
        accepted_at=now,
        geom=from_shape(shapely.Point(said.lon, said.lat), SRID),
        request_key=said.key,
        **where,
    )
    session.add(made)
    session.flush()
    session.refresh(made)
    return made


def act(
    session: Session, person: SignedIn, incident_id: int, wanted: Act, said: Said, *, version: int, now: datetime,
    key: UUID | None = None,
) -> Incident:  # fmt: skip
    """Do an act on the version that was seen; with the same ``key`` again nothing is done.

    What needs an approval is asked for (``ask``) instead. Raises NotAllowed, NotFound, Conflict, Refused.
    """
    if rules.RULES[wanted].approver:
        raise Refused(
            reason_zh="该步骤须另行申请，由他人审批。",
            reason_en="This act is asked for and granted by somebody else.",
        )
    incident = store.lock(session, incident_id)
    if key is not None and store.done_before(session, incident_id, wanted, key):
        return incident
    _check_version(incident, version)
    asker = Asker(person.id, person.roles)
    state = rules.check(store.standing(session, incident), wanted, asker, now)
    words = _words(session, wanted, said)
    _step(session, incident, wanted, state, words, now=now, person_id=person.id, request_key=key)
    return incident


def ask(
    session: Session,
    person: SignedIn,
    incident_id: int,
    wanted: Act,
    said: Said,
    *,
    version: int,
    now: datetime,
) -> int:
    """Ask for an extension, a return, a voiding or a hold; the number of the request.

    Raises NotAllowed, NotFound, Conflict, Refused (not possible now, or another request waits).
    """
    if not rules.RULES[wanted].approver:
        raise Refused(reason_zh="该步骤无需审批。", reason_en="This act takes no approval.")
    incident = store.lock(session, incident_id)
    _check_version(incident, version)
    rules.check(store.standing(session, incident), wanted, Asker(person.id, person.roles), now)
    words = _words(session, wanted, said)
    if store.open_request(session, incident_id) is not None:
        raise Refused(
            reason_zh="本案已有待审批的申请，请等待审批结果。",
            reason_en="A request on this incident is waiting already; wait for its answer.",
        )
    request = IncidentRequest(
        incident_id=incident_id, act=wanted, reason=words["reason"], count=words.get("count"), asked_by=person.id,
        asked_at=now,
    )  # fmt: skip
    session.add(request)
    session.flush()
    return request.id


def answer(
    session: Session, person: SignedIn, incident_id: int, request_id: int, *, granted: bool, note: str | None,
    version: int, now: datetime,
) -> Incident:  # fmt: skip
    """Grant a request, which does the act in the name of who asked, or refuse it.

    Raises NotAllowed, NotFound, Conflict, Refused (who asked cannot answer; answered already; no longer possible).
    """
    incident = store.lock(session, incident_id)
    _check_version(incident, version)
    request = store.lock_request(session, incident_id, request_id)
    rules.check_approver(request.asked_by, Asker(person.id, person.roles))
    if request.decided_at is not None:
        raise Refused(reason_zh="该申请已经审批过。", reason_en="This request has been answered.")
    request.granted, request.decided_by, request.decided_at = granted, person.id, now
    request.note = _given(note)
    session.flush()
    if not granted:
        return incident
    wanted = Act(request.act)
    # who asked was allowed to, and in time, when asking
    asker = Asker(request.asked_by, rules.RULES[wanted].roles)
    state = rules.check(store.standing(session, incident), wanted, asker, request.asked_at)
    words: dict[str, Any] = {"reason": request.reason}
    if request.count is not None:
        words["count"] = request.count
    _step(
        session, incident, wanted, state, words, now=now, person_id=request.asked_by, approver_id=person.id
    )  # fmt: skip
    return incident


def _step(
    session: Session, incident: Incident, wanted: Act, state: State, words: dict[str, Any], *, now: datetime,
    **who: Any,
) -> None:  # fmt: skip
    """Write the step with the limit that it sets."""
    details: dict[str, Any] = {name: words[name] for name in ("note", "count", "grade") if name in words}
    limit = store.limit(session, incident.category_id)
    due_at = None
    if wanted is Act.FILE and limit is not None:
        time = due(now, limit, holidays.calendar(session))
        due_at, details = time.at, details | {"settled": time.settled}
    elif wanted is Act.EXTEND and incident.due_at is not None:
        more = Limit(words["count"], limit.unit if limit else LimitUnit.HOURS)
        time = due(incident.due_at, more, holidays.calendar(session))
        due_at, details = time.at, details | {"settled": time.settled}
    elif wanted is Act.RESUME and incident.due_at is not None:
        # our reading: a limit stands still while an incident is on hold
        due_at = incident.due_at + (now - _held_since(session, incident))
    store.add_step(
        session, incident, wanted, state, at=now, reason=words.get("reason"), due_at=due_at,
        handler_id=words.get("handler_id"), details=details, **who,
    )  # fmt: skip


def _held_since(session: Session, incident: Incident) -> datetime:
    """When it was put on hold, which was its last step."""
    last = (IncidentStep.incident_id == incident.id, IncidentStep.seq == incident.steps)
    return session.scalars(select(IncidentStep.at).where(*last)).one()


def _check_version(incident: Incident, version: int) -> None:
    if incident.version != version:
        raise Conflict(what_zh="案件", what_en="incident")


def _words(session: Session, wanted: Act, said: Said) -> dict[str, Any]:
    """What was said, trimmed: everything that the act takes is there, and nothing that it does not. Raises Refused."""
    rule = rules.RULES[wanted]
    trimmed: dict[str, Any] = {
        name: _given(each) if isinstance(each, str) else each for name, each in asdict(said).items()
    }
    given = {name: each for name, each in trimmed.items() if each is not None}
    for name in rule.takes:
        if name not in given:
            words = WORDS[name]
            raise Refused(
                reason_zh=f"“{rule.title.zh}”须填写：{words.zh}。",
                reason_en=f"To {rule.title.en}, give: {words.en}.",
            )
    for name in given:
        if name not in {*rule.takes, *rule.may_take}:
            words = WORDS[name]
            raise Refused(
                reason_zh=f"“{rule.title.zh}”不需要“{words.zh}”。",
                reason_en=f"To {rule.title.en}, “{words.en}” is not asked for.",
            )
    if "count" in given and not 0 < given["count"] <= MOST_UNITS:
        raise Refused(
            reason_zh=f"延长数量应在 1 到 {MOST_UNITS} 之间。",
            reason_en=f"The extension must be between 1 and {MOST_UNITS} units.",
        )
    if "grade" in given and given["grade"] not in {each.value for each in GRADES}:
        raise Refused(reason_zh="没有这种评价等级。", reason_en="There is no such grade.")
    store.check_handler(session, given.get("handler_id"))
    return given


def _given(words: str | None) -> str | None:
    return (words or "").strip() or None
