"""What the doors show of a case: everything that happened, what is possible now, and why the rest is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.alarms import shown as alarms
from layers.cases import rules, store, words
from layers.cases.consequence import Consequence, foresee
from layers.cases.deadlines import Kind, Light, light, working_days_left
from layers.cases.dossier import Act, Deadline, Document, Dossier, State
from layers.cases.given import WORDS, Given
from layers.cases.model import Case
from layers.cases.needs import Asker, Moment
from layers.cases.turn import whose
from layers.errors import NotAllowed, NotFound, Refused
from layers.fields import ENFORCERS
from layers.layer import Text
from layers.people.rules import Role
from layers.places.where import township_sql

__all__ = [
    "CHECK", "FROM_CHECKS", "SHOWN", "consequence", "deadline", "get", "granting", "hidden", "light_of", "next_of",
    "open_deadlines", "running", "site_check", "site_checks",
]  # fmt: skip

SHOWN = """
SELECT c.id, c.code, c.title, c.status, c.route, c.party_name, c.filed_on, c.reviewed_on, c.decided_on, c.closed_on,
       c.fine_yuan, c.version, c.synthetic, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat,
       CASE WHEN b.id IS NOT NULL THEN jsonb_build_object('id', b.id, 'code', b.code) END AS illegal_building,
       CASE WHEN d.id IS NOT NULL THEN jsonb_build_object('code', d.code, 'name', d.name) END AS division,
       o.name AS handler
FROM cases AS c
LEFT JOIN illegal_buildings AS b ON b.id = c.illegal_building_id
LEFT JOIN divisions AS d ON d.id = c.division_id
LEFT JOIN organisations AS o ON o.id = c.handler_id
"""
_STEPS = """
SELECT s.seq, s.act, s.from_status, s.to_status, s.at, p.display_name AS by, a.display_name AS approver, s.reason,
       s.legal_basis, s.details
FROM case_steps AS s LEFT JOIN people AS p ON p.id = s.person_id LEFT JOIN people AS a ON a.id = s.approver_id
WHERE s.case_id = :id ORDER BY s.seq
"""
_SERVICES = """
SELECT document, method, served_on, effective_on, receiver, step_seq FROM case_services WHERE case_id = :id ORDER BY id
"""
CHECK = f"""
c.id, c.source, c.conclusion, c.checked_at, p.display_name AS by, c.area_m2, c.note, c.case_id,
       c.illegal_building_id, b.code AS building_code, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat,
       {township_sql("c.geom", "name")} AS division
"""
FROM_CHECKS = """
FROM site_checks AS c LEFT JOIN people AS p ON p.id = c.person_id
LEFT JOIN illegal_buildings AS b ON b.id = c.illegal_building_id
"""
_CHECKS = f"SELECT {CHECK} {FROM_CHECKS}"
_OF_CASE = """
WHERE c.case_id = :id OR c.id IN (SELECT site_check_id FROM case_steps WHERE case_id = :id) ORDER BY c.id
"""
_UNFILED = """
WHERE c.conclusion = 'violation' AND c.case_id IS NULL
  AND NOT EXISTS (SELECT FROM case_steps AS s WHERE s.site_check_id = c.id)
  AND NOT EXISTS (SELECT FROM cases AS k WHERE k.illegal_building_id = c.illegal_building_id
                  AND k.status NOT IN ('closed', 'revoked'))
  AND (CAST(:building AS bigint) IS NULL OR c.illegal_building_id = :building)
ORDER BY c.id DESC LIMIT 200
"""
_REQUESTS = """
SELECT r.id, r.act, r.reason, r.days, p.display_name AS asked_by, r.asked_at, a.display_name AS decided_by, r.decided_at,
       r.granted, r.note, r.asked_by AS asker
FROM case_requests AS r JOIN people AS p ON p.id = r.asked_by LEFT JOIN people AS a ON a.id = r.decided_by
WHERE r.case_id = :id ORDER BY r.id
"""
# What tells of the party; other staff see that it was said, and not what
_PERSONAL = {"party_name", "receiver", "note"}
_BEFORE = Text("存量案件", "on record before")


def get(session: Session, case_id: int, asker: Asker, at: Moment) -> dict[str, Any]:
    """One case with steps, services, site checks, periods, requests and acts. Raises NotFound."""
    key = {"id": case_id}
    row = session.execute(text(f"{SHOWN} WHERE c.id = :id"), key).mappings().one_or_none()
    if row is None:
        raise NotFound(what_zh="案件", what_en="case", key=case_id)
    dossier = store.dossier(session, session.get_one(Case, case_id))
    asked = session.execute(text(_REQUESTS), key).mappings().all()
    waiting = next((each for each in asked if each["decided_at"] is None), None)
    return {
        **hidden(row, asker),
        **next_of(dossier, at, asked=waiting is not None),
        "steps": [_step(each, asker) for each in session.execute(text(_STEPS), key).mappings()],
        "services": [hidden(each, asker) for each in session.execute(text(_SERVICES), key).mappings()],
        "site_checks": [dict(each) for each in session.execute(text(_CHECKS + _OF_CASE), key).mappings()],
        "flights": alarms.of_case(session, case_id),
        "requests": [{name: value for name, value in each.items() if name != "asker"} for each in asked],
        "waiting": granting(dossier, waiting, asker, at) if waiting else None,
        "deadlines": [deadline(each, at) for each in open_deadlines(dossier)],
        "acts": [_act(dossier, each, asker, at) for each in _nearest_first(dossier)],
    }


def site_checks(session: Session, illegal_building: int | None = None) -> list[dict[str, Any]]:
    """Site checks that found a violation and are not filed yet, newest first; at one building, or at all."""
    found = session.execute(text(_CHECKS + _UNFILED), {"building": illegal_building})
    return [dict(each) for each in found.mappings()]


def site_check(session: Session, check_id: int) -> dict[str, Any]:
    """One site check."""
    return dict(session.execute(text(f"{_CHECKS} WHERE c.id = :id"), {"id": check_id}).mappings().one())


def open_deadlines(dossier: Dossier) -> list[Deadline]:
    """The periods that still matter: none once a case is closed, no duty that is fulfilled."""
    if dossier.state in {None, State.CLOSED, State.REVOKED}:
        return []
    fulfilled = {
        Kind.DECISION: dossier.last(Act.DECIDE) is not None,
        Kind.HEARING: dossier.last(Act.REVIEW) is not None,
        Kind.SERVICE: dossier.served(Document.DECISION) is not None,
        Kind.COURT: dossier.last(Act.APPLY_COURT) is not None or dossier.last(Act.PERFORM) is not None,
    }
    found = (dossier.deadline(kind) for kind in Kind if not fulfilled.get(kind, False))
    return sorted((each for each in found if each is not None), key=lambda each: each.ends_on)


def running(dossier: Dossier, at: Moment) -> list[Deadline]:
    """The open periods without those of the party that are over: the earliest is what a case waits for."""
    return [each for each in open_deadlines(dossier) if light_of(each, at) is not Light.OVER]


def next_of(dossier: Dossier, at: Moment, *, asked: bool) -> dict[str, Any]:
    """The period that ends first, and whose turn it is."""
    first = next(iter(running(dossier, at)), None)
    turn = whose(dossier, at, asked=asked)
    return {
        "next_deadline": deadline(first, at) if first else None,
        "turn": {"who": turn.who, "title": rules.RULES[turn.act].title if turn.act else None},
    }


def hidden(row: Any, asker: Asker) -> dict[str, Any]:
    """Without what is personal, for those who are no officers."""
    if _sees_people(asker.roles):
        return dict(row)
    return {name: None if name in _PERSONAL else value for name, value in row.items()}


def consequence(each: Consequence, at: Moment) -> dict[str, Any]:
    """What an act would leave behind."""
    return {
        "before": each.before,
        "after": each.after,
        "basis": each.basis,
        "opens": [deadline(period, at) for period in each.opens],
        "effective_on": each.effective_on,
        "approver": each.approver,
    }


def granting(dossier: Dossier, row: Mapping[Any, Any], asker: Asker, at: Moment) -> dict[str, Any]:
    """What granting a request would do, or why it cannot be granted any more; and whether this person may."""
    act = Act(row["act"])
    # who asked was allowed to when asking
    who = Asker(row["asker"], rules.RULES[act].roles)
    foreseen: Consequence | None = None
    refused: NotAllowed | Refused | None = None
    try:
        foreseen = foresee(dossier, act, who, Given(reason=row["reason"], days=row["days"]), at)
    except (NotAllowed, Refused) as why:
        refused = why
    return {
        "request_id": row["id"],
        "title": rules.RULES[act].title,
        "consequence": None if foreseen is None else consequence(foreseen, at),
        "why_not": {"zh": refused.message_zh, "en": refused.message_en} if refused else None,
        "may_answer": row["asker"] != asker.id and bool(asker.roles & rules.APPROVERS),
        "mine": row["asker"] == asker.id,
    }


def _step(row: Any, asker: Asker) -> dict[str, Any]:
    details = row["details"]
    if not _sees_people(asker.roles):
        details = {name: value for name, value in details.items() if name not in _PERSONAL}
    known = set(Act)
    title = rules.RULES[Act(row["act"])].title if row["act"] in known else _BEFORE
    return {**row, "title": title, "details": words.read(details)}


def _sees_people(roles: frozenset[Role]) -> bool:
    return bool(roles & ENFORCERS)


def deadline(each: Deadline, at: Moment) -> dict[str, Any]:
    """A period: how it was counted, what is left of it, its light."""
    return {
        "kind": each.kind,
        "counted_from": each.counted_from,
        "count": each.length.count,
        "unit": each.length.unit,
        "ends_on": each.ends_on,
        "settled": each.settled,
        "days_left": (each.ends_on - at.today).days,
        "working_days_left": working_days_left(each.ends_on, at.today, at.calendar),
        "light": light_of(each, at),
        "duty": each.kind.duty,
        "basis": each.basis,
    }


def light_of(each: Deadline, at: Moment) -> Light:
    """Its light; nothing is over that is not settled."""
    lit = light(each.kind, each.ends_on, at.today)
    return Light.RUNNING if lit is Light.OVER and not each.settled else lit


def _nearest_first(dossier: Dossier) -> list[Act]:
    """Acts that belong to the state of the case before all others: why they must wait is what people look for."""
    acts = (each for each in Act if each is not Act.FILE)
    return sorted(acts, key=lambda each: dossier.state not in rules.RULES[each].ways)


def _act(dossier: Dossier, act: Act, asker: Asker, at: Moment) -> dict[str, Any]:
    rule = rules.RULES[act]
    refused = rules.why_not(dossier, act, asker, at) or words.nothing_to_choose(rule.takes, dossier)
    return {
        "act": act,
        "title": rule.title,
        "basis": rule.basis,
        "possible": refused is None,
        "why_not": {"zh": refused.message_zh, "en": refused.message_en} if refused else None,
        "takes": [_word(each, dossier) for each in rule.takes],
        "may_take": [_word(each, dossier) for each in rule.may_take],
        "approver": rule.approver,
    }


def _word(name: str, dossier: Dossier) -> dict[str, Any]:
    return {
        "name": name,
        "zh": WORDS[name].zh,
        "en": WORDS[name].en,
        "kind": words.kind(name),
        "choices": [{"value": each.value, "title": each.title} for each in words.choices(name, dossier)],
    }
