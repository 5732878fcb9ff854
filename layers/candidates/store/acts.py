"""What people write about a candidate."""

from __future__ import annotations

from sqlalchemy import func, text
from sqlalchemy.orm import Session

from layers import models  # noqa: F401  (a flush must know every table that a foreign key names)
from layers.candidates import rules
from layers.candidates.model import Candidate
from layers.candidates.standing import Act
from layers.errors import NotFound

__all__ = ["acts_of", "add_review", "lock", "lock_followed", "put_back", "set_status", "site_checked"]


def lock(session: Session, candidate_id: int) -> Candidate:
    """The candidate's row, locked until the transaction ends. Raises NotFound."""
    candidate = session.get(
        Candidate, candidate_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if candidate is None:
        raise NotFound(what_zh="疑似图斑", what_en="candidate", key=candidate_id)
    return candidate


def lock_followed(session: Session, candidate_id: int) -> None:
    """Take turns with flights being recorded, where a verdict will tell another candidate's states anew.

    Before any row is locked: the flight holds this lock while it waits for rows.
    """
    session.execute(
        text(
            "SELECT pg_advisory_xact_lock(hashtext('candidates')) FROM candidates "
            "WHERE id = :id AND follows_id IS NOT NULL"
        ),
        {"id": candidate_id},
    )


def site_checked(session: Session, building_id: int) -> bool:
    """Whether somebody has been at the building: from then on it is no matter of the review room."""
    sql = "SELECT EXISTS (SELECT FROM site_checks WHERE illegal_building_id = :id)"
    return bool(session.scalar(text(sql), {"id": building_id}))


def set_status(session: Session, candidate: Candidate, status: rules.Status, building_id: int | None) -> None:
    """Write the outcome of a review (the trigger makes a new version)."""
    candidate.status = status
    candidate.illegal_building_id = building_id
    session.flush()
    session.refresh(candidate)


def put_back(session: Session, candidate: Candidate, person_id: int) -> None:
    """Back into the queue, with who did it and when; no later rank takes it out again."""
    candidate.put_back_by = person_id
    candidate.put_back_at = func.now()
    session.flush()
    session.refresh(candidate)


def acts_of(session: Session, candidate_id: int) -> list[Act]:
    """All that people said and did about the candidate, oldest first."""
    rows = session.execute(
        text(
            "SELECT id, verdict, person_id, undoes_id AS undoes, edit_id FROM reviews "
            "WHERE candidate_id = :id ORDER BY id"
        ),
        {"id": candidate_id},
    ).mappings()
    return [Act(**{**row, "verdict": rules.Verdict(row["verdict"])}) for row in rows]


def add_review(
    session: Session,
    candidate_id: int,
    *,
    verdict: str,
    reason: str | None,
    note: str | None,
    person_id: int,
    undoes: int | None = None,
) -> None:
    """Write a verdict down; verdicts are never changed or deleted."""
    session.execute(
        text(
            "INSERT INTO reviews (candidate_id, verdict, reason, note, person_id, undoes_id) "
            "VALUES (:candidate, :verdict, :reason, :note, :person, :undoes)"
        ),
        {
            "candidate": candidate_id,
            "verdict": verdict,
            "reason": reason,
            "note": note,
            "person": person_id,
            "undoes": undoes,
        },
    )
