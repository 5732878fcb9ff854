"""The statistics of violation control, counted in the caller's transaction."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from layers.errors import Refused
from layers.statistics import store
from layers.statistics.measures import Period
from layers.statistics.violations import Statement, shape

__all__ = ["LONGEST_DAYS", "of_period", "period_of"]

LONGEST_DAYS = 1100


def period_of(first: date, last: date) -> Period:
    """A period that can be counted. Raises Refused."""
    if last < first:
        raise Refused(
            reason_zh=f"时段的末日（{last}）早于首日（{first}）。请调整起止日期。",
            reason_en=f"The period ends ({last}) before it begins ({first}). Change one of the days.",
        )
    if (last - first).days > LONGEST_DAYS:
        raise Refused(
            reason_zh="时段超过三年。请缩短时段，或分几次统计。",
            reason_en="The period is longer than three years. Shorten it, or count in parts.",
        )
    return Period(first, last)


def of_period(session: Session, first: date, last: date, division: str | None = None) -> Statement:
    """Everything counted of a period and a township (by code; None: the district). Raises Refused, NotFound."""
    period = period_of(first, last)
    area = store.area(session, division, last)
    lists = store.lists(session)
    return shape(
        period,
        area,
        store.townships(session, area, last),
        store.counts(session, period, area, lists),
        store.counts(session, period.a_year_before(), area, lists),
        lists,
    )
