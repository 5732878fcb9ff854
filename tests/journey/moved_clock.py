"""A server for tests whose clock goes behind the real one by what a file says: for the long periods of the law.

The file named by JOURNEY_CLOCK holds seconds. Only doors ask this clock; the database keeps its own, and refuses
what is dated later than that, so a journey begins in the past and ends today.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from starlette.types import ASGIApp

from api import app, clock

__all__ = ["FILE", "Behind", "create"]

FILE = "JOURNEY_CLOCK"


class Behind:
    """The test's hand on that clock; ``path``: the file. It goes forward only."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def set(self, moment: datetime) -> None:
        """From now on it is this moment, and time goes on from there."""
        self._write(max(0.0, (clock.now() - moment).total_seconds()))

    def today(self) -> None:
        """From now on it is as late as it is."""
        self._write(0.0)

    def _write(self, seconds: float) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.replace(self.path)  # the server never reads half a number


def create() -> ASGIApp:
    """The application of the settings in the environment, with the moved clock."""
    real, path = clock.now, Path(os.environ[FILE])

    def moved() -> datetime:
        return real() - timedelta(seconds=float(path.read_text()))

    clock.now = moved
    return app.create_from_settings()
