"""All SQL of quality samples and of the figures that rest on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from layers import models  # noqa: F401  (a flush must know every table that a foreign key names)
from layers.errors import NotFound
from layers.places.where import township_sql
from layers.quality.figures import Looked, Reviewed
from layers.quality.model import QualitySample
from layers.surveys.store import ALIGNMENT, with_places

__all__ = [
    "SQUARE_M",
    "Page",
    "Stratum",
    "add_rejected",
    "add_squares",
    "counts",
    "divisions",
    "empty_squares",
    "get",
    "judge",
    "lock",
    "page",
    "pairs",
    "rejected_by",
    "rejected_places",
]

SQUARE_M = 60
"""Side of an empty place, metres of EPSG:4548: a house with its yard, and all of it on one screen."""

Stratum = tuple[int, int]
"""Survey and township; 0 where the ground lies in no township."""

# Which detector a candidate is owed to (where nothing learned was used, the method), and to which most of a flight are
MODEL = "coalesce(c.model, c.method)"
MODEL_OF_SURVEY = f"""
(SELECT {MODEL} FROM candidates AS c WHERE c.survey_id = s.id GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1)
"""  # noqa: S608  (a constant)

TOWNSHIP = township_sql("ST_Transform(ST_Centroid(q.geom), 4490)")

# The compared ground of a pair is cut into squares of a fixed lattice; those that anything the detector drew on the
# flight touches are not empty. Candidates are laid on the lattice themselves, so a district is two hash joins.
SQUARES = """
WITH pair AS (
    SELECT ST_Intersection(ST_Transform(s.geom, 4548), ST_Transform(b.geom, 4548)) AS ground
    FROM surveys AS s JOIN surveys AS b ON b.id = s.baseline_id WHERE s.id = :survey
), held AS (
    SELECT ST_Transform(found, 4548) AS geom FROM sightings WHERE survey_id = :survey AND found IS NOT NULL
    UNION ALL SELECT ST_Transform(geom, 4548) FROM candidates WHERE survey_id = :survey
), occupied AS (
    SELECT DISTINCT q.i, q.j FROM held, LATERAL ST_SquareGrid({square}, held.geom) AS q
    WHERE ST_Intersects(q.geom, held.geom)
)
SELECT 'E' || q.i * {square} || 'N' || q.j * {square} AS place, coalesce({township}, 0) AS division
FROM pair, LATERAL ST_SquareGrid({square}, pair.ground) AS q
WHERE NOT ST_IsEmpty(pair.ground) AND ST_Covers(pair.ground, q.geom)
  AND NOT EXISTS (SELECT 1 FROM occupied AS o WHERE o.i = q.i AND o.j = q.j)
ORDER BY q.i, q.j
"""

PAIRS = """
SELECT s.id,
       {model_of_survey} AS model,
       ARRAY(SELECT p.place FROM quality_samples AS p
             WHERE p.survey_id = s.id AND p.model IS NOT DISTINCT FROM {model_of_survey}) AS taken
FROM surveys AS s JOIN surveys AS b ON b.id = s.baseline_id
WHERE s.status = 'done' AND b.geom IS NOT NULL AND (CAST(:survey AS bigint) IS NULL OR s.id = :survey)
ORDER BY s.id
"""

REJECTED = """
SELECT c.survey_id AS survey, coalesce(c.division_id, 0) AS division, c.code
FROM candidates AS c JOIN surveys AS s ON s.id = c.survey_id
WHERE c.status = 'rejected' AND s.baseline_id IS NOT NULL AND s.status = 'done'
  AND (CAST(:survey AS bigint) IS NULL OR c.survey_id = :survey)
  AND NOT EXISTS (SELECT 1 FROM quality_samples AS p WHERE p.candidate_id = c.id)
ORDER BY c.code
"""

ADD_SQUARES = """
INSERT INTO quality_samples (survey_id, baseline_id, kind_of_sample, place, division_id, model, places,
                             places_in_survey, seed, geom, drawn_by, synthetic)
SELECT s.id, s.baseline_id, 'empty', q.place, nullif(:division, 0), :model, :places, :places_in_survey, :seed,
       ST_Multi(ST_Transform(ST_MakeEnvelope(q.east, q.north, q.east + {square}, q.north + {square}, 4548), 4490)),
       :person, s.synthetic
FROM surveys AS s, (
    SELECT place, substring(place FROM 'E(-?[0-9]+)N')::double precision AS east,
           substring(place FROM 'N(-?[0-9]+)$')::double precision AS north
    FROM unnest(CAST(:names AS text[])) AS place
) AS q
WHERE s.id = :survey ORDER BY q.place
"""

ADD_REJECTED = """
INSERT INTO quality_samples (survey_id, baseline_id, kind_of_sample, place, candidate_id, division_id, model, seed,
                             geom, drawn_by, synthetic)
SELECT s.id, s.baseline_id, 'rejected', c.code, c.id, c.division_id, {model}, :seed, c.geom, :person, c.synthetic
FROM candidates AS c JOIN surveys AS s ON s.id = c.survey_id WHERE c.code = ANY(:names) ORDER BY c.code
"""

LAST_REJECTION = """
(SELECT r.person_id FROM reviews AS r WHERE r.candidate_id = p.candidate_id AND r.verdict = 'reject'
 ORDER BY r.id DESC LIMIT 1)
"""

SHOWN = """
SELECT p.id, p.kind_of_sample, p.place, p.verdict, p.missed, p.missed_kind, p.at, p.version, p.synthetic,
       ST_AsGeoJSON(p.geom, 8)::jsonb AS geometry,
       ARRAY[ST_XMin(p.geom), ST_YMin(p.geom), ST_XMax(p.geom), ST_YMax(p.geom)] AS bbox,
       jsonb_build_object('survey_id', b.id, 'code', b.code, 'flown_on', b.flown_on) AS before,
       jsonb_build_object('survey_id', a.id, 'code', a.code, 'flown_on', a.flown_on) AS after,
       CASE WHEN a.baseline_id = p.baseline_id AND a.shift_x_m IS NOT NULL
            THEN {alignment} END AS alignment,
       CASE WHEN d.id IS NOT NULL THEN jsonb_build_object('code', d.code, 'name', d.name) END AS division,
       q.display_name AS by,
       coalesce({last_rejection} = :me, false) AS own_rejection
FROM quality_samples AS p
JOIN surveys AS a ON a.id = p.survey_id
JOIN surveys AS b ON b.id = p.baseline_id
LEFT JOIN divisions AS d ON d.id = p.division_id
LEFT JOIN people AS q ON q.id = p.person_id
"""

# A rejection that was taken back is no rejection to be looked at again
STANDS = """
(p.candidate_id IS NULL OR EXISTS (
    SELECT 1 FROM candidates AS c WHERE c.id = p.candidate_id AND c.status = 'rejected'))
"""

PIECES = {
    "square": str(SQUARE_M),
    "model": MODEL,
    "model_of_survey": MODEL_OF_SURVEY,
    "township": TOWNSHIP,
    "last_rejection": LAST_REJECTION,
    "stands": STANDS,
    "alignment": ALIGNMENT,
}

COUNTED = "SELECT count(*) FROM quality_samples AS p"
STATES = {
    "waiting": "p.verdict IS NULL AND {stands} AND {last_rejection} IS DISTINCT FROM :me",
    "judged": "p.verdict IS NOT NULL",
    "all": "true",
}

REVIEWED = """
SELECT c.survey_id AS survey, c.division_id AS division, c.kind, {model} AS model,
       count(*) FILTER (WHERE c.status = 'accepted') AS accepted,
       count(*) FILTER (WHERE c.status = 'rejected') AS rejected,
       count(*) FILTER (WHERE c.status IN ('pending', 'second')) AS pending
FROM candidates AS c GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""

LOOKED = """
SELECT p.kind_of_sample AS sort, p.survey_id AS survey, p.division_id AS division, p.model,
       coalesce(c.kind, p.missed_kind) AS kind, p.verdict,
       count(*) AS samples, coalesce(sum(p.missed), 0) AS structures,
       coalesce((array_agg(p.places ORDER BY p.id DESC))[1], 0) AS places,
       coalesce((array_agg(p.places_in_survey ORDER BY p.id DESC))[1], 0) AS places_in_survey, max(p.id) AS newest
FROM quality_samples AS p LEFT JOIN candidates AS c ON c.id = p.candidate_id
WHERE {stands} GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
"""


@dataclass(frozen=True)
class Pair:
    """A processed flight with its baseline: which detector looked at it, and which places were drawn before."""

    survey: int
    model: str | None
    taken: frozenset[str]


@dataclass(frozen=True)
class Page:
    """One page of samples as they are shown, and how many there are in all."""

    total: int
    rows: list[dict[str, Any]]


def pairs(session: Session, survey: int | None) -> list[Pair]:
    """Processed flights that were compared with a baseline; one draw at a time (a lock until the end)."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('quality samples'))"))
    rows = session.execute(_sql(PAIRS), {"survey": survey})
    return [Pair(row.id, row.model, frozenset(row.taken)) for row in rows]


def empty_squares(session: Session, survey: int) -> dict[Stratum, list[str]]:
    """Names of the squares inside both footprints that no candidate of the flight touches, by township."""
    found: dict[Stratum, list[str]] = {}
    for row in session.execute(_sql(SQUARES), {"survey": survey}):
        found.setdefault((survey, int(row.division)), []).append(row.place)
    return found


def rejected_places(session: Session, survey: int | None) -> dict[Stratum, list[str]]:
    """Codes of rejected candidates that are no sample yet, by flight and township."""
    found: dict[Stratum, list[str]] = {}
    for row in session.execute(_sql(REJECTED), {"survey": survey}):
        found.setdefault((row.survey, int(row.division)), []).append(row.code)
    return found


def add_squares(
    session: Session,
    stratum: Stratum,
    names: Sequence[str],
    *,
    model: str | None,
    places: int,
    places_in_survey: int,
    seed: int,
    person_id: int,
) -> None:
    """Write drawn squares down with the frame they were drawn from."""
    survey, division = stratum
    given = {"survey": survey, "division": division, "names": list(names), "model": model, "places": places}
    given |= {"places_in_survey": places_in_survey, "seed": seed, "person": person_id}
    session.execute(_sql(ADD_SQUARES), given)


def add_rejected(session: Session, names: Sequence[str], *, seed: int, person_id: int) -> None:
    """Write drawn rejected candidates down, by code."""
    session.execute(_sql(ADD_REJECTED), {"names": list(names), "seed": seed, "person": person_id})


def page(session: Session, *, state: str, sort: str | None, me: int, limit: int, offset: int) -> Page:
    """Samples in the order of their drawing; «waiting» leaves out what the person rejected himself."""
    wanted = f"{STATES[state]} AND (CAST(:sort AS text) IS NULL OR p.kind_of_sample = :sort)"
    given = {"me": me, "sort": sort}
    total = session.scalar(_sql(f"{COUNTED} WHERE {wanted}"), given)
    rows = session.execute(
        _sql(f"{SHOWN} WHERE {wanted} ORDER BY p.id LIMIT :limit OFFSET :offset"),
        {**given, "limit": limit, "offset": offset},
    ).mappings()
    return Page(int(total or 0), with_places(session, [dict(row) for row in rows]))


def get(session: Session, sample_id: int, *, me: int) -> dict[str, Any]:
    """One sample as it is shown to a person. Raises NotFound."""
    row = session.execute(_sql(f"{SHOWN} WHERE p.id = :id"), {"id": sample_id, "me": me}).mappings().first()
    if row is None:
        raise _unknown(sample_id)
    [shown] = with_places(session, [dict(row)])
    return shown


def lock(session: Session, sample_id: int) -> QualitySample:
    """The sample's row, locked until the transaction ends. Raises NotFound."""
    sample = session.get(QualitySample, sample_id, with_for_update=True, populate_existing=True)
    if sample is None:
        raise _unknown(sample_id)
    return sample


def rejected_by(session: Session, sample_id: int) -> int | None:
    """Who rejected the sample's candidate last; None for an empty square."""
    found = session.scalar(
        _sql("SELECT {last_rejection} FROM quality_samples AS p WHERE p.id = :id"), {"id": sample_id}
    )
    return None if found is None else int(found)


def judge(
    session: Session,
    sample: QualitySample,
    *,
    verdict: str,
    missed: int | None,
    missed_kind: str | None,
    person_id: int,
) -> None:
    """Write a verdict down (the trigger makes a new version)."""
    sample.verdict, sample.missed, sample.missed_kind = verdict, missed, missed_kind
    sample.person_id, sample.at = person_id, datetime.now(UTC)
    session.flush()
    session.refresh(sample)


def counts(session: Session) -> tuple[list[Reviewed], list[Looked]]:
    """Everything that the figures are computed from."""
    reviewed = [Reviewed(**row) for row in session.execute(_sql(REVIEWED)).mappings()]
    looked = [Looked(**row) for row in session.execute(_sql(LOOKED)).mappings()]
    return reviewed, looked


def divisions(session: Session) -> dict[int, dict[str, str]]:
    """Code and name of every township by its id."""
    rows = session.execute(text("SELECT id, code, name FROM divisions WHERE level = 'township'"))
    return {row.id: {"code": row.code, "name": row.name} for row in rows}


def _sql(statement: str) -> TextClause:
    """A statement with the pieces that several share; values travel as parameters only."""
    return text(statement.format_map(PIECES))


def _unknown(sample_id: int) -> NotFound:
    return NotFound(what_zh="质量样本", what_en="quality sample", key=sample_id)
