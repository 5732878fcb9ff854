"""All SQL of photographs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from layers import models  # noqa: F401  (a flush must know every table that a foreign key names)
from layers.errors import NotFound
from layers.photographs.model import Photograph

__all__ = ["add", "foreign", "get", "held", "of_checks", "shows_incident"]

# Distances in metres, EPSG:4548, to the outline that was checked, or else to the place of the check
_OF_CHECKS = """
SELECT j.site_check_id, p.id, p.sha256, p.claimed_sha256 IS NOT NULL AS hashed, p.bytes, p.media_type, p.width, p.height,
       ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat, p.altitude_m, p.direction_deg, p.gps_at, p.clock, p.taken_at, p.camera,
       p.software, p.received_at, q.display_name AS by, c.checked_at,
       ST_Distance(ST_Transform(p.geom, 4548), ST_Transform(coalesce(b.geom, c.geom), 4548)) AS distance_m
FROM site_check_photographs AS j
JOIN photographs AS p ON p.id = j.photograph_id
JOIN people AS q ON q.id = p.person_id
JOIN site_checks AS c ON c.id = j.site_check_id
LEFT JOIN illegal_buildings AS b ON b.id = c.illegal_building_id
WHERE j.site_check_id = ANY(:checks) ORDER BY j.site_check_id, j.photograph_id
"""


def add(session: Session, values: dict[str, Any]) -> tuple[int, bool]:
    """The number of the row of these bytes from this person, and whether it is new."""
    made = session.scalar(
        insert(Photograph)
        .values(values)
        .on_conflict_do_nothing(index_elements=["person_id", "sha256"])
        .returning(Photograph.id)
    )
    if made is not None:
        return made, True
    same = select(Photograph.id).where(
        Photograph.person_id == values["person_id"], Photograph.sha256 == values["sha256"]
    )
    return session.scalars(same).one(), False


def get(session: Session, photograph_id: int) -> Photograph:
    """One photograph. Raises NotFound."""
    found = session.get(Photograph, photograph_id)
    if found is None:
        raise NotFound(what_zh="照片", what_en="photograph", key=photograph_id)
    return found


def held(session: Session, digests: Collection[str]) -> set[str]:
    """Those of the digests that a row refers to."""
    return set(session.scalars(select(Photograph.sha256).where(Photograph.sha256.in_(digests))))


def foreign(session: Session, photographs: Sequence[int], person_id: int) -> list[int]:
    """Those of the numbers that are no photograph of this person."""
    own = select(Photograph.id).where(Photograph.id.in_(photographs), Photograph.person_id == person_id)
    mine = set(session.scalars(own))
    return [each for each in photographs if each not in mine]


def shows_incident(session: Session, photograph_id: int) -> bool:
    """Whether a photograph belongs to an incident."""
    sql = "SELECT EXISTS (SELECT FROM incident_photographs WHERE photograph_id = :id)"
    return bool(session.scalar(text(sql), {"id": photograph_id}))


def of_checks(session: Session, checks: Collection[int]) -> list[dict[str, Any]]:
    """The photographs of site checks, with how far from the site each was taken."""
    return [dict(row) for row in session.execute(text(_OF_CHECKS), {"checks": list(checks)}).mappings()]
