"""What the doors show of incidents: lists, one with everything, what is possible now and why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.errors import NotFound, QueryRefused
from layers.incidents import photographs, rules, store
from layers.incidents.actions import WORDS
from layers.incidents.counted import CONDITIONS
from layers.incidents.model import Incident
from layers.incidents.rules import Act, Asker, Standing
from layers.incidents.similar import IS_SIMILAR, similar_to
from layers.timezone import TODAY

__all__ = ["Page", "categories", "get", "handlers", "page"]

LIGHT = "incident_light(i.status, i.filed_at, i.due_at, i.closed_at, :now)"
_SHOWN = f"""
SELECT i.id, i.code, i.kind, c.value AS category_code, c.title_zh AS category_zh, c.title_en AS category_en, i.source,
       i.status, {LIGHT} AS light, i.description, i.address, i.accepted_at, i.filed_at, i.dispatched_at, i.due_at,
       i.handled_at, i.closed_at, i.platform_code, i.synthetic, i.version, ST_X(i.geom) AS lon, ST_Y(i.geom) AS lat,
       CASE WHEN d.id IS NOT NULL THEN jsonb_build_object('code', d.code, 'name', d.name) END AS division,
       CASE WHEN o.id IS NOT NULL THEN jsonb_build_object('id', o.id, 'name', o.name) END AS handler, g.code AS grid,
       EXISTS (SELECT FROM incident_requests r WHERE r.incident_id = i.id AND r.decided_at IS NULL) AS asked
FROM incidents AS i
JOIN codes AS c ON c.id = i.category_id
LEFT JOIN divisions AS d ON d.id = i.division_id
LEFT JOIN organisations AS o ON o.id = i.handler_id
LEFT JOIN grids AS g ON g.id = i.grid_id
"""  # noqa: S608
_STEPS = """
SELECT s.seq, s.act, s.from_status, s.to_status, s.at, p.display_name AS by, a.display_name AS approver, s.reason, s.due_at,
       o.name AS handler, s.details
FROM incident_steps AS s LEFT JOIN people AS p ON p.id = s.person_id LEFT JOIN people AS a ON a.id = s.approver_id
LEFT JOIN organisations AS o ON o.id = s.handler_id
WHERE s.incident_id = :id ORDER BY s.seq
"""
_REQUESTS = """
SELECT r.id, r.act, r.reason, r.count, p.display_name AS asked_by, r.asked_at, a.display_name AS decided_by, r.decided_at,
       r.granted, r.note
FROM incident_requests AS r JOIN people AS p ON p.id = r.asked_by LEFT JOIN people AS a ON a.id = r.decided_by
WHERE r.incident_id = :id ORDER BY r.id
"""
# the filters by their names in the door; a filter that is not asked for is not in the statement
_FILTERS = {
    "status": "i.status = :status",
    "light": f"{LIGHT} = :light",
    "kind": "i.kind = :kind",
    "source": "i.source = :source",
    "category": "c.value = :category",
    "division": "d.code = :division",
    "handler": "o.id = :handler",
    "q": "(i.code ILIKE :q OR i.platform_code ILIKE :q OR i.address ILIKE :q OR i.description ILIKE :q)",
}
_OPEN = ", ".join(f"'{each}'" for each in rules.OPEN)
_CATEGORIES = f"""
SELECT c.value AS code, c.title_zh AS zh, c.title_en AS en, c.standard_ref AS standard, l.count, l.unit, l.second_hand,
       l.source AS limit_source
FROM codes AS c LEFT JOIN incident_limits AS l ON l.category_id = c.id
WHERE c.list LIKE 'incident_category%' AND c.valid_from <= {TODAY}
  AND (c.valid_to IS NULL OR c.valid_to > {TODAY})
  AND (c.value LIKE :starts OR c.title_zh ILIKE :holds OR c.title_en ILIKE :holds)
ORDER BY c.value
"""  # noqa: S608


@dataclass(frozen=True)
class Page:
    """Rows, how many fit in all, and how many of these have each light."""

    total: int
    lights: dict[str, int]
    rows: list[dict[str, Any]]


def page(session: Session, *, now: datetime, limit: int, offset: int, **wanted: Any) -> Page:
    """Incidents, newest first. ``wanted``: the filters; with ``counted`` those that an indicator counts.

    Raises QueryRefused where ``counted`` comes without its period.
    """
    where, given = _where(wanted)
    given |= {"now": now, "limit": limit, "offset": offset}
    lights = f"SELECT light, count(*) AS found FROM ({_SHOWN} {where}) AS shown GROUP BY 1"  # noqa: S608
    counts: dict[str, int] = {row.light: row.found for row in session.execute(text(lights), given)}
    order = "ORDER BY i.accepted_at DESC, i.id DESC LIMIT :limit OFFSET :offset"
    rows = session.execute(text(f"{_SHOWN} {where} {order}"), given).mappings()
    return Page(sum(counts.values()), counts, [dict(row) for row in rows])


def _where(wanted: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    given = {name: value for name, value in wanted.items() if value is not None and value is not False}
    conditions = [_FILTERS[name] for name in _FILTERS if name in given]
    if "q" in given:
        given["q"] = f"%{given['q']}%"
    if "open" in given:
        conditions.append(f"i.status IN ({_OPEN})")
    if "similar" in given:
        conditions.append(IS_SIMILAR)
    if (counted := given.get("counted")) is not None:
        if "first" not in given or "last" not in given:
            raise QueryRefused(
                reason_zh="按指标筛选时须给出统计期（first、last）。",
                reason_en="What an indicator counts takes its period: first and last.",
            )
        conditions.append(CONDITIONS[counted])
    elif "first" in given or "last" in given:
        given = {"first": "0001-01-01", "last": "9998-12-31"} | given
        conditions.append(CONDITIONS["accepted"])
    return (f"WHERE {' AND '.join(conditions)}" if conditions else ""), given


def get(session: Session, incident_id: int, asker: Asker, now: datetime) -> dict[str, Any]:
    """One incident with steps, requests, similar ones and every act, possible or why not. Raises NotFound."""
    row = session.get(Incident, incident_id, populate_existing=True)
    if row is None:
        raise NotFound(what_zh="事部件案件", what_en="incident", key=incident_id)
    given = {"id": incident_id, "now": now}
    shown = dict(session.execute(text(f"{_SHOWN} WHERE i.id = :id"), given).mappings().one())
    requests = [dict(each) for each in session.execute(text(_REQUESTS), given).mappings()]
    standing = store.standing(session, row)
    limit = store.limit(session, row.category_id)
    return {
        **shown,
        "steps": [_step(dict(each)) for each in session.execute(text(_STEPS), given).mappings()],
        "requests": requests,
        "similar": similar_to(session, row.id),
        "photographs": photographs.of(session, row.id, asker.id, asker.roles),
        "acts": [_act(each, standing, asker, now) for each in Act],
        "due_settled": store.last_limit(session, row.id),
        "limit": None if limit is None else {"count": limit.count, "unit": limit.unit},
    }


def handlers(session: Session) -> list[dict[str, Any]]:
    """The organisations that an incident can be dispatched to."""
    return [
        dict(row)
        for row in session.execute(text("SELECT id, name FROM organisations ORDER BY name")).mappings()
    ]


def categories(session: Session, typed: str) -> list[dict[str, Any]]:
    """The codes of events and components in force that begin with, or are called, what was typed."""
    given = {"starts": f"{typed}%", "holds": f"%{typed}%"}
    return [dict(row) for row in session.execute(text(_CATEGORIES), given).mappings()]


_BEGUN = {
    "report": ("受理", "accepted"),
    "take_over": ("由城市管理平台转入", "taken over from the city platform"),
}


def _step(row: dict[str, Any]) -> dict[str, Any]:
    if row["act"] in _BEGUN:
        zh, en = _BEGUN[row["act"]]
        return {**row, "title": {"zh": zh, "en": en}}
    title = rules.RULES[Act(row["act"])].title
    return {**row, "title": {"zh": title.zh, "en": title.en}}


def _act(act: Act, standing: Standing, asker: Asker, now: datetime) -> dict[str, Any]:
    rule = rules.RULES[act]
    refused = rules.why_not(standing, act, asker, now)

    def words(names: tuple[str, ...]) -> list[dict[str, str]]:
        return [{"name": name, "zh": WORDS[name].zh, "en": WORDS[name].en} for name in names]

    return {
        "act": act,
        "title": {"zh": rule.title.zh, "en": rule.title.en},
        "possible": refused is None,
        "why_not": None if refused is None else {"zh": refused.message_zh, "en": refused.message_en},
        "takes": words(rule.takes),
        "may_take": words(rule.may_take),
        "approver": rule.approver,
        "here": standing.state in rule.ways,
    }
