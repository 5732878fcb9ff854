"""The queue of one reviewer: for how long a candidate is held, what may be asked of it, and the pace of a day. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

__all__ = ["LEASE", "Wanted", "pace"]

LEASE = timedelta(minutes=10)
"""For how long a candidate is held; who still looks at it renews the lease."""

BREAK = timedelta(minutes=5)  # longer between two verdicts is a break, not the time that one took
LEAST = timedelta(minutes=2)  # a shorter time says nothing of an hour


@dataclass(frozen=True)
class Wanted:
    """Which candidates of the queue; None asks for nothing in particular. ``division`` is a code."""

    survey: int | None = None
    division: str | None = None
    kind: str | None = None
    min_area_m2: float | None = None


def pace(moments: Sequence[datetime]) -> float | None:
    """Verdicts per hour of work, from the moments of a day's verdicts in their order; breaks do not count.

    None before two minutes of work.
    """
    gaps = [after - before for before, after in pairwise(moments)]
    worked = [each for each in gaps if each <= BREAK]
    spent = sum(worked, timedelta())
    return len(worked) / (spent / timedelta(hours=1)) if spent >= LEAST else None
