"""Candidates: look, accept, reject, take back."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from api.dependencies import Me, Transaction
from api.schemas.candidates import CandidateList, CandidateOut, ReviewIn, UndoIn
from layers.candidates import actions, rules, store

__all__ = ["router"]

router = APIRouter(prefix="/api/candidates", tags=["candidates"])


@router.get("")
def candidates(
    session: Transaction,
    me: Me,
    survey: int | None = None,
    status: Literal["pending", "accepted", "rejected"] | None = None,
    kind: Literal["new", "demolished", "extended", "changed"] | None = None,
    sort: Literal["confidence", "area", "code"] = "confidence",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> CandidateList:
    """Suspicions that fit, in the order asked for."""
    page = store.page(session, survey=survey, status=status, kind=kind, sort=sort, limit=limit, offset=offset)
    return CandidateList(total=page.total, items=[CandidateOut(**row) for row in page.rows])


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


def _shown(session: Session, candidate_id: int) -> CandidateOut:
    return CandidateOut(**store.get(session, candidate_id))
