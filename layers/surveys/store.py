"""All SQL of surveys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from geoalchemy2.shape import from_shape
from shapely.geometry import MultiPolygon
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from layers import models  # noqa: F401  (a flush must know every table that a foreign key names)
from layers.database import SRID
from layers.errors import NotFound
from layers.surveys import rules
from layers.surveys.days import Days
from layers.surveys.model import Survey, SurveyFile
from layers.surveys.placing import Placing

__all__ = [
    "ALIGNMENT",
    "MOSAIC_SQL",
    "Mosaic",
    "add",
    "add_file",
    "baseline_of",
    "by_code",
    "candidate_counts",
    "every",
    "get",
    "lock",
    "mosaic",
    "set_footprint",
    "set_progress",
    "shown_flights",
    "with_places",
]


# The alignment of a later flight (alias a) with the baseline it was compared with; ``with_places`` adds the rest
ALIGNMENT = """
jsonb_build_object('dx_m', a.shift_x_m, 'dy_m', a.shift_y_m, 'residual_m', a.residual_m,
                   'reliable', coalesce(a.alignment_reliable, false))
"""

_SHOWN = (Survey.status == rules.SurveyStatus.DONE, Survey.pyramid_maxzoom.is_not(None))

# For asyncpg: which flights of the days $1 to $2 lie in the box $3 to $6 (EPSG:4490), the one on top first.
MOSAIC_SQL = """
    SELECT array_agg(id ORDER BY flown_on DESC, id DESC) FROM surveys
    WHERE status = 'done' AND pyramid_maxzoom IS NOT NULL AND flown_on BETWEEN $1 AND $2
      AND geom && ST_MakeEnvelope($3, $4, $5, $6, 4490)
"""


@dataclass(frozen=True)
class Mosaic:
    """What flights of some days make together; bounds are west, south, east, north in EPSG:4490."""

    flights: int
    first: date
    last: date
    minzoom: int
    maxzoom: int
    bounds: tuple[float, float, float, float]


def add(
    session: Session,
    *,
    name: str,
    flown_on: date,
    expects: list[str],
    created_by: int | None,
    synthetic: bool = False,
) -> Survey:
    """A new draft with the next code of its day.

    The advisory lock keeps two crews of the same day from getting one number.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('survey code'))"))
    prefix = rules.code_of(flown_on.isoformat(), 0)[:-3]
    last = session.scalar(select(func.max(Survey.code)).where(Survey.code.like(f"{prefix}%")))
    number = int(last.rsplit("-", 1)[1]) + 1 if last else 1
    survey = Survey(
        code=rules.code_of(flown_on.isoformat(), number),
        name=name,
        flown_on=flown_on,
        expects=expects,
        created_by=created_by,
        status=rules.SurveyStatus.DRAFT,
        stages=rules.waiting_stages(),
        synthetic=synthetic,
    )
    session.add(survey)
    session.flush()
    return survey


def get(session: Session, survey_id: int) -> Survey:
    """The survey. Raises NotFound."""
    survey = session.get(Survey, survey_id)
    if survey is None:
        raise NotFound(what_zh="航飞", what_en="flight", key=survey_id)
    return survey


def by_code(session: Session, code: str) -> Survey:
    """The flight of that code, if it is ready to be shown. Raises NotFound."""
    found = session.scalar(select(Survey).where(Survey.code == code, *_SHOWN))
    if found is None:
        raise NotFound(what_zh="航飞", what_en="flight", key=code)
    return found


def lock(session: Session, survey_id: int) -> Survey:
    """The survey, its row locked until the transaction ends. Raises NotFound."""
    survey = session.get(Survey, survey_id, with_for_update=True, populate_existing=True)
    if survey is None:
        raise NotFound(what_zh="航飞", what_en="flight", key=survey_id)
    return survey


def every(session: Session) -> list[Survey]:
    """All surveys, newest flight first."""
    return list(session.scalars(select(Survey).order_by(Survey.flown_on.desc(), Survey.id.desc())))


def add_file(
    session: Session, survey: Survey, *, kind: str, original_name: str, path: str, sha256: str, size: int
) -> None:
    """Write a received file down."""
    survey.files.append(
        SurveyFile(kind=kind, original_name=original_name, path=path, sha256=sha256, bytes=size)
    )
    session.flush()


def set_progress(session: Session, survey_id: int, stages: list[dict[str, Any]], stage: str | None) -> None:
    """Write where the job is (no new version: layers/sql/history.sql leaves progress out)."""
    session.execute(
        update(Survey)
        .where(Survey.id == survey_id)
        .values(stages=stages, stage=stage, progress=rules.overall(stages))
        .execution_options(synchronize_session=False)
    )


def set_footprint(survey: Survey, footprint: MultiPolygon) -> None:
    """Where the flight has pixels: MultiPolygon in EPSG:4490."""
    survey.geom = from_shape(footprint, srid=SRID)
    survey.bounds = [float(each) for each in footprint.bounds]


def shown_flights(session: Session) -> list[Survey]:
    """Flights that are ready to be shown, the newest first."""
    ready = select(Survey).where(*_SHOWN)
    return list(session.scalars(ready.order_by(Survey.flown_on.desc(), Survey.id.desc())))


def mosaic(session: Session, days: Days) -> Mosaic | None:
    """The flights of these days together; None where there are none."""
    row = session.execute(
        text(
            """
            SELECT count(*), min(flown_on), max(flown_on), min(pyramid_minzoom), max(pyramid_maxzoom),
                   ST_XMin(ST_Extent(geom)), ST_YMin(ST_Extent(geom)), ST_XMax(ST_Extent(geom)), ST_YMax(ST_Extent(geom))
            FROM surveys
            WHERE status = 'done' AND pyramid_maxzoom IS NOT NULL AND flown_on BETWEEN :first AND :last
            """
        ),
        {"first": days.first, "last": days.last},
    ).one()
    flights, first, last, minzoom, maxzoom, west, south, east, north = row
    return Mosaic(flights, first, last, minzoom, maxzoom, (west, south, east, north)) if flights else None


def baseline_of(session: Session, survey: Survey) -> Survey | None:
    """The flight to compare with: processed, flown before, sharing most ground; the latest of equals.

    At least a tenth of the new footprint must be shared, else there is nothing to compare.
    """
    row = session.execute(
        text(
            """
            SELECT earlier.id,
                   ST_Area(ST_Intersection(earlier.geom, later.geom)) / ST_Area(later.geom) AS shared
            FROM surveys AS later
            JOIN surveys AS earlier ON ST_Intersects(earlier.geom, later.geom)
            WHERE later.id = :survey AND earlier.id <> later.id AND earlier.status = 'done'
              AND (earlier.flown_on, earlier.id) < (later.flown_on, later.id)
            ORDER BY round((ST_Area(ST_Intersection(earlier.geom, later.geom)) / ST_Area(later.geom))::numeric, 1) DESC,
                     earlier.flown_on DESC, earlier.id DESC
            LIMIT 1
            """
        ),
        {"survey": survey.id},
    ).first()
    if row is None or row.shared < 0.1:
        return None
    return session.get(Survey, row.id)


def neighbour_of(session: Session, survey: Survey) -> Survey | None:
    """The processed earlier flight nearest to this one, within 1.5 km: what a shifted file misses by."""
    found = session.scalar(
        text(
            """
            SELECT earlier.id FROM surveys AS later JOIN surveys AS earlier ON earlier.id <> later.id
            WHERE later.id = :survey AND earlier.status = 'done'
              AND ST_DWithin(ST_Transform(earlier.geom, 4548), ST_Transform(later.geom, 4548), 1500)
            ORDER BY ST_Distance(earlier.geom, later.geom), earlier.flown_on DESC, earlier.id DESC LIMIT 1
            """
        ),
        {"survey": survey.id},
    )
    return session.get(Survey, found) if found else None


def with_places(session: Session, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as they are shown (``bbox``, ``after``, ``alignment``), the alignment with its grade and what it is ``here``.

    The latter is unknown where a flight was aligned before the whole alignment was kept.
    """
    aligned = [row for row in rows if row["alignment"]]
    ids = {row["after"]["survey_id"] for row in aligned}
    found = session.execute(
        select(Survey.id, Survey.alignment).where(Survey.id.in_(ids), Survey.alignment.is_not(None))
    )
    placings = {number: Placing(stored) for number, stored in found if stored is not None}
    for row in aligned:
        shift, placing = row["alignment"], placings.get(row["after"]["survey_id"])
        graded = rules.grade(shift["reliable"], placing.stored if placing else None)
        row["alignment"] = {**shift, "grade": graded, "here": placing.at(row["bbox"]) if placing else None}
    return rows


def candidate_counts(session: Session) -> dict[int, dict[str, int]]:
    """How many candidates of each survey are in which state; dismissed ones wait outside the queue."""
    rows = session.execute(
        text(
            "SELECT survey_id, CASE WHEN status = 'pending' AND dismissed IS NOT NULL AND put_back_at IS NULL "
            "THEN 'dismissed' WHEN status = 'second' THEN 'pending' ELSE status END AS status, count(*) AS number "
            "FROM candidates WHERE status <> 'replaced' GROUP BY 1, 2"
        )
    )
    counts: dict[int, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row.survey_id, {})[row.status] = row.number
    return counts


def now() -> datetime:
    """The present moment, with its zone."""
    return datetime.now(UTC)
