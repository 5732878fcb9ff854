"""Server and worker as child processes of one command; whatever ends it ends them, and nothing else."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from gis.errors import ChengtuError
from layers.settings import ROOT

__all__ = ["Children", "PortTaken", "ServerSilent", "need_port", "wait_for"]

GRACE_SECONDS = 8.0


class PortTaken(ChengtuError):
    """Something else listens on the port."""

    code = "port_taken"
    zh = "端口 {port} 已被其他程序占用。请用 --port 换一个端口，例如 --port {other}。"
    en = "Port {port} is taken by another program. Choose another one, for example --port {other}."


class ServerSilent(ChengtuError):
    """The server does not answer."""

    code = "server_silent"
    zh = "服务器没有在 {seconds:.0f} 秒内响应。"
    en = "The server did not answer within {seconds:.0f} seconds."


class Children:
    """The processes that this command started."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start a Python module of ours in a process group of its own."""
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._running.append(process)
        return process

    def wait(self) -> int:
        """Until one of them ends by itself; returns its exit status."""
        while True:
            for process in self._running:
                if process.poll() is not None:
                    return int(process.returncode)
            time.sleep(0.2)

    def stop(self) -> None:
        """Ask all to end, then insist."""
        for process in self._running:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for process in self._running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._running.clear()


@contextmanager
def stopping() -> Iterator[Children]:
    """Children that end with the block; SIGTERM counts as Ctrl-C, and Ctrl-C works under nohup too."""
    children = Children()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _interrupt)
    try:
        yield children
    finally:
        children.stop()


def need_port(host: str, port: int) -> None:
    """Raise PortTaken when somebody listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise PortTaken(port=port, other=port + 1) from None


def wait_for(url: str, seconds: float = 60.0) -> None:
    """Until the address answers with success. Raises ServerSilent."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with (
            suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(url, timeout=2),
        ):  # our own address
            return
        time.sleep(0.15)
    raise ServerSilent(seconds=seconds)


def _interrupt(signal_number: int, frame: object) -> None:
    raise KeyboardInterrupt
