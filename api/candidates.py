"""Candidates: look, accept, reject, put back, draw anew, merge, split, and take each of these back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from api.dependencies import Me, Transaction
from api.schemas.candidates import (
    CandidateList,
    CandidateOut,
    CandidatesWanted,
    MergeIn,
    NeighbourList,
    PutBackIn,
    RedrawIn,
    ReviewIn,
    SplitIn,
    SplitOut,
    UndoIn,
)
from layers.candidates import actions, outline_acts, rules, store
from layers.candidates.follow import TOUCH_M

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
    """Accept or reject the version that was seen; 409 when somebody else was faster or is at work on it.

    Where the bureau asks for a second pair of eyes, the status is «second» until another person agrees.
    """
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
    """Take back what one did last: a verdict, or a change of outlines with all that had a part in it."""
    actions.undo(session, me, candidate_id, version=given.version)
    return _shown(session, candidate_id)


@router.post("/{candidate_id}/put-back")
def put_back(candidate_id: int, given: PutBackIn, session: Transaction, me: Me) -> CandidateOut:
    """Put a dismissed suspicion back into the queue; who and when is kept."""
    actions.put_back(session, me, candidate_id, version=given.version)
    return _shown(session, candidate_id)


@router.post("/{candidate_id}/redraw")
def redraw(candidate_id: int, given: RedrawIn, session: Transaction, me: Me) -> CandidateOut:
    """Draw the outline anew; the old one stays in the history."""
    outline_acts.redraw(session, me, candidate_id, given.outline, version=given.version)
    return _shown(session, candidate_id)


@router.get("/{candidate_id}/neighbours")
def neighbours(candidate_id: int, session: Transaction, me: Me) -> NeighbourList:
    """What this one can be merged with: waiting candidates of the same flight that overlap or adjoin it."""
    found = store.neighbours(session, candidate_id, TOUCH_M)
    return NeighbourList(items=[CandidateOut(**row) for row in found])


@router.post("/{candidate_id}/merge")
def merge(candidate_id: int, given: MergeIn, session: Transaction, me: Me) -> CandidateOut:
    """Make one of several of one flight that overlap or adjoin: the one that was seen first is kept and answered."""
    others = {each.id: each.version for each in given.others}
    return _shown(session, outline_acts.merge(session, me, candidate_id, others, version=given.version))


@router.post("/{candidate_id}/split")
def split(candidate_id: int, given: SplitIn, session: Transaction, me: Me) -> SplitOut:
    """Make several of one, by a line or into given parts."""
    ids = outline_acts.split(
        session, me, candidate_id, line=given.line, parts=given.parts, version=given.version
    )
    return SplitOut(items=[_shown(session, each) for each in ids])


def _shown(session: Session, candidate_id: int) -> CandidateOut:
    return CandidateOut(**store.get(session, candidate_id))
