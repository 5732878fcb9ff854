"""A candidate opened for an act: who may, in which version, and that nobody else is at work on it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from layers.candidates import store
from layers.candidates.model import Candidate
from layers.errors import Conflict, Held
from layers.people.actions import SignedIn
from layers.people.rules import Role, require
from layers.timezone import SHANGHAI

__all__ = ["check_free", "open_for", "require_reviewer"]

REVIEWERS = frozenset({Role.REVIEWER, Role.ADMINISTRATOR})


def require_reviewer(person: SignedIn) -> None:
    """Raises NotAllowed."""
    require(person.roles, REVIEWERS, act_zh="复核疑似图斑", act_en="review candidates")


def open_for(session: Session, person: SignedIn, candidate_id: int, version: int) -> Candidate:
    """The candidate, locked until the transaction ends, as the person saw it.

    Raises NotAllowed, NotFound, Held, Conflict.
    """
    require_reviewer(person)
    store.lock_followed(session, candidate_id)
    candidate = store.lock(session, candidate_id)
    check_free(session, person, [candidate_id])
    if candidate.version != version:
        raise Conflict(what_zh="疑似图斑", what_en="candidate")
    return candidate


def check_free(session: Session, person: SignedIn, candidate_ids: Sequence[int]) -> None:
    """Raises Held, naming who is at work on one of them and until when."""
    other = store.holder(session, list(candidate_ids), person.id)
    if other is not None:
        until = other["until"].astimezone(SHANGHAI)
        raise Held(by=other["by"], name=other["code"], until=f"{until:%H:%M}")
