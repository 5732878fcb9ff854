"""The bureau's one row of review settings."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers import models  # noqa: F401  (a flush must know every table that a foreign key names)
from layers.candidates.model import ReviewSettings
from layers.candidates.second import Policy, SecondEyes
from layers.people.model import Person

__all__ = ["change_policy", "changed_by", "policy", "settings_row"]


def settings_row(session: Session, *, lock: bool = False) -> ReviewSettings:
    """The row itself; the migration made it."""
    return session.get_one(ReviewSettings, 1, with_for_update=lock or None, populate_existing=True)


def policy(session: Session) -> Policy:
    """Which verdicts take a second pair of eyes."""
    row = settings_row(session)
    return Policy(SecondEyes(row.second_eyes), row.second_area_m2)


def changed_by(session: Session, row: ReviewSettings) -> str | None:
    """Who changed the setting last, as people are called; nobody before the first change."""
    named = select(Person.display_name).where(Person.name == row.updated_by)
    return session.scalar(named) or row.updated_by


def change_policy(session: Session, row: ReviewSettings, wanted: Policy) -> None:
    """Write the setting down (the trigger keeps who did it and what it was)."""
    row.second_eyes, row.second_area_m2 = wanted.eyes.value, wanted.area_m2
    session.flush()
    session.refresh(row)
