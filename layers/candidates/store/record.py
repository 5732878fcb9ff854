"""What a flight writes: its detections, and what it says of the structures that were known before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.crs import MEASURED
from layers.candidates import follow, rules
from layers.candidates.follow import Detection, Glimpse, Outcome, Seen, State
from layers.candidates.store import ranks, sightings
from layers.candidates.store.sightings import Row
from layers.surveys.model import Survey

__all__ = ["Replaced", "last_number", "replace", "retell"]

# The row of a pending candidate is that of the flight that saw it change last; a verdict is on the shape judged
PROJECT = """
UPDATE candidates AS c
SET geom = v.geom, kind = v.kind, confidence = v.confidence, area_m2 = v.area_m2, height_change_m = v.height_change_m,
    method = v.method, model = v.model, threshold = v.threshold, survey_id = s.id, baseline_id = s.baseline_id
FROM sightings AS v JOIN surveys AS s ON s.id = v.survey_id
WHERE c.id = :candidate AND v.candidate_id = c.id AND v.survey_id = :survey AND c.status = 'pending'
"""

# The flight no longer says so; what somebody drew stays, and what somebody judged with the flight that it was first
# seen by
FORGET = """
DELETE FROM sightings AS v USING candidates AS c
WHERE c.id = v.candidate_id AND v.survey_id = :survey AND NOT v.candidate_id = ANY(:kept) AND v.drawn IS NULL
  AND (c.first_survey_id <> :survey OR NOT EXISTS (SELECT FROM reviews AS r WHERE r.candidate_id = c.id))
RETURNING v.candidate_id
"""

REMOVE = """
DELETE FROM candidates AS c
WHERE c.id = ANY(:ids) AND c.status = 'pending'
  AND NOT EXISTS (SELECT FROM sightings AS v WHERE v.candidate_id = c.id AND v.found IS NOT NULL)
  AND NOT EXISTS (SELECT FROM reviews AS r WHERE r.candidate_id = c.id)
RETURNING c.id
"""


@dataclass(frozen=True)
class Replaced:
    """What a survey's detections came to: new rows, detections that found a known row, rows removed."""

    added: int
    seen_again: int
    removed: int


def replace(session: Session, survey: Survey, baseline: Survey, found: gpd.GeoDataFrame) -> Replaced:
    """Write a survey's detections down, and tell of every known structure what this flight says of it.

    ``found`` is in metres with the columns of ``gis.change.detect``; ``baseline`` is what the survey was
    compared with. Running it again with the same frame, in whatever order, changes nothing. Flights may come
    in any order: what later ones said is told anew. Detections of this survey that are gone and were never
    judged are removed.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('candidates'))"))
    found = _in_order(found.to_crs(MEASURED))
    me = sightings.flight_of(survey)
    rows = sightings.on_ground(session, survey)
    earlier = [row for row in rows if row.first < me and not row.nothing]
    detections = [
        Detection(each.geometry, each.kind, _number(each.height_change_m)) for each in found.itertuples()
    ]
    outcome = follow.assign(
        me,
        sightings.flight_of(baseline),
        sightings.compared_ground(session, survey, baseline),
        detections,
        [row.known_before(me) for row in earlier],
    )
    told = [_spoken(earlier[place], found, glimpse) for place, glimpse in outcome.spoken.items()]
    told += [_silent(earlier[place], survey, me) for place in outcome.silent]
    own, added = _rows_of_their_own(session, survey, baseline, found, outcome, earlier, rows)
    told += own
    sightings.write(session, told)
    kept = {each["candidate"] for each in told}
    forgotten, removed = _forget(session, survey, kept)
    retell(session, kept | forgotten)
    ranks.place(session, survey.id)
    ranks.refresh(session, kept | forgotten | {row.id for row in rows})
    return Replaced(added=added, seen_again=len(found) - added, removed=removed)


def retell(session: Session, candidate_ids: Iterable[int]) -> None:
    """Tell the states of these candidates anew from what each flight found, and let their rows say so."""
    for row in sightings.load(session, candidate_ids):
        heard = list(dropwhile(lambda each: each.glimpse.outline is None, row.sightings))
        if not heard:
            continue
        if early := row.sightings[: len(row.sightings) - len(heard)]:
            sightings.delete_silent(session, row.id, [each.glimpse.flight.id for each in early])
        told = follow.retell([each.glimpse for each in heard])
        for each, seen in zip(heard, told, strict=True):
            sightings.tell(session, row.id, each, seen)
        _project(session, row.id, heard, told)


def _project(
    session: Session, candidate_id: int, heard: Sequence[sightings.Sighting], told: Sequence[Seen]
) -> None:
    """The candidate's row after its sightings: the last one that changed it, and the first."""
    changes = follow.changes([each.glimpse for each in heard], told)
    session.execute(
        text(PROJECT), {"candidate": candidate_id, "survey": heard[changes[-1]].glimpse.flight.id}
    )
    session.execute(
        text("UPDATE candidates SET first_survey_id = :first WHERE id = :id AND first_survey_id <> :first"),
        {"id": candidate_id, "first": heard[0].glimpse.flight.id},
    )


def _in_order(found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The most confident first, and always in the same order whatever the detector's was."""
    keys = found.assign(_wkb=[each.normalize().wkb_hex for each in found.geometry])
    return keys.sort_values(["confidence", "kind", "_wkb"], ascending=[False, True, True]).drop(
        columns="_wkb"
    )


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _means(measured: Any) -> dict[str, Any]:
    """By what means a row of the frame was found, and how sure that is."""
    height, threshold = _number(measured.height_change_m), _number(measured.threshold)
    return {
        "kind": measured.kind,
        "confidence": float(measured.confidence),
        "height_change_m": None if height is None else round(height, 2),
        "method": measured.method,
        "model": None if measured.model is None or pd.isna(measured.model) else str(measured.model),
        "threshold": threshold,
    }


def _sighting(
    candidate_id: int, survey_id: int, geom: Any, found: Any, means: dict[str, Any]
) -> dict[str, Any]:
    """A sighting to be written; ``retell`` then says what it means."""
    return {
        **means,
        "candidate": candidate_id,
        "survey": survey_id,
        "geom": sightings.stored(geom),
        "found": None if found is None else sightings.stored(found),
        "state": State.UNCHANGED,
        "area_m2": round(geom.area, 2),
    }


def _spoken(row: Row, found: gpd.GeoDataFrame, glimpse: Glimpse) -> dict[str, Any]:
    """A known structure that the detector touched, with the surest detection that did."""
    assert glimpse.found is not None
    sources = found[(found["kind"] == glimpse.kind) & found.geometry.intersects(glimpse.found)]
    means = _means(next(sources.itertuples()))
    height = None if glimpse.height_change_m is None else round(glimpse.height_change_m, 2)
    if glimpse.kind != "demolished":
        means["height_change_m"] = height
    return _sighting(
        row.id, glimpse.flight.id, row.last_before(glimpse.flight).seen.geom, glimpse.found, means
    )


def _silent(row: Row, survey: Survey, me: follow.Flight) -> dict[str, Any]:
    """A known structure that the detector did not touch: as last seen."""
    last = row.last_before(me)
    return _sighting(row.id, survey.id, last.seen.geom, None, {**last.means, "height_change_m": None})


def _rows_of_their_own(
    session: Session,
    survey: Survey,
    baseline: Survey,
    found: gpd.GeoDataFrame,
    outcome: Outcome,
    earlier: list[Row],
    rows: list[Row],
) -> tuple[list[dict[str, Any]], int]:
    """Sightings of the detections that are candidates themselves, and how many of these are new.

    A row of this flight, or one that a later flight saw first, is taken up again.
    """
    measured = list(found.itertuples())
    me = sightings.flight_of(survey)
    taken = _pairs(measured, outcome.own, [row for row in rows if row.first == me])
    left = [number for number in outcome.own if number not in taken]
    taken |= _pairs(measured, left, [row for row in rows if row.first > me and not row.replaced])
    number = last_number(session, survey.code)
    written = []
    for place in outcome.own:
        each = measured[place]
        follows = outcome.follows.get(place)
        values = {**_means(each), "follows": None if follows is None else earlier[follows].id}
        if place in taken:
            candidate_id = taken[place].id
            _set_follows(session, candidate_id, values["follows"])
        else:
            number += 1
            values |= {
                "code": f"C{survey.code[1:]}-{number:04d}",
                "survey": survey.id,
                "baseline": baseline.id,
            }
            values |= {"geom": sightings.stored(each.geometry), "area_m2": round(each.geometry.area, 2)}
            candidate_id = _insert(session, {**values, "synthetic": survey.synthetic})
        written.append(_sighting(candidate_id, survey.id, each.geometry, each.geometry, _means(each)))
    return written, len(outcome.own) - len(taken)


def _pairs(measured: list[Any], numbers: list[int], rows: list[Row]) -> dict[int, Row]:
    """Detections and rows of one structure; something gone is never the same as something built."""
    pairs: dict[int, Row] = {}
    for gone in (True, False):
        new = [number for number in numbers if (measured[number].kind == "demolished") is gone]
        old = [row for row in rows if row.demolition is gone]
        matches = rules.match([measured[n].geometry for n in new], [_first_shape(row) for row in old])
        pairs |= {new[each.new]: old[each.known] for each in matches}
    return pairs


def _first_shape(row: Row) -> Any:
    """As the detector drew it: what a person makes of that must not hide it from the same flight run again."""
    first = row.sightings[0]
    return first.seen.geom if first.detected is None else first.detected


def _insert(session: Session, values: dict[str, Any]) -> int:
    found = session.scalar(
        text(
            "INSERT INTO candidates (code, geom, kind, confidence, area_m2, height_change_m, method, model, threshold, "
            "follows_id, survey_id, first_survey_id, baseline_id, synthetic) VALUES (:code, ST_GeomFromWKB(:geom, 4490), "
            ":kind, :confidence, :area_m2, :height_change_m, :method, :model, :threshold, :follows, :survey, :survey, "
            ":baseline, :synthetic) RETURNING id"
        ),
        values,
    )
    return int(found)


def _set_follows(session: Session, candidate_id: int, follows: int | None) -> None:
    session.execute(
        text(
            "UPDATE candidates SET follows_id = :follows WHERE id = :id "
            "AND follows_id IS DISTINCT FROM CAST(:follows AS bigint)"
        ),
        {"id": candidate_id, "follows": follows},
    )


def _forget(session: Session, survey: Survey, kept: set[int]) -> tuple[set[int], int]:
    """Remove this survey's sightings that no longer hold, and the never judged rows that nothing else saw."""
    forgotten = set(session.scalars(text(FORGET), {"survey": survey.id, "kept": sorted(kept)}))
    removed = set(session.scalars(text(REMOVE), {"ids": sorted(forgotten)}))
    return forgotten - removed, len(removed)


def last_number(session: Session, survey_code: str) -> int:
    """The last number that a candidate of this flight has in its code."""
    last = session.scalar(
        text("SELECT max(code) FROM candidates WHERE code LIKE :prefix"), {"prefix": f"C{survey_code[1:]}-%"}
    )
    return int(str(last).rsplit("-", 1)[1]) if last else 0
