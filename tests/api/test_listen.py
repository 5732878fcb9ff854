from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

import httpx2 as httpx
import pytest

from layers.settings import ROOT


def command(port, *more):
    return [sys.executable, "-m", "api.listen", "tests.api.telling_process:app", "--port", str(port), *more]


@pytest.fixture
def port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


@pytest.fixture
def two_processes(port):
    server = subprocess.Popen(command(port, "--workers", "2"), cwd=ROOT)
    yield f"http://127.0.0.1:{port}/"
    server.send_signal(signal.SIGTERM)
    assert server.wait(20) == 0


def answering(address, without=frozenset(), seconds=60):
    """The processes that answer 24 connections, once there are two."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = set()
        with contextlib.suppress(httpx.TransportError):
            for _ in range(24):
                found.add(int(httpx.get(address, timeout=5).text))
        if len(found) == 2 and not found & without:
            return found
        time.sleep(0.2)
    raise AssertionError(f"only {found} answered")


def test_connections_are_dealt_out_and_a_process_that_dies_is_replaced(two_processes):
    first = answering(two_processes)
    killed = min(first)
    os.kill(killed, signal.SIGKILL)
    assert len(answering(two_processes, without={killed}) & first) == 1


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_that_is_taken_ends_the_command_with_a_sentence(port, workers):
    with socket.socket() as held:
        held.bind(("127.0.0.1", port))
        held.listen()
        done = subprocess.run(
            command(port, "--workers", workers),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode != 0
    assert "address already in use" in done.stderr.lower()
