"""A file as the body of a request, written to disk as it comes."""

from __future__ import annotations

import hashlib
from typing import IO, Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from gis.errors import ChengtuError

__all__ = ["OCTETS", "written"]

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
