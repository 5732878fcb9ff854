"""What the doors show of cases: lists, one with everything, what is possible now and why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.cases import rules, store
from layers.cases.deadlines import Kind, Light, light
from layers.cases.dossier import Act, Deadline, Document, Dossier, State
from layers.cases.given import WORDS
from layers.cases.model import Case
from layers.cases.needs import Asker, Moment
from layers.errors import NotFound
from layers.fields import ENFORCERS
from layers.people.rules import Role

__all__ = ["Page", "get", "open_deadlines", "page", "site_check", "site_checks"]

_SHOWN = """
SELECT c.id, c.code, c.title, c.status, c.route, c.party_name, c.filed_on, c.reviewed_on, c.decided_on, c.closed_on,
       c.fine_yuan, c.version, c.synthetic, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat,
       CASE WHEN b.id IS NOT NULL THEN jsonb_build_object('id', b.id, 'code', b.code) END AS illegal_building,
       CASE WHEN d.id IS NOT NULL THEN jsonb_build_object('code', d.code, 'name', d.name) END AS division,
       o.name AS handler, count(*) OVER () AS total
FROM cases AS c
LEFT JOIN illegal_buildings AS b ON b.id = c.illegal_building_id
LEFT JOIN divisions AS d ON d.id = c.division_id
LEFT JOIN organisations AS o ON o.id = c.handler_id
"""
_PAGE = """
WHERE (CAST(:status AS text) IS NULL OR c.status = :status)
  AND (CAST(:division AS text) IS NULL OR d.code = :division)
  AND (NOT :open OR c.status NOT IN ('closed', 'revoked'))
ORDER BY c.filed_on DESC, c.id DESC LIMIT :limit OFFSET :offset
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
_CHECKS = """
SELECT c.id, c.source, c.conclusion, c.checked_at, p.display_name AS by, c.area_m2, c.note, c.case_id,
       c.illegal_building_id, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat
FROM site_checks AS c LEFT JOIN people AS p ON p.id = c.person_id
"""
_OF_CASE = """
WHERE c.case_id = :id OR c.id IN (SELECT site_check_id FROM case_steps WHERE case_id = :id) ORDER BY c.id
"""
_UNFILED = """
WHERE c.conclusion = 'violation' AND c.case_id IS NULL
  AND NOT EXISTS (SELECT FROM case_steps AS s WHERE s.site_check_id = c.id)
ORDER BY c.id DESC LIMIT 200
"""
_REQUESTS = """
SELECT r.id, r.act, r.reason, r.days, p.display_name AS asked_by, r.asked_at, a.display_name AS decided_by, r.decided_at,
       r.granted, r.note
FROM case_requests AS r JOIN people AS p ON p.id = r.asked_by LEFT JOIN people AS a ON a.id = r.decided_by
WHERE r.case_id = :id ORDER BY r.id
"""
# What tells of the party; other staff see that it was said, and not what
_PERSONAL = {"party_name", "receiver", "note"}


@dataclass(frozen=True)
class Page:
    """Rows and how many fit in all."""

    total: int
    rows: list[dict[str, Any]]


def page(
    session: Session,
    asker: Asker,
    *,
    status: str | None,
    division: str | None,
    open: bool,
    limit: int,
    offset: int,
) -> Page:
    """Cases, newest first."""
    given = {"status": status, "division": division, "open": open, "limit": limit, "offset": offset}
    rows = session.execute(text(_SHOWN + _PAGE), given).mappings().all()
    return Page(rows[0]["total"] if rows else 0, [_case(row, asker) for row in rows])


def get(session: Session, case_id: int, asker: Asker, at: Moment) -> dict[str, Any]:
    """One case with steps, services, site checks, periods, requests and acts. Raises NotFound."""
    key = {"id": case_id}
    row = session.execute(text(f"{_SHOWN} WHERE c.id = :id"), key).mappings().one_or_none()
    if row is None:
        raise NotFound(what_zh="案件", what_en="case", key=case_id)
    dossier = store.dossier(session, session.get_one(Case, case_id))
    return {
        **_case(row, asker),
        "steps": [_step(each, asker) for each in session.execute(text(_STEPS), key).mappings()],
        "services": [_hidden(each, asker) for each in session.execute(text(_SERVICES), key).mappings()],
        "site_checks": [dict(each) for each in session.execute(text(_CHECKS + _OF_CASE), key).mappings()],
        "requests": [dict(each) for each in session.execute(text(_REQUESTS), key).mappings()],
        "deadlines": [_deadline(each, at.today) for each in open_deadlines(dossier)],
        "acts": [_act(dossier, each, asker, at) for each in Act if each is not Act.FILE],
    }


def site_checks(session: Session) -> list[dict[str, Any]]:
    """Site checks that found a violation and are not filed yet, newest first."""
    return [dict(each) for each in session.execute(text(_CHECKS + _UNFILED)).mappings()]


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


def _case(row: Any, asker: Asker) -> dict[str, Any]:
    return {name: value for name, value in _hidden(row, asker).items() if name != "total"}


def _hidden(row: Any, asker: Asker) -> dict[str, Any]:
    """Without what is personal, for those who are no officers."""
    if _sees_people(asker.roles):
        return dict(row)
    return {name: None if name in _PERSONAL else value for name, value in row.items()}


def _step(row: Any, asker: Asker) -> dict[str, Any]:
    details = row["details"]
    if not _sees_people(asker.roles):
        details = {name: value for name, value in details.items() if name not in _PERSONAL}
    known = set(Act)
    title = rules.RULES[Act(row["act"])].title if row["act"] in known else None
    shown = {"zh": title.zh, "en": title.en} if title else {"zh": "存量案件", "en": "on record before"}
    return {**row, "details": details, "title": shown}


def _sees_people(roles: frozenset[Role]) -> bool:
    return bool(roles & ENFORCERS)


def _deadline(each: Deadline, today: date) -> dict[str, Any]:
    lit = light(each.kind, each.ends_on, today)
    if lit is Light.OVER and not each.settled:
        lit = Light.RUNNING
    return {
        "kind": each.kind,
        "counted_from": each.counted_from,
        "count": each.length.count,
        "unit": each.length.unit,
        "ends_on": each.ends_on,
        "settled": each.settled,
        "days_left": (each.ends_on - today).days,
        "light": lit,
        "basis": each.basis,
    }


def _act(dossier: Dossier, act: Act, asker: Asker, at: Moment) -> dict[str, Any]:
    rule = rules.RULES[act]
    refused = rules.why_not(dossier, act, asker, at)
    return {
        "act": act,
        "title": {"zh": rule.title.zh, "en": rule.title.en},
        "basis": {"zh": rule.basis.zh, "en": rule.basis.en},
        "possible": refused is None,
        "why_not": {"zh": refused.message_zh, "en": refused.message_en} if refused else None,
        "takes": [_word(each) for each in rule.takes],
        "may_take": [_word(each) for each in rule.may_take],
        "approver": rule.approver,
    }


def _word(name: str) -> dict[str, str]:
    return {"name": name, "zh": WORDS[name].zh, "en": WORDS[name].en}
