"""Periods by the law's own counting. Pure: the calendar and every day are given.

The day of the event is not counted (民法典201, 民事诉讼法85). A period of months ends on the day of the same
number, or on the last of the month (民法典202). A period of the party that ends on a day off ends on the first
working day after it (民法典203; for review and suit 民事诉讼法85 by way of 行政复议法88 and 行政诉讼法101). Periods
that bind the bureau are not lengthened: an end that is too early harms nobody. Periods of few days are working
days: 二、三、五、七日 in 行政处罚法85, 十日以内 in 行政强制法69.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from layers.errors import Refused

__all__ = [
    "Calendar", "Kind", "Length", "Light", "NoHolidays", "Unit", "ends", "enforcement_days",
    "last_day", "light", "working_days_left",
]  # fmt: skip

ONE = timedelta(days=1)
AMBER_DAYS = 7  # a duty that ends within so many days is shown in amber
SHORT_DAYS = 10  # 行政强制法69


class NoHolidays(Refused):
    """The days off of that year are not known, so nothing is counted over it."""

    code = "no_holidays"
    zh = "缺少 {year} 年的节假日安排，无法计算期限。请按国务院办公厅当年通知导入：./chengtu holidays 文件.csv。"
    en = (
        "The holidays of {year} are not known, so no period can be counted. Load the State Council's notice "
        "of that year: ./chengtu holidays FILE.csv."
    )


class Unit(StrEnum):
    """What a period is counted in."""

    DAYS = "days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"


class Kind(StrEnum):
    """Which period it is; the values of ``codes.PERIODS``."""

    DECISION = "decision"
    HEARING = "hearing"
    SERVICE = "service"
    PERFORM = "perform"
    REVIEW = "review"
    SUIT = "suit"
    ANNOUNCEMENT = "announcement"
    DEMAND = "demand"
    COURT = "court"

    @property
    def duty(self) -> bool:
        """Whether it binds the bureau; the others belong to the party, and the bureau waits for their end."""
        return self in {Kind.DECISION, Kind.SERVICE, Kind.COURT}


class Light(StrEnum):
    """A duty is green, amber (ends within a week) or red (missed); a party's period is running or over."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    RUNNING = "running"
    OVER = "over"


@dataclass(frozen=True)
class Length:
    """So many units; ``moves``: an end on a day off moves to the next working day."""

    count: int
    unit: Unit
    moves: bool = True


@dataclass(frozen=True)
class Calendar:
    """Days off and make-up working days of the years that are known: ``working`` says which of both a day is."""

    working: Mapping[date, bool]
    years: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Whether people work on that day. Raises NoHolidays for a year that is not known."""
        if day.year not in self.years:
            raise NoHolidays(year=day.year)
        return self.working.get(day, day.weekday() < 5)

    def guessing(self) -> _Guessing:
        """The same, where unknown years have weekends only: what is counted with it is provisional."""
        return _Guessing(self.working, self.years)


class _Guessing(Calendar):
    def is_working(self, day: date) -> bool:
        return self.working.get(day, day.weekday() < 5)


def last_day(event: date, length: Length, calendar: Calendar) -> date:
    """The last day of a period counted from an event. Raises NoHolidays."""
    if length.unit is Unit.MONTHS:
        day = _months_later(event, length.count)
    elif length.unit is Unit.DAYS:
        day = event + length.count * ONE
    else:
        day = event
        for _ in range(length.count):
            day = _next_working(day + ONE, calendar)
    return _next_working(day, calendar) if length.moves else day


def ends(event: date, length: Length, calendar: Calendar) -> tuple[date, bool]:
    """The last day, and whether it is settled: not when it rests on a year whose holidays are not known yet."""
    try:
        return last_day(event, length, calendar), True
    except NoHolidays:
        return last_day(event, length, calendar.guessing()), False


def enforcement_days(count: int) -> Length:
    """A period of days under the Administrative Enforcement Law: up to ten are working days (行政强制法69)."""
    return Length(count, Unit.WORKING_DAYS if count <= SHORT_DAYS else Unit.DAYS)


def light(kind: Kind, ends_on: date, today: date) -> Light:
    """The traffic light of an open period."""
    if not kind.duty:
        return Light.OVER if today > ends_on else Light.RUNNING
    if today > ends_on:
        return Light.RED
    return Light.AMBER if ends_on - today <= AMBER_DAYS * ONE else Light.GREEN


def working_days_left(ends_on: date, today: date, calendar: Calendar) -> int | None:
    """The working days after today, the last one counted; negative once it is over. None: a year is not known."""
    first, last = sorted((today, ends_on))
    if not calendar.years.issuperset(range((first + ONE).year, last.year + 1)):
        return None
    weeks, rest = divmod((last - first).days, 7)
    count = 5 * weeks + sum((first + n * ONE).weekday() < 5 for n in range(1, rest + 1))
    count += sum(
        works - (day.weekday() < 5) for day, works in calendar.working.items() if first < day <= last
    )
    return count if ends_on >= today else -count


def _months_later(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _next_working(day: date, calendar: Calendar) -> date:
    while not calendar.is_working(day):
        day += ONE
    return day
