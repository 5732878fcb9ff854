"""What a reviewer does with a candidate. Each act is one transaction of the caller."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from layers.alarms import tell as alarms
from layers.buildings.model import IllegalBuilding
from layers.candidates import outline_acts, rules, store
from layers.candidates.model import Candidate, ReviewSettings
from layers.candidates.opened import open_for
from layers.candidates.second import Policy, Said, check_policy, settle
from layers.candidates.standing import JUDGEMENTS, Act, may_take_back, standing
from layers.candidates.store import outlines
from layers.errors import Conflict
from layers.people.actions import SignedIn
from layers.people.rules import Role, require
from layers.surveys.model import Survey

__all__ = ["change_policy", "put_back", "review", "undo"]

SPEAKS_FOR = {
    rules.Verdict.ACCEPT: rules.Status.ACCEPTED,
    rules.Verdict.REJECT: rules.Status.REJECTED,
}


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
    """Accept or reject; where the bureau asks for a second pair of eyes, the first verdict settles nothing.

    An accepted new or grown structure enters the record of illegal buildings as «to be checked on site»: an image
    is a clue, and nothing is filed before somebody went there. The candidate is free for others afterwards.

    Raises NotAllowed, NotFound, Held, Conflict (another version than the reviewer saw), Refused.
    """
    candidate = open_for(session, person, candidate_id, version)
    outcome = rules.after_review(rules.Status(candidate.status), verdict, reason, note)
    said = [Said(each.person_id, SPEAKS_FOR[each.verdict]) for each in _judgements(session, candidate_id)]
    status = settle(store.policy(session), said, Said(person.id, outcome), candidate.area_m2)
    building = None
    if status is rules.Status.ACCEPTED and candidate.kind != "demolished":
        building = _record(session, candidate)
    store.add_review(
        session,
        candidate.id,
        verdict=verdict,
        reason=reason if verdict is rules.Verdict.REJECT else None,
        note=(note or "").strip() or None,
        person_id=person.id,
    )
    _settle(session, candidate, status, building)
    alarms.after_verdict(session, [candidate_id])
    store.release(session, [candidate_id])


def undo(session: Session, person: SignedIn, candidate_id: int, *, version: int) -> None:
    """Take back what the person did last with the candidate, while nothing was built upon it.

    A verdict: the illegal building that it made goes, unless the law has moved it on. A change of outlines: all
    candidates that had a part in it are as they were. An administrator may do so for others.

    Raises NotAllowed, NotFound, Held, Conflict, Refused.
    """
    outlines.lock_all_outlines(session)
    candidate = open_for(session, person, candidate_id, version)
    acts = store.acts_of(session, candidate_id)
    last = may_take_back(acts, person.id, administrator=Role.ADMINISTRATOR in person.roles)
    if last.edit_id is not None:
        outline_acts.take_back(session, person, last.edit_id)
        return
    building = (
        session.get(IllegalBuilding, candidate.illegal_building_id) if candidate.illegal_building_id else None
    )
    untouched = building is None or (
        building.status == "to_check"
        and building.version == 1
        and not store.site_checked(session, building.id)
    )
    left = [each for each in standing(acts) if each.verdict in JUDGEMENTS and each.id != last.id]
    status = rules.after_undo(rules.Status(candidate.status), building_untouched=untouched, left=len(left))
    store.add_review(
        session,
        candidate.id,
        verdict=rules.Verdict.UNDO,
        reason=None,
        note=None,
        person_id=person.id,
        undoes=last.id,
    )
    _settle(session, candidate, status, None)
    if building is not None:
        alarms.take_turns(session)  # before a row is deleted that somebody may be about to tell of
        session.execute(delete(IllegalBuilding).where(IllegalBuilding.id == building.id))
    alarms.after_verdict(session, [candidate_id])


def put_back(session: Session, person: SignedIn, candidate_id: int, *, version: int) -> None:
    """Put a dismissed candidate back into the queue; who did so and when is written on it.

    Raises NotAllowed, NotFound, Held, Conflict, Refused.
    """
    candidate = open_for(session, person, candidate_id, version)
    aside = candidate.dismissed is not None and candidate.put_back_at is None
    rules.check_put_back(rules.Status(candidate.status), dismissed=aside)
    store.put_back(session, candidate, person.id)


def change_policy(session: Session, person: SignedIn, wanted: Policy, *, version: int) -> ReviewSettings:
    """Say which verdicts take a second pair of eyes; what is settled stays settled.

    Raises NotAllowed, Conflict, Refused.
    """
    require(
        person.roles,
        frozenset({Role.ADMINISTRATOR}),
        act_zh="设置二次复核",
        act_en="decide on second reviews",
    )
    check_policy(wanted)
    row = store.settings_row(session, lock=True)
    if row.version != version:
        raise Conflict(what_zh="复核设置", what_en="review setting")
    store.change_policy(session, row, wanted)
    return row


def _judgements(session: Session, candidate_id: int) -> list[Act]:
    return [each for each in standing(store.acts_of(session, candidate_id)) if each.verdict in JUDGEMENTS]


def _settle(
    session: Session, candidate: Candidate, status: rules.Status, building: IllegalBuilding | None
) -> None:
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
