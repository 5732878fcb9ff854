"""What becomes of a flight when a file is broken inside, or when the worker is killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from api import ingest, serve
from gis.change import DetectOptions
from gis.change.windows import OpenPair, View, Window
from gis.crs import MEASURED, STORED, to_gcj02, transform_points
from layers import database, jobs, pipeline
from layers.people.rules import Role
from layers.settings import ROOT, Settings
from layers.storage import Storage
from tests import scenes
from tests.api import tus
from tests.api.conftest import SignIn


def test_a_file_cut_short_inside_is_refused_while_it_is_decoded_and_leaves_nothing(
    as_role: SignIn, settings: Settings, tmp_path: Path
) -> None:
    crew = as_role(Role.CREW)
    survey = tus.announce(crew)
    answer = tus.upload(crew, survey, "ortho", scenes.truncated(tmp_path / "cut.tif"))
    assert settings.database_url
    if answer.status_code == 204:  # the header alone did not give it away
        ingest.work(settings.database_url, settings, until_idle=True)
    shown = crew.get(f"/api/surveys/{survey}").json()
    assert shown["status"] == "refused"
    assert shown["files"] == [] and shown["footprint"] is None
    assert not Storage(settings.home).survey(survey).exists()


def test_a_failure_of_ours_keeps_the_files_and_can_be_retried(
    as_role: SignIn, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew = as_role(Role.CREW)
    survey = tus.announce(crew)
    tus.upload(crew, survey, "ortho", scenes.write_ortho(tmp_path / "o.tif"))
    assert settings.database_url
    with monkeypatch.context() as broken:
        broken.setattr("gis.pyramid.build", lambda *_, **__: 1 / 0)
        ingest.work(settings.database_url, settings, until_idle=True)
    failed = crew.get(f"/api/surveys/{survey}").json()
    assert (failed["status"], failed["error"]["code"]) == ("failed", "processing_broken")
    assert [each["status"] for each in failed["stages"]][:2] == ["done", "failed"]
    assert crew.post(f"/api/surveys/{survey}/retry").json()["status"] == "queued"
    ingest.work(settings.database_url, settings, until_idle=True)
    assert crew.get(f"/api/surveys/{survey}").json()["status"] == "done"


def test_a_killed_worker_s_job_is_done_once_by_the_next_worker(
    as_role: SignIn, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew = as_role(Role.CREW)
    survey = tus.announce(crew)
    tus.upload(crew, survey, "ortho", scenes.write_ortho(tmp_path / "o.tif", scenes.ground(2048)))
    assert settings.database_url
    environment = {**os.environ, **serve.environment_of(settings), "PYTHONPATH": str(ROOT)}
    worker = subprocess.Popen([sys.executable, "-m", "api.cli", "work"], env=environment, cwd=ROOT)
    try:
        _wait_until(settings, "SELECT progress > 0 FROM surveys")
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert crew.get(f"/api/surveys/{survey}").json()["status"] == "processing"
    monkeypatch.setattr(jobs, "DEAD_AFTER_SECONDS", 0.5)
    monkeypatch.setattr(jobs, "HEARTBEAT_SECONDS", 0.2)
    time.sleep(1)
    _work_until_done(settings)
    assert crew.get(f"/api/surveys/{survey}").json()["status"] == "done"
    with database.session(settings.database_url) as session:
        assert session.scalar(text("SELECT count(*) FROM surveys")) == 1
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 1
    leftovers = [path.name for path in Storage(settings.home).survey(survey).iterdir()]
    assert sorted(leftovers) == ["ortho.pmtiles", "ortho.source.tif", "ortho.tif"]


def test_a_worker_told_to_stop_puts_its_job_back_at_once(
    as_role: SignIn, settings: Settings, tmp_path: Path
) -> None:
    crew = as_role(Role.CREW)
    survey = tus.announce(crew)
    tus.upload(crew, survey, "ortho", scenes.write_ortho(tmp_path / "o.tif", scenes.ground(2048)))
    environment = {**os.environ, **serve.environment_of(settings), "PYTHONPATH": str(ROOT)}
    worker = subprocess.Popen([sys.executable, "-m", "api.cli", "work"], env=environment, cwd=ROOT)
    try:
        _wait_until(settings, "SELECT progress > 0 FROM surveys")
        worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=20)
    finally:
        worker.kill()
        worker.wait()
    assert settings.database_url
    with database.session(settings.database_url) as session:
        assert session.scalar(text("SELECT status::text FROM procrastinate_jobs")) == "todo"
    ingest.work(settings.database_url, settings, until_idle=True)
    assert crew.get(f"/api/surveys/{survey}").json()["status"] == "done"


def test_a_comparison_cut_off_goes_on_with_the_windows_that_are_missing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.database_url
    own = settings.model_copy(update={"jobs": 64})  # so many share the cores that each has one
    flights = []
    for day, pixels in ((12, scenes.ground(2048)), (18, scenes.flat_scene(2048).after)):
        ortho = scenes.write_ortho(tmp_path / f"{day}.tif", pixels)
        flown = date(2023, 3, day)
        flights.append(ingest.ingest(own.database_url, own, {"ortho": ortho}, name="航飞", flown_on=flown))
    pipeline.process_survey(own.database_url, own, flights[0], threading.Event())
    read: list[tuple[int, ...]] = []
    stop, plain = threading.Event(), OpenPair.view

    def view(self: OpenPair, window: Window) -> View:
        read.append(window.core)
        if len(read) == 3:
            stop.set()
        return plain(self, window)

    monkeypatch.setattr(OpenPair, "view", view)
    monkeypatch.setattr(pipeline.change, "DetectOptions", partial(DetectOptions, window_px=512))
    with pytest.raises(jobs.Interrupted):
        pipeline.process_survey(own.database_url, own, flights[1], stop)
    for thread in threading.enumerate():  # a window under way is read to its end
        if thread.name.startswith("window"):
            thread.join()
    windows = Storage(own.home).windows(flights[1])
    done = len(list(windows.rglob("*.npz")))
    assert done >= 1
    read.clear()
    pipeline.process_survey(own.database_url, own, flights[1], threading.Event())
    assert len(read) == 4 - done
    assert not windows.exists()


def test_a_worker_killed_in_the_middle_of_a_comparison_costs_no_window_that_was_done_and_no_second_candidate(
    as_role: SignIn, settings: Settings, tmp_path: Path
) -> None:
    own = settings.model_copy(update={"jobs": 64})  # so many share the cores that each has one
    assert own.database_url
    shed = scenes.scene_with_shed(1024, rows=slice(600, 680), cols=slice(300, 420))
    before, after, before_dsm, after_dsm = scenes.write_scene(shed, tmp_path)
    crew = as_role(Role.CREW)
    for day, ortho, dsm in (("2023-03-12", before, before_dsm), ("2023-06-18", after, after_dsm)):
        survey = tus.announce(crew, flown_on=day, expects=("ortho", "dsm"))
        for kind, path in (("ortho", ortho), ("dsm", dsm)):
            assert tus.upload(crew, survey, kind, path).status_code == 204
        if ortho == before:
            ingest.work(own.database_url, own, until_idle=True)
    kept_in = Storage(own.home).windows(survey)
    first, second = tmp_path / "first.log", tmp_path / "second.log"

    worker = _comparing(own, first, stands_after=2)
    try:
        _wait_until(own, lambda: _stands_still(kept_in, 2, first, 3), seconds=240)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    killed = crew.get(f"/api/surveys/{survey}").json()
    assert (killed["status"], killed["stage"]) == ("processing", "detect")
    assert len(list(kept_in.rglob("*.npz"))) == 2 and _asked(own, "SELECT count(*) FROM candidates") == 0

    worker = _comparing(own, second)
    try:
        _wait_until(own, "SELECT bool_and(status = 'done') FROM surveys", seconds=240)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=20) == 0
    finally:
        worker.kill()
        worker.wait()
    one, two = (each.read_text().split() for each in (first, second))
    done = [*one[:2], *two]  # the last line of a killed worker is the window it stood still at
    assert len(one) == 3 and one[2] in two
    assert len(done) == len(set(done))  # the two that were kept are not computed again
    assert not kept_in.exists()
    assert _asked(own, "SELECT count(*) FROM candidates") == 1
    assert _asked(own, "SELECT count(*) FROM sightings") == 1
    assert _asked(own, "SELECT bool_and(status = 'succeeded') FROM procrastinate_jobs")
    assert _asked(own, "SELECT count(*) FROM procrastinate_jobs") == 2


def test_a_flight_that_does_not_show_its_baseline_s_ground_is_stopped_with_a_sentence(
    as_role: SignIn, settings: Settings, tmp_path: Path
) -> None:
    crew = as_role(Role.CREW)
    assert settings.database_url
    for day, seed in (("2023-03-12", 1), ("2023-06-18", 77)):
        survey = tus.announce(crew, flown_on=day)
        ortho = scenes.write_ortho(tmp_path / f"{day}.tif", scenes.ground(1024, seed))
        assert tus.upload(crew, survey, "ortho", ortho).status_code == 204
    ingest.work(settings.database_url, settings, until_idle=True)
    stopped = crew.get(f"/api/surveys/{survey}").json()
    assert (stopped["status"], stopped["error"]["code"]) == ("failed", "alignment_lost")
    stages = {each["name"]: each["status"] for each in stopped["stages"]}
    assert (stages["align"], stages["detect"]) == ("failed", "waiting")
    assert stopped["baseline"]["code"] in stopped["error"]["zh"]
    assert not stopped["alignment"]["reliable"]
    assert stopped["files"] and stopped["candidates"] == {
        "pending": 0,
        "accepted": 0,
        "rejected": 0,
        "dismissed": 0,
    }
    assert crew.post(f"/api/surveys/{survey}/retry").json()["status"] == "queued"


def test_a_lost_flight_is_compared_anyway_when_a_reviewer_says_why_and_its_candidates_say_that_it_is_lost(
    as_role: SignIn, settings: Settings, tmp_path: Path
) -> None:
    crew, reviewer = as_role(Role.CREW), as_role(Role.REVIEWER)
    rows, cols = slice(600, 680), slice(300, 420)
    shed = scenes.scene_with_shed(1024, rows=rows, cols=cols)
    elsewhere = scenes.ground(1024, 77)
    elsewhere[rows, cols] = shed.after[rows, cols]
    before, after, before_dsm, after_dsm = scenes.write_scene(replace(shed, after=elsewhere), tmp_path)
    assert settings.database_url
    for day, ortho, dsm in (("2023-03-12", before, before_dsm), ("2023-06-18", after, after_dsm)):
        survey = tus.announce(crew, flown_on=day, expects=("ortho", "dsm"))
        for kind, path in (("ortho", ortho), ("dsm", dsm)):
            assert tus.upload(crew, survey, kind, path).status_code == 204
        ingest.work(settings.database_url, settings, until_idle=True)
    act = f"/api/surveys/{survey}/compare-anyway"
    assert crew.get(f"/api/surveys/{survey}").json()["error"]["code"] == "alignment_lost"
    assert crew.post(act, json={"reason": "已核对"}).status_code == 403
    assert reviewer.post(act, json={}).status_code == 422
    refused = reviewer.post(act, json={"reason": "  "})
    assert refused.status_code == 409 and "理由" in refused.json()["title_zh"]
    queued = reviewer.post(act, json={"reason": " 滑坡后地表全变，坐标已核对 "}).json()
    assert queued["status"] == "queued" and queued["error"] is None
    said = queued["compared_anyway"]
    assert (said["by"], said["reason"]) == ("测试 reviewer", "滑坡后地表全变，坐标已核对")
    assert reviewer.post(act, json={"reason": "再来"}).status_code == 409
    ingest.work(settings.database_url, settings, until_idle=True)

    done = crew.get(f"/api/surveys/{survey}").json()
    assert done["status"] == "done" and done["compared_anyway"] == said
    assert (done["alignment"]["reliable"], done["alignment"]["grade"]) == (False, "lost")
    found = reviewer.get(f"/api/candidates?survey={survey}").json()["items"]
    assert found and {each["alignment"]["grade"] for each in found} == {"lost"}
    assert found[0]["alignment"]["here"] == {"lon": 0, "lat": 0, "turn_deg": 0, "scale": 1}
    told = reviewer.get(f"/api/layers/surveys/{survey}/history").json()
    [act_of] = [each for each in told if any(one["field"] == "forced_reason" for one in each["changes"])]
    assert act_of["actor"] == "reviewer"


def test_a_flight_in_gcj_02_beside_its_baseline_is_refused_with_the_distance(
    as_role: SignIn, settings: Settings, tmp_path: Path
) -> None:
    crew = as_role(Role.CREW)
    place = scenes.Place(gsd=1.0)
    lonlat = transform_points([place.origin], MEASURED, STORED)
    [[east, north]] = transform_points(to_gcj02(lonlat), STORED, MEASURED)
    pixels = scenes.ground(1024)
    assert settings.database_url
    for day, origin in (("2023-03-12", place.origin), ("2023-06-18", (float(east), float(north)))):
        survey = tus.announce(crew, flown_on=day)
        ortho = scenes.write_ortho(tmp_path / f"{day}.tif", pixels, scenes.Place(origin=origin, gsd=1.0))
        assert tus.upload(crew, survey, "ortho", ortho).status_code == 204
    ingest.work(settings.database_url, settings, until_idle=True)
    shifted = crew.get(f"/api/surveys/{survey}").json()
    assert (shifted["status"], shifted["error"]["code"]) == ("refused", "raster_beside_baseline")
    assert "GCJ-02" in shifted["error"]["zh"] and re.search(" 53[234] m ", shifted["error"]["en"])


def _wait_until(settings: Settings, question: str | Callable[[], bool], seconds: float = 60) -> None:
    """Until what is asked (of the database, when it is SQL) is so."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if question() if callable(question) else _asked(settings, question):
            return
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {question}")


def _stands_still(kept_in: Path, kept: int, log: Path, begun: int) -> bool:
    """So many windows are kept, and the one the worker stands still at is begun: it is begun beside the keeping."""
    return len(list(kept_in.rglob("*.npz"))) == kept and len(log.read_text().split()) == begun


def _asked(settings: Settings, question: str) -> Any:
    assert settings.database_url
    with database.session(settings.database_url) as session:
        return session.scalar(text(question))


def _comparing(settings: Settings, log: Path, *, stands_after: int | None = None) -> subprocess.Popen[bytes]:
    """A worker process of ``tests/api/comparing_worker.py``."""
    environment = {**os.environ, **serve.environment_of(settings), "PYTHONPATH": str(ROOT)}
    told = [str(log), *([] if stands_after is None else [str(stands_after)])]
    command = [sys.executable, "-m", "tests.api.comparing_worker", *told]
    return subprocess.Popen(command, env=environment, cwd=ROOT)


def _work_until_done(settings: Settings) -> None:
    """Workers until the queue is empty: the first may find the job only when it rescues it."""
    assert settings.database_url
    for _ in range(20):
        ingest.work(settings.database_url, settings, until_idle=True)
        with database.session(settings.database_url) as session:
            if session.scalar(text("SELECT status FROM surveys")) == "done":
                return
        time.sleep(0.3)
