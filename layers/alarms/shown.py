"""Alarms as they are shown: the list by pages, what flights showed of one building, what they showed since a filing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.errors import NotFound, QueryRefused

__all__ = ["Page", "get", "of_building", "of_case", "page"]

_SHOWN = """
SELECT a.id, a.kind, a.status, a.sureness, a.area_m2, CAST(b.area_m2 AS double precision) AS recorded_m2, a.gained_m2,
       a.gained_share, a.height_change_m, a.cleared_share, a.shown_share, a.method, a.confidence,
       s.residual_m, s.alignment_reliable AS aligned, a.closed_for, p.display_name AS closed_by, a.closed_at, a.word,
       jsonb_build_object('survey_id', o.id, 'code', o.code, 'flown_on', o.flown_on) AS before,
       jsonb_build_object('survey_id', s.id, 'code', s.code, 'flown_on', s.flown_on) AS after,
       jsonb_build_object('id', b.id, 'code', b.code) AS illegal_building, b.status AS building_status, b.demolished_on,
       ARRAY[ST_XMin(b.geom), ST_YMin(b.geom), ST_XMax(b.geom), ST_YMax(b.geom)] AS bbox,
       CASE WHEN c.id IS NOT NULL THEN jsonb_build_object('id', c.id, 'code', c.code) END AS candidate,
       CASE WHEN k.id IS NOT NULL THEN jsonb_build_object('id', k.id, 'code', k.code) END AS case,
       CASE WHEN d.id IS NOT NULL THEN jsonb_build_object('code', d.code, 'name', d.name) END AS division, b.synthetic
FROM alarms AS a
JOIN illegal_buildings AS b ON b.id = a.illegal_building_id
JOIN surveys AS s ON s.id = a.survey_id
JOIN surveys AS o ON o.id = a.baseline_id
LEFT JOIN candidates AS c ON c.id = a.candidate_id
LEFT JOIN divisions AS d ON d.id = b.division_id
LEFT JOIN people AS p ON p.id = a.closed_by
LEFT JOIN LATERAL (SELECT id, code FROM cases WHERE illegal_building_id = b.id ORDER BY id DESC LIMIT 1) AS k ON true
"""
_WANTED = {
    "status": "a.status = :status",
    "kind": "a.kind = :kind",
    "survey": "a.survey_id = :survey",
    "division": "d.code = :division",
    "building": "a.illegal_building_id = :building",
}
_COUNTED = """
SELECT a.kind, count(*) AS found FROM alarms AS a JOIN illegal_buildings AS b ON b.id = a.illegal_building_id
LEFT JOIN divisions AS d ON d.id = b.division_id
"""
_MARK = re.compile(r"^(\d{4}-\d{2}-\d{2})_(\d{1,18})$")


@dataclass(frozen=True)
class Page:
    """Rows, where the next page begins (None: this was the last), and how many fit of each kind."""

    rows: list[dict[str, Any]]
    next: str | None
    counts: dict[str, int]


def page(session: Session, *, limit: int, after: str | None, **wanted: Any) -> Page:
    """Alarms, the latest flight first. ``wanted``: filters by name; ``after``: what the page before said.

    ``counts`` leave the filter on kinds out. Raises QueryRefused for an ``after`` that no page gave.
    """
    given = {name: value for name, value in wanted.items() if value is not None}
    conditions = {name: _WANTED[name] for name in given}
    counts = session.execute(
        text(
            _COUNTED + _where([each for name, each in conditions.items() if name != "kind"]) + " GROUP BY 1"
        ),
        given,
    )
    paged = list(conditions.values())
    if after is not None:
        given |= _mark(after)
        paged.append("(s.flown_on, a.id) < (:flown_on, :id)")
    order = " ORDER BY s.flown_on DESC, a.id DESC LIMIT :limit"
    found = session.execute(text(_SHOWN + _where(paged) + order), {**given, "limit": limit + 1}).mappings()
    rows = [dict(row) for row in found]
    last = rows[limit - 1] if len(rows) > limit else None
    mark = f"{last['after']['flown_on']}_{last['id']}" if last else None
    return Page(rows[:limit], mark, {row.kind: row.found for row in counts})


def get(session: Session, alarm_id: int) -> dict[str, Any]:
    """One alarm. Raises NotFound."""
    row = session.execute(text(f"{_SHOWN} WHERE a.id = :id"), {"id": alarm_id}).mappings().one_or_none()
    if row is None:
        raise NotFound(what_zh="预警", what_en="alarm", key=alarm_id)
    return dict(row)


def of_building(session: Session, building_id: int, since: date | None = None) -> list[dict[str, Any]]:
    """What the flights (from a day on) showed of a building, in their order."""
    where = "WHERE b.id = :id AND (CAST(:since AS date) IS NULL OR s.flown_on >= :since)"
    found = session.execute(
        text(f"{_SHOWN} {where} ORDER BY s.flown_on, s.id, a.id"), {"id": building_id, "since": since}
    )
    return [dict(row) for row in found.mappings()]


def of_case(session: Session, case_id: int) -> list[dict[str, Any]]:
    """What the flights since the filing showed of the building of a case; empty where it has none."""
    row = session.execute(
        text("SELECT illegal_building_id, filed_on FROM cases WHERE id = :id"), {"id": case_id}
    ).one_or_none()
    if row is None or row.illegal_building_id is None:
        return []
    return of_building(session, row.illegal_building_id, row.filed_on)


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _mark(after: str) -> dict[str, Any]:
    fits = _MARK.match(after)
    try:
        day = date.fromisoformat(fits[1]) if fits else None
    except ValueError:
        day = None
    if fits is None or day is None:
        raise QueryRefused(
            reason_zh="分页标记 after 无效。请使用上一页返回的 next。",
            reason_en="This mark (after) is of no page; use the “next” of the page before.",
        )
    return {"flown_on": day, "id": int(fits[2])}
