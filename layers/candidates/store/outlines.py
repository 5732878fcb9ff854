"""Outlines changed by hand: what is drawn on sightings, the parts in a merge or a split, and the way back.

Shapes are given in EPSG:4548 and stored in EPSG:4490.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.crs import to_metres
from layers.candidates.rules import Verdict
from layers.candidates.store.record import last_number
from layers.candidates.store.sightings import stored
from layers.database import geometry

__all__ = [
    "Edit",
    "EditPart",
    "Telling",
    "add_edit",
    "add_part",
    "bring_back",
    "copy_candidate",
    "draw",
    "edit",
    "footprint",
    "lock_all_outlines",
    "move_followers",
    "outline",
    "seal",
    "spoken_since",
    "stand_in",
    "tellings",
    "undraw",
]


@dataclass(frozen=True)
class Telling:
    """A sighting as a change of outlines sees it; ``later``: of the row's own flight or one after it."""

    id: int
    survey_id: int
    flown_on: date
    kind: str
    state: str
    geom: BaseGeometry
    later: bool
    silent: bool


@dataclass(frozen=True)
class EditPart:
    """A candidate's part in a change of outlines; ``followers`` are candidates that followed it before."""

    candidate_id: int
    part: str
    followers: list[int]


@dataclass(frozen=True)
class Edit:
    """A change of outlines and all who had a part in it, the kept one first."""

    id: int
    act: Verdict
    person_id: int
    last_sighting_id: int
    parts: tuple[EditPart, ...]


def lock_all_outlines(session: Session) -> None:
    """Take turns with flights being recorded; before any row is locked (see ``acts.lock_followed``)."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('candidates'))"))


def outline(session: Session, candidate_id: int) -> BaseGeometry:
    """The candidate's outline, EPSG:4548."""
    found = session.scalar(
        text("SELECT ST_AsBinary(geom) FROM candidates WHERE id = :id"), {"id": candidate_id}
    )
    metres: BaseGeometry = to_metres(geometry(found))
    return metres


def footprint(session: Session, survey_id: int) -> BaseGeometry | None:
    """The ground that a flight shows, EPSG:4548."""
    found = geometry(
        session.scalar(text("SELECT ST_AsBinary(geom) FROM surveys WHERE id = :id"), {"id": survey_id})
    )
    return None if found is None else to_metres(found)


def tellings(session: Session, candidate_id: int) -> list[Telling]:
    """The candidate's sightings in the order of flights."""
    rows = session.execute(
        text(
            "SELECT v.id, v.survey_id, s.flown_on, v.kind, v.state, ST_AsBinary(v.geom) AS geom, "
            "(s.flown_on, s.id) >= (o.flown_on, o.id) AS later, v.found IS NULL AND v.drawn IS NULL AS silent "
            "FROM sightings AS v JOIN surveys AS s ON s.id = v.survey_id JOIN candidates AS c ON c.id = v.candidate_id "
            "JOIN surveys AS o ON o.id = c.survey_id WHERE c.id = :id ORDER BY s.flown_on, s.id"
        ),
        {"id": candidate_id},
    ).mappings()
    return [Telling(**{**row, "geom": to_metres(geometry(row["geom"]))}) for row in rows]


def add_edit(session: Session, act: Verdict, candidate_id: int, person_id: int) -> int:
    """A change of outlines, of which the named candidate is kept; its number."""
    return int(
        session.scalar(
            text(
                "INSERT INTO outline_edits (act, candidate_id, person_id, last_sighting_id) "
                "VALUES (:act, :candidate, :person, 0) RETURNING id"
            ),
            {"act": act, "candidate": candidate_id, "person": person_id},
        )
        or 0
    )


def seal(session: Session, edit_id: int) -> None:
    """The edit is complete: what flights say from now on is said after it."""
    session.execute(
        text("UPDATE outline_edits SET last_sighting_id = (SELECT max(id) FROM sightings) WHERE id = :id"),
        {"id": edit_id},
    )


def add_part(
    session: Session, edit_id: int, candidate_id: int, part: str, followers: Iterable[int] = ()
) -> None:
    """Write a candidate's part down with its outline before, and the act among its reviews."""
    given = {"edit": edit_id, "candidate": candidate_id, "part": part, "followers": sorted(followers)}
    session.execute(
        text(
            "INSERT INTO outline_edit_parts (edit_id, candidate_id, part, outline, followers) "
            "SELECT :edit, id, :part, CASE WHEN :part <> 'added' THEN geom END, CAST(:followers AS bigint[]) "
            "FROM candidates WHERE id = :candidate"
        ),
        given,
    )
    session.execute(
        text(
            "INSERT INTO reviews (candidate_id, verdict, person_id, edit_id) "
            "SELECT :candidate, act, person_id, id FROM outline_edits WHERE id = :edit"
        ),
        given,
    )


def draw(session: Session, edit_id: int, shapes: Mapping[int, BaseGeometry]) -> None:
    """Draw on sightings, by their ids; what was drawn there before is kept with the edit."""
    given = [{"edit": edit_id, "id": number, "drawn": stored(each)} for number, each in shapes.items()]
    if not given:
        return
    session.execute(
        text(
            "INSERT INTO outline_edit_shapes (edit_id, sighting_id, drawn) SELECT :edit, id, drawn FROM sightings WHERE id = :id"
        ),
        given,
    )
    session.execute(text("UPDATE sightings SET drawn = ST_GeomFromWKB(:drawn, 4490) WHERE id = :id"), given)


def undraw(session: Session, edit_id: int) -> None:
    """What was drawn before the edit is drawn again."""
    session.execute(
        text(
            "UPDATE sightings AS v SET drawn = b.drawn FROM outline_edit_shapes AS b "
            "WHERE b.edit_id = :edit AND v.id = b.sighting_id"
        ),
        {"edit": edit_id},
    )


def copy_candidate(session: Session, candidate_id: int, shapes: Mapping[int, BaseGeometry | None]) -> int:
    """Another candidate of the same flight with these sightings of the first, each with its own shape; its id.

    A shape of None is a sighting as it is: silence, or that all of it is gone.
    """
    code, survey_code = session.execute(
        text("SELECT c.code, s.code FROM candidates AS c JOIN surveys AS s ON s.id = c.survey_id WHERE c.id = :id"),
        {"id": candidate_id},
    ).one()  # fmt: skip
    # numbers go on in the series of the code, which is that of the flight that saw it first
    series = f"S{code.rpartition('-')[0][1:]}" if code.count("-") > 1 else survey_code
    copied = int(
        session.scalar(
            text(
                "INSERT INTO candidates (code, geom, kind, confidence, area_m2, height_change_m, method, model, threshold, "
                "follows_id, survey_id, first_survey_id, baseline_id, synthetic) SELECT :code, geom, kind, confidence, "
                "area_m2, height_change_m, method, model, threshold, follows_id, survey_id, first_survey_id, baseline_id, "
                "synthetic FROM candidates WHERE id = :id RETURNING id"
            ),
            {"id": candidate_id, "code": f"C{series[1:]}-{last_number(session, series) + 1:04d}"},
        )
        or 0
    )
    session.execute(
        text(
            "INSERT INTO sightings (candidate_id, survey_id, geom, found, drawn, confidence, area_m2, kind, state, "
            "height_change_m, method, model, threshold) SELECT :copied, survey_id, coalesce(g.drawn, geom), "
            "CASE WHEN found IS NOT NULL THEN coalesce(g.drawn, found) END, g.drawn, confidence, "
            "coalesce(CAST(:area AS double precision), area_m2), kind, state, height_change_m, method, model, threshold "
            "FROM sightings AS v, (SELECT ST_GeomFromWKB(:drawn, 4490) AS drawn) AS g WHERE v.id = :sighting"
        ),
        [
            {
                "copied": copied,
                "sighting": number,
                "drawn": None if each is None else stored(each),
                "area": None if each is None else round(each.area, 2),
            }
            for number, each in shapes.items()
        ],
    )
    return copied


def stand_in(session: Session, candidate_ids: Iterable[int], kept_id: int) -> None:
    """From now on the kept candidate stands for these."""
    session.execute(
        text("UPDATE candidates SET status = 'replaced', replaced_by_id = :kept WHERE id = ANY(:ids)"),
        {"ids": sorted(candidate_ids), "kept": kept_id},
    )


def bring_back(session: Session, candidate_ids: Iterable[int]) -> None:
    """These stand for themselves again and wait for a verdict."""
    session.execute(
        text("UPDATE candidates SET status = 'pending', replaced_by_id = NULL WHERE id = ANY(:ids)"),
        {"ids": sorted(candidate_ids)},
    )


def move_followers(session: Session, old_id: int, new_id: int, only: list[int] | None = None) -> list[int]:
    """What followed the one follows the other (``only``: those of them); their ids."""
    moved = session.scalars(
        text(
            "UPDATE candidates SET follows_id = :new WHERE follows_id = :old AND id <> :new "
            "AND (CAST(:only AS bigint[]) IS NULL OR id = ANY(CAST(:only AS bigint[]))) RETURNING id"
        ),
        {"old": old_id, "new": new_id, "only": only},
    )
    return list(moved)


def edit(session: Session, edit_id: int) -> Edit:
    """A change of outlines as it was written down."""
    row = session.execute(
        text("SELECT id, act, person_id, last_sighting_id FROM outline_edits WHERE id = :id"), {"id": edit_id}
    ).one()
    parts = session.execute(
        text(
            "SELECT candidate_id, part, followers FROM outline_edit_parts WHERE edit_id = :id "
            "ORDER BY part <> 'kept', candidate_id"
        ),
        {"id": edit_id},
    ).mappings()
    return Edit(
        row.id,
        Verdict(row.act),
        row.person_id,
        row.last_sighting_id,
        tuple(EditPart(**part) for part in parts),
    )


def spoken_since(session: Session, edit_id: int) -> bool:
    """Whether a flight has spoken of any of the candidates since the edit."""
    return bool(
        session.scalar(
            text(
                "SELECT EXISTS (SELECT FROM sightings AS v JOIN outline_edit_parts AS p USING (candidate_id) "
                "JOIN outline_edits AS e ON e.id = p.edit_id WHERE e.id = :id AND v.id > e.last_sighting_id)"
            ),
            {"id": edit_id},
        )
    )
