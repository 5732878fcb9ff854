"""`python -m api.listen APP --port N --workers N`: uvicorn's server processes, as tiles want them.

Each has a listening socket of its own: processes that share one race for connections, and the first to wake takes
all that wait. Eight connections of a map page went to one process again and again while the other had nothing to do;
with SO_REUSEPORT the kernel deals connections out (socket(7)). And an answer goes out in one write, where uvicorn
makes one of its head and one of its body. Supervision, restarts and signals stay uvicorn's.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.supervisors import Multiprocess

__all__ = ["Http", "OneWrite", "main"]

_GRACE_SECONDS = 3
_LARGE = 1 << 17  # bytes


class OneWrite:
    """A transport that holds the head of an answer back until its body comes, at most until the loop's next turn: what is
    streamed, and a head without a body, go out then.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._held: bytes | None = None
        self._loop = asyncio.get_running_loop()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send, or hold back."""
        if self._held is not None:
            held, self._held = self._held, None
            if len(data) > _LARGE:  # to copy it would take longer than to write twice
                self._transport.write(held)
                self._transport.write(data)
            else:
                self._transport.write(held + data)
        elif data.startswith(b"HTTP/1.1 ") and not data.startswith(b"HTTP/1.1 100"):
            self._held = data
            self._loop.call_soon(self._flush)
        else:
            self._transport.write(data)

    def close(self) -> None:
        """Send what is held back, then close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._held is not None and not self._transport.is_closing():
            self.write(b"")


class Http(HttpToolsProtocol):
    """uvicorn's HTTP over such a transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has come."""
        super().connection_made(OneWrite(transport))  # type: ignore[arg-type]


class _EachItsOwn(list[socket.socket]):
    """The sockets that uvicorn hands to every process it starts: on its way there it becomes one bound there."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(_bound(host, port))  # never listens: it keeps the port while processes come and go
        self._address = host, port

    def __reduce__(self) -> tuple[Callable[..., list[socket.socket]], tuple[str, int]]:
        return _bound, self._address


def _bound(host: str, port: int) -> list[socket.socket]:
    """A socket on the address. Ends the process as uvicorn does when the address is not to be had."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        print(f"{host}:{port}: {error}", file=sys.stderr)
        sys.exit(STARTUP_FAILURE)
    return [made]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("app", help="module:name")
    parser.add_argument("--factory", action="store_true", help="the name is a function that makes it")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    config = uvicorn.Config(
        given.app, factory=given.factory, host=given.host, port=given.port, workers=given.workers,
        http=Http, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=_GRACE_SECONDS,
    )  # fmt: skip
    if given.workers > 1:
        Multiprocess(config, sockets=_EachItsOwn(given.host, given.port)).run()
    else:
        server = uvicorn.Server(config)
        server.run()
        if not server.started:
            sys.exit(STARTUP_FAILURE)


if __name__ == "__main__":
    main()
