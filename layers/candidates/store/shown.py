"""Candidates as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from layers.errors import NotFound
from layers.surveys.store import ALIGNMENT, with_places

__all__ = ["Dismissed", "Page", "get", "neighbours", "page", "several"]

Dismissed = Literal["exclude", "only", "include"]

SORTS = {
    "priority": "c.priority DESC, c.confidence DESC, c.area_m2 DESC, c.id",
    "confidence": "c.confidence DESC, c.area_m2 DESC, c.id",
    "area": "c.area_m2 DESC, c.id",
    "code": "c.code, c.id",
}

# One row per candidate with all that a reviewer is shown. «known» is an illegal building of the record that
# the suspicion lies on, other than the one that its own acceptance made.
SHOWN = """
SELECT c.id, c.code, c.kind, c.confidence, c.area_m2, c.height_change_m, c.status, c.method, c.model, c.threshold,
       c.priority, c.known_structure, c.synthetic, c.version,
       ST_AsGeoJSON(c.geom, 8)::jsonb AS geometry,
       ARRAY[ST_XMin(c.geom), ST_YMin(c.geom), ST_XMax(c.geom), ST_YMax(c.geom)] AS bbox,
       CASE WHEN b.id IS NOT NULL
            THEN jsonb_build_object('survey_id', b.id, 'code', b.code, 'flown_on', b.flown_on) END AS before,
       jsonb_build_object('survey_id', a.id, 'code', a.code, 'flown_on', a.flown_on) AS after,
       CASE WHEN a.baseline_id = c.baseline_id AND a.shift_x_m IS NOT NULL
            THEN {alignment} END AS alignment,
       CASE WHEN g.id IS NOT NULL THEN jsonb_build_object('id', g.id, 'code', g.code) END AS grid,
       CASE WHEN d.id IS NOT NULL THEN jsonb_build_object('code', d.code, 'name', d.name) END AS division,
       CASE WHEN p.id IS NOT NULL THEN jsonb_build_object('id', p.id, 'code', p.code) END AS permit,
       CASE WHEN l.id IS NOT NULL THEN jsonb_build_object('code', l.code, 'name', l.name) END AS planning_area,
       CASE WHEN i.id IS NOT NULL THEN jsonb_build_object('id', i.id, 'code', i.code) END AS illegal_building,
       CASE WHEN f.id IS NOT NULL THEN jsonb_build_object('id', f.id, 'code', f.code) END AS follows,
       CASE WHEN m.id IS NOT NULL THEN jsonb_build_object('id', m.id, 'code', m.code) END AS replaced_by,
       (SELECT jsonb_build_object('alarm_id', x.id, 'illegal_building', jsonb_build_object('id', y.id, 'code', y.code),
                                  'case', (SELECT jsonb_build_object('id', z.id, 'code', z.code) FROM cases AS z
                                           WHERE z.illegal_building_id = y.id ORDER BY z.id DESC LIMIT 1))
        FROM alarms AS x JOIN illegal_buildings AS y ON y.id = x.illegal_building_id
        WHERE x.candidate_id = c.id AND x.kind = 'rebuilt' ORDER BY x.id LIMIT 1) AS rebuilds,
       (SELECT jsonb_build_object('by', q.display_name, 'name', q.name, 'until', h.until)
        FROM review_holds AS h JOIN people AS q ON q.id = h.person_id
        WHERE h.candidate_id = c.id AND h.until > clock_timestamp()) AS hold,
       (SELECT jsonb_build_object('verdict', r.verdict, 'by', q.display_name, 'name', q.name, 'at', r.at)
        FROM reviews AS r JOIN people AS q ON q.id = r.person_id
        WHERE r.candidate_id = c.id AND r.verdict <> 'undo'
          AND NOT EXISTS (SELECT FROM reviews AS u WHERE u.undoes_id = r.id) ORDER BY r.id DESC LIMIT 1) AS last_act,
       c.status = 'second' AND (SELECT count(*) FROM standing_verdicts(c.id)) > 1 AS contested,
       EXISTS (SELECT FROM sightings AS v WHERE v.candidate_id = c.id AND v.survey_id = c.survey_id
               AND v.drawn IS NOT NULL) AS redrawn,
       (SELECT jsonb_build_object('id', k.id, 'code', k.code) FROM illegal_buildings AS k
        WHERE ST_Intersects(k.geom, c.geom) AND k.candidate_id IS DISTINCT FROM c.id
        ORDER BY ST_Area(ST_Intersection(k.geom, c.geom)) DESC LIMIT 1) AS known,
       CASE WHEN c.dismissed IS NOT NULL THEN jsonb_build_object(
            'code', c.dismissed,
            'candidate', CASE WHEN j.id IS NOT NULL THEN jsonb_build_object('id', j.id, 'code', j.code) END,
            'reason', (SELECT r.reason FROM reviews AS r WHERE r.candidate_id = j.id ORDER BY r.id DESC LIMIT 1),
            'put_back', CASE WHEN o.id IS NOT NULL
                             THEN jsonb_build_object('by', o.display_name, 'at', c.put_back_at) END) END AS dismissed,
       (SELECT jsonb_agg(jsonb_build_object(
                   'survey_id', s.id, 'flown_on', s.flown_on, 'state', v.state, 'detected', v.found IS NOT NULL,
                   'kind', v.kind, 'area_m2', v.area_m2, 'height_change_m', v.height_change_m,
                   'confidence', v.confidence, 'method', v.method, 'model', v.model) ORDER BY s.flown_on, s.id)
        FROM sightings AS v JOIN surveys AS s ON s.id = v.survey_id WHERE v.candidate_id = c.id) AS sightings,
       coalesce((SELECT jsonb_agg(jsonb_build_object('verdict', r.verdict, 'reason', r.reason, 'note', r.note,
                                                     'by', q.display_name, 'at', r.at) ORDER BY r.id)
                 FROM reviews AS r JOIN people AS q ON q.id = r.person_id
                 WHERE r.candidate_id = c.id), '[]'::jsonb) AS reviews
FROM candidates AS c
JOIN surveys AS a ON a.id = c.survey_id
LEFT JOIN surveys AS b ON b.id = c.baseline_id
LEFT JOIN grids AS g ON g.id = c.grid_id
LEFT JOIN divisions AS d ON d.id = c.division_id
LEFT JOIN permits AS p ON p.id = c.permit_id
LEFT JOIN planning_areas AS l ON l.id = c.planning_area_id
LEFT JOIN illegal_buildings AS i ON i.id = c.illegal_building_id
LEFT JOIN candidates AS f ON f.id = c.follows_id
LEFT JOIN candidates AS j ON j.id = c.dismissed_for_id
LEFT JOIN candidates AS m ON m.id = c.replaced_by_id
LEFT JOIN people AS o ON o.id = c.put_back_by
""".replace("{alignment}", ALIGNMENT)

WANTED = """
(CAST(:survey AS bigint) IS NULL OR c.survey_id = :survey)
AND (CAST(:status AS text) IS NULL OR c.status = :status)
AND (CAST(:kind AS text) IS NULL OR c.kind = :kind)
AND (CAST(:division AS text) IS NULL OR d.code = :division)
AND (CAST(:min_area_m2 AS double precision) IS NULL OR c.area_m2 >= :min_area_m2)
AND (c.status <> 'replaced' OR CAST(:status AS text) = 'replaced')
"""

# Dismissed is what waits outside the queue: put back, or judged after all, it is like any other
ASIDE = "(c.dismissed IS NOT NULL AND c.put_back_at IS NULL AND c.status = 'pending')"
CHOSEN: dict[Dismissed, str] = {"exclude": f"NOT {ASIDE}", "only": ASIDE, "include": "true"}

_PARTS: tuple[Dismissed, Dismissed] = ("exclude", "only")
COUNTED = "SELECT count(*) FROM candidates AS c LEFT JOIN divisions AS d ON d.id = c.division_id"


@dataclass(frozen=True)
class Page:
    """One page of candidates as they are shown, and how many fit.

    ``total`` counts what was asked for, ``queued`` and ``dismissed`` the two parts of all that fits otherwise.
    """

    total: int
    queued: int
    dismissed: int
    rows: list[dict[str, Any]]


def page(  # noqa: PLR0913  (as many as there are ways to narrow a list)
    session: Session,
    *,
    survey: int | None,
    status: str | None,
    kind: str | None,
    sort: str,
    dismissed: Dismissed,
    limit: int,
    offset: int,
    division: str | None = None,
    min_area_m2: float | None = None,
) -> Page:
    """Candidates that fit, in the order asked for."""
    wanted = {
        "survey": survey,
        "status": status,
        "kind": kind,
        "division": division,
        "min_area_m2": min_area_m2,
    }
    queued, aside = (
        int(session.scalar(_sql(f"{COUNTED} WHERE {WANTED} AND {CHOSEN[part]}"), wanted) or 0)
        for part in _PARTS
    )
    rows = session.execute(
        _sql(
            f"{SHOWN} WHERE {WANTED} AND {CHOSEN[dismissed]} ORDER BY {SORTS[sort]} LIMIT :limit OFFSET :offset"
        ),
        {**wanted, "limit": limit, "offset": offset},
    ).mappings()
    parts = {"exclude": queued, "only": aside, "include": queued + aside}
    return Page(parts[dismissed], queued, aside, with_places(session, [dict(row) for row in rows]))


def neighbours(session: Session, candidate_id: int, reach_m: float) -> list[dict[str, Any]]:
    """Pending candidates of the same flight that overlap it or lie within reach: what it can be merged with."""
    rows = session.execute(
        _sql(
            f"{SHOWN} JOIN candidates AS me ON me.id = :id AND me.survey_id = c.survey_id AND me.id <> c.id "
            "WHERE c.status = 'pending' AND (c.kind = 'demolished') = (me.kind = 'demolished') "
            "AND c.geom && ST_Expand(me.geom, 0.0005) "
            "AND ST_DWithin(ST_Transform(c.geom, 4548), ST_Transform(me.geom, 4548), :reach) "
            "ORDER BY ST_Distance(c.geom, me.geom), c.id LIMIT 9"
        ),
        {"id": candidate_id, "reach": reach_m},
    ).mappings()
    return with_places(session, [dict(row) for row in rows])


def get(session: Session, candidate_id: int) -> dict[str, Any]:
    """One candidate as it is shown. Raises NotFound."""
    found = several(session, [candidate_id])
    if not found:
        raise NotFound(what_zh="疑似图斑", what_en="candidate", key=candidate_id)
    return found[0]


def several(session: Session, candidate_ids: list[int]) -> list[dict[str, Any]]:
    """These candidates as they are shown, in this order; those that do not exist are left out.

    All joins are by key from one row, in any order the same: the planner, asked to find the best of a dozen, takes ten
    times as long as the statement itself.
    """
    session.execute(_sql("SET LOCAL join_collapse_limit = 1"))
    rows = session.execute(
        _sql(f"{SHOWN} WHERE c.id = ANY(:ids) ORDER BY array_position(CAST(:ids AS bigint[]), c.id)"),
        {"ids": candidate_ids},
    ).mappings()
    shown = with_places(session, [dict(row) for row in rows])
    session.execute(_sql("SET LOCAL join_collapse_limit TO DEFAULT"))
    return shown


def _sql(statement: str) -> TextClause:
    """A statement put together from the constants above; values travel as parameters only."""
    return text(statement)
