"""How often one address may ask: so many times a minute in each server process."""

from __future__ import annotations

import time
from collections import Counter
from threading import Lock
from typing import Annotated

from fastapi import Depends, Request

from layers.incidents.keys import TooMany

__all__ = ["MOST", "NotTooOften", "Throttle"]

MOST = 300


class Throttle:
    """Counts requests by sender, afresh every minute."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._minute, self._counts, self._lock = 0, Counter[str](), Lock()

    def take(self, sender: str, now: float) -> None:
        """Count one. Raises TooMany."""
        with self._lock:
            minute = int(now // 60)
            if minute != self._minute:
                self._minute, self._counts = minute, Counter()
            self._counts[sender] += 1
            if self._counts[sender] > self.most:
                raise TooMany(most=self.most)


_throttle = Throttle(MOST)


def _not_too_often(request: Request) -> None:
    _throttle.take(request.client.host if request.client else "", time.monotonic())


NotTooOften = Annotated[None, Depends(_not_too_often)]
