"""The time by which the bureau's days are counted."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

__all__ = ["SHANGHAI", "TODAY", "day_of"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = "CAST(now() AT TIME ZONE 'Asia/Shanghai' AS date)"
"""SQL of the day there."""


def day_of(moment: datetime) -> date:
    """The day there at a moment (with its offset)."""
    return moment.astimezone(SHANGHAI).date()
