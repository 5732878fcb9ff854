"""Tiles that a server process has at hand."""

from __future__ import annotations

import threading
from collections import OrderedDict

__all__ = ["TileCache"]


class TileCache:
    """The last tiles, by everything that decides their bytes but time; holds at most ``most_bytes``, none with 0.

    What changes with time is the tag (an ETag): of each key the last content is kept, and found by its tag alone.
    Safe to share among threads.
    """

    def __init__(self, most_bytes: int) -> None:
        self._tiles: OrderedDict[tuple[object, ...], tuple[bytes, str]] = OrderedDict()
        self._size = 0
        self._most = most_bytes
        self._lock = threading.Lock()

    def __contains__(self, key: object) -> bool:
        """Whether there is a tile of any time."""
        return key in self._tiles

    def get(self, key: tuple[object, ...], tag: str = "") -> bytes | None:
        """The tile, if it is the one with this tag; it then counts as freshly used."""
        with self._lock:
            content, kept = self._tiles.get(key, (None, ""))
            if content is None or kept != tag:
                return None
            self._tiles.move_to_end(key)
            return content

    def put(self, key: tuple[object, ...], content: bytes, tag: str = "") -> None:
        """Keep a tile in place of an older one; the longest unused ones make room."""
        with self._lock:
            self._size += len(content) - len(self._tiles.get(key, (b"", ""))[0])
            self._tiles[key] = content, tag
            self._tiles.move_to_end(key)
            while self._size > self._most:
                _, (dropped, _tag) = self._tiles.popitem(last=False)
                self._size -= len(dropped)
