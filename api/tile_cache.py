"""Tiles that a server process has at hand."""

from __future__ import annotations

import threading
from collections import OrderedDict

__all__ = ["TileCache"]


class TileCache:
    """The last tiles, by everything that decides their bytes; holds at most ``most_bytes``, none with 0.

    Safe to share among threads.
    """

    def __init__(self, most_bytes: int) -> None:
        self._tiles: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._size = 0
        self._most = most_bytes
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...]) -> bytes | None:
        """The tile, which then counts as freshly used."""
        with self._lock:
            found = self._tiles.get(key)
            if found is not None:
                self._tiles.move_to_end(key)
            return found

    def put(self, key: tuple[object, ...], content: bytes) -> None:
        """Keep a tile; the longest unused ones make room."""
        with self._lock:
            self._size += len(content) - len(self._tiles.get(key, b""))
            self._tiles[key] = content
            self._tiles.move_to_end(key)
            while self._size > self._most:
                _, dropped = self._tiles.popitem(last=False)
                self._size -= len(dropped)
