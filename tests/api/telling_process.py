"""An application that says which process answers; /slow takes half a second between head and body, /echo sends back."""

from __future__ import annotations

import asyncio
import os


async def app(scope, receive, send) -> None:
    """ASGI."""
    if scope["type"] != "http":
        for each in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{each}.complete"})
        return
    body = str(os.getpid()).encode()
    if scope["path"] == "/echo":
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if scope["path"] == "/slow":
        await asyncio.sleep(0.5)
    await send({"type": "http.response.body", "body": body})
