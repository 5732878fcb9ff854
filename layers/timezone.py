"""The time by which the bureau's days are counted."""

from __future__ import annotations

from zoneinfo import ZoneInfo

__all__ = ["SHANGHAI"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
