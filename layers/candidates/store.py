"""All SQL of candidates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from gis.crs import STORED
from layers import models  # noqa: F401  (a flush must know every table that a foreign key names)
from layers.candidates import rules
from layers.candidates.model import Candidate
from layers.errors import NotFound
from layers.surveys.model import Survey

__all__ = ["Page", "Replaced", "add_review", "get", "lock", "page", "replace", "set_status"]

SORTS = {
    "confidence": "c.confidence DESC, c.area_m2 DESC, c.id",
    "area": "c.area_m2 DESC, c.id",
    "code": "c.code, c.id",
}

# One row per candidate with all that a reviewer is shown. «known» is an illegal building of the record that
# the suspicion lies on, other than the one that its own acceptance made.
SHOWN = """
SELECT c.id, c.code, c.kind, c.confidence, c.area_m2, c.height_change_m, c.status, c.method, c.synthetic, c.version,
       ST_AsGeoJSON(c.geom, 8)::jsonb AS geometry,
       ARRAY[ST_XMin(c.geom), ST_YMin(c.geom), ST_XMax(c.geom), ST_YMax(c.geom)] AS bbox,
       CASE WHEN b.id IS NOT NULL
            THEN jsonb_build_object('survey_id', b.id, 'code', b.code, 'flown_on', b.flown_on) END AS before,
       jsonb_build_object('survey_id', a.id, 'code', a.code, 'flown_on', a.flown_on) AS after,
       CASE WHEN a.baseline_id = c.baseline_id AND a.shift_x_m IS NOT NULL
            THEN jsonb_build_object('dx_m', a.shift_x_m, 'dy_m', a.shift_y_m, 'residual_m', a.residual_m,
                                    'reliable', coalesce(a.alignment_reliable, false)) END AS alignment,
       CASE WHEN g.id IS NOT NULL THEN jsonb_build_object('id', g.id, 'code', g.code) END AS grid,
       CASE WHEN d.id IS NOT NULL THEN jsonb_build_object('code', d.code, 'name', d.name) END AS division,
       CASE WHEN p.id IS NOT NULL THEN jsonb_build_object('id', p.id, 'code', p.code) END AS permit,
       CASE WHEN l.id IS NOT NULL THEN jsonb_build_object('code', l.code, 'name', l.name) END AS planning_area,
       CASE WHEN i.id IS NOT NULL THEN jsonb_build_object('id', i.id, 'code', i.code) END AS illegal_building,
       (SELECT jsonb_build_object('id', k.id, 'code', k.code) FROM illegal_buildings AS k
        WHERE ST_Intersects(k.geom, c.geom) AND k.candidate_id IS DISTINCT FROM c.id
        ORDER BY ST_Area(ST_Intersection(k.geom, c.geom)) DESC LIMIT 1) AS known,
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
"""

COUNTED = "SELECT count(*) FROM candidates AS c"

WANTED = """
(CAST(:survey AS bigint) IS NULL OR c.survey_id = :survey)
AND (CAST(:status AS text) IS NULL OR c.status = :status)
AND (CAST(:kind AS text) IS NULL OR c.kind = :kind)
"""

# Where it lies: grid and township by a point inside, permit and planning area by most shared ground.
JOIN_PLACES = """
UPDATE candidates AS c
SET grid_id = (SELECT g.id FROM grids AS g WHERE ST_Intersects(g.geom, ST_PointOnSurface(c.geom)) ORDER BY g.id LIMIT 1),
    division_id = (SELECT d.id FROM divisions AS d WHERE d.level = 'township' AND d.valid_to IS NULL
                   AND ST_Intersects(d.geom, ST_PointOnSurface(c.geom)) ORDER BY d.id LIMIT 1),
    permit_id = (SELECT p.id FROM permits AS p WHERE ST_Intersects(p.geom, c.geom)
                 ORDER BY ST_Area(ST_Intersection(p.geom, c.geom)) DESC, p.id LIMIT 1),
    planning_area_id = (SELECT l.id FROM planning_areas AS l WHERE ST_Intersects(l.geom, c.geom)
                        ORDER BY ST_Area(ST_Intersection(l.geom, c.geom)) DESC, l.id LIMIT 1)
WHERE c.survey_id = :survey
"""


@dataclass(frozen=True)
class Page:
    """One page of candidates as they are shown, and how many there are in all."""

    total: int
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class Replaced:
    """What a survey's detections came to."""

    added: int
    seen_again: int
    removed: int


def page(
    session: Session,
    *,
    survey: int | None,
    status: str | None,
    kind: str | None,
    sort: str,
    limit: int,
    offset: int,
) -> Page:
    """Candidates that fit, in the order asked for."""
    wanted = {"survey": survey, "status": status, "kind": kind}
    total = session.scalar(_sql(f"{COUNTED} WHERE {WANTED}"), wanted)
    rows = session.execute(
        _sql(f"{SHOWN} WHERE {WANTED} ORDER BY {SORTS[sort]} LIMIT :limit OFFSET :offset"),
        {**wanted, "limit": limit, "offset": offset},
    ).mappings()
    return Page(int(total or 0), [dict(row) for row in rows])


def get(session: Session, candidate_id: int) -> dict[str, Any]:
    """One candidate as it is shown. Raises NotFound."""
    row = session.execute(_sql(f"{SHOWN} WHERE c.id = :id"), {"id": candidate_id}).mappings().first()
    if row is None:
        raise NotFound(what_zh="疑似图斑", what_en="candidate", key=candidate_id)
    return dict(row)


def lock(session: Session, candidate_id: int) -> Candidate:
    """The candidate's row, locked until the transaction ends. Raises NotFound."""
    candidate = session.get(Candidate, candidate_id, with_for_update=True, populate_existing=True)
    if candidate is None:
        raise NotFound(what_zh="疑似图斑", what_en="candidate", key=candidate_id)
    return candidate


def replace(session: Session, survey: Survey, baseline: Survey, found: gpd.GeoDataFrame) -> Replaced:
    """Write a survey's detections down, so that a structure seen before keeps its row, code and verdict.

    ``found`` is in EPSG:4548 with the columns of ``gis.change.detect``. Running it again with the same
    frame changes nothing. Detections of this survey that are gone and were never judged are removed.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('candidates'))"))
    known = _known(session, survey)
    pairs = {each.new: known[each.known] for each in _pairs(found, known)}
    stored = found.to_crs(STORED)
    number = _last_number(session, survey)
    kept: set[int] = set()
    for position, (measured, lonlat) in enumerate(zip(found.itertuples(), stored.geometry, strict=True)):
        values = _values(measured, lonlat, survey, baseline)
        if position in pairs:
            candidate_id = pairs[position]["id"]
            _see_again(session, candidate_id, values, reviewed=pairs[position]["status"] != "pending")
        else:
            number += 1
            candidate_id = _insert(session, {**values, "code": f"C{survey.code[1:]}-{number:04d}"})
        _sight(session, candidate_id, values)
        kept.add(candidate_id)
    removed = _remove_unseen(session, survey, kept)
    session.execute(_sql(JOIN_PLACES), {"survey": survey.id})
    return Replaced(added=len(found) - len(pairs), seen_again=len(pairs), removed=removed)


def set_status(session: Session, candidate: Candidate, status: rules.Status, building_id: int | None) -> None:
    """Write the outcome of a review (the trigger makes a new version)."""
    candidate.status = status
    candidate.illegal_building_id = building_id
    session.flush()
    session.refresh(candidate)


def add_review(
    session: Session, candidate_id: int, *, verdict: str, reason: str | None, note: str | None, person_id: int
) -> None:
    """Write a verdict down; verdicts are never changed or deleted."""
    session.execute(
        text(
            "INSERT INTO reviews (candidate_id, verdict, reason, note, person_id) "
            "VALUES (:candidate, :verdict, :reason, :note, :person)"
        ),
        {"candidate": candidate_id, "verdict": verdict, "reason": reason, "note": note, "person": person_id},
    )


def _sql(statement: str) -> TextClause:
    """A statement put together from the constants above; values travel as parameters only."""
    return text(statement)


def _known(session: Session, survey: Survey) -> list[dict[str, Any]]:
    """Candidates of this and earlier flights on this flight's ground, geometry in EPSG:4548."""
    rows = session.execute(
        text(
            "SELECT c.id, c.status, c.kind, ST_AsBinary(ST_Transform(c.geom, 4548)) AS geom "
            "FROM candidates AS c JOIN surveys AS s ON s.id = c.survey_id JOIN surveys AS me ON me.id = :survey "
            "WHERE ST_Intersects(c.geom, me.geom) AND (s.flown_on, s.id) <= (me.flown_on, me.id) ORDER BY c.id"
        ),
        {"survey": survey.id},
    ).mappings()
    return [{**row, "geom": shapely.from_wkb(bytes(row["geom"]))} for row in rows]


def _pairs(found: gpd.GeoDataFrame, known: list[dict[str, Any]]) -> list[rules.Match]:
    """Matches within a family: something gone is never the same as something built."""
    geometries = found.geometry.array
    matches: list[rules.Match] = []
    for gone in (True, False):
        new = [i for i, kind in enumerate(found["kind"]) if (kind == "demolished") is gone]
        old = [i for i, each in enumerate(known) if (each["kind"] == "demolished") is gone]
        pairs = rules.match([geometries[i] for i in new], [known[i]["geom"] for i in old])
        matches += [rules.Match(new[each.new], old[each.known], each.iou) for each in pairs]
    return matches


def _values(measured: Any, lonlat: BaseGeometry, survey: Survey, baseline: Survey) -> dict[str, Any]:
    height = float(measured.height_change_m)
    return {
        "geom": shapely.to_wkb(_valid(lonlat)),
        "kind": measured.kind,
        "confidence": float(measured.confidence),
        "area_m2": round(float(measured.area_m2), 2),
        "height_change_m": None if math.isnan(height) else round(height, 2),
        "method": measured.method,
        "survey": survey.id,
        "baseline": baseline.id,
        "synthetic": survey.synthetic,
    }


def _valid(geometry: BaseGeometry) -> MultiPolygon:
    """A valid MultiPolygon: reprojection can make a sliver touch itself."""
    whole = geometry if geometry.is_valid else shapely.make_valid(geometry)
    parts = [each for each in shapely.get_parts(whole) if isinstance(each, Polygon)]
    return MultiPolygon(parts)


def _insert(session: Session, values: dict[str, Any]) -> int:
    found = session.scalar(
        text(
            "INSERT INTO candidates (code, geom, kind, confidence, area_m2, height_change_m, method, survey_id, "
            "first_survey_id, baseline_id, synthetic) VALUES (:code, ST_GeomFromWKB(:geom, 4490), :kind, :confidence, "
            ":area_m2, :height_change_m, :method, :survey, :survey, :baseline, :synthetic) RETURNING id"
        ),
        values,
    )
    return int(found)


def _see_again(session: Session, candidate_id: int, values: dict[str, Any], *, reviewed: bool) -> None:
    """A pending one takes the newest shape; what a person judged keeps the shape that was judged."""
    if reviewed:
        return
    session.execute(
        text(
            "UPDATE candidates SET geom = ST_GeomFromWKB(:geom, 4490), kind = :kind, confidence = :confidence, "
            "area_m2 = :area_m2, height_change_m = :height_change_m, method = :method, survey_id = :survey, "
            "baseline_id = :baseline WHERE id = :id"
        ),
        {**values, "id": candidate_id},
    )


def _sight(session: Session, candidate_id: int, values: dict[str, Any]) -> None:
    session.execute(
        text(
            "INSERT INTO sightings (candidate_id, survey_id, geom, confidence, area_m2, kind) "
            "VALUES (:id, :survey, ST_GeomFromWKB(:geom, 4490), :confidence, :area_m2, :kind) "
            "ON CONFLICT (candidate_id, survey_id) DO UPDATE SET geom = excluded.geom, "
            "confidence = excluded.confidence, area_m2 = excluded.area_m2, kind = excluded.kind"
        ),
        {**values, "id": candidate_id},
    )


def _remove_unseen(session: Session, survey: Survey, kept: set[int]) -> int:
    """Remove this survey's own, never judged candidates that the detector no longer finds."""
    gone = session.execute(
        text(
            "DELETE FROM candidates AS c WHERE c.survey_id = :survey AND c.first_survey_id = :survey "
            "AND c.status = 'pending' AND NOT c.id = ANY(:kept) "
            "AND NOT EXISTS (SELECT 1 FROM reviews AS r WHERE r.candidate_id = c.id) RETURNING c.id"
        ),
        {"survey": survey.id, "kept": sorted(kept)},
    )
    return len(gone.all())


def _last_number(session: Session, survey: Survey) -> int:
    last = session.scalar(
        text("SELECT max(code) FROM candidates WHERE code LIKE :prefix"), {"prefix": f"C{survey.code[1:]}-%"}
    )
    return int(str(last).rsplit("-", 1)[1]) if last else 0
