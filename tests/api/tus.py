"""A tus client of a few lines, enough to break off wherever a test likes."""

from __future__ import annotations

import base64
from pathlib import Path

import httpx2 as httpx
from starlette.testclient import TestClient

HEADERS = {"Tus-Resumable": "1.0.0"}


def announce(client: TestClient, expects: tuple[str, ...] = ("ortho",), flown_on: str = "2023-06-18") -> int:
    """Announce a flight; its id."""
    answer = client.post(
        "/api/surveys", json={"name": "测试航飞", "flown_on": flown_on, "expects": list(expects)}
    )
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def create(client: TestClient, survey: int, kind: str, size: int, **more: str) -> str:
    """Open an upload; its path."""
    metadata = {"filename": f"{kind}.tif", "survey": str(survey), "kind": kind, **more}
    packed = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in metadata.items())
    answer = client.post(
        "/uploads", headers={**HEADERS, "Upload-Length": str(size), "Upload-Metadata": packed}
    )
    assert answer.status_code == 201, answer.text
    return "/uploads/" + answer.headers["location"].rsplit("/", 1)[1]


def patch(client: TestClient, path: str, offset: int, content: bytes) -> httpx.Response:
    """Send bytes from an offset on."""
    return client.patch(
        path,
        content=content,
        headers={**HEADERS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"},
    )


def offset(client: TestClient, path: str) -> int:
    """How much the server has."""
    answer = client.head(path, headers=HEADERS)
    assert answer.status_code == 200, answer.text
    return int(answer.headers["upload-offset"])


def upload(client: TestClient, survey: int, kind: str, file: Path, **more: str) -> httpx.Response:
    """The whole file in one go; the answer to its last byte."""
    content = file.read_bytes()
    return patch(client, create(client, survey, kind, len(content), **more), 0, content)
