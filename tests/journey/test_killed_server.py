"""A server killed in the middle of an upload: the client resumes, and the file is whole, once."""

from __future__ import annotations

import base64
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
from sqlalchemy import text

from api import serve
from api.processes import Children, wait_for
from layers import database
from layers.settings import Settings
from layers.storage import Storage
from tests import scenes
from tests.api.conftest import PASSWORD
from tests.journey.conftest import Site

TUS = {"Tus-Resumable": "1.0.0"}


@contextmanager
def server(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """One server process without a worker."""
    children = Children()
    try:
        process = children.start(
            "uvicorn", "api.app:create_from_settings", "--factory", "--port", str(settings.port), "--log-level", "error",
            environment=serve.environment_of(settings),
        )  # fmt: skip
        wait_for(f"{serve.address(settings)}/ready")
        yield process
    finally:
        children.stop()


@contextmanager
def signed_in(settings: Settings) -> Iterator[httpx.Client]:
    """A client of the crew."""
    with httpx.Client(base_url=serve.address(settings), timeout=30) as client:
        assert client.post("/api/session", json={"name": "crew", "password": PASSWORD}).status_code == 200
        yield client


def send_part(
    client: httpx.Client, settings: Settings, path: str, content: bytes, part: int
) -> socket.socket:
    """Announce the whole body of a PATCH but send only a part of it, and keep the line open."""
    line = socket.create_connection(("127.0.0.1", settings.port))
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    head = (
        f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nTus-Resumable: 1.0.0\r\n"
        f"Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    line.sendall(head.encode() + content[:part])
    return line


def test_an_upload_survives_the_server_s_death_in_the_middle_of_a_patch(
    quiet_site: Site, tmp_path: Path
) -> None:
    settings = quiet_site.settings
    content = scenes.write_ortho(tmp_path / "o.tif", scenes.ground(2600)).read_bytes()
    assert len(content) > 10 << 20
    with server(settings) as process, signed_in(settings) as client:
        survey = client.post("/api/surveys", json={"name": "断电", "flown_on": "2023-06-18"}).json()["id"]
        metadata = {"filename": "o.tif", "survey": str(survey), "kind": "ortho"}
        packed = ",".join(
            f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in metadata.items()
        )
        made = client.post(
            "/uploads", headers={**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": packed}
        )
        path = "/uploads/" + made.headers["location"].rsplit("/", 1)[1]
        upload = Storage(settings.home).uploads / path.rsplit("/", 1)[1]
        with send_part(client, settings, path, content, 9 << 20):
            deadline = time.monotonic() + 20
            while upload.stat().st_size < 4 << 20 and time.monotonic() < deadline:
                time.sleep(0.05)
            process.send_signal(signal.SIGKILL)
            process.wait()
    with server(settings), signed_in(settings) as client:
        offset = int(client.head(path, headers=TUS).headers["upload-offset"])
        assert 4 << 20 <= offset < len(content)
        rest = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        assert client.patch(path, content=content[offset:], headers=rest).status_code == 204
        assert Storage(settings.home).source(survey, "ortho").read_bytes() == content
        assert client.get(f"/api/surveys/{survey}").json()["status"] == "queued"
    with database.session(quiet_site.url) as session:
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 1
