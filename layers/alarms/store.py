"""What alarms are told from, and the rows of alarms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.alarms.model import Alarm
from layers.alarms.rules import Building, Finding, Heard, Look
from layers.candidates.follow import Flight
from layers.candidates.rules import WAITING
from layers.candidates.store import sightings
from layers.candidates.store.sightings import Row
from layers.errors import NotFound

__all__ = ["buildings", "lock", "looks", "of_buildings", "on_ground", "on_survey", "take_turns", "write"]

# A building of a flight was seen by it; one that came otherwise was seen on the day it was found
_BUILDINGS = """
SELECT b.id, b.status, b.demolished_on, b.candidate_id, ST_AsBinary(ST_Transform(b.geom, 4548)) AS geom,
       coalesce(s.flown_on, b.found_on) AS begun_on, coalesce(s.id, 0) AS begun_id,
       (SELECT coalesce((SELECT t.ends_on FROM case_deadlines AS t WHERE t.case_id = k.id AND t.kind = 'perform'
                         ORDER BY t.id DESC LIMIT 1), k.decided_on)
        FROM cases AS k WHERE k.illegal_building_id = b.id AND k.status <> 'revoked'
        ORDER BY k.id DESC LIMIT 1) AS perform_by,
       ARRAY(SELECT CAST(c.checked_at AT TIME ZONE 'Asia/Shanghai' AS date) FROM site_checks AS c
             WHERE c.illegal_building_id = b.id ORDER BY 1) AS checks
FROM illegal_buildings AS b
LEFT JOIN candidates AS c ON c.id = b.candidate_id
LEFT JOIN surveys AS s ON s.id = c.first_survey_id AND s.flown_on <= b.found_on
WHERE b.id = ANY(:ids) AND b.status <> 'dismissed' ORDER BY b.id
"""
# A flight that is being processed again goes on saying what it said
_LOOKS = """
SELECT b.id AS building_id, s.id, s.flown_on, o.id AS baseline_id, o.flown_on AS baseline_on, s.alignment_reliable,
       least(1, ST_Area(ST_Intersection(ST_Intersection(b.geom, s.geom), o.geom)) / ST_Area(b.geom)) AS shown_share
FROM illegal_buildings AS b
JOIN surveys AS s ON ST_Intersects(s.geom, b.geom)
JOIN surveys AS o ON o.id = s.baseline_id AND o.geom IS NOT NULL
WHERE b.id = ANY(:ids) AND (s.status = 'done' OR EXISTS (SELECT FROM sightings AS v WHERE v.survey_id = s.id))
ORDER BY b.id, s.flown_on, s.id
"""
# About 30 m around: what was added to an addition belongs to the building too
_NEAR = """
SELECT b.id AS building_id, c.id AS candidate_id, c.id IS NOT DISTINCT FROM b.candidate_id AS own,
       c.illegal_building_id IS NOT NULL AND c.illegal_building_id <> b.id AS of_another,
       f.illegal_building_id IS NOT NULL AND f.illegal_building_id <> b.id AND c.kind = 'extended' AS grows_another
FROM illegal_buildings AS b
JOIN candidates AS c ON c.geom && ST_Expand(b.geom, 0.0003)
LEFT JOIN candidates AS f ON f.id = c.follows_id
WHERE b.id = ANY(:ids) ORDER BY b.id, c.id
"""
_COLUMNS = (
    "illegal_building_id", "survey_id", "baseline_id", "candidate_id", "kind", "status", "sureness", "area_m2",
    "gained_m2", "gained_share", "height_change_m", "cleared_share", "shown_share", "method", "confidence", "closed_for",
)  # fmt: skip
_TOLD = [name for name in _COLUMNS if name not in {"illegal_building_id", "survey_id", "kind"}]
# What a person closed stays closed, with its word; all else follows from what the flights show
_WRITE = f"""
INSERT INTO alarms ({", ".join(_COLUMNS)}, closed_at)
VALUES ({", ".join(f":{name}" for name in _COLUMNS)}, CASE WHEN :status = 'closed' THEN now() END)
ON CONFLICT (illegal_building_id, survey_id, kind) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in _TOLD if name not in {"status", "closed_for"})},
    status = CASE WHEN alarms.closed_by IS NULL THEN excluded.status ELSE alarms.status END,
    closed_for = CASE WHEN alarms.closed_by IS NULL THEN excluded.closed_for ELSE alarms.closed_for END,
    closed_at = CASE WHEN alarms.closed_by IS NOT NULL OR alarms.closed_for = excluded.closed_for THEN alarms.closed_at
                     ELSE excluded.closed_at END
WHERE ({", ".join(f"alarms.{name}" for name in _TOLD)}) IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in _TOLD)})
"""  # noqa: S608
_FORGET = """
DELETE FROM alarms AS a
WHERE a.illegal_building_id = ANY(:ids) AND a.closed_by IS NULL
  AND (a.illegal_building_id, a.survey_id, a.kind) NOT IN (
      SELECT * FROM unnest(CAST(:buildings AS bigint[]), CAST(:surveys AS bigint[]), CAST(:kinds AS text[])))
"""


def take_turns(session: Session) -> None:
    """Buildings are told one transaction after another. Taken after rows are locked, which alarms only refer to: whoever
    locks a candidate or a building must let others refer to it (FOR NO KEY UPDATE), or two could wait for each other.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('alarms'))"))


def on_survey(session: Session, survey_id: int) -> list[int]:
    """The buildings on a flight's ground."""
    return list(
        session.scalars(
            text(
                "SELECT b.id FROM illegal_buildings AS b JOIN surveys AS s ON ST_Intersects(s.geom, b.geom) "
                "WHERE s.id = :id ORDER BY b.id"
            ),
            {"id": survey_id},
        )
    )


def on_ground(session: Session, candidate_ids: Iterable[int]) -> list[int]:
    """The buildings on which these candidates may bear."""
    return list(
        session.scalars(
            text(
                "SELECT DISTINCT b.id FROM illegal_buildings AS b JOIN candidates AS c "
                "ON c.geom && ST_Expand(b.geom, 0.0003) WHERE c.id = ANY(:ids) ORDER BY b.id"
            ),
            {"ids": sorted(candidate_ids)},
        )
    )


def buildings(session: Session, ids: Sequence[int]) -> dict[int, Building]:
    """The buildings as the rules want them; dismissed ones are left out."""
    return {
        row.id: Building(
            outline=shapely.from_wkb(bytes(row.geom)),
            status=row.status,
            begun=Flight(row.begun_on, row.begun_id),
            demolished_on=row.demolished_on,
            perform_by=row.perform_by,
            checks=tuple(row.checks),
        )
        for row in session.execute(text(_BUILDINGS), {"ids": list(ids)})
    }


def looks(session: Session, ids: Sequence[int]) -> dict[int, list[Look]]:
    """The flights over these buildings, each with what its detector drew on and beside them."""
    given = {"ids": list(ids)}
    near = session.execute(text(_NEAR), given).all()
    rows = {row.id: row for row in sightings.load(session, {each.candidate_id for each in near})}
    heard: dict[tuple[int, Flight], list[Heard]] = defaultdict(list)
    for each in near:
        row = rows.get(each.candidate_id)
        if row is None or row.nothing or each.grows_another:
            continue
        for flight, detection in _heard(row, own=each.own):
            if not (
                each.of_another and row.first < flight
            ):  # what happens to another building is its own story
                heard[each.building_id, flight].append(detection)
    found: dict[int, list[Look]] = defaultdict(list)
    for each in session.execute(text(_LOOKS), given):
        flight = Flight(each.flown_on, each.id)
        baseline = Flight(each.baseline_on, each.baseline_id)
        own = tuple(heard[each.building_id, flight])
        found[each.building_id].append(Look(flight, baseline, each.shown_share, each.alignment_reliable, own))
    return found


def write(session: Session, ids: Sequence[int], told: Sequence[tuple[int, Finding]]) -> None:
    """Write down all that is told of these buildings: (building, finding); what is told no longer goes, unless a person
    has closed it.
    """
    rows = [_row(building, each) for building, each in told]
    session.execute(
        text(_FORGET),
        {
            "ids": list(ids),
            "buildings": [row["illegal_building_id"] for row in rows],
            "surveys": [row["survey_id"] for row in rows],
            "kinds": [row["kind"] for row in rows],
        },
    )
    if rows:
        session.execute(text(_WRITE), rows)


def of_buildings(session: Session, ids: Sequence[int]) -> set[int]:
    """The candidates that stand where one of these buildings stood before."""
    found = session.scalars(
        text(
            "SELECT DISTINCT candidate_id FROM alarms WHERE illegal_building_id = ANY(:ids) AND kind = 'rebuilt' "
            "AND candidate_id IS NOT NULL"
        ),
        {"ids": list(ids)},
    )
    return set(found)


def lock(session: Session, alarm_id: int) -> Alarm:
    """The alarm's row, locked until the transaction ends. Raises NotFound."""
    found = session.get(Alarm, alarm_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(what_zh="预警", what_en="alarm", key=alarm_id)
    return found


def _heard(row: Row, *, own: bool) -> list[tuple[Flight, Heard]]:
    """What each flight's detector drew of a candidate; that a structure went is said by the demolition's own row."""
    judged = row.status not in WAITING
    return [
        (
            each.glimpse.flight,
            Heard(
                candidate_id=row.id,
                kind=each.glimpse.kind,
                outline=each.glimpse.outline,
                height_change_m=each.glimpse.height_change_m,
                confidence=each.means["confidence"],
                method=each.means["method"],
                judged=judged and not own and each.glimpse.flight == row.first,
                own=own,
            ),
        )
        for each in row.sightings
        if each.glimpse.found is not None
        and each.glimpse.outline is not None
        and (each.glimpse.kind == "demolished") is row.demolition
    ]


def _row(building: int, each: Finding) -> dict[str, Any]:
    heard = each.heard
    return {
        "illegal_building_id": building,
        "survey_id": each.flight.id,
        "baseline_id": each.baseline.id,
        "candidate_id": heard.candidate_id if heard else None,
        "kind": each.kind,
        "status": each.status,
        "sureness": each.sureness,
        "area_m2": round(each.area_m2, 2),
        "gained_m2": None if each.gained_m2 is None else round(each.gained_m2, 2),
        "gained_share": None if each.gained_share is None else round(each.gained_share, 4),
        "height_change_m": None if each.height_change_m is None else round(each.height_change_m, 2),
        "cleared_share": round(each.cleared_share, 4),
        "shown_share": round(each.shown_share, 4),
        "method": heard.method if heard else None,
        "confidence": heard.confidence if heard else None,
        "closed_for": each.closed_for,
    }
