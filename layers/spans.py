"""Spans of time in SQL, and how two of them lie to each other (Allen 1983). Pure."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ALLEN", "Span", "all_day", "as_moment"]

ALLEN = {
    "t_after": "{a0} > {b1}",
    "t_before": "{a1} < {b0}",
    "t_contains": "{a0} < {b0} AND {a1} > {b1}",
    "t_during": "{a0} > {b0} AND {a1} < {b1}",
    "t_disjoint": "NOT ({a0} <= {b1} AND {a1} >= {b0})",
    "t_intersects": "{a0} <= {b1} AND {a1} >= {b0}",
    "t_equals": "{a0} = {b0} AND {a1} = {b1}",
    "t_meets": "{a1} = {b0}",
    "t_metby": "{a0} = {b1}",
    "t_overlaps": "{a0} < {b0} AND {a1} > {b0} AND {a1} < {b1}",
    "t_overlappedby": "{a0} > {b0} AND {a0} < {b1} AND {a1} > {b1}",
    "t_starts": "{a0} = {b0} AND {a1} < {b1}",
    "t_startedby": "{a0} = {b0} AND {a1} > {b1}",
    "t_finishes": "{a0} > {b0} AND {a1} = {b1}",
    "t_finishedby": "{a0} < {b0} AND {a1} = {b1}",
}
"""The temporal operators of CQL2: a and b begin at a0, b0 and end at a1, b1; an instant begins where it ends."""
_ZONE = "Asia/Shanghai"  # a date means the day there


@dataclass(frozen=True)
class Span:
    """From when to when (SQL), and whether it is told in days or in moments."""

    begins: str
    ends: str
    days: bool


def as_moment(day: str) -> str:
    """SQL of the moment a day (SQL) begins."""
    return f"(({day})::timestamp AT TIME ZONE '{_ZONE}')"


def all_day(span: Span) -> Span:
    """A span of days as one of moments: to the end of the last day."""
    last = f"({as_moment(span.ends)} + interval '1 day' - interval '1 microsecond')"
    return Span(as_moment(span.begins), last, days=False)
