"""What a reviewer does with a candidate. Each act is one transaction of the caller."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from layers.buildings.model import IllegalBuilding
from layers.candidates import rules, store
from layers.candidates.model import Candidate
from layers.errors import Conflict
from layers.people.actions import SignedIn
from layers.people.rules import Role, require
from layers.surveys.model import Survey

__all__ = ["put_back", "review", "undo"]

REVIEWERS = frozenset({Role.REVIEWER, Role.ADMINISTRATOR})


def review(
    session: Session,
    person: SignedIn,
    candidate_id: int,
    *,
    verdict: rules.Verdict,
    reason: rules.RejectReason | None,
    note: str | None,
    version: int,
) -> None:
    """Accept or reject. An accepted new or grown structure enters the record of illegal buildings as
    «to be checked on site»: an image is a clue, and nothing is filed before somebody went there.

    Raises NotAllowed, NotFound, Conflict (another version than the reviewer saw), Refused.
    """
    candidate = _open(session, person, candidate_id, version)
    status = rules.after_review(rules.Status(candidate.status), verdict, reason, note)
    building = None
    if status is rules.Status.ACCEPTED and candidate.kind != "demolished":
        building = _record(session, candidate)
    _write(session, person, candidate, status, building, verdict=verdict, reason=reason, note=note)


def undo(session: Session, person: SignedIn, candidate_id: int, *, version: int) -> None:
    """Take the last verdict back; the illegal building it made goes, unless the law has moved it on.

    Raises NotAllowed, NotFound, Conflict, Refused.
    """
    candidate = _open(session, person, candidate_id, version)
    building = (
        session.get(IllegalBuilding, candidate.illegal_building_id) if candidate.illegal_building_id else None
    )
    untouched = building is None or (
        building.status == "to_check"
        and building.version == 1
        and not store.site_checked(session, building.id)
    )
    status = rules.after_undo(rules.Status(candidate.status), building_untouched=untouched)
    _write(session, person, candidate, status, None, verdict=rules.Verdict.UNDO, reason=None, note=None)
    if building is not None:
        session.execute(delete(IllegalBuilding).where(IllegalBuilding.id == building.id))


def put_back(session: Session, person: SignedIn, candidate_id: int, *, version: int) -> None:
    """Put a dismissed candidate back into the queue; who did so and when is written on it.

    Raises NotAllowed, NotFound, Conflict, Refused.
    """
    candidate = _open(session, person, candidate_id, version)
    aside = candidate.dismissed is not None and candidate.put_back_at is None
    rules.check_put_back(rules.Status(candidate.status), dismissed=aside)
    store.put_back(session, candidate, person.id)


def _open(session: Session, person: SignedIn, candidate_id: int, version: int) -> Candidate:
    require(person.roles, REVIEWERS, act_zh="复核疑似图斑", act_en="review candidates")
    store.lock_followed(session, candidate_id)
    candidate = store.lock(session, candidate_id)
    if candidate.version != version:
        raise Conflict(what_zh="疑似图斑", what_en="candidate")
    return candidate


def _write(
    session: Session,
    person: SignedIn,
    candidate: Candidate,
    status: rules.Status,
    building: IllegalBuilding | None,
    *,
    verdict: rules.Verdict,
    reason: rules.RejectReason | None,
    note: str | None,
) -> None:
    store.add_review(
        session,
        candidate.id,
        verdict=verdict,
        reason=reason if verdict is rules.Verdict.REJECT else None,
        note=(note or "").strip() or None,
        person_id=person.id,
    )
    store.set_status(session, candidate, status, building.id if building else None)
    if candidate.follows_id is not None:  # whether that structure grew or went depends on this verdict
        store.retell(session, [candidate.follows_id])
    if status is rules.Status.PENDING:
        store.refresh(session, [candidate.id])
    store.refresh_around(session, candidate.id)


def _record(session: Session, candidate: Candidate) -> IllegalBuilding:
    """The accepted suspicion on the illegal-building layer, found on the day it was flown."""
    survey = session.get_one(Survey, candidate.survey_id)
    building = IllegalBuilding(
        code=f"WJ-{candidate.code}",
        geom=candidate.geom,
        status="to_check",
        source="survey",
        candidate_id=candidate.id,
        area_m2=round(candidate.area_m2, 2),
        found_on=survey.flown_on,
        division_id=candidate.division_id,
        grid_id=candidate.grid_id,
        synthetic=candidate.synthetic,
    )
    session.add(building)
    session.flush()
    return building
