"""An application that says which process answers."""

from __future__ import annotations

import os


async def app(scope, receive, send) -> None:
    """ASGI."""
    if scope["type"] != "http":
        for each in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{each}.complete"})
        return
    body = str(os.getpid()).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]}
    )
    await send({"type": "http.response.body", "body": body})
