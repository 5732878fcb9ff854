"""Tell what the flights show of buildings: after a flight, after a verdict, after a site check.

The whole story of each building is told anew every time, so that the order in which flights arrive does not matter and
a job that runs twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.alarms import rules, store
from layers.alarms.store import take_turns
from layers.candidates.store import ranks

__all__ = ["after_flight", "after_verdict", "take_turns", "tell"]


def after_flight(session: Session, survey_id: int) -> None:
    """A flight was recorded: tell of the buildings on its ground."""
    tell(session, store.on_survey(session, survey_id))


def after_verdict(session: Session, candidate_ids: Iterable[int]) -> None:
    """Candidates were judged or their outlines changed: tell of the buildings they may bear on."""
    tell(session, store.on_ground(session, candidate_ids))


def tell(session: Session, building_ids: list[int]) -> None:
    """Tell of these buildings, and rank anew what stands where one of them stood before."""
    if not building_ids:
        return
    session.flush()
    take_turns(session)
    before = store.of_buildings(session, building_ids)
    buildings, looks = store.buildings(session, building_ids), store.looks(session, building_ids)
    told = [(key, each) for key, building in buildings.items() for each in rules.tell(building, looks[key])]
    store.write(session, building_ids, told)
    _rank(session, before | store.of_buildings(session, building_ids))


def _rank(session: Session, candidate_ids: set[int]) -> None:
    """Whoever judges one this moment holds its row and needs no rank; waiting could end in a deadlock."""
    free = session.scalars(
        text("SELECT id FROM candidates WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"),
        {"ids": sorted(candidate_ids)},
    ).all()
    if free:
        ranks.refresh(session, free)
