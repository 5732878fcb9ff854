"""What a person does with an alarm. Each act is one transaction of the caller."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from layers.alarms import rules, store
from layers.alarms.rules import ClosedFor, Status
from layers.people.actions import SignedIn
from layers.people.rules import Role, require

__all__ = ["CLOSERS", "close"]

CLOSERS = frozenset({Role.OFFICER, Role.REVIEWER, Role.ADMINISTRATOR})


def close(session: Session, person: SignedIn, alarm_id: int, word: str, now: datetime) -> None:
    """Close an alarm with a word on what came of it; neither the building nor its case changes by that.

    Raises NotAllowed, NotFound, Refused.
    """
    require(person.roles, CLOSERS, act_zh="关闭预警", act_en="close alarms")
    alarm = store.lock(session, alarm_id)
    rules.check_close(Status(alarm.status), word)
    alarm.status, alarm.closed_for = Status.CLOSED, ClosedFor.PERSON
    alarm.closed_by, alarm.closed_at, alarm.word = person.id, now, word.strip()
    session.flush()
