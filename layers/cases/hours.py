"""When force may be used. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from layers.cases.deadlines import Calendar
from layers.errors import Refused
from layers.timezone import SHANGHAI

__all__ = ["DAY_BEGINS", "NIGHT_BEGINS", "check_hours"]

DAY_BEGINS, NIGHT_BEGINS = time(6), time(22)
"""行政强制法43 does not say when it is night; 噪声污染防治法88 does: from 22:00 to 6:00."""


def check_hours(started_at: datetime, ended_at: datetime, calendar: Calendar) -> None:
    """行政强制法43: no force at night or on a day off, from beginning to end, in China's time.

    Days of rest count as days off: article 69 of the same law sets 法定节假日 against working days.
    Raises Refused, NoHolidays.
    """
    start, end = started_at.astimezone(SHANGHAI), ended_at.astimezone(SHANGHAI)
    if end <= start or end - start > timedelta(days=1):
        raise Refused(
            reason_zh="结束时间须晚于开始时间，且一次实施不超过一天；跨日的请分次登记。",
            reason_en="The end must come after the beginning, within one day; record each day apart.",
        )
    if start.date() != end.date() or start.time() < DAY_BEGINS or end.time() > NIGHT_BEGINS:
        raise Refused(
            reason_zh="不得在夜间（22 时至次日 6 时）实施强制拆除（行政强制法第四十三条）。",
            reason_en="No demolition at night, from 22:00 to 6:00 (Administrative Enforcement Law, article 43).",
        )
    if not calendar.is_working(start.date()):
        raise Refused(
            reason_zh=f"{start.date()} 是法定节假日或休息日，不得实施强制拆除（行政强制法第四十三条）。",
            reason_en=f"{start.date()} is a public holiday or a day of rest: no demolition "
            "(Administrative Enforcement Law, article 43).",
        )
