"""Resumable uploads: broken off, resumed, refused, received exactly once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from api import uploads
from api.resumable import CrashSafeStorage
from api.state import State
from layers import database
from layers.people.rules import Role
from tests import scenes
from tests.api import tus
from tests.api.conftest import SignIn


@pytest.fixture
def crew(as_role: SignIn) -> TestClient:
    return as_role(Role.CREW)


@pytest.fixture
def state(app: FastAPI) -> State:
    found: State = app.state.chengtu
    return found


def _files(state: State) -> list[str]:
    return sorted(
        str(path.relative_to(state.storage.home)) for path in state.storage.home.rglob("*") if path.is_file()
    )


def _jobs(state: State) -> int:
    with database.session(state.url) as session:
        return int(session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) or 0)


def test_an_upload_broken_off_twice_arrives_whole(crew: TestClient, state: State, tmp_path: Path) -> None:
    content = scenes.write_ortho(tmp_path / "ortho.tif").read_bytes()
    survey = tus.announce(crew)
    path = tus.create(crew, survey, "ortho", len(content))
    third = len(content) // 3
    tus.patch(crew, path, 0, content[:third])
    assert tus.offset(crew, path) == third
    tus.patch(crew, path, third, content[third : 2 * third])
    assert tus.patch(crew, path, 2 * third, content[2 * third :]).status_code == 204
    assert state.storage.source(survey, "ortho").read_bytes() == content
    assert crew.get(f"/api/surveys/{survey}").json()["status"] == "queued"
    assert _jobs(state) == 1


def test_bytes_that_a_killed_server_wrote_without_noting_them_are_counted(
    crew: TestClient, state: State, tmp_path: Path
) -> None:
    content = scenes.write_ortho(tmp_path / "ortho.tif").read_bytes()
    path = tus.create(crew, tus.announce(crew), "ortho", len(content))
    tus.patch(crew, path, 0, content[:1000])
    on_disk = state.storage.uploads / path.rsplit("/", 1)[1]
    with on_disk.open("ab") as handle:
        handle.write(content[1000:1777])  # what a kill in the middle of a PATCH leaves
    assert tus.offset(crew, path) == 1777
    assert tus.patch(crew, path, 1000, content[1000:]).status_code == 409
    assert tus.patch(crew, path, 1777, content[1777:]).status_code == 204
    assert state.storage.source(1, "ortho").read_bytes() == content


def test_a_client_whose_last_answer_was_lost_learns_that_it_is_through(
    crew: TestClient, state: State, tmp_path: Path
) -> None:
    content = scenes.write_ortho(tmp_path / "ortho.tif").read_bytes()
    path = tus.create(crew, tus.announce(crew), "ortho", len(content))
    tus.patch(crew, path, 0, content)
    assert tus.offset(crew, path) == len(content)
    assert _jobs(state) == 1


def test_an_upload_whole_before_a_crash_is_taken_over_at_the_next_start(
    crew: TestClient, state: State, tmp_path: Path
) -> None:
    content = scenes.write_ortho(tmp_path / "ortho.tif").read_bytes()
    survey = tus.announce(crew)
    path = tus.create(crew, survey, "ortho", len(content))
    (state.storage.uploads / path.rsplit("/", 1)[1]).write_bytes(content)
    uploads.sweep(state)
    uploads.sweep(state)
    assert crew.get(f"/api/surveys/{survey}").json()["status"] == "queued"
    assert _jobs(state) == 1


def test_a_flight_of_two_files_is_queued_with_the_second(
    crew: TestClient, state: State, tmp_path: Path
) -> None:
    survey = tus.announce(crew, ("ortho", "dsm"))
    tus.upload(crew, survey, "ortho", scenes.write_ortho(tmp_path / "o.tif"))
    assert crew.get(f"/api/surveys/{survey}").json()["status"] == "draft"
    assert _jobs(state) == 0
    tus.upload(crew, survey, "dsm", scenes.write_dsm(tmp_path / "d.tif"))
    assert crew.get(f"/api/surveys/{survey}").json()["status"] == "queued"
    assert _jobs(state) == 1


def test_a_wrong_checksum_is_refused_and_leaves_nothing(
    crew: TestClient, state: State, tmp_path: Path
) -> None:
    file = scenes.write_ortho(tmp_path / "ortho.tif")
    answer = tus.upload(crew, tus.announce(crew), "ortho", file, sha256=hashlib.sha256(b"other").hexdigest())
    assert answer.json()["code"] == "digest_wrong"
    assert _files(state) == []


BROKEN: dict[str, Callable[[Path], Path]] = {
    "without crs": scenes.without_crs,
    "a plain picture": scenes.without_place,
    "swapped axes": scenes.with_swapped_axes,
    "another zone": scenes.in_other_zone,
    "outside the district": scenes.outside_district,
    "a bomb": scenes.bomb,
    "wrong bands": scenes.with_bands,
    "a nonsense pixel size": scenes.with_pixel_size,
    "no raster": scenes.not_a_raster,
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_faulty_file_is_refused_with_a_sentence_in_both_languages(
    fault: str, crew: TestClient, state: State, tmp_path: Path
) -> None:
    survey = tus.announce(crew)
    answer = tus.upload(crew, survey, "ortho", BROKEN[fault](tmp_path / "broken.tif"))
    problem = answer.json()
    assert 400 <= answer.status_code < 500
    assert any("一" <= letter <= "鿿" for letter in problem["title_zh"])
    assert len(problem["title_en"]) > 30
    shown = crew.get(f"/api/surveys/{survey}").json()
    assert (shown["status"], shown["error"]["code"]) == ("refused", problem["code"])
    assert shown["files"] == [] and shown["footprint"] is None
    assert _files(state) == []
    assert _jobs(state) == 0


def test_an_empty_file_is_refused_at_once(crew: TestClient, state: State) -> None:
    packed = "filename eC50aWY=,survey MQ==,kind b3J0aG8="
    tus.announce(crew)
    answer = crew.post("/uploads", headers={**tus.HEADERS, "Upload-Length": "0", "Upload-Metadata": packed})
    assert answer.json()["code"] == "raster_unreadable"
    assert _files(state) == []


def test_a_mended_file_is_accepted_after_a_refusal(crew: TestClient, tmp_path: Path) -> None:
    survey = tus.announce(crew)
    tus.upload(crew, survey, "ortho", scenes.without_crs(tmp_path / "broken.tif"))
    assert tus.upload(crew, survey, "ortho", scenes.write_ortho(tmp_path / "good.tif")).status_code == 204
    shown = crew.get(f"/api/surveys/{survey}").json()
    assert (shown["status"], shown["error"]) == ("queued", None)


def test_an_upload_for_no_announced_flight_is_refused_before_a_byte(crew: TestClient) -> None:
    packed = "filename eC50aWY=,survey OTk5,kind b3J0aG8="
    answer = crew.post("/uploads", headers={**tus.HEADERS, "Upload-Length": "10", "Upload-Metadata": packed})
    assert answer.status_code == 404


@pytest.mark.parametrize(("role", "status"), [(None, 401), (Role.REVIEWER, 403), (Role.INSPECTOR, 403)])
def test_only_crews_planners_and_administrators_upload(
    role: Role | None, status: int, as_role: SignIn
) -> None:
    answer = as_role(role).post("/uploads", headers={**tus.HEADERS, "Upload-Length": "10"})
    assert answer.status_code == status


def test_a_large_patch_is_written_in_pieces(tmp_path: Path) -> None:
    import asyncio  # noqa: PLC0415

    storage = CrashSafeStorage(tmp_path)

    async def send() -> int:
        await storage.create("a" * 32)
        for _ in range(40):
            await storage.append("a" * 32, b"x" * (1 << 19))
        held = len(storage._pending["a" * 32])
        await storage.flush("a" * 32)
        return held

    assert asyncio.run(send()) <= 4 << 20
    assert (tmp_path / ("a" * 32)).stat().st_size == 40 << 19


def test_metadata_survives_in_the_side_file(crew: TestClient, state: State) -> None:
    path = tus.create(crew, tus.announce(crew), "ortho", 10)
    info = json.loads((state.storage.uploads / f"{path.rsplit('/', 1)[1]}.info").read_text())
    assert info["metadata"]["kind"] == "ortho"
