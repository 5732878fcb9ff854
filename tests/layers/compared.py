"""Two flights over one piece of ground with candidates on it, without their rasters, and people to judge them."""

from __future__ import annotations

from datetime import date
from typing import Any

import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.crs import to_degrees
from layers.people.actions import SignedIn
from layers.people.rules import Role
from tests.layers.ground import settle

EAST, NORTH = 459_000.0, 3_513_000.0  # EPSG:4548, a corner of the lattice of 60 m
SIDE_M = 1202.0  # a metre beyond the lattice on either side


def square(east_m: float, north_m: float, side_m: float = 12.0) -> shapely.Polygon:
    """A square in EPSG:4490, metres east and north of the corner of the compared ground."""
    x, y = EAST + east_m, NORTH + north_m
    polygon: shapely.Polygon = to_degrees(shapely.box(x, y, x + side_m, y + side_m))
    return polygon


def person(session: Session, name: str, *roles: Role) -> SignedIn:
    """Somebody who may be named in rows, signed in with roles."""
    number = session.scalar(
        text(
            "INSERT INTO people (name, display_name, password_hash) "
            "VALUES (:name, :name, '$argon2id$v=19$nobody') RETURNING id"
        ),
        {"name": name},
    )
    return SignedIn(int(number or 0), name, name, frozenset({Role.PUBLIC, *roles}), ())


def flights(session: Session) -> tuple[int, int]:
    """District and township, an earlier flight of 1200 m × 1200 m and a later one 300 m further west."""
    settle(session)
    first = _flight(session, "S20230312-001", date(2023, 3, 12), None, square(-1, -1, SIDE_M))
    return first, _flight(session, "S20230618-001", date(2023, 6, 18), first, square(-301, -1, SIDE_M))


def candidate(session: Session, survey: int, shape: shapely.Polygon, **values: Any) -> int:
    """A candidate of a flight and its sighting; status pending unless said otherwise."""
    usual = {"kind": "new", "status": "pending", "method": "difference", "code": None, "survey": survey}
    number = session.scalar(text("SELECT count(*) + 1 FROM candidates"))
    given = {**usual, "wkb": shapely.to_wkb(shapely.MultiPolygon([shape])), **values}
    given["code"] = given["code"] or f"C20230618-001-{number:04d}"
    found = session.scalar(
        text(
            "INSERT INTO candidates (code, geom, kind, confidence, area_m2, method, survey_id, first_survey_id, "
            "baseline_id, status, division_id) SELECT :code, ST_GeomFromWKB(:wkb, 4490), :kind, 0.6, 144, :method, s.id, "
            "s.id, s.baseline_id, :status, (SELECT id FROM divisions WHERE level = 'township') "
            "FROM surveys AS s WHERE s.id = :survey RETURNING id"
        ),
        given,
    )
    session.execute(
        text(
            "INSERT INTO sightings (candidate_id, survey_id, geom, found, confidence, area_m2, kind, state, method) "
            "VALUES (:id, :survey, ST_GeomFromWKB(:wkb, 4490), ST_GeomFromWKB(:wkb, 4490), 0.6, 144, :kind, "
            "CASE WHEN :kind = 'demolished' THEN 'gone' ELSE 'appeared' END, :method)"
        ),
        {**given, "id": found},
    )
    return int(found or 0)


def rejection(session: Session, candidate_id: int, by: SignedIn) -> None:
    """The review that a rejected candidate has."""
    session.execute(
        text(
            "INSERT INTO reviews (candidate_id, verdict, reason, person_id) VALUES (:id, 'reject', 'shadow', :person)"
        ),
        {"id": candidate_id, "person": by.id},
    )


def _flight(
    session: Session, code: str, flown_on: date, baseline: int | None, footprint: shapely.Polygon
) -> int:
    found = session.scalar(
        text(
            "INSERT INTO surveys (code, name, flown_on, status, baseline_id, geom) VALUES (:code, :code, :flown_on, "
            "'done', :baseline, ST_GeomFromWKB(:wkb, 4490)) RETURNING id"
        ),
        {
            "code": code,
            "flown_on": flown_on,
            "baseline": baseline,
            "wkb": shapely.to_wkb(shapely.MultiPolygon([footprint])),
        },
    )
    return int(found or 0)
