"""Until when a filed incident must be closed. Pure: limit, calendar and moment are given.

A period of hours runs from the moment of filing; one of days is counted from the next day and ends with the last
(民法典 201, 203); where business hours are kept it ends with them (203). The limits are the bureau's 立案结案标准.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from layers.cases.deadlines import Calendar, Length, NoHolidays, Unit, last_day
from layers.timezone import SHANGHAI

__all__ = ["BUSINESS_HOURS", "Limit", "LimitUnit", "Time", "due"]

BUSINESS_HOURS = ((time(8), time(12)), (time(14), time(18)))
"""When 工作时 run: eight hours a working day. Ours; the bureau's summer and winter hours may differ."""

_ONE = timedelta(days=1)


class LimitUnit(StrEnum):
    """What a limit is counted in; the values of ``codes.LIMIT_UNITS``."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True)
class Limit:
    """So many units."""

    count: int
    unit: LimitUnit


@dataclass(frozen=True)
class Time:
    """A moment, and whether it is settled: not when it rests on a year whose holidays are not loaded."""

    at: datetime
    settled: bool


def due(start: datetime, limit: Limit, calendar: Calendar) -> Time:
    """When a limit that begins at ``start`` is over, in China's time."""
    try:
        return Time(_end(start.astimezone(SHANGHAI), limit, calendar), True)
    except NoHolidays:
        return Time(_end(start.astimezone(SHANGHAI), limit, calendar.guessing()), False)


def _end(start: datetime, limit: Limit, calendar: Calendar) -> datetime:
    match limit.unit:
        case LimitUnit.HOURS:
            return start + timedelta(hours=limit.count)
        case LimitUnit.DAYS:
            return _at(start.date() + (limit.count + 1) * _ONE, time())
        case LimitUnit.WORKING_DAYS:
            day = last_day(start.date(), Length(limit.count, Unit.WORKING_DAYS, moves=False), calendar)
            return _at(day, BUSINESS_HOURS[-1][1])
    return _working_hours(start, timedelta(hours=limit.count), calendar)


def _working_hours(start: datetime, left: timedelta, calendar: Calendar) -> datetime:
    day = start.date()
    while True:
        if calendar.is_working(day):
            for begins, ends in BUSINESS_HOURS:
                begin, end = max(_at(day, begins), start), _at(day, ends)
                if end - begin >= left:
                    return begin + left
                left -= max(end - begin, timedelta())
        day += _ONE


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, SHANGHAI)
