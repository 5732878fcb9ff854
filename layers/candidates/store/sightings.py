"""Sightings as they are stored, and as the rules of following want them. Shapes leave here in EPSG:4548."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import geopandas as gpd
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.crs import MEASURED, STORED
from layers.candidates.follow import Flight, Glimpse, Known, Seen, State, same_shape
from layers.candidates.rules import NO_STRUCTURE, RejectReason, Status
from layers.database import geometry
from layers.surveys.model import Survey

__all__ = [
    "Row",
    "Sighting",
    "compared_ground",
    "delete_silent",
    "flight_of",
    "load",
    "on_ground",
    "stored",
    "tell",
    "write",
]

# What a detector said is void once the row that it led to (the growth, the demolition) was rejected as no
# structure: a shadow has cleared nothing away.
LOAD = """
SELECT c.id, c.status, w.reason, c.survey_id AS changed_id, changed.flown_on AS changed_on,
       s.id AS survey_id, s.flown_on, b.id AS baseline_id, b.flown_on AS baseline_on,
       v.state, v.kind, v.confidence, v.area_m2, v.height_change_m, v.method, v.model, v.threshold,
       ST_AsBinary(ST_Transform(v.geom, 4548)) AS geom, ST_AsBinary(ST_Transform(v.found, 4548)) AS found,
       ST_AsBinary(ST_Transform(v.drawn, 4548)) AS drawn, v.id AS sighting_id,
       coalesce((SELECT bool_and(f.status = 'rejected' AND r.reason = ANY(:no_structure)) FROM candidates AS f
                 LEFT JOIN LATERAL (SELECT reason FROM reviews WHERE candidate_id = f.id ORDER BY id DESC LIMIT 1)
                   AS r ON true
                 WHERE f.follows_id = c.id AND f.first_survey_id = s.id
                   AND (f.kind = 'demolished') = (v.kind = 'demolished')), false) AS void
FROM candidates AS c
JOIN surveys AS changed ON changed.id = c.survey_id
JOIN sightings AS v ON v.candidate_id = c.id
JOIN surveys AS s ON s.id = v.survey_id
LEFT JOIN surveys AS b ON b.id = s.baseline_id
LEFT JOIN LATERAL (SELECT reason FROM reviews WHERE candidate_id = c.id ORDER BY id DESC LIMIT 1) AS w ON true
WHERE c.id = ANY(:ids)
ORDER BY c.id, s.flown_on, s.id
"""

# A split may leave a flight that is run again silent of one part: what it had found there is kept for an undo
WRITE = """
INSERT INTO sightings (candidate_id, survey_id, geom, found, state, kind, confidence, area_m2, height_change_m,
                       method, model, threshold)
VALUES (:candidate, :survey, ST_GeomFromWKB(:geom, 4490), ST_GeomFromWKB(:found, 4490), :state, :kind, :confidence,
        :area_m2, :height_change_m, :method, :model, :threshold)
ON CONFLICT (candidate_id, survey_id) DO UPDATE SET
    geom = excluded.geom, state = excluded.state, kind = excluded.kind,
    confidence = excluded.confidence, area_m2 = excluded.area_m2, height_change_m = excluded.height_change_m,
    method = excluded.method, model = excluded.model, threshold = excluded.threshold,
    found = coalesce(excluded.found, CASE WHEN sightings.drawn IS NOT NULL THEN sightings.found END)
"""


@dataclass(frozen=True)
class Sighting:
    """One stored sighting: what the detector said (``glimpse``), what is told of it, and by which means.

    ``detected`` is what the detector drew, whatever was said of it or drawn in its place since.
    """

    id: int
    glimpse: Glimpse
    seen: Seen
    means: dict[str, Any]
    detected: BaseGeometry | None = None


@dataclass(frozen=True)
class Row:
    """A candidate and its sightings in the order of flights."""

    id: int
    status: Status
    reason: RejectReason | None
    changed_on: Flight
    sightings: tuple[Sighting, ...]

    @property
    def first(self) -> Flight:
        """The flight that saw it first."""
        return self.sightings[0].glimpse.flight

    @property
    def demolition(self) -> bool:
        """Whether it is something that went rather than something that stands."""
        return self.sightings[0].glimpse.kind == "demolished"

    @property
    def nothing(self) -> bool:
        """Whether somebody said that there is no structure at all, or that it is part of another one."""
        return self.replaced or (self.status is Status.REJECTED and self.reason in NO_STRUCTURE)

    @property
    def replaced(self) -> bool:
        """Whether another candidate stands for it."""
        return self.status is Status.REPLACED

    def last_before(self, flight: Flight) -> Sighting:
        """The last sighting by an earlier flight; there must be one."""
        return [each for each in self.sightings if each.glimpse.flight < flight][-1]

    def known_before(self, flight: Flight) -> Known:
        """The structure as the flights before this one left it."""
        last = self.last_before(flight)
        return Known(
            last.seen.geom,
            seen_on=last.glimpse.flight,
            changed_on=self.changed_on,
            demolition=self.demolition,
            gone=last.seen.state is State.GONE and not self.demolition,
            judged=self.status is not Status.PENDING,
        )


def flight_of(survey: Survey) -> Flight:
    """The survey's place in time."""
    return Flight(survey.flown_on, survey.id)


def compared_ground(session: Session, survey: Survey, baseline: Survey) -> BaseGeometry:
    """The ground that both flights show, in EPSG:4548."""
    found = session.scalar(
        text(
            "SELECT ST_AsBinary(ST_Transform(ST_Intersection(a.geom, b.geom), 4548)) "
            "FROM surveys AS a, surveys AS b WHERE a.id = :survey AND b.id = :baseline"
        ),
        {"survey": survey.id, "baseline": baseline.id},
    )
    return shapely.from_wkb(bytes(found)) if found is not None else Polygon()


def on_ground(session: Session, survey: Survey) -> list[Row]:
    """All candidates on the survey's ground, of whichever flight."""
    ids = session.scalars(
        text(
            "SELECT c.id FROM candidates AS c JOIN surveys AS me ON me.id = :survey "
            "WHERE ST_Intersects(c.geom, me.geom)"
        ),
        {"survey": survey.id},
    )
    return load(session, ids.all())


def load(session: Session, ids: Iterable[int]) -> list[Row]:
    """The candidates with their sightings, by id; those without any sighting are left out."""
    void = [str(each) for each in NO_STRUCTURE]
    rows = session.execute(text(LOAD), {"ids": sorted(ids), "no_structure": void}).mappings()
    return [_row(list(group)) for _, group in groupby(rows, key=lambda row: row["id"])]


def write(session: Session, sightings: list[dict[str, Any]]) -> None:
    """Write sightings down, in place of those that the same flight has of the same candidates."""
    if sightings:
        session.execute(text(WRITE), sightings)


def tell(session: Session, candidate_id: int, sighting: Sighting, seen: Seen) -> None:
    """Write what is told of one sighting; a shape that is the same to a millimetre stays as it is stored."""
    same = same_shape(sighting.seen.geom, seen.geom)
    if same and sighting.seen.state is seen.state:
        return
    session.execute(
        text(
            "UPDATE sightings SET state = :state, geom = coalesce(ST_GeomFromWKB(:geom, 4490), geom), "
            "area_m2 = coalesce(:area, area_m2) WHERE candidate_id = :candidate AND survey_id = :survey"
        ),
        {
            "state": seen.state,
            "geom": None if same else stored(seen.geom),
            "area": None if same else round(seen.geom.area, 2),
            "candidate": candidate_id,
            "survey": sighting.glimpse.flight.id,
        },
    )


def delete_silent(session: Session, candidate_id: int, survey_ids: list[int]) -> None:
    """Silence before a structure was seen at all says nothing."""
    session.execute(
        text("DELETE FROM sightings WHERE candidate_id = :candidate AND survey_id = ANY(:surveys)"),
        {"candidate": candidate_id, "surveys": survey_ids},
    )


def stored(geom: BaseGeometry) -> bytes:
    """A shape in EPSG:4548 as WKB of a valid MultiPolygon in EPSG:4490."""
    lonlat = gpd.GeoSeries([geom], crs=MEASURED).to_crs(STORED).iloc[0]
    # reprojection can make a sliver touch itself
    whole = lonlat if lonlat.is_valid else shapely.make_valid(lonlat)
    parts = [each for each in shapely.get_parts(whole) if isinstance(each, Polygon)]
    return bytes(shapely.to_wkb(MultiPolygon(parts)))


def _row(lines: list[Any]) -> Row:
    first = lines[0]
    return Row(
        id=first["id"],
        status=Status(first["status"]),
        reason=RejectReason(first["reason"]) if first["reason"] else None,
        changed_on=Flight(first["changed_on"], first["changed_id"]),
        sightings=tuple(_sighting(line) for line in lines),
    )


def _sighting(line: Any) -> Sighting:
    detected = geometry(line["found"])
    return Sighting(
        line["sighting_id"],
        Glimpse(
            Flight(line["flown_on"], line["survey_id"]),
            _flight(line["baseline_on"], line["baseline_id"]),
            line["kind"],
            None if line["void"] else detected,
            line["height_change_m"],
            geometry(line["drawn"]),
        ),
        Seen(State(line["state"]), shapely.from_wkb(bytes(line["geom"]))),
        {
            name: line[name]
            for name in ("kind", "confidence", "height_change_m", "method", "model", "threshold")
        },
        detected,
    )


def _flight(flown_on: date | None, survey_id: int | None) -> Flight | None:
    return None if flown_on is None or survey_id is None else Flight(flown_on, survey_id)
