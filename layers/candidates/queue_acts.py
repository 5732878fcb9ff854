"""How a reviewer works through the queue. Each act is one transaction of the caller."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from layers.candidates import store
from layers.candidates.opened import check_free, require_reviewer
from layers.candidates.queue import Wanted
from layers.people.actions import SignedIn

__all__ = ["hold", "leave", "next_candidate"]


def next_candidate(
    session: Session, person: SignedIn, wanted: Wanted, after: int | None
) -> store.Handed | None:
    """The next candidate that waits for this person, his alone for the length of a lease; None where none waits.

    What he held before is free again, but for the one that was kept for him. Raises NotAllowed.
    """
    require_reviewer(person)
    return store.next_for(session, person.id, wanted, after)


def hold(session: Session, person: SignedIn, candidate_id: int) -> datetime:
    """Take a candidate of one's own choice, or renew the lease on it; until when. Raises NotAllowed, NotFound, Held."""
    require_reviewer(person)
    store.lock(session, candidate_id)
    until = store.hold(session, candidate_id, person.id)
    if until is None:
        check_free(session, person, [candidate_id])
        raise AssertionError("a hold that cannot be taken belongs to somebody")
    return until


def leave(session: Session, person: SignedIn) -> None:
    """All that the person holds is free again."""
    store.release_others(session, person.id, [])
