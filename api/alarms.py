"""Alarms: still standing, gone, grown, built again, as the flights show it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api import clock
from api.dependencies import Me, Transaction
from api.schemas.alarms import AlarmCloseIn, AlarmList, AlarmOut, AlarmsWanted
from layers.alarms import actions, shown

__all__ = ["router"]

router = APIRouter(prefix="/api/alarms", tags=["alarms"])


@router.get("")
def alarms(session: Transaction, me: Me, wanted: Annotated[AlarmsWanted, Query()]) -> AlarmList:
    """Alarms, the latest flight first, by pages; open ones unless asked otherwise."""
    given = wanted.model_dump(exclude={"every"})
    page = shown.page(session, **given | ({"status": None} if wanted.every else {}))
    return AlarmList.model_validate({"items": page.rows, "next": page.next, "counts": page.counts})


@router.get("/buildings/{building_id}")
def of_building(building_id: int, session: Transaction, me: Me) -> AlarmList:
    """All that flights showed of a building since it was seen first, in their order."""
    return AlarmList.model_validate(
        {"items": shown.of_building(session, building_id), "next": None, "counts": {}}
    )


@router.post("/{alarm_id}/close")
def close(alarm_id: int, given: AlarmCloseIn, session: Transaction, me: Me) -> AlarmOut:
    """Close an alarm with a word; 409 says why it cannot be closed."""
    actions.close(session, me, alarm_id, given.word, clock.now())
    return AlarmOut(**shown.get(session, alarm_id))
