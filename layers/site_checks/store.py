"""All SQL of the inspector's work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from layers.buildings.model import IllegalBuilding
from layers.cases.model import Case, SiteCheck
from layers.cases.shown import CHECK, FROM_CHECKS
from layers.errors import NotFound
from layers.people.model import Person
from layers.places.model import Organisation
from layers.places.where import grid_sql
from layers.site_checks.model import SiteCheckClaim, SiteCheckPhotograph

__all__ = [
    "attach", "buildings", "check", "checks_of", "claim", "client_check", "lock", "open_case",
    "organisation", "release",
]  # fmt: skip

# One row per building that may have to be looked at. Distances in metres and bearings in degrees, EPSG:4548.
_BUILDINGS = f"""
WITH RECURSIVE teams AS (
    SELECT CAST(:organisation AS bigint) AS id
    UNION SELECT o.id FROM organisations AS o JOIN teams ON o.parent_id = teams.id
)
SELECT b.id, b.code, b.status, b.source, b.area_m2, b.storeys, b.structure, b.address, b.found_on, b.synthetic,
       ST_X(p.point) AS lon, ST_Y(p.point) AS lat, ST_AsGeoJSON(b.geom, 8)::jsonb AS geometry,
       g.code AS grid, m.name AS manager, w.name AS owner, d.name AS division,
       k.id AS case_id, k.code AS case_code, k.perform_by,
       l.conclusion AS last_conclusion, l.checked_at AS last_checked_at, l.filed AS last_filed,
       greatest(n.gone_on, (
        SELECT max(s.flown_on) FROM candidates AS q JOIN surveys AS s ON s.id = q.survey_id
        WHERE q.follows_id = b.candidate_id AND q.kind = 'demolished' AND q.status = 'accepted')) AS gone_on,
       n.gone_on IS NOT NULL AND (b.status = 'ordered' OR k.id IS NOT NULL) AS gone_unchecked,
       CASE WHEN c.id IS NOT NULL THEN jsonb_build_object(
            'id', c.id, 'code', c.code, 'kind', c.kind, 'area_m2', c.area_m2, 'height_change_m', c.height_change_m,
            'before', f.flown_on, 'after', a.flown_on) END AS candidate,
       h.person_id AS claim_person, q.display_name AS claim_by, h.at AS claim_at,
       ST_Distance(here.point, ST_Transform(p.point, 4548)) AS distance_m
FROM illegal_buildings AS b
CROSS JOIN LATERAL (SELECT ST_PointOnSurface(b.geom) AS point) AS p
CROSS JOIN (SELECT ST_Transform(ST_SetSRID(ST_MakePoint(CAST(:lon AS float8), CAST(:lat AS float8)), 4490), 4548) AS point)
    AS here
LEFT JOIN grids AS g ON g.id = coalesce(b.grid_id, {grid_sql("p.point")})
LEFT JOIN organisations AS m ON m.id = g.manager_id
LEFT JOIN organisations AS w ON w.id = g.owner_id
LEFT JOIN divisions AS d ON d.id = b.division_id
LEFT JOIN candidates AS c ON c.id = b.candidate_id
LEFT JOIN surveys AS a ON a.id = c.survey_id
LEFT JOIN surveys AS f ON f.id = c.baseline_id
LEFT JOIN site_check_claims AS h ON h.illegal_building_id = b.id
LEFT JOIN people AS q ON q.id = h.person_id
LEFT JOIN LATERAL (
    SELECT i.id, i.code, (SELECT t.ends_on FROM case_deadlines AS t WHERE t.case_id = i.id AND t.kind = 'perform'
                          ORDER BY t.id DESC LIMIT 1) AS perform_by
    FROM cases AS i WHERE i.illegal_building_id = b.id AND i.status NOT IN ('closed', 'revoked')
    ORDER BY i.id DESC LIMIT 1) AS k ON true
LEFT JOIN LATERAL (
    SELECT max(s.flown_on) AS gone_on FROM alarms AS e JOIN surveys AS s ON s.id = e.survey_id
    WHERE e.illegal_building_id = b.id AND e.kind = 'gone' AND e.status = 'open') AS n ON true
LEFT JOIN LATERAL (
    SELECT x.conclusion, x.checked_at,
           EXISTS (SELECT FROM case_steps AS t WHERE t.site_check_id = x.id AND t.act = 'file') AS filed
    FROM site_checks AS x WHERE x.illegal_building_id = b.id
    ORDER BY x.checked_at DESC, x.id DESC LIMIT 1) AS l ON true
"""  # noqa: S608
_MINE = """
WHERE (b.status IN ('to_check', 'ordered') OR (b.status = 'filed' AND n.gone_on IS NOT NULL))
  AND (:everything OR g.manager_id IN (SELECT id FROM teams) OR g.division_code LIKE ANY(:inside)
       OR (g.id IS NULL AND d.code LIKE ANY(:inside)))
ORDER BY distance_m NULLS LAST, b.found_on DESC, b.id LIMIT 500
"""
_CHECKS = f"""
SELECT {CHECK}, c.recorded_at, c.length_m, c.width_m, c.height_m, c.storeys, c.use, c.material {FROM_CHECKS}
"""


def organisation(session: Session, person_id: int) -> Organisation | None:
    """The organisation that somebody belongs to."""
    wanted = select(Organisation).join(Person, Person.organisation_id == Organisation.id)
    return session.scalar(wanted.where(Person.id == person_id))


def buildings(
    session: Session,
    *,
    organisation_id: int | None,
    inside: Sequence[str],
    everything: bool,
    here: tuple[float, float] | None,
) -> list[dict[str, Any]]:
    """Buildings that may have to be looked at: in grids that an organisation and those below it manage, or in divisions
    (``inside``: how their codes begin); nearest to ``here`` (lon, lat in EPSG:4490) first, without it the newest.
    """
    beginnings = [f"{each}%" for each in inside]
    given = {"organisation": organisation_id, "inside": beginnings, "everything": everything, **_here(here)}
    return [dict(row) for row in session.execute(text(_BUILDINGS + _MINE), given).mappings()]


def check(session: Session, building_id: int, here: tuple[float, float] | None = None) -> dict[str, Any]:
    """The same of one building, whatever its status. Raises NotFound."""
    given = {"organisation": None, "id": building_id, **_here(here)}
    row = session.execute(text(_BUILDINGS + "WHERE b.id = :id"), given).mappings().one_or_none()
    if row is None:
        raise NotFound(what_zh="违法建设", what_en="illegal building", key=building_id)
    return dict(row)


def checks_of(
    session: Session, *, building_id: int | None = None, check_id: int | None = None
) -> list[dict[str, Any]]:
    """Site checks of a building, or one by its number, newest first."""
    where = "WHERE c.illegal_building_id = :building OR c.id = :check ORDER BY c.checked_at DESC, c.id DESC"
    given = {"building": building_id, "check": check_id}
    return [dict(row) for row in session.execute(text(_CHECKS + where), given).mappings()]


def lock(session: Session, building_id: int) -> IllegalBuilding:
    """The building, locked until the transaction ends. Raises NotFound."""
    found = session.get(
        IllegalBuilding, building_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if found is None:
        raise NotFound(what_zh="违法建设", what_en="illegal building", key=building_id)
    return found


def client_check(session: Session, client_id: UUID) -> SiteCheck | None:
    """The record that a phone made under this id before."""
    return session.scalar(select(SiteCheck).where(SiteCheck.client_id == client_id))


def open_case(session: Session, building_id: int) -> int | None:
    """The case about a building that is worked on."""
    wanted = select(Case.id).where(
        Case.illegal_building_id == building_id, Case.status.not_in(["closed", "revoked"])
    )
    return session.scalar(wanted.order_by(Case.id.desc()).limit(1))


def claim(session: Session, building_id: int, person_id: int, now: datetime) -> None:
    """Write down who goes there."""
    values = {"person_id": person_id, "at": now}
    session.execute(
        upsert(SiteCheckClaim)
        .values(illegal_building_id=building_id, **values)
        .on_conflict_do_update(index_elements=["illegal_building_id"], set_=values)
    )


def release(session: Session, building_id: int, person_id: int | None = None) -> None:
    """Nobody goes there any more; with ``person_id`` only if it was that person."""
    gone = delete(SiteCheckClaim).where(SiteCheckClaim.illegal_building_id == building_id)
    session.execute(gone if person_id is None else gone.where(SiteCheckClaim.person_id == person_id))


def attach(session: Session, check_id: int, photographs: Sequence[int]) -> None:
    """Join photographs to a site check."""
    if photographs:
        rows = [{"site_check_id": check_id, "photograph_id": each} for each in photographs]
        session.execute(insert(SiteCheckPhotograph), rows)


def _here(here: tuple[float, float] | None) -> dict[str, float | None]:
    lon, lat = here or (None, None)
    return {"lon": lon, "lat": lat}
