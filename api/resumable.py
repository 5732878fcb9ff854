"""Where half-uploaded files lie: the library's local storage, made safe against a killed server.

The library trusts the offset in its side file; a server killed while writing leaves more bytes than that,
and the next PATCH would append behind them. Here the offset is the number of bytes on disk, whatever the
side file says. A received upload leaves a small marker, so that a client whose last answer was lost learns
that it is through.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

from tuspyserver.storage.local import LocalFileStorage

__all__ = ["CrashSafeStorage"]

BUFFER = 4 << 20


class CrashSafeStorage(LocalFileStorage):
    """Bytes on disk are the truth; at most 4 MiB of a PATCH are held in memory."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        folder.mkdir(parents=True, exist_ok=True)

    def marker(self, uid: str) -> Path:
        """The file that says an upload was received; it holds the number of bytes."""
        return Path(f"{self._path(uid)}.received")

    def mark_received(self, path: Path, size: int) -> None:
        """Remember that the upload at this path was taken over."""
        self.marker(path.name).write_text(str(size))

    async def append(self, uid: str, chunk: bytes) -> None:
        """Take a piece of a PATCH."""
        pending = self._pending[uid]
        pending.extend(chunk)
        if len(pending) >= BUFFER:
            await asyncio.to_thread(self._write, uid, bytes(pending), sync=False)
            pending.clear()

    async def flush(self, uid: str) -> None:
        """Make everything durable before the offset is told."""
        await asyncio.to_thread(self._write, uid, bytes(self._pending.pop(uid, b"")), sync=True)

    def _write(self, uid: str, content: bytes, *, sync: bool) -> None:
        with Path(self._path(uid)).open("ab") as handle:
            handle.write(content)
            handle.flush()
            if sync:
                os.fsync(handle.fileno())

    async def exists(self, uid: str) -> bool:
        """Whether the upload is under way or was received."""
        return bool(await super().exists(uid)) or self.marker(uid).exists()

    async def size(self, uid: str) -> int:
        """Bytes on disk, or all of them once it was received."""
        if self.marker(uid).exists():
            return int(self.marker(uid).read_text() or 0)
        return int(await super().size(uid))

    async def read_info(self, uid: str) -> dict[str, Any] | None:
        """The side file, its offset put right; a missing file type is no reason to refuse a HEAD."""
        info: dict[str, Any] | None = await super().read_info(uid)
        if info is None:
            return None
        info["offset"] = await self.size(uid)
        info["metadata"].setdefault("filetype", "image/tiff")
        return info

    async def delete(self, uid: str) -> None:
        """Forget an upload."""
        await super().delete(uid)
        self.marker(uid).unlink(missing_ok=True)
