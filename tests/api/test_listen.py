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
from tests.ports import free_port


def command(port, *more):
    return [sys.executable, "-m", "api.listen", "tests.api.telling_process:app", "--port", str(port), *more]


@pytest.fixture
def port():
    return free_port()


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


def said(connection, request, until):
    """What comes back for some bytes, once it ends like that."""
    connection.sendall(request)
    told = b""
    while not told.endswith(until):
        told += connection.recv(65536)
    return told


def test_an_answer_comes_whole_whatever_its_kind(two_processes, port):
    answering(two_processes)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        host = b"HTTP/1.1\r\nHost: x\r\n"
        head = said(connection, b"HEAD / " + host + b"\r\n", b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200") and b"content-length" in head
        expecting = b"POST /echo " + host + b"Content-Length: 300000\r\nExpect: 100-continue\r\n\r\n"
        assert said(connection, expecting, b"\r\n\r\n").startswith(b"HTTP/1.1 100")
        large = b"x" * 299_999 + b"."
        assert said(connection, large, b".").endswith(b"\r\n\r\n" + large)
        began = time.monotonic()
        connection.sendall(b"GET /slow " + host + b"Connection: close\r\n\r\n")
        assert connection.recv(65536).endswith(b"\r\n\r\n")  # the head does not wait for the body
        assert time.monotonic() - began < 0.4
        assert connection.recv(65536).isdigit()
        assert connection.recv(65536) == b""


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
