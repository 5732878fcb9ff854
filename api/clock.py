"""The one clock of the doors: what an act is dated with. The database refuses steps later than its own."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["now"]


def now() -> datetime:
    """The present moment, in UTC. Doors call it as ``clock.now()``, so that there is one place that tells the time."""
    return datetime.now(UTC)
