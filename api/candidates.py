"""Candidates: look, accept, reject, take back, put back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from api.dependencies import Me, Transaction
from api.schemas.candidates import (
    CandidateList,
    CandidateOut,
    CandidatesWanted,
    PutBackIn,
    ReviewIn,
    UndoIn,
)
from layers.candidates import actions, rules, store

__all__ = ["router"]

router = APIRouter(prefix="/api/candidates", tags=["candidates"])


@router.get("")
def candidates(session: Transaction, me: Me, wanted: Annotated[CandidatesWanted, Query()]) -> CandidateList:
    """Suspicions that fit, in the order asked for; dismissed ones only where they are asked for."""
    page = store.page(session, **wanted.model_dump())
    items = [CandidateOut(**row) for row in page.rows]
    return CandidateList(total=page.total, queued=page.queued, dismissed=page.dismissed, items=items)


@router.get("/{candidate_id}")
def candidate(candidate_id: int, session: Transaction, me: Me) -> CandidateOut:
    """One suspicion with everything a reviewer needs."""
    return _shown(session, candidate_id)


@router.post("/{candidate_id}/review")
def review(candidate_id: int, given: ReviewIn, session: Transaction, me: Me) -> CandidateOut:
    """Accept or reject the version that was seen; 409 when somebody else was faster."""
    actions.review(
        session,
        me,
        candidate_id,
        verdict=rules.Verdict(given.verdict),
        reason=given.reason,
        note=given.note,
        version=given.version,
    )
    return _shown(session, candidate_id)


@router.post("/{candidate_id}/undo")
def undo(candidate_id: int, given: UndoIn, session: Transaction, me: Me) -> CandidateOut:
    """Take the last verdict back."""
    actions.undo(session, me, candidate_id, version=given.version)
    return _shown(session, candidate_id)


@router.post("/{candidate_id}/put-back")
def put_back(candidate_id: int, given: PutBackIn, session: Transaction, me: Me) -> CandidateOut:
    """Put a dismissed suspicion back into the queue; who and when is kept."""
    actions.put_back(session, me, candidate_id, version=given.version)
    return _shown(session, candidate_id)


def _shown(session: Session, candidate_id: int) -> CandidateOut:
    return CandidateOut(**store.get(session, candidate_id))
