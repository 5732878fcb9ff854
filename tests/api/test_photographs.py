"""Photographs and site checks over HTTP: bytes kept as they came, compared with what was hashed, sent twice once."""

from __future__ import annotations

import base64
import hashlib
import io
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from PIL import Image
from sqlalchemy import text
from starlette.testclient import TestClient

from api import bodies, photographs
from layers import database
from layers.people.rules import Role
from layers.settings import Settings
from layers.storage import Storage
from tests.api.conftest import SignIn
from tests.photographs import jpeg

SHED = jpeg((116.5201, 31.7501), clock="2023:06:18 10:05:09", size=(1200, 900))
BUILDING = """
INSERT INTO illegal_buildings (code, status, source, area_m2, found_on, geom)
VALUES ('WJ-1', 'to_check', 'survey', 60, '2023-06-18', ST_Multi(ST_MakeEnvelope(116.52, 31.75, 116.5202, 31.7502, 4490)))
RETURNING id
"""


def digest(data: bytes) -> dict[str, str]:
    return {"Content-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"}


def send(client: TestClient, data: bytes = SHED, claimed: bytes | None = None) -> Any:
    headers = digest(data if claimed is None else claimed)
    return client.post("/api/photographs", content=data, headers=headers)


def files(settings: Settings) -> list[Path]:
    storage = Storage.of(settings)
    return [
        path
        for folder in (storage.photographs, storage.uploads)
        for path in folder.rglob("*")
        if path.is_file()
    ]


def rows(settings: Settings) -> int:
    assert settings.database_url
    with database.session(settings.database_url) as session:
        return int(session.scalar(text("SELECT count(*) FROM photographs")) or 0)


def test_a_photograph_is_kept_bit_for_bit_and_once(as_role: SignIn, settings: Settings) -> None:
    inspector = as_role(Role.INSPECTOR)
    answer = send(inspector)
    made = answer.json()
    assert answer.status_code == 201, answer.text
    assert (made["sha256"], made["hashed"]) == (hashlib.sha256(SHED).hexdigest(), True)
    assert (made["width"], made["lon"], made["taken_at"]) == (1200, pytest.approx(116.5201), None)
    again = send(inspector)
    assert (again.status_code, again.json()["id"], rows(settings)) == (200, made["id"], 1)
    path = f"/api/photographs/{made['id']}"
    whole = inspector.get(path)
    assert (whole.content, whole.headers["etag"]) == (SHED, f'"{made["sha256"]}"')
    assert inspector.get(path, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    part = inspector.get(path, headers={"Range": "bytes=0-99"})
    assert (part.status_code, part.content) == (206, SHED[:100])
    small = inspector.get(f"{path}/preview")
    with Image.open(io.BytesIO(small.content)) as image:
        assert image.size == (960, 720) and not image.getexif()


def test_what_is_not_what_was_hashed_is_refused_and_leaves_nothing(
    as_role: SignIn, settings: Settings
) -> None:
    answer = send(as_role(Role.INSPECTOR), claimed=SHED + b"x")
    assert (answer.status_code, answer.json()["code"]) == (409, "photograph_changed")
    assert hashlib.sha256(SHED).hexdigest()[:12] in answer.json()["title_zh"]
    assert (files(settings), rows(settings)) == ([], 0)


@pytest.mark.parametrize(
    ("data", "status"), [(b"", 415), (b"%PDF-1.7", 415), (SHED[:9000], 415)], ids=["empty", "pdf", "half"]
)
def test_what_is_no_photograph_leaves_nothing(
    as_role: SignIn, settings: Settings, data: bytes, status: int
) -> None:
    assert send(as_role(Role.INSPECTOR), data).status_code == status
    assert (files(settings), rows(settings)) == ([], 0)


def test_a_body_is_refused_as_soon_as_it_is_too_large(
    as_role: SignIn, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photographs, "MOST_BYTES", 1 << 20)
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        for _ in range(64):
            read += 1
            yield b"\xff" * (1 << 17)

    answer = as_role(Role.INSPECTOR).post("/api/photographs", content=endless())
    assert (answer.status_code, answer.json()["code"]) == (413, "photograph_too_large")
    assert files(settings) == []


def test_a_digest_that_is_none_is_refused_and_without_one_it_is_said(as_role: SignIn) -> None:
    inspector = as_role(Role.INSPECTOR)
    wrong = inspector.post("/api/photographs", content=SHED, headers={"Content-Digest": "sha-256=:abc:"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "digest_malformed")
    assert inspector.post("/api/photographs", content=SHED).json()["hashed"] is False


@pytest.mark.parametrize(
    ("role", "sends", "sees"),
    [
        (None, 401, 401), (Role.CREW, 201, 403), (Role.PLANNER, 201, 403), (Role.REVIEWER, 201, 200),
        (Role.OFFICER, 201, 200),
    ],
)  # fmt: skip
def test_who_may_send_and_who_may_see(as_role: SignIn, role: Role | None, sends: int, sees: int) -> None:
    made = send(as_role(Role.INSPECTOR)).json()
    other = as_role(role)
    assert send(other).status_code == sends
    for path in (f"/api/photographs/{made['id']}", f"/api/photographs/{made['id']}/preview"):
        assert other.get(path).status_code == sees


def test_an_inspector_sees_own_photographs_only(as_role: SignIn) -> None:
    made = send(as_role(Role.OFFICER)).json()
    answer = as_role(Role.INSPECTOR).get(f"/api/photographs/{made['id']}")
    assert answer.status_code == 403 and "复核人员" in answer.json()["title_zh"]
    assert as_role(Role.INSPECTOR).get("/api/photographs/4711").status_code == 404


def test_a_task_is_taken_done_with_a_photograph_and_waits_for_the_filing(
    as_role: SignIn, settings: Settings
) -> None:
    assert settings.database_url
    with database.session(settings.database_url) as session:
        building = session.scalar(text(BUILDING))
    inspector = as_role(Role.INSPECTOR)
    [task] = inspector.get("/api/site-checks/tasks", params={"lon": 116.5202, "lat": 31.75}).json()["items"]
    assert (task["id"], task["purpose"], task["conclusions"][0]) == (building, "first", "violation")
    path = f"/api/site-checks/tasks/{building}"
    assert inspector.post(f"{path}/claim").json()["claim"]["mine"] is True
    assert as_role(Role.OFFICER).post(f"{path}/claim").status_code == 409
    assert inspector.get(f"{path}/after.jpg").status_code == 404
    now = datetime.now(UTC).isoformat()
    said = {
        "client_id": str(uuid.uuid4()), "illegal_building_id": building, "conclusion": "violation", "checked_at": now,
        "sent_at": now, "area_m2": 42.5, "storeys": 2, "use": "shop", "material": "brick", "place": [116.5202, 31.75],
    }  # fmt: skip
    refused = inspector.post("/api/site-checks", json=said)
    assert refused.status_code == 409 and "照片" in refused.json()["title_zh"]
    said["photographs"] = [send(inspector).json()["id"]]
    done = inspector.post("/api/site-checks", json=said)
    assert done.status_code == 201, done.text
    assert done.json()["photographs"][0]["clues"] == ["other_time"]
    again = inspector.post("/api/site-checks", json=said)
    assert (again.status_code, again.json()["id"]) == (200, done.json()["id"])
    assert inspector.get("/api/site-checks/tasks").json()["items"] == []
    waiting = as_role(Role.OFFICER).get("/api/cases/site-checks").json()["items"]
    assert [each["id"] for each in waiting] == [done.json()["id"]]
    assert as_role(Role.REVIEWER).get(f"/api/site-checks/{done.json()['id']}").json()["storeys"] == 2


def test_what_a_killed_server_left_is_swept_and_what_is_on_record_stays(
    app: FastAPI, as_role: SignIn, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = send(as_role(Role.INSPECTOR)).json()
    storage = Storage.of(settings)
    orphan = storage.photograph("ab" * 32)
    orphan.parent.mkdir(parents=True, exist_ok=True)
    for path in (orphan, storage.uploads / f"{photographs.PART}half"):
        path.write_bytes(b"x")
    monkeypatch.setattr(bodies, "LEFT_OVER_S", -1)
    photographs.sweep(app.state.chengtu)
    assert {each.name for each in files(settings)} == {made["sha256"], f"{made['sha256']}.preview.jpg"}
