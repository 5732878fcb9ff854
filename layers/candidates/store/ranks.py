"""Where candidates lie, the facts that a rank rests on, and the ranks written down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.candidates.rank import Facts, Rank, Rejected, rank
from layers.places.where import grid_sql, township_sql

__all__ = ["place", "place_named", "refresh", "refresh_around"]

# Where it lies: grid and township by a point inside, permit and planning area by most shared ground.
JOIN_PLACES = f"""
UPDATE candidates AS c
SET grid_id = {grid_sql("ST_PointOnSurface(c.geom)")},
    division_id = {township_sql("ST_PointOnSurface(c.geom)")},
    permit_id = (SELECT p.id FROM permits AS p WHERE ST_Intersects(p.geom, c.geom)
                 ORDER BY ST_Area(ST_Intersection(p.geom, c.geom)) DESC, p.id LIMIT 1),
    planning_area_id = (SELECT l.id FROM planning_areas AS l WHERE ST_Intersects(l.geom, c.geom)
                        ORDER BY ST_Area(ST_Intersection(l.geom, c.geom)) DESC, l.id LIMIT 1)
WHERE {{which}}
"""  # noqa: S608
OF_SURVEY = "c.survey_id = :survey OR (CAST(:survey AS bigint) IS NULL AND c.status = 'pending')"
NAMED = "c.id = ANY(:ids)"
# A permit to occupy a road lets nobody build. Ratios of areas in degrees are ratios of areas in metres at
# the size of a building.
FACTS = """
SELECT c.id, c.kind, c.confidence, c.area_m2, c.height_change_m,
       coalesce((SELECT ST_Area(ST_Intersection(ST_Union(p.geom), c.geom)) FROM permits AS p
                 WHERE ST_Intersects(p.geom, c.geom) AND p.kind <> 'occupation'
                   AND s.flown_on BETWEEN p.valid_from AND coalesce(p.valid_to, 'infinity')), 0)
           / ST_Area(c.geom) AS permit_share,
       ARRAY(SELECT DISTINCT l.kind FROM planning_areas AS l WHERE ST_Intersects(l.geom, c.geom)
             AND ST_Area(ST_Intersection(l.geom, c.geom)) >= 0.1 * ST_Area(c.geom)) AS planning,
       coalesce((SELECT ST_Area(ST_Intersection(ST_Union(i.geom), c.geom)) FROM illegal_buildings AS i
                 WHERE ST_Intersects(i.geom, c.geom) AND i.status NOT IN ('demolished', 'dismissed')
                   AND i.candidate_id IS DISTINCT FROM c.id), 0) / ST_Area(c.geom) AS known_share,
       f.illegal_building_id IS NOT NULL AS grows_known,
       EXISTS (SELECT FROM alarms AS x WHERE x.candidate_id = c.id AND x.kind = 'rebuilt') AS rebuilds,
       c.kind <> 'demolished' AND coalesce(
           (SELECT v.state = 'gone' FROM sightings AS v JOIN surveys AS o ON o.id = v.survey_id
            WHERE v.candidate_id = c.id ORDER BY o.flown_on DESC, o.id DESC LIMIT 1), false) AS gone,
       coalesce((SELECT jsonb_agg(jsonb_build_object(
                            'candidate_id', r.id, 'kind', r.kind, 'reason', w.reason, 'iou',
                            ST_Area(ST_Intersection(r.geom, c.geom)) / ST_Area(ST_Union(r.geom, c.geom))))
                 FROM candidates AS r
                 JOIN LATERAL (SELECT reason FROM reviews WHERE candidate_id = r.id ORDER BY id DESC LIMIT 1) AS w
                   ON w.reason IS NOT NULL
                 WHERE r.status = 'rejected' AND r.id <> c.id AND ST_Intersects(r.geom, c.geom)), '[]') AS rejected
FROM candidates AS c
JOIN surveys AS s ON s.id = c.survey_id
LEFT JOIN candidates AS f ON f.id = c.follows_id
WHERE c.id = ANY(:ids) AND c.status = 'pending'
ORDER BY c.id
"""

WRITE = """
UPDATE candidates AS c
SET priority = r.priority, known_structure = r.known, dismissed = r.dismissed, dismissed_for_id = r.dismissed_for
FROM (SELECT unnest(CAST(:ids AS bigint[])) AS id, unnest(CAST(:priorities AS double precision[])) AS priority,
             unnest(CAST(:known AS boolean[])) AS known, unnest(CAST(:dismissed AS text[])) AS dismissed,
             unnest(CAST(:dismissed_for AS bigint[])) AS dismissed_for) AS r
WHERE c.id = r.id AND (c.priority, c.known_structure, c.dismissed, c.dismissed_for_id)
      IS DISTINCT FROM (r.priority, r.known, r.dismissed, r.dismissed_for)
"""

# A candidate that somebody is judging this moment needs no rank, and waiting for it could end in a deadlock
AROUND = """
SELECT c.id FROM candidates AS c JOIN candidates AS me ON me.id = :id
WHERE c.id <> me.id AND c.status = 'pending' AND (ST_Intersects(c.geom, me.geom) OR c.follows_id = me.id)
ORDER BY c.id FOR NO KEY UPDATE OF c SKIP LOCKED
"""


def place(session: Session, survey_id: int | None = None) -> None:
    """Join the candidates of a survey, or all pending ones, to grid, township, permit and planning area."""
    session.execute(text(JOIN_PLACES.format(which=OF_SURVEY)), {"survey": survey_id})


def place_named(session: Session, candidate_ids: Iterable[int]) -> None:
    """Join these candidates to grid, township, permit and planning area."""
    session.execute(text(JOIN_PLACES.format(which=NAMED)), {"ids": sorted(candidate_ids)})


def refresh(session: Session, candidate_ids: Iterable[int] | None = None) -> int:
    """Rank pending candidates again, all of them where none are named; how many were ranked.

    To be called without ids when permits, planning areas or the record of illegal buildings changed; the
    candidates are then joined to them anew.
    """
    if candidate_ids is None:
        place(session)
    ids = list(candidate_ids) if candidate_ids is not None else _pending(session)
    rows = session.execute(text(FACTS), {"ids": sorted(ids)}).mappings().all()
    if rows:
        ranks = [rank(_facts(row)) for row in rows]
        session.execute(text(WRITE), _columns([row["id"] for row in rows], ranks))
    return len(rows)


def refresh_around(session: Session, candidate_id: int) -> int:
    """Rank the pending candidates on the ground of one that was just judged; how many were ranked."""
    return refresh(session, session.scalars(text(AROUND), {"id": candidate_id}).all())


def _pending(session: Session) -> list[int]:
    return list(session.scalars(text("SELECT id FROM candidates WHERE status = 'pending'")))


def _facts(row: Any) -> Facts:
    return Facts(
        kind=row["kind"],
        confidence=row["confidence"],
        area_m2=row["area_m2"],
        height_change_m=row["height_change_m"],
        permit_share=row["permit_share"],
        planning=frozenset(row["planning"]),
        known_share=row["known_share"],
        grows_known=row["grows_known"],
        rebuilds=row["rebuilds"],
        gone=row["gone"],
        rejected=tuple(Rejected(**each) for each in row["rejected"]),
    )


def _columns(ids: list[int], ranks: list[Rank]) -> dict[str, list[Any]]:
    return {
        "ids": ids,
        "priorities": [each.priority for each in ranks],
        "known": [each.known_structure for each in ranks],
        "dismissed": [each.dismissed for each in ranks],
        "dismissed_for": [each.dismissed_for for each in ranks],
    }
