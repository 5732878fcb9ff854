"""The review room: the next candidate, for whom it is held, how far one got, and the second pair of eyes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from api.dependencies import Me, Transaction
from api.schemas.candidates import CandidateOut
from api.schemas.review_room import (
    HeldOut,
    HoldIn,
    NextIn,
    NextOut,
    ProgressOut,
    QueueWanted,
    ReviewSettingsIn,
    ReviewSettingsOut,
)
from layers.candidates import actions, queue_acts, store
from layers.candidates.model import ReviewSettings
from layers.candidates.opened import require_reviewer
from layers.candidates.queue import Wanted, pace
from layers.candidates.second import Policy, SecondEyes

__all__ = ["router"]

router = APIRouter(prefix="/api/review", tags=["review"])


@router.post("/next")
def next_candidate(given: NextIn, session: Transaction, me: Me) -> NextOut:
    """Hand out the next candidate and keep the one after it; no other reviewer is handed either meanwhile."""
    handed = queue_acts.next_candidate(session, me, _wanted(given), given.after)
    if handed is None:
        return NextOut(item=None, until=None, ahead=None)
    ids = [handed.candidate_id] if handed.ahead is None else [handed.candidate_id, handed.ahead]
    item, *ahead = [CandidateOut(**row) for row in store.several(session, ids)]
    return NextOut(item=item, until=handed.until, ahead=ahead[0] if ahead else None)


@router.post("/hold")
def hold(given: HoldIn, session: Transaction, me: Me) -> HeldOut:
    """Take a candidate of one's choice, or renew the lease on it; 409 with a name where another one has it."""
    return HeldOut(candidate=given.candidate, until=queue_acts.hold(session, me, given.candidate))


@router.post("/leave", status_code=204)
def leave(session: Transaction, me: Me) -> None:
    """Free all that one holds."""
    queue_acts.leave(session, me)


@router.get("/progress")
def progress(session: Transaction, me: Me, wanted: Annotated[QueueWanted, Query()]) -> ProgressOut:
    """What waits, and one's own pace of today."""
    require_reviewer(me)
    found = store.progress(session, me.id, _wanted(wanted))
    return ProgressOut(
        waiting=found.waiting,
        second=found.second,
        held_by_others=found.held_by_others,
        judged_today=len(found.judged_at),
        per_hour=pace(found.judged_at),
    )


@router.get("/settings")
def settings(session: Transaction, me: Me) -> ReviewSettingsOut:
    """Which verdicts take a second pair of eyes."""
    return _told(session, store.settings_row(session))


@router.put("/settings")
def change_settings(given: ReviewSettingsIn, session: Transaction, me: Me) -> ReviewSettingsOut:
    """Change that; an administrator's act, kept in the history."""
    wanted = Policy(SecondEyes(given.second_eyes), given.second_area_m2)
    return _told(session, actions.change_policy(session, me, wanted, version=given.version))


def _told(session: Session, row: ReviewSettings) -> ReviewSettingsOut:
    told = ReviewSettingsOut.model_validate(row)
    return told.model_copy(update={"updated_by": store.changed_by(session, row)})


def _wanted(given: QueueWanted) -> Wanted:
    return Wanted(given.survey, given.division, given.kind, given.min_area_m2)
