"""A file as the body of a request, written to disk as it comes."""

from __future__ import annotations

import hashlib
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from gis.errors import ChengtuError

__all__ = ["LEFT_OVER_S", "OCTETS", "Kept", "is_left_over", "kept", "sweep", "written"]

LEFT_OVER_S = 86_400  # no request takes longer

OCTETS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
"""What such an operation says of its body in the OpenAPI document."""


async def written(request: Request, file: IO[bytes], most: int, too_large: ChengtuError) -> tuple[int, str]:
    """Bytes that came, and their SHA-256. Raises ``too_large`` as soon as there are more than ``most``."""
    size, digest = 0, hashlib.sha256()
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise too_large
        digest.update(chunk)
        await run_in_threadpool(file.write, chunk)
    return size, digest.hexdigest()


@dataclass(frozen=True)
class Kept:
    """A body that came whole: its file, bytes, SHA-256 in hex."""

    path: Path
    size: int
    sha256: str


async def kept(request: Request, folder: Path, prefix: str, most: int, too_large: ChengtuError) -> Kept:
    """The body in a file of its own, whose name begins with ``prefix``; nothing is left where it did not come whole."""
    handle = tempfile.NamedTemporaryFile(dir=folder, prefix=prefix, delete=False)  # noqa: SIM115
    path = Path(handle.name)
    try:
        with handle:
            size, digest = await written(request, handle, most, too_large)
    except BaseException:  # a client that goes away too
        path.unlink(missing_ok=True)
        raise
    return Kept(path, size, digest)


def sweep(folder: Path, prefix: str) -> None:
    """Delete what a killed server left half received."""
    for part in folder.glob(f"{prefix}*"):
        if is_left_over(part):
            part.unlink(missing_ok=True)


def is_left_over(path: Path) -> bool:
    """Whether nobody can be writing it any more: another process of this server may just be."""
    return time.time() - path.stat().st_mtime > LEFT_OVER_S
