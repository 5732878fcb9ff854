"""/api/holidays: the years whose days off are known, and a notice of another one."""

from __future__ import annotations

import tempfile
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool

from api.bodies import OCTETS, written
from api.dependencies import Me, Transaction
from api.schemas.holidays import HolidaysOut, LoadedOut, YearOut
from layers.cases import actions, holidays
from layers.errors import Refused

__all__ = ["router"]

router = APIRouter(prefix="/api/holidays", tags=["cases"])

MOST_BYTES = 1 << 20


async def _notice(request: Request) -> bytes:
    """The body."""
    too_large = Refused(
        reason_zh="文件超过 1 MB，不是放假安排。请检查所选文件。",
        reason_en="The file is larger than 1 MB and no notice of holidays; check the file.",
    )
    with tempfile.TemporaryFile() as file:
        await written(request, file, MOST_BYTES, too_large)
        file.seek(0)
        return await run_in_threadpool(file.read)


@router.get("")
def known(session: Transaction, me: Me) -> HolidaysOut:
    """The years whose days off are known, latest first."""
    return HolidaysOut(years=[YearOut.model_validate(each) for each in holidays.known(session)])


@router.post("", openapi_extra=OCTETS)
def load(session: Transaction, me: Me, notice: Annotated[bytes, Depends(_notice)]) -> LoadedOut:
    """Load whole years (CSV: date,kind,name,source) and count the periods again that waited for them."""
    years, counted = actions.load_holidays(session, notice, me)
    return LoadedOut(years=years, counted_again=counted)
